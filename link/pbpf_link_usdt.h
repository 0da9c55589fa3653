/* SPDX-License-Identifier: MIT */
/*
 * USDT: the probes that a program's author put into it with <sys/sdt.h>, by provider and name, for
 * programs of the section "usdt" that use bpf/usdt.bpf.h, or libbpf's header of that name, of any version.
 *
 *	file ── notes of provider:name ─┬─ where: each is a place for a uprobe
 *	                                └─ arguments ──> spec ──> map __bpf_usdt_specs
 *	                                                  │
 *	program: bpf_usdt_arg(ctx, 0, &value) <───────────┘  found by the cookie, before Linux 5.15 by address
 *
 * A probe may be in many places of a file (it was inlined): all of them are attached, with one link of
 * the kernel's since Linux 6.6, before it with a perf event each. Where the author asked whether somebody
 * listens, with a semaphore, the kernel raises it meanwhile (4.20).
 *
 * What holds after success: specs in the map are this link's until it is closed. A link that is pinned
 * (since 6.6) keeps them for good, as the program goes on to read them.
 *
 * What it does not do: read floating-point arguments, or attach in a file whose sections were stripped.
 * An argument that no spec can say is warned about, and the program gets -EINVAL for it.
 *
 * Reading order of its files: usdt.h, usdt_notes.c, usdt_args.c, usdt_registers.c, usdt_specs.c, usdt.c,
 * compat_usdt.c.
 */
#ifndef PBPF_LINK_USDT_H
#define PBPF_LINK_USDT_H

#include "link/pbpf_link.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The names of the maps in an object that has USDT programs. */
#define PBPF_USDT_SPECS "__bpf_usdt_specs"
#define PBPF_USDT_IPS	"__bpf_usdt_ip_to_spec_id"

struct pbpf_usdt {
	const char *path; /* an executable or a library, as of struct pbpf_uprobe */
	const char *provider;
	const char *name;
	int pid;      /* only in this process; 0: in all */
	int root_of;  /* path as this process sees it; 0: as this one */
	int specs_fd; /* of the object's map PBPF_USDT_SPECS */
	int ips_fd;   /* of its map PBPF_USDT_IPS, which is used before Linux 5.15; 0: none */
};

/*
 * Attaches the program to every place of the probe. bpf_usdt_cookie() gives opts->cookie. Both map fds stay
 * the caller's, and may be closed. One map of specs may serve many links, of one thread at a time.
 *
 * Errors: -ENOENT no such file, or no such probe in it (the message names the nearest); -EINVAL not an ELF
 * file, or a map of another layout; -E2BIG more than 12 arguments; -ENOSPC the map has no room for the
 * specs; -ENOTSUP no uprobes in this kernel, or, before 5.15, a position-independent file and no pid.
 */
int pbpf_link_usdt(struct pbpf_link **link, int prog_fd, const struct pbpf_usdt *at,
		   const struct pbpf_link_options *opts);

#ifdef __cplusplus
}
#endif

#endif
