/* SPDX-License-Identifier: MIT */
/*
 * link, stage 5: a loaded program becomes one that runs.
 *
 * A program in the kernel runs when something calls it. A link ties the two together and is itself
 * an object with an fd:
 *
 *	program fd ──┐
 *	             ├── link fd ──> the kernel calls the program at the target, as long as the
 *	target ──────┘               link is held: by this fd, a copy of it, or a pin
 *
 * So a process that ends, in whatever way, takes its attachments with it; and a link that shall
 * outlive it is pinned. What a target is differs:
 *
 *	tracepoint       category and name; by way of a perf event on the tracepoint's number
 *	raw tracepoint   name; the program sees the tracepoint's arguments before they are a record
 *	networking       an interface, a cgroup and so on: pbpf_link_net.h; what is there: _query.h
 *	more tracing     functions, iterators and so on: pbpf_link_trace.h; USDT: pbpf_link_usdt.h
 *	anything else    an fd or interface index and an attach type: struct pbpf_link_attr
 *
 * Interface, in order of use:
 *	pbpf_link_tracepoint(), pbpf_link_raw_tracepoint(), pbpf_link_create()
 *	pbpf_link_fd(), pbpf_link_info(), pbpf_link_update(), pbpf_link_replace()
 *	pbpf_link_pin(), pbpf_link_open_pinned(), pbpf_link_detach()
 *	pbpf_link_close()
 *
 * It takes any program's fd and does not keep it: the kernel's link holds the program, and the fd
 * may be closed. What holds after success: the program is attached, and the link owns one fd. After
 * a failure: nothing is attached, nothing is left open, and one message says why.
 *
 * What it does not do: choose the kind by a section's name (the loader does, with
 * pbpf_program_attach()), mount tracefs, raise limits.
 *
 * Reading order of its files: link.c, tracepoint.c, tracefs.c, perf_event.c, compat_perf.c.
 */
#ifndef PBPF_LINK_H
#define PBPF_LINK_H

#include "base/pbpf_base.h"
#include "sys/pbpf_sys.h"

#ifdef __cplusplus
extern "C" {
#endif

struct pbpf_link;

/* All zero, or a NULL pointer to it, is the usual. */
struct pbpf_link_options {
	const struct pbpf_env *env; /* copied into the link */
	uint64_t cookie; /* what bpf_get_attach_cookie() tells this attachment; 0: none */
	/* Of networking, see pbpf_link_net.h: the mode of XDP, the order among programs. */
	uint32_t flags;
	int relative_fd;
	uint64_t expected_revision;
};

/*
 * Each of these three attaches the program `prog_fd`, and on success writes *link, to be closed by
 * the caller. Errors of all: -EINVAL the program is of another type than the target takes, or the
 * kernel is too old; -EBADF prog_fd is not open; -EPERM, -EACCES a capability is missing:
 * CAP_PERFMON, in networking CAP_NET_ADMIN; -ENOMEM.
 */

/*
 * To the tracepoint category/name ("sched", "sched_process_exec"), for programs of type tracepoint.
 * Their number is read from tracefs, below /sys/kernel/tracing or /sys/kernel/debug/tracing. Since
 * Linux 5.15 the kernel makes a link of it; before, the attachment hangs on a perf event, which
 * knows no cookie and can be neither updated nor pinned.
 * Errors: -EINVAL also a name that cannot be one; -ENOENT no such tracepoint, or no tracefs;
 * -EACCES also tracefs may not be read.
 */
int pbpf_link_tracepoint(struct pbpf_link **link, int prog_fd, const char *category,
			 const char *name, const struct pbpf_link_options *opts);

/*
 * To the tracepoint `name` ("sched_process_exec", without category), for programs of type raw
 * tracepoint. For a tracing program, which knows its target since it was loaded (tp_btf, fentry,
 * lsm and so on), `name` is NULL. Linux 4.17; cookie: 6.10.
 * Errors: -ENOENT no such tracepoint.
 */
int pbpf_link_raw_tracepoint(struct pbpf_link **link, int prog_fd, const char *name,
			     const struct pbpf_link_options *opts);

/*
 * To whatever BPF_LINK_CREATE knows. `attr` is as pbpf_sys_link_create() takes it, with its own
 * cookie; that of `opts` is not used. Linux 5.7, and later by attach type.
 * Errors: -EBUSY, -EEXIST something is attached there already.
 */
int pbpf_link_create(struct pbpf_link **link, const struct pbpf_link_attr *attr,
		     const struct pbpf_link_options *opts);

/* The fd that holds the attachment; the link's, not to be closed by the caller. Of an attachment that
 * the kernel has no link for it is an fd of the target, or -1. */
int pbpf_link_fd(const struct pbpf_link *link);

/* Runs another program of the same type from now on, without a moment in which none runs. Linux
 * 5.7; not every kind of link can: -EINVAL, -ENOTSUP. */
int pbpf_link_update(struct pbpf_link *link, int prog_fd);

/* The same, but only while it runs the program old_fd: -EPERM, or -EINVAL where it cannot. */
int pbpf_link_replace(struct pbpf_link *link, int prog_fd, int old_fd);

/* Gives the link a name in a bpffs, which holds it until it is unlinked. dir_fd as of
 * pbpf_sys_obj_pin(): the folder that `path` is relative to, or -1. -EEXIST: the name is taken. */
int pbpf_link_pin(struct pbpf_link *link, int dir_fd, const char *path);

/* A link of what is pinned at `path`, which stays pinned: unlink(2) the path to let go of it there.
 * -ENOENT: no such pin; -EACCES. */
int pbpf_link_open_pinned(struct pbpf_link **link, int dir_fd, const char *path,
			  const struct pbpf_link_options *opts);

/* What the kernel tells about the link: its type, id, program and target. The members of *info that
 * are addresses and sizes of buffers are the caller's to set, the others 0. Linux 5.8. */
int pbpf_link_info(const struct pbpf_link *link, struct pbpf_link_info *info);

/* Ends the attachment although the link may be pinned or held elsewhere. Linux 5.9; cgroup, network
 * namespace and device links, and struct_ops: others say -ENOTSUP. */
int pbpf_link_detach(struct pbpf_link *link);

/* Lets go of the link, which ends the attachment unless something else holds it. NULL is fine. */
void pbpf_link_close(struct pbpf_link *link);

/* The same, but what the kernel has no link for (tc, a cgroup with PBPF_F_ALLOW_OVERRIDE, XDP before 5.9)
 * stays attached, until somebody detaches it. */
void pbpf_link_leave(struct pbpf_link *link);

#ifdef __cplusplus
}
#endif

#endif
