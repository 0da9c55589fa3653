// SPDX-License-Identifier: MIT
/*
 * The smallest useful program: a function that the kernel calls each time a process executes a new
 * program, and that leaves a line in the kernel's trace. No map, no global variable.
 *
 * minimal.c loads and attaches it.
 */
#include <linux/bpf.h>

#define BPF_NO_GLOBAL_DATA /* bpf_printk() keeps its format on the stack */
#include <bpf/bpf_helpers.h>

/* bpf_printk() is for GPL-compatible programs only. */
char LICENSE[] SEC("license") = "Dual MIT/GPL";

/* The section says where to attach: tp/CATEGORY/NAME is a tracepoint, see
 * /sys/kernel/tracing/events. */
SEC("tp/sched/sched_process_exec")
int on_exec(void *ctx)
{
	int pid = bpf_get_current_pid_tgid() >> 32;

	bpf_printk("process %d executes", pid);
	return 0;
}
