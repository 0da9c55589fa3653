/* SPDX-License-Identifier: MIT */
/*
 * What kprobes and uprobes share: a perf event of a PMU of their own, whose number sysfs tells.
 */
#ifndef LINK_PROBE_H
#define LINK_PROBE_H

#include "link/link.h"

struct probe {
	const char *pmu;  /* "kprobe", "uprobe" */
	const char *name; /* the function's or the file's */
	uint64_t offset;
	bool at_return;
	int pid;		    /* a uprobe's: only this process; 0: all */
	uint32_t semaphore;	    /* a uprobe's: offset in the file of a counter to raise */
	uint32_t type, return_flag; /* the PMU's number and its bit for "at return" */
};

/* Asks sysfs for the last two; what is missing is reported. */
int probe_find_pmu(const struct pbpf_env *env, struct probe *probe);

/* Opens the perf event. Reports nothing. */
int probe_open(const struct pbpf_env *env, const struct probe *probe);

#endif
