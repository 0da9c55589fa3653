// SPDX-License-Identifier: MIT
/* An atomic operation on the context. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

SEC("socket") __attribute__((naked)) int adds(void)
{
	asm volatile("r2 = 1\n"
		     "lock *(u32 *)(r1 + 8) += r2\n"
		     "r0 = 0\n"
		     "exit\n");
}
