/* SPDX-License-Identifier: MIT */
/*
 * The registers by their names in assembler, as byte offsets into what the kernel hands to a program: the
 * struct pt_regs, user_pt_regs or user_regs_struct of arch/ARCH/include/uapi/asm/ptrace.h.
 */
#include "link/usdt.h"

#include <string.h>

#define WORD 8 /* bytes of a register */

static bool same_name(const char *name, size_t length, const char *wanted)
{
	return length == strlen(wanted) && !memcmp(name, wanted, length);
}

/* A number of at most two digits, below `limit`, that is all of the text; else -1. */
static int register_number(const char *text, size_t length, int limit)
{
	int number = 0;

	if (!length || length > 2)
		return -1;
	for (size_t i = 0; i < length; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		number = number * 10 + text[i] - '0';
	}
	return number < limit ? number : -1;
}

/* The four names of a register, for 8, 4, 2 and 1 bytes of it. A 32-bit process runs on the low halves. */
static int x86_register(const char *name, size_t length)
{
	static const struct {
		const char *names[4];
		int offset;
	} registers[] = {
		{{"rbp", "ebp", "bp", "bpl"}, 32},  {{"rbx", "ebx", "bx", "bl"}, 40},
		{{"rax", "eax", "ax", "al"}, 80},   {{"rcx", "ecx", "cx", "cl"}, 88},
		{{"rdx", "edx", "dx", "dl"}, 96},   {{"rsi", "esi", "si", "sil"}, 104},
		{{"rdi", "edi", "di", "dil"}, 112}, {{"rip", "eip", "rip", "eip"}, 128},
		{{"rsp", "esp", "sp", "spl"}, 152},
	};
	int number;

	for (size_t i = 0; i < sizeof(registers) / sizeof(registers[0]); i++)
		for (int size = 0; size < 4; size++)
			if (same_name(name, length, registers[i].names[size]))
				return registers[i].offset;
	if (length < 2 || name[0] != 'r')
		return USDT_NO_REGISTER;
	/* r8 to r15, r8d, r8w, r8b: the highest comes first, rbp and rbx are between 12 and 11. */
	if (strchr("dwb", name[length - 1]))
		length--;
	number = register_number(name + 1, length - 1, 16);
	if (number < 8)
		return USDT_NO_REGISTER;
	return (number < 12 ? 17 - number : 15 - number) * WORD;
}

static int arm64_register(const char *name, size_t length)
{
	int number;

	if (same_name(name, length, "sp") || same_name(name, length, "wsp"))
		return 31 * WORD;
	if (same_name(name, length, "xzr") || same_name(name, length, "wzr"))
		return USDT_ZERO_REGISTER;
	if (!length || (name[0] != 'x' && name[0] != 'w'))
		return USDT_NO_REGISTER;
	number = register_number(name + 1, length - 1, 31);
	return number < 0 ? USDT_NO_REGISTER : number * WORD;
}

/* By their numbers, x1 and so on, they are in the same order. */
static int riscv_register(const char *name, size_t length)
{
	static const char *const names[] = {
		"pc", "ra", "sp", "gp", "tp",  "t0",  "t1", "t2", "s0", "s1", "a0",
		"a1", "a2", "a3", "a4", "a5",  "a6",  "a7", "s2", "s3", "s4", "s5",
		"s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6",
	};
	int number;

	if (same_name(name, length, "zero") || same_name(name, length, "x0"))
		return USDT_ZERO_REGISTER;
	if (same_name(name, length, "fp"))
		return 8 * WORD;
	for (int i = 0; i < 32; i++)
		if (same_name(name, length, names[i]))
			return i * WORD;
	number = length && name[0] == 'x' ? register_number(name + 1, length - 1, 32) : -1;
	return number < 0 ? USDT_NO_REGISTER : number * WORD;
}

/* After an argument word, and the program status word of two. */
static int s390_register(const char *name, size_t length)
{
	int number = length && name[0] == 'r' ? register_number(name + 1, length - 1, 16) : -1;

	return number < 0 ? USDT_NO_REGISTER : (3 + number) * WORD;
}

/* The names are plain numbers, unless the assembler was told otherwise. */
static int powerpc_register(const char *name, size_t length)
{
	bool named = length && name[0] == 'r';
	int number = register_number(name + named, length - named, 32);

	return number < 0 ? USDT_NO_REGISTER : number * WORD;
}

const struct usdt_machine *usdt_machine(uint16_t machine)
{
	static const struct usdt_machine known[] = {
		{62, '$', false, x86_register, 128}, /* EM_X86_64 */
		{3, '$', false, x86_register, -1},   /* EM_386 */
		{183, 0, false, arm64_register, -1}, {243, 0, false, riscv_register, -1},
		{22, 0, false, s390_register, -1},   {21, 'i', true, powerpc_register, -1},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].machine == machine)
			return &known[i];
	return NULL;
}
