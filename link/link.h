/* SPDX-License-Identifier: MIT */
/*
 * What the kinds of attachment share: the link itself, and the words for a refusal.
 */
#ifndef LINK_LINK_H
#define LINK_LINK_H

#include "base/env.h"
#include "link/pbpf_link.h"

#define STAGE_LINK "link"

/* The caller's env, which may be left out. */
const struct pbpf_env *link_env(const struct pbpf_link_options *opts);

/* The env that the link was made with. */
const struct pbpf_env *link_env_of(const struct pbpf_link *link);

/* Makes a link of the fd that holds an attachment; takes over the fd, also on failure. */
int link_of_fd(struct pbpf_link **link, int fd, const struct pbpf_env *env);

/* What ends an attachment that the kernel has no link for. */
struct link_undo {
	int (*end)(const struct pbpf_env *env, const struct link_undo *undo);
	int target;  /* an fd, which the link owns as well, or an interface index */
	int prog_fd; /* the link's own, or -1 */
	uint32_t attach_type;
	uint32_t flags;
	uint32_t handle; /* tc: which filter; its priority */
	uint32_t priority;
	void *state; /* of several parts, which no fd alone holds; end() frees it */
	/* Where a pin can keep the attachment: frees state instead of end(), once the link is pinned. */
	void (*forget)(const struct pbpf_env *env, const struct link_undo *undo);
};

/* Makes a link of such an attachment. Takes over `fd` (-1: none) and undo's prog_fd; on failure the
 * attachment is ended. */
int link_of_undo(struct pbpf_link **link, int fd, const struct link_undo *undo,
		 const struct pbpf_env *env);

/* A kind of attachment: its name in messages ("tracepoint"), and what a process needs for it. */
struct link_kind {
	const char *name;
	const char *capability;
};
#define NEEDS_PERFMON	   "CAP_PERFMON (before Linux 5.8: CAP_SYS_ADMIN)"
#define NEEDS_NET_ADMIN	   "CAP_NET_ADMIN"
#define LINK_TRACING(name) (&(const struct link_kind){(name), NEEDS_PERFMON})
#define LINK_NETWORK(name) (&(const struct link_kind){(name), NEEDS_NET_ADMIN})

/* Makes a link of what a command returned: the fd that holds the attachment, or why not, which is
 * reported. `target`, here and below, is its name; NULL: what the program was loaded for. */
int link_made(struct pbpf_link **link, int fd, const struct link_kind *kind, const char *target,
	      const struct pbpf_env *env);

/* A target's name, of `what` ("", "of interface ") and a number: "4 (cgroup_inet4_connect)". */
#define LINK_TARGET_MAX 64
void link_name_target(char name[LINK_TARGET_MAX], const char *what, uint32_t number,
		      uint32_t attach_type);

/* BPF_LINK_CREATE, with the flags and the order among programs that opts ask for. */
int link_of_create(struct pbpf_link **link, const struct pbpf_link_attr *attr,
		   const struct link_kind *kind, const char *target,
		   const struct pbpf_link_options *opts);

/* BPF_PROG_ATTACH to an fd: cgroup, map, lirc. The link detaches when it is closed. */
int link_prog_attach(struct pbpf_link **link, const struct pbpf_attach_attr *attr,
		     const struct link_kind *kind, const char *target, const struct pbpf_env *env);

/* XDP by netlink, for a kernel before 5.9. */
int link_xdp_compat(struct pbpf_link **link, int prog_fd, int ifindex, uint32_t mode,
		    const char *target, const struct pbpf_env *env);

/* What a person may do about an error of an operation that needs the capability (NULL: none), or NULL.
 * It may be written to `words`. */
#define HINT_MAX 160
const char *refusal_hint_of_link(int err, const char *capability, char words[HINT_MAX]);

/* The message for the kernel's refusal `err` to attach to the target. `said` is the kernel's own reason,
 * if it gave one; else NULL or "". */
int link_refused(const struct pbpf_env *env, int err, const struct link_kind *kind,
		 const char *target, const char *said);

/* A decimal number and a newline, as tracefs and sysfs write them; at most INT32_MAX. */
bool link_parse_number(const char *text, uint32_t *number);

/* Attaches a program to a perf event, and enables it. Takes over perf_fd, also on failure; returns
 * the fd that holds the attachment. A cookie other than 0 needs Linux 5.15: -EINVAL. Reports nothing. */
int link_perf_event(const struct pbpf_env *env, int perf_fd, int prog_fd, uint64_t cookie);

/* The same for a kernel before 5.15, where the perf event itself holds the program: returns
 * perf_fd, which on failure stays open. */
int link_perf_event_compat(const struct pbpf_env *env, int perf_fd, int prog_fd);

#endif
