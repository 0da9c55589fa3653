/* SPDX-License-Identifier: MIT */
#ifndef BTF_BOTTOM_UP_H
#define BTF_BOTTOM_UP_H

#include "btf/impl.h"

/* The i-th type that a type holds by value: a member's, an array's, a typedef's. */
bool btf_part_by_value(const struct pbpf_btf *btf, const struct pbpf_btf_type *type, uint32_t i,
		       uint32_t *part);

/*
 * Fills values[] (one for each id below btf->end_id, 0: not known yet) for `root` and all that it
 * contains by value, parts first. value() gives 1 to 254, or an error. -EINVAL for a type that
 * contains itself, or nests too deep.
 */
int btf_bottom_up(const struct pbpf_btf *btf, uint8_t *values, uint32_t root,
		  int (*value)(const struct pbpf_btf *btf, const struct pbpf_btf_type *type,
			       const uint8_t *values));

#endif
