/* SPDX-License-Identifier: MIT */
/*
 * What section names say about where to attach, and attaching all programs of an object.
 */
#include "loader_fixture.h"

static struct fixture *targets(void)
{
	struct fixture *f = fixture_new("attach_where.bpf");

	f->kernel.traceable = "vfs_read\nvfs_write\n";
	f->kernel.real_files = true;
	ck_assert_int_eq(open_object(f), 0);
	return f;
}

static struct pbpf_program *program(const struct fixture *f, const char *name)
{
	struct pbpf_program *prog = pbpf_object_program(f->obj, name);

	ck_assert_msg(prog != NULL, "no program '%s'", name);
	return prog;
}

/* The link of a program, and what the fake kernel knows of it. */
static const struct abi_link_create *link_of(const struct fixture *f, const char *name)
{
	const struct pbpf_link *link = pbpf_program_link(program(f, name));

	ck_assert_msg(link != NULL, "'%s' is not attached", name);
	return &fake_kernel_object(&f->kernel, pbpf_link_fd(link))->link;
}

/* The perf event behind it. */
static const struct fake_object *event_of(const struct fixture *f, const char *name)
{
	return fake_kernel_object(&f->kernel, (int)link_of(f, name)->target_fd);
}

START_TEST(all_that_say_where)
{
	struct fixture *f = targets();

	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_msg(!pbpf_object_attach(f->obj), "%s", f->host.text);
	ck_assert_str_eq((const char *)event_of(f, "kprobe")->bytes, "do_exit");
	ck_assert_uint_eq(event_of(f, "kprobe")->perf.config2, 0x10);
	ck_assert_uint_eq(event_of(f, "kprobe")->perf.config, 0);
	ck_assert_uint_eq(event_of(f, "kretprobe")->perf.config, 1);
	ck_assert_ptr_nonnull(strstr((const char *)event_of(f, "ksyscall")->bytes, "sys_openat"));
	ck_assert_uint_eq(link_of(f, "multi")->attach_type, PBPF_TRACE_KPROBE_MULTI);
	ck_assert_uint_eq(link_of(f, "multi")->kprobe_multi.cnt, 2);
	ck_assert_uint_eq(link_of(f, "session")->attach_type, PBPF_TRACE_KPROBE_SESSION);
	ck_assert_uint_eq(event_of(f, "uprobe")->perf.config2, 0x1234);
	ck_assert_str_eq((const char *)event_of(f, "uprobe")->bytes, "/proc/self/exe");
	ck_assert_uint_eq(event_of(f, "urets")->perf.config, 1);
	ck_assert_uint_gt(event_of(f, "urets")->perf.config2, 8);
	ck_assert_uint_eq(link_of(f, "umulti")->uprobe_multi.cnt, 1);
	ck_assert_uint_eq(link_of(f, "tp")->attach_type, PBPF_PERF_EVENT);
	ck_assert_ptr_null(pbpf_program_link(program(f, "to_xdp")));

	f->kernel.calls = 0;
	ck_assert_int_eq(pbpf_object_attach(f->obj), 0); /* nothing to be done */
	ck_assert_uint_eq(f->kernel.calls, 0);
	fixture_free(f);
}
END_TEST

START_TEST(all_or_none)
{
	struct fixture *f = targets();
	unsigned int open_fds;

	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	open_fds = f->kernel.open_fds;
	f->kernel.missing = "sched_switch";
	ck_assert_int_eq(pbpf_object_attach(f->obj), -ENOENT);
	ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 1);
	ck_assert_ptr_null(pbpf_program_link(program(f, "kprobe")));
	ck_assert_uint_eq(f->kernel.open_fds, open_fds);
	f->kernel.missing = NULL;
	ck_assert_int_eq(pbpf_object_attach(f->obj), 0);
	pbpf_object_detach(f->obj);
	ck_assert_uint_eq(f->kernel.open_fds, open_fds);
	fixture_free(f);
}
END_TEST

START_TEST(names_that_say_it_badly)
{
	static const char *const names[] = {"nowhere",	 "overflow",	"no_name",
					    "no_number", "bad_number",	"no_file",
					    "no_colon",	 "no_function", "no_pattern"};
	struct fixture *f = targets();

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		pbpf_program_set_autoload(program(f, names[i]), true);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct pbpf_link *link = NULL;

		memset(f->host.messages, 0, sizeof(f->host.messages));
		ck_assert_int_eq(pbpf_program_attach(program(f, names[i]), &link), -EINVAL);
		ck_assert_ptr_null(link);
		ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 1);
		ck_assert_ptr_nonnull(strstr(f->host.hint, "write SEC("));
	}
	fixture_free(f);
}
END_TEST

START_TEST(nothing_leaks_when_attaching_fails)
{
	struct fixture *f = targets();
	int err = -EIO;

	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	for (unsigned int n = 1; err; n++) {
		memset(f->host.messages, 0, sizeof(f->host.messages));
		f->kernel.calls = 0;
		f->kernel.fail_at = n;
		err = pbpf_object_attach(f->obj);
		ck_assert_uint_eq(f->host.messages[PBPF_ERROR], err < 0);
	}
	fixture_free(f);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("loader: attaching");
	TCase *c = tcase_create("attach");

	tcase_set_timeout(c, 60);
	tcase_add_test(c, all_that_say_where);
	tcase_add_test(c, all_or_none);
	tcase_add_test(c, names_that_say_it_badly);
	tcase_add_test(c, nothing_leaks_when_attaching_fails);
	suite_add_tcase(s, c);
	return s;
}
