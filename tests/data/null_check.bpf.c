// SPDX-License-Identifier: MIT
/* Refused by the verifier: a map value is used without asking whether it is there. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "MIT";

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, 1);
} counts SEC(".maps");

SEC("socket")
int accepted(struct __sk_buff *ctx)
{
	return 0;
}

SEC("socket")
int forgets_the_check(struct __sk_buff *ctx)
{
	__u32 key = 0;
	__u64 *count = bpf_map_lookup_elem(&counts, &key);

	*count += 1;
	return 0;
}
