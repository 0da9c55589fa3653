/* SPDX-License-Identifier: MIT */
/*
 * Maps as they were written before BTF: structs in a section "maps", or in one section "maps/NAME" each.
 *
 *	bytes  0     4         8           12           16         20 ...
 *	       type  key_size  value_size  max_entries  map_flags  what each loader made of it
 *
 * The struct never had one definition. It began with the first four, and each loader added what it
 * liked behind map_flags (samples/bpf of Linux: inner_map_idx, numa_node; iproute2: id, pinning,
 * inner_id, inner_idx; gobpf: pinning, namespace). What is missing is zero; what is there and not known
 * here is refused unless it is zero, since it means something that would not happen.
 *
 * A definition goes from its symbol as far as the symbol says, or to the next one. What its keys and values
 * are, which the struct cannot tell, BPF_ANNOTATE_KV_PAIR() said beside it, in a struct of two members:
 *
 *	struct ____btf_map_counts { __u32 key; struct count value; };
 */
#include "base/reader.h"
#include "base/sort.h"
#include "loader/object.h"

#include <stdio.h>
#include <string.h>

#define LEGACY_SIZE_MIN 16

static bool is_legacy_section(const struct pbpf_section *section)
{
	return section->name_length >= 4 && !memcmp(section->name, "maps", 4) &&
	       (section->name_length == 4 || section->name[4] == '/') &&
	       section->type == PBPF_SHT_PROGBITS;
}

/* Compilers of that time gave variables no type. */
static bool is_legacy_map(const struct pbpf_elf *elf, const struct pbpf_symbol *symbol)
{
	return (symbol->type == PBPF_STT_OBJECT || symbol->type == PBPF_STT_NOTYPE) &&
	       symbol->name[0] && symbol->section < elf->section_count &&
	       is_legacy_section(&elf->sections[symbol->section]);
}

static bool has_legacy_section(const struct pbpf_elf *elf)
{
	for (uint32_t i = 1; i < elf->section_count; i++)
		if (is_legacy_section(&elf->sections[i]))
			return true;
	return false;
}

uint32_t count_legacy_maps(const struct pbpf_object *obj)
{
	uint32_t count = 0;

	if (!has_legacy_section(obj->elf))
		return 0;
	for (uint32_t i = 0; i < obj->elf->symbol_count; i++)
		count += is_legacy_map(obj->elf, &obj->elf->symbols[i]);
	return count;
}

static bool map_before(const void *a, const void *b)
{
	const struct pbpf_map *x = a, *y = b;

	return x->section != y->section ? x->section < y->section : x->offset < y->offset;
}

/* The fields, and the first byte of the rest that is not zero; `size` when there is none. */
static uint64_t read_legacy_map(struct pbpf_map_attr *attr, const uint8_t *bytes, uint64_t size,
				bool big_endian)
{
	struct reader r = reader_of(bytes, (size_t)size, big_endian);

	attr->type = read_u32(&r);
	attr->key_size = read_u32(&r);
	attr->value_size = read_u32(&r);
	attr->max_entries = read_u32(&r);
	if (reader_left(&r) < sizeof(attr->flags))
		return size;
	attr->flags = read_u32(&r);
	while (r.at < size && !bytes[r.at])
		r.at++;
	return r.at;
}

/* Takes the types of the struct that says them, if there is one and it agrees with the sizes. */
static void read_legacy_types(struct pbpf_map *map)
{
	const struct pbpf_btf *btf = map->obj->btf;
	struct pbpf_btf_member key, value;
	struct pbpf_btf_type type;
	char name[256];
	int id;

	if (!btf || snprintf(name, sizeof(name), "____btf_map_%s", map->name) >= (int)sizeof(name))
		return;
	id = pbpf_btf_find(btf, name, PBPF_KIND_STRUCT);
	if (id <= 0)
		return;
	type = pbpf_btf_type(btf, (uint32_t)id);
	if (type.vlen != 2)
		return;
	key = pbpf_btf_member(btf, &type, 0);
	value = pbpf_btf_member(btf, &type, 1);
	if (pbpf_btf_size(btf, key.type) != map->attr.key_size ||
	    pbpf_btf_size(btf, value.type) != map->attr.value_size) {
		env_note(&map->obj->env, AT(STAGE_LOAD, map->name, map->offset), NULL,
			 "map '%s' is created without types: those of struct %s have other sizes",
			 map->name, name);
		return;
	}
	map->attr.btf_key_type = key.type;
	map->attr.btf_value_type = value.type;
}

/* `end` is where the next definition begins, or the section ends. */
static int define_legacy_map(struct pbpf_map *map, uint64_t end)
{
	const struct pbpf_elf *elf = map->obj->elf;
	const uint8_t *bytes = elf->sections[map->section].data + map->offset;
	uint64_t room = end - map->offset, unknown;

	if (!map->size || map->size > room)
		map->size = room;
	if (map->size < LEGACY_SIZE_MIN)
		return map_fail(
			map, -EINVAL, "the object is damaged",
			"(section 'maps') has a definition of %llu bytes; it takes 16 to say "
			"type, sizes and max_entries",
			(unsigned long long)map->size);
	unknown = read_legacy_map(&map->attr, bytes, map->size, elf->big_endian);
	if (unknown < map->size)
		return map_fail(
			map, -ENOTSUP,
			"define it in SEC(\".maps\"), where pinning, inner maps and numa_node "
			"have names",
			"(section 'maps') says something in byte %llu of its definition, "
			"behind map_flags, where every loader had fields of its own",
			(unsigned long long)unknown);
	if (!map->attr.type)
		return map_fail(map, -EINVAL, NULL, "(section 'maps') has no type");
	read_legacy_types(map);
	env_step(
		&map->obj->env, AT(STAGE_LOAD, map->name, map->offset),
		"map '%s', defined in %llu bytes: type %u, key %u bytes, value %u bytes, %u entries, "
		"flags %#x",
		map->name, (unsigned long long)map->size, map->attr.type, map->attr.key_size,
		map->attr.value_size, map->attr.max_entries, map->attr.flags);
	return 0;
}

static int define_legacy_maps(struct pbpf_object *obj, struct pbpf_map *maps, uint32_t count)
{
	int err = 0;

	sort_array(maps, count, sizeof(*maps), map_before);
	for (uint32_t i = 0; !err && i < count; i++) {
		bool last = i + 1 == count || maps[i + 1].section != maps[i].section;

		name_map(&maps[i]); /* not before: it points into the map, which sorting moves */
		err = define_legacy_map(&maps[i], last ? obj->elf->sections[maps[i].section].size
						       : maps[i + 1].offset);
	}
	return err;
}

#define MANY_MAPS \
	64 /* each looks for a type by its name: with so many, an index of names is worth it */

int find_legacy_maps(struct pbpf_object *obj, uint32_t count)
{
	const struct pbpf_elf *elf = obj->elf;
	uint32_t first = obj->map_count;

	if (!count)
		return 0;
	if (count >= MANY_MAPS && obj->btf) {
		int err = pbpf_btf_index(obj->btf);

		if (err)
			return err;
	}
	for (uint32_t i = 0; i < elf->symbol_count; i++) {
		const struct pbpf_symbol *symbol = &elf->symbols[i];
		struct pbpf_map *map;

		if (!is_legacy_map(elf, symbol))
			continue;
		map = new_map(obj, symbol->name, symbol->section);
		map->offset = symbol->value;
		map->size = symbol->size;
	}
	env_note(&obj->env, AT(STAGE_LOAD, "maps", 0),
		 "define them in SEC(\".maps\"), which other loaders need",
		 "%u maps are defined in the old way, in a section 'maps'", count);
	return define_legacy_maps(obj, obj->maps + first, count);
}
