// SPDX-License-Identifier: MIT
/* A global function takes the context as a pointer to anything, and says so; before Linux 6.8 that needs help. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

__attribute__((noinline)) int length(void *ctx __arg_ctx)
{
	return (int)((struct __sk_buff *)ctx)->len;
}

SEC("tc")
int longer(struct __sk_buff *ctx)
{
	return length(ctx) + 1;
}
