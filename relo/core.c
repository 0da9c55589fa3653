/* SPDX-License-Identifier: MIT */
/*
 * Resolving a record: its path in the local types, the same path in each candidate, and whether
 * they agree.
 */
#include "relo/core.h"
#include "base/reader.h"

int pbpf_core_open(struct pbpf_core **core, const struct pbpf_btf *local,
		   const struct pbpf_env *env)
{
	struct pbpf_core *opened = env_alloc(env, 1, sizeof(*opened));

	if (!opened)
		return env_no_memory(env, "relo", "CO-RE");
	if (env)
		opened->env = *env;
	opened->local = local;
	opened->big_endian = pbpf_btf_swapped(local) != host_big_endian();
	opened->steps_left = CORE_STEPS_AT_LEAST;
	*core = opened;
	return 0;
}

void pbpf_core_free(struct pbpf_core *core)
{
	struct pbpf_env env;

	if (!core)
		return;
	env = core->env;
	env_free(&env, core->roots, core->root_room, sizeof(*core->roots));
	core_free_names(core);
	env_free(&env, core->candidates, core->candidate_room, sizeof(*core->candidates));
	env_free(&env, core->targets, core->target_room, sizeof(*core->targets));
	env_free(&env, core, 1, sizeof(*core));
}

/* One side of a record: where the value comes from, and the value. */
struct side {
	struct core_path path;
	struct core_value value;
};

static int fail_ambiguous(struct core_problem *problem, const struct pbpf_core *core, uint32_t kind,
			  const struct core_candidate *a, uint64_t a_value,
			  const struct core_candidate *b, uint64_t b_value)
{
	struct core_text text = core_text_of(problem->text, sizeof(problem->text));

	core_say(&text, "candidates disagree: %s is %llu by ", pbpf_core_kind_name(kind),
		 (unsigned long long)a_value);
	core_say_candidate(&text, core, a);
	core_say(&text, ", but %llu by ", (unsigned long long)b_value);
	core_say_candidate(&text, core, b);
	problem->hint = "describe more of the type in the program, so that only one of them fits";
	return -EINVAL;
}

/* May an access of the local size take the target's size? Only where the value comes out the same. */
static bool is_resizable(const struct core_value *local, const struct core_value *target)
{
	return local->loads_as && local->loads_as == target->loads_as;
}

static void fix_by(struct pbpf_core_fix *fix, const struct side *local, const struct side *target,
		   const struct pbpf_core_target *btf)
{
	fix->poison = false;
	fix->after = target->value.value;
	if (fix->kind == PBPF_CORE_TYPE_ID_TARGET)
		fix->after |= (uint64_t)btf->id << 32;
	fix->size_before = local->value.size;
	fix->size_after = target->value.size;
	fix->resizable = is_resizable(&local->value, &target->value);
	fix->target = btf->name;
	fix->type = target->path.root;
}

/* What a record comes to when no candidate has what it asks for. */
static void fix_missing(struct pbpf_core_fix *fix)
{
	fix->after = 0;
	fix->poison = fix->kind != PBPF_CORE_FIELD_EXISTS &&
		      fix->kind != PBPF_CORE_ENUMERATOR_EXISTS && !core_of_type(fix->kind);
}

/* Asks every candidate that was not dropped. */
static int ask_candidates(struct pbpf_core_fix *fix, struct pbpf_core *core, struct core_root *root,
			  const struct side *local, struct core_problem *problem)
{
	const struct core_name *name = &core->names[root->name];
	const struct core_candidate *first = NULL, *candidate;
	uint64_t lack = 0, bit = 1;
	struct core_miss miss;
	struct side target;
	int matched, err;

	for (uint32_t i = name->first; i != CORE_NONE; i = candidate->next, bit <<= 1) {
		struct pbpf_core_fix other = *fix;

		candidate = &core->candidates[i];
		if (root->dropped & bit)
			continue;
		target.path.btf = core->targets[candidate->target].btf;
		target.path.root = candidate->id;
		matched = core_match(&target.path, &miss, core, &local->path, fix->kind, problem);
		if (matched < 0)
			return matched;
		if (!matched) {
			lack |= bit;
			continue;
		}
		err = core_value(&target.value, &target.path, fix->kind, core->big_endian, problem);
		if (err)
			return err;
		fix_by(&other, local, &target, &core->targets[candidate->target]);
		if (first && other.after != fix->after)
			return fail_ambiguous(problem, core, fix->kind, first, fix->after,
					      candidate, other.after);
		/* Agreed on the place, but not on the size: nothing to access it with. */
		if (first && other.size_after != fix->size_after)
			fix->resizable = false;
		if (!first)
			*fix = other;
		first = first ? first : candidate;
	}
	if (first)
		root->dropped |= lack;
	else
		fix_missing(fix);
	return 0;
}

/* Where the answer to such a record is kept. */
static struct core_answer *answer_place(struct pbpf_core *core, const struct pbpf_core_relo *relo)
{
	uint32_t hash = (relo->type * 31 + relo->access) * 31 + relo->kind;

	return &core->answers[hash * 2654435761u >> (32 - CORE_ANSWERS_SHIFT)]; /* after Knuth */
}

static bool answers_record(const struct core_answer *answer, const struct pbpf_core_relo *relo)
{
	return answer->root && answer->asked.type == relo->type &&
	       answer->asked.access == relo->access && answer->asked.kind == relo->kind &&
	       answer->dropped == answer->root->dropped;
}

int core_resolve(struct pbpf_core_fix *fix, struct pbpf_core *core,
		 const struct pbpf_core_relo *relo, struct core_problem *problem)
{
	struct core_answer *answer = answer_place(core, relo);
	struct pbpf_core_fix found = {.kind = relo->kind};
	struct core_root *root;
	struct side local;
	int err;

	if (answers_record(answer, relo)) {
		*fix = answer->fix;
		return 0;
	}

	err = core_parse(&local.path, core->local, relo, problem);
	if (!err)
		err = core_value(&local.value, &local.path, relo->kind, core->big_endian, problem);
	if (err)
		return err;
	found.check = local.value.check;
	found.before = found.after = local.value.value;
	if (relo->kind == PBPF_CORE_TYPE_ID_LOCAL) {
		*fix = found;
		return 0;
	}

	if (!core->target_count)
		return core_fail(problem, -ENOENT,
				 "boot a kernel with CONFIG_DEBUG_INFO_BTF, or name a file with "
				 "the BTF of this one",
				 "it needs the kernel's BTF");
	root = core_find_root(core, relo->type);
	if (!root)
		return core_fail(problem, -EINVAL, NULL, "type %u was not noted before the search",
				 relo->type);
	if (root->name == CORE_NONE)
		return core_fail(problem, -ENOTSUP, "give the type a name in the program",
				 "its type has no name to look for");
	err = ask_candidates(&found, core, root, &local, problem);
	if (err)
		return err;
	*answer = (struct core_answer){*relo, root, root->dropped, found};
	*fix = found;
	return 0;
}

int pbpf_core_resolve(struct pbpf_core_fix *fix, struct pbpf_core *core,
		      const struct pbpf_core_relo *relo)
{
	struct core_problem problem;
	char path[256];
	int err = core_resolve(fix, core, relo, &problem);

	if (!err)
		return 0;
	pbpf_core_path(core, relo, path, sizeof(path));
	return env_fail(&core->env, err, AT("relo", path, relo->insn_off / PBPF_INSN_SIZE),
			problem.hint, "CO-RE relocation of '%s': %s", path, problem.text);
}
