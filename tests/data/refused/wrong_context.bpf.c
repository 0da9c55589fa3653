// SPDX-License-Identifier: MIT
/* A helper wants the context, and gets something else. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, 4);
	__uint(value_size, 4);
} events SEC(".maps");

SEC("xdp")
int send(struct xdp_md *ctx)
{
	__u32 value = 1;

	bpf_perf_event_output(&value, &events, BPF_F_CURRENT_CPU, &value, sizeof(value));
	return XDP_PASS;
}
