/* SPDX-License-Identifier: MIT */
/*
 * Where C puts members, and what must be said so that it puts them where BTF has them.
 *
 * BTF gives offsets but neither alignment nor packing. A struct is taken to be packed when a member
 * of it is not aligned, or its size is no multiple of its alignment; everything else that C would
 * not do by itself is done by holes. The rules are those of the System V ABI: a bitfield does not
 * cross a boundary of its type.
 */
#include "btf/c_print.h"

/* A layout is an alignment, with this bit for a packed struct or union. */
#define LAYOUT_PACKED 0x80

static uint64_t round_up(uint64_t value, uint64_t step)
{
	return (value + step - 1) / step * step;
}

struct c_member c_member(const struct pbpf_btf *btf, const struct pbpf_btf_type *type, uint32_t i)
{
	struct c_member c = {.member = pbpf_btf_member(btf, type, i)};
	uint32_t resolved = pbpf_btf_resolve(btf, c.member.type);
	int64_t size = pbpf_btf_size(btf, resolved);

	c.at = c.member.bit_offset;
	c.bits = c.member.bit_size;
	if (!type->kind_flag && btf_kind_of(btf, resolved) == PBPF_KIND_INT) {
		uint32_t form = btf_load(btf_record(btf, resolved) + BTF_RECORD_SIZE);

		if ((form & 0xff) < size * 8) { /* an older bitfield: its type has less bits */
			c.at += form >> 16 & 0xff;
			c.bits = form & 0xff;
		}
	}
	c.end = c.at + (c.bits ? c.bits : size > 0 ? (uint64_t)size * 8 : 0);
	return c;
}

static uint32_t alignment_of(const uint8_t *layouts, uint32_t id)
{
	uint32_t alignment = layouts[id] & (uint32_t)~LAYOUT_PACKED;

	return alignment ? alignment : 1;
}

/* Bits of the type that a bitfield is declared with. */
static uint64_t unit_bits(const struct pbpf_btf *btf, const struct c_member *c)
{
	int64_t size = pbpf_btf_size(btf, c->member.type);

	return size > 0 ? (uint64_t)size * 8 : 8;
}

static bool misplaced(const struct pbpf_btf *btf, const struct c_member *c, uint32_t alignment)
{
	uint64_t unit;

	if (!c->bits)
		return c->at % (alignment * 8ull);
	unit = unit_bits(btf, c);
	return c->at / unit != (c->at + c->bits - 1) / unit;
}

static int layout_of_record(const struct pbpf_btf *btf, const struct pbpf_btf_type *type,
			    const uint8_t *layouts)
{
	uint32_t most = 1;
	bool packed = false;

	for (uint32_t i = 0; i < type->vlen; i++) {
		const uint8_t *record = type->records + i * (size_t)12;
		uint32_t member = btf_load(record + 4), place = btf_load(record + 8);
		uint32_t alignment = member < btf->end_id ? alignment_of(layouts, member) : 1;
		bool bitfield = type->kind_flag && place >> 24;
		struct c_member c;

		if (bitfield || place % (alignment * 8)) {
			c = c_member(btf, type, i);
			packed |= misplaced(btf, &c, alignment);
		}
		if (alignment > most)
			most = alignment;
	}
	return packed || type->size % most ? 1 | LAYOUT_PACKED : (int)most;
}

static int layout_of(const struct pbpf_btf *btf, const struct pbpf_btf_type *type,
		     const uint8_t *layouts)
{
	uint32_t part = 0;

	switch (type->kind) {
	case PBPF_KIND_STRUCT:
	case PBPF_KIND_UNION: return layout_of_record(btf, type, layouts);
	case PBPF_KIND_PTR: return 8;
	case PBPF_KIND_INT:
	case PBPF_KIND_ENUM:
	case PBPF_KIND_ENUM64:
	case PBPF_KIND_FLOAT:
		/* the largest power of two that divides the size: 4 for a float of 12 bytes */
		part = type->size & (0 - type->size);
		return part > 16 ? 16 : part ? (int)part : 1;
	default:
		if (!btf_part_by_value(type, 0, &part) || part >= btf->end_id)
			return 1;
		return (int)alignment_of(layouts, part);
	}
}

int c_layout(struct c_printer *printer, uint32_t id)
{
	if (printer->layouts[id])
		return 0;
	return btf_bottom_up(&printer->btf, printer->layouts, id, layout_of);
}

bool c_is_packed(const struct c_printer *printer, uint32_t id)
{
	return printer->layouts[id] & LAYOUT_PACKED;
}

uint32_t c_alignment(const struct c_printer *printer, uint32_t id)
{
	return id < printer->btf.end_id ? alignment_of(printer->layouts, id) : 1;
}

uint64_t c_natural_place(const struct c_printer *printer, const struct c_member *c, uint64_t end,
			 bool packed)
{
	uint64_t unit;

	if (!c->bits)
		return round_up(end, packed ? 8 : c_alignment(printer, c->member.type) * 8ull);
	unit = unit_bits(&printer->btf, c);
	if (packed || end / unit == (end + c->bits - 1) / unit)
		return end;
	return round_up(end, unit);
}
