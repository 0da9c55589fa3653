/* SPDX-License-Identifier: MIT */
/*
 * Can a map that exists stand in for one of the object's? It must be what the kernel would have made of
 * the object's definition, so far as the kernel tells: field by field, each with what the kernel itself
 * changes when it creates a map; and when all are equal, member by member (map_types.c).
 */
#include "loader/object.h"
#include "sys/pbpf_objects.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* The differences, in words. */
struct differences {
	char text[384];
	size_t length;
};

static void add_difference(struct differences *found, const char *text)
{
	int added = snprintf(found->text + found->length, sizeof(found->text) - found->length,
			     "%s%s", found->length ? "; " : "", text);

	if (added > 0)
		found->length += (size_t)added;
	if (found->length >= sizeof(found->text))
		found->length = sizeof(found->text) - 1;
}

static void compare_field(struct differences *found, const char *what, uint64_t there,
			  uint64_t here)
{
	char text[96];

	if (there == here)
		return;
	snprintf(text, sizeof(text), "%s %llu there, %llu here", what, (unsigned long long)there,
		 (unsigned long long)here);
	add_difference(found, text);
}

static void compare_types(struct differences *found, uint32_t there, uint32_t here)
{
	const char *there_name = pbpf_map_type_name(there), *here_name = pbpf_map_type_name(here);
	char text[96];

	if (there == here)
		return;
	snprintf(text, sizeof(text), "type %s there, %s here", there_name ? there_name : "unknown",
		 here_name ? here_name : "unknown");
	add_difference(found, text);
}

/* The flags that tell maps apart. Read-only and write-only are of an fd, and the kernel sets a flag of
 * device maps itself (dev_map_init_map() in kernel/bpf/devmap.c). */
static uint32_t lasting_flags(uint32_t type, uint32_t flags)
{
	flags &= ~(uint32_t)(PBPF_F_RDONLY | PBPF_F_WRONLY | PBPF_F_TOKEN_FD);
	if (type == PBPF_MAP_TYPE_DEVMAP || type == PBPF_MAP_TYPE_DEVMAP_HASH)
		flags &= ~(uint32_t)PBPF_F_RDONLY_PROG;
	return flags;
}

static void compare_flags(struct differences *found, uint32_t type, uint32_t there, uint32_t here)
{
	char text[96];

	there = lasting_flags(type, there);
	here = lasting_flags(type, here);
	if (there == here)
		return;
	snprintf(text, sizeof(text), "flags %#x there, %#x here", there, here);
	add_difference(found, text);
}

/* How many entries the kernel would have given the map: of LRU lists per CPU, as many for each CPU
 * (htab_map_alloc() in kernel/bpf/hashtab.c). */
static int entries_here(const struct pbpf_map *map, const struct pbpf_map_attr *attr,
			uint32_t *entries)
{
	uint64_t rounded;
	uint32_t cpus;
	int err;

	*entries = attr->max_entries;
	if (!(attr->flags & PBPF_F_NO_COMMON_LRU))
		return 0;
	err = count_cpus(&map->obj->env, &cpus);
	if (err)
		return err;
	rounded = ((uint64_t)attr->max_entries + cpus - 1) / cpus * cpus;
	*entries = rounded <= UINT32_MAX ? (uint32_t)rounded : attr->max_entries / cpus * cpus;
	return 0;
}

/* What only /proc tells: whether user space can write it, and the programs that a prog array holds. */
static void compare_state(struct differences *found, const struct pbpf_map *map,
			  const struct pbpf_fd_info *there)
{
	const struct pbpf_object *obj = map->obj;

	if (there->frozen && !map->frozen)
		add_difference(found, "it is frozen there, and would not be here");
	for (uint32_t i = 0; there->owner_prog_type && i < obj->slot_count; i++) {
		uint32_t type = obj->programs[obj->slots[i].target].attr.type;

		if (&obj->maps[obj->slots[i].map] != map || obj->slots[i].of_map ||
		    type == there->owner_prog_type)
			continue;
		compare_field(found, "programs of type", there->owner_prog_type, type);
		return;
	}
}

static int compare_layouts(struct differences *found, const struct pbpf_map *map,
			   const struct pbpf_map_info *info, const void *bytes, uint32_t size)
{
	const struct pbpf_btf *here = map->obj->btf;
	struct pbpf_env quiet = env_quiet(&map->obj->env);
	struct pbpf_btf *there = NULL;
	char text[256];
	int err = pbpf_btf_view(&there, bytes, size, NULL, NULL, &quiet);

	if (err)
		return err;
	if (!map->data && info->btf_key_type_id && map->attr.btf_key_type &&
	    types_differ(there, info->btf_key_type_id, here, map->attr.btf_key_type, "key", text,
			 sizeof(text)))
		add_difference(found, text);
	if (info->btf_value_type_id && map->attr.btf_value_type &&
	    types_differ(there, info->btf_value_type_id, here, map->attr.btf_value_type, "value",
			 text, sizeof(text)))
		add_difference(found, text);
	pbpf_btf_free(there);
	return 0;
}

/* What keys and values are, where both sides say so. That it cannot be read (it may be of a newer compiler)
 * is no reason to refuse the map. */
static int compare_btf(struct differences *found, const struct pbpf_map *map,
		       const struct pbpf_map_info *info)
{
	const struct pbpf_env *env = &map->obj->env;
	uint32_t size;
	void *bytes;
	int fd, err;

	if (!info->btf_id || !map->obj->btf)
		return 0;
	fd = pbpf_sys_btf_fd_by_id(env, info->btf_id);
	err = fd < 0 ? fd : pbpf_sys_btf_read(env, fd, &bytes, &size);
	pbpf_sys_close(env, fd);
	if (!err) {
		err = compare_layouts(found, map, info, bytes, size);
		env_free(env, bytes, size, 1);
	}
	if (err == -ENOMEM)
		return env_no_memory(env, STAGE_LOAD, "the types of a map");
	if (err)
		env_note(env, AT(STAGE_LOAD, map->name, 0),
			 err == -EPERM ? "reading it needs CAP_SYS_ADMIN" : NULL,
			 "the types of a map that is to be '%s' cannot be read (%s): only its "
			 "sizes are compared",
			 map->name, pbpf_error_name(err));
	return 0;
}

int match_map(const struct pbpf_map *map, int fd, const char *what, const char *hint)
{
	struct pbpf_map_attr here = map->attr;
	struct pbpf_map_info there = {0};
	uint32_t size = sizeof(there), entries = 0;
	struct differences found = {.length = 0};
	struct pbpf_fd_info state = {.kind = PBPF_OBJECT_NONE}; /* as without a /proc */
	int err;

	(void)pbpf_sys_fd_info(&map->obj->env, 0, fd, &state);
	if (state.kind != PBPF_OBJECT_NONE && state.kind != PBPF_OBJECT_MAP)
		return map_fail(map, -EINVAL,
				"give a map's fd, or a folder without other pins of its name",
				"cannot be %s, which is no map", what);
	err = pbpf_sys_obj_info(&map->obj->env, fd, &there, &size);
	if (err)
		return map_fail(map, err, "is it a map, and open?",
				"cannot be compared with %s: %s", what, pbpf_error_name(err));
	err = settle_size(map, &here);
	if (!err)
		err = entries_here(map, &here, &entries);
	if (err)
		return err;
	compare_types(&found, there.type, here.type);
	compare_field(&found, "key size", there.key_size, here.key_size);
	compare_field(&found, "value size", there.value_size, here.value_size);
	compare_field(&found, "max_entries", there.max_entries, entries);
	compare_flags(&found, here.type, there.map_flags, here.flags);
	if (size >= offsetof(struct pbpf_map_info, map_extra) + sizeof(there.map_extra))
		compare_field(&found, "map_extra", there.map_extra, here.extra);
	compare_state(&found, map, &state);
	if (!found.length)
		err = compare_btf(&found, map, &there);
	if (err || !found.length)
		return err;
	return map_fail(map, -EINVAL, hint, "differs from %s: %s", what, found.text);
}
