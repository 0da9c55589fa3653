// SPDX-License-Identifier: MIT
/* A write beyond the 512 bytes of stack that a function has. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

SEC("socket") __attribute__((naked)) int deep(void)
{
	asm volatile("*(u64 *)(r10 - 520) = r1\n"
		     "r0 = 0\n"
		     "exit\n");
}
