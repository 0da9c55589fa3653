// SPDX-License-Identifier: MIT
/* The last instruction is neither an exit nor a jump. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

SEC("socket") __attribute__((naked)) int runs_on(void)
{
	asm volatile("r0 = 0\n");
}
