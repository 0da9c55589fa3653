// SPDX-License-Identifier: MIT
/* An index that may be below zero: it was checked against the upper bound only. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

struct table {
	__u32 slots[16];
};
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, struct table);
	__uint(max_entries, 1);
} tables SEC(".maps");

SEC("socket")
int count(struct __sk_buff *ctx)
{
	__u32 key = 0;
	struct table *table = bpf_map_lookup_elem(&tables, &key);
	__s64 index = bpf_ktime_get_ns();

	if (table && index < 16)
		table->slots[index] += 1;
	return 0;
}
