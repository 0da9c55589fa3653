/* SPDX-License-Identifier: MIT */
/*
 * Links of tracing that are more than a name: iterators.
 *
 * Each of the functions is as those of pbpf_link.h: it attaches the program `prog_fd`, writes *link
 * on success, and reports one message on failure.
 *
 * Reading order of its files: iter.c.
 */
#ifndef PBPF_LINK_TRACE_H
#define PBPF_LINK_TRACE_H

#include "link/pbpf_link.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What an iterator walks, at most one of the three; all zero, or NULL, is everything. */
struct pbpf_iter {
	int map_fd;    /* of an iterator over a map's elements, or a socket storage */
	int cgroup_fd; /* 6.1; or by cgroup_id */
	uint64_t cgroup_id;
	uint32_t cgroup_order; /* 1 itself alone, 2 then those below, 3 those below first, 4 up */
	uint32_t tid;	       /* 6.1: this thread, or ... */
	uint32_t pid;	       /* ... the threads of this process, or ... */
	int pid_fd;	       /* ... the same by pidfd_open(2) */
};

/* An iterator, which runs when it is read. Linux 5.8. It is a file in a bpffs once it is pinned. */
int pbpf_link_iter(struct pbpf_link **link, int prog_fd, const struct pbpf_iter *of,
		   const struct pbpf_link_options *opts);

/* An fd, the caller's, to read(2) from until it says 0: the iterator walks once. */
int pbpf_link_iter_fd(const struct pbpf_link *link);

#ifdef __cplusplus
}
#endif

#endif
