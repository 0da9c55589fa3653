/* SPDX-License-Identifier: MIT */
/*
 * The maps of an object: one per definition in .maps, and one per section of global data, whose single
 * value is the section's bytes.
 *
 *	.maps                          as defined
 *	.data, .data.*                 read and written by program and user space
 *	.bss, .bss.*                   the same, zero at first
 *	.rodata, .rodata.*             frozen after load: the verifier knows its bytes
 *	.kconfig                       the same; its bytes are the kernel's (extern_config.c)
 *	.struct_ops, .struct_ops.link  one per variable (struct_ops.c)
 *	maps, maps/NAME                as objects were written before BTF (map_legacy.c)
 */
#include "base/reader.h"
#include "loader/object.h"

#include <string.h>

/* Is `section` called `name`, or `name`.something? */
static inline bool is_named(const struct pbpf_section *section, const char *name)
{
	size_t length = strlen(name);

	return section->name_length >= length && !memcmp(section->name, name, length) &&
	       (!section->name[length] || section->name[length] == '.');
}

static bool is_data(const struct pbpf_section *section)
{
	if (!section->size)
		return false;
	if (section->type == PBPF_SHT_NOBITS)
		return is_named(section, ".bss");
	return section->type == PBPF_SHT_PROGBITS &&
	       (is_named(section, ".data") || is_named(section, ".rodata"));
}

/* Appends at most `room` characters of `text` to the name that the kernel shows: letters, digits, '_' and '.',
 * 15 in all. */
static void append_kernel_name(struct pbpf_map *map, const char *text, size_t room)
{
	size_t used = strlen(map->kernel_name), end = sizeof(map->kernel_name) - 1;

	for (; *text && room && used < end; text++, room--) {
		char c = *text;
		bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			    (c >= '0' && c <= '9') || c == '_' || c == '.';

		map->kernel_name[used++] = fine ? c : '_';
	}
	map->attr.name = map->kernel_name;
}

void name_map(struct pbpf_map *map)
{
	append_kernel_name(map, map->name, sizeof(map->kernel_name));
}

/* "execsnoo.rodata" tells whose it is; a section with a name of its own keeps it whole. */
static void name_data_map(struct pbpf_map *map)
{
	size_t length = strlen(map->name), end = sizeof(map->kernel_name) - 1;

	if (length < end && !strchr(map->name + 1, '.'))
		append_kernel_name(map, map->obj->name, end - length < 8 ? end - length : 8);
	name_map(map);
}

struct pbpf_map *new_map(struct pbpf_object *obj, const char *name, uint32_t section)
{
	struct pbpf_map *map = &obj->maps[obj->map_count++];

	map->obj = obj;
	map->name = name;
	map->section = section;
	map->fd = -ENOENT;
	map->given_fd = -ENOENT;
	return map;
}

/* An array of one value of `size` bytes, described by the DATASEC of that id, if there is one. */
static void add_data_map(struct pbpf_object *obj, const char *name, uint32_t section, uint32_t size,
			 bool frozen, uint32_t datasec)
{
	struct pbpf_map *map = new_map(obj, name, section);

	map->data = true;
	map->frozen = frozen;
	map->attr.type = PBPF_MAP_TYPE_ARRAY;
	map->attr.key_size = sizeof(uint32_t);
	map->attr.value_size = size;
	map->attr.max_entries = 1;
	map->attr.flags = PBPF_F_MMAPABLE | (frozen ? PBPF_F_RDONLY_PROG : 0);
	map->btf_id = datasec;
	map->attr.btf_value_type = datasec;
	name_data_map(map);
	env_step(&obj->env, AT(STAGE_LOAD, name, 0),
		 "section '%s' becomes an array of one value of %u bytes%s", name, size,
		 frozen ? ", frozen after load" : "");
}

static int find_data_map(struct pbpf_object *obj, uint32_t index)
{
	const struct pbpf_section *section = &obj->elf->sections[index];

	if (section->size > INT32_MAX)
		return env_fail(&obj->env, -ERANGE, AT(STAGE_LOAD, section->name, 0),
				"use a map for that much data",
				"section '%s' has %llu bytes; a map's value has at most 2 GiB",
				section->name, (unsigned long long)section->size);
	add_data_map(obj, section->name, index, (uint32_t)section->size,
		     is_named(section, ".rodata"), datasec_of(obj, section));
	return 0;
}

/* The values of .kconfig, which have no section in the file: they are looked up when it is loaded. */
static void add_config_map(struct pbpf_object *obj)
{
	struct object_externs *externs = &obj->externs;

	if (!externs->config_size)
		return;
	externs->map = &obj->maps[obj->map_count];
	add_data_map(obj, ".kconfig", PBPF_SHN_UNDEF, externs->config_size, true,
		     externs->config_type);
}

/* Definitions lie one behind the other, within the section: their slots can be told apart by place. */
static int place_map(struct pbpf_map *map, const struct pbpf_btf_variable *variable, uint64_t *end)
{
	const struct pbpf_section *section = &map->obj->elf->sections[map->section];

	if (variable->offset < *end || !range_ok(variable->offset, variable->size, section->size))
		return map_fail(map, -EINVAL, "the object is damaged",
				"(%u bytes at %u of section '%s') overlaps another, or passes the "
				"section's end",
				variable->size, variable->offset, section->name);
	map->offset = variable->offset;
	map->size = variable->size;
	*end = map->offset + map->size;
	return 0;
}

static int find_defined_map(struct pbpf_object *obj, const struct pbpf_btf_type *datasec,
			    uint32_t i, uint32_t section, uint64_t *end)
{
	struct pbpf_btf_variable variable = pbpf_btf_variable(obj->btf, datasec, i);
	struct pbpf_btf_type var = pbpf_btf_type(obj->btf, variable.type);
	struct pbpf_map *map = new_map(obj, var.name, section);
	int err;

	map->btf_id = variable.type;
	name_map(map);
	err = place_map(map, &variable, end);
	if (!err)
		err = define_map(obj, map, &variable);
	if (err)
		return err;
	env_step(&obj->env, AT(STAGE_LOAD, map->name, 0),
		 "map '%s': type %u, key %u bytes, value %u bytes, %u entries, flags %#x",
		 map->name, map->attr.type, map->attr.key_size, map->attr.value_size,
		 map->attr.max_entries, map->attr.flags);
	return 0;
}

static int find_defined_maps(struct pbpf_object *obj, const struct pbpf_section *section,
			     const struct pbpf_btf_type *datasec)
{
	uint64_t end = 0;
	int err = 0;

	for (uint32_t i = 0; !err && i < datasec->vlen; i++)
		err = find_defined_map(obj, datasec, i, (uint32_t)(section - obj->elf->sections),
				       &end);
	return err;
}

static int refuse_unreadable_maps(const struct pbpf_object *obj)
{
	return env_fail(&obj->env, -EINVAL, AT(STAGE_LOAD, ".maps", 0),
			"compile with -g, and strip no more than llvm-strip -g does",
			"the object defines maps in .maps, but has no BTF that describes them");
}

int find_maps(struct pbpf_object *obj)
{
	const struct pbpf_elf *elf = obj->elf;
	const struct pbpf_section *section = pbpf_elf_section(elf, ".maps");
	struct pbpf_btf_type datasec = datasec_at(obj, datasec_of(obj, section));
	uint32_t legacy = count_legacy_maps(obj), ops = count_struct_ops(obj), data = 0;
	int err;

	if (section && section->size && !datasec.vlen)
		return refuse_unreadable_maps(obj);
	for (uint32_t i = 0; i < elf->section_count; i++)
		data += is_data(&elf->sections[i]);
	obj->map_room = datasec.vlen + legacy + ops + data + (obj->externs.config_size != 0);
	obj->maps = env_alloc(&obj->env, obj->map_room, sizeof(*obj->maps));
	if (!obj->maps)
		return env_no_memory(&obj->env, STAGE_LOAD, "the list of maps");

	err = find_defined_maps(obj, section, &datasec);
	if (!err)
		err = find_legacy_maps(obj, legacy);
	if (!err)
		err = find_struct_ops(obj, ops);
	for (uint32_t i = 0; !err && data && i < elf->section_count; i++)
		if (is_data(&elf->sections[i]))
			err = find_data_map(obj, i);
	if (!err)
		err = find_arena(obj);
	if (!err)
		add_config_map(obj);
	return err;
}
