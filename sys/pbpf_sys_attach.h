/* SPDX-License-Identifier: MIT */
/*
 * sys, attaching: BPF_LINK_*, BPF_RAW_TRACEPOINT_OPEN, BPF_ITER_CREATE, and the older BPF_PROG_ATTACH. What
 * holds for every function stands in pbpf_sys.h, which includes this.
 */
#ifndef PBPF_SYS_ATTACH_H
#define PBPF_SYS_ATTACH_H

#include "base/pbpf_base.h"
#include "sys/pbpf_abi.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * BPF_LINK_CREATE: an attachment that has an fd, and ends with it. By attach type:
 *
 *	                                 since         target_fd          what else counts
 *	CGROUP_*                         5.7, 6.17     cgroup             relative_fd, revision
 *	FLOW_DISSECTOR, SK_LOOKUP        5.8, 5.9      network namespace
 *	TRACE_ITER                       5.8                              iter
 *	XDP                              5.9           interface index
 *	0: a function replaced           5.10          program            target_btf_id
 *	PERF_EVENT                       5.15          perf event         cookie
 *	TRACE_FENTRY, LSM_MAC ...        5.19                             cookie
 *	TRACE_KPROBE_MULTI, SESSION      5.18, 6.10                       multi
 *	STRUCT_OPS                       6.4                              (prog_fd is the map's)
 *	NETFILTER                        6.4                              netfilter
 *	TCX_*, NETKIT_*                  6.6, 6.7      interface index    relative_fd, revision
 *	TRACE_UPROBE_MULTI, SESSION      6.6, 6.13                        multi
 *	TRACE_FENTRY_MULTI ...           7.2                              multi
 *	SK_SKB_*, SK_MSG_VERDICT         6.10          sockmap
 */
struct pbpf_link_attr {
	int prog_fd;
	int target_fd;
	uint32_t attach_type;	/* PBPF_CGROUP_INET_INGRESS and so on */
	uint32_t flags;		/* XDP: the mode; TCX, NETKIT, CGROUP: PBPF_F_BEFORE and so on */
	uint64_t cookie;	/* what bpf_get_attach_cookie() gives to this attachment */
	uint32_t target_btf_id; /* the function to replace, in the BTF of the program target_fd */
	int relative_fd;	/* a program's; with PBPF_F_LINK a link's; with PBPF_F_ID an id */
	uint64_t expected_revision; /* of the list of programs; 0: any */
	struct {
		const void *info; /* what to walk: the kernel's union bpf_iter_link_info */
		uint32_t size;
	} iter;
	struct { /* arrays of `count`; NULL: none */
		uint32_t count;
		uint32_t flags; /* PBPF_F_KPROBE_MULTI_RETURN, PBPF_F_UPROBE_MULTI_RETURN */
		const char *const *symbols; /* kprobe: names, or ... */
		const uint64_t *addresses;  /* kprobe: ... addresses */
		const uint32_t *ids; /* fentry, fexit, fsession: functions, by the kernel's BTF */
		const char *path;    /* uprobe: the file, and in it ... */
		const uint64_t *offsets;      /* uprobe: ... the places */
		const uint64_t *ref_counters; /* uprobe: offsets of USDT semaphores */
		const uint64_t *cookies;
		uint32_t pid; /* uprobe: only in this process; 0: in all */
	} multi;
	struct {
		uint32_t family; /* NFPROTO_* */
		uint32_t hook;	 /* NF_INET_* */
		int32_t priority;
		uint32_t flags;
	} netfilter;
};
int pbpf_sys_link_create(const struct pbpf_env *env, const struct pbpf_link_attr *attr);

/* BPF_LINK_UPDATE: run another program; of struct_ops: use another map. With PBPF_F_REPLACE only
 * when it is old_fd's so far, else -EPERM. */
int pbpf_sys_link_update(const struct pbpf_env *env, int link_fd, int new_fd, int old_fd,
			 uint32_t flags);

/* BPF_LINK_DETACH: ends the attachment, and leaves the fd. */
int pbpf_sys_link_detach(const struct pbpf_env *env, int link_fd);

/* BPF_RAW_TRACEPOINT_OPEN: a link. `name` is without category; NULL for tracing programs (fentry
 * and so on), which know where. cookie: 6.10; 0: none. -ENOENT: no such tracepoint. */
int pbpf_sys_raw_tracepoint_open(const struct pbpf_env *env, int prog_fd, const char *name,
				 uint64_t cookie);

/* BPF_ITER_CREATE: an fd to read(2) from, which runs the iterator once and gives what it writes. */
int pbpf_sys_iter_create(const struct pbpf_env *env, int link_fd);

/* BPF_PROG_ATTACH, BPF_PROG_DETACH: an attachment without a link, which stays until it is detached.
 * */
struct pbpf_attach_attr {
	int target_fd; /* cgroup, sockmap, lirc; tcx, netkit: interface index */
	int prog_fd;   /* detach: needed where there may be several */
	uint32_t attach_type;
	uint32_t flags;	 /* PBPF_F_ALLOW_MULTI, PBPF_F_BEFORE and so on */
	int replace_fd;	 /* 5.5, with PBPF_F_REPLACE */
	int relative_fd; /* 6.6, this and the next: as of a link */
	uint64_t expected_revision;
};
int pbpf_sys_prog_attach(const struct pbpf_env *env, const struct pbpf_attach_attr *attr);
int pbpf_sys_prog_detach(const struct pbpf_env *env, const struct pbpf_attach_attr *attr);

/* BPF_PROG_QUERY: what is attached. -ENOSPC: more than there is room for. */
struct pbpf_query {
	int target_fd; /* as of pbpf_attach_attr */
	uint32_t attach_type;
	uint32_t flags;	      /* PBPF_F_QUERY_EFFECTIVE */
	uint32_t count;	      /* in: room in each array; out, on -ENOSPC too: how many there are */
	uint32_t *prog_ids;   /* each of these may be NULL */
	uint32_t *prog_flags; /* 6.0 */
	uint32_t *link_ids;   /* 6.6, as the rest */
	uint32_t *link_flags;
	uint32_t attach_flags; /* out */
	uint64_t revision;     /* out */
};
int pbpf_sys_prog_query(const struct pbpf_env *env, struct pbpf_query *query);

#ifdef __cplusplus
}
#endif

#endif
