/* SPDX-License-Identifier: MIT */
/*
 * A local path, looked up by its names in a candidate.
 *
 *	local   struct sock { struct sock_common __sk_common; }    .__sk_common .skc_dport
 *	target  struct sock_common { union { struct { u32 skc_daddr... }; ... skc_dport } }
 *
 * A member may have moved, in or out of anonymous structs and unions too, and may have changed its
 * type within what core_fields_agree() allows. An element stays the same element.
 */
#include "relo/core.h"

int core_spent(struct core_problem *problem)
{
	return core_fail(problem, -ENOTSUP, "the object or the kernel's BTF is damaged",
			 "looking up its types takes more steps than any sound object needs");
}

void core_walk_start(struct core_walk *walk, const struct pbpf_btf *btf,
		     const struct pbpf_btf_type *type)
{
	walk->btf = btf;
	walk->depth = core_is_struct(type->kind);
	walk->stack[0] = (struct core_visit){.type = *type};
}

bool core_walk_next(struct core_walk *walk)
{
	while (walk->depth) {
		struct core_visit *visit = &walk->stack[walk->depth - 1];
		struct pbpf_btf_type inner;

		if (visit->next >= visit->type.vlen) {
			walk->depth--;
			continue;
		}
		walk->owner = visit->type.id;
		walk->index = visit->next++;
		walk->member = pbpf_btf_member(walk->btf, &visit->type, walk->index);
		walk->bit_offset = visit->bit_offset + walk->member.bit_offset;
		if (*walk->member.name || walk->depth == CORE_NESTING_MAX)
			return true;
		inner = core_type(walk->btf, walk->member.type);
		if (core_is_struct(inner.kind))
			walk->stack[walk->depth++] =
				(struct core_visit){inner, 0, walk->bit_offset};
		return true;
	}
	return false;
}

static int missed(struct core_miss *miss, enum core_reason reason)
{
	miss->reason = reason;
	return 0;
}

/* The type of the member that a step of the local path leads to. */
static struct pbpf_btf_type member_type(const struct core_path *path, const struct core_step *step)
{
	struct pbpf_btf_type type = pbpf_btf_type(path->btf, step->type);

	return core_type(path->btf, pbpf_btf_member(path->btf, &type, step->index).type);
}

/* Finds the member that a step names, in a struct and in the anonymous ones within it. */
static int match_member(struct core_path *target, struct pbpf_btf_type *type,
			struct core_miss *miss, struct pbpf_core *core,
			const struct core_path *local, const struct core_step *step,
			struct core_problem *problem)
{
	struct core_walk walk;

	core_walk_start(&walk, target->btf, type);
	if (!walk.depth)
		return missed(miss, CORE_NO_STRUCT);
	do {
		if (!core_spend(core))
			return core_spent(problem);
		if (!core_walk_next(&walk))
			return missed(miss, CORE_NO_MEMBER);
	} while (strcmp(walk.member.name, step->name));

	*type = core_type(target->btf, walk.member.type);
	if (!core_fields_agree(local->btf, member_type(local, step), target->btf, *type)) {
		miss->type = walk.member.type;
		return missed(miss, CORE_OTHER_TYPE);
	}
	target->steps[target->length++] =
		(struct core_step){walk.member.name, walk.owner, walk.index};
	target->bit_offset += walk.bit_offset;
	target->member = walk.member;
	target->type = *type;
	return 1;
}

static int match_element(struct core_path *target, struct pbpf_btf_type *type,
			 struct core_miss *miss, const struct core_step *step)
{
	/* The first step is no element of an array, but of what the root's pointer points to. */
	if (target->length) {
		struct pbpf_btf_array array = pbpf_btf_array(target->btf, type);

		if (type->kind != PBPF_KIND_ARRAY)
			return missed(miss, CORE_NO_ARRAY);
		if (step->index >= array.count && !core_is_flexible(target, &array))
			return missed(miss, CORE_TOO_SHORT);
		*type = core_type(target->btf, array.type);
	}
	if (!core_step_over(target, type, step->index))
		return missed(miss, CORE_NO_SIZE);
	target->steps[target->length++] = (struct core_step){NULL, type->id, step->index};
	return 1;
}

static int match_field(struct core_path *target, struct core_miss *miss, struct pbpf_core *core,
		       const struct core_path *local, struct core_problem *problem)
{
	struct pbpf_btf_type type = core_type(target->btf, target->root);
	int matched = 1;

	for (uint32_t i = 0; i < local->length && matched > 0; i++) {
		const struct core_step *step = &local->steps[i];

		miss->step = i;
		miss->type = type.id;
		if (step->name)
			matched = match_member(target, &type, miss, core, local, step, problem);
		else
			matched = match_element(target, &type, miss, step);
	}
	return matched;
}

static int match_enumerator(struct core_path *target, struct core_miss *miss,
			    struct pbpf_core *core, const struct core_path *local,
			    struct core_problem *problem)
{
	struct pbpf_btf_type type = core_type(target->btf, target->root);

	miss->type = type.id;
	for (uint32_t i = 0; core_is_enum(type.kind) && i < type.vlen; i++) {
		const char *name = pbpf_btf_enumerator(target->btf, &type, i).name;

		if (!core_spend(core))
			return core_spent(problem);
		if (core_same_name(name, local->steps[0].name)) {
			target->steps[target->length++] = (struct core_step){name, type.id, i};
			return 1;
		}
	}
	return missed(miss, CORE_NO_ENUMERATOR);
}

int core_match(struct core_path *target, struct core_miss *miss, struct pbpf_core *core,
	       const struct core_path *local, uint32_t kind, struct core_problem *problem)
{
	int agree;

	target->length = 0;
	target->bit_offset = 0;
	*miss = (struct core_miss){.reason = CORE_FITS, .type = target->root};
	if (core_of_field(kind))
		return match_field(target, miss, core, local, problem);
	if (core_of_enumerator(kind))
		return match_enumerator(target, miss, core, local, problem);
	agree = core_types_agree(core, local->btf, local->root, target->btf, target->root,
				 kind == PBPF_CORE_TYPE_MATCHES, problem);
	return agree ? agree : missed(miss, CORE_NO_MATCH);
}
