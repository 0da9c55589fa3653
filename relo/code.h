/* SPDX-License-Identifier: MIT */
/*
 * Private to relo: what its files share while a program is put together.
 */
#ifndef RELO_CODE_H
#define RELO_CODE_H

#include "base/env.h"
#include "relo/pbpf_relo.h"

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

/* Works out what the instruction in slot `insn` of the code, which is `place` of its section,
 * refers to: by its relocation, or, for a call within a section, by its immediate. */
int find_reference(struct reference *reference, const struct linking *link, uint32_t insn,
		   const struct pbpf_function *function, uint32_t place);

/* --- tables.c: jump tables --- */

/* Where one is referred to. */
struct table_place {
	uint32_t insn; /* slot of the code */
	const struct pbpf_function *function;
	uint32_t start; /* where this stands in the code */
	uint32_t place; /* of the instruction in its section */
};

bool is_jump_table(const struct linking *link, const struct pbpf_symbol *symbol);
/* Adds the table, if it is the first reference to it, and the reference. */
int refer_to_table(struct linking *link, const struct table_place *place,
		   const struct pbpf_symbol *symbol);

/* --- info.c: func_info and line_info --- */

/* Index of the first record at or after `offset`, `count` when there is none. A record is `size`
 * bytes and begins with its insn_off; they ascend. */
size_t first_record(const void *records, size_t count, size_t size, uint64_t offset);

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
