// SPDX-License-Identifier: MIT
/* An instruction names a map by an fd that is none. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

SEC("socket") __attribute__((naked)) int names(void)
{
	asm volatile(".byte 0x18, 0x11, 0, 0; .long 999999 # r1 = map fd 999999\n"
		     ".byte 0, 0, 0, 0, 0, 0, 0, 0\n"
		     "r0 = 0\n"
		     "exit\n");
}
