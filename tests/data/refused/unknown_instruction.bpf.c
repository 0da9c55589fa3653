// SPDX-License-Identifier: MIT
/* An instruction that there is none of. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

SEC("socket") __attribute__((naked)) int strange(void)
{
	asm volatile(".byte 0xff, 0, 0, 0, 0, 0, 0, 0\n"
		     "r0 = 0\n"
		     "exit\n");
}
