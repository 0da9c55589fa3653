/* SPDX-License-Identifier: MIT */
/* What the programs of kinds*.bpf.c share: all of them count how often they run, and none changes what happens. */
#ifndef TESTS_DATA_KINDS_H
#define TESTS_DATA_KINDS_H

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

struct {
	__u64 runs;
	__u64 pid; /* the only process that tracing counts */
} seen;

static int count(int verdict)
{
	__sync_fetch_and_add(&seen.runs, 1);
	return verdict;
}

static inline int count_ours(void)
{
	return bpf_get_current_pid_tgid() >> 32 == seen.pid ? count(0) : 0;
}

#define TRACE(section, name)                 \
	SEC("?" section) int name(void *ctx) \
	{                                    \
		return count_ours();         \
	}

/* Networking and cgroups: the test's own, so all is counted. */
#define NETWORK(section, name, context, verdict) \
	SEC("?" section) int name(context *ctx)  \
	{                                        \
		return count(verdict);           \
	}

#endif
