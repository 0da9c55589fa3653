// SPDX-License-Identifier: MIT
/* A jump to behind the end of the program. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

SEC("socket") __attribute__((naked)) int far(void)
{
	asm volatile("goto +100\n"
		     "r0 = 0\n"
		     "exit\n");
}
