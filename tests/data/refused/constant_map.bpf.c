// SPDX-License-Identifier: MIT
/* A constant is written to: the map of .rodata is frozen. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

const volatile __u32 limit = 64;

SEC("socket")
int change(struct __sk_buff *ctx)
{
	*(volatile __u32 *)&limit = ctx->len;
	return 0;
}
