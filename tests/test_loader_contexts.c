/* SPDX-License-Identifier: MIT */
/*
 * A kernel before 6.8, which knows contexts by the names of their structs.
 */
#include "loader_fixture.h"

static const char refusal[] = "arg#0 reference type('UNKNOWN ') size cannot be determined: -22\n";

/* The kernel refuses programs until one comes with other BTF than the object's. */
static struct {
	const struct pbpf_kernel *fake;
	uint32_t first_btf;
	unsigned int refused;
} old_kernel;

static long old_bpf(void *ctx, int cmd, void *attr, unsigned int size)
{
	struct abi_prog_load *prog = attr;

	if (cmd == PBPF_PROG_LOAD && !old_kernel.first_btf)
		old_kernel.first_btf = prog->prog_btf_fd;
	if (cmd != PBPF_PROG_LOAD || prog->prog_btf_fd != old_kernel.first_btf)
		return old_kernel.fake->bpf(ctx, cmd, attr, size);
	old_kernel.refused++;
	if (prog->log_size > sizeof(refusal))
		memcpy((void *)(uintptr_t)prog->log_buf, refusal, sizeof(refusal));
	return -EINVAL;
}

static struct fixture *on_old_kernel(const char *name)
{
	static struct pbpf_kernel table;
	struct fixture *f = fixture_new(name);

	memset(&old_kernel, 0, sizeof(old_kernel));
	old_kernel.fake = f->env.kernel;
	table = *f->env.kernel;
	table.bpf = old_bpf;
	f->env.kernel = &table;
	f->env.level = PBPF_NOTE;
	ck_assert_int_eq(open_object(f), 0);
	return f;
}

START_TEST(contexts_get_their_names)
{
	struct fixture *f = on_old_kernel("arg_ctx.bpf");
	const struct fake_object *prog, *btf;
	struct pbpf_btf *types;

	ck_assert_msg(!pbpf_object_load(f->obj), "%s", f->host.text);
	ck_assert_uint_eq(old_kernel.refused, 2); /* without a log, and with one */
	ck_assert_ptr_nonnull(strstr(f->host.notes, "tried with the names of its contexts"));
	prog = fake_kernel_nth(&f->kernel, FAKE_PROG, 0);
	btf = fake_kernel_object(&f->kernel, (int)prog->prog.prog_btf_fd);
	ck_assert(!btf->open); /* the program keeps it */
	ck_assert_int_eq(pbpf_btf_parse(&types, btf->bytes, btf->size, NULL, &f->host_env), 0);
	pbpf_btf_free(types);
	fixture_free(f);
}
END_TEST

START_TEST(without_such_functions_nothing_is_tried)
{
	struct fixture *f = on_old_kernel("minimal.bpf");

	ck_assert_int_eq(pbpf_object_load(f->obj), -EINVAL);
	ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 1);
	ck_assert_uint_eq(f->kernel.commands[PBPF_BTF_LOAD], 1);
	fixture_free(f);
}
END_TEST

START_TEST(nothing_is_left_without_memory)
{
	for (unsigned int n = 1;; n++) {
		struct fixture *f = on_old_kernel("arg_ctx.bpf");
		bool came;
		int err;

		f->host.fail_at = f->host.allocations + n;
		err = pbpf_object_load(f->obj);
		came = failure_came(f);
		ck_assert_uint_eq(f->host.messages[PBPF_ERROR], err < 0);
		fixture_free(f);
		if (!came)
			break;
		ck_assert_uint_lt(n, 200);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("loader: contexts");
	TCase *tc = tcase_create("contexts");

	tcase_add_test(tc, contexts_get_their_names);
	tcase_add_test(tc, without_such_functions_nothing_is_tried);
	tcase_add_test(tc, nothing_is_left_without_memory);
	suite_add_tcase(s, tc);
	return s;
}
