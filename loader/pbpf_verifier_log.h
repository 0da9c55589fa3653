/* SPDX-License-Identifier: MIT */
/*
 * The verifier's log, read: text in, struct out.
 *
 * A refused program comes back with a log of the one path on which the verifier met what it does not
 * allow. From its end backwards (Linux 6.18, shortened):
 *
 *	0: R1=ctx() R10=fp0                                         registers at the start
 *	; __u32 key = 0; @ count.bpf.c:18                           a source line, from the BTF
 *	1: (63) *(u32 *)(r10 -4) = r1   ; R1=0 R10=fp0 fp-8=0000    an instruction; registers after it
 *	...
 *	5: (85) call bpf_map_lookup_elem#1   ; R0=map_value_or_null(id=1,ks=4,vs=8)
 *	; *value += 1; @ count.bpf.c:21
 *	6: (79) r1 = *(u64 *)(r0 +0)                                the last one: it was not taken
 *	R0 invalid mem access 'map_value_or_null'                   the verdict: the decisive line
 *	processed 7 insns (limit 1000000) ...                       statistics
 *
 * becomes the decisive line and its explanation, instruction 6, R0 as it was before it, and the path:
 * the last source lines on the way to it, a loop's lines once.
 *
 * Interface:
 *	pbpf_log_read()       the log of a refused program (pbpf_program_verdict() has it read already)
 *	pbpf_explanations()   the catalogue of what verifiers say, with the way out of each
 *
 * It understands logs of Linux 5.10 to 7.2, which differ in the place of the registers and of the
 * source, and takes the kernel's own explanation from those of 7.3 on. Any bytes are fine: what it
 * does not know, it leaves empty. It allocates nothing, calls nothing, and takes time in proportion
 * to the log's length. verifier_log.c, log_line.c and explanations.c stand alone, for other loaders.
 *
 * What it does not do: escape. A log quotes names out of the object, which anybody may have made.
 */
#ifndef PBPF_VERIFIER_LOG_H
#define PBPF_VERIFIER_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A piece of the log, in place and not terminated; size 0: there is none. */
struct pbpf_text {
	const char *at;
	size_t size;
};

/* An entry of the catalogue. tests/data/refused/NAME.bpf.c is a program that gets this verdict. */
struct pbpf_explanation {
	const char *name; /* "map_value_or_null" */
	const char
		*patterns[6]; /* parts of decisive lines, '*' stands for anything; ends with NULL */
	const char *title;    /* what is wrong, in a line without full stop */
	const char *why;      /* what the verifier is after: full sentences */
	const char *hint;     /* the way out, in a line */
};

/* One source line on the path; one instruction where the log has no source. */
struct pbpf_log_step {
	struct pbpf_text code; /* "if (!value)" */
	struct pbpf_text file; /* since Linux 6.9, as line */
	uint32_t line;	       /* 0: unknown */
	uint32_t first;	       /* its instructions, when the path came by last */
	uint32_t last;
	uint32_t turns;		    /* how often the path came by: more than once in a loop */
	struct pbpf_text call;	    /* the last helper or kernel function called in it */
	struct pbpf_text condition; /* of its last conditional jump: "r0 == 0x0" */
	bool jumped;		    /* which held */
};

#define PBPF_LOG_STEPS 12
#define PBPF_LOG_REGS  11

struct pbpf_log_verdict {
	struct pbpf_text line; /* the decisive one; size 0: the log has none */
	int64_t insn;	       /* the instruction that it is about, -1: the program as a whole */
	struct pbpf_text code; /* that instruction: "r1 = *(u64 *)(r0 +0)" */
	struct pbpf_text call; /* the helper or kernel function that it calls */

	struct pbpf_text regs[PBPF_LOG_REGS]; /* what r0 to r10 hold before it, as far as known */
	uint32_t concerned; /* bit n: rN, as the instruction or the decisive line names it */

	struct pbpf_log_step
		steps[PBPF_LOG_STEPS]; /* the last of the path; the last is the verdict's */
	uint32_t step_count;
	uint64_t folded; /* steps before these */

	/* Where it began, when the decisive line says so ("alloc_insn=5"); turns 0: it does not. */
	struct pbpf_log_step origin;

	struct pbpf_text reason;		    /* the kernel's own words, Linux 7.3 */
	struct pbpf_text suggestion;		    /* likewise */
	const struct pbpf_explanation *explanation; /* NULL: not in the catalogue */
};

/* Where an instruction comes from, as a caller with line_info knows better than a log. */
struct pbpf_log_place {
	const char *code;
	const char *file;
	uint32_t line;
};
struct pbpf_log_lines {
	/* Fills the place of an instruction, whose number may be any; false when there is none. */
	bool (*find)(void *ctx, uint32_t insn, struct pbpf_log_place *place);
	void *ctx;
};

/* Reads the NUL-terminated log of a BPF_PROG_LOAD that was refused. lines NULL: the source is taken from
 * the log. The verdict points into the log and to what `lines` gave. */
void pbpf_log_read(struct pbpf_log_verdict *verdict, const char *log,
		   const struct pbpf_log_lines *lines);

/* The catalogue, ends with an entry whose name is NULL. The first entry that has a pattern for a line
 * is the line's. */
const struct pbpf_explanation *pbpf_explanations(void);

/* The entry for a line of a log, or NULL. */
const struct pbpf_explanation *pbpf_explanation_of(const char *line, size_t size);

#ifdef __cplusplus
}
#endif

#endif
