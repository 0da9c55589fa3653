/* SPDX-License-Identifier: MIT */
/*
 * Elements of a loaded map, one by one: bpf(2) with the sizes checked, since the kernel believes in
 * them and writes as much as the map has.
 */
#include "loader/object.h"

static bool is_per_cpu(uint32_t type)
{
	return type == PBPF_MAP_TYPE_PERCPU_ARRAY || type == PBPF_MAP_TYPE_PERCPU_HASH ||
	       type == PBPF_MAP_TYPE_LRU_PERCPU_HASH || type == PBPF_MAP_TYPE_PERCPU_CGROUP_STORAGE;
}

/* The distance of one CPU's value to the next. */
static uint64_t value_stride(uint32_t value_size)
{
	return ((uint64_t)value_size + 7) / 8 * 8;
}

int pbpf_map_cpus(struct pbpf_map *map, uint32_t *cpus)
{
	int err = map->cpus ? 0 : count_cpus(&map->obj->env, &map->cpus);

	if (!err)
		*cpus = map->cpus;
	return err;
}

int pbpf_map_value_room(struct pbpf_map *map, size_t *room)
{
	uint64_t bytes = map->attr.value_size;
	uint32_t cpus;
	int err;

	if (is_per_cpu(map->attr.type)) {
		err = pbpf_map_cpus(map, &cpus);
		if (err)
			return err;
		bytes = value_stride(map->attr.value_size) * cpus;
	}
	if (bytes > SIZE_MAX / 2)
		return map_fail(map, -ERANGE, NULL, "has values that do not fit in memory");
	*room = (size_t)bytes;
	return 0;
}

int pbpf_map_info_room(const struct pbpf_map_info *info, size_t *room, uint32_t *cpus,
		       const struct pbpf_env *env)
{
	uint64_t bytes = info->value_size;
	uint32_t count = 1;
	int err = is_per_cpu(info->type) ? count_cpus(env, &count) : 0;

	if (err)
		return err;
	if (is_per_cpu(info->type))
		bytes = value_stride(info->value_size) * count;
	if (bytes > SIZE_MAX / 2)
		return env_fail(env, -ERANGE, AT(STAGE_LOAD, NULL, 0), NULL,
				"the map has values that do not fit in memory");
	*room = (size_t)bytes;
	*cpus = count;
	return 0;
}

const void *pbpf_map_cpu_value(const struct pbpf_map *map, const void *value, uint32_t cpu)
{
	bool there = is_per_cpu(map->attr.type) ? cpu < map->cpus : !cpu;

	return there ? (const char *)value + value_stride(map->attr.value_size) * cpu : NULL;
}

static int check_key(const struct pbpf_map *map, size_t size)
{
	int err = map_must_be_loaded(map);

	if (err || size == map->attr.key_size)
		return err;
	return map_fail(map, -EINVAL, NULL, "has keys of %u bytes, not of %zu", map->attr.key_size,
			size);
}

static int check_element(struct pbpf_map *map, size_t key_size, size_t value_size)
{
	size_t room = 0;
	int err = check_key(map, key_size);

	if (!err)
		err = pbpf_map_value_room(map, &room);
	if (err || value_size == room)
		return err;
	return map_fail(map, -EINVAL,
			room == map->attr.value_size
				? NULL
				: "a per-CPU value is one for each CPU; see pbpf_map_value_room()",
			"has values of %zu bytes, not of %zu", room, value_size);
}

int pbpf_map_lookup(struct pbpf_map *map, const void *key, size_t key_size, void *value,
		    size_t value_size, uint64_t flags)
{
	int err = check_element(map, key_size, value_size);

	return err ? err : pbpf_sys_map_lookup(&map->obj->env, map->fd, key, value, flags);
}

int pbpf_map_update(struct pbpf_map *map, const void *key, size_t key_size, const void *value,
		    size_t value_size, uint64_t flags)
{
	int err = check_element(map, key_size, value_size);

	return err ? err : pbpf_sys_map_update(&map->obj->env, map->fd, key, value, flags);
}

int pbpf_map_lookup_and_delete(struct pbpf_map *map, const void *key, size_t key_size, void *value,
			       size_t value_size, uint64_t flags)
{
	int err = check_element(map, key_size, value_size);

	return err ? err
		   : pbpf_sys_map_lookup_and_delete(&map->obj->env, map->fd, key, value, flags);
}

int pbpf_map_delete(struct pbpf_map *map, const void *key, size_t key_size)
{
	int err = check_key(map, key_size);

	return err ? err : pbpf_sys_map_delete(&map->obj->env, map->fd, key);
}

int pbpf_map_next_key(struct pbpf_map *map, const void *key, void *next, size_t key_size)
{
	int err = check_key(map, key_size);

	return err ? err : pbpf_sys_map_next_key(&map->obj->env, map->fd, key, next);
}

int pbpf_map_freeze(struct pbpf_map *map)
{
	int err = map_must_be_loaded(map);

	if (err)
		return err;
	err = pbpf_sys_map_freeze(&map->obj->env, map->fd);
	if (err)
		return map_fail(map, err,
				err == -EBUSY
					? "it is frozen already, or somewhere mapped to be written"
					: NULL,
				"cannot be frozen: %s", pbpf_error_name(err));
	return 0;
}
