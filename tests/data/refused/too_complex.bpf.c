// SPDX-License-Identifier: MIT
/* A loop of ten million turns: the verifier walks through each. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

SEC("socket")
int turns(struct __sk_buff *ctx)
{
	for (__u32 i = 0; i < 10000000; i++)
		barrier_var(i);
	return 0;
}
