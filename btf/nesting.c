/* SPDX-License-Identifier: MIT */
/*
 * The rules that span types: nothing contains itself by value, nesting has a limit, and every part
 * fits its whole.
 */
#include "btf/bottom_up.h"

/* The depth of a type is one more than that of the deepest that it contains; 0: that of one is not known. */
static unsigned int known_depth(const struct pbpf_btf_type *type, const uint8_t *depths)
{
	unsigned int deepest = 0;
	uint32_t part;

	for (uint32_t i = 0; btf_part_by_value(type, i, &part); i++) {
		if (!depths[part])
			return 0;
		if (depths[part] > deepest)
			deepest = depths[part];
	}
	return deepest + 1;
}

static int depth_of(const struct pbpf_btf *btf, const struct pbpf_btf_type *type,
		    const uint8_t *depths)
{
	unsigned int depth = known_depth(type, depths);

	if (depth <= BTF_MAX_NESTING)
		return (int)depth;
	return btf_fail_type(btf, type->id, -EINVAL, "nests more than %d levels deep",
			     BTF_MAX_NESTING);
}

/* Compilers write a type before those that it holds: from the last to the first, nearly every depth follows from
 * what is known already. */
static void fill_depths(const struct pbpf_btf *btf, uint8_t *depths)
{
	depths[0] = 1;
	for (uint32_t id = btf->first_id; id < btf->end_id; id++)
		depths[id] = !btf_kind(btf_kind_of(btf, id))->by_value;
	for (uint32_t id = btf->end_id; id-- > btf->first_id;) {
		struct pbpf_btf_type type;
		unsigned int depth;

		if (depths[id])
			continue;
		type = btf_type(btf, id);
		depth = known_depth(&type, depths);
		if (depth <= BTF_MAX_NESTING)
			depths[id] = (uint8_t)depth;
	}
}

int btf_check_nesting(const struct pbpf_btf *btf)
{
	uint8_t *depths = env_alloc(&btf->env, btf->end_id, 1);
	int err = 0;

	if (!depths)
		return env_no_memory(&btf->env, "btf", "the depths of types");
	fill_depths(btf, depths);
	for (uint32_t id = btf->first_id; id < btf->end_id && !err; id++)
		if (!depths[id])
			err = btf_bottom_up(btf, depths, id, depth_of);
	env_free(&btf->env, depths, btf->end_id, 1);
	return err;
}

/* Before there was a kind flag, the integer said that it is a bitfield: its bits, and the first of them. */
static bool take_old_bitfield(const struct pbpf_btf *btf, uint32_t integer, uint64_t *bits)
{
	struct pbpf_btf_type type = btf_type(btf, integer);

	if (type.int_bits >= *bits)
		return false;
	*bits = (uint64_t)type.int_offset + type.int_bits;
	return true;
}

/* Bits of a member, from its first: of the whole type, or of the bitfield it is. */
static int measure_member(const struct pbpf_btf *btf, const struct pbpf_btf_type *type,
			  const struct pbpf_btf_member *member, uint32_t i, uint64_t *bits)
{
	uint32_t value = btf_resolve(btf, member->type), kind = btf_kind_of(btf, value);
	bool whole = kind == PBPF_KIND_INT || kind == PBPF_KIND_ENUM || kind == PBPF_KIND_ENUM64;
	int64_t size = btf_size(btf, value);

	if (size < 0 && btf_is_of_unknown(btf, value))
		size = 0;
	if (size < 0)
		return btf_fail_type(btf, type->id, -EINVAL,
				     "%s has type %u (%s), which has no size below 4 GiB",
				     btf_label("member", member->name, i).text, member->type,
				     pbpf_btf_kind_name(kind));
	*bits = (uint64_t)size * 8;
	if (member->bit_size) {
		if (!whole || member->bit_size > *bits)
			return btf_fail_type(btf, type->id, -EINVAL,
					     "%s is a bitfield of %u bits of type %u (%s)",
					     btf_label("member", member->name, i).text,
					     member->bit_size, member->type,
					     pbpf_btf_kind_name(kind));
		*bits = member->bit_size;
	} else if (!type->kind_flag && kind == PBPF_KIND_INT &&
		   take_old_bitfield(btf, value, bits)) {
		return 0;
	} else if (member->bit_offset % 8) {
		return btf_fail_type(btf, type->id, -EINVAL,
				     "%s is at bit %u, but is not a bitfield",
				     btf_label("member", member->name, i).text, member->bit_offset);
	}
	return 0;
}

static int check_layout(const struct pbpf_btf *btf, const struct pbpf_btf_type *type)
{
	for (uint32_t i = 0; i < type->vlen; i++) {
		struct pbpf_btf_member member = btf_member(btf, type, i);
		uint64_t bits = 0;
		int err = measure_member(btf, type, &member, i, &bits);

		if (err)
			return err;
		if (member.bit_offset + bits > (uint64_t)type->size * 8)
			return btf_fail_type(btf, type->id, -EINVAL,
					     "%s (%llu bits at bit %u) passes the end at byte %u",
					     btf_label("member", member.name, i).text,
					     (unsigned long long)bits, member.bit_offset,
					     type->size);
	}
	return 0;
}

/* The array itself may have 4 GiB or more: a map of 2^30 entries and more says so by a pointer to one. It has no
 * size then, and so is nothing's part. */
static int check_element_size(const struct pbpf_btf *btf, const struct pbpf_btf_type *type)
{
	struct pbpf_btf_array array = btf_array(type);
	uint32_t index = btf_kind_of(btf, btf_resolve(btf, array.index_type));

	if (index != PBPF_KIND_INT)
		return btf_fail_type(btf, type->id, -EINVAL, "its index is type %u (%s)",
				     array.index_type, pbpf_btf_kind_name(index));
	if (btf_size(btf, array.type) >= 0 || btf_is_of_unknown(btf, array.type))
		return 0;
	return btf_fail_type(btf, type->id, -EINVAL,
			     "an array of type %u, which has no size below 4 GiB", array.type);
}

/* Of 4 GiB or more, which no variable has. */
static bool is_array_without_size(const struct pbpf_btf *btf, uint32_t variable)
{
	uint32_t value = btf_resolve(btf, pbpf_btf_type(btf, variable).type);

	return btf_kind_of(btf, value) == PBPF_KIND_ARRAY && !btf_is_of_unknown(btf, value);
}

static int check_variable_sizes(const struct pbpf_btf *btf, const struct pbpf_btf_type *type)
{
	for (uint32_t i = 0; i < type->vlen; i++) {
		struct pbpf_btf_variable variable = btf_variable(type, i);
		int64_t size = pbpf_btf_size(btf, variable.type);

		if (size > (int64_t)variable.size)
			return btf_fail_type(
				btf, type->id, -EINVAL, "%s has %u bytes, but its type %lld",
				btf_label("variable", pbpf_btf_type(btf, variable.type).name, i)
					.text,
				variable.size, (long long)size);
		if (size < 0 && is_array_without_size(btf, variable.type))
			return btf_fail_type(
				btf, type->id, -EINVAL,
				"%s has %u bytes, but its type 4 GiB or more",
				btf_label("variable", pbpf_btf_type(btf, variable.type).name, i)
					.text,
				variable.size);
	}
	return 0;
}

int btf_check_sizes(const struct pbpf_btf *btf)
{
	int err = 0;

	for (uint32_t id = btf->first_id; id < btf->end_id && !err; id++) {
		uint32_t kind = btf_kind_of(btf, id);
		struct pbpf_btf_type type;

		if (kind != PBPF_KIND_STRUCT && kind != PBPF_KIND_UNION &&
		    kind != PBPF_KIND_ARRAY && kind != PBPF_KIND_DATASEC)
			continue;
		type = btf_type(btf, id);
		if (kind == PBPF_KIND_ARRAY)
			err = check_element_size(btf, &type);
		else if (kind == PBPF_KIND_DATASEC)
			err = check_variable_sizes(btf, &type);
		else
			err = check_layout(btf, &type);
	}
	return err;
}
