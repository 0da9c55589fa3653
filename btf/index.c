/* SPDX-License-Identifier: MIT */
/*
 * An index of all names, and of where each type begins: for who asks hundreds of times.
 *
 *	heads[hash of name] -> id -> next[id] -> id ...       ascending, 0 ends
 */
#include "btf/impl.h"

static uint32_t hash_name(const char *name)
{
	uint32_t hash = 2166136261u; /* FNV-1a */

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 16777619u;
	return hash;
}

int btf_mark_all(struct pbpf_btf *btf)
{
	uint32_t count = btf->end_id - btf->first_id, at = 0;
	uint32_t *marks = env_alloc(&btf->env, count, sizeof(*marks));

	if (!marks)
		return -ENOMEM;
	for (uint32_t i = 0; i < count; i++) {
		marks[i] = at;
		at += btf_record_size(btf, at);
	}
	btf->marks = marks;
	btf->mark_count = count;
	btf->mark_shift = 0;
	btf->each_marked = count;
	return 0;
}

/* In place of a view's few marks. */
static int mark_more(struct pbpf_btf *btf)
{
	uint32_t *few = btf->marks;
	size_t count = btf->mark_count;

	if (!btf->mark_shift)
		return 0;
	if (btf_mark_all(btf))
		return -ENOMEM;
	env_free(&btf->env, few, count, sizeof(*few));
	return 0;
}

/* From the last type to the first, so that the first of a name comes first. */
static int hash_all(struct pbpf_btf *btf, uint32_t count)
{
	uint32_t heads = 16;

	while (heads < count)
		heads *= 2;
	btf->name_heads = env_alloc(&btf->env, heads, sizeof(*btf->name_heads));
	btf->name_next = env_alloc(&btf->env, count, sizeof(*btf->name_next));
	btf->name_head_count = heads;
	if (!btf->name_heads || !btf->name_next)
		return -ENOMEM;
	for (uint32_t i = count; i--;) {
		const char *name = pbpf_btf_string(btf, btf_load(btf->types + btf->marks[i]));
		uint32_t *head;

		if (!*name)
			continue;
		head = &btf->name_heads[hash_name(name) & (heads - 1)];
		btf->name_next[i] = *head;
		*head = i + btf->first_id;
	}
	return 0;
}

int pbpf_btf_index(struct pbpf_btf *btf)
{
	uint32_t count = btf->end_id - btf->first_id;

	if (btf->name_heads)
		return 0;
	if (!mark_more(btf) && !hash_all(btf, count))
		return 0;
	btf_drop_index(btf);
	return env_no_memory(&btf->env, "btf", "an index of names");
}

void btf_drop_index(struct pbpf_btf *btf)
{
	env_free(&btf->env, btf->name_heads, btf->name_head_count, sizeof(*btf->name_heads));
	env_free(&btf->env, btf->name_next, btf->end_id - btf->first_id, sizeof(*btf->name_next));
	btf->name_heads = NULL;
	btf->name_next = NULL;
}

uint32_t btf_find_indexed(const struct pbpf_btf *btf, const char *name, uint32_t kind)
{
	uint32_t id = btf->name_heads[hash_name(name) & (btf->name_head_count - 1)];

	for (; id; id = btf->name_next[id - btf->first_id]) {
		struct pbpf_btf_type type = pbpf_btf_type(btf, id);

		if ((!kind || type.kind == kind) && !strcmp(type.name, name))
			return id;
	}
	return 0;
}
