// SPDX-License-Identifier: MIT
/* An address of the kernel is returned to user space, without CAP_PERFMON. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

SEC("socket") __attribute__((naked)) int leaks(void)
{
	asm volatile("r0 = r10\n"
		     "exit\n");
}
