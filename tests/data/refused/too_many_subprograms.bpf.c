// SPDX-License-Identifier: MIT
/* A program of 257 functions: the kernel takes 256. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

#define TIMES_16(do, n)                                                                       \
	do(n##0) do(n##1) do(n##2) do(n##3) do(n##4) do(n##5) do(n##6) do(n##7)               \
	do(n##8) do(n##9) do(n##a) do(n##b) do(n##c) do(n##d) do(n##e) do(n##f)
#define FUNCTION(n)                                                                           \
	static __noinline int f##n(void *ctx)                                                 \
	{                                                                                     \
		barrier_var(ctx);                                                             \
		return ctx != 0;                                                              \
	}
#define FUNCTIONS(n) TIMES_16(FUNCTION, n)
#define CALL(n)      sum += f##n(ctx);
#define CALLS(n)     TIMES_16(CALL, n)
#define ROWS(do)                                                                              \
	do(0) do(1) do(2) do(3) do(4) do(5) do(6) do(7)                                       \
	do(8) do(9) do(a) do(b) do(c) do(d) do(e) do(f)

ROWS(FUNCTIONS)

SEC("socket")
int many(struct __sk_buff *ctx)
{
	int sum = 0;

	ROWS(CALLS)
	return sum;
}
