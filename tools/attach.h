/* SPDX-License-Identifier: MIT */
/*
 * plainbpf attach: a program, the words of its target, and a function of link/ that ties the two together.
 *
 *	attach pinned /sys/fs/bpf/p   xdp    veth0 generic      --pin /sys/fs/bpf/l
 *	       program                kind   target
 *	       attach.c               attach_kinds.c            attach.c
 */
#ifndef TOOLS_ATTACH_H
#define TOOLS_ATTACH_H

#include "link/pbpf_link.h"
#include "tools/words.h"

struct attach {
	struct cli *cli;
	struct words words; /* those of the target, after the kind was taken */
	int prog_fd;	    /* of struct_ops: the map's */
	struct pbpf_link_options opts;
	struct pbpf_link *link; /* what came of it */
};

/*
 * A kind of target. attach() reads its words, to the last one, and attaches: 0, an exit code, or after a message
 * a negative errno.
 */
struct attach_kind {
	const char *name;
	const char *target; /* for the help */
	int (*attach)(struct attach *attach);
	bool stays; /* also without a pin, as it is no link */
	bool reads; /* an iterator: without a pin it is run */
};

/* NULL: there is none of that name; a usage error was told. */
const struct attach_kind *attach_find_kind(const char *command, const char *name);

/* The number of an attach type by its name, also bpftool's short ones of cgroups ("ingress", "connect4"):
 * 0, or an exit code after a message. */
int read_attach_type(struct words *words, uint32_t *type);

/* An interface by its name (or number): 0, or an exit code after a message, or a negative errno. */
int read_interface(struct words *words, uint32_t *ifindex);

#endif
