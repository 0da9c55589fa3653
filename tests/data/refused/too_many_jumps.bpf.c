// SPDX-License-Identifier: MIT
/* More branches wait to be looked at than the verifier keeps. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

SEC("socket") __attribute__((naked)) int branches(void)
{
	asm volatile("call 7\n" /* bpf_get_prandom_u32() */
		     ".rept 9000\n"
		     "if r0 == 7 goto +0\n"
		     ".endr\n"
		     "r0 = 0\n"
		     "exit\n");
}
