// SPDX-License-Identifier: MIT
/* Maps that are pinned by their names, and one that is not. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "MIT";

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, 16);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} shared SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__type(key, __u32);
	__type(value, __u32);
	__uint(max_entries, 4);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} devices SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, 1);
} own SEC(".maps");

/* Test run: counts in the shared map, returns how often it was run on it. */
SEC("socket")
int count_runs(struct __sk_buff *ctx)
{
	__u32 key = 1;
	__u64 one = 1, *count = bpf_map_lookup_elem(&shared, &key);

	bpf_map_lookup_elem(&own, &key);
	if (!count) {
		bpf_map_update_elem(&shared, &key, &one, BPF_ANY);
		return 1;
	}
	*count += 1;
	return (int)*count;
}
