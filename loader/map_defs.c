/* SPDX-License-Identifier: MIT */
/*
 * Map definitions: what a variable of the section .maps says in its type.
 *
 *	struct {
 *		__uint(type, BPF_MAP_TYPE_HASH);     int (*type)[1];       a number: how many elements
 *		__type(key, __u32);                  __u32 *key;           a type: what it points to
 *		__uint(max_entries, 1024);           int (*max_entries)[1024];
 *	} counts SEC(".maps");
 *
 * A map of maps says in `values` what it holds, by a definition like its own; a prog array says there
 * that it holds programs. Both may give elements, as relocations behind the struct (map_slots.c).
 *
 * The bytes of the section are all zero; everything is in the BTF.
 */
#include "base/spell.h"
#include "loader/object.h"

#include <string.h>

/* A definition while it is read. */
struct definition {
	const struct pbpf_btf *btf;
	struct pbpf_map *map;
	struct pbpf_map_attr *attr;    /* what is filled: the map's, or its inner map's */
	uint64_t offset;	       /* of the definition in the section */
	struct pbpf_btf_member member; /* the attribute at hand */
	uint32_t seen;		       /* bit n: attributes[n] was given */
	bool inner;
};

static int fail_attribute(const struct definition *def, int err, const char *hint, const char *what)
{
	return map_fail(def->map, err, hint, "%sattribute '%s' %s", def->inner ? "(values): " : "",
			def->member.name, what);
}

/* A number: the length of the array that the member points to, or, for numbers beyond 32 bits, the only
 * value of the enum that it has as type. */
static int read_number(const struct definition *def, uint64_t *number)
{
	uint32_t id = pbpf_btf_resolve(def->btf, def->member.type);
	struct pbpf_btf_type type = pbpf_btf_type(def->btf, id);

	if ((type.kind == PBPF_KIND_ENUM || type.kind == PBPF_KIND_ENUM64) && type.vlen == 1) {
		*number = (uint64_t)pbpf_btf_enumerator(def->btf, &type, 0).value;
		return 0;
	}
	if (type.kind == PBPF_KIND_PTR) {
		type = pbpf_btf_type(def->btf, pbpf_btf_resolve(def->btf, type.type));
		if (type.kind == PBPF_KIND_ARRAY) {
			*number = pbpf_btf_array(def->btf, &type).count;
			return 0;
		}
	}
	return fail_attribute(def, -EINVAL, "write __uint(attribute, number)", "is no number");
}

static int read_number32(const struct definition *def, uint32_t *to)
{
	uint64_t number = 0;
	int err = read_number(def, &number);

	if (err)
		return err;
	if (number > UINT32_MAX)
		return fail_attribute(def, -ERANGE, NULL, "does not fit 32 bits");
	*to = (uint32_t)number;
	return 0;
}

/* A size that may be given twice, as a number and by a type; then both must agree. */
static int set_size(const struct definition *def, uint32_t *to, uint32_t size)
{
	if (*to && *to != size)
		return fail_attribute(def, -EINVAL, "give either the type or the size",
				      "contradicts the size given before");
	*to = size;
	return 0;
}

static int read_size(const struct definition *def, uint32_t *to)
{
	uint32_t size = 0;
	int err = read_number32(def, &size);

	return err ? err : set_size(def, to, size);
}

/* A type: what the member points to. Its id goes to the kernel too. */
static int read_type(const struct definition *def, uint32_t *size_to, uint32_t *type_to)
{
	struct pbpf_btf_type type =
		pbpf_btf_type(def->btf, pbpf_btf_resolve(def->btf, def->member.type));
	int64_t size;

	if (type.kind != PBPF_KIND_PTR)
		return fail_attribute(def, -EINVAL, "write __type(attribute, type)", "is no type");
	size = pbpf_btf_size(def->btf, type.type);
	if (size < 0 || size > UINT32_MAX)
		return fail_attribute(def, -EINVAL, "use a type that is complete in this file",
				      "is a type without a size");
	*type_to = type.type;
	return set_size(def, size_to, (uint32_t)size);
}

static int read_flags(const struct definition *def)
{
	return read_number32(def, &def->attr->flags);
}

static int read_map_type(const struct definition *def)
{
	return read_number32(def, &def->attr->type);
}

static int read_max_entries(const struct definition *def)
{
	return read_number32(def, &def->attr->max_entries);
}

static int read_key_size(const struct definition *def)
{
	return read_size(def, &def->attr->key_size);
}

static int read_value_size(const struct definition *def)
{
	return read_size(def, &def->attr->value_size);
}

static int read_key(const struct definition *def)
{
	return read_type(def, &def->attr->key_size, &def->attr->btf_key_type);
}

static int read_value(const struct definition *def)
{
	return read_type(def, &def->attr->value_size, &def->attr->btf_value_type);
}

static int read_numa_node(const struct definition *def)
{
	def->attr->flags |= PBPF_F_NUMA_NODE;
	return read_number32(def, &def->attr->numa_node);
}

static int read_extra(const struct definition *def)
{
	return read_number(def, &def->attr->extra);
}

static int read_pinning(const struct definition *def)
{
	enum { PIN_NONE, PIN_BY_NAME };
	uint32_t pinning = PIN_NONE;
	int err = read_number32(def, &pinning);

	if (err)
		return err;
	if (pinning > PIN_BY_NAME)
		return fail_attribute(def, -EINVAL, "write LIBBPF_PIN_BY_NAME or leave it out",
				      "is neither 0 nor 1");
	if (pinning && def->inner)
		return fail_attribute(def, -EINVAL, "pin the outer map",
				      "is not for an inner map, which has no name");
	def->map->by_name = pinning == PIN_BY_NAME;
	return 0;
}

static int read_struct(struct definition *def, const struct pbpf_btf_type *type);

/* What a map of maps holds: read as its own definition, once. */
static int read_inner(const struct definition *outer, const struct pbpf_btf_type *type)
{
	struct definition def = *outer;

	if (outer->inner)
		return fail_attribute(outer, -EINVAL, "the kernel nests maps one deep",
				      "nests a map in a map in a map");
	def.attr = &outer->map->inner;
	def.inner = true;
	def.seen = 0;
	return read_struct(&def, type);
}

/* __array(values, struct inner) or __array(values, int (void *)): an array of pointers, whose length says
 * nothing; the slots follow in the section, and map_slots.c reads them. */
static int read_values(const struct definition *def)
{
	struct pbpf_btf_type type =
		pbpf_btf_type(def->btf, pbpf_btf_resolve(def->btf, def->member.type));
	int err;

	if (type.kind == PBPF_KIND_ARRAY)
		type = pbpf_btf_type(
			def->btf, pbpf_btf_resolve(def->btf, pbpf_btf_array(def->btf, &type).type));
	if (type.kind == PBPF_KIND_PTR)
		type = pbpf_btf_type(def->btf, pbpf_btf_resolve(def->btf, type.type));
	if (type.kind != PBPF_KIND_STRUCT && type.kind != PBPF_KIND_FUNC_PROTO)
		return fail_attribute(
			def, -EINVAL,
			"write __array(values, struct inner_map) or __array(values, int (void *))",
			"is neither an array of maps nor one of programs");
	err = set_size(def, &def->attr->value_size, sizeof(uint32_t));
	if (!err && type.kind == PBPF_KIND_STRUCT)
		err = read_inner(def, &type);
	else if (!err && def->inner)
		err = fail_attribute(def, -EINVAL, "leave it out", "of an inner map has no use");
	if (!err)
		def->map->slots = def->offset + def->member.bit_offset / 8;
	return err;
}

static const struct {
	const char *name;
	int (*read)(const struct definition *def);
} attributes[] = {
	{"type", read_map_type},	 {"max_entries", read_max_entries},
	{"map_flags", read_flags},	 {"key", read_key},
	{"key_size", read_key_size},	 {"value", read_value},
	{"value_size", read_value_size}, {"numa_node", read_numa_node},
	{"map_extra", read_extra},	 {"pinning", read_pinning},
	{"values", read_values},
};

#define ATTRIBUTE_COUNT (sizeof(attributes) / sizeof(attributes[0]))

static int refuse_attribute(const struct definition *def)
{
	struct spell spell = spell_for(def->member.name);

	for (size_t i = 0; i < ATTRIBUTE_COUNT; i++)
		spell_try(&spell, attributes[i].name);
	if (!spell.nearest)
		return fail_attribute(def, -EINVAL, "see the list at the top of bpf/bpf_helpers.h",
				      "is not known");
	return map_fail(def->map, -EINVAL, NULL,
			"%sattribute '%s' is not known; did you mean '%s'?",
			def->inner ? "(values): " : "", def->member.name, spell.nearest);
}

/* Each once: however long the struct says to be, and however many maps share it, it is read in no time. */
static int read_attribute(struct definition *def)
{
	for (size_t i = 0; i < ATTRIBUTE_COUNT; i++) {
		if (strcmp(def->member.name, attributes[i].name) != 0)
			continue;
		if (def->seen & 1u << i)
			return fail_attribute(def, -EINVAL, NULL, "is given twice");
		def->seen |= 1u << i;
		return attributes[i].read(def);
	}
	return refuse_attribute(def);
}

static int read_struct(struct definition *def, const struct pbpf_btf_type *type)
{
	int err = 0;

	for (uint32_t i = 0; !err && i < type->vlen; i++) {
		def->member = pbpf_btf_member(def->btf, type, i);
		err = read_attribute(def);
	}
	if (!err && !def->attr->type)
		err = map_fail(def->map, -EINVAL, "add __uint(type, BPF_MAP_TYPE_...)",
			       "%shas no type", def->inner ? "(values) " : "");
	return err;
}

/* Does what it holds go with its type? */
static int check_values(const struct pbpf_map *map)
{
	bool of_maps = map_holds_maps(map->attr.type);

	if (!map->slots || (map->inner.type ? of_maps : map->attr.type == PBPF_MAP_TYPE_PROG_ARRAY))
		return 0;
	return map_fail(map, -EINVAL,
			"values are for BPF_MAP_TYPE_ARRAY_OF_MAPS, _HASH_OF_MAPS and _PROG_ARRAY",
			"has the attribute 'values', of %s, which do not go with its type %u",
			map->inner.type ? "maps" : "programs", map->attr.type);
}

int define_map(struct pbpf_object *obj, struct pbpf_map *map,
	       const struct pbpf_btf_variable *variable)
{
	struct definition def = {
		.btf = obj->btf, .map = map, .attr = &map->attr, .offset = variable->offset};
	struct pbpf_btf_type var = pbpf_btf_type(obj->btf, variable->type);
	struct pbpf_btf_type type = pbpf_btf_type(obj->btf, pbpf_btf_resolve(obj->btf, var.type));
	int err;

	if (var.kind != PBPF_KIND_VAR || type.kind != PBPF_KIND_STRUCT)
		return map_fail(map, -EINVAL,
				"write struct { __uint(type, ...); ... } name SEC(\".maps\")",
				"is not defined by a struct");
	err = read_struct(&def, &type);
	return err ? err : check_values(map);
}
