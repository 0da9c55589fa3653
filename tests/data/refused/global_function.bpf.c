// SPDX-License-Identifier: MIT
/* A function of its own is verified alone: its pointer may be anything, NULL too. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

struct pair {
	int a, b;
};

__noinline int sum(struct pair *pair)
{
	return pair->a + pair->b;
}

SEC("socket")
int call(struct __sk_buff *ctx)
{
	struct pair pair = {1, 2};

	return sum(&pair);
}
