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

/* A struct whose members are being looked at. */
struct member_visit {
	struct pbpf_btf_type type;
	uint32_t next;
	uint64_t bit_offset;
};

struct found_member {
	struct core_step step;
	uint32_t type;
	uint64_t bit_offset;
};

int core_spent(struct core_problem *problem)
{
	return core_fail(problem, -ENOTSUP, "the object or the kernel's BTF is damaged",
			 "looking up its types takes more steps than any sound object needs");
}

/* Finds a member by its name in a struct and in the anonymous ones within it, in the order in which
 * they are written. */
static int find_member(struct found_member *found, struct pbpf_core *core,
		       const struct pbpf_btf *btf, const struct pbpf_btf_type *type,
		       const char *name, struct core_problem *problem)
{
	struct member_visit stack[CORE_NESTING_MAX] = {{.type = *type}};
	uint32_t depth = 1;

	while (depth) {
		struct member_visit *visit = &stack[depth - 1];
		struct pbpf_btf_member member;
		struct pbpf_btf_type inner;
		uint32_t i = visit->next++;

		if (i >= visit->type.vlen) {
			depth--;
			continue;
		}
		if (!core_spend(core))
			return core_spent(problem);
		member = pbpf_btf_member(btf, &visit->type, i);
		if (!strcmp(member.name, name)) {
			found->step = (struct core_step){member.name, visit->type.id, i};
			found->type = member.type;
			found->bit_offset = visit->bit_offset + member.bit_offset;
			return 1;
		}
		if (*member.name)
			continue;
		inner = pbpf_btf_type(btf, pbpf_btf_resolve(btf, member.type));
		if (core_is_struct(inner.kind) && depth < CORE_NESTING_MAX)
			stack[depth++] = (struct member_visit){
				inner, 0, visit->bit_offset + member.bit_offset};
	}
	return 0;
}

static int missed(struct core_miss *miss, enum core_reason reason)
{
	miss->reason = reason;
	return 0;
}

/* The type of the member that a step of the local path leads to. */
static uint32_t member_type(const struct core_path *path, const struct core_step *step)
{
	struct pbpf_btf_type type = pbpf_btf_type(path->btf, step->type);

	return pbpf_btf_member(path->btf, &type, step->index).type;
}

static int match_member(struct core_path *target, uint32_t *id, struct core_miss *miss,
			struct pbpf_core *core, const struct core_path *local,
			const struct core_step *step, struct core_problem *problem)
{
	struct pbpf_btf_type type = pbpf_btf_type(target->btf, *id);
	struct found_member found;
	int err;

	if (!core_is_struct(type.kind))
		return missed(miss, CORE_NO_STRUCT);
	err = find_member(&found, core, target->btf, &type, step->name, problem);
	if (err <= 0)
		return err ? err : missed(miss, CORE_NO_MEMBER);
	if (!core_fields_agree(local->btf, member_type(local, step), target->btf, found.type)) {
		miss->type = found.type;
		return missed(miss, CORE_OTHER_TYPE);
	}
	target->steps[target->length++] = found.step;
	target->bit_offset += found.bit_offset;
	*id = pbpf_btf_resolve(target->btf, found.type);
	return 1;
}

static int match_element(struct core_path *target, uint32_t *id, struct core_miss *miss,
			 const struct core_step *step)
{
	/* The first step is no element of an array, but of what the root's pointer points to. */
	if (target->length) {
		struct pbpf_btf_type type = pbpf_btf_type(target->btf, *id);
		struct pbpf_btf_array array = pbpf_btf_array(target->btf, &type);

		if (type.kind != PBPF_KIND_ARRAY)
			return missed(miss, CORE_NO_ARRAY);
		if (step->index >= array.count && !core_is_flexible(target, &array))
			return missed(miss, CORE_TOO_SHORT);
		*id = pbpf_btf_resolve(target->btf, array.type);
	}
	if (!core_step_over(target, *id, step->index))
		return missed(miss, CORE_NO_SIZE);
	target->steps[target->length++] = (struct core_step){NULL, *id, step->index};
	return 1;
}

static int match_field(struct core_path *target, struct core_miss *miss, struct pbpf_core *core,
		       const struct core_path *local, struct core_problem *problem)
{
	uint32_t id = pbpf_btf_resolve(target->btf, target->root);
	int matched = 1;

	for (uint32_t i = 0; i < local->length && matched > 0; i++) {
		const struct core_step *step = &local->steps[i];

		miss->step = i;
		miss->type = id;
		if (step->name)
			matched = match_member(target, &id, miss, core, local, step, problem);
		else
			matched = match_element(target, &id, miss, step);
	}
	return matched;
}

static int match_enumerator(struct core_path *target, struct core_miss *miss,
			    struct pbpf_core *core, const struct core_path *local,
			    struct core_problem *problem)
{
	uint32_t id = pbpf_btf_resolve(target->btf, target->root);
	struct pbpf_btf_type type = pbpf_btf_type(target->btf, id);

	miss->step = 0;
	miss->type = id;
	for (uint32_t i = 0; core_is_enum(type.kind) && i < type.vlen; i++) {
		const char *name = pbpf_btf_enumerator(target->btf, &type, i).name;

		if (!core_spend(core))
			return core_spent(problem);
		if (core_same_name(name, local->steps[0].name)) {
			target->steps[target->length++] = (struct core_step){name, id, i};
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
