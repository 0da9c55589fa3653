// SPDX-License-Identifier: MIT
/*
 * Subprograms: static and global ones, nested, shared by two programs of one section and a third of
 * another, one that nobody calls, and callbacks. Each program returns a number that a test run
 * shows.
 */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual MIT/GPL";

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, 4);
} numbers SEC(".maps");

int calls;

static __noinline int twice(int x)
{
	calls++;
	return x * 2;
}

/* A global one, verified by itself, that calls a static one. */
__noinline int twice_and_one(int x)
{
	return twice(x) + 1;
}

static __noinline int nested(int x)
{
	return twice_and_one(x) + twice(x);
}

__noinline int nobody_calls_this(int x)
{
	return twice(x) + 4711;
}

static long add_index(__u32 index, void *sum)
{
	*(long *)sum += index;
	return 0;
}

static long add_element(void *map, const void *key, void *value, void *sum)
{
	*(long *)sum += *(__u64 *)value + 1;
	return 0;
}

SEC("socket")
int first(struct __sk_buff *ctx) /* 2 * 3 + 1 + 2 * 3 = 13 */
{
	return nested(3);
}

SEC("socket")
int second(struct __sk_buff *ctx) /* 2 * 5 = 10 */
{
	return twice(5);
}

SEC("xdp")
int third(struct xdp_md *ctx) /* 2 * 10 + 1 = 21, never as XDP's verdict */
{
	return twice_and_one(10) == 21 ? XDP_PASS : XDP_ABORTED;
}

SEC("socket")
int with_loop(struct __sk_buff *ctx) /* 0 + 1 + ... + 9 = 45; since Linux 5.17 */
{
	long sum = 0;

	bpf_loop(10, add_index, &sum, 0);
	return sum;
}

SEC("socket")
int with_elements(struct __sk_buff *ctx) /* 4 when the map is all zeros; since Linux 5.13 */
{
	long sum = 0;

	bpf_for_each_map_elem(&numbers, add_element, &sum, 0);
	return sum;
}
