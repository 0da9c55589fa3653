/* SPDX-License-Identifier: MIT */
/*
 * An instruction as text, in the notation of the verifier's log and of llvm-objdump.
 */
#ifndef TOOLS_INSN_H
#define TOOLS_INSN_H

#include "relo/pbpf_insn.h"

#include <stddef.h>

/* In the manner of snprintf(). Reads insns[1] too, of an ld_imm64. What is no instruction is shown by its
 * code, as "(06)". */
void insn_text(char *text, size_t size, const struct pbpf_insn *insns);

#endif
