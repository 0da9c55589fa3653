// SPDX-License-Identifier: MIT
/* A register is read that nothing was put into. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

SEC("socket") __attribute__((naked)) int reads_r2(void)
{
	asm volatile("r0 = r2\n"
		     "exit\n");
}
