// SPDX-License-Identifier: MIT
/* A helper gets a size that may be larger than the room. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

SEC("tracepoint/sched/sched_switch")
int copy(void *ctx)
{
	char room[16];
	__u64 size = bpf_ktime_get_ns();

	bpf_probe_read_kernel(room, size, ctx);
	return 0;
}
