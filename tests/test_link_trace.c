/* SPDX-License-Identifier: MIT */
/*
 * Probes, perf events and iterators, against the fake kernel: what it is asked for, which name of a
 * function is taken, and that nothing is left behind.
 */
#include "link/pbpf_link_trace.h"
#include "link_fixture.h"

static const char functions[] = "ffffffff81000000 T do_exit\n"
				"ffffffff81000010 t do_work.isra.0\n"
				"ffffffff81000020 t do_work.isra.0.cold\n"
				"ffffffff81000030 t twice.constprop.0\n"
				"ffffffff81000040 t twice.constprop.1\n"
				"ffffffffc0000000 t of_module\t[module]\n";
static const char traceable[] = "do_exit\nvfs_read\nvfs_write\nvfs_read\nvfs_in_module [module]";

/* The first link or perf event that was made. */
static const struct fake_object *made(enum fake_kind kind)
{
	const struct fake_object *object = fake_kernel_nth(&fake, kind, 0);

	ck_assert_ptr_nonnull(object);
	return object;
}

static int kprobe(struct pbpf_link **link, const char *function)
{
	struct pbpf_kprobe at = {.function = function, .offset = 4};

	fake.kallsyms = functions;
	return pbpf_link_kprobe(link, prog_fd, &at, &opts);
}

START_TEST(kprobe_is_a_perf_event)
{
	struct pbpf_kprobe at = {.function = "do_exit", .at_return = true};
	struct pbpf_link *link = NULL;
	const struct fake_object *event;

	opts.cookie = 5;
	ck_assert_int_eq(pbpf_link_kprobe(&link, prog_fd, &at, &opts), 0);
	event = made(FAKE_PERF);
	ck_assert_uint_eq(event->perf.type, FAKE_KPROBE_TYPE);
	ck_assert_uint_eq(event->perf.config, 1);
	ck_assert_uint_eq(event->perf.config2, 0);
	ck_assert_str_eq((const char *)event->bytes, "do_exit");
	ck_assert(event->enabled && !event->open);
	ck_assert_uint_eq(made(FAKE_LINK)->link.perf_event.cookie, 5);
	pbpf_link_close(link);
	nothing_is_left();
}
END_TEST

START_TEST(a_function_that_the_compiler_renamed)
{
	struct pbpf_link *link = NULL;

	fake.missing = "do_work";
	ck_assert_int_eq(kprobe(&link, "do_work"), 0);
	ck_assert_str_eq((const char *)made(FAKE_PERF)->bytes, "do_work.isra.0");
	ck_assert_uint_eq(made(FAKE_PERF)->perf.config2, 4);
	ck_assert_ptr_nonnull(strstr(host.notes, "do_work is do_work.isra.0 in this kernel"));
	pbpf_link_close(link);
	nothing_is_left();
}
END_TEST

static void expect_kprobe(int err, const char *function, const char *text, const char *hint)
{
	struct pbpf_link *link = NULL;

	memset(host.messages, 0, sizeof(host.messages));
	fake.missing = function;
	ck_assert_int_eq(kprobe(&link, function), err);
	ck_assert_uint_eq(host.messages[PBPF_ERROR], 1);
	ck_assert_msg(strstr(host.text, text) != NULL, "'%s' in '%s'", text, host.text);
	ck_assert_msg(strstr(host.hint, hint) != NULL, "'%s' in '%s'", hint, host.hint);
	nothing_is_left();
}

START_TEST(functions_that_are_not_there)
{
	expect_kprobe(-ENOENT, "do_exot", "no function 'do_exot'", "did you mean 'do_exit'?");
	expect_kprobe(-ENOENT, "twice", "several functions of 'twice'", "in full");
	expect_kprobe(-ENOENT, "entirely_other", "no function", "/proc/kallsyms");
}
END_TEST

START_TEST(a_kernel_without_kprobes)
{
	struct pbpf_link *link = NULL;

	fake.missing = "devices/kprobe";
	ck_assert_int_eq(kprobe(&link, "do_exit"), -ENOTSUP);
	ck_assert_str_eq(host.text, "this kernel has no perf events for kprobes");
	nothing_is_left();
}
END_TEST

/* Before 4.17: a tracepoint is made of the place, and taken away at the end. */
START_TEST(kprobe_by_tracefs)
{
	struct pbpf_kprobe at = {.function = "do_exit", .at_return = true};
	struct pbpf_link *link = NULL;

	fake.missing = "devices/kprobe";
	fake.traced_events = true;
	ck_assert_msg(!kprobe(&link, "do_exit"), "%s", host.text);
	ck_assert_ptr_eq(strstr(fake.traced_line, "p:plainbpf/p_1234_"), fake.traced_line);
	ck_assert_ptr_nonnull(strstr(fake.traced_line, " do_exit+4"));
	ck_assert_uint_eq(made(FAKE_PERF)->perf.type, PBPF_PERF_TYPE_TRACEPOINT);
	ck_assert(made(FAKE_PERF)->enabled);
	ck_assert_uint_eq(fake.traced, 1);
	pbpf_link_close(link);
	ck_assert_uint_eq(fake.traced, 0);

	ck_assert_int_eq(pbpf_link_kprobe(&link, prog_fd, &at, &opts), 0);
	ck_assert_ptr_eq(strstr(fake.traced_line, "r:plainbpf/r_1234_"), fake.traced_line);
	ck_assert_int_eq(pbpf_link_detach(link), 0);
	ck_assert_uint_eq(fake.traced, 0);
	pbpf_link_close(link);

	ck_assert_int_eq(pbpf_link_kprobe(&link, prog_fd, &at, &opts), 0);
	pbpf_link_leave(link); /* nothing can leave it there */
	ck_assert_uint_eq(fake.traced, 0);
	fake.refuse[PBPF_LINK_CREATE] = EOPNOTSUPP;
	ck_assert_int_eq(pbpf_link_kprobe(&link, prog_fd, &at, &opts), -EOPNOTSUPP);
	ck_assert_uint_eq(fake.traced, 0);
	ck_assert_str_eq(host.text, "the kernel refused to attach the program to kretprobe "
				    "do_exit+0: ENOTSUP");

	at.function = "two words";
	ck_assert_int_eq(pbpf_link_kprobe(&link, prog_fd, &at, &opts), -EINVAL);
	at.function = "two\nlines";
	ck_assert_int_eq(pbpf_link_kprobe(&link, prog_fd, &at, &opts), -EINVAL);
	nothing_is_left();
}
END_TEST

START_TEST(uprobe_by_tracefs)
{
	struct pbpf_uprobe at = {.path = "/bin/sh", .offset = 0x4710, .pid = 77};
	struct pbpf_link *link = NULL;

	fake.missing = "devices/uprobe";
	fake.traced_events = true;
	ck_assert_msg(!pbpf_link_uprobe(&link, prog_fd, &at, &opts), "%s", host.text);
	ck_assert_ptr_nonnull(strstr(fake.traced_line, " /bin/sh:0x4710"));
	pbpf_link_close(link);
	ck_assert_uint_eq(fake.traced, 0);
	at.semaphore = 8; /* is younger than the PMU */
	ck_assert_int_eq(pbpf_link_uprobe(&link, prog_fd, &at, &opts), -EINVAL);
	nothing_is_left();
}
END_TEST

START_TEST(system_calls)
{
	struct pbpf_link *link = NULL;
	char long_name[200];

	ck_assert_int_eq(pbpf_link_ksyscall(&link, prog_fd, "openat", false, &opts), 0);
	ck_assert_ptr_nonnull(strstr((const char *)made(FAKE_PERF)->bytes, "sys_openat"));
	pbpf_link_close(link);
	memset(long_name, 'x', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = '\0';
	ck_assert_int_eq(pbpf_link_ksyscall(&link, prog_fd, long_name, false, &opts), -EINVAL);
	nothing_is_left();
}
END_TEST

static int kprobe_multi(struct pbpf_link **link, const char *pattern)
{
	struct pbpf_kprobe_multi at = {.pattern = pattern, .at_return = true};

	fake.traceable = traceable;
	return pbpf_link_kprobe_multi(link, prog_fd, &at, &opts);
}

START_TEST(kprobes_by_pattern)
{
	struct pbpf_kprobe_multi none = {0};
	struct pbpf_link *link = NULL;
	const struct abi_link_create *a;

	ck_assert_int_eq(kprobe_multi(&link, "vfs_*"), 0);
	a = &made(FAKE_LINK)->link;
	ck_assert_uint_eq(a->attach_type, PBPF_TRACE_KPROBE_MULTI);
	ck_assert_uint_eq(a->kprobe_multi.cnt, 3); /* one of them is listed twice */
	ck_assert_uint_eq(a->kprobe_multi.flags, PBPF_F_KPROBE_MULTI_RETURN);
	pbpf_link_close(link);
	ck_assert_int_eq(kprobe_multi(&link, "vfs_?????"), 0);
	a = &fake_kernel_nth(&fake, FAKE_LINK, 1)->link;
	ck_assert_uint_eq(a->kprobe_multi.cnt, 1);
	pbpf_link_close(link);
	ck_assert_int_eq(kprobe_multi(&link, "x*"), -ENOENT);
	ck_assert_int_eq(pbpf_link_kprobe_multi(&link, prog_fd, &none, &opts), -EINVAL);
	fake.missing = "/tracing/";
	ck_assert_int_eq(kprobe_multi(&link, "vfs_*"), -ENOENT);
	ck_assert_ptr_nonnull(strstr(host.hint, "mount -t tracefs"));
	nothing_is_left();
}
END_TEST

/* --- Uprobes, in this very program --------------------------------------------------------------- */

int probed_here(void);
int probed_there(void);

int probed_here(void)
{
	return 1;
}

int probed_there(void)
{
	return 2;
}

static int uprobe(struct pbpf_link **link, const char *path, const char *symbol)
{
	struct pbpf_uprobe at = {.path = path, .symbol = symbol, .offset = 2, .semaphore = 3};

	fake.real_files = true;
	return pbpf_link_uprobe(link, prog_fd, &at, &opts);
}

START_TEST(uprobe_by_offset)
{
	struct pbpf_link *link = NULL;
	const struct fake_object *event;

	ck_assert_int_eq(uprobe(&link, "/no/such/file", NULL), 0);
	event = made(FAKE_PERF);
	ck_assert_uint_eq(event->perf.type, FAKE_UPROBE_TYPE);
	ck_assert_uint_eq(event->perf.config, (uint64_t)3 << 32);
	ck_assert_uint_eq(event->perf.config2, 2);
	ck_assert_str_eq((const char *)event->bytes, "/no/such/file");
	pbpf_link_close(link);
	nothing_is_left();
}
END_TEST

START_TEST(uprobe_by_symbol)
{
	struct pbpf_link *link = NULL;

	ck_assert_int_eq(uprobe(&link, "/proc/self/exe", "probed_here"), 0);
	ck_assert_uint_gt(made(FAKE_PERF)->perf.config2, 2);
	pbpf_link_close(link);
	ck_assert_int_eq(uprobe(&link, "/proc/self/exe", "probed_nowhere_at_all"), -ENOENT);
	ck_assert_int_eq(uprobe(&link, "/proc/self/maps", "probed_here"), -EINVAL);
	ck_assert_ptr_nonnull(strstr(host.text, "is not an ELF file"));
	ck_assert_int_eq(uprobe(&link, "no-such-program", "main"), -ENOENT);
	ck_assert_ptr_nonnull(strstr(host.hint, "whole path"));
	nothing_is_left();
}
END_TEST

/* A library with two versions of f, and g of one, whose names are in the dynamic symbols alone. */
static uint64_t offset_in_library(const char *symbol)
{
	struct pbpf_link *link = NULL;
	size_t events = 0;
	uint64_t offset = 0;

	if (uprobe(&link, "fuzz/corpus/fuzz_link_elf/versions", symbol))
		return 0;
	while (fake_kernel_nth(&fake, FAKE_PERF, events + 1))
		events++;
	offset = fake_kernel_nth(&fake, FAKE_PERF, events)->perf.config2;
	pbpf_link_close(link);
	return offset;
}

START_TEST(versions_of_a_function)
{
	uint64_t old = offset_in_library("f@V1"), new = offset_in_library("f@@V2");

	ck_assert_uint_gt(old, 0);
	ck_assert_uint_gt(new, old);
	ck_assert_uint_eq(offset_in_library("f"), new);
	ck_assert_uint_eq(offset_in_library("f@V2"), new);
	ck_assert_uint_gt(offset_in_library("g"), new);
	ck_assert_uint_eq(offset_in_library("g@V2"), offset_in_library("g"));
	ck_assert_uint_eq(offset_in_library("f@V3"), 0);
	ck_assert_uint_eq(offset_in_library("g@V1"), 0);
	nothing_is_left();
}
END_TEST

static int uprobe_multi(struct pbpf_link **link, const char *pattern)
{
	struct pbpf_uprobe_multi at = {.path = "/proc/self/exe", .pattern = pattern};

	fake.real_files = true;
	return pbpf_link_uprobe_multi(link, prog_fd, &at, &opts);
}

START_TEST(uprobes_by_pattern)
{
	struct pbpf_link *link = NULL;

	ck_assert_int_eq(uprobe_multi(&link, "probed_?*here"), 0);
	ck_assert_uint_eq(made(FAKE_LINK)->link.attach_type, PBPF_TRACE_UPROBE_MULTI);
	ck_assert_uint_eq(made(FAKE_LINK)->link.uprobe_multi.cnt, 1);
	pbpf_link_close(link);
	ck_assert_int_eq(uprobe_multi(&link, "probed_?"), -ENOENT);
	ck_assert_int_eq(uprobe_multi(&link, NULL), -EINVAL);
	nothing_is_left();
}
END_TEST

/* --- Perf events and iterators ------------------------------------------------------------------- */

static int event_of(struct pbpf_link **link)
{
	struct pbpf_perf_attr attr = {.size = sizeof(attr)};
	int event = pbpf_sys_perf_event_open(&env, &attr, 0, -1, -1, 0);
	int err = pbpf_link_perf_event(link, prog_fd, event, &opts);

	pbpf_sys_close(&env, event);
	return err;
}

START_TEST(perf_event)
{
	struct pbpf_link *link = NULL;

	ck_assert_int_eq(event_of(&link), 0);
	ck_assert_uint_eq(made(FAKE_LINK)->link.attach_type, PBPF_PERF_EVENT);
	ck_assert(made(FAKE_PERF)->enabled);
	pbpf_link_close(link);
	nothing_is_left();
}
END_TEST

START_TEST(iterators)
{
	struct pbpf_iter of = {.pid = 12};
	struct pbpf_link *link = NULL;

	ck_assert_int_eq(pbpf_link_iter(&link, prog_fd, NULL, &opts), 0);
	ck_assert_uint_eq(made(FAKE_LINK)->link.attach_type, PBPF_TRACE_ITER);
	ck_assert_uint_eq(made(FAKE_LINK)->link.iter.iter_info_len, 0);
	ck_assert_int_eq(pbpf_link_iter_fd(link), -EINVAL); /* the fake kernel has none */
	ck_assert_str_eq(host.text, "the kernel refused to open the iterator for reading: EINVAL");
	pbpf_link_close(link);
	ck_assert_int_eq(pbpf_link_iter(&link, prog_fd, &of, &opts), 0);
	ck_assert_uint_eq(fake_kernel_nth(&fake, FAKE_LINK, 1)->link.iter.iter_info_len, 16);
	pbpf_link_close(link);
	fake.refuse[PBPF_LINK_CREATE] = EPERM;
	ck_assert_int_eq(pbpf_link_iter(&link, prog_fd, NULL, &opts), -EPERM);
	ck_assert_str_eq(host.text, "the kernel refused to attach the program to the iterator that "
				    "it was loaded for: EPERM");
	of.map_fd = 4;
	ck_assert_int_eq(pbpf_link_iter(&link, prog_fd, &of, &opts), -EINVAL);
	nothing_is_left();
}
END_TEST

/* --- Failures -------------------------------------------------------------------------------------- */

static int attach(int way, struct pbpf_link **link)
{
	switch (way) {
	case 0: fake.missing = "do_work"; return kprobe(link, "do_work");
	case 1: return kprobe_multi(link, "vfs_*");
	case 2: return uprobe(link, "/proc/self/exe", "probed_here");
	case 3: return uprobe_multi(link, "probed_*");
	case 4:
	case 5:
		fake.missing = "devices/kprobe";
		fake.traced_events = true;
		fake.refuse[PBPF_LINK_CREATE] = way == 5 ? EINVAL : 0;
		return kprobe(link, "do_exit");
	default: return pbpf_link_iter(link, prog_fd, NULL, &opts);
	}
}
#define WAYS 7

static void try_attach(int way, bool *failed)
{
	struct pbpf_link *link = NULL;

	host.allocations = fake.calls = 0;
	memset(host.messages, 0, sizeof(host.messages));
	*failed = attach(way, &link) < 0;
	ck_assert(*failed == !link);
	ck_assert_uint_eq(host.messages[PBPF_ERROR], *failed);
	pbpf_link_close(link);
	ck_assert_uint_eq(fake.traced, 0);
	nothing_is_left();
}

START_TEST(nothing_leaks)
{
	bool failed;

	fake.fail_errno = EPERM;
	for (unsigned int n = 1; n < 40; n++) {
		fake.fail_at = n;
		try_attach(_i, &failed);
	}
	fake.fail_at = 0;
	for (unsigned int n = 1; n < 60; n++) {
		host.fail_at = n;
		try_attach(_i, &failed);
	}
	host.fail_at = 0;
	try_attach(_i, &failed);
	ck_assert(!failed);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("link: tracing");
	TCase *c = tcase_create("trace");

	tcase_set_timeout(c, 30);
	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, kprobe_is_a_perf_event);
	tcase_add_test(c, a_function_that_the_compiler_renamed);
	tcase_add_test(c, functions_that_are_not_there);
	tcase_add_test(c, a_kernel_without_kprobes);
	tcase_add_test(c, kprobe_by_tracefs);
	tcase_add_test(c, uprobe_by_tracefs);
	tcase_add_test(c, system_calls);
	tcase_add_test(c, kprobes_by_pattern);
	tcase_add_test(c, uprobe_by_offset);
	tcase_add_test(c, uprobe_by_symbol);
	tcase_add_test(c, versions_of_a_function);
	tcase_add_test(c, uprobes_by_pattern);
	tcase_add_test(c, perf_event);
	tcase_add_test(c, iterators);
	tcase_add_loop_test(c, nothing_leaks, 0, WAYS);
	suite_add_tcase(s, c);
	return s;
}
