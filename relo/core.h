/* SPDX-License-Identifier: MIT */
/*
 * Private to CO-RE: what its files share. Read pbpf_core.h first.
 *
 *	record --core_parse()--> path in the local types
 *	path, candidate --core_match()--> path in the candidate's types, or none
 *	path --core_value()--> the number that the record's kind asks for
 */
#ifndef RELO_CORE_H
#define RELO_CORE_H

#include "base/env.h"
#include "relo/pbpf_core.h"

#include <string.h>

#define CORE_STEPS_MAX	    64 /* of an access string */
#define CORE_NESTING_MAX    32 /* types within types, on the way to a decision about two of them */
#define CORE_CANDIDATES_MAX 64 /* types of one name and kind; a bit each in struct core_root */

/* How many members, enumerators and pairs of types may be looked at: a share of each record, and
 * enough for the longest lists that kernels have. */
#define CORE_STEPS_PER_RECORD 4096
#define CORE_STEPS_AT_LEAST   (4u << 20)

/* --- core_path.c: where a record points to --- */

/* One step into a type: to a member or an enumerator by name, or to an element by number. */
struct core_step {
	const char *name; /* NULL: an element */
	uint32_t type;	  /* the struct that has the member, or the element's own type */
	uint32_t index;
};

struct core_path {
	const struct pbpf_btf *btf;
	uint32_t root; /* the type that it starts from */
	uint32_t length;
	uint64_t bit_offset; /* from the root's start */
	struct core_step steps[CORE_STEPS_MAX];
	/* What the last step has led to, if it has a name: as in the file, and the member's type. */
	struct pbpf_btf_member member;
	struct pbpf_btf_type type;
};

/* Why something failed, for whoever knows where: the words of a message without its place. */
struct core_problem {
	const char *hint;
	char text[400];
};

/* Fills in the problem, and returns err. */
int core_fail(struct core_problem *problem, int err, const char *hint, const char *format, ...)
	ENV_PRINTF(4, 5);

int core_parse(struct core_path *path, const struct pbpf_btf *btf,
	       const struct pbpf_core_relo *relo, struct core_problem *problem);

/* Type `id`, or the one beneath its typedefs and qualifiers. */
struct pbpf_btf_type core_type(const struct pbpf_btf *btf, uint32_t id);

/* pbpf_btf_size() of a type that has been looked up. */
int64_t core_size(const struct pbpf_btf *btf, const struct pbpf_btf_type *type);

/* Adds `index` elements of a type to the path's offset; false when it has no size, or the sum passes
 * what a file can mean. */
bool core_step_over(struct core_path *path, const struct pbpf_btf_type *type, uint32_t index);

/* May `array`, to which the last step of the path has led, be longer than its type says: is it a
 * struct's last member, and of no elements? */
bool core_is_flexible(const struct core_path *path, const struct pbpf_btf_array *array);

/* The length of a name without its flavour: 3 of "foo___old". */
size_t core_essential(const char *name);
bool core_same_name(const char *a, const char *b);

bool core_of_field(uint32_t kind);
bool core_of_type(uint32_t kind);
bool core_of_enumerator(uint32_t kind);

static inline bool core_is_struct(uint32_t kind)
{
	return kind == PBPF_KIND_STRUCT || kind == PBPF_KIND_UNION;
}

static inline bool core_is_enum(uint32_t kind)
{
	return kind == PBPF_KIND_ENUM || kind == PBPF_KIND_ENUM64;
}

/* Kinds that may stand for each other: equal, or both enums. */
static inline bool core_same_kind(uint32_t a, uint32_t b)
{
	return a == b || (core_is_enum(a) && core_is_enum(b));
}

/* --- core_find.c: the types that records name, and their candidates --- */

#define CORE_NONE UINT32_MAX

struct core_candidate {
	uint32_t target; /* index into pbpf_core.targets */
	uint32_t id;
	uint32_t next; /* of the same name, or CORE_NONE */
};

/* A name that candidates are found for, shared by the flavours of a type: parallel to
 * pbpf_core.wanted, which has the name itself. */
struct core_name {
	uint32_t count;
	uint32_t first, last; /* candidates */
};

/* A local type that records start from. */
struct core_root {
	uint32_t type;
	uint32_t name;	  /* index into pbpf_core.names, or CORE_NONE when it has no name */
	uint64_t dropped; /* by number of the candidate: lacked what another one has */
	/* While the names are collected: kind (of enum64s: enum), name, its size without flavour. */
	uint32_t kind;
	const char *spelled;
	size_t essential;
};

/* What a record came to: programs ask for the same fields again and again. It holds as long as no more
 * candidates of its root are dropped. */
struct core_answer {
	struct pbpf_core_relo asked;  /* at whichever instruction */
	const struct core_root *root; /* NULL: nothing was asked yet */
	uint64_t dropped;
	struct pbpf_core_fix fix;
};
#define CORE_ANSWERS_SHIFT 5 /* 32 of them, each in the place of its hash */

struct pbpf_core {
	struct pbpf_env env;
	const struct pbpf_btf *local;
	bool big_endian;
	uint64_t steps_left;

	struct core_root *roots; /* ascending by type once there was a search */
	uint32_t root_count, root_room;
	struct core_name *names;
	struct pbpf_btf_wanted *wanted;
	uint32_t name_count, name_room;
	char *stripped; /* names without their flavour, which `wanted` points to */
	size_t stripped_size;
	struct core_candidate *candidates;
	uint32_t candidate_count, candidate_room;
	struct pbpf_core_target *targets;
	uint32_t target_count, target_room;
	struct core_answer answers[1 << CORE_ANSWERS_SHIFT];
};

void core_free_names(struct pbpf_core *core);
struct core_root *core_find_root(const struct pbpf_core *core, uint32_t type);

/* --- core_match.c: a local path in a candidate --- */

/* Where and why a candidate was given up. */
enum core_reason {
	CORE_FITS,
	CORE_NO_MEMBER,
	CORE_NO_ENUMERATOR,
	CORE_OTHER_TYPE, /* a member of that name, but of a type that is not compatible */
	CORE_NO_STRUCT,	 /* nothing that could have members; likewise the next */
	CORE_NO_ARRAY,
	CORE_TOO_SHORT, /* array */
	CORE_NO_SIZE,
	CORE_NO_MATCH, /* types as a whole */
};

struct core_miss {
	enum core_reason reason;
	uint32_t step; /* of the local path */
	uint32_t type; /* of the target: where it was looked for */
};

/* A walk over the members of a struct, and behind each anonymous one over those in it, in the order
 * in which they are written. Nothing is known of how long it takes: a view is not checked. */
struct core_walk {
	const struct pbpf_btf *btf;
	uint32_t depth;
	struct core_visit {
		struct pbpf_btf_type type;
		uint32_t next;
		uint64_t bit_offset;
	} stack[CORE_NESTING_MAX];
	/* Where it is: the member, which struct has it, and how far it is from the outermost's start. */
	struct pbpf_btf_member member;
	uint32_t owner, index;
	uint64_t bit_offset;
};

/* Goes nowhere when `type` is no struct or union; `depth` is 0 then. */
void core_walk_start(struct core_walk *walk, const struct pbpf_btf *btf,
		     const struct pbpf_btf_type *type);
/* Goes to the first or the next member; false when there is none. */
bool core_walk_next(struct core_walk *walk);

/* Looks `local` up from type `target->root` of `target->btf` on, both set by the caller. Returns 1
 * with the whole target path, 0 with the reason in *miss, or an error. */
int core_match(struct core_path *target, struct core_miss *miss, struct pbpf_core *core,
	       const struct core_path *local, uint32_t kind, struct core_problem *problem);

/* One of the steps that the core's budget has; false when it is spent. */
static inline bool core_spend(struct pbpf_core *core)
{
	return core->steps_left && core->steps_left--;
}
int core_spent(struct core_problem *problem);

/* --- core_agree.c: two types, one local and one of the target --- */

/* May a field of type x, of BTF a, be read as one of type y, of b? */
bool core_fields_agree(const struct pbpf_btf *a, struct pbpf_btf_type x, const struct pbpf_btf *b,
		       struct pbpf_btf_type y);

/* Are two types alike from outside (for "type exists"), or, `whole`, in all of their parts (for
 * "type matches")? 1, 0 or an error. */
int core_types_agree(struct pbpf_core *core, const struct pbpf_btf *a, uint32_t a_id,
		     const struct pbpf_btf *b, uint32_t b_id, bool whole,
		     struct core_problem *problem);

/* --- core_value.c --- */

struct core_value {
	uint64_t value;
	bool check;
	uint32_t size; /* of the field; 0 for bitfields and where it does not matter */
	/* What it is, if a load of any size gives the same: PBPF_KIND_PTR, which always has 64 bits in
	 * BPF, or PBPF_KIND_INT, which is extended with zeros; otherwise 0. */
	uint32_t loads_as;
};

/* The value of `kind` of what a path leads to. */
int core_value(struct core_value *value, const struct core_path *path, uint32_t kind,
	       bool big_endian, struct core_problem *problem);

/* --- core.c, core_patch.c: pbpf_core_resolve() and _patch(), but without a message --- */

int core_resolve(struct pbpf_core_fix *fix, struct pbpf_core *core,
		 const struct pbpf_core_relo *relo, struct core_problem *problem);
int core_patch(struct pbpf_insn *insns, size_t count, const struct pbpf_core_fix *fix,
	       struct core_problem *problem);

/* --- core_text.c --- */

struct core_text {
	char *bytes;
	size_t size, length;
};

struct core_text core_text_of(char *bytes, size_t size);
void core_say(struct core_text *text, const char *format, ...) ENV_PRINTF(2, 3);

/* "task_struct.se.vruntime" */
void core_say_path(struct core_text *text, const struct core_path *path);

/* "struct task_struct", "struct task_struct [123] of vmlinux" */
void core_say_type(struct core_text *text, const struct pbpf_btf *btf, uint32_t id);
void core_say_candidate(struct core_text *text, const struct pbpf_core *core,
			const struct core_candidate *candidate);

#endif
