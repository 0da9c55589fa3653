// SPDX-License-Identifier: MIT
/* A helper for GPL-compatible programs only. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Proprietary";

SEC("tracepoint/sched/sched_switch")
int say(void *ctx)
{
	bpf_printk("hello");
	return 0;
}
