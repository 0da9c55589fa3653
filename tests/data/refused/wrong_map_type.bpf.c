// SPDX-License-Identifier: MIT
/* A helper that does not go with this type of map. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, 1);
} counts SEC(".maps");

SEC("socket")
int send(struct __sk_buff *ctx)
{
	__u64 value = 0;

	bpf_ringbuf_output(&counts, &value, sizeof(value), 0);
	return 0;
}
