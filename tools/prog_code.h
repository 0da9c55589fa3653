/* SPDX-License-Identifier: MIT */
/*
 * The code of a program in the kernel, and what belongs to its instructions: as the kernel gives it, with
 * the types and names that make it readable.
 *
 *	insns        after the verifier: helpers inlined, maps by id, dead code gone
 *	functions    where each begins, and its FUNC in the program's BTF
 *	lines        which source line an instruction and those behind it come from
 *	jited        what the machine runs: the functions' code, one behind the other
 */
#ifndef TOOLS_PROG_CODE_H
#define TOOLS_PROG_CODE_H

#include "btf/pbpf_btf.h"
#include "relo/pbpf_insn.h"
#include "tools/btf.h"
#include "tools/select.h"
#include "tools/symbols.h"

struct prog_map {
	uint32_t id;
	char name[PBPF_OBJ_NAME_LEN];
};

struct prog_code {
	struct pbpf_prog_info info; /* its counts and sizes are of what is here */
	struct pbpf_insn *insns;
	size_t insn_count;
	struct pbpf_func_info
		*functions; /* insn_off in instructions here, not bytes; as of lines */
	struct pbpf_line_info *lines;
	uint32_t *map_ids;
	struct prog_map *maps; /* those of map_ids that are still there */
	size_t map_count;
	uint8_t *jited;
	uint64_t *ksyms;	/* address of each jited function */
	uint32_t *jited_sizes;	/* bytes of each jited function */
	struct types types;	/* btf is NULL when it has none, or it cannot be read */
	struct symbols symbols; /* what it calls, and its own jited functions */
	uint64_t call_base;
};

/* Reads all of it; on failure a message was given. Close in either case; zero *code first. */
int prog_code_read(struct cli *cli, const struct found *found, struct prog_code *code);
void prog_code_close(struct prog_code *code);

/* The name of the function that begins at an instruction; NULL: none does. */
const char *prog_function_at(const struct prog_code *code, size_t insn);

/* The line record of exactly this instruction; NULL: it belongs to the one before. */
const struct pbpf_line_info *prog_line_at(const struct prog_code *code, size_t insn);

/* In the manner of snprintf(), with the names of what is called and the ids of maps. */
void prog_insn_text(char *text, size_t size, const struct prog_code *code, size_t insn);

#endif
