/* SPDX-License-Identifier: MIT */
/*
 * Programs that may fail: optional ones, and those of which the first that works is enough; and what is said of
 * those that were left out.
 */
#include "link/pbpf_link_trace.h"
#include "program_fixture.h"

START_TEST(optional_programs_are_left_out)
{
	struct fixture *f = programs();

	f->kernel.refuse[PBPF_PROG_LOAD] = EPERM;
	f->kernel.refuse_prog = "by_kprobe";
	pbpf_program_set_optional(wanted(f, "by_kprobe"), true);
	pbpf_program_set_optional(wanted(f, "by_fentry"), true);
	f->env.level = PBPF_NOTE;
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 0);
	ck_assert_int_eq(pbpf_program_fd(program(f, "by_kprobe")), -ENOENT);
	ck_assert_ptr_nonnull(strstr(pbpf_program_skipped(program(f, "by_kprobe")), "EPERM"));
	/* There is no BTF of the kernel to find its target in. */
	ck_assert_ptr_nonnull(strstr(pbpf_program_skipped(program(f, "by_fentry")), "BTF"));
	ck_assert_ptr_null(pbpf_program_skipped(program(f, "asks")));
	ck_assert_ptr_null(pbpf_program_skipped(program(f, "by_tracepoint")));
	pbpf_object_unload(f->obj);
	ck_assert_ptr_null(pbpf_program_skipped(program(f, "by_kprobe")));

	/* The same kernel, and required: the words are an error's. */
	pbpf_program_set_optional(program(f, "by_kprobe"), false);
	ck_assert_int_eq(pbpf_object_load(f->obj), -EPERM);
	expect_error(f, "'by_kprobe'");
	fixture_free(f);
}
END_TEST

static void chain(const struct fixture *f)
{
	ck_assert_int_eq(pbpf_program_set_fallback(wanted(f, "by_fentry"), wanted(f, "by_kprobe")),
			 0);
	ck_assert_int_eq(
		pbpf_program_set_fallback(wanted(f, "by_kprobe"), wanted(f, "by_tracepoint")), 0);
}

START_TEST(the_first_that_loads)
{
	struct fixture *f = programs();

	chain(f);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_int_eq(pbpf_program_fd(program(f, "by_fentry")), -ENOENT);
	ck_assert_int_ge(pbpf_program_fd(program(f, "by_kprobe")), 3);
	ck_assert_int_eq(pbpf_program_fd(program(f, "by_tracepoint")), -ENOENT);
	ck_assert_str_eq(pbpf_program_skipped(program(f, "by_tracepoint")),
			 "'by_kprobe' is loaded, whose fallback it is");
	ck_assert_uint_eq(f->kernel.commands[PBPF_PROG_LOAD], 2); /* and "asks" */
	ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 0);

	/* One that is not to be loaded is passed over. */
	pbpf_object_unload(f->obj);
	pbpf_program_set_autoload(program(f, "by_kprobe"), false);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_int_ge(pbpf_program_fd(program(f, "by_tracepoint")), 3);
	ck_assert_ptr_null(pbpf_program_skipped(program(f, "by_kprobe")));
	fixture_free(f);
}
END_TEST

/* It loads, but cannot be attached: the next one is loaded then, in its place. */
START_TEST(the_first_that_is_attached)
{
	struct fixture *f = programs();

	chain(f);
	f->kernel.missing = "do_nanosleep";
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_int_ge(pbpf_program_fd(program(f, "by_kprobe")), 3);
	ck_assert_int_eq(pbpf_object_attach(f->obj), 0);
	ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 0);
	ck_assert_int_eq(pbpf_program_fd(program(f, "by_kprobe")), -ENOENT);
	ck_assert_ptr_nonnull(
		strstr(pbpf_program_skipped(program(f, "by_kprobe")), "do_nanosleep"));
	ck_assert_int_ge(pbpf_program_fd(program(f, "by_tracepoint")), 3);
	ck_assert_ptr_nonnull(pbpf_program_link(program(f, "by_tracepoint")));
	ck_assert_ptr_null(pbpf_program_skipped(program(f, "by_tracepoint")));
	pbpf_object_detach(f->obj);
	ck_assert_int_eq(pbpf_object_attach(f->obj), 0); /* as it is now */
	pbpf_object_unload(f->obj);

	/* There is no other. */
	pbpf_program_set_autoload(program(f, "by_tracepoint"), false);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_int_eq(pbpf_object_attach(f->obj), -ENOENT);
	expect_error(f, "do_nanosleep");
	pbpf_object_unload(f->obj);
	pbpf_program_set_optional(program(f, "by_kprobe"), true);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_int_eq(pbpf_object_attach(f->obj), 0);
	ck_assert_ptr_nonnull(pbpf_program_skipped(program(f, "by_kprobe")));
	fixture_free(f);
}
END_TEST

/* What could not be attached once is attached another time, and says no more why it was not. */
START_TEST(attached_another_time)
{
	struct fixture *f = programs();
	bool optional = _i & 1;

	if (_i & 2)
		chain(f);
	pbpf_program_set_autoload(wanted(f, "by_kprobe"), true);
	pbpf_program_set_autoload(program(f, "by_tracepoint"), false);
	pbpf_program_set_optional(program(f, "by_kprobe"), optional);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	f->kernel.missing = "do_nanosleep";
	ck_assert_int_eq(pbpf_object_attach(f->obj), optional ? 0 : -ENOENT);
	ck_assert_ptr_null(pbpf_program_link(program(f, "by_kprobe")));
	pbpf_object_detach(f->obj);

	f->kernel.missing = NULL;
	f->host.messages[PBPF_ERROR] = 0;
	ck_assert_int_eq(pbpf_object_attach(f->obj), 0);
	ck_assert_ptr_nonnull(pbpf_program_link(program(f, "by_kprobe")));
	ck_assert_ptr_null(pbpf_program_skipped(program(f, "by_kprobe")));
	ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 0);
	fixture_free(f);
}
END_TEST

START_TEST(none_of_them_loads)
{
	struct fixture *f = programs();
	unsigned int open_fds = f->kernel.open_fds;

	f->kernel.refuse[PBPF_PROG_LOAD] = EPERM;
	f->kernel.refuse_prog = "by_kprobe";
	chain(f);
	pbpf_program_set_autoload(program(f, "by_tracepoint"), false);
	ck_assert_int_eq(pbpf_object_load(f->obj), -EPERM);
	expect_error(f, "'by_kprobe'");
	ck_assert_ptr_nonnull(strstr(f->host.hint, "CAP_BPF"));
	ck_assert_uint_eq(f->kernel.open_fds, open_fds);

	pbpf_program_set_optional(program(f, "by_kprobe"), true);
	f->host.messages[PBPF_ERROR] = 0;
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 0);
	ck_assert_ptr_nonnull(pbpf_program_skipped(program(f, "by_fentry")));
	ck_assert_ptr_nonnull(pbpf_program_skipped(program(f, "by_kprobe")));
	fixture_free(f);
}
END_TEST

START_TEST(rings_of_fallbacks_are_refused)
{
	struct fixture *f = programs(), *other = programs();

	chain(f);
	ck_assert_int_eq(
		pbpf_program_set_fallback(program(f, "by_tracepoint"), program(f, "by_fentry")),
		-EINVAL);
	expect_error(f, "its own fallback");
	ck_assert_int_eq(
		pbpf_program_set_fallback(program(f, "by_tracepoint"), program(f, "by_tracepoint")),
		-EINVAL);
	ck_assert_int_eq(pbpf_program_set_fallback(program(f, "asks"), program(f, "by_kprobe")),
			 -EINVAL);
	ck_assert_ptr_nonnull(strstr(f->host.text, "the fallback of 'by_fentry' already"));
	ck_assert_int_eq(pbpf_program_set_fallback(program(f, "asks"), program(other, "asks")),
			 -EINVAL);
	ck_assert_ptr_nonnull(strstr(f->host.text, "'asks', which is of another"));
	fixture_free(other);
	/* Taken apart, it can be put together otherwise. */
	ck_assert_int_eq(pbpf_program_set_fallback(program(f, "by_fentry"), NULL), 0);
	ck_assert_int_eq(pbpf_program_set_fallback(program(f, "asks"), program(f, "by_kprobe")), 0);
	fixture_free(f);
}
END_TEST

/* What fails there may be the host's or the kernel's: either an error, with its message, or none at all. */
START_TEST(nothing_leaks_with_fallbacks)
{
	for (unsigned int n = 1;; n++) {
		struct fixture *f = programs();
		bool reached;
		int err;

		chain(f);
		pbpf_program_set_optional(wanted(f, "made_up"), true);
		f->kernel.missing = _i & 2 ? "do_nanosleep" : NULL;
		f->kernel.fail_at = _i & 1 ? f->kernel.calls + n : 0;
		f->host.fail_at = _i & 1 ? 0 : f->host.allocations + n;
		err = pbpf_object_load(f->obj);
		if (!err)
			err = pbpf_object_attach(f->obj);
		ck_assert_uint_eq(f->host.messages[PBPF_ERROR], err < 0);
		reached = failure_came(f);
		fixture_free(f);
		if (!reached)
			break;
		ck_assert_uint_lt(n, 300);
	}
}
END_TEST

START_TEST(an_optional_attachment_may_fail)
{
	struct fixture *f = programs();

	wanted(f, "by_tracepoint");
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	f->kernel.missing = "sched_switch";
	ck_assert_int_eq(pbpf_object_attach(f->obj), -ENOENT);
	expect_error(f, "sched_switch");
	pbpf_object_unload(f->obj);

	f->host.messages[PBPF_ERROR] = 0;
	pbpf_program_set_optional(program(f, "by_tracepoint"), true);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_int_eq(pbpf_object_attach(f->obj), 0);
	ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 0);
	ck_assert_ptr_nonnull(
		strstr(pbpf_program_skipped(program(f, "by_tracepoint")), "sched_switch"));
	ck_assert_ptr_null(pbpf_program_link(program(f, "by_tracepoint")));
	fixture_free(f);
}
END_TEST

START_TEST(a_link_outlives_the_object)
{
	struct fixture *f = programs();
	struct pbpf_link *link = NULL;

	wanted(f, "by_tracepoint");
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_int_eq(pbpf_program_attach_with(program(f, "by_tracepoint"), &link,
						  &(struct pbpf_link_options){.cookie = 4711}),
			 0);
	ck_assert_uint_eq(
		fake_kernel_object(&f->kernel, pbpf_link_fd(link))->link.perf_event.cookie, 4711);
	pbpf_object_close(f->obj);
	f->obj = NULL;
	f->kernel.refuse[PBPF_LINK_UPDATE] = EINVAL;
	ck_assert_int_eq(pbpf_link_update(link, 3), -EINVAL);
	expect_error(f, "update");
	pbpf_link_close(link);
	fixture_free(f);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("loader: optional programs and fallbacks");
	TCase *t = tcase_create("fallbacks");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, optional_programs_are_left_out);
	tcase_add_test(t, the_first_that_loads);
	tcase_add_test(t, the_first_that_is_attached);
	tcase_add_loop_test(t, attached_another_time, 0, 4);
	tcase_add_test(t, none_of_them_loads);
	tcase_add_test(t, rings_of_fallbacks_are_refused);
	tcase_add_loop_test(t, nothing_leaks_with_fallbacks, 0, 4);
	tcase_add_test(t, an_optional_attachment_may_fail);
	tcase_add_test(t, a_link_outlives_the_object);
	suite_add_tcase(s, t);
	return s;
}
