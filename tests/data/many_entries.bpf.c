// SPDX-License-Identifier: MIT
/* Maps of so many entries that the array which says so has 4 GiB or more. Neither takes memory for entries that are
 * not there. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

struct prefix {
	__u32 length;
	__u8 bytes[4];
};

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__type(key, struct prefix);
	__type(value, __u64);
	__uint(max_entries, 1 << 30);
	__uint(map_flags, BPF_F_NO_PREALLOC);
} routes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__type(key, struct prefix);
	__type(value, __u64);
	__uint(max_entries, 0xffffffff);
	__uint(map_flags, BPF_F_NO_PREALLOC);
} all_routes SEC(".maps");

SEC("socket")
int count_route(struct __sk_buff *skb)
{
	struct prefix to = {32, {192, 0, 2, 1}};
	__u64 *packets = bpf_map_lookup_elem(&routes, &to);

	if (!packets)
		packets = bpf_map_lookup_elem(&all_routes, &to);
	if (packets)
		__sync_fetch_and_add(packets, 1);
	return 0;
}

char LICENSE[] SEC("license") = "MIT";
