// SPDX-License-Identifier: MIT
/* A pointer that may be NULL goes to a helper that takes none. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __u32);
	__type(value, __u32);
	__uint(max_entries, 1);
} slots SEC(".maps");

SEC("socket")
int follow(struct __sk_buff *ctx)
{
	__u32 key = 0;
	__u32 *next = bpf_map_lookup_elem(&slots, &key);

	bpf_map_lookup_elem(&slots, next); /* as the key */
	return 0;
}
