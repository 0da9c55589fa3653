/* SPDX-License-Identifier: MIT */
/*
 * tracefs, wherever it is mounted: at its own place since Linux 4.1, or where it is found when only debugfs
 * is mounted.
 */
#ifndef LINK_TRACEFS_H
#define LINK_TRACEFS_H

#include "link/link.h"

/* Reads FILE of tracefs ("events/sched/sched_switch/id"), as pbpf_sys_read_file() does. */
int tracefs_read(const struct pbpf_env *env, const char *file, void **data, size_t *size,
		 size_t limit);

/* Writes a line to the end of FILE. */
int tracefs_append(const struct pbpf_env *env, const char *file, const char *line);

/* Is it mounted? To be asked after something in it was not found. */
bool tracefs_mounted(const struct pbpf_env *env);

/* The number of a tracepoint "category/name". -EINVAL: the file has none. Reports nothing. */
int tracepoint_number(const struct pbpf_env *env, const char *tracepoint, uint32_t *number);

/*
 * A perf event on a tracepoint, which counts and records nothing. It is opened on one CPU, since
 * the call demands one; the program nevertheless runs on all of them, as it is called by the
 * tracepoint before any event is looked at (kernel/trace/trace_event_perf.c,
 * perf_trace_run_bpf_submit()). pid: only in this process; 0: in all. Reports nothing.
 */
int tracepoint_event(const struct pbpf_env *env, uint32_t id, int pid);

#endif
