/* SPDX-License-Identifier: MIT */
/*
 * The number that a record asks for, from the path that it comes to on one side.
 *
 * The same code gives the local value, which the instruction should hold, and the target's. What it
 * says about bitfields is a contract with the macros that read them (BPF_CORE_READ_BITFIELD): load
 * `byte size` bytes at `byte offset` into 64 bits, shift left, shift right. The load is of the
 * bitfield's declared type, aligned to its size, and grows to twice the size while the bitfield
 * crosses its end:
 *
 *	u32 a:30, b:4;    b:  |<------ 8 bytes at 0 ------>|    offset 0, size 8
 *	                      |aaaa aaaa|bb                |    little-endian: << 30, then >> 60
 */
#include "relo/core.h"

/* Where the bytes of a field are. Bits count from the root's start. */
struct field_place {
	uint64_t byte_off;
	uint32_t bytes;
	uint64_t bit_off;
	uint32_t bits;
	bool bitfield;
};

static int fail_size(struct core_problem *problem, const struct core_path *path)
{
	return core_fail(problem, -EINVAL, NULL, "'%s' has no size",
			 path->steps[path->length - 1].name);
}

/* The load that covers a bitfield of a type of `bytes` bytes. */
static int place_bitfield(struct field_place *place, uint32_t bytes, struct core_problem *problem)
{
	bool possible = bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8;

	for (; possible; bytes *= 2) {
		place->bytes = bytes;
		place->byte_off = place->bit_off / 8 / bytes * bytes;
		if (place->bit_off + place->bits <= (place->byte_off + bytes) * 8)
			return 0;
		possible = bytes < 8;
	}
	return core_fail(problem, -ENOTSUP, NULL,
			 "no load of 1, 2, 4 or 8 bytes covers the %u bits at bit %llu",
			 place->bits, (unsigned long long)place->bit_off);
}

static uint32_t loads_as(const struct pbpf_btf_type *type)
{
	bool extended = type->kind == PBPF_KIND_INT && type->int_encoding != 1;

	return extended || type->kind == PBPF_KIND_PTR ? type->kind : 0;
}

static int field_value(struct core_value *value, const struct field_place *place,
		       const struct pbpf_btf_type *type, uint32_t kind, bool big_endian,
		       struct core_problem *problem)
{
	uint64_t first_bit = place->bit_off - place->byte_off * 8; /* of the field in the load */

	if (kind >= PBPF_CORE_LSHIFT && place->bytes > 8)
		return core_fail(problem, -EINVAL, NULL,
				 "it has %u bytes, which do not fit the 8 that can be shifted",
				 place->bytes);
	switch (kind) {
	case PBPF_CORE_BYTE_OFFSET:
		value->value = place->byte_off;
		value->check = !place->bitfield;
		value->size = place->bitfield ? 0 : place->bytes;
		value->loads_as = place->bitfield ? 0 : loads_as(type);
		break;
	case PBPF_CORE_BYTE_SIZE:
		value->value = place->bytes;
		value->check = !place->bitfield;
		break;
	case PBPF_CORE_SIGNED:
		value->value = core_is_enum(type->kind) ? type->kind_flag : type->int_encoding & 1;
		break;
	case PBPF_CORE_LSHIFT:
		value->value = big_endian ? (8 - place->bytes) * 8 + first_bit
					  : 64 - (first_bit + place->bits);
		value->check = !place->bitfield;
		break;
	default: value->value = 64 - place->bits; break;
	}
	return 0;
}

static int member_value(struct core_value *value, const struct core_path *path, uint32_t kind,
			bool big_endian, struct core_problem *problem)
{
	struct field_place place = {.bit_off = path->bit_offset, .bits = path->member.bit_size};
	int64_t size;
	int err;

	place.bitfield = place.bits > 0;
	if (place.bitfield) {
		err = place_bitfield(&place, path->type.size, problem);
		if (err)
			return err;
	} else {
		size = core_size(path->btf, &path->type);
		if (size < 0)
			return fail_size(problem, path);
		place.byte_off = place.bit_off / 8;
		place.bytes = (uint32_t)size;
		place.bits = place.bytes * 8;
		place.bit_off = place.byte_off * 8;
	}
	return field_value(value, &place, &path->type, kind, big_endian, problem);
}

/* An element of an array, or the whole of what the root's pointer points to. */
static int element_value(struct core_value *value, const struct core_path *path, uint32_t kind,
			 struct core_problem *problem)
{
	struct pbpf_btf_type type = pbpf_btf_type(path->btf, path->steps[path->length - 1].type);
	int64_t size = core_size(path->btf, &type);

	if (size < 0)
		return core_fail(problem, -EINVAL, NULL, "its type has no size");
	if (kind == PBPF_CORE_BYTE_OFFSET) {
		value->value = path->bit_offset / 8;
		value->size = (uint32_t)size;
		value->loads_as = loads_as(&type);
		return 0;
	}
	if (kind != PBPF_CORE_BYTE_SIZE)
		return core_fail(problem, -EINVAL, NULL,
				 "relocation '%s' cannot be applied to the element of an array",
				 pbpf_core_kind_name(kind));
	value->value = (uint64_t)size;
	return 0;
}

static int type_size(struct core_value *value, const struct core_path *path,
		     struct core_problem *problem)
{
	int64_t size = pbpf_btf_size(path->btf, path->root);

	if (size < 0)
		return core_fail(problem, -EINVAL, NULL, "it has no size");
	value->value = (uint64_t)size;
	return 0;
}

int core_value(struct core_value *value, const struct core_path *path, uint32_t kind,
	       bool big_endian, struct core_problem *problem)
{
	const struct core_step *last = path->steps;
	struct pbpf_btf_type type;

	*value = (struct core_value){.value = 1, .check = true};
	switch (kind) {
	case PBPF_CORE_FIELD_EXISTS:
	case PBPF_CORE_TYPE_EXISTS:
	case PBPF_CORE_TYPE_MATCHES:
	case PBPF_CORE_ENUMERATOR_EXISTS: return 0;
	case PBPF_CORE_TYPE_ID_LOCAL:
	case PBPF_CORE_TYPE_ID_TARGET:
		/* Tools that merge objects or drop types renumber them, and leave the code alone. */
		value->value = path->root;
		value->check = false;
		return 0;
	case PBPF_CORE_TYPE_SIZE: return type_size(value, path, problem);
	case PBPF_CORE_ENUMERATOR_VALUE:
		type = pbpf_btf_type(path->btf, last->type);
		value->value = (uint64_t)pbpf_btf_enumerator(path->btf, &type, last->index).value;
		return 0;
	default: break;
	}
	if (path->steps[path->length - 1].name)
		return member_value(value, path, kind, big_endian, problem);
	return element_value(value, path, kind, problem);
}
