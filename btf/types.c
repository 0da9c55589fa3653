/* SPDX-License-Identifier: MIT */
/*
 * Asking types: decode one, its records, its strings, its size.
 *
 * Every access is checked against the section that it reads, so this code is safe over a view too,
 * which nobody has checked before.
 */
#include "btf/decode.h"

const struct pbpf_btf *btf_part_of(const struct pbpf_btf *btf, uint32_t id)
{
	if (!id || id >= btf->end_id)
		return NULL;
	while (id < btf->first_id)
		btf = btf->base;
	return btf;
}

uint32_t btf_type_at(const struct pbpf_btf *btf, uint32_t id)
{
	uint32_t n = id - btf->first_id;
	uint32_t at = btf->marks[n >> btf->mark_shift];

	for (n &= (1u << btf->mark_shift) - 1; n; n--)
		at += btf_record_size(btf, at);
	return at;
}

uint32_t pbpf_btf_count(const struct pbpf_btf *btf)
{
	return btf->end_id;
}

const uint8_t *btf_far_record(const struct pbpf_btf *btf, uint32_t id)
{
	static const uint8_t void_record[BTF_RECORD_SIZE];
	const struct pbpf_btf *part = btf_part_of(btf, id);

	return part ? part->types + btf_type_at(part, id) : void_record;
}

const char *pbpf_btf_string(const struct pbpf_btf *btf, uint32_t offset)
{
	if (!btf_has_string(btf, offset))
		return "";
	while (offset < btf->first_string)
		btf = btf->base;
	return btf->strings + (offset - btf->first_string);
}

uint32_t pbpf_btf_next(const struct pbpf_btf *btf, uint32_t id, uint32_t kind)
{
	while (++id < btf->end_id)
		if (btf_kind_of(btf, id) == kind)
			return id;
	return 0;
}

struct pbpf_btf_type pbpf_btf_type(const struct pbpf_btf *btf, uint32_t id)
{
	return btf_type(btf, id);
}

struct pbpf_btf_member pbpf_btf_member(const struct pbpf_btf *btf, const struct pbpf_btf_type *type,
				       uint32_t i)
{
	return btf_member(btf, type, i);
}

struct pbpf_btf_param pbpf_btf_param(const struct pbpf_btf *btf, const struct pbpf_btf_type *type,
				     uint32_t i)
{
	return btf_param(btf, type, i);
}

struct pbpf_btf_variable pbpf_btf_variable(const struct pbpf_btf *btf,
					   const struct pbpf_btf_type *type, uint32_t i)
{
	(void)btf;
	return btf_variable(type, i);
}

struct pbpf_btf_array pbpf_btf_array(const struct pbpf_btf *btf, const struct pbpf_btf_type *type)
{
	(void)btf;
	return btf_array(type);
}

uint32_t pbpf_btf_resolve(const struct pbpf_btf *btf, uint32_t id)
{
	return btf_resolve(btf, id);
}

struct pbpf_btf_enumerator pbpf_btf_enumerator(const struct pbpf_btf *btf,
					       const struct pbpf_btf_type *type, uint32_t i)
{
	struct pbpf_btf_enumerator enumerator = {.name = ""};
	bool wide = type->kind == PBPF_KIND_ENUM64;
	const uint8_t *record = trailing_record(type, i, wide ? 12 : 8);
	uint32_t low;

	if (!record)
		return enumerator;
	enumerator.name = pbpf_btf_string(btf, btf_load(record));
	low = btf_load(record + 4);
	if (wide)
		enumerator.value = (int64_t)((uint64_t)btf_load(record + 8) << 32 | low);
	else
		enumerator.value = type->kind_flag ? (int64_t)(int32_t)low : (int64_t)low;
	return enumerator;
}

bool btf_is_of_unknown(const struct pbpf_btf *btf, uint32_t id)
{
	for (int depth = 0; depth < BTF_MAX_NESTING; depth++) {
		struct pbpf_btf_type type = pbpf_btf_type(btf, pbpf_btf_resolve(btf, id));

		if (type.kind != PBPF_KIND_ARRAY)
			return type.kind >= BTF_KIND_COUNT;
		id = pbpf_btf_array(btf, &type).type;
	}
	return false;
}

int64_t pbpf_btf_size(const struct pbpf_btf *btf, uint32_t id)
{
	uint64_t count = 1, size;

	for (int depth = 0; depth <= BTF_MAX_NESTING; depth++) {
		const uint8_t *record = btf_record(btf, id);

		size = btf_load(record + 8);
		switch (btf_info_kind(btf_load(record + 4))) {
		case PBPF_KIND_PTR: size = 8; break;
		case PBPF_KIND_INT:
		case PBPF_KIND_STRUCT:
		case PBPF_KIND_UNION:
		case PBPF_KIND_ENUM:
		case PBPF_KIND_ENUM64:
		case PBPF_KIND_FLOAT:
		case PBPF_KIND_DATASEC: break;
		case PBPF_KIND_ARRAY:
			if (__builtin_mul_overflow(count, btf_load(record + 20), &count))
				return -EINVAL;
			id = btf_load(record + BTF_RECORD_SIZE);
			continue;
		case PBPF_KIND_VAR:
		case PBPF_KIND_TYPEDEF:
		case PBPF_KIND_CONST:
		case PBPF_KIND_VOLATILE:
		case PBPF_KIND_RESTRICT:
		case PBPF_KIND_TYPE_TAG: id = (uint32_t)size; continue;
		default: return -EINVAL;
		}
		if (__builtin_mul_overflow(count, size, &size) || size > UINT32_MAX)
			return -EINVAL;
		return (int64_t)size;
	}
	return -EINVAL;
}
