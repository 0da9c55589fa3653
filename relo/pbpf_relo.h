/* SPDX-License-Identifier: MIT */
/*
 * relo, stage 3: instructions that fit the kernel they go to.
 *
 * The compiler leaves a program in pieces. Its own body lies in a section of its own; the functions
 * that it calls lie in .text; what it says about maps, data and functions are zeros with a
 * relocation beside them; and what the source said about each instruction lies in .BTF.ext:
 *
 *	section "xdp"             .text                        .BTF.ext
 *	[body of prog       ]     [f][g][h]                    xdp:   func, lines
 *	  call ?  <─ f                ^ calls g                .text: func, lines
 *	  r1 = ?  <─ map "m"
 *
 * The kernel takes one array per program, without holes:
 *
 *	[body of prog][f][g]      call +n, r1 = map fd, and func and line records of these slots
 *
 * This module makes that array. It is pure: the object's arrays and BTF and the file descriptors of
 * the maps go in, instructions come out; it opens nothing, reads no file, and works for objects of
 * either byte order.
 *
 * Interface, in order of use:
 *	pbpf_functions_find()   the functions of an object, from its symbols
 *	pbpf_functions_describe()   what .BTF.ext and BTF add to that
 *	pbpf_code_link()        one program: its body and every function that it reaches
 *	pbpf_code_line()        where an instruction comes from
 *	pbpf_code_free(), pbpf_functions_free()
 *
 * What holds after pbpf_code_link(): each function reached stands once, in the order in which a
 * walk from the program's first instruction meets its first call; every relocation of these
 * functions is done; the code is at most as long as all functions of the object together.
 *
 * Reading order: functions.c, describe.c, refer.c (what a relocation points to), link.c (the walk),
 * tables.c (jump tables), info.c (func and line records), core_apply.c (CO-RE; then pbpf_core.h).
 */
#ifndef PBPF_RELO_H
#define PBPF_RELO_H

#include "base/pbpf_base.h"
#include "btf/pbpf_btf.h"
#include "elf/pbpf_elf.h"
#include "relo/pbpf_insn.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A function of the object, a program or a subprogram that programs call, with all that the file says
 * about its instructions: slices of the arrays of elf and ext, which they are borrowed from. */
struct pbpf_function {
	const char *name;
	uint32_t symbol;  /* index into the object's symbols */
	uint32_t section; /* index into its sections */
	uint32_t first;	  /* its first instruction, counted from the section's start */
	uint32_t count;	  /* instructions */
	uint32_t reloc_count;
	const struct pbpf_reloc *relocs;
	/* The rest is known after pbpf_functions_describe(). */
	uint32_t type; /* the FUNC that describes it, of its func_info; 0: none */
	uint32_t line_count;
	const struct pbpf_line_info *lines;
	const struct pbpf_core_relo *cores;
	uint32_t core_count;
	/* The function that the kernel calls when this one, a program, throws (6.7): its index in the
	 * array, plus 1; 0: none. */
	uint32_t exception;
};

/* All functions, by section and then by place; no two overlap (but for aliases, which are equal).
 */
struct pbpf_functions {
	struct pbpf_function *array;
	uint32_t count;
	bool described; /* by the records of .BTF.ext */
};

/*
 * Finds the functions in the executable sections of `elf`, and their relocations.
 * Errors: -EINVAL for a function that is no run of whole instructions within its section, or that
 * overlaps another; -ENOMEM.
 */
int pbpf_functions_find(struct pbpf_functions *functions, const struct pbpf_elf *elf,
			const struct pbpf_env *env);

/* Gives them their records of .BTF.ext, and finds their exception callbacks (DECL_TAG
 * exception_callback:NAME) in the object's BTF; either may be NULL: there is none. Errors: -EINVAL for two
 * callbacks of one function, or one that is no global function; -ENOMEM. */
int pbpf_functions_describe(struct pbpf_functions *functions, const struct pbpf_elf *elf,
			    const struct pbpf_btf *btf, const struct pbpf_btf_ext *ext,
			    const struct pbpf_env *env);
void pbpf_functions_free(struct pbpf_functions *functions, const struct pbpf_env *env);

/* The function that instruction `insn` of a section is in, or NULL. */
const struct pbpf_function *pbpf_functions_at(const struct pbpf_functions *functions,
					      uint32_t section, uint32_t insn);

/* A reference to a map that was left out becomes calls of the helper with this number, plus the map's;
 * there is none, and the verifier says so if they can be reached. */
#define PBPF_MAP_POISON 2001000000

/* Where a map stands in the object: a definition in .maps, or a whole section of global data. */
struct pbpf_map_place {
	uint32_t section;
	uint64_t offset;       /* of the definition; 0 for data */
	bool data;	       /* a reference is to a byte within its value, not to the map */
	int fd;		       /* what goes into the instructions; negative: the map is left out */
	uint32_t value_offset; /* of data: where in the map's value the section begins */
	uint32_t number;       /* the caller's own, below 1000000: see PBPF_MAP_POISON */
};

/* What an extern, an undefined symbol, stands for on the kernel that the program goes to. */
enum pbpf_extern_kind {
	PBPF_EXTERN_ABSENT, /* nothing, and it is weak: its address is 0, a call of it is poisoned */
	PBPF_EXTERN_VALUE,  /* a part of a map's value: .kconfig */
	PBPF_EXTERN_ADDRESS,  /* a number */
	PBPF_EXTERN_VARIABLE, /* of the kernel, by its BTF id */
	PBPF_EXTERN_FUNCTION, /* likewise: a kfunc */
};
struct pbpf_extern {
	uint32_t symbol; /* index into the object's symbols */
	enum pbpf_extern_kind kind;
	int fd;		 /* of VALUE's map; of the module's BTF that has id, 0: the kernel's own */
	uint32_t id;	 /* VARIABLE, FUNCTION: in that BTF */
	uint32_t offset; /* VALUE: where it begins, and how many bytes it has */
	uint32_t size;	 /* */
	int16_t fd_index; /* FUNCTION of a module: where its fd stands in fd_array (PROG_LOAD); or 0 */
	uint64_t address; /* ADDRESS */
};

/* A call of an absent function becomes one of the helper with this number, plus the extern's index;
 * there is none, and the verifier says so if the call can be reached. */
#define PBPF_EXTERN_POISON 2002000000

struct pbpf_core;

/* What pbpf_code_link() works on; all borrowed. Records of .BTF.ext come with the functions. */
struct pbpf_code_source {
	const struct pbpf_elf *elf;
	const struct pbpf_functions *functions;
	const struct pbpf_btf *btf;	   /* NULL without .BTF */
	const struct pbpf_map_place *maps; /* ascending by section and offset */
	uint32_t map_count;
	const struct pbpf_extern *externs; /* ascending by symbol */
	uint32_t extern_count;
	/* The types of the kernel, see pbpf_core.h; NULL: an object with CO-RE records fails. */
	struct pbpf_core *core;
};

/* An instruction that calls helper PBPF_CORE_POISON, as this kernel does not have what it needs. */
struct pbpf_poisoned {
	uint32_t insn;		    /* from the start of the code */
	struct pbpf_core_relo relo; /* for pbpf_core_why() */
};

/*
 * An ld_imm64 that loads the address of a jump table. It refers to the value of a map that does not exist
 * yet: of type PBPF_MAP_TYPE_INSN_ARRAY (6.19), with `count` elements that give targets[first ...], frozen.
 * Its fd is to be written to the instruction's imm. Instructions that use the same table share a map.
 */
struct pbpf_jump_table {
	uint32_t insn;	/* from the start of the code */
	uint32_t like;	/* the first of code->tables with the same targets; maybe this one */
	uint32_t first; /* in code->targets */
	uint32_t count;
	uint32_t entry; /* its first entry in the section .jumptables */
	uint32_t start; /* in the code, of the function that jumps */
};

/* One program as the kernel takes it. Record offsets are instructions from the start of the code.
 */
struct pbpf_code {
	struct pbpf_insn *insns;
	struct pbpf_func_info *funcs;
	struct pbpf_line_info *lines;
	struct pbpf_poisoned *poisoned; /* in no order */
	struct pbpf_jump_table *tables; /* likewise */
	uint32_t *targets; /* of jump tables: instructions from the start of the code */
	uint32_t insn_count, insn_room;
	uint32_t func_count, func_room;
	uint32_t line_count, line_room;
	uint32_t poisoned_count, poisoned_room;
	uint32_t table_count, table_room;
	uint32_t target_count, target_room;
};

/*
 * Puts one program together. func_info and line_info are left out as a whole where the object does
 * not have them for each function reached, as the kernel takes them for all or for none.
 * Errors: -EINVAL for a relocation to something of the wrong kind or place, -ERANGE for an offset
 * outside of its section, -ENOENT for an extern that `externs` does not have, -ENOMEM; and those
 * of pbpf_core_resolve() and pbpf_core_patch(). The message names program, instruction, source line
 * and symbol.
 */
int pbpf_code_link(struct pbpf_code *code, const struct pbpf_code_source *source,
		   const struct pbpf_function *program, const struct pbpf_env *env);
void pbpf_code_free(struct pbpf_code *code, const struct pbpf_env *env);

/*
 * For a kernel before 5.5: calls of bpf_probe_read_kernel(), bpf_probe_read_user() and the same with _str
 * become calls of bpf_probe_read() and bpf_probe_read_str(). Returns how many did.
 */
enum {
	PBPF_FUNC_PROBE_READ_USER = 112,
	PBPF_FUNC_PROBE_READ_KERNEL = 113,
	PBPF_FUNC_PROBE_READ_USER_STR = 114,
	PBPF_FUNC_PROBE_READ_KERNEL_STR = 115,
};
uint32_t pbpf_code_old_probe_read(struct pbpf_code *code);

/* The line record of an instruction, or NULL: the last one at or before it. */
const struct pbpf_line_info *pbpf_code_line(const struct pbpf_code *code, uint32_t insn);

/* The line and column numbers of a record. */
static inline uint32_t pbpf_line_number(const struct pbpf_line_info *line)
{
	return line->line_col >> 10;
}

static inline uint32_t pbpf_line_column(const struct pbpf_line_info *line)
{
	return line->line_col & 0x3ff;
}

#ifdef __cplusplus
}
#endif

#endif
