// SPDX-License-Identifier: MIT
/* A program that calls a function of another program's section, not of .text. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "MIT";

SEC("socket")
__noinline int callee(struct __sk_buff *ctx)
{
	return ctx->len;
}

SEC("tc")
int caller(struct __sk_buff *ctx)
{
	return callee(ctx) > 0 ? 0 : 2;
}
