// SPDX-License-Identifier: MIT
/* A function of a large stack calls one that makes a tail call. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(key_size, 4);
	__uint(value_size, 4);
	__uint(max_entries, 1);
} next SEC(".maps");

static __noinline int jump(struct __sk_buff *ctx)
{
	bpf_tail_call(ctx, &next, 0);
	return 1;
}

SEC("tc")
int root(struct __sk_buff *ctx)
{
	volatile char room[300] = {0};

	return jump(ctx) + room[7];
}
