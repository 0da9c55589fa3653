/* SPDX-License-Identifier: MIT */
/*
 * Instructions as text (RFC 9669, sections 4 and 5; the newest by kernel/bpf/disasm.c of Linux).
 */
#include "tools/insn.h"

#include <stdio.h>

/* The low three bits of a code. */
enum {
	CLASS_LD = 0,
	CLASS_LDX = 1,
	CLASS_ST = 2,
	CLASS_STX = 3,
	CLASS_ALU = 4,
	CLASS_JMP = 5,
	CLASS_JMP32 = 6,
	CLASS_ALU64 = 7,
};

enum {
	MODE_ABS = 1, /* code >> 5 of a load or store */
	MODE_IND = 2,
	MODE_MEM = 3,
	MODE_MEMSX = 4, /* the same, and extends the sign */
	MODE_ATOMIC = 6,
	SOURCE_REGISTER = 8,

	ALU_DIV = 3, /* code >> 4 */
	ALU_NEG = 8,
	ALU_MOD = 9,
	ALU_MOV = 11,
	ALU_END = 13,
	JMP_ALWAYS = 0,
	JMP_CALL = 8,
	JMP_MAY = 14,

	ATOMIC_FETCH = 0x01, /* the immediate of an atomic access */
	ATOMIC_XCHG = 0xe1,
	ATOMIC_CMPXCHG = 0xf1,
	ATOMIC_LOAD_ACQUIRE = 0x100,
	ATOMIC_STORE_RELEASE = 0x110,

	MOV_ADDRESS_SPACE = 1, /* the offset of a move */
	MOV_PERCPU = -1,
};

/* By code >> 3 & 3. */
static const char *const sizes[] = {"32", "16", "8", "64"};

/* By code >> 4; NULL: takes no operand, or is not one of them. */
static const char *const operators[16] = {
	"+=", "-=", "*=", "/=", "|=", "&=", "<<=", ">>=", NULL, "%=", "^=", "=", "s>>=",
};
static const char *const comparisons[16] = {
	NULL, "==", ">", ">=", "&", "!=", "s>", "s>=", NULL, NULL, "<", "<=", "s<", "s<=",
};

/* What is no instruction. */
static void code_text(char *text, size_t size, const struct pbpf_insn *insn)
{
	snprintf(text, size, "(%02x)", insn->code);
}

static void swap_text(char *text, size_t size, const struct pbpf_insn *insn)
{
	bool wide = (insn->code & 7) == CLASS_ALU64;
	const char *to = insn->code & SOURCE_REGISTER ? "be" : "le";
	unsigned int dst = pbpf_insn_dst(insn);

	snprintf(text, size, "r%u = %s%d r%u", dst, wide ? "bswap" : to, insn->imm, dst);
}

/* A move is also what changes the width, with a sign, or the address space of a value. */
static void move_text(char *text, size_t size, const struct pbpf_insn *insn)
{
	char file = (insn->code & 7) == CLASS_ALU ? 'w' : 'r';
	unsigned int dst = pbpf_insn_dst(insn), src = pbpf_insn_src(insn);

	if (insn->off == MOV_ADDRESS_SPACE)
		snprintf(text, size, "r%u = addr_space_cast(r%u, %u, %u)", dst, src,
			 (uint32_t)insn->imm >> 16, (uint32_t)insn->imm & 0xffff);
	else if (insn->off == MOV_PERCPU)
		snprintf(text, size, "r%u = &(void __percpu *)(r%u)", dst, src);
	else
		snprintf(text, size, "%c%u = (s%d)%c%u", file, dst, insn->off, file, src);
}

static void arithmetic_text(char *text, size_t size, const struct pbpf_insn *insn)
{
	unsigned int operation = insn->code >> 4, dst = pbpf_insn_dst(insn);
	bool is_signed = insn->off == 1 && (operation == ALU_DIV || operation == ALU_MOD);
	char file = (insn->code & 7) == CLASS_ALU ? 'w' : 'r';
	const char *before = is_signed ? "s" : "";

	if (operation == ALU_END)
		swap_text(text, size, insn);
	else if (operation == ALU_NEG)
		snprintf(text, size, "%c%u = -%c%u", file, dst, file, dst);
	else if (!operators[operation])
		code_text(text, size, insn);
	else if (operation == ALU_MOV && insn->off && insn->code & SOURCE_REGISTER)
		move_text(text, size, insn);
	else if (insn->code & SOURCE_REGISTER)
		snprintf(text, size, "%c%u %s%s %c%u", file, dst, before, operators[operation],
			 file, pbpf_insn_src(insn));
	else
		snprintf(text, size, "%c%u %s%s %d", file, dst, before, operators[operation],
			 insn->imm);
}

/* What the packet holds, of before direct access. */
static void packet_text(char *text, size_t size, const struct pbpf_insn *insn)
{
	const char *bits = sizes[insn->code >> 3 & 3];

	if (insn->code >> 5 == MODE_ABS)
		snprintf(text, size, "r0 = *(u%s *)skb[%d]", bits, insn->imm);
	else if (insn->code >> 5 == MODE_IND)
		snprintf(text, size, "r0 = *(u%s *)skb[r%u %+d]", bits, pbpf_insn_src(insn),
			 insn->imm);
	else
		code_text(text, size, insn);
}

static void atomic_text(char *text, size_t size, const struct pbpf_insn *insn)
{
	static const char *const words[16] = {
		[0] = "add", [4] = "or", [5] = "and", [10] = "xor", [14] = "xchg",
	};
	unsigned int dst = pbpf_insn_dst(insn), src = pbpf_insn_src(insn);
	unsigned int operation = (uint32_t)insn->imm >> 4 & 15;
	const char *bits = sizes[insn->code >> 3 & 3], *word = words[operation];

	if (insn->imm == ATOMIC_LOAD_ACQUIRE)
		snprintf(text, size, "r%u = load_acquire((u%s *)(r%u %+d))", dst, bits, src,
			 insn->off);
	else if (insn->imm == ATOMIC_STORE_RELEASE)
		snprintf(text, size, "store_release((u%s *)(r%u %+d), r%u)", bits, dst, insn->off,
			 src);
	else if (insn->imm == ATOMIC_CMPXCHG)
		snprintf(text, size, "r0 = atomic%s_cmpxchg((u%s *)(r%u %+d), r0, r%u)", bits, bits,
			 dst, insn->off, src);
	else if (!word || insn->imm & ~0xf1)
		code_text(text, size, insn);
	else if (insn->imm & ATOMIC_FETCH)
		snprintf(text, size, "r%u = atomic%s_%s%s((u%s *)(r%u %+d), r%u)", src, bits,
			 insn->imm == ATOMIC_XCHG ? "" : "fetch_", word, bits, dst, insn->off, src);
	else if (operators[operation])
		snprintf(text, size, "lock *(u%s *)(r%u %+d) %s r%u", bits, dst, insn->off,
			 operators[operation], src);
	else
		code_text(text, size, insn);
}

static void access_text(char *text, size_t size, const struct pbpf_insn *insn)
{
	unsigned int mode = insn->code >> 5, dst = pbpf_insn_dst(insn), src = pbpf_insn_src(insn);
	const char *bits = sizes[insn->code >> 3 & 3];

	if (mode == MODE_ATOMIC && (insn->code & 7) == CLASS_STX)
		atomic_text(text, size, insn);
	else if (mode != MODE_MEM && (mode != MODE_MEMSX || (insn->code & 7) != CLASS_LDX))
		code_text(text, size, insn);
	else if ((insn->code & 7) == CLASS_LDX)
		snprintf(text, size, "r%u = *(%c%s *)(r%u %+d)", dst,
			 mode == MODE_MEMSX ? 's' : 'u', bits, src, insn->off);
	else if ((insn->code & 7) == CLASS_STX)
		snprintf(text, size, "*(u%s *)(r%u %+d) = r%u", bits, dst, insn->off, src);
	else
		snprintf(text, size, "*(u%s *)(r%u %+d) = %d", bits, dst, insn->off, insn->imm);
}

static void call_text(char *text, size_t size, const struct pbpf_insn *insn)
{
	switch (pbpf_insn_src(insn)) {
	case PBPF_CALL_HELPER: snprintf(text, size, "call %d", insn->imm); break;
	case PBPF_CALL_LOCAL: snprintf(text, size, "call pc%+d", insn->imm); break;
	default: snprintf(text, size, "call kfunc %d", insn->imm); break;
	}
}

static void jump_text(char *text, size_t size, const struct pbpf_insn *insn)
{
	bool narrow = (insn->code & 7) == CLASS_JMP32;
	const char *comparison = comparisons[insn->code >> 4];
	unsigned int dst = pbpf_insn_dst(insn);
	char file = narrow ? 'w' : 'r';

	if (insn->code >> 4 == JMP_ALWAYS && narrow)
		snprintf(text, size, "gotol pc%+d", insn->imm);
	else if (insn->code >> 4 == JMP_ALWAYS)
		snprintf(text, size, "goto pc%+d", insn->off);
	else if (insn->code == PBPF_OP_CALL)
		call_text(text, size, insn);
	else if (insn->code == PBPF_OP_EXIT)
		snprintf(text, size, "exit");
	else if (insn->code >> 4 == JMP_CALL && !narrow)
		snprintf(text, size, "callx r%u", dst);
	else if (insn->code >> 4 == JMP_MAY && !narrow)
		snprintf(text, size, "may_goto pc%+d", insn->off);
	else if (!comparison)
		code_text(text, size, insn);
	else if (insn->code & SOURCE_REGISTER)
		snprintf(text, size, "if %c%u %s %c%u goto pc%+d", file, dst, comparison, file,
			 pbpf_insn_src(insn), insn->off);
	else
		snprintf(text, size, "if %c%u %s 0x%x goto pc%+d", file, dst, comparison,
			 (uint32_t)insn->imm, insn->off);
}

void insn_text(char *text, size_t size, const struct pbpf_insn *insns)
{
	uint64_t constant;

	switch (insns->code & 7) {
	case CLASS_ALU:
	case CLASS_ALU64: arithmetic_text(text, size, insns); break;
	case CLASS_LDX:
	case CLASS_ST:
	case CLASS_STX: access_text(text, size, insns); break;
	case CLASS_JMP:
	case CLASS_JMP32: jump_text(text, size, insns); break;
	default:
		if (insns->code != PBPF_OP_LD_IMM64) {
			packet_text(text, size, insns);
			break;
		}
		constant = (uint64_t)(uint32_t)insns[1].imm << 32 | (uint32_t)insns[0].imm;
		snprintf(text, size, "r%u = %#llx ll", pbpf_insn_dst(insns),
			 (unsigned long long)constant);
	}
}
