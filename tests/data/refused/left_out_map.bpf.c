// SPDX-License-Identifier: MIT
/* Uses a map that load was told to leave out: pbpf_map_set_autocreate(map, false). */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u32);
} extras SEC(".maps");

SEC("socket")
int careless(struct __sk_buff *ctx)
{
	__u32 key = 0;

	return bpf_map_lookup_elem(&extras, &key) != 0;
}
