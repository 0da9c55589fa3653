// SPDX-License-Identifier: MIT
/* Two functions that call each other need more than 512 bytes of stack together. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

static __noinline int leaf(void)
{
	volatile char room[300] = {0};

	return room[7];
}

SEC("socket")
int root(struct __sk_buff *ctx)
{
	volatile char room[300] = {0};

	return leaf() + room[7];
}
