// SPDX-License-Identifier: MIT
/* The program ends without a return value in R0. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

SEC("socket") __attribute__((naked)) int ends(void)
{
	asm volatile("exit\n");
}
