// SPDX-License-Identifier: MIT
/* R10 is changed, which only the kernel may. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

SEC("socket") __attribute__((naked)) int moves(void)
{
	asm volatile("r10 += -8\n"
		     "r0 = 0\n"
		     "exit\n");
}
