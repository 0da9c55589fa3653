/* SPDX-License-Identifier: MIT */
/*
 * What programs are before load: attributes, targets, optional ones and fallbacks; and what is said of
 * those that were left out.
 */
#include "link/pbpf_link_trace.h"
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

/* The same, to be loaded. */
static struct pbpf_program *wanted(const struct fixture *f, const char *name)
{
	struct pbpf_program *prog = program(f, name);

	pbpf_program_set_autoload(prog, true);
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

START_TEST(attributes_reach_the_kernel)
{
	struct fixture *f = programs();
	struct pbpf_program_attr attr = *pbpf_program_attr(program(f, "asks"));

	ck_assert_uint_eq(attr.type, PBPF_PROG_TYPE_SOCKET_FILTER);
	attr.type = PBPF_PROG_TYPE_XDP;
	attr.expected_attach_type = PBPF_XDP_CPUMAP;
	attr.flags = PBPF_F_XDP_HAS_FRAGS | PBPF_F_STRICT_ALIGNMENT | PBPF_F_TEST_REG_INVARIANTS;
	attr.ifindex = 7;
	ck_assert_int_eq(pbpf_program_set_attr(program(f, "asks"), &attr), 0);
	ck_assert_uint_eq(pbpf_program_type(program(f, "asks")), PBPF_PROG_TYPE_XDP);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_uint_eq(sent(f, "asks")->prog_type, PBPF_PROG_TYPE_XDP);
	ck_assert_uint_eq(sent(f, "asks")->expected_attach_type, PBPF_XDP_CPUMAP);
	ck_assert_uint_eq(sent(f, "asks")->prog_flags, attr.flags);
	ck_assert_uint_eq(sent(f, "asks")->prog_ifindex, 7);
	ck_assert_uint_eq(sent(f, "asks")->log_level, 0);
	fixture_free(f);
}
END_TEST

START_TEST(a_type_makes_any_section_good)
{
	struct fixture *f = programs();
	struct pbpf_program_attr attr = *pbpf_program_attr(wanted(f, "made_up"));

	ck_assert_uint_eq(attr.type, PBPF_PROG_TYPE_UNSPEC);
	ck_assert_int_eq(pbpf_object_load(f->obj), -ENOENT);
	expect_error(f, "the section name 'made/up' is not known");
	attr.type = PBPF_PROG_TYPE_TRACEPOINT;
	ck_assert_int_eq(pbpf_program_set_attr(program(f, "made_up"), &attr), 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_uint_eq(sent(f, "made_up")->prog_type, PBPF_PROG_TYPE_TRACEPOINT);
	/* Nothing says where to attach it. */
	ck_assert_int_eq(pbpf_object_attach(f->obj), 0);
	ck_assert_ptr_null(pbpf_program_link(program(f, "made_up")));
	fixture_free(f);
}
END_TEST

START_TEST(what_is_loaded_is_busy)
{
	struct fixture *f = programs();
	struct pbpf_program *asks = program(f, "asks");

	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_int_eq(pbpf_program_set_attr(asks, pbpf_program_attr(asks)), -EBUSY);
	ck_assert_int_eq(pbpf_program_set_attach_target(asks, 0, "x"), -EBUSY);
	ck_assert_int_eq(pbpf_program_set_optional(asks, true), -EBUSY);
	ck_assert_int_eq(pbpf_program_set_fallback(asks, NULL), -EBUSY);
	ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 4);
	pbpf_object_unload(f->obj);
	ck_assert_int_eq(pbpf_program_set_attr(asks, pbpf_program_attr(asks)), 0);
	fixture_free(f);
}
END_TEST

/* --- Targets ---------------------------------------------------------------------------------- */

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
		f->host.fail_at = 0;
		f->kernel.fail_at = 0;
		free_two(&two);
		if (!err)
			break;
		ck_assert_uint_lt(n, 300);
	}
}
END_TEST

/* --- What may fail ---------------------------------------------------------------------------- */

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
		reached = _i & 1 ? f->kernel.calls >= f->kernel.fail_at
				 : f->host.allocations >= f->host.fail_at;
		f->host.fail_at = 0;
		f->kernel.fail_at = 0;
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

/* --- Tokens ----------------------------------------------------------------------------------- */

START_TEST(everything_is_loaded_by_a_token)
{
	struct fixture *f = fixture_new("counter.bpf");
	const struct fake_object *token;

	f->options.token_from = "/sys/fs/bpf";
	ck_assert_int_eq(open_object(f), 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	token = fake_kernel_nth(&f->kernel, FAKE_TOKEN, 0);
	ck_assert_ptr_nonnull(token);
	ck_assert(!token->open);
	ck_assert_int_ne(fake_kernel_nth(&f->kernel, FAKE_MAP, 0)->map.map_token_fd, 0);
	ck_assert_int_ne(fake_kernel_nth(&f->kernel, FAKE_PROG, 0)->prog.prog_token_fd, 0);
	fixture_free(f);

	f = fixture_new("counter.bpf");
	f->options.token_from = "/sys/fs/bpf";
	f->kernel.refuse[PBPF_TOKEN_CREATE] = EPERM;
	ck_assert_int_eq(open_object(f), 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), -EPERM);
	expect_error(f, "no BPF token for '/sys/fs/bpf': EPERM");
	ck_assert_ptr_nonnull(strstr(f->host.hint, "user namespace"));
	f->kernel.missing = "/sys/fs/bpf";
	ck_assert_int_eq(pbpf_object_load(f->obj), -ENOENT);
	fixture_free(f);
}
END_TEST

/* A token that does not allow it all: the bpffs was mounted so. */
START_TEST(what_a_token_does_not_allow)
{
	static const int commands[] = {PBPF_MAP_CREATE, PBPF_PROG_LOAD};
	struct fixture *f = fixture_new("counter.bpf");

	f->options.token_from = "/sys/fs/bpf";
	f->kernel.refuse[commands[_i]] = EPERM;
	ck_assert_int_eq(open_object(f), 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), -EPERM);
	ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 1);
	ck_assert_msg(strstr(f->host.hint, "delegate_progs"), "%s", f->host.hint);
	fixture_free(f);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("loader: programs");
	TCase *c = tcase_create("programs");

	tcase_set_timeout(c, 60);
	tcase_add_test(c, attributes_reach_the_kernel);
	tcase_add_test(c, a_type_makes_any_section_good);
	tcase_add_test(c, what_is_loaded_is_busy);
	tcase_add_test(c, a_function_of_another_program);
	tcase_add_test(c, a_function_that_is_not_there);
	tcase_add_test(c, many_functions_of_the_kernel);
	tcase_add_test(c, many_functions_of_a_module);
	tcase_add_test(c, targets_that_are_none);
	tcase_add_loop_test(c, nothing_leaks_with_targets, 0, 2);
	tcase_add_test(c, optional_programs_are_left_out);
	tcase_add_test(c, the_first_that_loads);
	tcase_add_test(c, the_first_that_is_attached);
	tcase_add_loop_test(c, attached_another_time, 0, 4);
	tcase_add_test(c, none_of_them_loads);
	tcase_add_test(c, rings_of_fallbacks_are_refused);
	tcase_add_loop_test(c, nothing_leaks_with_fallbacks, 0, 4);
	tcase_add_test(c, an_optional_attachment_may_fail);
	tcase_add_test(c, a_link_outlives_the_object);
	tcase_add_test(c, everything_is_loaded_by_a_token);
	tcase_add_loop_test(c, what_a_token_does_not_allow, 0, 2);
	suite_add_tcase(s, c);
	return s;
}
