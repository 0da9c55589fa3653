// SPDX-License-Identifier: MIT
/* The context pointer is moved before it is read through. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

SEC("socket") __attribute__((naked)) int moved(void)
{
	asm volatile("r2 = *(u32 *)(r1 + 0)\n"
		     "r2 &= 4\n"
		     "r1 += r2\n"
		     "r0 = *(u32 *)(r1 + 0)\n"
		     "exit\n");
}
