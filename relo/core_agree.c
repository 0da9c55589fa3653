/* SPDX-License-Identifier: MIT */
/*
 * When is a type of the target the same as a local one? Three answers, from the least strict:
 *
 *	fields   may a field of the one be read as one of the other? Integers of any size and sign,
 *	         pointers to anything, any two structs: yes.
 *	outside  the same kind; through pointers, arrays and function prototypes, of any names and
 *	         sizes: what "type exists" asks for.
 *	whole    also the same names, sizes and signs, and all local members, enumerators and
 *	         parameters are there: what "type matches" asks for.
 *
 * The rules are those that programs rely on with other loaders.
 */
#include "relo/core.h"

bool core_fields_agree(const struct pbpf_btf *a, struct pbpf_btf_type x, const struct pbpf_btf *b,
		       struct pbpf_btf_type y)
{
	for (int depth = 0; depth < CORE_NESTING_MAX; depth++) {
		if (core_is_struct(x.kind) && core_is_struct(y.kind))
			return true;
		if (!core_same_kind(x.kind, y.kind))
			return false;
		switch (x.kind) {
		case PBPF_KIND_PTR:
		case PBPF_KIND_FLOAT: return true;
		case PBPF_KIND_INT: return !x.int_offset && !y.int_offset;
		case PBPF_KIND_FWD:
		case PBPF_KIND_ENUM:
		case PBPF_KIND_ENUM64:
			return !*x.name || !*y.name || core_same_name(x.name, y.name);
		case PBPF_KIND_ARRAY:
			x = core_type(a, pbpf_btf_array(a, &x).type);
			y = core_type(b, pbpf_btf_array(b, &y).type);
			break;
		default: return false;
		}
	}
	return false;
}

/* Two types side by side. Those with parts (prototypes, and for `whole` structs) stay on a stack
 * while their parts are compared. */
struct pair {
	struct pbpf_btf_type a, b;
	bool behind_ptr;
	bool refuted;  /* two of its parts do not agree; this ends it for prototypes */
	uint32_t i, j; /* the parts of either that are being compared */
};

struct agreeing {
	struct pbpf_core *core;
	const struct pbpf_btf *a, *b;
	bool whole;
	struct pair stack[CORE_NESTING_MAX];
	uint32_t depth;
};

/* What a look at one pair says. */
enum { DIFFER = 0, AGREE = 1, BY_PARTS = 2, BY_TARGETS = 3 };

static bool enums_agree(struct agreeing *agreeing, const struct pair *pair)
{
	if (pair->a.size != pair->b.size || pair->a.vlen > pair->b.vlen)
		return false;
	for (uint32_t i = 0; i < pair->a.vlen; i++) {
		const char *name = pbpf_btf_enumerator(agreeing->a, &pair->a, i).name;
		uint32_t j = 0;

		while (j < pair->b.vlen && core_spend(agreeing->core) &&
		       !core_same_name(name, pbpf_btf_enumerator(agreeing->b, &pair->b, j).name))
			j++;
		if (j == pair->b.vlen || !agreeing->core->steps_left)
			return false;
	}
	return true;
}

/* Behind a pointer a declaration is as good as a definition, and what is within is not compared. */
static int look_at_struct(const struct pair *pair)
{
	const struct pbpf_btf_type *a = &pair->a, *b = &pair->b;
	bool a_union = a->kind == PBPF_KIND_FWD ? a->kind_flag : a->kind == PBPF_KIND_UNION;
	bool b_union = b->kind == PBPF_KIND_FWD ? b->kind_flag : b->kind == PBPF_KIND_UNION;

	if (pair->behind_ptr)
		return (core_is_struct(b->kind) || b->kind == PBPF_KIND_FWD) && a_union == b_union;
	if (a->kind != b->kind || a_union != b_union)
		return DIFFER;
	if (a->kind == PBPF_KIND_FWD)
		return AGREE;
	return a->vlen <= b->vlen ? BY_PARTS : DIFFER;
}

static int look_whole(struct agreeing *agreeing, const struct pair *pair)
{
	const struct pbpf_btf_type *a = &pair->a, *b = &pair->b;

	if (!core_same_name(a->name, b->name))
		return DIFFER;
	if (core_is_struct(a->kind) || a->kind == PBPF_KIND_FWD)
		return look_at_struct(pair);
	if (!core_same_kind(a->kind, b->kind))
		return DIFFER;
	switch (a->kind) {
	case PBPF_KIND_VOID: return AGREE;
	case PBPF_KIND_INT:
		return a->size == b->size && (a->int_encoding & 1) == (b->int_encoding & 1);
	case PBPF_KIND_FLOAT: return a->size == b->size;
	case PBPF_KIND_ENUM:
	case PBPF_KIND_ENUM64: return enums_agree(agreeing, pair);
	case PBPF_KIND_PTR: return BY_TARGETS;
	case PBPF_KIND_ARRAY:
		return pbpf_btf_array(agreeing->a, a).count == pbpf_btf_array(agreeing->b, b).count
			       ? BY_TARGETS
			       : DIFFER;
	case PBPF_KIND_FUNC_PROTO: return a->vlen == b->vlen ? BY_PARTS : DIFFER;
	default: return DIFFER;
	}
}

static int look_outside(const struct pair *pair)
{
	const struct pbpf_btf_type *a = &pair->a, *b = &pair->b;

	if (!core_same_kind(a->kind, b->kind))
		return DIFFER;
	switch (a->kind) {
	case PBPF_KIND_INT: return !a->int_offset && !b->int_offset;
	case PBPF_KIND_PTR:
	case PBPF_KIND_ARRAY: return BY_TARGETS;
	case PBPF_KIND_FUNC_PROTO: return a->vlen == b->vlen ? BY_PARTS : DIFFER;
	case PBPF_KIND_VOID:
	case PBPF_KIND_STRUCT:
	case PBPF_KIND_UNION:
	case PBPF_KIND_ENUM:
	case PBPF_KIND_ENUM64:
	case PBPF_KIND_FLOAT:
	case PBPF_KIND_FWD: return AGREE;
	default: return DIFFER;
	}
}

/* What a pointer or an array is of. */
static uint32_t referred(const struct pbpf_btf *btf, const struct pbpf_btf_type *type)
{
	return type->kind == PBPF_KIND_ARRAY ? pbpf_btf_array(btf, type).type : type->type;
}

/* Compares two types as far as it goes without their parts; those with parts go on the stack.
 * Returns AGREE, DIFFER, BY_PARTS or an error. */
static int look(struct agreeing *agreeing, uint32_t a_id, uint32_t b_id, bool behind_ptr,
		struct core_problem *problem)
{
	struct pair pair = {.behind_ptr = behind_ptr};
	int verdict;

	for (int depth = 0; depth < CORE_NESTING_MAX; depth++) {
		if (!core_spend(agreeing->core))
			return core_spent(problem);
		pair.a = core_type(agreeing->a, a_id);
		pair.b = core_type(agreeing->b, b_id);
		verdict = agreeing->whole ? look_whole(agreeing, &pair) : look_outside(&pair);
		if (verdict == BY_PARTS && agreeing->depth == CORE_NESTING_MAX)
			break;
		if (verdict == BY_PARTS)
			agreeing->stack[agreeing->depth++] = pair;
		if (verdict != BY_TARGETS)
			return verdict;
		if (pair.a.kind == PBPF_KIND_PTR)
			pair.behind_ptr = true;
		a_id = referred(agreeing->a, &pair.a);
		b_id = referred(agreeing->b, &pair.b);
	}
	return core_fail(problem, -ENOTSUP, NULL,
			 "its types nest more than %d deep within each other", CORE_NESTING_MAX);
}

/* The next two members of the same name. */
static int next_members(struct agreeing *agreeing, struct pair *pair, uint32_t *a_id,
			uint32_t *b_id)
{
	struct pbpf_btf_member x, y;

	if (pair->i == pair->a.vlen)
		return AGREE;
	x = pbpf_btf_member(agreeing->a, &pair->a, pair->i);
	for (; pair->j < pair->b.vlen && core_spend(agreeing->core); pair->j++) {
		y = pbpf_btf_member(agreeing->b, &pair->b, pair->j);
		if (!core_same_name(x.name, y.name))
			continue;
		*a_id = x.type;
		*b_id = y.type;
		return BY_PARTS;
	}
	return DIFFER;
}

/* The next two parameters, and after them the results. */
static int next_params(const struct agreeing *agreeing, const struct pair *pair, uint32_t *a_id,
		       uint32_t *b_id)
{
	if (pair->refuted)
		return DIFFER;
	if (pair->i > pair->a.vlen)
		return AGREE;
	*a_id = pair->a.type;
	*b_id = pair->b.type;
	if (pair->i < pair->a.vlen) {
		*a_id = pbpf_btf_param(agreeing->a, &pair->a, pair->i).type;
		*b_id = pbpf_btf_param(agreeing->b, &pair->b, pair->i).type;
	}
	return BY_PARTS;
}

/* Takes what two parts of a pair came to. A member that does not agree leaves the target's others
 * of that name to try (anonymous ones share theirs). */
static void take_verdict(struct pair *pair, int verdict)
{
	if (verdict == AGREE) {
		pair->i++;
		pair->j = 0;
	} else {
		pair->j++;
		pair->refuted = true;
	}
}

int core_types_agree(struct pbpf_core *core, const struct pbpf_btf *a, uint32_t a_id,
		     const struct pbpf_btf *b, uint32_t b_id, bool whole,
		     struct core_problem *problem)
{
	struct agreeing agreeing = {.core = core, .a = a, .b = b, .whole = whole};
	int verdict = look(&agreeing, a_id, b_id, false, problem);

	while (verdict >= 0 && agreeing.depth) {
		struct pair *pair = &agreeing.stack[agreeing.depth - 1];

		if (verdict != BY_PARTS)
			take_verdict(pair, verdict);
		verdict = pair->a.kind == PBPF_KIND_FUNC_PROTO
				  ? next_params(&agreeing, pair, &a_id, &b_id)
				  : next_members(&agreeing, pair, &a_id, &b_id);
		if (verdict == BY_PARTS)
			verdict = look(&agreeing, a_id, b_id, pair->behind_ptr, problem);
		else
			agreeing.depth--;
	}
	return verdict >= 0 && !core->steps_left ? core_spent(problem) : verdict;
}
