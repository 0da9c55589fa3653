/* SPDX-License-Identifier: MIT */
/*
 * Which map is meant, and what is in it.
 */
#include "tools/map.h"

#include "loader/pbpf_kernel_btf.h"
#include "loader/pbpf_map.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The types of keys and values: the program's that the map came with, or the kernel's (struct_ops). Without
 * them bytes are shown, so there is no failure. */
static void find_map_types(struct map_ref *map)
{
	const struct pbpf_map_info *info = map->info;
	int err = -ENOENT;

	cli_hold(map->cli);
	if (info->btf_vmlinux_value_type_id)
		err = open_types(map->cli, PBPF_KERNEL_BTF_PATH, &map->types);
	else if (info->btf_id)
		err = open_types_by_id(map->cli, info->btf_id, &map->types);
	cli_tell(map->cli, false);
	if (err < 0)
		return;
	map->key_type = info->btf_key_type_id;
	map->value_type = info->btf_vmlinux_value_type_id ? info->btf_vmlinux_value_type_id
							  : info->btf_value_type_id;
	if (pbpf_btf_size(map->types.btf, map->key_type) != (int64_t)info->key_size)
		map->key_type = 0;
	if (pbpf_btf_size(map->types.btf, map->value_type) != (int64_t)info->value_size)
		map->value_type = 0;
}

int map_open(struct map_ref *map, struct words *words, uint32_t flags)
{
	int code;

	*map = (struct map_ref){.cli = words->cli, .found.fd = -1, .held.fd = -1};
	code = select_open(words, PBPF_OBJECT_MAP, flags, &map->found);
	if (code)
		return code;
	map->info = &map->found.info.map;
	code = pbpf_map_info_room(map->info, &map->room, &map->cpus, &map->cli->env);
	if (!code)
		find_map_types(map);
	return code;
}

void map_close(struct map_ref *map)
{
	close_types(&map->types);
	select_close(map->cli, &map->held);
	select_close(map->cli, &map->found);
}

enum pbpf_object_kind map_holds(const struct map_ref *map)
{
	switch (map->info->type) {
	case PBPF_MAP_TYPE_ARRAY_OF_MAPS:
	case PBPF_MAP_TYPE_HASH_OF_MAPS: return PBPF_OBJECT_MAP;
	case PBPF_MAP_TYPE_PROG_ARRAY: return PBPF_OBJECT_PROG;
	default: return PBPF_OBJECT_NONE;
	}
}

static const char *way_out(const struct map_ref *map, int err)
{
	switch (err) {
	case -ENOENT: return map->info->key_size ? "'plainbpf map dump' shows the keys" : NULL;
	case -EPERM: return "it is frozen, or opened for reading only, or this needs CAP_BPF";
	case -E2BIG: return "the map is full, or the key is beyond its end";
	case -EEXIST: return "leave out 'noexist' to replace it";
	case -EFAULT: /* without a key */
	case -EINVAL:
	case -ENOTSUP:
	case -ENOTSUPP: return "maps of this type may not be able to do that";
	default: return NULL;
	}
}

/* The kernel's ENOTSUPP is none of strerror(3)'s, and its ENOENT no file. */
static const char *reason(int err)
{
	switch (err) {
	case -ENOENT: return "there is none";
	case -ENOTSUPP: return "not supported";
	default: return strerror(-err);
	}
}

int map_refused(const struct map_ref *map, int err, const char *what)
{
	return env_fail(&map->cli->env, err, AT("map", NULL, 0), way_out(map, err),
			"%s (map %u): %s", what, map->found.id, reason(err));
}

static void *new_bytes(size_t size)
{
	void *bytes = calloc(1, size ? size : 1);

	if (!bytes) {
		perror("plainbpf");
		exit(EXIT_FAILURE);
	}
	return bytes;
}

void *map_new_key(const struct map_ref *map)
{
	return new_bytes(map->info->key_size);
}

void *map_new_value(const struct map_ref *map)
{
	return new_bytes(map->room);
}

int map_begin(struct map_element *one, struct cli *cli, uint32_t flags)
{
	int code;

	*one = (struct map_element){.words = words_of(cli)};
	code = map_open(&one->map, &one->words, flags);
	if (code)
		return code;
	one->key = map_new_key(&one->map);
	one->value = map_new_value(&one->map);
	return 0;
}

int map_end(struct map_element *one, int code)
{
	free(one->key);
	free(one->value);
	map_close(&one->map);
	return code;
}
