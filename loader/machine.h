/* SPDX-License-Identifier: MIT */
/*
 * Private to loader: what the kernel's files say about this machine and this process, as far as it decides
 * whether BPF can be used; and from that, why the kernel said EPERM.
 *
 *	/proc/self/status, /proc/sys/..., /proc/mounts ──> struct machine ──> "this process lacks CAP_BPF"
 *
 * Refusals of a load and the doctor take their words from here.
 */
#ifndef LOADER_MACHINE_H
#define LOADER_MACHINE_H

#include "base/env.h"
#include "sys/pbpf_since.h"
#include "sys/pbpf_sys.h"

/* Capabilities, as bit numbers (capability.h of Linux). */
enum {
	CAPABLE_NET_ADMIN = 12,
	CAPABLE_SYS_ADMIN = 21,
	CAPABLE_SYS_RESOURCE = 24,
	CAPABLE_PERFMON = 38, /* 5.8 */
	CAPABLE_BPF = 39,     /* 5.8 */
};

#define MACHINE_UNKNOWN (-1)

enum { LOCKDOWN_NONE = 0, LOCKDOWN_INTEGRITY = 1, LOCKDOWN_CONFIDENTIALITY = 2 };

/* A mount point, or "" when there is none. */
struct mount_place {
	char path[64];
};

/* What is an int or a long is MACHINE_UNKNOWN when no file tells it. */
struct machine {
	struct pbpf_kernel_name kernel;
	uint32_t version; /* 6 << 16 | 18 << 8 | 44; 0: not known */
	bool has_status;
	uint64_t capabilities; /* effective ones, a bit each; good if has_status */
	int seccomp;	       /* 0 none, 1 strict, 2 a filter */
	int user_namespace;    /* 0: the first one; 1: another, whose root is not the system's */
	int64_t memlock;       /* RLIMIT_MEMLOCK in bytes; INT64_MAX: no limit */
	int lockdown;	       /* LOCKDOWN_* */
	int bpf_lsm;	       /* 1: LSM programs are asked */
	int unprivileged_disabled;
	int perf_paranoid;
	int kptr_restrict;
	int jit;
	int jit_harden;
	int ftrace;
	struct mount_place bpffs, tracefs, cgroup2;
};

/* Reads them all. What cannot be read is not known, so there is no failure. */
void read_machine(struct machine *machine, const struct pbpf_env *env);

/* Does this process have the capability, as far as can be known? Before 5.8, and in place of any of the
 * newer ones, CAP_SYS_ADMIN counts. */
bool machine_capable(const struct machine *machine, int capability);

/* Why, in words that end without a full stop, and what to do, "" for nothing. */
struct denial {
	char reason[256];
	char way_out[256];
};

/*
 * Why the kernel answered EPERM to loading a program of that type; PBPF_PROG_TYPE_UNSPEC: to creating a map or
 * loading BTF.
 */
void explain_denial(struct denial *denial, const struct machine *machine, uint32_t prog_type);

#endif
