/* SPDX-License-Identifier: MIT */
/*
 * An instruction that a test writes by hand.
 */
#ifndef TESTS_OP_H
#define TESTS_OP_H

#include "relo/pbpf_insn.h"

static inline struct pbpf_insn op(uint8_t code, unsigned int src, int32_t imm)
{
	struct pbpf_insn insn = {.code = code, .imm = imm};

	pbpf_insn_set_src(&insn, src);
	return insn;
}

#endif
