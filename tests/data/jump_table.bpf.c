// SPDX-License-Identifier: MIT
/* A switch as clang 22 compiles it for -mcpu=v4, written by hand: clang 14 knows no jump tables. One table is
 * of the program, one of a function that it calls. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

/* 10, 20 or 30 for 0, 1 and 2 in r1. */
static __attribute__((naked, noinline)) int tens(void)
{
	asm volatile(".pushsection .jumptables,\"\",@progbits\n"
		     ".global BPF.JT.0.0\n"
		     ".type BPF.JT.0.0,@object\n"
		     "BPF.JT.0.0:\n"
		     ".quad ten - tens\n"
		     ".quad twenty - tens\n"
		     ".quad thirty - tens\n"
		     ".size BPF.JT.0.0, 24\n"
		     ".popsection\n"
		     "r0 = BPF.JT.0.0 ll\n"
		     "r1 <<= 3\n"
		     "r0 += r1\n"
		     "r0 = *(u64 *)(r0 + 0)\n"
		     ".8byte 0x0d # gotox r0\n"
		     "ten: r0 = 10\n"
		     "exit\n"
		     "twenty: r0 = 20\n"
		     "exit\n"
		     "thirty: r0 = 30\n"
		     "exit\n");
}

/* That, of the packet's length from 64 on: and 1 or 2 more, by the lowest bit of it. */
SEC("socket")
__attribute__((naked)) int jumps(void)
{
	asm volatile(".pushsection .jumptables,\"\",@progbits\n"
		     ".global BPF.JT.1.0\n"
		     ".type BPF.JT.1.0,@object\n"
		     "BPF.JT.1.0:\n"
		     ".quad even - jumps\n"
		     ".quad odd - jumps\n"
		     ".size BPF.JT.1.0, 16\n"
		     ".popsection\n"
		     "r6 = *(u32 *)(r1 + 0)\n"
		     "r1 = r6\n"
		     "r1 &= 1\n"
		     "call %[tens]\n"
		     "r6 &= 1\n"
		     "r6 <<= 3\n"
		     "r1 = BPF.JT.1.0 ll\n"
		     "r1 += r6\n"
		     "r1 = *(u64 *)(r1 + 0)\n"
		     ".8byte 0x010d # gotox r1\n"
		     "even: r0 += 1\n"
		     "exit\n"
		     "odd: r0 += 2\n"
		     "exit\n" ::[tens] "i"(tens));
}
