/* SPDX-License-Identifier: MIT */
/*
 * What test_kinds_*.c share: a program of each kind loads, attaches, runs, and runs no more when its link ends.
 * For each of them there is a line, of which tests/vm/run.sh makes a table of kinds and kernels:
 *
 *	KIND fentry: ok
 *	KIND fentry: refused: what the kernel said
 *	KIND fentry: FAILED: what is wrong
 *
 * A kernel may refuse a kind, which is a SKIP here: what each of the kernels under QEMU may refuse is in
 * tests/vm/refusals. A kind is called as its section; what follows a ':' tells it from others of that name.
 */
#ifndef TESTS_KERNEL_KINDS_H
#define TESTS_KERNEL_KINDS_H

#include "live.h"

/* What a kind needs around it, and how it is different. */
enum {
	IN_NETWORK = 1, /* a network namespace with a pair of veth */
	IN_NETKIT = 2,	/* the same of netkit */
	IN_CGROUP = 4,
	ONE_RUN = 8,	 /* nothing holds it: it runs as often as it is asked to */
	STRUCT_OPS = 16, /* `program` is a map of functions */
	OF_TARGET = 32,	 /* it replaces a function of another program */
};

struct kind {
	const char *name;
	const char *object;  /* tests/data/NAME.bpf.o, and in it ... */
	const char *program; /* ... the program */
	int (*attach)(void); /* makes now.link */
	void (*act)(void);   /* what makes it run */
	unsigned int needs;
	const char *with[2];  /* programs that it takes beside it */
	void (*detach)(void); /* where there is no link to close */
};

/* The test of one kind; each has a process of its own. */
struct kind_now {
	struct live *live;
	struct pbpf_program *prog;
	struct pbpf_link_options opts;
	struct pbpf_link *link;
	struct pbpf_link *beside; /* of what it takes beside it, as long as the test runs */
	char said[200]; /* why it is not attached, when it is not the library that says so */
	int cgroup;
	struct live *target; /* whose program is replaced */
};
extern struct kind_now now;

void prove_kind(const struct kind *kind);

/* The fd of the program, of another of the same object, and of a map. */
int fd_of_program(void);
int fd_of(const char *program);
int fd_of_map(const char *map);
/* Moves the calling process into the test's cgroup. */
bool enter_cgroup(void);
/* When it is not attached by the library: remembers what is said of a negative `err`. */
int refused_by(int err, const char *what);

/* Ways of attaching: what the section's name says; none. */
int by_section(void);
int nowhere(void);

#endif
