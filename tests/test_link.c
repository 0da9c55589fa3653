/* SPDX-License-Identifier: MIT */
/*
 * Attaching, against the fake kernel: what is made, what is said, and that nothing is left behind.
 */
#include "link_fixture.h"

static int to_sched_switch(struct pbpf_link **link)
{
	return pbpf_link_tracepoint(link, prog_fd, "sched", "sched_switch", &opts);
}

START_TEST(tracepoint_is_a_link_to_a_perf_event)
{
	struct pbpf_link *link = NULL;
	const struct fake_object *object, *event;

	opts.cookie = 77;
	ck_assert_int_eq(to_sched_switch(&link), 0);
	object = fake_kernel_object(&fake, pbpf_link_fd(link));
	event = fake_kernel_nth(&fake, FAKE_PERF, 0);
	ck_assert_int_eq(object->kind, FAKE_LINK);
	ck_assert_int_eq(object->prog_fd, prog_fd);
	ck_assert_uint_eq(object->link.attach_type, PBPF_PERF_EVENT);
	ck_assert_uint_eq(object->link.perf_event.cookie, 77);
	ck_assert_uint_eq(event->perf.type, PBPF_PERF_TYPE_TRACEPOINT);
	ck_assert_uint_gt(event->perf.config, 0);
	ck_assert(event->enabled);
	ck_assert(!event->open); /* the link holds it */
	ck_assert_uint_eq(fake.open_fds, 2);
	pbpf_link_close(link);
	nothing_is_left();
	ck_assert_uint_eq(host.messages[PBPF_ERROR], 0);
}
END_TEST

START_TEST(tracepoint_on_a_kernel_without_perf_links)
{
	struct pbpf_link *link = NULL;
	const struct fake_object *event;

	fake.refuse[PBPF_LINK_CREATE] = EINVAL;
	ck_assert_int_eq(to_sched_switch(&link), 0);
	event = fake_kernel_object(&fake, pbpf_link_fd(link));
	ck_assert_int_eq(event->kind, FAKE_PERF);
	ck_assert_int_eq(event->prog_fd, prog_fd);
	ck_assert(event->enabled && event->open);
	ck_assert_ptr_nonnull(strstr(host.notes, "no link to a perf event"));
	pbpf_link_close(link);
	nothing_is_left();
}
END_TEST

START_TEST(cookies_need_a_link)
{
	struct pbpf_link *link = NULL;

	fake.refuse[PBPF_LINK_CREATE] = EINVAL;
	opts.cookie = 1;
	ck_assert_int_eq(to_sched_switch(&link), -EINVAL);
	ck_assert_ptr_null(link);
	ck_assert_uint_eq(host.messages[PBPF_ERROR], 1);
	nothing_is_left();
}
END_TEST

START_TEST(tracefs_in_debugfs)
{
	struct pbpf_link *link = NULL;

	fake.missing = "/sys/kernel/tracing/";
	ck_assert_int_eq(to_sched_switch(&link), 0);
	pbpf_link_close(link);
	nothing_is_left();
}
END_TEST

/* Expects to_sched_switch() to fail with one message, of these words and this hint. */
static void expect_refusal(int err, const char *text, const char *hint)
{
	struct pbpf_link *link = NULL;

	memset(host.messages, 0, sizeof(host.messages));
	ck_assert_int_eq(to_sched_switch(&link), err);
	ck_assert_ptr_null(link);
	ck_assert_uint_eq(host.messages[PBPF_ERROR], 1);
	ck_assert_str_eq(host.stage, "link");
	ck_assert_str_eq(host.where, "sched/sched_switch");
	ck_assert_int_eq(host.err, err);
	ck_assert_msg(strstr(host.text, text) != NULL, "'%s' in '%s'", text, host.text);
	ck_assert_msg(strstr(host.hint, hint) != NULL, "'%s' in '%s'", hint, host.hint);
	nothing_is_left();
}

START_TEST(refusals_are_explained)
{
	fake.missing = "sched_switch";
	expect_refusal(-ENOENT, "there is no tracepoint sched/sched_switch", "perf list");
	fake.missing = "/tracing/";
	expect_refusal(-ENOENT, "tracefs, which tells its number, is not mounted",
		       "mount -t tracefs nodev /sys/kernel/tracing");
	fake.missing = NULL;

	fake.fail_at = fake.calls + 1; /* open */
	fake.fail_errno = EACCES;
	expect_refusal(-EACCES, "may not be read", "root");
	fake.fail_at = fake.calls + 1;
	fake.fail_errno = EIO;
	expect_refusal(-EIO, "cannot be read: EIO", "");
	fake.fail_at = fake.calls + 4; /* perf_event_open */
	fake.fail_errno = EACCES;
	expect_refusal(-EACCES, "refused to attach the program to tracepoint sched/sched_switch",
		       "CAP_PERFMON");
	fake.refuse[PBPF_LINK_CREATE] = EPERM;
	expect_refusal(-EPERM, "EPERM", "CAP_PERFMON");
}
END_TEST

START_TEST(a_number_that_is_none)
{
	static const char *const numbers[] = {"\n", "12x\n", "-1\n", "99999999999\n", "x", " 1\n"};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		fake.event_number = numbers[i];
		expect_refusal(-EINVAL, "where the number", "");
	}
	fake.event_number = "123456789012345678901234567890123\n";
	expect_refusal(-EFBIG, "EFBIG", "");
}
END_TEST

START_TEST(names_that_leave_tracefs)
{
	static const char *const names[] = {"",	   ".",	  "..",	     "../sched", "a/b",
					    "a b", "a\n", "\x1b[0m", "sched/",	 "\xc3\xa4"};
	char too_long[1000];
	struct pbpf_link *link = NULL;

	memset(too_long, 'x', sizeof(too_long) - 1);
	too_long[sizeof(too_long) - 1] = '\0';
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		ck_assert_int_eq(pbpf_link_tracepoint(&link, prog_fd, names[i], "x", &opts),
				 -EINVAL);
		ck_assert_int_eq(pbpf_link_tracepoint(&link, prog_fd, "x", names[i], &opts),
				 -EINVAL);
	}
	ck_assert_int_eq(pbpf_link_tracepoint(&link, prog_fd, "x", too_long, &opts), -EINVAL);
	ck_assert_ptr_null(link);
	ck_assert_uint_eq(fake.calls, 0);
}
END_TEST

START_TEST(raw_tracepoint)
{
	struct pbpf_link *link = NULL;
	const struct fake_object *object;

	ck_assert_int_eq(pbpf_link_raw_tracepoint(&link, prog_fd, "sched_switch", &opts), 0);
	object = fake_kernel_object(&fake, pbpf_link_fd(link));
	ck_assert_int_eq(object->prog_fd, prog_fd);
	ck_assert_str_eq((const char *)object->bytes, "sched_switch");
	pbpf_link_close(link);

	fake.missing = "sched_switch";
	link = NULL;
	ck_assert_int_eq(pbpf_link_raw_tracepoint(&link, prog_fd, "sched_switch", &opts), -ENOENT);
	ck_assert_ptr_null(link);
	ck_assert_str_eq(host.where, "sched_switch");

	ck_assert_int_eq(pbpf_link_raw_tracepoint(&link, prog_fd, NULL, &opts), 0);
	pbpf_link_close(link);
	fake.refuse[PBPF_RAW_TRACEPOINT_OPEN] = EBUSY;
	ck_assert_int_eq(pbpf_link_raw_tracepoint(&link, prog_fd, NULL, &opts), -EBUSY);
	ck_assert_str_eq(host.text, "the kernel refused to attach the program to the place that it "
				    "was loaded for: EBUSY");
	nothing_is_left();
}
END_TEST

START_TEST(any_link)
{
	struct pbpf_link_attr attr = {
		.prog_fd = prog_fd,
		.target_fd = 9,
		.attach_type = PBPF_CGROUP_INET_INGRESS,
	};
	struct pbpf_link *link = NULL;

	ck_assert_int_eq(pbpf_link_create(&link, &attr, &opts), 0);
	ck_assert_int_eq(pbpf_link_update(link, prog_fd), 0);
	ck_assert_int_eq(pbpf_link_detach(link), 0);
	fake.refuse[PBPF_OBJ_PIN] = EEXIST;
	ck_assert_int_eq(pbpf_link_pin(link, -1, "/sys/fs/bpf/x"), -EEXIST);
	ck_assert_str_eq(host.text, "the kernel refused to pin the link: EEXIST");
	pbpf_link_close(link);

	attr.attach_type = 999;
	ck_assert_int_lt(pbpf_link_create(&link, &attr, NULL), 0); /* the running kernel */
	ck_assert_int_eq(pbpf_link_create(&link, &attr, &opts), -EINVAL);
	ck_assert_str_eq(host.text, "the kernel refused to attach the program to target 9 (attach "
				    "type 999): EINVAL");
	nothing_is_left();
	pbpf_link_close(NULL);
}
END_TEST

/* Attaches in one of the ways. */
static int attach(int way, struct pbpf_link **link)
{
	struct pbpf_link_attr attr = {.prog_fd = prog_fd, .target_fd = 9};

	switch (way) {
	case 0: return to_sched_switch(link);
	case 1: fake.refuse[PBPF_LINK_CREATE] = EINVAL; return to_sched_switch(link);
	case 2: fake.missing = "/sys/kernel/tracing/"; return to_sched_switch(link);
	case 3: return pbpf_link_raw_tracepoint(link, prog_fd, "sched_switch", &opts);
	default: return pbpf_link_create(link, &attr, &opts);
	}
}

#define WAYS 5

START_TEST(nothing_leaks_when_the_kernel_fails)
{
	static const int errors[] = {EIO, EINVAL, ENOENT, EPERM, EINTR};
	struct pbpf_link *link;
	bool failed = true;

	for (size_t e = 0; e < sizeof(errors) / sizeof(errors[0]); e++) {
		for (unsigned int n = 1; n <= 12; n++) {
			link = NULL;
			fake.calls = 0;
			fake.fail_at = n;
			fake.fail_errno = errors[e];
			memset(host.messages, 0, sizeof(host.messages));
			failed = attach(_i, &link) < 0;
			ck_assert(failed == !link);
			ck_assert_uint_eq(host.messages[PBPF_ERROR], failed);
			pbpf_link_close(link);
			nothing_is_left();
		}
		ck_assert(!failed); /* the last n was beyond all calls */
	}
}
END_TEST

START_TEST(nothing_leaks_without_memory)
{
	struct pbpf_link *link;
	unsigned int n = 0;
	int err;

	do {
		link = NULL;
		host.allocations = 0;
		host.fail_at = ++n;
		memset(host.messages, 0, sizeof(host.messages));
		err = attach(_i, &link);
		ck_assert_int_eq(err, link ? 0 : -ENOMEM);
		ck_assert_uint_eq(host.messages[PBPF_ERROR], err < 0);
		pbpf_link_close(link);
		nothing_is_left();
	} while (err);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("link");
	TCase *c = tcase_create("link");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, tracepoint_is_a_link_to_a_perf_event);
	tcase_add_test(c, tracepoint_on_a_kernel_without_perf_links);
	tcase_add_test(c, cookies_need_a_link);
	tcase_add_test(c, tracefs_in_debugfs);
	tcase_add_test(c, refusals_are_explained);
	tcase_add_test(c, a_number_that_is_none);
	tcase_add_test(c, names_that_leave_tracefs);
	tcase_add_test(c, raw_tracepoint);
	tcase_add_test(c, any_link);
	tcase_add_loop_test(c, nothing_leaks_when_the_kernel_fails, 0, WAYS);
	tcase_add_loop_test(c, nothing_leaks_without_memory, 0, WAYS);
	suite_add_tcase(s, c);
	return s;
}
