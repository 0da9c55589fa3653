/* SPDX-License-Identifier: MIT */
/*
 * The rules of one type, each on its own: names, ids, numbers. nesting.c has those that span types.
 *
 * The rules are the kernel's (kernel/bpf/btf.c), but for two things that compilers leave undone
 * and that are mended before the kernel sees them: a DATASEC without size and offsets, and names
 * that are no C identifiers (Rust's). Of a kind that is not known there are no rules, and what refers to it
 * is left to the kernel, which may know it.
 */
#include "btf/decode.h"

#include <stdarg.h>
#include <stdio.h>

int btf_fail_type(const struct pbpf_btf *btf, uint32_t id, int err, const char *format, ...)
{
	struct pbpf_btf_type type = pbpf_btf_type(btf, id);
	const struct pbpf_btf *part = btf_part_of(btf, id);
	uint64_t offset = part ? part->types_at + btf_type_at(part, id) : 0;
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return env_fail(&btf->env, err, AT("btf", NULL, offset), NULL,
			*type.name ? "type %u (%s '%.64s') at offset %llu: %s"
				   : "type %u (%s%s) at offset %llu: %s",
			id, pbpf_btf_kind_name(type.kind), type.name, (unsigned long long)offset,
			text);
}

struct btf_label btf_label(const char *what, const char *name, uint32_t i)
{
	struct btf_label label;

	if (*name)
		snprintf(label.text, sizeof(label.text), "%s '%.48s'", what, name);
	else
		snprintf(label.text, sizeof(label.text), "%s #%u", what, i);
	return label;
}

/* The string offset of the i-th record, whose first word it is. */
static uint32_t record_name(const struct pbpf_btf_type *type, uint32_t i)
{
	return btf_load(type->records + (size_t)i * btf_forms[type->kind].each);
}

/* What every kind has: a name, an id, vlen and the flag, each only where the kind may have it. */
static int check_common(const struct pbpf_btf *btf, const struct pbpf_btf_type *type)
{
	const struct btf_kind *kind = btf_kind(type->kind);
	uint32_t name = btf_load(type->records - BTF_RECORD_SIZE), target;

	if (!btf_has_string(btf, name))
		return btf_fail_type(btf, type->id, -EINVAL, "its name is at %u, past the strings",
				     name);
	if (kind->named && !*type->name)
		return btf_fail_type(btf, type->id, -EINVAL, "it must have a name");
	if (type->kind_flag && !kind->flagged)
		return btf_fail_type(btf, type->id, -EINVAL, "its kind has no kind_flag");
	if (type->kind >= BTF_KIND_COUNT)
		return 0;
	if (type->vlen && !btf_forms[type->kind].each && type->kind != PBPF_KIND_FUNC)
		return btf_fail_type(btf, type->id, -EINVAL,
				     "vlen is %u for a kind without records", type->vlen);
	if (!kind->targets)
		return 0;
	if (type->type >= btf->end_id)
		return btf_fail_type(btf, type->id, -EINVAL,
				     "refers to type %u, but the last type is %u", type->type,
				     btf->end_id - 1);
	target = btf_kind_of(btf, type->type);
	if (target < BTF_KIND_COUNT && !(kind->targets >> target & 1))
		return btf_fail_type(btf, type->id, -EINVAL, "cannot refer to type %u (%s)",
				     type->type, pbpf_btf_kind_name(target));
	return 0;
}

static int check_int(const struct pbpf_btf *btf, const struct pbpf_btf_type *type)
{
	uint32_t word = btf_load(type->records);

	if (!type->size || type->size > 16 || (type->size & (type->size - 1)))
		return btf_fail_type(btf, type->id, -EINVAL, "an integer of %u bytes", type->size);
	if (!type->int_bits || type->int_offset + type->int_bits > type->size * 8)
		return btf_fail_type(btf, type->id, -EINVAL,
				     "%u bits from bit %u do not lie in %u bytes", type->int_bits,
				     type->int_offset, type->size);
	if (word & 0xf800ff00)
		return btf_fail_type(btf, type->id, -EINVAL, "its integer word 0x%08x is not known",
				     word);
	return 0;
}

static int check_float(const struct pbpf_btf *btf, const struct pbpf_btf_type *type)
{
	switch (type->size) {
	case 2:
	case 4:
	case 8:
	case 12:
	case 16: return 0;
	default: return btf_fail_type(btf, type->id, -EINVAL, "a float of %u bytes", type->size);
	}
}

/* A type that a value can have, or part of one: no function, variable or tag. */
static bool is_value_kind(uint32_t kind)
{
	return kind >= BTF_KIND_COUNT || (btf_kinds[PBPF_KIND_TYPEDEF].targets >> kind & 1);
}

static int check_array(const struct pbpf_btf *btf, const struct pbpf_btf_type *type)
{
	struct pbpf_btf_array array = btf_array(type);

	if (array.type >= btf->end_id || array.index_type >= btf->end_id)
		return btf_fail_type(btf, type->id, -EINVAL,
				     "refers to types %u and %u, but the last type is %u",
				     array.type, array.index_type, btf->end_id - 1);
	if (!is_value_kind(btf_kind_of(btf, array.type)))
		return btf_fail_type(btf, type->id, -EINVAL, "an array of type %u (%s)", array.type,
				     pbpf_btf_kind_name(btf_kind_of(btf, array.type)));
	return 0;
}

/* *before is where the member before it begins. */
static int check_member(const struct pbpf_btf *btf, const struct pbpf_btf_type *type, uint32_t i,
			uint32_t *before)
{
	struct pbpf_btf_member member = btf_member(btf, type, i);

	if (!btf_has_string(btf, record_name(type, i)))
		return btf_fail_type(btf, type->id, -EINVAL,
				     "the name of member #%u is at %u, past the strings", i,
				     record_name(type, i));
	if (member.type >= btf->end_id)
		return btf_fail_type(
			btf, type->id, -EINVAL, "%s has type %u, but the last type is %u",
			btf_label("member", member.name, i).text, member.type, btf->end_id - 1);
	if (!is_value_kind(btf_kind_of(btf, member.type)))
		return btf_fail_type(btf, type->id, -EINVAL, "%s cannot have type %u (%s)",
				     btf_label("member", member.name, i).text, member.type,
				     pbpf_btf_kind_name(btf_kind_of(btf, member.type)));
	if (type->kind == PBPF_KIND_UNION && member.bit_offset)
		return btf_fail_type(btf, type->id, -EINVAL, "%s of a union is at bit %u",
				     btf_label("member", member.name, i).text, member.bit_offset);
	if (member.bit_offset < *before)
		return btf_fail_type(
			btf, type->id, -EINVAL, "%s is at bit %u, but the member before it at %u",
			btf_label("member", member.name, i).text, member.bit_offset, *before);
	*before = member.bit_offset;
	return 0;
}

static int check_members(const struct pbpf_btf *btf, const struct pbpf_btf_type *type)
{
	uint32_t before = 0;
	int err = 0;

	for (uint32_t i = 0; i < type->vlen && !err; i++)
		err = check_member(btf, type, i, &before);
	return err;
}

static int check_enum(const struct pbpf_btf *btf, const struct pbpf_btf_type *type)
{
	bool wide = type->kind == PBPF_KIND_ENUM64;
	bool declared = !wide && !type->vlen && !type->size; /* `enum e;` as clang writes it */

	if (wide ? type->size != 8
		 : (!type->size && !declared) || type->size > 8 || (type->size & (type->size - 1)))
		return btf_fail_type(btf, type->id, -EINVAL, "an enumeration of %u bytes",
				     type->size);
	for (uint32_t i = 0; i < type->vlen; i++) {
		uint32_t name = record_name(type, i);

		if (!btf_has_string(btf, name))
			return btf_fail_type(
				btf, type->id, -EINVAL,
				"the name of enumerator #%u is at %u, past the strings", i, name);
		if (!*btf_string(btf, name))
			return btf_fail_type(btf, type->id, -EINVAL, "enumerator #%u has no name",
					     i);
	}
	return 0;
}

static int check_params(const struct pbpf_btf *btf, const struct pbpf_btf_type *type)
{
	for (uint32_t i = 0; i < type->vlen; i++) {
		struct pbpf_btf_param param = btf_param(btf, type, i);
		uint32_t name = record_name(type, i);

		if (!btf_has_string(btf, name))
			return btf_fail_type(btf, type->id, -EINVAL,
					     "the name of parameter #%u is at %u, past the strings",
					     i, name);
		if (param.type >= btf->end_id)
			return btf_fail_type(btf, type->id, -EINVAL,
					     "%s has type %u, but the last type is %u",
					     btf_label("parameter", param.name, i).text, param.type,
					     btf->end_id - 1);
		if (!is_value_kind(btf_kind_of(btf, param.type)))
			return btf_fail_type(btf, type->id, -EINVAL, "%s cannot have type %u (%s)",
					     btf_label("parameter", param.name, i).text, param.type,
					     pbpf_btf_kind_name(btf_kind_of(btf, param.type)));
		if (!param.type && (*param.name || i + 1 < type->vlen))
			return btf_fail_type(btf, type->id, -EINVAL, "%s is void",
					     btf_label("parameter", param.name, i).text);
	}
	return 0;
}

/* Offsets count only once the section has a size: clang leaves both to the loader. */
static int check_variables(const struct pbpf_btf *btf, const struct pbpf_btf_type *type)
{
	uint64_t end = 0;

	for (uint32_t i = 0; i < type->vlen; i++) {
		struct pbpf_btf_variable variable = btf_variable(type, i);
		uint32_t kind = btf_kind_of(btf, variable.type);

		if (variable.type >= btf->end_id)
			return btf_fail_type(btf, type->id, -EINVAL,
					     "variable #%u is type %u, but the last type is %u", i,
					     variable.type, btf->end_id - 1);
		if (kind != PBPF_KIND_VAR && kind != PBPF_KIND_FUNC)
			return btf_fail_type(btf, type->id, -EINVAL,
					     "variable #%u is type %u, which is a %s", i,
					     variable.type, pbpf_btf_kind_name(kind));
		if (!type->size)
			continue;
		if (variable.offset < end)
			return btf_fail_type(btf, type->id, -EINVAL,
					     "variable #%u is at %u, within the one before it, or "
					     "before that",
					     i, variable.offset);
		end = (uint64_t)variable.offset + variable.size;
		if (end > type->size)
			return btf_fail_type(btf, type->id, -EINVAL,
					     "variable #%u (%u bytes at %u) passes the section's "
					     "end at %u",
					     i, variable.size, variable.offset, type->size);
	}
	return 0;
}

static int check_linkage(const struct pbpf_btf *btf, const struct pbpf_btf_type *type)
{
	if (type->linkage <= PBPF_LINKAGE_EXTERN)
		return 0;
	return btf_fail_type(btf, type->id, -EINVAL, "its linkage %u is not known", type->linkage);
}

/* A tag sits on the whole of its target, or on one of its members or parameters. */
static int check_tag(const struct pbpf_btf *btf, const struct pbpf_btf_type *type)
{
	struct pbpf_btf_type target = pbpf_btf_type(btf, type->type);
	uint32_t components = 0;

	if (target.kind == PBPF_KIND_STRUCT || target.kind == PBPF_KIND_UNION)
		components = target.vlen;
	else if (target.kind == PBPF_KIND_FUNC)
		components = pbpf_btf_type(btf, target.type).vlen;
	if (type->component == -1 || target.kind >= BTF_KIND_COUNT ||
	    (type->component >= 0 && (uint32_t)type->component < components))
		return 0;
	return btf_fail_type(btf, type->id, -EINVAL, "tags component %d of type %u, which has %u",
			     type->component, type->type, components);
}

static int check_own(const struct pbpf_btf *btf, const struct pbpf_btf_type *type)
{
	switch (type->kind) {
	case PBPF_KIND_INT: return check_int(btf, type);
	case PBPF_KIND_FLOAT: return check_float(btf, type);
	case PBPF_KIND_ARRAY: return check_array(btf, type);
	case PBPF_KIND_STRUCT:
	case PBPF_KIND_UNION: return check_members(btf, type);
	case PBPF_KIND_ENUM:
	case PBPF_KIND_ENUM64: return check_enum(btf, type);
	case PBPF_KIND_FUNC_PROTO: return check_params(btf, type);
	case PBPF_KIND_DATASEC: return check_variables(btf, type);
	case PBPF_KIND_FUNC:
	case PBPF_KIND_VAR: return check_linkage(btf, type);
	case PBPF_KIND_DECL_TAG: return check_tag(btf, type);
	default: return 0;
	}
}

int btf_check_types(const struct pbpf_btf *btf)
{
	int err = 0;

	for (uint32_t id = btf->first_id; id < btf->end_id && !err; id++) {
		struct pbpf_btf_type type = btf_type(btf, id);

		err = check_common(btf, &type);
		if (!err)
			err = check_own(btf, &type);
	}
	return err;
}
