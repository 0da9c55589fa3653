/* SPDX-License-Identifier: MIT */
/*
 * A map, asked and changed before load.
 */
#include "loader/object.h"

#include <stdarg.h>
#include <stdio.h>

int map_fail(const struct pbpf_map *map, int err, const char *hint, const char *format, ...)
{
	char what[512];
	va_list args;

	va_start(args, format);
	if (vsnprintf(what, sizeof(what), format, args) < 0)
		what[0] = '\0';
	va_end(args);
	return env_fail(&map->obj->env, err, AT(STAGE_LOAD, map->name, map->offset), hint,
			"map '%s' %s", map->name, what);
}

int map_must_be_open(const struct pbpf_map *map)
{
	if (map->fd < 0)
		return 0;
	return map_fail(map, -EINVAL, "change it before pbpf_object_load()", "is loaded");
}

int map_must_be_own(const struct pbpf_map *map)
{
	if (map->given_fd < 0)
		return map_must_be_open(map);
	return map_fail(map, -EINVAL, "change it before pbpf_map_reuse_fd()",
			"is a map of the caller, which stays as it is");
}

int map_must_be_loaded(const struct pbpf_map *map)
{
	if (map->fd >= 0)
		return 0;
	return map_fail(map, -EINVAL, "call pbpf_object_load() first", "is not loaded");
}

bool map_holds_maps(uint32_t type)
{
	return type == PBPF_MAP_TYPE_ARRAY_OF_MAPS || type == PBPF_MAP_TYPE_HASH_OF_MAPS;
}

bool map_is_ring(uint32_t type)
{
	return type == PBPF_MAP_TYPE_RINGBUF || type == PBPF_MAP_TYPE_USER_RINGBUF;
}

const char *pbpf_map_name(const struct pbpf_map *map)
{
	return map->name;
}

const struct pbpf_map_attr *pbpf_map_attr(const struct pbpf_map *map)
{
	return &map->attr;
}

const struct pbpf_map_attr *pbpf_map_inner(const struct pbpf_map *map)
{
	return map->inner.type ? &map->inner : NULL;
}

uint32_t pbpf_map_btf_id(const struct pbpf_map *map)
{
	return map->btf_id;
}

const char *pbpf_map_section(const struct pbpf_map *map)
{
	return map->data ? map->name : NULL;
}

int pbpf_map_set_attr(struct pbpf_map *map, const struct pbpf_map_attr *attr)
{
	const struct pbpf_map_attr *old = &map->attr;
	bool other_value = attr->type != old->type || attr->key_size != old->key_size ||
			   attr->value_size != old->value_size ||
			   attr->max_entries != old->max_entries;
	int err = map_must_be_own(map);

	if (err)
		return err;
	if (map->data && other_value)
		return map_fail(map, -EINVAL, NULL,
				"is a section of global data: its type and sizes are fixed");
	map->attr = *attr;
	map->attr.name = map->kernel_name;
	return 0;
}

int pbpf_map_set_autocreate(struct pbpf_map *map, bool autocreate)
{
	int err = map_must_be_open(map);

	if (!err)
		map->left_out = !autocreate;
	return err;
}

bool pbpf_map_autocreate(const struct pbpf_map *map)
{
	return !map->left_out;
}

int pbpf_map_reuse_fd(struct pbpf_map *map, int fd)
{
	const struct pbpf_env *env = &map->obj->env;
	char name[32];
	int err = map_must_be_open(map), own;

	if (err)
		return err;
	snprintf(name, sizeof(name), "the map of fd %d", fd);
	err = match_map(map, fd, name, "change the definition with pbpf_map_set_attr() first");
	if (err)
		return err;
	own = pbpf_sys_dup(env, fd);
	if (own < 0)
		return map_fail(map, own, NULL, "cannot take fd %d: %s", fd, pbpf_error_name(own));
	pbpf_sys_close(env, map->given_fd);
	map->given_fd = own;
	return 0;
}

int pbpf_map_fd(const struct pbpf_map *map)
{
	return map->fd;
}
