// SPDX-License-Identifier: MIT
/* Calls a function that no kernel has, without asking before. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

extern void no_such_function(void) __ksym __weak;

SEC("socket")
int careless(struct __sk_buff *ctx)
{
	no_such_function();
	return 0;
}
