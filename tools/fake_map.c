/* SPDX-License-Identifier: MIT */
/*
 * The fake kernel's maps. Elements are one list, looked through from its beginning: maps of a test
 * or a dry run are small, and an array of a million elements costs nothing until they are written.
 */
#include "tools/fake_command.h"

#define MAP_FLAGS ((PBPF_F_RB_OVERWRITE << 1) - 1u) /* those that there are */

static bool is_array(uint32_t type)
{
	switch (type) {
	case PBPF_MAP_TYPE_ARRAY:
	case PBPF_MAP_TYPE_PROG_ARRAY:
	case PBPF_MAP_TYPE_PERF_EVENT_ARRAY:
	case PBPF_MAP_TYPE_PERCPU_ARRAY:
	case PBPF_MAP_TYPE_CGROUP_ARRAY:
	case PBPF_MAP_TYPE_ARRAY_OF_MAPS: return true;
	default: return false;
	}
}

/* What is wrong with the sizes, by type; NULL: nothing. */
static const char *wrong_sizes(const struct fake_kernel *fake, const struct abi_map_create *a)
{
	bool empty = !a->key_size && !a->value_size;

	switch (a->map_type) {
	case PBPF_MAP_TYPE_RINGBUF:
	case PBPF_MAP_TYPE_USER_RINGBUF:
		if (empty && a->max_entries && !(a->max_entries & (a->max_entries - 1)) &&
		    a->max_entries % fake_page_size(fake) == 0)
			return NULL;
		return "a ring buffer has no key, no value, and a power of two in whole pages";
	case PBPF_MAP_TYPE_ARENA: return empty ? NULL : "an arena has no key and no value";
	case PBPF_MAP_TYPE_SK_STORAGE:
	case PBPF_MAP_TYPE_INODE_STORAGE:
	case PBPF_MAP_TYPE_TASK_STORAGE:
	case PBPF_MAP_TYPE_CGRP_STORAGE:
		if (a->key_size == 4 && a->value_size && !a->max_entries &&
		    a->map_flags & PBPF_F_NO_PREALLOC)
			return NULL;
		return "local storage has an int as key, no max_entries, and NO_PREALLOC";
	case PBPF_MAP_TYPE_QUEUE:
	case PBPF_MAP_TYPE_STACK:
	case PBPF_MAP_TYPE_BLOOM_FILTER:
		if (!a->key_size && a->value_size && a->max_entries)
			return NULL;
		return "a queue has no key";
	default:
		if (a->value_size && a->max_entries &&
		    (is_array(a->map_type) ? a->key_size == 4 : a->key_size > 0))
			return NULL;
		return "key size, value size, or max_entries";
	}
}

long fake_map_create(struct fake_kernel *fake, void *attr)
{
	const struct abi_map_create *a = attr;
	const char *wrong = wrong_sizes(fake, a);
	struct fake_object *map;
	long fd;

	if (!a->map_type || a->map_type > PBPF_MAP_TYPE_INSN_ARRAY || a->map_flags & ~MAP_FLAGS)
		return fake_refuse(fake, EINVAL, "a map type or flag that does not exist");
	if (!fake_name_ok(a->map_name))
		return fake_refuse(fake, EINVAL, "a character in a map's name");
	if (wrong)
		return fake_refuse(fake, EINVAL, wrong);
	if (!a->btf_fd && (a->btf_key_type_id || a->btf_value_type_id))
		return fake_refuse(fake, EINVAL, "BTF types without a BTF");
	if (!fake_token_ok(fake, a->map_flags, a->map_token_fd) ||
	    (a->btf_fd && !fake_find(fake, a->btf_fd, FAKE_BTF)) ||
	    (a->inner_map_fd && !fake_find(fake, a->inner_map_fd, FAKE_MAP)))
		return -EBADF;
	fd = fake_fd(fake, FAKE_MAP, NULL, 0, &map);
	if (fd >= 0)
		map->map = *a;
	return fd;
}

static size_t element_size(const struct fake_object *map)
{
	return (size_t)map->map.key_size + map->map.value_size;
}

/* Where the element of this key begins; map->size when there is none. */
static size_t element_at(const struct fake_object *map, const void *key)
{
	size_t at = 0;

	while (at < map->size && memcmp(map->bytes + at, key, map->map.key_size))
		at += element_size(map);
	return at;
}

/* Is it an array, without this index? */
static bool beyond_array(const struct fake_object *map, const void *key)
{
	uint32_t index;

	if (!is_array(map->map.map_type))
		return false;
	memcpy(&index, key, sizeof(index));
	return index >= map->map.max_entries;
}

/* The map of an element command, or NULL. Types without keys are not modelled. */
static struct fake_object *map_of(struct fake_kernel *fake, const struct abi_map_elem *a)
{
	struct fake_object *map = fake_find(fake, a->map_fd, FAKE_MAP);

	return map && map->map.key_size && map->map.max_entries ? map : NULL;
}

long fake_map_lookup(struct fake_kernel *fake, void *attr)
{
	const struct abi_map_elem *a = attr;
	const struct fake_object *map = map_of(fake, a);
	void *key = at_address(a->key), *value = at_address(a->value);
	size_t at;

	if (!map)
		return -EBADF;
	at = element_at(map, key);
	if (at < map->size)
		memcpy(value, map->bytes + at + map->map.key_size, map->map.value_size);
	else if (is_array(map->map.map_type) && !beyond_array(map, key))
		memset(value, 0, map->map.value_size);
	else
		return -ENOENT;
	return 0;
}

static long add_element(struct fake_object *map, const void *key)
{
	size_t size = map->size + element_size(map);
	unsigned char *grown;

	if (map->size / element_size(map) == map->map.max_entries)
		return -E2BIG;
	grown = realloc(map->bytes, size);
	if (!grown)
		return -ENOMEM;
	memcpy(grown + map->size, key, map->map.key_size);
	map->bytes = grown;
	map->size = size;
	return 0;
}

long fake_map_update(struct fake_kernel *fake, void *attr)
{
	const struct abi_map_elem *a = attr;
	struct fake_object *map = map_of(fake, a);
	const void *key = at_address(a->key);
	long err = 0;
	size_t at;

	if (!map)
		return -EBADF;
	if (map->frozen)
		return fake_refuse(fake, EPERM, "update of a frozen map");
	if (beyond_array(map, key))
		return fake_refuse(fake, E2BIG, "update beyond the end of an array");
	at = element_at(map, key);
	if (a->flags & PBPF_NOEXIST && (at < map->size || is_array(map->map.map_type)))
		return -EEXIST;
	if (a->flags & PBPF_EXIST && at == map->size && !is_array(map->map.map_type))
		return -ENOENT;
	if (at == map->size)
		err = add_element(map, key);
	if (!err)
		memcpy(map->bytes + at + map->map.key_size, at_address(a->value),
		       map->map.value_size);
	return err;
}

long fake_map_delete(struct fake_kernel *fake, void *attr)
{
	const struct abi_map_elem *a = attr;
	struct fake_object *map = map_of(fake, a);
	size_t at, end;

	if (!map)
		return -EBADF;
	if (is_array(map->map.map_type))
		return fake_refuse(fake, EINVAL, "delete in an array");
	at = element_at(map, at_address(a->key));
	if (at == map->size)
		return -ENOENT;
	end = at + element_size(map);
	memmove(map->bytes + at, map->bytes + end, map->size - end);
	map->size -= element_size(map);
	return 0;
}

static long next_index(const struct fake_object *map, const void *key, void *next)
{
	uint32_t index = UINT32_MAX;

	if (key)
		memcpy(&index, key, sizeof(index));
	if (index == map->map.max_entries - 1)
		return -ENOENT;
	index = index < map->map.max_entries ? index + 1 : 0;
	memcpy(next, &index, sizeof(index));
	return 0;
}

long fake_map_next_key(struct fake_kernel *fake, void *attr)
{
	const struct abi_map_elem *a = attr;
	const struct fake_object *map = map_of(fake, a);
	const void *key = at_address(a->key);
	size_t at = 0;

	if (!map)
		return -EBADF;
	if (is_array(map->map.map_type))
		return next_index(map, key, at_address(a->value));
	if (key && element_at(map, key) < map->size)
		at = element_at(map, key) + element_size(map);
	if (at == map->size)
		return -ENOENT;
	memcpy(at_address(a->value), map->bytes + at, map->map.key_size);
	return 0;
}

long fake_map_freeze(struct fake_kernel *fake, void *attr)
{
	const struct abi_map_elem *a = attr;
	struct fake_object *map = fake_find(fake, a->map_fd, FAKE_MAP);

	if (!map || map->frozen)
		return map ? -EBUSY : -EBADF;
	map->frozen = true;
	return 0;
}
