/* SPDX-License-Identifier: MIT */
/*
 * Where relocations find maps: each definition and each section of global data; and the globals of an
 * arena, which lie in its last pages.
 */
#include "base/sort.h"
#include "loader/object.h"

static bool map_place_before(const void *a, const void *b)
{
	const struct pbpf_map_place *x = a, *y = b;

	return x->section != y->section ? x->section < y->section : x->offset < y->offset;
}

int find_places(struct pbpf_object *obj, struct map_places *places)
{
	struct pbpf_map_place *array;
	uint32_t count = 0;

	array = env_alloc(&obj->env, obj->map_count + 1, sizeof(*array));
	if (!array)
		return env_no_memory(&obj->env, STAGE_LOAD, "the places of maps");
	for (uint32_t i = 0; i < obj->map_count; i++) {
		const struct pbpf_map *map = &obj->maps[i];

		array[count++] = (struct pbpf_map_place){.section = map->section,
							 .offset = map->offset,
							 .data = map->data,
							 .fd = map->fd,
							 .number = i};
		if (map->arena_section)
			array[count++] = (struct pbpf_map_place){.section = map->arena_section,
								 .data = true,
								 .fd = map->fd,
								 .value_offset = arena_offset(map),
								 .number = i};
	}
	sort_array(array, count, sizeof(*array), map_place_before);
	*places = (struct map_places){array, count, obj->map_count + 1};
	return 0;
}

void free_places(const struct pbpf_object *obj, struct map_places *places)
{
	env_free(&obj->env, places->array, places->room, sizeof(*places->array));
}
