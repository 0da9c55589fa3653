/* SPDX-License-Identifier: MIT */
/*
 * The kernel's own BTF: looked at where it lies, in one pass.
 *
 * No copy, no deep check, and no index but where each 64th type begins: the accessors check what
 * they touch, so bytes that lie can mislead them but not make them read elsewhere. What is wanted
 * is looked for in the pass that counts the types anyway.
 */
#include "base/reader.h"
#include "btf/find.h"

#define VIEW_SHIFT 6 /* one mark for 1 << 6 types: 8 KB for the kernel's */

/* Room for as many marks as the section can need, every type having 12 bytes or more: twice as many as it
 * does need, as a rule. */
static int alloc_marks(struct pbpf_btf *btf)
{
	btf->mark_shift = VIEW_SHIFT;
	btf->mark_count = (btf->types_size / BTF_RECORD_SIZE >> VIEW_SHIFT) + 1;
	btf->marks = env_alloc(&btf->env, btf->mark_count, sizeof(*btf->marks));
	return btf->marks ? 0 : env_no_memory(&btf->env, "btf", "the index of types");
}

static void give_marks_back(struct pbpf_btf *btf, size_t used)
{
	uint32_t *marks = env_resize(&btf->env, btf->marks, btf->mark_count, used, sizeof(*marks));

	if (!marks)
		return;
	btf->marks = marks;
	btf->mark_count = used;
}

static int mark_and_search(struct pbpf_btf *btf, struct btf_sieve *sieve)
{
	struct btf_walk walk = {0, btf->first_id};
	uint32_t mark = 0;
	int err = 0;

	while (walk.at < btf->types_size && !err) {
		btf->marks[mark++] = walk.at;
		err = btf_sift_types(sieve, btf, &walk, 1u << VIEW_SHIFT);
		btf->end_id = walk.id;
		if (!err && walk.at < btf->types_size && !btf_record_size(btf, walk.at))
			return btf_fail_record(btf, walk.at);
	}
	if (btf->end_id > INT32_MAX)
		return env_fail(&btf->env, -ERANGE, AT("btf", NULL, btf->types_at), NULL,
				"more than 2^31 types");
	if (!err && mark)
		give_marks_back(btf, mark);
	return err;
}

static int fill_view(struct pbpf_btf *btf, const uint8_t *data, size_t size,
		     const struct pbpf_btf_search *search)
{
	struct btf_header header;
	struct btf_sieve sieve;
	int err = btf_read_header(&header, data, size, btf->base != NULL, &btf->env);

	if (err || (err = btf_take_header(btf, &header)) ||
	    (err = btf_take_layout(btf, data, &header)))
		return err;
	if (btf->swapped)
		return env_fail(&btf->env, -ENOTSUP, AT("btf", NULL, 0),
				"pbpf_btf_parse() makes a copy in the host's byte order",
				"a view cannot be of the other byte order");
	btf->image = data;
	btf->image_size = size;
	btf->types = data + header.types_at;
	btf->strings = (const char *)data + header.strings_at;
	err = btf_sieve_open(&sieve, search, &btf->env);
	if (err)
		return err;
	err = alloc_marks(btf);
	if (!err)
		err = mark_and_search(btf, &sieve);
	btf_sieve_close(&sieve, &btf->env);
	return err;
}

int pbpf_btf_view(struct pbpf_btf **btf, const void *data, size_t size, const struct pbpf_btf *base,
		  const struct pbpf_btf_search *search, const struct pbpf_env *env)
{
	struct pbpf_btf *view = btf_new_part(base, env);
	int err;

	if (!view)
		return env_no_memory(env, "btf", "the types");
	err = fill_view(view, data, size, search);
	if (err) {
		pbpf_btf_free(view);
		return err;
	}
	*btf = view;
	return 0;
}
