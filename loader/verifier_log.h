/* SPDX-License-Identifier: MIT */
/*
 * Private to loader: what the two files of the log's reader give each other, and the log of BTF.
 *
 *	log ── log_line.c ──> struct log_line, one after the other ── verifier_log.c ──> the verdict
 */
#ifndef LOADER_VERIFIER_LOG_H
#define LOADER_VERIFIER_LOG_H

#include "loader/pbpf_verifier_log.h"

enum log_line_kind {
	LOG_WORDS,  /* none of those below: a verdict, or something that a newer kernel tells */
	LOG_INSN,   /* "12: (15) if r0 == 0x0 goto pc+3    ; R0=..." */
	LOG_STATE,  /* "12: R0=...", " R0=... R10=fp0", " frame1: R1=..." */
	LOG_FROM,   /* "from 5 to 12: R0=..." */
	LOG_SOURCE, /* "; if (!value) @ count.bpf.c:20" */
	LOG_NOISE,  /* statistics, the verifier's inner workings, blank */
	LOG_STORY,  /* "Verification failed: ...": from here on, the kernel explains (Linux 7.3) */
};

struct log_line {
	enum log_line_kind kind;
	struct pbpf_text text;	/* the line; of a source line the code */
	struct pbpf_text code;	/* of an instruction: without number and registers */
	struct pbpf_text state; /* registers, as "R0=... R1=..." */
	bool whole_state;	/* all of them: what is not in it is not known */
	bool numbered;
	uint32_t insn; /* where it has a number */
	uint32_t from; /* of LOG_FROM */
	struct pbpf_text file;
	uint32_t line;
};

/* Takes the first line off `*log` and says what it is; false at the log's end. */
bool next_log_line(struct log_line *line, const char **log);

/* Takes a decimal number off the text; false when it does not begin with one of at most 9 digits. */
bool take_number(struct pbpf_text *text, uint32_t *number);
bool text_begins(const struct pbpf_text *text, const char *prefix);
/* Takes the prefix off the text; false when it does not begin with it. */
bool take_prefix(struct pbpf_text *text, const char *prefix);
/* The text from `part` on, and what lies before it; size 0 when it is not there. */
struct pbpf_text text_from(const struct pbpf_text *text, const char *part);
struct pbpf_text text_until(const struct pbpf_text *text, const char *part);
struct pbpf_text text_trimmed(struct pbpf_text text);

/* The log of BPF_BTF_LOAD: its last line says what is wrong. */
struct pbpf_text last_log_line(const char *log);

#endif
