// SPDX-License-Identifier: MIT
/* Refused by the verifier in a subprogram: it reads beyond the end of its context. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "MIT";

static __noinline int far_field(char *ctx)
{
	return *(volatile int *)(ctx + 4096);
}

SEC("socket")
int reads_too_far(struct __sk_buff *ctx)
{
	return far_field((char *)ctx);
}
