/* SPDX-License-Identifier: MIT */
/*
 * Programs of networking really run where they are attached, and stop when their link ends. Every test
 * has a network namespace of its own with a pair of veth in it, or a cgroup of its own.
 */
#include "link/pbpf_link_trace.h"
#include "net_fixture.h"

#include <signal.h>

START_TEST(xdp)
{
	struct pbpf_link_options opts = {.flags = PBPF_XDP_GENERIC};
	struct pbpf_link *link = NULL, *second = NULL;
	struct live *live;
	uint32_t left;

	NEEDS_NETWORK();
	NEEDS_LINUX(5, 9);
	left = if_nametoindex("left");
	live = live_load_what_may("attach.bpf");
	opts.env = &live->env;
	for (int driver = 0; driver < 2; driver++, opts.flags = PBPF_XDP_DRIVER) {
		ck_assert_msg(!pbpf_link_xdp(&link, prog_fd(live, "count_xdp"), left, &opts), "%s",
			      live->host.text);
		ck_assert(runs_by(live, XDP, send_frame));
		ck_assert_int_eq(pbpf_link_xdp(&second, prog_fd(live, "drop_xdp"), left, &opts),
				 -EBUSY);
		ck_assert_ptr_nonnull(strstr(live->host.hint, "plainbpf link"));
		ck_assert_int_eq(pbpf_link_update(link, prog_fd(live, "drop_xdp")), 0);
		ck_assert(!runs_by(live, XDP, send_frame));
		ck_assert_int_eq(pbpf_link_update(link, prog_fd(live, "count_xdp")), 0);
		ck_assert(runs_by(live, XDP, send_frame));
		ck_assert_int_eq(pbpf_link_detach(link), 0);
		ck_assert(!runs_by(live, XDP, send_frame));
		pbpf_link_close(link);
	}
	live_close(live);
}
END_TEST

START_TEST(tcx)
{
	struct pbpf_link_options opts = {.flags = PBPF_F_BEFORE};
	struct pbpf_link *link = NULL, *first = NULL, *third = NULL, *fourth = NULL;
	struct counters before, after;
	struct live *live;
	uint32_t left;
	int count_tcx, err;

	NEEDS_NETWORK();
	NEEDS_LINUX(6, 6);
	left = if_nametoindex("left");
	live = live_load_what_may("attach.bpf");
	opts.env = &live->env;
	count_tcx = prog_fd(live, "count_tcx");
	err = pbpf_link_tcx(&link, count_tcx, left, PBPF_TCX_INGRESS, &opts);
	ck_assert_msg(!err, "%s", live->host.text);
	ck_assert(runs_by(live, TCX, send_frame));

	opts.relative_fd = count_tcx; /* a second program, before the first */
	err = pbpf_link_tcx(&first, prog_fd(live, "count_first"), left, PBPF_TCX_INGRESS, &opts);
	ck_assert_msg(!err, "%s", live->host.text);
	before = counters(live);
	send_frame();
	after = counters(live);
	ck_assert_uint_eq(after.runs[FIRST] - before.runs[FIRST], 1);
	ck_assert_uint_eq(after.first_saw, before.runs[TCX]);
	pbpf_link_close(first);

	/* And behind it, named by link. */
	opts.flags = PBPF_F_AFTER | PBPF_F_LINK;
	opts.relative_fd = pbpf_link_fd(link);
	err = pbpf_link_tcx(&first, prog_fd(live, "count_first"), left, PBPF_TCX_INGRESS, &opts);
	ck_assert_msg(!err, "%s", live->host.text);
	before = counters(live);
	send_frame();
	ck_assert_uint_eq(counters(live).first_saw, before.runs[TCX] + 1);

	opts = (struct pbpf_link_options){.env = &live->env, .expected_revision = 1};
	ck_assert_int_eq(
		pbpf_link_tcx(&third, prog_fd(live, "count_first"), left, PBPF_TCX_EGRESS, &opts),
		0); /* a list that nobody has touched is of revision 1 */
	ck_assert_int_eq(
		pbpf_link_tcx(&fourth, prog_fd(live, "count_tcx"), left, PBPF_TCX_EGRESS, &opts),
		-ESTALE);
	pbpf_link_close(third);
	pbpf_link_close(first);
	pbpf_link_close(link);
	ck_assert(!runs_by(live, TCX, send_frame));
	live_close(live);
}
END_TEST

START_TEST(tc)
{
	struct pbpf_link_options opts = {0};
	struct pbpf_link *link = NULL, *second = NULL;
	struct pbpf_prog_info info = {0};
	struct pbpf_tc at = {0};
	uint32_t id = 0, size = sizeof(info);
	struct live *live;
	int count_tcx, err;

	NEEDS_NETWORK();
	live = live_load_what_may("attach.bpf");
	opts.env = &live->env;
	at.ifindex = if_nametoindex("left");
	count_tcx = prog_fd(live, "count_tcx");
	err = pbpf_link_tc(&link, count_tcx, &at, &opts);
	ck_assert_msg(!err, "%s", live->host.text);
	ck_assert(runs_by(live, TCX, send_frame));
	ck_assert_int_eq(pbpf_tc_query(&at, &id, &live->env), 0);
	ck_assert_int_eq(pbpf_sys_obj_info(NULL, count_tcx, &info, &size), 0);
	ck_assert_uint_eq(id, info.id);

	ck_assert_int_eq(pbpf_link_tc(&second, count_tcx, &at, &opts), -EEXIST);
	at.replace = true;
	err = pbpf_link_tc(&second, prog_fd(live, "count_first"), &at, &opts);
	ck_assert_msg(!err, "%s", live->host.text);
	ck_assert(!runs_by(live, TCX, send_frame));
	ck_assert(runs_by(live, FIRST, send_frame));
	pbpf_link_close(second);
	ck_assert(!runs_by(live, FIRST, send_frame));
	ck_assert_int_eq(pbpf_tc_query(&at, &id, &live->env), -ENOENT);
	pbpf_link_close(link);
	ck_assert_int_eq(pbpf_tc_destroy(at.ifindex, &live->env), 0);
	live_close(live);
}
END_TEST

/* As on a kernel that has no links to XDP. */
static long no_links(void *ctx, int cmd, void *attr, unsigned int size)
{
	if (cmd == PBPF_LINK_CREATE)
		return -EINVAL;
	return pbpf_sys_running_kernel()->bpf(ctx, cmd, attr, size);
}

START_TEST(xdp_by_netlink)
{
	struct pbpf_kernel kernel = {.bpf = no_links};
	struct pbpf_link_options opts = {.flags = PBPF_XDP_GENERIC};
	struct pbpf_link *link = NULL, *second = NULL;
	struct pbpf_env env;
	struct live *live;
	uint32_t left;

	NEEDS_NETWORK();
	left = if_nametoindex("left");
	live = live_load_what_may("attach.bpf");
	env = live->env;
	env.kernel = &kernel;
	opts.env = &env;
	ck_assert_msg(!pbpf_link_xdp(&link, prog_fd(live, "count_xdp"), left, &opts), "%s",
		      live->host.text);
	ck_assert(runs_by(live, XDP, send_frame));
	ck_assert_int_eq(pbpf_link_xdp(&second, prog_fd(live, "drop_xdp"), left, &opts), -EBUSY);
	/* The kernel gives the reason in words. */
	ck_assert_ptr_nonnull(strstr(live->host.text, "EBUSY (XDP program already attached)"));
	pbpf_link_close(link);
	ck_assert(!runs_by(live, XDP, send_frame));
	live_close(live);
}
END_TEST

START_TEST(netns)
{
	struct pbpf_link_options opts = {0};
	struct pbpf_link *link = NULL;
	struct live *live;
	int ns, err;

	NEEDS_NETWORK();
	NEEDS_LINUX(5, 9);
	live = live_load_what_may("attach.bpf");
	opts.env = &live->env;
	ns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	err = pbpf_link_netns(&link, prog_fd(live, "count_lookup"), ns, PBPF_SK_LOOKUP, &opts);
	ck_assert_msg(!err, "%s", live->host.text);
	ck_assert(runs_by(live, LOOKUP, send_datagram));
	ck_assert_int_eq(pbpf_link_detach(link), 0);
	ck_assert(!runs_by(live, LOOKUP, send_datagram));
	pbpf_link_close(link);
	close(ns);
	live_close(live);
}
END_TEST

START_TEST(netfilter)
{
	struct pbpf_netfilter in = {.family = 2, .hook = 1, .priority = -10};
	struct pbpf_link_options opts = {0};
	struct pbpf_link *link = NULL;
	struct live *live;
	int err;

	NEEDS_NETWORK();
	NEEDS_LINUX(6, 4);
	live = live_load_what_may("attach.bpf");
	opts.env = &live->env;
	err = pbpf_link_netfilter(&link, prog_fd(live, "count_netfilter"), &in, &opts);
	ck_assert_msg(!err, "%s", live->host.text);
	ck_assert(runs_by(live, FILTER, send_datagram));
	pbpf_link_close(link);
	ck_assert(!runs_by(live, FILTER, send_datagram));
	live_close(live);
}
END_TEST

/* Does a datagram from one of the pair reach the other? */
static bool datagram_arrives(const int pair[2])
{
	char byte;

	ck_assert_int_eq(send(pair[0], "x", 1, 0), 1);
	return recv(pair[1], &byte, 1, MSG_DONTWAIT) == 1;
}

START_TEST(socket_filter)
{
	struct live *live;
	int pair[2], port;

	NEEDS_NETWORK();
	live = live_load_what_may("sections.bpf");
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair), 0);
	ck_assert(datagram_arrives(pair));
	/* The filter lets nothing through. */
	ck_assert_int_eq(pbpf_socket_attach(pair[1], prog_fd(live, "run_socket"), &live->env), 0);
	ck_assert(!datagram_arrives(pair));
	ck_assert_int_eq(pbpf_socket_detach(pair[1], &live->env), 0);
	ck_assert(datagram_arrives(pair));
	ck_assert_int_eq(pbpf_socket_detach(pair[1], &live->env), -ENOENT);

	port = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(setsockopt(port, SOL_SOCKET, SO_REUSEPORT, &(int){1}, sizeof(int)), 0);
	ck_assert_int_eq(pbpf_reuseport_attach(port, prog_fd(live, "run_socket"), &live->env), 0);
	ck_assert_int_eq(pbpf_reuseport_detach(port, &live->env), 0);
	close(port);
	close(pair[0]);
	close(pair[1]);
	live_close(live);
}
END_TEST

START_TEST(sockmap)
{
	struct pbpf_link_options opts = {0};
	struct pbpf_link *link = NULL;
	uint32_t key = 0;
	struct live *live;
	int map, err;

	NEEDS_NETWORK();
	NEEDS_LINUX(5, 10); /* a verdict without a parser */
	live = live_load_what_may("attach.bpf");
	opts.env = &live->env;
	map = pbpf_map_fd(pbpf_object_map(live->obj, "sockets"));
	err = pbpf_link_sockmap(&link, prog_fd(live, "count_verdict"), map,
				PBPF_SK_SKB_STREAM_VERDICT, &opts);
	ck_assert_msg(!err, "%s", live->host.text);
	connect_stream();
	ck_assert_int_eq(pbpf_sys_map_update(NULL, map, &key, &stream[1], 0), 0);
	ck_assert(runs_by(live, VERDICT, send_in_stream));
	pbpf_link_close(link);
	close(stream[0]);
	close(stream[1]);
	live_close(live);
}
END_TEST

/* --- A cgroup ---------------------------------------------------------------------------------- */

START_TEST(cgroup)
{
	static const struct {
		const char *program;
		uint32_t attach_type;
		int counter;
	} kinds[] = {{"count_egress", PBPF_CGROUP_INET_EGRESS, EGRESS},
		     {"count_sock", PBPF_CGROUP_INET_SOCK_CREATE, SOCK}};
	/* By link, and by the older way. */
	static const uint32_t ways[] = {0, PBPF_F_ALLOW_OVERRIDE};
	struct pbpf_link_options opts = {0};
	struct pbpf_link *link = NULL;
	struct live *live;
	int fd, err;

	NEEDS_NETWORK();
	fd = make_cgroup();
	if (fd < 0)
		SKIP("there is no cgroup2 to make a group in");
	live = live_load_what_may("attach.bpf");
	opts.env = &live->env;
	for (int i = 0; i < 4; i++) {
		const char *program = kinds[i / 2].program;
		int counter = kinds[i / 2].counter;

		opts.flags = ways[i % 2];
		err = pbpf_link_cgroup(&link, prog_fd(live, program), fd, kinds[i / 2].attach_type,
				       &opts);
		ck_assert_msg(!err, "%s: %s", program, live->host.text);
		ck_assert(runs_by(live, counter, send_from_cgroup));
		ck_assert(!runs_by(live, counter, send_datagram)); /* from outside of the cgroup */
		pbpf_link_close(link);
		ck_assert(!runs_by(live, counter, send_from_cgroup));
	}
	live_close(live);
	close(fd);
	ck_assert_int_eq(rmdir(cgroup_path), 0);
}
END_TEST

/* A link that is pinned survives its process. */
START_TEST(a_pinned_link_outlives_its_process)
{
	struct pbpf_link *link = NULL;
	struct live *live;
	static const char path[] = "/sys/fs/bpf/link";
	const char *reason;
	pid_t pid;
	int status = -1;

	NEEDS_NETWORK();
	NEEDS_LINUX(5, 7);
	reason = why_no_bpffs();
	if (reason)
		SKIP("%s", reason);
	live = live_load_what_may("attach.bpf");
	pid = fork();
	if (!pid) {
		struct pbpf_link_options opts = {.env = &live->env};

		if (pbpf_link_xdp(&link, prog_fd(live, "count_xdp"), if_nametoindex("left"),
				  &opts) ||
		    pbpf_link_pin(link, -1, path))
			_exit(1);
		kill(getpid(), SIGKILL);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status));
	ck_assert(runs_by(live, XDP, send_frame));
	ck_assert_int_eq(pbpf_link_open_pinned(&link, -1, path, NULL), 0);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert(runs_by(live, XDP, send_frame));
	pbpf_link_close(link);
	ck_assert(!runs_by(live, XDP, send_frame));
	live_close(live);
}
END_TEST

/* --- Iterators --------------------------------------------------------------------------------- */

/* Bytes that the iterator writes: one for each task. */
static size_t read_iterator(const struct pbpf_link *link)
{
	int fd = pbpf_link_iter_fd(link);
	char buf[256];
	size_t total = 0;
	ssize_t got;

	ck_assert_int_ge(fd, 3);
	while ((got = read(fd, buf, sizeof(buf))) > 0)
		total += (size_t)got;
	ck_assert_int_eq((int)got, 0);
	close(fd);
	return total;
}

START_TEST(iterator)
{
	struct pbpf_iter of = {0};
	struct pbpf_link_options opts = {0};
	struct pbpf_link *link = NULL;
	struct live *live;

	NEEDS_BPF();
	NEEDS_LINUX(5, 8);
	live = live_load_what_may("attach.bpf");
	opts.env = &live->env;
	ck_assert_msg(!pbpf_link_iter(&link, prog_fd(live, "list_tasks"), NULL, &opts), "%s",
		      live->host.text);
	ck_assert_uint_gt(read_iterator(link), 1);
	ck_assert_uint_gt(read_iterator(link), 1);
	pbpf_link_close(link);

	if (running_linux() < PBPF_LINUX(6, 1)) {
		live_close(live);
		SKIP("the rest came with Linux 6.1");
	}
	of.pid = (uint32_t)getpid(); /* this process, which has one thread */
	ck_assert_int_eq(pbpf_link_iter(&link, prog_fd(live, "list_tasks"), &of, &opts), 0);
	ck_assert_uint_eq(read_iterator(link), 1);
	pbpf_link_close(link);
	live_close(live);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("live: attaching to the network");
	TCase *c = tcase_create("attach");

	tcase_set_timeout(c, 60);
	tcase_add_test(c, xdp);
	tcase_add_test(c, tcx);
	tcase_add_test(c, tc);
	tcase_add_test(c, xdp_by_netlink);
	tcase_add_test(c, netns);
	tcase_add_test(c, netfilter);
	tcase_add_test(c, socket_filter);
	tcase_add_test(c, sockmap);
	tcase_add_test(c, cgroup);
	tcase_add_test(c, a_pinned_link_outlives_its_process);
	tcase_add_test(c, iterator);
	suite_add_tcase(s, c);
	return s;
}
