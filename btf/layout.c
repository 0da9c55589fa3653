/* SPDX-License-Identifier: MIT */
/*
 * The layout section: how long the records of each kind are, so that who does not know a kind can
 * still step over it (struct btf_layout of include/uapi/linux/btf.h, Linux 7.1).
 *
 *	info_sz(1) elem_sz(1) flags(2)     of kind 0
 *	info_sz(1) elem_sz(1) flags(2)     of kind 1 ...
 *
 * info_sz bytes follow the twelve that every type begins with, then elem_sz bytes as often as vlen says.
 * A split BTF without the section has its base's. Kinds that are known here have the length that is known
 * here, whatever the section says. An entry whose sizes are no multiples of 4 describes nothing, as every
 * type begins at one.
 */
#include "btf/impl.h"

#define LAYOUT_SIZE 4u /* of one entry */

int btf_take_layout(struct pbpf_btf *btf, const uint8_t *data, const struct btf_header *header)
{
	const uint8_t *entries = data + header->layout_at;
	uint64_t count = header->layout_size / LAYOUT_SIZE;

	if (count <= BTF_KIND_COUNT)
		return 0;
	btf->own_forms = env_copy(&btf->env, btf->forms, BTF_FORM_COUNT * sizeof(*btf->forms));
	if (!btf->own_forms)
		return env_no_memory(&btf->env, "btf", "the lengths of kinds");
	for (uint32_t kind = BTF_KIND_COUNT; kind < BTF_FORM_COUNT && kind < count; kind++) {
		uint8_t once = entries[kind * LAYOUT_SIZE], each = entries[kind * LAYOUT_SIZE + 1];
		struct btf_record_form form = {(uint16_t)(BTF_RECORD_SIZE + once), each};

		if (once % 4 || each % 4)
			form = (struct btf_record_form){0};
		btf->own_forms[kind] = form;
	}
	btf->forms = btf->own_forms;
	return 0;
}
