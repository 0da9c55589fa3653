// SPDX-License-Identifier: MIT
/* A helper wants a pointer, and gets a number. */
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
int count(struct __sk_buff *ctx)
{
	bpf_map_lookup_elem(&counts, (void *)8);
	return 0;
}
