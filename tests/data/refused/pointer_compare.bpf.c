// SPDX-License-Identifier: MIT
/* Two pointers are compared, without CAP_PERFMON. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

SEC("socket") __attribute__((naked)) int compares(void)
{
	asm volatile("r0 = 0\n"
		     "if r1 == r10 goto +1\n"
		     "r0 = 1\n"
		     "exit\n");
}
