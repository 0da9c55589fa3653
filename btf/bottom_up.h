/* SPDX-License-Identifier: MIT */
#ifndef BTF_BOTTOM_UP_H
#define BTF_BOTTOM_UP_H

#include "btf/decode.h"

/* The i-th type that a type holds by value: a member's, an array's, a typedef's. */
static inline bool btf_part_by_value(const struct pbpf_btf_type *type, uint32_t i, uint32_t *part)
{
	if (!btf_kind(type->kind)->by_value)
		return false;
	if (type->kind == PBPF_KIND_STRUCT || type->kind == PBPF_KIND_UNION) {
		if (i >= type->vlen)
			return false;
		*part = btf_load(type->records + i * (size_t)12 + 4);
		return true;
	}
	*part = type->kind == PBPF_KIND_ARRAY ? btf_array(type).type : type->type;
	return i == 0;
}

/*
 * Fills values[] (one for each id below btf->end_id, 0: not known yet) for `root` and all that it
 * contains by value, parts first. value() gives 1 to 254, or an error. -EINVAL for a type that
 * contains itself, or nests too deep.
 */
int btf_bottom_up(const struct pbpf_btf *btf, uint8_t *values, uint32_t root,
		  int (*value)(const struct pbpf_btf *btf, const struct pbpf_btf_type *type,
			       const uint8_t *values));

#endif
