// SPDX-License-Identifier: MIT
/* A call of a kernel function that is none, or not for this type of program: type id 1 is an integer. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

SEC("xdp") __attribute__((naked)) int calls(void)
{
	asm volatile(".byte 0x85, 0x20, 0, 0, 1, 0, 0, 0 # call of a kernel function by its type id\n"
		     "r0 = 0\n"
		     "exit\n");
}
