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
 * The bytes of the section are all zero; everything is in the BTF.
 */
#include "base/spell.h"
#include "loader/object.h"

#include <string.h>

/* A definition while it is read. */
struct definition {
	struct pbpf_object *obj;
	struct pbpf_map *map;
	const struct pbpf_btf *btf;
	struct pbpf_btf_member member; /* the attribute at hand */
};

static int fail(const struct definition *def, int err, const char *hint, const char *what)
{
	return env_fail(&def->obj->env, err, AT(STAGE_LOAD, def->map->name, 0), hint,
			"map '%s': attribute '%s' %s", def->map->name, def->member.name, what);
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
	return fail(def, -EINVAL, "write __uint(attribute, number)", "is no number");
}

static int read_number32(const struct definition *def, uint32_t *to)
{
	uint64_t number = 0;
	int err = read_number(def, &number);

	if (err)
		return err;
	if (number > UINT32_MAX)
		return fail(def, -ERANGE, NULL, "does not fit 32 bits");
	*to = (uint32_t)number;
	return 0;
}

/* A size that may be given twice, as a number and by a type; then both must agree. */
static int set_size(const struct definition *def, uint32_t *to, uint32_t size)
{
	if (*to && *to != size)
		return fail(def, -EINVAL, "give either the type or the size",
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
		return fail(def, -EINVAL, "write __type(attribute, type)", "is no type");
	size = pbpf_btf_size(def->btf, type.type);
	if (size < 0 || size > UINT32_MAX)
		return fail(def, -EINVAL, "use a type that is complete in this file",
			    "is a type without a size");
	*type_to = type.type;
	return set_size(def, size_to, (uint32_t)size);
}

static int read_flags(const struct definition *def)
{
	return read_number32(def, &def->map->attr.flags);
}

static int read_map_type(const struct definition *def)
{
	return read_number32(def, &def->map->attr.type);
}

static int read_max_entries(const struct definition *def)
{
	return read_number32(def, &def->map->attr.max_entries);
}

static int read_key_size(const struct definition *def)
{
	return read_size(def, &def->map->attr.key_size);
}

static int read_value_size(const struct definition *def)
{
	return read_size(def, &def->map->attr.value_size);
}

static int read_key(const struct definition *def)
{
	return read_type(def, &def->map->attr.key_size, &def->map->attr.btf_key_type);
}

static int read_value(const struct definition *def)
{
	return read_type(def, &def->map->attr.value_size, &def->map->attr.btf_value_type);
}

static int read_numa_node(const struct definition *def)
{
	def->map->attr.flags |= PBPF_F_NUMA_NODE;
	return read_number32(def, &def->map->attr.numa_node);
}

static int read_extra(const struct definition *def)
{
	return read_number(def, &def->map->attr.extra);
}

static int read_pinning(const struct definition *def)
{
	uint32_t pinning = 0;
	int err = read_number32(def, &pinning);

	if (err || !pinning)
		return err;
	return fail(def, -ENOTSUP, "pin the map after load",
		    "(pinning by name) is not supported yet");
}

static int read_values(const struct definition *def)
{
	return fail(
		def, -ENOTSUP, NULL,
		"(maps of maps, and tables of programs, that are filled at load) is not supported "
		"yet");
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

static int read_attribute(const struct definition *def)
{
	struct spell spell = spell_for(def->member.name);

	for (size_t i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++) {
		if (!strcmp(def->member.name, attributes[i].name))
			return attributes[i].read(def);
		spell_try(&spell, attributes[i].name);
	}
	if (!spell.nearest)
		return fail(def, -EINVAL, "see the list at the top of bpf/bpf_helpers.h",
			    "is not known");
	return env_fail(&def->obj->env, -EINVAL, AT(STAGE_LOAD, def->map->name, 0), NULL,
			"map '%s': attribute '%s' is not known; did you mean '%s'?", def->map->name,
			def->member.name, spell.nearest);
}

int define_map(struct pbpf_object *obj, struct pbpf_map *map,
	       const struct pbpf_btf_variable *variable)
{
	struct definition def = {.obj = obj, .map = map, .btf = obj->btf};
	struct pbpf_btf_type var = pbpf_btf_type(obj->btf, variable->type);
	struct pbpf_btf_type type = pbpf_btf_type(obj->btf, pbpf_btf_resolve(obj->btf, var.type));
	int err = 0;

	if (var.kind != PBPF_KIND_VAR || type.kind != PBPF_KIND_STRUCT)
		return env_fail(&obj->env, -EINVAL, AT(STAGE_LOAD, map->name, variable->offset),
				"write struct { __uint(type, ...); ... } name SEC(\".maps\")",
				"map '%s' is not defined by a struct", map->name);
	for (uint32_t i = 0; !err && i < type.vlen; i++) {
		def.member = pbpf_btf_member(obj->btf, &type, i);
		err = read_attribute(&def);
	}
	if (!err && !map->attr.type)
		err = env_fail(&obj->env, -EINVAL, AT(STAGE_LOAD, map->name, variable->offset),
			       "add __uint(type, BPF_MAP_TYPE_...)", "map '%s' has no type",
			       map->name);
	return err;
}
