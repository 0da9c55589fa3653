/* SPDX-License-Identifier: MIT */
/*
 * Global data: a section's bytes, before load in memory of our own, after load those of the map itself.
 *
 *	open    the section's bytes, as they are in the file
 *	        pbpf_map_set_initial(), pbpf_variable_set() ...: a copy, map->initial, is made and changed
 *	load    these bytes become the map's value
 *	after   the map is mapped when somebody first asks, and stays where it is: map->memory
 */
#include "base/reader.h"
#include "base/spell.h"
#include "loader/object.h"

#include <string.h>

static int must_be_data(const struct pbpf_map *map)
{
	if (map->data)
		return 0;
	return map_fail(map, -EINVAL, "use pbpf_map_update() after load",
			"is no section of global data");
}

/* --- Before load ------------------------------------------------------------------------------ */

/* A copy of the first `size` bytes that the section would have: zeros behind its end. */
static uint8_t *copy_initial(const struct pbpf_map *map, uint32_t size)
{
	const struct pbpf_section *section = &map->obj->elf->sections[map->section];
	const uint8_t *from = map->initial ? map->initial : section->data;
	uint32_t there = map->attr.value_size < size ? map->attr.value_size : size;
	uint8_t *copy = env_alloc(&map->obj->env, size, 1);

	if (!copy)
		env_no_memory(&map->obj->env, STAGE_LOAD, "global data");
	else if (from)
		memcpy(copy, from, there);
	return copy;
}

static void take_initial(struct pbpf_map *map, uint8_t *copy, uint32_t size)
{
	env_free(&map->obj->env, map->initial, map->attr.value_size, 1);
	map->initial = copy;
	map->attr.value_size = size;
}

/* Gives the map bytes of its own. */
static int own_initial(struct pbpf_map *map)
{
	uint8_t *copy;

	if (map->initial)
		return 0;
	copy = copy_initial(map, map->attr.value_size);
	if (!copy)
		return -ENOMEM;
	take_initial(map, copy, map->attr.value_size);
	return 0;
}

int pbpf_map_set_initial(struct pbpf_map *map, const void *data, size_t size)
{
	int err = must_be_data(map);

	if (!err)
		err = map_must_be_open(map);
	if (err)
		return err;
	if (size != map->attr.value_size)
		return map_fail(map, -EINVAL, "pbpf_map_resize() changes its size",
				"has %u bytes, not %zu", map->attr.value_size, size);
	err = own_initial(map);
	if (!err)
		memcpy(map->initial, data, size);
	return err;
}

int pbpf_map_resize(struct pbpf_map *map, uint32_t size)
{
	int err = must_be_data(map);
	uint8_t *copy;

	if (!err)
		err = map_must_be_own(map);
	if (err || size == map->attr.value_size)
		return err;
	if (!map->btf_id)
		return map_fail(map, -EINVAL, "compile with -g",
				"cannot have another size: no BTF says what is in it");
	if (size > INT32_MAX)
		return map_fail(map, -ERANGE, NULL, "cannot have more than 2 GiB");
	copy = copy_initial(map, size);
	if (!copy)
		return -ENOMEM;
	err = pbpf_btf_resize(map->obj->btf, map->btf_id, size);
	if (err)
		env_free(&map->obj->env, copy, size, 1);
	else
		take_initial(map, copy, size);
	return err;
}

/* --- After load ------------------------------------------------------------------------------- */

/* How many bytes a map takes when it is mapped, in whole pages; 0: it cannot be mapped. */
static uint64_t mapping_size(const struct pbpf_map *map, uint64_t *used)
{
	uint64_t page = pbpf_sys_page_size(&map->obj->env);
	const struct pbpf_map_attr *attr = &map->attr;

	if (attr->type == PBPF_MAP_TYPE_ARENA)
		*used = attr->max_entries * page;
	else if (attr->type != PBPF_MAP_TYPE_ARRAY || !(attr->flags & PBPF_F_MMAPABLE))
		*used = 0;
	else if (attr->max_entries == 1)
		*used = attr->value_size;
	else
		*used = ((uint64_t)attr->value_size + 7) / 8 * 8 * attr->max_entries;
	return (*used + page - 1) / page * page;
}

/* Maps it to be written where that is allowed: frozen maps are for reading. */
static int call_mmap(struct pbpf_map *map, size_t size)
{
	const struct pbpf_env *env = &map->obj->env;
	bool arena = map->attr.type == PBPF_MAP_TYPE_ARENA;
	void *address = arena ? (void *)(uintptr_t)map->attr.extra : NULL;
	int err = -EPERM;

	if (!map->frozen)
		err = pbpf_sys_mmap(env, map->fd, size, true, &address);
	if (err == -EPERM && !arena)
		err = pbpf_sys_mmap(env, map->fd, size, false, &address);
	if (err)
		return map_fail(map, err,
				arena && err == -EEXIST ? "choose another address for its map_extra"
							: NULL,
				"cannot be mapped: %s", pbpf_error_name(err));
	map->memory = address;
	map->memory_size = size;
	return 0;
}

int map_into_memory(struct pbpf_map *map, size_t *used)
{
	uint64_t bytes, size = mapping_size(map, &bytes);

	if (!size)
		return map_fail(map, -ENOTSUP,
				"give it BPF_F_MMAPABLE (Linux 5.5), or use pbpf_map_lookup()",
				"cannot be mapped: it was not made for it");
	if (size > SIZE_MAX / 2)
		return map_fail(map, -ERANGE, NULL, "does not fit in memory");
	*used = (size_t)bytes;
	return map->memory ? 0 : call_mmap(map, (size_t)size);
}

void unmap_memory(struct pbpf_map *map)
{
	pbpf_sys_munmap(&map->obj->env, map->memory, map->memory_size);
	map->memory = NULL;
	map->memory_size = 0;
}

int pbpf_map_memory(struct pbpf_map *map, void **memory, size_t *size)
{
	size_t used = map->attr.value_size;
	int err;

	if (map->fd >= 0) {
		err = map_into_memory(map, &used);
	} else {
		err = must_be_data(map);
		if (!err)
			err = own_initial(map);
	}
	if (err)
		return err;
	*memory = map->fd >= 0 ? map->memory : map->initial;
	*size = used;
	return 0;
}

/* --- Variables -------------------------------------------------------------------------------- */

/* Looks through one section; other names go to `spell`. */
static bool find_in_section(struct pbpf_variable *variable, struct pbpf_map *map, const char *name,
			    struct spell *spell)
{
	const struct pbpf_btf *btf = map->obj->btf;
	struct pbpf_btf_type datasec = pbpf_btf_type(btf, map->btf_id);

	for (uint32_t i = 0; i < datasec.vlen; i++) {
		struct pbpf_btf_variable record = pbpf_btf_variable(btf, &datasec, i);
		struct pbpf_btf_type var = pbpf_btf_type(btf, record.type);

		if (strcmp(var.name, name)) {
			spell_try(spell, var.name);
			continue;
		}
		*variable = (struct pbpf_variable){
			.name = var.name,
			.map = map,
			.offset = record.offset,
			.size = record.size,
			.type = var.type,
		};
		return true;
	}
	return false;
}

int pbpf_object_variable(struct pbpf_object *obj, const char *name, struct pbpf_variable *variable)
{
	struct spell spell = spell_for(name);
	bool known = false;

	for (uint32_t i = 0; i < obj->map_count; i++) {
		struct pbpf_map *map = &obj->maps[i];

		if (!map->data || !map->btf_id)
			continue;
		known = true;
		if (find_in_section(variable, map, name, &spell))
			return 0;
	}
	return env_fail(&obj->env, -ENOENT, AT(STAGE_LOAD, name, 0),
			known ? NULL : "the object has no BTF that names its global data",
			"there is no global variable '%s'%s%s%s", name,
			spell.nearest ? "; did you mean '" : "", spell.nearest ? spell.nearest : "",
			spell.nearest ? "'?" : "");
}

static int check_variable(const struct pbpf_variable *variable, size_t size)
{
	if (size != variable->size)
		return map_fail(variable->map, -EINVAL, NULL,
				"has variable '%s' of %u bytes, not of %zu", variable->name,
				variable->size, size);
	if (!range_ok(variable->offset, size, variable->map->attr.value_size))
		return map_fail(variable->map, -EINVAL, "the object's BTF is damaged",
				"has variable '%s' beyond its end", variable->name);
	return 0;
}

/* A kernel without mmap of maps: the whole value is read, and, to set a variable, written. */
static int copy_through_value(const struct pbpf_variable *variable, void *get, const void *set)
{
	const struct pbpf_map *map = variable->map;
	const struct pbpf_env *env = &map->obj->env;
	uint8_t *value = env_alloc(env, map->attr.value_size, 1);
	uint32_t key = 0;
	int err;

	if (!value)
		return env_no_memory(env, STAGE_LOAD, "the value of a map");
	err = pbpf_sys_map_lookup(env, map->fd, &key, value, 0);
	if (!err && get)
		memcpy(get, value + variable->offset, variable->size);
	if (!err && set) {
		memcpy(value + variable->offset, set, variable->size);
		err = pbpf_sys_map_update(env, map->fd, &key, value, PBPF_ANY);
	}
	env_free(env, value, map->attr.value_size, 1);
	return err ? map_fail(map, err, NULL, "cannot be %s: %s", set ? "written" : "read",
			      pbpf_error_name(err))
		   : 0;
}

int pbpf_variable_get(const struct pbpf_variable *variable, void *value, size_t size)
{
	struct pbpf_map *map = variable->map;
	const struct pbpf_section *section = &map->obj->elf->sections[map->section];
	const uint8_t *bytes = map->initial ? map->initial : section->data;
	size_t used;
	int err = check_variable(variable, size);

	if (err)
		return err;
	if (map->fd >= 0 && !(map->attr.flags & PBPF_F_MMAPABLE))
		return copy_through_value(variable, value, NULL);
	if (map->fd >= 0) {
		err = map_into_memory(map, &used);
		if (err)
			return err;
		bytes = map->memory;
	}
	if (bytes)
		memcpy(value, bytes + variable->offset, size);
	else
		memset(value, 0, size); /* .bss */
	return 0;
}

int pbpf_variable_set(const struct pbpf_variable *variable, const void *value, size_t size)
{
	struct pbpf_map *map = variable->map;
	void *memory;
	size_t used;
	int err = check_variable(variable, size);

	if (err)
		return err;
	if (map->frozen && map->fd >= 0)
		return map_fail(map, -EPERM, "set it before pbpf_object_load()",
				"is frozen, and so is variable '%s'", variable->name);
	if (map->fd >= 0 && !(map->attr.flags & PBPF_F_MMAPABLE))
		return copy_through_value(variable, NULL, value);
	err = pbpf_map_memory(map, &memory, &used);
	if (!err)
		memcpy((uint8_t *)memory + variable->offset, value, size);
	return err;
}
