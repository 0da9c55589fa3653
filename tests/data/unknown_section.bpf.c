// SPDX-License-Identifier: MIT
/* A section name that says nothing to anyone: a misspelt "tracepoint/...". */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "MIT";

SEC("tracpoint/sched/sched_process_exec")
int misspelt(void *ctx)
{
	return 0;
}
