// SPDX-License-Identifier: MIT
/* An index into a map value has no upper bound. */
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

	if (table)
		table->slots[ctx->len] += 1; /* any length */
	return 0;
}
