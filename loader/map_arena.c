/* SPDX-License-Identifier: MIT */
/*
 * Arenas (Linux 6.9): memory that programs and user space share, pointers included.
 *
 * Programs can be verified only when it is known where user space has the arena, so load maps it: at its
 * map_extra, or anywhere. Variables in the address space of arenas (__arena; section .addr_space.1) lie
 * in its last pages, so that none has address 0, and pages are allocated from the front:
 *
 *	page 0 | page 1 | ...                            | .addr_space.1 |
 */
#include "loader/object.h"

#include <string.h>

#define ARENA_SECTION ".addr_space.1"

/* The size of the section in whole pages of this machine. */
static uint64_t globals_size(const struct pbpf_map *map)
{
	uint64_t page = pbpf_sys_page_size(&map->obj->env);

	return (map->obj->elf->sections[map->arena_section].size + page - 1) / page * page;
}

uint32_t arena_offset(const struct pbpf_map *map)
{
	uint64_t size = map->attr.max_entries * (uint64_t)pbpf_sys_page_size(&map->obj->env);

	return (uint32_t)(size - globals_size(map));
}

int find_arena(struct pbpf_object *obj)
{
	const struct pbpf_section *section = pbpf_elf_section(obj->elf, ARENA_SECTION);
	struct pbpf_map *arena = NULL;

	if (!section || !section->size)
		return 0;
	for (uint32_t i = 0; i < obj->map_count; i++) {
		if (obj->maps[i].attr.type != PBPF_MAP_TYPE_ARENA)
			continue;
		if (arena)
			return map_fail(&obj->maps[i], -EINVAL, "a program can use one arena",
					"is a second arena beside '%s': which is to hold the "
					"variables of section '" ARENA_SECTION "'?",
					arena->name);
		arena = &obj->maps[i];
	}
	if (!arena)
		return env_fail(&obj->env, -EINVAL, AT(STAGE_LOAD, ARENA_SECTION, 0),
				"define a map of type BPF_MAP_TYPE_ARENA",
				"the object has variables in an arena, and no arena");
	arena->arena_section = (uint32_t)(section - obj->elf->sections);
	return 0;
}

static int check_arena(const struct pbpf_map *map)
{
	uint64_t size = map->attr.max_entries * (uint64_t)pbpf_sys_page_size(&map->obj->env);

	if (map->attr.type != PBPF_MAP_TYPE_ARENA)
		return map_fail(map, -EINVAL, NULL,
				"is no arena any more, and section '" ARENA_SECTION "' needs one");
	if (size > (uint64_t)UINT32_MAX + 1 || globals_size(map) > size)
		return map_fail(map, -ERANGE, "its max_entries are pages, 4 GiB at most",
				"of %u pages has no room for section '" ARENA_SECTION "'",
				map->attr.max_entries);
	return 0;
}

int load_arena(struct pbpf_map *map)
{
	const struct pbpf_section *section;
	size_t used;
	int err = map->arena_section ? check_arena(map) : 0;

	if (!err)
		err = map_into_memory(map, &used);
	if (err || !map->arena_section || map->adopted)
		return err;
	section = &map->obj->elf->sections[map->arena_section];
	if (section->data)
		memcpy((uint8_t *)map->memory + arena_offset(map), section->data,
		       (size_t)section->size);
	env_step(&map->obj->env, AT(STAGE_LOAD, map->name, 0),
		 "arena '%s' is mapped at %p, its variables at byte %u of it", map->name,
		 map->memory, arena_offset(map));
	return 0;
}
