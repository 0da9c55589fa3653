/* SPDX-License-Identifier: MIT */
/*
 * What programs attach to, when it is set before load: a function of another program, or functions of the kernel
 * and its modules.
 */
#include "link/pbpf_link_trace.h"
#include "program_fixture.h"

/* Loads "asks" of one object, and gives its fd to programs of another, in the same kernel. */
struct two_objects {
	struct fixture *f;
	struct pbpf_object *target;
	int fd;
};

static struct two_objects two_objects(void)
{
	struct two_objects two = {.f = programs()};

	ck_assert_int_eq(pbpf_object_open(&two.target, two.f->image, two.f->size, &two.f->options),
			 0);
	ck_assert_int_eq(pbpf_object_load(two.target), 0);
	two.fd = pbpf_program_fd(pbpf_object_program(two.target, "asks"));
	return two;
}

static void free_two(struct two_objects *two)
{
	pbpf_object_close(two->target);
	fixture_free(two->f);
}

static void expect_target(const struct two_objects *two, const char *name, const char *function)
{
	const struct abi_prog_load *prog = sent(two->f, name);
	int id = pbpf_btf_find(pbpf_object_btf(two->target), function, PBPF_KIND_FUNC);

	ck_assert_uint_eq(prog->attach_btf_id, (uint32_t)id);
	ck_assert_ptr_eq(fake_kernel_object(&two->f->kernel, (int)prog->attach_btf_obj_fd)->bytes,
			 NULL);
	ck_assert_int_eq(fake_kernel_object(&two->f->kernel, (int)prog->attach_btf_obj_fd)->same_as,
			 two->fd);
}

START_TEST(a_function_of_another_program)
{
	struct two_objects two = two_objects();
	struct fixture *f = two.f;
	struct pbpf_link *link = NULL;

	ck_assert_int_eq(pbpf_program_set_attach_target(wanted(f, "other_answer"), two.fd, NULL),
			 0);
	ck_assert_int_eq(pbpf_program_set_attach_target(wanted(f, "sees_the_call"), two.fd, "asks"),
			 0);
	ck_assert_msg(!pbpf_object_load(f->obj), "%s", f->host.text);
	expect_target(&two, "other_answer", "answer");
	expect_target(&two, "sees_the_call", "asks");
	ck_assert_uint_eq(sent(f, "other_answer")->prog_type, PBPF_PROG_TYPE_EXT);
	ck_assert_int_eq(pbpf_object_attach(f->obj), 0);
	ck_assert_ptr_nonnull(pbpf_program_link(program(f, "other_answer")));
	ck_assert_ptr_nonnull(pbpf_program_link(program(f, "sees_the_call")));

	/* The same replacement in a program that it was not loaded for. */
	ck_assert_int_eq(pbpf_link_freplace(&link, pbpf_program_fd(program(f, "other_answer")),
					    two.fd, "answer",
					    &(struct pbpf_link_options){.env = &f->env}),
			 0);
	ck_assert_uint_eq(fake_kernel_object(&f->kernel, pbpf_link_fd(link))->link.target.number,
			  sent(f, "other_answer")->attach_btf_id);
	pbpf_link_close(link);
	free_two(&two);
}
END_TEST

START_TEST(a_function_that_is_not_there)
{
	struct two_objects two = two_objects();
	struct fixture *f = two.f;

	ck_assert_int_eq(pbpf_program_set_attach_target(wanted(f, "other_answer"), two.fd, "anser"),
			 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), -ENOENT);
	expect_error(f, "'asks' has no function 'anser'; did you mean 'answer'?");
	free_two(&two);
}
END_TEST

static const struct abi_link_create *made(const struct fixture *f, const struct pbpf_link *link)
{
	return &fake_kernel_object(&f->kernel, pbpf_link_fd(link))->link;
}

START_TEST(many_functions_of_the_kernel)
{
	struct fixture *f = programs();
	const struct pbpf_btf *btf = pbpf_object_btf(f->obj);
	struct pbpf_link_options opts = {.env = &f->env};
	struct pbpf_link *link = NULL;
	int fd;

	f->kernel.traceable =
		"answer\nasks\nas_no_type_says\nby_kprobe\t[mod]\nby_fentry [module]\n";
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	fd = pbpf_program_fd(program(f, "asks"));
	ck_assert_int_eq(
		pbpf_link_tracing_multi(&link, fd, PBPF_TRACE_FEXIT_MULTI, "a*s*", btf, &opts), 0);
	ck_assert_uint_eq(made(f, link)->attach_type, PBPF_TRACE_FEXIT_MULTI);
	ck_assert_uint_eq(made(f, link)->tracing_multi.cnt, 2);
	ck_assert_uint_eq(made(f, link)->tracing_multi.cookies, 0);
	pbpf_link_close(link);
	ck_assert_int_eq(
		pbpf_link_tracing_multi(&link, fd, PBPF_TRACE_FEXIT_MULTI, "as_*", btf, &opts),
		-ENOENT);
	expect_error(f, "is in the kernel's BTF");
	fixture_free(f);
}
END_TEST

START_TEST(many_functions_of_a_module)
{
	struct fixture *f = programs();
	const struct pbpf_btf *btf = pbpf_object_btf(f->obj);
	struct pbpf_link_options opts = {.env = &f->env, .cookie = 7};
	struct pbpf_link *link = NULL;
	int fd;

	f->kernel.traceable = "answer\nby_kprobe\t[mod]\nby_fentry [module]\n";
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	fd = pbpf_program_fd(program(f, "asks"));
	ck_assert_int_eq(pbpf_link_tracing_multi(&link, fd, PBPF_TRACE_FENTRY_MULTI, "module:by_*",
						 btf, &opts),
			 0);
	ck_assert_uint_eq(made(f, link)->tracing_multi.cnt, 1);
	ck_assert_uint_ne(made(f, link)->tracing_multi.cookies, 0);
	pbpf_link_close(link);
	ck_assert_int_eq(
		pbpf_link_tracing_multi(&link, fd, PBPF_TRACE_FENTRY_MULTI, "by_*", btf, &opts),
		-ENOENT);
	ck_assert_ptr_nonnull(strstr(f->host.text, "no function of this kernel"));
	ck_assert_int_eq(pbpf_link_tracing_multi(&link, fd, PBPF_TRACE_FENTRY_MULTI,
						 "module:answer", btf, &opts),
			 -ENOENT);
	ck_assert_ptr_nonnull(strstr(f->host.text, "no function of module module"));
	fixture_free(f);
}
END_TEST

START_TEST(targets_that_are_none)
{
	struct fixture *f = programs();

	ck_assert_int_eq(pbpf_program_set_attach_target(program(f, "asks"), 0, "answer"), -EINVAL);
	expect_error(f, "attached to nothing when it is loaded");
	f->host.messages[PBPF_ERROR] = 0;
	wanted(f, "other_answer");
	ck_assert_int_eq(pbpf_object_load(f->obj), -EINVAL);
	expect_error(f, "no program is named whose function it shall replace");
	fixture_free(f);
}
END_TEST

START_TEST(nothing_leaks_with_targets)
{
	for (unsigned int n = 1;; n++) {
		struct two_objects two = two_objects();
		struct fixture *f = two.f;
		bool came;
		int err;

		memset(f->host.messages, 0, sizeof(f->host.messages));
		f->kernel.fail_at = _i ? f->kernel.calls + n : 0;
		f->host.fail_at = _i ? 0 : f->host.allocations + n;
		err = pbpf_program_set_attach_target(wanted(f, "other_answer"), two.fd, "answer");
		if (!err)
			err = pbpf_object_load(f->obj);
		if (!err)
			err = pbpf_object_attach(f->obj);
		ck_assert_uint_eq(f->host.messages[PBPF_ERROR], err < 0);
		came = failure_came(f);
		free_two(&two);
		if (!came)
			break;
		ck_assert_uint_lt(n, 300);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("loader: targets of programs");
	TCase *t = tcase_create("targets");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_function_of_another_program);
	tcase_add_test(t, a_function_that_is_not_there);
	tcase_add_test(t, many_functions_of_the_kernel);
	tcase_add_test(t, many_functions_of_a_module);
	tcase_add_test(t, targets_that_are_none);
	tcase_add_loop_test(t, nothing_leaks_with_targets, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
