/* SPDX-License-Identifier: MIT */
/*
 * Jump tables, exception callbacks, and contexts as arguments, on the running kernel: what the program returns
 * tells where it went.
 */
#include "live.h"

START_TEST(a_program_jumps_through_its_tables)
{
	struct live *live;
	uint32_t result;
	int err;

	NEEDS_BPF();
	live = live_open("jump_table.bpf");
	err = pbpf_object_load(live->obj);
	if (err == -EINVAL && strstr(live->host.text, "needs Linux 6.19")) {
		live_close(live);
		SKIP("this kernel has no jump tables (6.19)");
	}
	ck_assert_msg(!err, "%s", live->host.text);
	result = live_run(live, "jumps");
	ck_assert_msg(result == 11 || result == 22, "%u", result);
	live_close(live);
}
END_TEST

START_TEST(a_callback_ends_what_throws)
{
	struct live *live;
	int err;

	NEEDS_BPF();
	NEEDS_JIT();
	live = live_open("exception.bpf");
	err = pbpf_object_load(live->obj);
	if (err == -ENOENT && strstr(live->host.text, "bpf_throw")) {
		live_close(live);
		SKIP("this kernel has no bpf_throw() (6.7)");
	}
	if (err && strstr(live->host.text, "JIT does not support")) {
		live_close(live);
		SKIP("this kernel's JIT has no exceptions");
	}
	ck_assert_msg(!err, "%s", live->host.text);
	ck_assert_uint_eq(live_run(live, "throws"), 37);
	live_close(live);
}
END_TEST

/* Before 6.8 it takes another BTF; before 5.6 there are no global functions. */
START_TEST(a_global_function_takes_the_context)
{
	struct live *live;

	NEEDS_BPF();
	live = live_load("arg_ctx.bpf");
	ck_assert_uint_ge(live_run(live, "longer"), 15);
	live_close(live);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("jump tables and exceptions on the running kernel");
	TCase *tc = tcase_create("tables");

	tcase_add_test(tc, a_program_jumps_through_its_tables);
	tcase_add_test(tc, a_callback_ends_what_throws);
	tcase_add_test(tc, a_global_function_takes_the_context);
	suite_add_tcase(s, tc);
	return s;
}
