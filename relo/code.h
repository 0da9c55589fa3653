/* SPDX-License-Identifier: MIT */
/*
 * Private to relo: what its files share while a program is put together.
 */
#ifndef RELO_CODE_H
#define RELO_CODE_H

#include "base/env.h"
#include "relo/pbpf_relo.h"

#define DAMAGED "the object is damaged, or was made by a compiler that this loader does not know"

/* One program in the making. */
struct linking {
	const struct pbpf_code_source *source;
	const struct pbpf_function *program;
	const struct pbpf_env *env;
	struct pbpf_code code;
	bool has_funcs; /* every function so far had its func_info; likewise line_info */
	bool has_lines;
	uint32_t *
		table_of; /* by entry of .jumptables: the number of its table plus 1; 0: none yet */
	size_t table_of_count;
};

/* An instruction that may refer to something: a call, an ld_imm64, or one with a relocation. */
struct site {
	const struct pbpf_function *function;
	uint32_t start;			/* where that stands in the code */
	uint32_t insn;			/* slot of the code */
	uint32_t place;			/* slot of its section */
	const struct pbpf_reloc *reloc; /* or NULL */
};

/* --- functions.c --- */

/* Are two functions the same one, under two names? */
static inline bool is_same_code(const struct pbpf_function *a, const struct pbpf_function *b)
{
	return a->section == b->section && a->first == b->first;
}

/* --- refer.c: what an instruction refers to --- */

enum reference_kind {
	REFERS_TO_NOTHING,
	REFERS_TO_MAP,
	REFERS_TO_DATA,
	REFERS_TO_FUNCTION,
	REFERS_TO_EXTERN,
	REFERS_TO_TABLE,
};

struct reference {
	enum reference_kind kind;
	const struct pbpf_map_place *map;
	uint32_t offset; /* bytes into a map's value */
	const struct pbpf_function *function;
	const struct pbpf_extern *external;
	int32_t addend; /* bytes from where the extern begins */
	const struct pbpf_symbol *table;
};

/* Relocations are of whole instructions, one each. */
int check_relocs(const struct linking *link, const struct pbpf_function *function);

/* Works out what an instruction refers to: by its relocation, or, for a call within a section, by its
 * immediate. */
int find_reference(struct reference *reference, const struct linking *link,
		   const struct site *site);

/* --- tables.c: jump tables --- */

bool is_jump_table(const struct linking *link, const struct pbpf_symbol *symbol);
/* Adds the table, if it is the first reference to it, and the reference. */
int refer_to_table(struct linking *link, const struct site *site, const struct pbpf_symbol *symbol);

/* --- info.c: func_info and line_info --- */

/* The last of `count` records, which ascend, at or before `offset`; NULL when there is none. */
const struct pbpf_line_info *last_line(const struct pbpf_line_info *lines, size_t count,
				       uint64_t offset);

/* Adds the records of `function`, whose body begins in slot `start` of the code. */
int append_info(struct linking *link, const struct pbpf_function *function, uint32_t start);

/* Drops records that are not there for every function. */
void settle_info(struct linking *link);

/* --- core_apply.c: CO-RE --- */

/* Patches what the CO-RE records of `function` are about; its body begins in slot `start`. */
int apply_core(struct linking *link, const struct pbpf_function *function, uint32_t start);

/* --- link.c --- */

/* Reports a failure at slot `insn` of the code, which is `place` of the section that `function` is
 * in: the message begins with program, instruction and source line. Returns err. */
int link_fail(const struct linking *link, int err, const struct pbpf_function *function,
	      uint32_t place, const char *hint, const char *format, ...) ENV_PRINTF(6, 7);

/* Room for `more` elements at the end of an array that grows by doubling; NULL when there is none.
 */
void *grow_array(const struct pbpf_env *env, void *array, uint32_t count, uint32_t more,
		 uint32_t *room, size_t size);

#endif
