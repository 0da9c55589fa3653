// SPDX-License-Identifier: MIT
/* A division by the constant 0. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

SEC("socket") __attribute__((naked)) int divide(void)
{
	asm volatile("r0 = 1\n"
		     "r0 /= 0\n"
		     "exit\n");
}
