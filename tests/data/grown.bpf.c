// SPDX-License-Identifier: MIT
/* Global data that ends in an array, to be made longer before load, and elements to walk over. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "MIT";

const volatile __u32 length SEC(".rodata.length") = 1;
__u64 sum;
__u64 table[1] SEC(".data.table") = {5};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, 2000);
} hash SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__type(key, __u32);
	__type(value, __u32);
	__uint(max_entries, 100);
} per_cpu SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__type(value, __u32);
	__uint(max_entries, 10);
} queue SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, __u32);
	__uint(max_entries, 3);
	__uint(map_flags, BPF_F_MMAPABLE);
} plain SEC(".maps");

/* Test run: the sum of the table's first `length` elements; also left in sum. */
SEC("socket")
int sum_table(struct __sk_buff *ctx)
{
	__u64 total = 0;

	for (__u32 i = 0; i < length && i < 1000; i++)
		total += ((volatile __u64 *)table)[i];
	sum = total;
	return (int)total;
}

/* Test run: counts this CPU in per_cpu[1]. */
SEC("socket")
int count_cpu(struct __sk_buff *ctx)
{
	__u32 key = 1, one = 1, head = 0, *count = bpf_map_lookup_elem(&per_cpu, &key);

	bpf_map_lookup_elem(&hash, &key);
	bpf_map_lookup_elem(&plain, &key);
	bpf_map_peek_elem(&queue, &head);
	if (count)
		*count += 1;
	else
		bpf_map_update_elem(&per_cpu, &key, &one, BPF_ANY);
	return 0;
}
