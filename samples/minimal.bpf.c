// SPDX-License-Identifier: MIT
/*
 * The smallest program: a function that the kernel calls each time a process executes a file. It does
 * nothing, so there is no map and no data; the kernel can still tell how often it ran.
 *
 * minimal.c loads and attaches it.
 */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

/* Some of the kernel's helpers are for GPL-compatible programs only, so every object says what it is. */
char LICENSE[] SEC("license") = "Dual MIT/GPL";

/* The section says where to attach: tp/CATEGORY/NAME is a tracepoint, as in
 * /sys/kernel/tracing/events/CATEGORY/NAME. */
SEC("tp/sched/sched_process_exec")
int on_exec(void *ctx)
{
	return 0;
}
