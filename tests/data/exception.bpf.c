// SPDX-License-Identifier: MIT
/* Throws, and what it returns then comes from a function that nothing in the object calls. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

extern void bpf_throw(__u64 cookie) __ksym;

static __attribute__((noinline)) int add_five(int value)
{
	return value + 5;
}

__attribute__((noinline)) int cleanup(__u64 cookie)
{
	return add_five((int)cookie);
}

SEC("tc")
__attribute__((btf_decl_tag("exception_callback:cleanup"))) int throws(struct __sk_buff *ctx)
{
	if (ctx->len)
		bpf_throw(32);
	return 1;
}
