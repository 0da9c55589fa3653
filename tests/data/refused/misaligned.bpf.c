// SPDX-License-Identifier: MIT
/* Eight bytes are read from an address that is not a multiple of eight. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

SEC("socket") __attribute__((naked)) int odd(void)
{
	asm volatile("r1 = 0\n"
		     "*(u64 *)(r10 - 8) = r1\n"
		     "*(u64 *)(r10 - 16) = r1\n"
		     "r0 = *(u64 *)(r10 - 15)\n"
		     "exit\n");
}
