/* SPDX-License-Identifier: MIT */
/*
 * The types that an object's records start from, and the target's types that may stand for them.
 *
 *	roots (local types)         names                  candidates
 *	[7]  task_struct        \
 *	[31] task_struct___old  --  STRUCT "task_struct"   vmlinux [123]
 *	[9]  sock               --  STRUCT "sock"          vmlinux [88], vmlinux [4021]
 *	[12] bpf_func_id        --  ENUM "bpf_func_id"     vmlinux [512]
 *	                            ENUM64 "bpf_func_id"   these go to the ENUM before it
 *
 * The kernel's BTF has more than a hundred thousand types, so it is read once for all names; with
 * pbpf_core_view() in the very pass that opens it.
 */
#include "base/sort.h"
#include "relo/code.h"
#include "relo/core.h"

int pbpf_core_add(struct pbpf_core *core, const struct pbpf_core_relo *relos, size_t count)
{
	if (core->names)
		return env_fail(&core->env, -EINVAL, AT("relo", NULL, 0), NULL,
				"CO-RE records were added after the search for their types");
	for (size_t i = 0; i < count; i++) {
		struct core_root *roots;

		core->steps_left += CORE_STEPS_PER_RECORD;
		if (relos[i].kind == PBPF_CORE_TYPE_ID_LOCAL)
			continue;
		if (core->root_count && core->roots[core->root_count - 1].type == relos[i].type)
			continue;
		roots = grow_array(&core->env, core->roots, core->root_count, 1, &core->root_room,
				   sizeof(*roots));
		if (!roots)
			return env_no_memory(&core->env, "relo", "the types of CO-RE records");
		core->roots = roots;
		roots[core->root_count++] = (struct core_root){.type = relos[i].type};
	}
	return 0;
}

static bool root_before(const void *a, const void *b)
{
	const struct core_root *x = a, *y = b;

	return x->type < y->type;
}

/* Below 0, 0 or above, as two roots are by name and kind. */
static int compare_names(const struct core_root *x, const struct core_root *y)
{
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->essential != y->essential)
		return x->essential < y->essential ? -1 : 1;
	return memcmp(x->spelled, y->spelled, x->essential);
}

static bool name_before(const void *a, const void *b)
{
	return compare_names(a, b) < 0;
}

/* Drops what is there twice, and looks up the names. */
static void unite_roots(struct pbpf_core *core)
{
	uint32_t kept = 0;

	core->stripped_size = 0;
	sort_array(core->roots, core->root_count, sizeof(*core->roots), root_before);
	for (uint32_t i = 0; i < core->root_count; i++) {
		struct core_root root = core->roots[i];
		struct pbpf_btf_type type = pbpf_btf_type(core->local, root.type);

		if (kept && core->roots[kept - 1].type == root.type)
			continue;
		root.kind = core_is_enum(type.kind) ? PBPF_KIND_ENUM : type.kind;
		root.spelled = type.name;
		root.essential = core_essential(type.name);
		if (type.name[root.essential])
			core->stripped_size += root.essential + 1;
		core->roots[kept++] = root;
	}
	core->root_count = kept;
}

struct core_root *core_find_root(const struct pbpf_core *core, uint32_t type)
{
	uint32_t low = 0, high = core->root_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (core->roots[middle].type < type)
			low = middle + 1;
		else
			high = middle;
	}
	return low < core->root_count && core->roots[low].type == type ? &core->roots[low] : NULL;
}

static void add_name(struct pbpf_core *core, const char *name, uint32_t kind)
{
	core->wanted[core->name_count] = (struct pbpf_btf_wanted){.name = name, .kind = kind};
	core->names[core->name_count++] = (struct core_name){0, CORE_NONE, CORE_NONE};
}

/* Gives each root its name, equal ones the same. They are in the order of their names. */
static void name_roots(struct pbpf_core *core)
{
	char *stripped = core->stripped;

	for (uint32_t i = 0; i < core->root_count; i++) {
		struct core_root *root = &core->roots[i];
		const char *name = root->spelled;

		root->name = CORE_NONE;
		if (!root->essential)
			continue;
		if (i && !compare_names(root - 1, root)) {
			root->name = root[-1].name;
			continue;
		}
		if (name[root->essential]) {
			name = memcpy(stripped, name, root->essential);
			stripped[root->essential] = '\0';
			stripped += root->essential + 1;
		}
		root->name = core->name_count;
		add_name(core, name, root->kind);
		if (root->kind == PBPF_KIND_ENUM)
			add_name(core, name, PBPF_KIND_ENUM64);
	}
}

void core_free_names(struct pbpf_core *core)
{
	env_free(&core->env, core->names, core->name_room, sizeof(*core->names));
	env_free(&core->env, core->wanted, core->name_room, sizeof(*core->wanted));
	env_free(&core->env, core->stripped, core->stripped_size, 1);
	core->names = NULL;
	core->wanted = NULL;
	core->stripped = NULL;
}

/* The roots are complete: collects their names. */
static int collect_names(struct pbpf_core *core)
{
	unite_roots(core);
	core->name_room = 2 * core->root_count;
	core->names = env_alloc(&core->env, core->name_room, sizeof(*core->names));
	core->wanted = env_alloc(&core->env, core->name_room, sizeof(*core->wanted));
	core->stripped = env_alloc(&core->env, core->stripped_size, 1);
	if (!core->names || !core->wanted || !core->stripped) {
		core_free_names(core);
		return env_no_memory(&core->env, "relo", "the names of CO-RE records");
	}
	sort_array(core->roots, core->root_count, sizeof(*core->roots), name_before);
	name_roots(core);
	sort_array(core->roots, core->root_count, sizeof(*core->roots), root_before);
	return 0;
}

/* Has the kernel's own BTF, which is the first target, a candidate for this name? */
static bool found_in_kernel(const struct pbpf_core *core, const struct core_name *name)
{
	return name->count && !core->candidates[name->first].target;
}

/* Takes one match of the search in the target that is added last. */
static int add_candidate(void *ctx, const struct pbpf_btf_wanted *wanted, uint32_t id)
{
	struct pbpf_core *core = ctx;
	uint32_t target = core->target_count - 1;
	struct core_name *name = &core->names[wanted - core->wanted];
	struct core_candidate *candidates;

	if (wanted->kind == PBPF_KIND_ENUM64)
		name--;
	if (target && (found_in_kernel(core, name) || id < pbpf_btf_count(core->targets[0].btf)))
		return 0;
	if (name->count == CORE_CANDIDATES_MAX)
		return env_fail(&core->env, -ENOTSUP, AT("relo", core->targets[target].name, id),
				NULL, "more than %d types are called '%s'", CORE_CANDIDATES_MAX,
				wanted->name);
	candidates = grow_array(&core->env, core->candidates, core->candidate_count, 1,
				&core->candidate_room, sizeof(*candidates));
	if (!candidates)
		return env_no_memory(&core->env, "relo", "the candidates of CO-RE records");
	core->candidates = candidates;
	candidates[core->candidate_count] = (struct core_candidate){target, id, CORE_NONE};
	if (name->count++)
		candidates[name->last].next = core->candidate_count;
	else
		name->first = core->candidate_count;
	name->last = core->candidate_count++;
	return 0;
}

static struct pbpf_btf_search search_for(struct pbpf_core *core)
{
	return (struct pbpf_btf_search){
		.wanted = core->wanted,
		.count = core->name_count,
		.flavors = true,
		.match = add_candidate,
		.ctx = core,
	};
}

/* Adds a target whose BTF may not be there yet. */
static int add_target(struct pbpf_core *core, const struct pbpf_core_target *target)
{
	struct pbpf_core_target *targets;
	int err = core->names ? 0 : collect_names(core);

	if (err)
		return err;
	targets = grow_array(&core->env, core->targets, core->target_count, 1, &core->target_room,
			     sizeof(*targets));
	if (!targets)
		return env_no_memory(&core->env, "relo", "the BTF of a module");
	core->targets = targets;
	targets[core->target_count++] = *target;
	memset(core->answers, 0, sizeof(core->answers)); /* there may be other candidates now */
	return 0;
}

/* A target that could not be searched: takes it back, with what was found in it. */
static void remove_target(struct pbpf_core *core)
{
	uint32_t target = --core->target_count;

	for (uint32_t i = 0; i < core->name_count; i++) {
		struct core_name *name = &core->names[i];
		uint32_t *link = &name->first, last = CORE_NONE;

		for (; *link != CORE_NONE && core->candidates[*link].target != target;
		     link = &core->candidates[*link].next)
			last = *link;
		for (uint32_t j = *link; j != CORE_NONE; j = core->candidates[j].next)
			name->count--;
		*link = CORE_NONE;
		name->last = last;
	}
}

static int refuse_order(struct pbpf_core *core, const char *name)
{
	return env_fail(&core->env, -EINVAL, AT("relo", name, 0),
			"give the BTF of a kernel for the machine that the object is for",
			"the types of '%s' are %s-endian, the object's are not", name,
			core->big_endian ? "little" : "big");
}

int pbpf_core_search(struct pbpf_core *core, const struct pbpf_core_target *target)
{
	struct pbpf_btf_search search;
	int err;

	if (pbpf_btf_swapped(target->btf) != pbpf_btf_swapped(core->local))
		return refuse_order(core, target->name);
	err = add_target(core, target);
	if (err)
		return err;
	search = search_for(core);
	err = pbpf_btf_search(target->btf, &search);
	if (err)
		remove_target(core);
	return err;
}

int pbpf_core_view(struct pbpf_btf **btf, struct pbpf_core *core, const void *data, size_t size,
		   const char *name, uint32_t id)
{
	const struct pbpf_core_target target = {.name = name, .id = id};
	const struct pbpf_btf *base = core->target_count ? core->targets[0].btf : NULL;
	struct pbpf_btf_search search;
	struct pbpf_btf *opened = NULL;
	int err;

	if (pbpf_btf_swapped(core->local))
		return refuse_order(core, name);
	err = add_target(core, &target);
	if (err)
		return err;
	search = search_for(core);
	err = pbpf_btf_view(&opened, data, size, base, &search, &core->env);
	if (err) {
		remove_target(core);
		return err;
	}
	core->targets[core->target_count - 1].btf = opened;
	*btf = opened;
	return 0;
}

size_t pbpf_core_missing(const struct pbpf_core *core)
{
	size_t missing = 0;

	if (!core->target_count)
		return core->root_count;
	for (uint32_t i = 0; i < core->name_count; i++)
		missing += core->wanted[i].kind != PBPF_KIND_ENUM64 &&
			   !found_in_kernel(core, &core->names[i]);
	return missing;
}
