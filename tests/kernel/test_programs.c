/* SPDX-License-Identifier: MIT */
/*
 * Programs that stand in for others, on the running kernel: a function of a program is traced and replaced, a
 * congestion control is made of programs, and the first of several that loads is taken.
 */
#include "link/pbpf_link_trace.h"
#include "live.h"

#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

static struct pbpf_program *program(const struct live *live, const char *name)
{
	struct pbpf_program *prog = pbpf_object_program(live->obj, name);

	ck_assert_msg(prog != NULL, "no program '%s'", name);
	return prog;
}

/* The value of a global variable. */
static int global(const struct live *live, const char *name)
{
	struct pbpf_variable variable;
	int value = 0;

	ck_assert_int_eq(pbpf_object_variable(live->obj, name, &variable), 0);
	ck_assert_int_eq(pbpf_variable_get(&variable, &value, sizeof(value)), 0);
	return value;
}

/* A hardened kernel refuses what needs a trampoline. */
static bool is_refused(int err)
{
	return err == -EPERM || err == -ENOTSUP || err == -524 || err == -ENOMEM;
}

/* --- One program and another --------------------------------------------------------------------- */

/* Two objects of the same file: the second one's program looks at, or replaces, a function of the first. */
static int load_second(struct live *second, const struct live *first, const char *name)
{
	struct pbpf_program *prog = program(second, name);

	pbpf_program_set_autoload(program(second, "asks"), false);
	pbpf_program_set_autoload(prog, true);
	ck_assert_int_eq(
		pbpf_program_set_attach_target(prog, pbpf_program_fd(program(first, "asks")), NULL),
		0);
	return pbpf_object_load(second->obj);
}

START_TEST(a_function_of_a_program_is_replaced)
{
	struct live *first, *second;
	struct pbpf_link *link = NULL;
	int err;

	NEEDS_BPF();
	NEEDS_LINUX(5, 6);
	NEEDS_JIT();
	first = live_load("programs.bpf");
	second = live_open("programs.bpf");
	ck_assert_uint_eq(live_run(first, "asks"), 1);
	err = load_second(second, first, "other_answer");
	if (!err)
		err = pbpf_program_attach(program(second, "other_answer"), &link);
	if (err && is_refused(err)) {
		printf("SKIP %s: %s\n", __func__, second->host.text);
	} else {
		ck_assert_msg(!err, "%s", second->host.text);
		ck_assert_uint_eq(live_run(first, "asks"), 42);
		pbpf_link_close(link);
		link = NULL;
		ck_assert_uint_eq(live_run(first, "asks"), 1);
		if (running_linux() >= PBPF_LINUX(5, 10)) {
			struct pbpf_link_options opts = {.env = &second->env};

			err = pbpf_link_freplace(
				&link, pbpf_program_fd(program(second, "other_answer")),
				pbpf_program_fd(program(first, "asks")), "answer", &opts);
			ck_assert_msg(!err, "%s", second->host.text);
			ck_assert_uint_eq(live_run(first, "asks"), 42);
			pbpf_link_close(link);
		}
	}
	live_close(second);
	live_close(first);
}
END_TEST

START_TEST(a_function_of_a_program_is_traced)
{
	struct live *first, *second;
	struct pbpf_link *link = NULL;
	int err;

	NEEDS_BPF();
	NEEDS_LINUX(5, 6);
	NEEDS_JIT();
	first = live_load("programs.bpf");
	second = live_open("programs.bpf");
	err = load_second(second, first, "sees_the_call");
	if (!err)
		err = pbpf_program_attach(program(second, "sees_the_call"), &link);
	if (err && is_refused(err)) {
		printf("SKIP %s: %s\n", __func__, second->host.text);
	} else {
		ck_assert_msg(!err, "%s", second->host.text);
		live_run(first, "asks");
		live_run(first, "asks");
		ck_assert_int_eq(global(second, "calls"), 2);
		pbpf_link_close(link);
		link = NULL;
		live_run(first, "asks");
		ck_assert_int_eq(global(second, "calls"), 2);
		if (running_linux() >= PBPF_LINUX(5, 19)) {
			struct pbpf_link_options opts = {.cookie = 4711};

			/* It is attached in another way; and once only, where a program is the target. */
			pbpf_object_unload(second->obj);
			ck_assert_int_eq(pbpf_object_load(second->obj), 0);
			err = pbpf_program_attach_with(program(second, "sees_the_call"), &link,
						       &opts);
			ck_assert_msg(!err, "%s", second->host.text);
			live_run(first, "asks");
			ck_assert_int_eq(global(second, "calls"), 1);
			pbpf_link_close(link);
		}
	}
	live_close(second);
	live_close(first);
}
END_TEST

/* The kernel has functions to try this with (net/bpf/test_run.c), which a test run of the program calls. */
START_TEST(many_functions_at_once)
{
	struct pbpf_link_options opts = {.cookie = 4711};
	struct pbpf_test_run run = {0};
	struct pbpf_link *link = NULL;
	struct live *live;
	int err;

	NEEDS_BPF();
	NEEDS_LINUX(7, 2);
	NEEDS_TRACEFS();
	live = live_open("programs.bpf");
	pbpf_program_set_autoload(program(live, "sees_many"), true);
	err = pbpf_object_load(live->obj);
	if (!err)
		err = pbpf_program_attach_with(program(live, "sees_many"), &link, &opts);
	ck_assert_msg(!err, "%s", live->host.text);
	err = pbpf_sys_prog_test_run(&live->env, pbpf_program_fd(program(live, "sees_many")), &run);
	ck_assert_msg(!err, "test run: %s", pbpf_error_name(err));
	ck_assert_int_gt(global(live, "calls"), 5);
	pbpf_link_close(link);
	live_close(live);
}
END_TEST

/* --- The first that loads -------------------------------------------------------------------------- */

START_TEST(the_first_that_loads)
{
	struct live *live;

	NEEDS_BPF();
	live = live_open("programs.bpf");
	pbpf_program_set_autoload(program(live, "by_fentry"), true);
	pbpf_program_set_autoload(program(live, "by_tracepoint"), true);
	pbpf_program_set_autoload(program(live, "made_up"), true);
	ck_assert_int_eq(pbpf_program_set_optional(program(live, "made_up"), true), 0);
	ck_assert_int_eq(pbpf_program_set_fallback(program(live, "by_fentry"),
						   program(live, "by_tracepoint")),
			 0);
	ck_assert_msg(!pbpf_object_load(live->obj), "%s", live->host.text);
	ck_assert_int_eq(pbpf_program_fd(program(live, "by_fentry")), -ENOENT);
	ck_assert_int_ge(pbpf_program_fd(program(live, "by_tracepoint")), 3);
	ck_assert_ptr_nonnull(pbpf_program_skipped(program(live, "by_fentry")));
	ck_assert_ptr_nonnull(pbpf_program_skipped(program(live, "made_up")));
	ck_assert_uint_eq(live->host.messages[PBPF_ERROR], 0);
	live_close(live);
}
END_TEST

/* Every kernel loads the first, as the older ones do not look at what it is for; some cannot attach it. */
START_TEST(the_first_that_is_attached)
{
	struct pbpf_program *multi, *tp;
	struct live *live;

	NEEDS_BPF();
	NEEDS_TRACEFS();
	live = live_open("kinds.bpf");
	multi = program(live, "kprobe_multi");
	tp = program(live, "tp");
	pbpf_program_set_autoload(multi, true);
	pbpf_program_set_autoload(tp, true);
	ck_assert_int_eq(pbpf_program_set_fallback(multi, tp), 0);
	ck_assert_msg(!pbpf_object_load(live->obj), "%s", live->host.text);
	ck_assert_int_ge(pbpf_program_fd(multi), 0);
	ck_assert_msg(!pbpf_object_attach(live->obj), "%s", live->host.text);
	ck_assert(!pbpf_program_link(multi) == !!pbpf_program_link(tp));
	ck_assert_int_eq(pbpf_program_fd(pbpf_program_link(tp) ? multi : tp), -ENOENT);
	if (running_linux() < PBPF_LINUX(5, 18))
		ck_assert_ptr_nonnull(pbpf_program_link(tp));
	live_close(live);
}
END_TEST

START_TEST(figures_of_a_program_that_loads)
{
	struct pbpf_program_attr attr;
	struct live *live;
	char log[4096];

	NEEDS_BPF();
	NEEDS_LINUX(5, 2); /* level 4 */
	live = live_open("programs.bpf");
	attr = *pbpf_program_attr(program(live, "asks"));
	attr.log_level = 4;
	ck_assert_int_eq(pbpf_program_set_attr(program(live, "asks"), &attr), 0);
	ck_assert_msg(!pbpf_object_load(live->obj), "%s", live->host.text);
	ck_assert_ptr_nonnull(strstr(pbpf_program_log(program(live, "asks")), "processed "));
	pbpf_object_unload(live->obj);
	attr.log_level = 2;
	attr.log = log;
	attr.log_size = sizeof(log);
	attr.flags |= PBPF_F_TEST_STATE_FREQ;
	ck_assert_int_eq(pbpf_program_set_attr(program(live, "asks"), &attr), 0);
	ck_assert_msg(!pbpf_object_load(live->obj), "%s", live->host.text);
	ck_assert_ptr_nonnull(strstr(log, "R1"));
	pbpf_object_unload(live->obj);
	attr.log_size = 64;
	ck_assert_int_eq(pbpf_program_set_attr(program(live, "asks"), &attr), 0);
	ck_assert_msg(!pbpf_object_load(live->obj), "%s", live->host.text);
	ck_assert_uint_lt(strlen(log), 64);
	live_close(live);
}
END_TEST

/* --- struct_ops ------------------------------------------------------------------------------------ */

/* A network of its own, with nothing but lo. */
static int own_network(void)
{
	struct ifreq lo = {.ifr_name = "lo"};
	int fd, err = unshare(CLONE_NEWNET);

	if (err)
		return -errno;
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	err = fd < 0 || ioctl(fd, SIOCGIFFLAGS, &lo);
	lo.ifr_flags |= IFF_UP;
	err = err || ioctl(fd, SIOCSIFFLAGS, &lo) ? -errno : 0;
	if (fd >= 0)
		close(fd);
	return err;
}

/* Sends a little over a connection to this process itself, under a congestion control: 0 or -errno. */
static int talk_under(const char *name)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t size = sizeof(at);
	char buffer[20000] = "x";
	int listener = socket(AF_INET, SOCK_STREAM, 0), from = socket(AF_INET, SOCK_STREAM, 0);
	int to = -1, err = 0;

	if (setsockopt(from, IPPROTO_TCP, TCP_CONGESTION, name, (socklen_t)strlen(name)))
		err = -errno;
	if (!err && (bind(listener, (struct sockaddr *)&at, size) || listen(listener, 1) ||
		     getsockname(listener, (struct sockaddr *)&at, &size) ||
		     connect(from, (struct sockaddr *)&at, size)))
		err = -errno;
	if (!err)
		to = accept(listener, NULL, NULL);
	for (int i = 0; !err && i < 20; i++) {
		if (write(from, buffer, sizeof(buffer)) < 0 ||
		    recv(to, buffer, sizeof(buffer), MSG_WAITALL) < 0)
			err = -errno;
	}
	close(from);
	close(listener);
	if (to >= 0)
		close(to);
	return err;
}

static struct pbpf_map *ops(const struct live *live, const char *name)
{
	return pbpf_object_map(live->obj, name);
}

/* Loads the congestion controls; NULL, after a SKIP, where the kernel refuses them. */
static struct live *load_congestion(const char *test, const char *map)
{
	struct live *live = live_open("struct_ops.bpf");
	static const char *const all[] = {"by_value", "by_link", "instead"};
	int err;

	for (size_t i = 0; i < 3; i++)
		pbpf_map_set_autocreate(ops(live, all[i]),
					!strcmp(all[i], map) ||
						(i == 2 && strcmp(map, "by_value") != 0));
	err = pbpf_object_load(live->obj);
	if (!err)
		return live;
	ck_assert_msg(is_refused(err) || err == -ENOENT, "%s", live->host.text);
	printf("SKIP %s: %s\n", test, live->host.text);
	live_close(live);
	return NULL;
}

static void end_congestion(struct live *live, const char *test, int err)
{
	if (err) {
		ck_assert_msg(is_refused(err), "%s", live->host.text);
		printf("SKIP %s: %s\n", test, live->host.text);
	}
	live_close(live);
}

START_TEST(a_congestion_control_by_value)
{
	struct pbpf_link *link = NULL;
	struct live *live;
	int err;

	NEEDS_BPF();
	NEEDS_LINUX(5, 6);
	if (own_network())
		SKIP("no network of its own");
	live = load_congestion(__func__, "by_value");
	if (!live)
		return;
	ck_assert_int_eq(talk_under("pbpf_value"), -ENOENT);
	err = pbpf_struct_ops_attach(ops(live, "by_value"), &link, NULL);
	if (!err) {
		ck_assert_int_eq(talk_under("pbpf_value"), 0);
		ck_assert_int_gt(global(live, "acks"), 0);
		pbpf_link_close(link);
		ck_assert_int_eq(talk_under("pbpf_value"), -ENOENT);
	}
	end_congestion(live, __func__, err);
}
END_TEST

START_TEST(a_congestion_control_by_link)
{
	struct pbpf_link *link = NULL;
	struct live *live;
	int err, acks;

	NEEDS_BPF();
	NEEDS_LINUX(6, 4);
	if (own_network())
		SKIP("no network of its own");
	live = load_congestion(__func__, "by_link");
	if (!live)
		return;
	err = pbpf_struct_ops_attach(ops(live, "by_link"), &link, NULL);
	if (!err) {
		ck_assert_int_eq(talk_under("pbpf_link"), 0);
		acks = global(live, "acks");
		ck_assert_int_gt(acks, 0);
		ck_assert_int_eq(global(live, "other_acks"), 0);
		ck_assert_msg(!pbpf_struct_ops_switch(ops(live, "instead"), link), "%s",
			      live->host.text);
		ck_assert_int_eq(talk_under("pbpf_link"), 0);
		ck_assert_int_eq(global(live, "acks"), acks);
		ck_assert_int_gt(global(live, "other_acks"), 0);
		pbpf_link_close(link);
		ck_assert_int_eq(talk_under("pbpf_link"), -ENOENT);
	}
	end_congestion(live, __func__, err);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("live: programs");
	TCase *c = tcase_create("programs");

	tcase_set_timeout(c, 120);
	tcase_add_test(c, a_function_of_a_program_is_replaced);
	tcase_add_test(c, a_function_of_a_program_is_traced);
	tcase_add_test(c, many_functions_at_once);
	tcase_add_test(c, the_first_that_loads);
	tcase_add_test(c, the_first_that_is_attached);
	tcase_add_test(c, figures_of_a_program_that_loads);
	tcase_add_test(c, a_congestion_control_by_value);
	tcase_add_test(c, a_congestion_control_by_link);
	suite_add_tcase(s, c);
	return s;
}
