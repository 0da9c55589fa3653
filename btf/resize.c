/* SPDX-License-Identifier: MIT */
/*
 * A DATASEC whose last variable, an array, becomes longer.
 */
#include "btf/impl.h"

#define VARIABLE_SIZE 12 /* bytes of a record: type, offset, size */

static int refuse_resize(const struct pbpf_btf *btf, uint32_t datasec, const char *why)
{
	return env_fail(&btf->env, -EINVAL, AT("btf", pbpf_btf_type(btf, datasec).name, 0),
			"the last variable must be an array; it becomes longer, by whole elements",
			"section '%s' cannot have that size: %s", pbpf_btf_type(btf, datasec).name,
			why);
}

/* The size of an element of the array that a variable is, or 0. */
static uint64_t element_size_of(const struct pbpf_btf *btf, uint32_t variable)
{
	struct pbpf_btf_type type = pbpf_btf_type(btf, variable);
	int64_t size;

	type = pbpf_btf_type(btf, pbpf_btf_resolve(btf, type.type));
	if (type.kind != PBPF_KIND_ARRAY)
		return 0;
	size = pbpf_btf_size(btf, pbpf_btf_array(btf, &type).type);
	return size > 0 ? (uint64_t)size : 0;
}

int pbpf_btf_resize(struct pbpf_btf *btf, uint32_t datasec, uint32_t size)
{
	struct pbpf_btf_type section = pbpf_btf_type(btf, datasec);
	struct pbpf_btf_variable last;
	uint64_t element;
	int64_t least;
	uint8_t *at;

	if (!btf->copy || datasec < btf->first_id || section.kind != PBPF_KIND_DATASEC ||
	    !section.vlen)
		return refuse_resize(btf, datasec, "no variable of it is known");
	last = pbpf_btf_variable(btf, &section, section.vlen - 1);
	element = element_size_of(btf, last.type);
	least = pbpf_btf_size(btf, pbpf_btf_type(btf, last.type).type);
	if (!element)
		return refuse_resize(btf, datasec, "its last variable is no array");
	if (size < last.offset || size - last.offset < (uint64_t)least)
		return refuse_resize(btf, datasec, "the array would be shorter than its type");
	if ((size - last.offset) % element)
		return refuse_resize(btf, datasec, "the array would not be of whole elements");
	at = btf->copy + (section.records - btf->image);
	btf_store(at - 4, size);
	btf_store(at + (size_t)(section.vlen - 1) * VARIABLE_SIZE + 8, size - last.offset);
	return 0;
}
