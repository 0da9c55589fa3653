/* SPDX-License-Identifier: MIT */
/*
 * What kprobes and uprobes share: a perf event of a PMU of their own, whose number sysfs tells; before
 * Linux 4.17, which has no such PMU, one of a tracepoint that is made for it.
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
	bool no_pmu;
	char *event; /* then: the tracepoint "plainbpf/NAME" that was made, or NULL */
};

/* Asks sysfs for the type, the flag, and whether there is a PMU. What fails is reported. */
int probe_find_pmu(const struct pbpf_env *env, struct probe *probe);

/* The message for a kernel without such probes; returns -ENOTSUP. */
int probe_not_there(const struct pbpf_env *env, const struct probe *probe);

/* Opens the perf event. Of a function that is not there: -ENOENT. Reports nothing. */
int probe_open(const struct pbpf_env *env, struct probe *probe);

/* Makes a link of what link_perf_event() returned for it; what the probe has besides is the link's, or on
 * failure removed. */
int probe_link(struct pbpf_link **link, int fd, struct probe *probe, const struct link_kind *kind,
	       const char *target, const struct pbpf_env *env);

/* compat_probe.c: the tracepoint and its perf event. */
int probe_open_tracepoint(const struct pbpf_env *env, struct probe *probe);
/* Removes it, which must not be open any more. */
void probe_remove_tracepoint(const struct pbpf_env *env, struct probe *probe);
/* A link that removes it at its end. */
int probe_link_tracepoint(struct pbpf_link **link, int fd, struct probe *probe,
			  const struct pbpf_env *env);

#endif
