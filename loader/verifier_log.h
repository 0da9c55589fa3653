/* SPDX-License-Identifier: MIT */
/*
 * Private to loader: reading the verifier's log. Pure: text in, places in it out.
 *
 *	; return *v;                                        a source line
 *	5: (61) r0 = *(u32 *)(r0 +0)                        an instruction, with its number
 *	R0 invalid mem access 'map_value_or_null'           <- what decided
 *	processed 6 insns (limit 1000000) ...               statistics
 */
#ifndef LOADER_VERIFIER_LOG_H
#define LOADER_VERIFIER_LOG_H

#include <stddef.h>
#include <stdint.h>

struct log_verdict {
	const char
		*text; /* the decisive line within the log, not terminated; "" when there is none */
	size_t length;
	int64_t insn;	  /* the instruction that it is about, or -1 */
	const char *hint; /* what usually helps, or NULL */
};

/* Reads a NUL-terminated log of BPF_PROG_LOAD. */
void read_verifier_log(struct log_verdict *verdict, const char *log);

/* The same for BPF_BTF_LOAD: its last line says what is wrong. */
void read_btf_log(struct log_verdict *verdict, const char *log);

#endif
