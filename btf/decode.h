/* SPDX-License-Identifier: MIT */
/*
 * Types and their records, decoded. These are the functions of pbpf_btf.h of the same names (types.c calls
 * them), for the files here that look at every type: the compiler leaves out what they do not ask for.
 */
#ifndef BTF_DECODE_H
#define BTF_DECODE_H

#include "btf/impl.h"

static inline const char *btf_string(const struct pbpf_btf *btf, uint32_t offset)
{
	uint32_t own = offset - btf->first_string;

	return own < btf->strings_size ? btf->strings + own : pbpf_btf_string(btf, offset);
}

/* What follows the twelve bytes of an INT, a VAR or a DECL_TAG. */
static inline void decode_extra(struct pbpf_btf_type *type)
{
	uint32_t word = btf_load(type->records);

	if (type->kind == PBPF_KIND_INT) {
		type->int_encoding = (uint8_t)(word >> 24 & 0x0f);
		type->int_offset = (uint8_t)(word >> 16);
		type->int_bits = (uint8_t)word;
	} else if (type->kind == PBPF_KIND_VAR) {
		type->linkage = word;
	} else {
		type->component = (int32_t)word;
	}
}

static inline struct pbpf_btf_type btf_type(const struct pbpf_btf *btf, uint32_t id)
{
	const uint8_t *record = btf_record(btf, id);
	uint32_t info = btf_load(record + 4), word = btf_load(record + 8);
	struct pbpf_btf_type type = {
		.name = btf_string(btf, btf_load(record)),
		.id = id,
		.kind = btf_info_kind(info),
		.vlen = btf_info_vlen(info),
		.kind_flag = info >> 31,
		.records = record + BTF_RECORD_SIZE,
	};

	if (btf_kind(type.kind)->targets)
		type.type = word;
	else
		type.size = word;
	if (type.kind == PBPF_KIND_FUNC)
		type.linkage = type.vlen;
	if (btf_forms[type.kind].fixed == BTF_RECORD_SIZE + 4)
		decode_extra(&type);
	return type;
}

/* The i-th of the records that are `size` bytes each, or NULL when the type has none such. */
static inline const uint8_t *trailing_record(const struct pbpf_btf_type *type, uint32_t i,
					     uint32_t size)
{
	if (type->kind >= BTF_KIND_COUNT || btf_forms[type->kind].each != size || i >= type->vlen)
		return NULL;
	return type->records + (size_t)i * size;
}

static inline struct pbpf_btf_member btf_member(const struct pbpf_btf *btf,
						const struct pbpf_btf_type *type, uint32_t i)
{
	struct pbpf_btf_member member = {.name = ""};
	const uint8_t *record = trailing_record(type, i, 12);

	if (!record)
		return member;
	member.name = btf_string(btf, btf_load(record));
	member.type = btf_load(record + 4);
	member.bit_offset = btf_load(record + 8);
	if (type->kind_flag) {
		member.bit_size = member.bit_offset >> 24;
		member.bit_offset &= 0xffffff;
	}
	return member;
}

static inline struct pbpf_btf_param btf_param(const struct pbpf_btf *btf,
					      const struct pbpf_btf_type *type, uint32_t i)
{
	struct pbpf_btf_param param = {.name = ""};
	const uint8_t *record = trailing_record(type, i, 8);

	if (!record)
		return param;
	param.name = btf_string(btf, btf_load(record));
	param.type = btf_load(record + 4);
	return param;
}

static inline struct pbpf_btf_variable btf_variable(const struct pbpf_btf_type *type, uint32_t i)
{
	struct pbpf_btf_variable variable = {0};
	const uint8_t *record = trailing_record(type, i, 12);

	if (!record)
		return variable;
	variable.type = btf_load(record);
	variable.offset = btf_load(record + 4);
	variable.size = btf_load(record + 8);
	return variable;
}

static inline struct pbpf_btf_array btf_array(const struct pbpf_btf_type *type)
{
	struct pbpf_btf_array array = {0};

	if (type->kind != PBPF_KIND_ARRAY)
		return array;
	array.type = btf_load(type->records);
	array.index_type = btf_load(type->records + 4);
	array.count = btf_load(type->records + 8);
	return array;
}

/* Kinds that are but another name, or a quality, of the type they refer to. */
static inline bool is_alias(uint32_t kind)
{
	return kind == PBPF_KIND_TYPEDEF || kind == PBPF_KIND_CONST || kind == PBPF_KIND_VOLATILE ||
	       kind == PBPF_KIND_RESTRICT || kind == PBPF_KIND_TYPE_TAG;
}

static inline uint32_t btf_resolve(const struct pbpf_btf *btf, uint32_t id)
{
	for (int depth = 0; depth <= BTF_MAX_NESTING; depth++) {
		const uint8_t *record = btf_record(btf, id);

		if (!is_alias(btf_info_kind(btf_load(record + 4))))
			return id;
		id = btf_load(record + 8);
	}
	return 0;
}

/* The size of a value, where its own record says it; otherwise pbpf_btf_size() finds it out. */
static inline int64_t btf_size(const struct pbpf_btf *btf, uint32_t id)
{
	const uint8_t *record = btf_record(btf, id);

	switch (btf_info_kind(btf_load(record + 4))) {
	case PBPF_KIND_INT:
	case PBPF_KIND_STRUCT:
	case PBPF_KIND_UNION:
	case PBPF_KIND_ENUM:
	case PBPF_KIND_ENUM64:
	case PBPF_KIND_FLOAT: return btf_load(record + 8);
	case PBPF_KIND_PTR: return 8;
	default: return pbpf_btf_size(btf, id);
	}
}

#endif
