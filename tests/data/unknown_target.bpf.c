// SPDX-License-Identifier: MIT
/* Wants a tracepoint that no kernel has. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual MIT/GPL";

SEC("tp_btf/sched_process_exek")
int misspelt_target(void *ctx)
{
	return 0;
}
