// SPDX-License-Identifier: MIT
/* The stack is read where nothing was written.
 *
 * Since Linux 6.3 a process with CAP_PERFMON may do this; so it is loaded without. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

SEC("socket") __attribute__((naked)) int reads(void)
{
	asm volatile("r0 = *(u64 *)(r10 - 8)\n"
		     "r0 &= 1\n"
		     "exit\n");
}
