/* SPDX-License-Identifier: MIT */
/*
 * CO-RE: an instruction that depends on the layout of a kernel type is mended for this kernel.
 *
 * clang compiles `task->se.vruntime` against the types that it was shown (the local ones, in the
 * object's .BTF) and leaves a record in .BTF.ext:
 *
 *	record:  insn_off 16, type 7, access "0:2:1", kind 0 (byte offset)
 *	                           |           | | |
 *	local:   [7] struct task_struct {      | | |      "0": the pointer points to one, not to an array
 *	             0 int pid;                  | |
 *	             1 int tgid;                 | |
 *	             2 struct sched_entity se; <-+ |      at byte 8
 *	         };                                |
 *	         [9] struct sched_entity {         |
 *	             0 u64 load;                   |
 *	             1 u64 vruntime;  <------------+      at byte 8:   task_struct.se.vruntime is at 16
 *	         };
 *	target:  [123] struct task_struct {...}           its own `se` at byte 128, and in this
 *	                                                  `vruntime` at byte 64:              at 192
 *	patched: r1 = *(u64 *)(r1 + 16)   becomes   r1 = *(u64 *)(r1 + 192)
 *
 * The numbers are read against the local types only; on the target's side the path is looked up by
 * names, through anonymous structs and unions if need be. A target type is a candidate when it is
 * of the same kind and has the same name; in both names, what follows the last `___` does not
 * count: struct task_struct___old is another flavour of task_struct.
 *
 * Two steps that know nothing of each other:
 *
 *	resolve:  record, local BTF, targets -> fix     (what the instruction says, what it should say)
 *	patch:    fix, instruction -> instruction
 *
 * Interface, in order of use:
 *	pbpf_core_open()      over the object's BTF
 *	pbpf_core_add()       the records of each code section, so that their types are known
 *	pbpf_core_missing()   how many names of types are still to be found
 *	pbpf_core_view()      opens the kernel's BTF and finds the candidates of all of them in the
 *	                      same pass; pbpf_core_search() does so in BTF that is open already.
 *	                      Then, while some are missing, the same for modules
 *	pbpf_core_resolve()   record -> fix
 *	pbpf_core_patch()     fix -> instruction
 *	pbpf_core_describe(), pbpf_core_path(), pbpf_core_why()    words for a person
 *	pbpf_core_free()
 * pbpf_code_link() does the resolving and patching for a whole program.
 *
 * What is missing. A program may ask for a field that this kernel does not have, and use it only
 * after asking whether it exists; the verifier then never looks at that instruction. So a missing
 * field is no error: its instruction becomes a call of helper number PBPF_CORE_POISON, which does
 * not exist, and pbpf_core_why() explains when the verifier complains about it.
 *
 * When there are several candidates, those that lack what the record asks for are dropped, for the
 * later records of the same local type too, unless all lack it; those that are left must agree.
 *
 * Threads: one core by one thread at a time. Reading order of the sources: core.h, core_path.c,
 * core_find.c, core_match.c, core_agree.c, core_value.c, core.c, core_patch.c, core_text.c.
 */
#ifndef PBPF_CORE_H
#define PBPF_CORE_H

#include "base/pbpf_base.h"
#include "btf/pbpf_btf.h"
#include "relo/pbpf_insn.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a record asks for; the numbers are clang's. A missing field or enumerator poisons the
 * instruction, but for the kinds whose answer is then 0. */
enum pbpf_core_kind {
	PBPF_CORE_BYTE_OFFSET = 0,    /* of a field; of a bitfield: of the load that holds it */
	PBPF_CORE_BYTE_SIZE = 1,      /* likewise */
	PBPF_CORE_FIELD_EXISTS = 2,   /* 1 or 0 */
	PBPF_CORE_SIGNED = 3,	      /* 1 or 0 */
	PBPF_CORE_LSHIFT = 4,	      /* to bring a field, loaded into 64 bits, to the top; */
	PBPF_CORE_RSHIFT = 5,	      /* and then down to its value */
	PBPF_CORE_TYPE_ID_LOCAL = 6,  /* in the object's BTF */
	PBPF_CORE_TYPE_ID_TARGET = 7, /* or 0; of a module: its BTF's id in the upper half */
	PBPF_CORE_TYPE_EXISTS = 8,    /* 1 or 0 */
	PBPF_CORE_TYPE_SIZE = 9,      /* bytes, or 0 */
	PBPF_CORE_ENUMERATOR_EXISTS = 10,
	PBPF_CORE_ENUMERATOR_VALUE = 11,
	PBPF_CORE_TYPE_MATCHES = 12, /* 1 when all of it is as in the object, 0 otherwise */
	PBPF_CORE_KINDS = 13,
};

/* The number of the helper that a poisoned instruction calls: 0xbad2310, "bad relo". */
#define PBPF_CORE_POISON 195896080

struct pbpf_core;

/* One BTF of the target: first the kernel's own, then split ones of its modules. Borrowed. */
struct pbpf_core_target {
	const struct pbpf_btf *btf;
	const char *name; /* "vmlinux", or the module's, for messages */
	uint32_t id;	  /* the number under which the kernel has a module's BTF; 0 for vmlinux */
};

/* What a record comes to. */
struct pbpf_core_fix {
	uint32_t kind;	 /* enum pbpf_core_kind */
	bool poison;	 /* the target has no such thing */
	bool check;	 /* the instruction must hold `before`; not so where compilers may differ */
	uint64_t before; /* the value by the local types */
	uint64_t after;	 /* by the target's */
	/* Of the offset of a field that is no bitfield: the field's size in bytes; 0 otherwise. A load
	 * or store takes the new size, or is poisoned where that would change what it reads. */
	uint32_t size_before, size_after;
	bool resizable;
	const char *target; /* the name of the BTF where it was found, or NULL */
	uint32_t type; /* the id of the root type there; of the first candidate, if several agree */
};

/* `local` is the object's BTF, and must outlive the core. Errors: -ENOMEM. */
int pbpf_core_open(struct pbpf_core **core, const struct pbpf_btf *local,
		   const struct pbpf_env *env);
void pbpf_core_free(struct pbpf_core *core);

/* Notes the types of these records, before the first search. The records are not kept. Errors:
 * -ENOMEM, and -EINVAL after a search. */
int pbpf_core_add(struct pbpf_core *core, const struct pbpf_core_relo *relos, size_t count);

/* How many names of types the kernel itself is not known to have: when 0 before the first search,
 * no record needs its BTF; when 0 after it, no record needs those of modules. */
size_t pbpf_core_missing(const struct pbpf_core *core);

/*
 * Finds the candidates in one more BTF. What the kernel itself has is not searched for in modules;
 * the modules are all equal. Errors: -EINVAL for a BTF of the other byte order than the object's,
 * -ENOTSUP for a name of more than 64 types, -ERANGE for more than 65534 names, -ENOMEM.
 */
int pbpf_core_search(struct pbpf_core *core, const struct pbpf_core_target *target);

/* The same for bytes of BTF that nobody has opened yet, in the pass that opens them. *btf is a view
 * (see pbpf_btf_view()), over the first target for a module's; it must outlive the core. */
int pbpf_core_view(struct pbpf_btf **btf, struct pbpf_core *core, const void *data, size_t size,
		   const char *name, uint32_t id);

/*
 * Resolves a record whose type was noted. Errors: -EINVAL for an access string that does not fit
 * the type or the kind, and for candidates that disagree; -ERANGE for a number that is too big;
 * -ENOTSUP for a kind that is not known and for types without a name; -ENOENT when the kernel's BTF
 * is needed and was not given.
 */
int pbpf_core_resolve(struct pbpf_core_fix *fix, struct pbpf_core *core,
		      const struct pbpf_core_relo *relo);

/*
 * Patches insns[0], and insns[1] of an ld_imm64; `count` slots are there. What can be patched: the
 * immediate of mov and other ALU instructions and of ld_imm64, the offset and size of a load or
 * store. Returns 1 when the instruction was poisoned, else 0. Errors: -EINVAL for any other
 * instruction and for one that does not hold what `fix` expects, -ERANGE for a value that does not
 * fit; the instruction is then untouched.
 */
int pbpf_core_patch(struct pbpf_insn *insns, size_t count, const struct pbpf_core_fix *fix,
		    const struct pbpf_env *env);

/* Is a type of the target what a local declaration says? As for "type exists": the same kinds, through
 * pointers, arrays, parameters and results; names and sizes do not count. Needs no core. */
bool pbpf_core_compatible(const struct pbpf_btf *local, uint32_t local_id,
			  const struct pbpf_btf *target, uint32_t target_id);

/* Words, in the manner of snprintf(): cut to `size` bytes with the final NUL. */

/* "byte_off", "type_exists": the ecosystem's short names. */
const char *pbpf_core_kind_name(uint32_t kind);

/* What a record is about: "task_struct.se.vruntime", "bpf_func_id.BPF_FUNC_loop", "struct sock". */
void pbpf_core_path(const struct pbpf_core *core, const struct pbpf_core_relo *relo, char *text,
		    size_t size);

/* "task_struct.pid: byte_off 1234 -> 1240 ([123] of vmlinux)" */
void pbpf_core_describe(const struct pbpf_core *core, const struct pbpf_core_relo *relo,
			const struct pbpf_core_fix *fix, char *text, size_t size);

/*
 * Why a record was poisoned: "field 'task_struct.pidd' does not exist on this kernel; candidates
 * were struct task_struct [123] of vmlinux (no member 'pidd'; near name: 'pid')"; or of
 * which size it is, when an access cannot follow that.
 */
void pbpf_core_why(struct pbpf_core *core, const struct pbpf_core_relo *relo, char *text,
		   size_t size);

#ifdef __cplusplus
}
#endif

#endif
