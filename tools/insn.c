/* SPDX-License-Identifier: MIT */
/*
 * Instructions as text: those that a relocation can change (RFC 9669, sections 4 and 5).
 */
#include "tools/insn.h"

#include <stdio.h>

enum {
	CLASS_LDX = 1,
	CLASS_ST = 2,
	CLASS_STX = 3,
	CLASS_ALU = 4,
	CLASS_ALU64 = 7,
	MODE_MEM = 3,	/* code >> 5 of a load or store */
	MODE_MEMSX = 4, /* the same, and extends the sign */
	SOURCE_REGISTER = 8,
};

/* By code >> 3 & 3. */
static const char *const sizes[] = {"32", "16", "8", "64"};

/* By code >> 4; NULL: takes no operand, or is not one of them. */
static const char *const operators[16] = {
	"+=", "-=", "*=", "/=", "|=", "&=", "<<=", ">>=", NULL, "%=", "^=", "=", "s>>=",
};

static void arithmetic_text(char *text, size_t size, const struct pbpf_insn *insn)
{
	const char *operator= operators[insn->code >> 4];
	char file = (insn->code & 7) == CLASS_ALU ? 'w' : 'r';
	unsigned int dst = pbpf_insn_dst(insn);

	if (!operator)
		snprintf(text, size, "(%02x)", insn->code);
	else if (insn->code & SOURCE_REGISTER)
		snprintf(text, size, "%c%u %s %c%u", file, dst, operator, file,
			 pbpf_insn_src(insn));
	else
		snprintf(text, size, "%c%u %s %d", file, dst, operator, insn->imm);
}

static void access_text(char *text, size_t size, const struct pbpf_insn *insn)
{
	unsigned int mode = insn->code >> 5, dst = pbpf_insn_dst(insn), src = pbpf_insn_src(insn);
	const char *bits = sizes[insn->code >> 3 & 3];

	if (mode != MODE_MEM && (mode != MODE_MEMSX || (insn->code & 7) != CLASS_LDX))
		snprintf(text, size, "(%02x) at r%u %+d", insn->code, dst, insn->off);
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

void insn_text(char *text, size_t size, const struct pbpf_insn *insns)
{
	uint64_t constant = (uint64_t)(uint32_t)insns[1].imm << 32 | (uint32_t)insns[0].imm;

	if (insns->code == PBPF_OP_LD_IMM64) {
		snprintf(text, size, "r%u = %#llx ll", pbpf_insn_dst(insns),
			 (unsigned long long)constant);
		return;
	}
	if (insns->code == PBPF_OP_CALL) {
		call_text(text, size, insns);
		return;
	}
	switch (insns->code & 7) {
	case CLASS_ALU:
	case CLASS_ALU64: arithmetic_text(text, size, insns); break;
	case CLASS_LDX:
	case CLASS_ST:
	case CLASS_STX: access_text(text, size, insns); break;
	default: snprintf(text, size, "(%02x)", insns->code); break;
	}
}
