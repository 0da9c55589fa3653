/* SPDX-License-Identifier: MIT */
/*
 * Logs that the caller asks for: of programs that load, in the object's memory or the caller's.
 */
#include "loader_fixture.h"

static struct fixture *programs(void)
{
	struct fixture *f = fixture_new("programs.bpf");

	ck_assert_int_eq(open_object(f), 0);
	return f;
}

static struct pbpf_program *program(const struct fixture *f, const char *name)
{
	struct pbpf_program *prog = pbpf_object_program(f->obj, name);

	ck_assert_msg(prog != NULL, "no program '%s'", name);
	return prog;
}

/* What the kernel got of a program. */
static const struct abi_prog_load *sent(const struct fixture *f, const char *name)
{
	const struct fake_object *prog =
		fake_kernel_object(&f->kernel, pbpf_program_fd(program(f, name)));

	ck_assert_msg(prog != NULL, "'%s' is not loaded", name);
	return &prog->prog;
}

static void expect_error(const struct fixture *f, const char *text)
{
	ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 1);
	ck_assert_msg(strstr(f->host.text, text), "'%s' lacks '%s'", f->host.text, text);
}

START_TEST(a_log_of_what_loads)
{
	struct fixture *f = programs();
	struct pbpf_program_attr attr = *pbpf_program_attr(program(f, "asks"));

	f->kernel.log = "processed 6 insns (limit 1000000)\n";
	attr.log_level = 4;
	ck_assert_int_eq(pbpf_program_set_attr(program(f, "asks"), &attr), 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_uint_eq(f->kernel.commands[PBPF_PROG_LOAD], 1);
	ck_assert_uint_eq(sent(f, "asks")->log_level, 4);
	ck_assert_str_eq(pbpf_program_log(program(f, "asks")), f->kernel.log);
	ck_assert_ptr_null(pbpf_program_verdict(program(f, "asks")));

	/* The next load asks for none. */
	pbpf_object_unload(f->obj);
	attr.log_level = 0;
	ck_assert_int_eq(pbpf_program_set_attr(program(f, "asks"), &attr), 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_str_eq(pbpf_program_log(program(f, "asks")), "");
	fixture_free(f);
}
END_TEST

START_TEST(a_log_in_the_callers_memory)
{
	struct fixture *f = programs();
	struct pbpf_program_attr attr = *pbpf_program_attr(program(f, "asks"));
	char log[16] = "untouched";

	f->kernel.log = "a log that does not fit into so little\n";
	attr.log = log;
	ck_assert_int_eq(pbpf_program_set_attr(program(f, "asks"), &attr), -EINVAL);
	attr.log_size = sizeof(log);
	ck_assert_int_eq(pbpf_program_set_attr(program(f, "asks"), &attr), -EINVAL);
	attr.log_level = 2;
	ck_assert_int_eq(pbpf_program_set_attr(program(f, "asks"), &attr), 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0); /* cut, and loaded all the same */
	ck_assert_str_eq(log, "into so little\n");
	ck_assert_ptr_eq(pbpf_program_log(program(f, "asks")), log);
	pbpf_object_unload(f->obj);
	attr.log = NULL;
	attr.log_size = 0;
	ck_assert_int_eq(pbpf_program_set_attr(program(f, "asks"), &attr), 0);
	ck_assert_str_eq(pbpf_program_log(program(f, "asks")), "");
	fixture_free(f);
}
END_TEST

START_TEST(a_refusal_has_its_log_twice)
{
	struct fixture *f = programs();
	struct pbpf_program_attr attr = *pbpf_program_attr(program(f, "asks"));
	char log[64];

	f->kernel.log = "0: (b7) r0 = 0\nR0 !read_ok\n";
	f->kernel.refuse[PBPF_PROG_LOAD] = EACCES;
	attr.log = log;
	attr.log_size = sizeof(log);
	attr.log_level = 1;
	ck_assert_int_eq(pbpf_program_set_attr(program(f, "asks"), &attr), 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), -EACCES);
	expect_error(f, "R0 !read_ok");
	ck_assert_str_eq(log, f->kernel.log);
	ck_assert_str_eq(pbpf_program_log(program(f, "asks")), f->kernel.log);

	/* The object's own log needs no second attempt. */
	attr.log = NULL;
	attr.log_size = 0;
	attr.log_level = 2;
	f->kernel.commands[PBPF_PROG_LOAD] = 0;
	ck_assert_int_eq(pbpf_program_set_attr(program(f, "asks"), &attr), 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), -EACCES);
	ck_assert_uint_eq(f->kernel.commands[PBPF_PROG_LOAD], 1);
	ck_assert_ptr_nonnull(pbpf_program_verdict(program(f, "asks")));

	/* What was said of the one before is gone with its log. */
	f->kernel.refuse[PBPF_PROG_LOAD] = 0;
	f->kernel.log = "processed 6 insns (limit 1000000)\n";
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_str_eq(pbpf_program_log(program(f, "asks")), f->kernel.log);
	ck_assert_ptr_null(pbpf_program_verdict(program(f, "asks")));
	fixture_free(f);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("loader: logs of programs");
	TCase *c = tcase_create("logs");

	tcase_add_test(c, a_log_of_what_loads);
	tcase_add_test(c, a_log_in_the_callers_memory);
	tcase_add_test(c, a_refusal_has_its_log_twice);
	suite_add_tcase(s, c);
	return s;
}
