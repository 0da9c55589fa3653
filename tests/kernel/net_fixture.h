/* SPDX-License-Identifier: MIT */
/*
 * What the live tests of networking share: a network namespace of their own with a pair of veth in it, a
 * cgroup of their own, packets through both, and the counters of tests/data/attach.bpf.c.
 */
#ifndef TESTS_KERNEL_NET_FIXTURE_H
#define TESTS_KERNEL_NET_FIXTURE_H

#include "link/pbpf_link_net.h"
#include "live.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* As in tests/data/attach.bpf.c. */
enum { XDP, TCX, FIRST, EGRESS, SOCK, LOOKUP, FILTER, VERDICT, UPROBE, URETPROBE, EVENT, COUNTERS };
struct counters {
	uint64_t runs[COUNTERS];
	uint64_t first_saw;
};

static inline struct counters counters(const struct live *live)
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

static inline uint64_t runs(const struct live *live, int counter)
{
	return counters(live).runs[counter];
}

static inline int prog_fd(const struct live *live, const char *name)
{
	return pbpf_program_fd(pbpf_object_program(live->obj, name));
}

/* --- A network namespace with a pair of veth --------------------------------------------------- */

struct request {
	struct nlmsghdr header;
	union {
		struct ifinfomsg link;
		struct rtmsg route;
		struct tcmsg tc;
	} u;
	char room[512];
};

static inline struct rtattr *put(struct request *r, unsigned short type, const void *data,
				 size_t size)
{
	struct rtattr *a = (struct rtattr *)((char *)r + NLMSG_ALIGN(r->header.nlmsg_len));

	a->rta_type = type;
	a->rta_len = (unsigned short)RTA_LENGTH(size);
	if (size)
		memcpy(RTA_DATA(a), data, size);
	r->header.nlmsg_len = (uint32_t)(NLMSG_ALIGN(r->header.nlmsg_len) + RTA_ALIGN(a->rta_len));
	return a;
}

static inline void end(struct request *r, struct rtattr *nest)
{
	nest->rta_len = (unsigned short)((char *)r + r->header.nlmsg_len - (char *)nest);
}

/* Sends a request: 0, or the kernel's error. */
static inline int ask(struct request *r)
{
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
		char rest[512];
	} answer;
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	r->header.nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
	ck_assert_int_eq(send(fd, r, r->header.nlmsg_len, 0), r->header.nlmsg_len);
	ck_assert_int_gt(recv(fd, &answer, sizeof(answer), 0), 0);
	close(fd);
	return answer.error.error;
}

/* A pair of interfaces, "left" and "right", of the kind "veth" or "netkit". The kernel's error. */
static inline int make_pair(const char *kind)
{
	static const struct ifinfomsg peer;
	struct request r = {
		.header = {.nlmsg_len = NLMSG_LENGTH(sizeof(struct ifinfomsg)),
			   .nlmsg_type = RTM_NEWLINK,
			   .nlmsg_flags = NLM_F_CREATE | NLM_F_EXCL},
	};
	struct rtattr *info, *data, *other;

	put(&r, IFLA_IFNAME, "left", 5);
	info = put(&r, IFLA_LINKINFO, NULL, 0);
	put(&r, IFLA_INFO_KIND, kind, strlen(kind) + 1);
	data = put(&r, IFLA_INFO_DATA, NULL, 0);
	other = put(&r, VETH_INFO_PEER, /* IFLA_NETKIT_PEER_INFO has the same number */
		    &peer, sizeof(peer));
	put(&r, IFLA_IFNAME, "right", 6);
	end(&r, other);
	end(&r, data);
	end(&r, info);
	return ask(&r);
}

static inline void bring_up(const char *name)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq request = {.ifr_flags = IFF_UP};

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	ck_assert_int_eq(ioctl(fd, SIOCSIFFLAGS, &request), 0);
	close(fd);
}

/* Moves the test, which is a process of its own, into a new network namespace. */
static inline const char *why_no_network(void)
{
	if (unshare(CLONE_NEWNET))
		return "no new network namespace";
	bring_up("lo");
	if (make_pair("veth"))
		return "no interfaces of kind veth";
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

/* Sends a frame out of one of the pair, that is into the other. */
static inline void send_frame_from(const char *name)
{
	static const unsigned char frame[64] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2,
						0,    0,    0,	  0,	1,    0x88, 0xb5};
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_ifindex = (int)if_nametoindex(name),
		.sll_halen = 6,
	};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	memset(to.sll_addr, 0xff, 6);
	ck_assert_int_eq(sendto(fd, frame, sizeof(frame), 0, (struct sockaddr *)&to, sizeof(to)),
			 sizeof(frame));
	close(fd);
	usleep(20000);
}

static inline void send_frame(void)
{
	send_frame_from("right");
}

/* Sends itself a datagram by way of the loopback. */
static inline void send_datagram(void)
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

static int stream[2];

static inline void send_in_stream(void)
{
	ck_assert_int_eq(send(stream[0], "x", 1, 0), 1);
	usleep(20000);
}

/* A connection to itself. */
static inline void connect_stream(void)
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

/* Does `act` make the program run now? Once a link's kind is known to work, so is its end. */
static inline bool runs_by(const struct live *live, int counter, void (*act)(void))
{
	uint64_t before = runs(live, counter);

	act();
	return runs(live, counter) > before;
}

/* --- A cgroup ---------------------------------------------------------------------------------- */

static char cgroup_path[512];

/* Makes a cgroup; an fd of it, or -1. */
static inline int make_cgroup(void)
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
static inline bool join_cgroup(void)
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
static inline void send_from_cgroup(void)
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

#endif
