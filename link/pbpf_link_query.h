/* SPDX-License-Identifier: MIT */
/*
 * What is attached where: the question that a link does not answer.
 *
 *	interface ── xdp                     pbpf_xdp_each()        netlink; one program in each mode
 *	          ├─ tcx, netkit             pbpf_attached_query()  a list, in order
 *	          └─ qdisc ── filters        pbpf_tc_each()         netlink; by qdisc and priority
 *	cgroup, network namespace, sockmap   pbpf_attached_query()  a list, in order
 *
 * Programs are told by id: pbpf_sys_prog_fd_by_id(). All of it is seen from the network namespace of the
 * calling thread. Asking netlink needs no privilege; BPF_PROG_QUERY needs CAP_NET_ADMIN, before Linux
 * 5.8 CAP_SYS_ADMIN.
 *
 * What fn() of the two walks returns: 0 to go on; less ends the walk, which then returns it. What it is
 * handed is valid only until it returns.
 *
 * What it does not do: netfilter and tracing, whose attachments are found by their links
 * (pbpf_sys_link_next_id()).
 *
 * Reading order of its files: attached.c, xdp_query.c, tc_query.c.
 */
#ifndef PBPF_LINK_QUERY_H
#define PBPF_LINK_QUERY_H

#include "base/pbpf_base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* --- Lists that bpf(2) keeps ------------------------------------------------------------------ */

struct pbpf_attached {
	uint32_t prog_id;
	uint32_t link_id;    /* 0: attached without a link, or not told: tcx, netkit since 6.6 */
	uint32_t prog_flags; /* PBPF_F_ALLOW_MULTI and so on; cgroup: 6.0, tcx, netkit: 6.6 */
	uint32_t link_flags; /* likewise: 6.6 */
};

struct pbpf_attached_list {
	struct pbpf_attached *programs; /* in the order in which they run */
	uint32_t count;
	uint32_t room;	       /* as allocated */
	uint32_t attach_flags; /* of a cgroup: how it lets programs be attached */
	uint64_t revision; /* for expected_revision; 0 on a kernel without (6.6; cgroup: 6.17) */
};

/*
 * The programs at one place: `target` is an fd of a cgroup, network namespace or sockmap, or for tcx and
 * netkit the interface's index. flags: 0, or PBPF_F_QUERY_EFFECTIVE, also those that a cgroup has from
 * the ones above it (prog_flags are then not told). The list is the caller's, to be given to
 * pbpf_attached_free(). Errors: -EINVAL an attach type that this kernel does not know or that has no
 * list; -ENODEV no such interface; -EPERM; -ENOMEM. These are not reported, as a tool asks for many
 * attach types and most have nothing to say.
 */
int pbpf_attached_query(struct pbpf_attached_list *list, int target, uint32_t attach_type,
			uint32_t flags, const struct pbpf_env *env);
void pbpf_attached_free(struct pbpf_attached_list *list, const struct pbpf_env *env);

/* --- XDP --------------------------------------------------------------------------------------- */

enum pbpf_xdp_state {
	PBPF_XDP_NONE = 0,
	PBPF_XDP_IN_DRIVER = 1,
	PBPF_XDP_IN_STACK = 2, /* "generic" */
	PBPF_XDP_IN_DEVICE = 3,
	PBPF_XDP_SEVERAL = 4, /* a program in more than one mode (4.20) */
};

struct pbpf_xdp_interface {
	uint32_t ifindex;
	char name[16];
	enum pbpf_xdp_state state;
	uint32_t driver_id, generic_id, offload_id; /* of the programs by mode; 0: none */
};

/* The interface, or with ifindex 0 every interface, also those without XDP. Program ids: Linux 4.15.
 * Errors, which are reported: -ENODEV no such interface. */
int pbpf_xdp_each(uint32_t ifindex,
		  int (*fn)(void *ctx, const struct pbpf_xdp_interface *interface), void *ctx,
		  const struct pbpf_env *env);

/* --- Traffic control by filters ---------------------------------------------------------------- */

/* Where on an interface: of the qdisc clsact, else `parent` is a qdisc's handle (0x10000 is 1:). */
#define PBPF_TC_INGRESS 0xfffffff2u
#define PBPF_TC_EGRESS	0xfffffff3u

struct pbpf_tc_filter {
	uint32_t ifindex;
	uint32_t parent;
	uint32_t handle, priority;
	uint16_t protocol; /* ETH_P_ALL (3) is all */
	bool direct;	   /* what the program returns is done, as of those of pbpf_link_tc() */
	uint32_t prog_id;
	uint8_t tag[8];
	char name[64]; /* that its maker gave to the filter */
};

/* Each filter that is a BPF program, on the interface, or with ifindex 0 on all. Linux 4.13. Errors are
 * reported. */
int pbpf_tc_each(uint32_t ifindex, int (*fn)(void *ctx, const struct pbpf_tc_filter *filter),
		 void *ctx, const struct pbpf_env *env);

#ifdef __cplusplus
}
#endif

#endif
