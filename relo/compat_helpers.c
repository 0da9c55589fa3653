/* SPDX-License-Identifier: MIT */
/*
 * Before Linux 5.5, bpf_probe_read() and bpf_probe_read_str() read the kernel's memory and the user's. The
 * newer four say which; their arguments and results are the same.
 */
#include "relo/pbpf_relo.h"

enum { PROBE_READ = 4, PROBE_READ_STR = 45 };

uint32_t pbpf_code_old_probe_read(struct pbpf_code *code)
{
	uint32_t changed = 0;

	for (uint32_t i = 0; i < code->insn_count; i++) {
		struct pbpf_insn *insn = &code->insns[i];

		if (insn->code == PBPF_OP_LD_IMM64)
			i++;
		if (insn->code != PBPF_OP_CALL || pbpf_insn_src(insn) != PBPF_CALL_HELPER ||
		    insn->imm < PBPF_FUNC_PROBE_READ_USER ||
		    insn->imm > PBPF_FUNC_PROBE_READ_KERNEL_STR)
			continue;
		insn->imm = insn->imm < PBPF_FUNC_PROBE_READ_USER_STR ? PROBE_READ : PROBE_READ_STR;
		changed++;
	}
	return changed;
}
