/* SPDX-License-Identifier: MIT */
/*
 * Links of networking: programs that see packets, sockets and what the processes of a cgroup do.
 *
 *	                    ┌─ xdp ─> tcx ingress ─> netfilter ─> sk_lookup ─> cgroup ingress ─> socket
 *	wire ── interface ──┤
 *	                    └─ tcx egress <─ netfilter <─ cgroup egress <─ socket
 *
 * Each of the functions is as those of pbpf_link.h: it attaches the program `prog_fd`, writes *link
 * on success, and reports one message on failure. All need CAP_NET_ADMIN. An interface is named by
 * its index (if_nametoindex(3)) in the network namespace of the calling thread.
 *
 * Where the kernel keeps a list of programs (tcx, netkit, cgroup), `opts` may say where in it:
 *
 *	flags                            where
 *	0                                last
 *	PBPF_F_BEFORE                    first
 *	PBPF_F_AFTER                     last
 *	PBPF_F_BEFORE, relative_fd       before that program
 *	PBPF_F_AFTER | PBPF_F_LINK, ..   behind the program of that link
 *	... | PBPF_F_ID                  relative_fd is not an fd but an id
 *
 * In a cgroup, what was attached by a link has to be named by its link.
 *
 * expected_revision, when not 0: -ESTALE unless the list is still as pbpf_sys_prog_query() saw it.
 * Errors of an order: -ERANGE, -ENOENT, -EINVAL what it is relative to is not in the list.
 *
 * A refusal of netlink's is reported with the kernel's own words, where it has some (Linux 4.12). What is
 * attached already: pbpf_link_query.h.
 *
 * Reading order of its files: net.c, xdp.c, cgroup.c, socket.c, compat_attach.c; by netlink
 * netlink.c, tc.c, compat_xdp.c.
 */
#ifndef PBPF_LINK_NET_H
#define PBPF_LINK_NET_H

#include "link/pbpf_link.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How XDP runs: flags of opts. None of them: in the driver where it can, else generic. */
enum {
	PBPF_XDP_GENERIC = 1 << 1, /* in the stack, on any interface */
	PBPF_XDP_DRIVER = 1 << 2,  /* in the driver: -EOPNOTSUPP when it cannot */
	PBPF_XDP_OFFLOAD = 1 << 3, /* in the device, for a program that was loaded for it */
};

/* To the interface's XDP, which takes one program: -EBUSY, -EEXIST. Before Linux 5.9 there is no link in
 * the kernel, as with a cgroup; see there. */
int pbpf_link_xdp(struct pbpf_link **link, int prog_fd, uint32_t ifindex,
		  const struct pbpf_link_options *opts);

/* To the interface's traffic control, without a qdisc: PBPF_TCX_INGRESS, PBPF_TCX_EGRESS (Linux
 * 6.6), or of a netkit device PBPF_NETKIT_PRIMARY, PBPF_NETKIT_PEER (6.7). In order. */
int pbpf_link_tcx(struct pbpf_link **link, int prog_fd, uint32_t ifindex, uint32_t attach_type,
		  const struct pbpf_link_options *opts);

/*
 * To the interface's traffic control by way of the qdisc clsact, which is made if there is none and
 * stays. There is no link in the kernel: the filter stays until this link is closed or detached, also
 * when the process ends without. Linux 4.5. Errors: -EEXIST handle and priority are taken.
 */
struct pbpf_tc {
	uint32_t ifindex;
	bool egress;	   /* else ingress */
	bool replace;	   /* what handle and priority name, if it is there */
	uint32_t handle;   /* 0: the kernel chooses, as with priority; set on success */
	uint32_t priority; /* at most 65535; the lower runs first */
};
int pbpf_link_tc(struct pbpf_link **link, int prog_fd, struct pbpf_tc *at,
		 const struct pbpf_link_options *opts);

/* The id of the program at that handle and priority; -ENOENT: none. And the end of the qdisc with all
 * filters on it, whoever made them. */
int pbpf_tc_query(const struct pbpf_tc *at, uint32_t *prog_id, const struct pbpf_env *env);
int pbpf_tc_destroy(uint32_t ifindex, const struct pbpf_env *env);

/* Takes off what is attached without a link, whoever attached it: the filter at that handle and priority,
 * and the program of XDP in the mode `flags` (0: the driver's where it can, as above). Errors: of tc
 * -ENOENT, -EINVAL nothing is there; of XDP -EBUSY it is a link's, and 0 when nothing is there. */
int pbpf_tc_detach(const struct pbpf_tc *at, const struct pbpf_env *env);
int pbpf_xdp_detach(uint32_t ifindex, uint32_t flags, const struct pbpf_env *env);

/*
 * To the cgroup that is open as cgroup_fd (a folder of cgroup2), by any of PBPF_CGROUP_* and
 * PBPF_LSM_CGROUP. Several programs may be there, and they all run. In order since Linux 6.17.
 *
 * With the flag PBPF_F_ALLOW_OVERRIDE, and on a kernel before 5.7, there is no link in the kernel:
 * the attachment stays until this link is closed or detached, also when the process ends without.
 * With that flag it is the only program there, and a cgroup below may put its own in its place.
 */
int pbpf_link_cgroup(struct pbpf_link **link, int prog_fd, int cgroup_fd, uint32_t attach_type,
		     const struct pbpf_link_options *opts);

/* To the network namespace that is open as netns_fd (/proc/self/ns/net): PBPF_FLOW_DISSECTOR, one
 * (Linux 5.8; -E2BIG, -EEXIST), PBPF_SK_LOOKUP, several (5.9). */
int pbpf_link_netns(struct pbpf_link **link, int prog_fd, int netns_fd, uint32_t attach_type,
		    const struct pbpf_link_options *opts);

/* To a hook of netfilter, in the network namespace of the calling thread. Linux 6.4. */
struct pbpf_netfilter {
	uint32_t family;  /* NFPROTO_*: 2 is IPv4, 10 is IPv6 */
	uint32_t hook;	  /* NF_INET_*: 0 pre-routing, 1 in, 2 forward, 3 out, 4 post-routing */
	int32_t priority; /* the lower runs first; neither the lowest nor the highest number */
	uint32_t flags;	  /* 1: after defragmentation */
};
int pbpf_link_netfilter(struct pbpf_link **link, int prog_fd, const struct pbpf_netfilter *at,
			const struct pbpf_link_options *opts);

/* To the sockets in a sockmap or sockhash: PBPF_SK_SKB_*, PBPF_SK_MSG_VERDICT, one of each. Before
 * Linux 6.10 there is no link in the kernel, as with a cgroup. */
int pbpf_link_sockmap(struct pbpf_link **link, int prog_fd, int map_fd, uint32_t attach_type,
		      const struct pbpf_link_options *opts);

/* To an infrared receiver, open as lirc_fd. Never a link in the kernel. Linux 4.18. */
int pbpf_link_lirc(struct pbpf_link **link, int prog_fd, int lirc_fd,
		   const struct pbpf_link_options *opts);

/* A socket's filter (program type socket_filter), and what chooses among the sockets of a port that is
 * shared by SO_REUSEPORT (sk_reuseport, or a filter). Not links: the socket holds the program. Needs
 * nothing but the fds. Linux 3.19; reuseport: 4.5, its end: 5.3. */
int pbpf_socket_attach(int socket_fd, int prog_fd, const struct pbpf_env *env);
int pbpf_socket_detach(int socket_fd, const struct pbpf_env *env);
int pbpf_reuseport_attach(int socket_fd, int prog_fd, const struct pbpf_env *env);
int pbpf_reuseport_detach(int socket_fd, const struct pbpf_env *env);

#ifdef __cplusplus
}
#endif

#endif
