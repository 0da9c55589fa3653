// SPDX-License-Identifier: MIT
/* Map definitions: each way to write one down, and each kind that any kernel since 5.8 makes. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "MIT";

struct flow {
	__u32 from, to;
};
typedef struct {
	__u64 packets, bytes;
} totals;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, totals);
	__uint(max_entries, 8);
} array SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, struct flow);
	__type(value, totals);
	__uint(max_entries, 100);
	__uint(map_flags, BPF_F_NO_PREALLOC);
} hash SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u64));
	__uint(max_entries, 3);
} percpu_array SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(key_size, 12);
	__type(value, __u64);
	__uint(max_entries, 30);
} percpu_hash SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__type(key, struct flow);
	__type(value, __u64);
	__uint(max_entries, 64);
} lru SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__type(key, struct flow);
	__type(value, __u32);
	__uint(max_entries, 16);
	__uint(map_flags, BPF_F_NO_PREALLOC);
} routes SEC(".maps");

/* Not a size that the kernel takes: a loader rounds it up to 8192 where pages have 4 KiB. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 5000);
} odd_ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
	__uint(max_entries, 4);
} jumps SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_STACK);
	__uint(value_size, sizeof(__u64));
	__uint(max_entries, 10);
} stack SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__type(value, struct flow);
	__uint(max_entries, 10);
} queue SEC(".maps");

/* Of 0 entries: one for each possible CPU. */
struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} perf SEC(".maps");

/* A name longer than the kernel's 15 characters. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, __u32);
	__uint(max_entries, 1);
} a_name_that_the_kernel_cuts SEC(".maps");

SEC("socket")
int use_maps(struct __sk_buff *ctx)
{
	struct flow flow = {ctx->len, 0};
	__u32 zero = 0;
	__u64 one = 1;
	totals *total = bpf_map_lookup_elem(&array, &zero);

	if (total)
		total->packets++;
	bpf_map_delete_elem(&hash, &flow);
	bpf_map_lookup_elem(&percpu_array, &zero);
	bpf_map_update_elem(&lru, &flow, &one, BPF_ANY);
	bpf_map_push_elem(&stack, &one, BPF_ANY);
	bpf_tail_call(ctx, &jumps, 1);
	return 0;
}
