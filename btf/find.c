/* SPDX-License-Identifier: MIT */
/*
 * Finding a type by its name.
 */
#include "btf/impl.h"

/* The first own type of that name and kind, or -ENOENT. */
static int find_own(const struct pbpf_btf *btf, const char *name, uint32_t kind)
{
	for (uint32_t id = btf->first_id; id < btf->end_id; id++) {
		struct pbpf_btf_type type = pbpf_btf_type(btf, id);

		if ((!kind || type.kind == kind) && !strcmp(type.name, name))
			return (int)id;
	}
	return -ENOENT;
}

int pbpf_btf_find(const struct pbpf_btf *btf, const char *name, uint32_t kind)
{
	int id;

	if (!*name)
		return -ENOENT;
	id = btf->base ? pbpf_btf_find(btf->base, name, kind) : -ENOENT;
	return id == -ENOENT ? find_own(btf, name, kind) : id;
}
