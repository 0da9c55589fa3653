/* SPDX-License-Identifier: MIT */
/*
 * Programs of networking really run where they are attached, and stop when their link ends. Every test
 * has a network namespace of its own with a pair of veth in it, or a cgroup of its own.
 */
#include "link/pbpf_link_net.h"
#include "link/pbpf_link_trace.h"
#include "live.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* As in tests/data/attach.bpf.c. */
enum { XDP, TCX, FIRST, EGRESS, SOCK, LOOKUP, FILTER, VERDICT, UPROBE, URETPROBE, EVENT, COUNTERS };
struct counters {
	uint64_t runs[COUNTERS];
	uint64_t first_saw;
};

static struct counters counters(const struct live *live)
{
	const struct pbpf_map *map = pbpf_object_map(live->obj, ".bss");
	unsigned char value[256];
	struct counters c;
	uint32_t key = 0;

	ck_assert_uint_le(pbpf_map_attr(map)->value_size, sizeof(value));
	ck_assert_int_eq(pbpf_sys_map_lookup(NULL, pbpf_map_fd(map), &key, value, 0), 0);
	memcpy(&c, value, sizeof(c));
	return c;
}

static uint64_t runs(const struct live *live, int counter)
{
	return counters(live).runs[counter];
}

static int prog_fd(const struct live *live, const char *name)
{
	return pbpf_program_fd(pbpf_object_program(live->obj, name));
}

/* --- A network namespace with a pair of veth --------------------------------------------------- */

struct request {
	struct nlmsghdr header;
	struct ifinfomsg link;
	char room[256];
};

static struct rtattr *put(struct request *r, unsigned short type, const void *data, size_t size)
{
	struct rtattr *a = (struct rtattr *)((char *)r + NLMSG_ALIGN(r->header.nlmsg_len));

	a->rta_type = type;
	a->rta_len = (unsigned short)RTA_LENGTH(size);
	if (size)
		memcpy(RTA_DATA(a), data, size);
	r->header.nlmsg_len = (uint32_t)(NLMSG_ALIGN(r->header.nlmsg_len) + RTA_ALIGN(a->rta_len));
	return a;
}

static void end(struct request *r, struct rtattr *nest)
{
	nest->rta_len = (unsigned short)((char *)r + r->header.nlmsg_len - (char *)nest);
}

static void make_veth(void)
{
	static const struct ifinfomsg peer;
	struct request r = {
		.header = {.nlmsg_len = NLMSG_LENGTH(sizeof(struct ifinfomsg)),
			   .nlmsg_type = RTM_NEWLINK,
			   .nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK},
	};
	struct rtattr *info, *data, *other;
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
		char rest[512];
	} answer;
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	put(&r, IFLA_IFNAME, "left", 5);
	info = put(&r, IFLA_LINKINFO, NULL, 0);
	put(&r, IFLA_INFO_KIND, "veth", 5);
	data = put(&r, IFLA_INFO_DATA, NULL, 0);
	other = put(&r, VETH_INFO_PEER, &peer, sizeof(peer));
	put(&r, IFLA_IFNAME, "right", 6);
	end(&r, other);
	end(&r, data);
	end(&r, info);
	ck_assert_int_eq(send(fd, &r, r.header.nlmsg_len, 0), r.header.nlmsg_len);
	ck_assert_int_gt(recv(fd, &answer, sizeof(answer), 0), 0);
	ck_assert_int_eq(answer.error.error, 0);
	close(fd);
}

static void bring_up(const char *name)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq request = {.ifr_flags = IFF_UP};

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	ck_assert_int_eq(ioctl(fd, SIOCSIFFLAGS, &request), 0);
	close(fd);
}

/* Moves the test, which is a process of its own, into a new network namespace. */
static const char *why_no_network(void)
{
	if (unshare(CLONE_NEWNET))
		return "no new network namespace";
	bring_up("lo");
	make_veth();
	bring_up("left");
	bring_up("right");
	return NULL;
}

#define NEEDS_NETWORK()                       \
	do {                                  \
		const char *network_;         \
		NEEDS_BPF();                  \
		network_ = why_no_network();  \
		if (network_)                 \
			SKIP("%s", network_); \
	} while (0)

/* Sends a frame out of `right`, that is into `left`. */
static void send_frame(void)
{
	static const unsigned char frame[64] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2,
						0,    0,    0,	  0,	1,    0x88, 0xb5};
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_ifindex = (int)if_nametoindex("right"),
		.sll_halen = 6,
	};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	memset(to.sll_addr, 0xff, 6);
	ck_assert_int_eq(sendto(fd, frame, sizeof(frame), 0, (struct sockaddr *)&to, sizeof(to)),
			 sizeof(frame));
	close(fd);
	usleep(20000);
}

/* Sends itself a datagram by way of the loopback. */
static void send_datagram(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t size = sizeof(address);
	int in = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int out = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(bind(in, (struct sockaddr *)&address, size), 0);
	ck_assert_int_eq(getsockname(in, (struct sockaddr *)&address, &size), 0);
	ck_assert_int_eq(sendto(out, "x", 1, 0, (struct sockaddr *)&address, size), 1);
	close(in);
	close(out);
}

/* Does `act` make the program run now? Once a link's kind is known to work, so is its end. */
static bool runs_by(const struct live *live, int counter, void (*act)(void))
{
	uint64_t before = runs(live, counter);

	act();
	return runs(live, counter) > before;
}

START_TEST(xdp)
{
	struct pbpf_link_options opts = {.flags = PBPF_XDP_GENERIC};
	struct pbpf_link *link = NULL, *second = NULL;
	struct live *live;
	uint32_t left;

	NEEDS_NETWORK();
	left = if_nametoindex("left");
	live = live_load("attach.bpf");
	opts.env = &live->env;
	for (int driver = 0; driver < 2; driver++, opts.flags = PBPF_XDP_DRIVER) {
		ck_assert_msg(!pbpf_link_xdp(&link, prog_fd(live, "count_xdp"), left, &opts), "%s",
			      live->host.text);
		ck_assert(runs_by(live, XDP, send_frame));
		ck_assert_int_eq(pbpf_link_xdp(&second, prog_fd(live, "drop_xdp"), left, &opts),
				 -EBUSY);
		ck_assert_ptr_nonnull(strstr(live->host.hint, "bpftool link"));
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
	left = if_nametoindex("left");
	live = live_load("attach.bpf");
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
	live = live_load("attach.bpf");
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
	struct pbpf_link *link = NULL;
	struct pbpf_env env;
	struct live *live;
	uint32_t left;

	NEEDS_NETWORK();
	left = if_nametoindex("left");
	live = live_load("attach.bpf");
	env = live->env;
	env.kernel = &kernel;
	opts.env = &env;
	ck_assert_msg(!pbpf_link_xdp(&link, prog_fd(live, "count_xdp"), left, &opts), "%s",
		      live->host.text);
	ck_assert(runs_by(live, XDP, send_frame));
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
	live = live_load("attach.bpf");
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
	live = live_load("attach.bpf");
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
	live = live_load("sections.bpf");
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

static int stream[2];

static void send_in_stream(void)
{
	ck_assert_int_eq(send(stream[0], "x", 1, 0), 1);
	usleep(20000);
}

/* A connection to itself. */
static void connect_stream(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t size = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(bind(listener, (struct sockaddr *)&address, size), 0);
	ck_assert_int_eq(listen(listener, 1), 0);
	ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&address, &size), 0);
	stream[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(connect(stream[0], (struct sockaddr *)&address, size), 0);
	stream[1] = accept(listener, NULL, NULL);
	ck_assert_int_ge(stream[1], 0);
	close(listener);
}

START_TEST(sockmap)
{
	struct pbpf_link_options opts = {0};
	struct pbpf_link *link = NULL;
	uint32_t key = 0;
	struct live *live;
	int map, err;

	NEEDS_NETWORK();
	live = live_load("attach.bpf");
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

static char cgroup_path[512];

/* Makes a cgroup; an fd of it, or -1. */
static int make_cgroup(void)
{
	FILE *mounts = fopen("/proc/self/mounts", "re");
	char where[256], type[64];
	int fd = -1;

	while (mounts && fd < 0 && fscanf(mounts, "%*s %255s %63s %*[^\n]", where, type) == 2) {
		if (strcmp(type, "cgroup2"))
			continue;
		snprintf(cgroup_path, sizeof(cgroup_path), "%s/plainbpf-test-%d", where, getpid());
		if (!mkdir(cgroup_path, 0700))
			fd = open(cgroup_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	if (mounts)
		fclose(mounts);
	return fd;
}

/* Moves the calling process into it. */
static bool join_cgroup(void)
{
	char path[600];
	int fd;
	bool joined;

	snprintf(path, sizeof(path), "%s/cgroup.procs", cgroup_path);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	joined = fd >= 0 && write(fd, "0", 1) == 1;
	close(fd);
	return joined;
}

/* A child that belongs to the cgroup sends a datagram. */
static void send_from_cgroup(void)
{
	pid_t pid = fork();
	int status = -1;

	if (!pid) {
		if (!join_cgroup())
			_exit(1);
		send_datagram();
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}

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
	live = live_load("attach.bpf");
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
	reason = why_no_bpffs();
	if (reason)
		SKIP("%s", reason);
	live = live_load("attach.bpf");
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
	live = live_load("attach.bpf");
	opts.env = &live->env;
	ck_assert_msg(!pbpf_link_iter(&link, prog_fd(live, "list_tasks"), NULL, &opts), "%s",
		      live->host.text);
	ck_assert_uint_gt(read_iterator(link), 1);
	ck_assert_uint_gt(read_iterator(link), 1);
	pbpf_link_close(link);

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
