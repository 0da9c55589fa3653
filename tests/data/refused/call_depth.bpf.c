// SPDX-License-Identifier: MIT
/* Nine functions deep, and the verifier follows eight. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

#define CALLS(f, g)                            \
	static __noinline int f(void *ctx)     \
	{                                      \
		return g(ctx) + 1;             \
	}

static __noinline int f9(void *ctx)
{
	return ctx != 0;
}
CALLS(f8, f9)
CALLS(f7, f8)
CALLS(f6, f7)
CALLS(f5, f6)
CALLS(f4, f5)
CALLS(f3, f4)
CALLS(f2, f3)
CALLS(f1, f2)

SEC("socket")
int deep(struct __sk_buff *ctx)
{
	return f1(ctx);
}
