// SPDX-License-Identifier: MIT
/* A loop that never ends. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

SEC("socket") __attribute__((naked)) int turns(void)
{
	asm volatile("r0 = 0\n"
		     "1: r0 &= 1\n"
		     "if r0 < 2 goto 1b\n"
		     "exit\n");
}
