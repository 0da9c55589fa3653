// SPDX-License-Identifier: MIT
/* A shift by as many bits as the register has. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

SEC("socket") __attribute__((naked)) int shift(void)
{
	asm volatile("r0 = 1\n"
		     "r0 <<= 64\n"
		     "exit\n");
}
