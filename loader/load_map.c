/* SPDX-License-Identifier: MIT */
/*
 * The maps into the kernel: each created, given its initial value, frozen; then those that hold maps
 * are filled.
 */
#include "loader/object.h"

#include <stdio.h>

/* These refuse BTF for their keys and values (map_check_no_btf() and friends in kernel/bpf/). */
static bool takes_btf(uint32_t type)
{
	switch (type) {
	case PBPF_MAP_TYPE_PERF_EVENT_ARRAY:
	case PBPF_MAP_TYPE_CGROUP_ARRAY:
	case PBPF_MAP_TYPE_STACK_TRACE:
	case PBPF_MAP_TYPE_ARRAY_OF_MAPS:
	case PBPF_MAP_TYPE_HASH_OF_MAPS:
	case PBPF_MAP_TYPE_DEVMAP:
	case PBPF_MAP_TYPE_DEVMAP_HASH:
	case PBPF_MAP_TYPE_CPUMAP:
	case PBPF_MAP_TYPE_XSKMAP:
	case PBPF_MAP_TYPE_SOCKMAP:
	case PBPF_MAP_TYPE_SOCKHASH:
	case PBPF_MAP_TYPE_QUEUE:
	case PBPF_MAP_TYPE_STACK:
	case PBPF_MAP_TYPE_ARENA:
	case PBPF_MAP_TYPE_INSN_ARRAY:
	case PBPF_MAP_TYPE_RINGBUF:
	case PBPF_MAP_TYPE_USER_RINGBUF: return false;
	default: return true;
	}
}

/* A ring buffer's size must be a power of two and whole pages of the running kernel
 * (ringbuf_map_alloc() in kernel/bpf/ringbuf.c): rounded up here, so that an object made where pages
 * are small works where they are large. */
static int ring_size(const struct pbpf_map *map, uint32_t *size)
{
	uint64_t rounded = pbpf_sys_page_size(&map->obj->env);

	while (rounded < *size)
		rounded *= 2;
	if (rounded > UINT32_MAX)
		return map_fail(map, -ERANGE, "use 2 GiB or less",
				"is a ring buffer of %u bytes, which is too large", *size);
	*size = (uint32_t)rounded;
	return 0;
}

int settle_size(const struct pbpf_map *map, struct pbpf_map_attr *attr)
{
	if (map_is_ring(attr->type))
		return ring_size(map, &attr->max_entries);
	if (attr->type == PBPF_MAP_TYPE_PERF_EVENT_ARRAY && !attr->max_entries)
		return count_cpus(&map->obj->env, &attr->max_entries);
	return 0;
}

static const char *map_hint(struct refusal_hint *hint, const struct pbpf_map *map,
			    const struct pbpf_map_attr *attr, int err)
{
	if (may_be_unknown(err) && map_too_new(hint->text, map, attr))
		return hint->text;
	if (err == -EINVAL && map_holds_maps(attr->type) && attr->inner_map_fd <= 0)
		return "say what it holds: __array(values, struct { ... }), or inner_map_fd with "
		       "pbpf_map_set_attr() before load";
	if (err == -EINVAL)
		return rule_of_map(attr);
	if (err == -E2BIG)
		return "make key, value or max_entries smaller";
	if (token_hint(map->obj, err))
		return token_hint(map->obj, err);
	return refusal_hint(hint, &map->obj->env, err, PBPF_PROG_TYPE_UNSPEC);
}

static int refuse_map(const struct pbpf_map *map, const struct pbpf_map_attr *attr, int err)
{
	const char *type = pbpf_map_type_name(attr->type);
	struct refusal_hint hint;
	char number[12];

	snprintf(number, sizeof(number), "%u", attr->type);
	return env_fail(
		&map->obj->env, err, AT(STAGE_LOAD, map->name, 0), map_hint(&hint, map, attr, err),
		"the kernel refused to create %s'%s' (type %s, key %u bytes, value %u bytes, "
		"%u entries, flags %#x): %s",
		attr == &map->attr ? "map " : "the inner map of ", map->name, type ? type : number,
		attr->key_size, attr->value_size, attr->max_entries, attr->flags,
		pbpf_error_name(err));
}

/* The kernel wants both types or none, but for global data, whose key says nothing, and bloom filters,
 * which have no key. */
static bool has_btf(const struct pbpf_map *map, const struct pbpf_map_attr *attr)
{
	return map->obj->btf_fd >= 0 && takes_btf(attr->type) && attr->btf_value_type &&
	       (attr->btf_key_type || map->data || attr->type == PBPF_MAP_TYPE_BLOOM_FILTER);
}

/* Creates a map with `attr`, which is the map's or its inner map's, and settles its size; gives the fd. */
static int create_with(struct pbpf_map *map, struct pbpf_map_attr *settled, int inner_fd)
{
	struct pbpf_map_attr attr;
	int fd = settle_size(map, settled);

	if (fd)
		return fd;
	attr = *settled;
	if (map->obj->token_fd >= 0)
		attr.token_fd = map->obj->token_fd;
	if (inner_fd >= 0)
		attr.inner_map_fd = inner_fd;
	if (has_btf(map, &attr)) {
		attr.btf_fd = map->obj->btf_fd;
	} else {
		attr.btf_fd = attr.btf_vmlinux_value_type ? map->obj->btf_fd
							  : 0; /* asked for, not read */
		attr.btf_key_type = 0;
		attr.btf_value_type = 0;
	}
	do
		fd = pbpf_sys_map_create(&map->obj->env, &attr);
	while (fd < 0 && compat_fit_map(map, &attr, fd));
	if (fd < 0)
		return refuse_map(map, settled, fd);
	settled->flags = attr.flags;
	return fd;
}

/* A map of maps is created after the example of one that it will hold, which is closed again. */
int create_map(struct pbpf_map *map)
{
	const struct pbpf_env *env = &map->obj->env;
	int inner_fd = -1, fd;

	if (map->inner.type && map->attr.inner_map_fd <= 0) {
		inner_fd = create_with(map, &map->inner, -1);
		if (inner_fd < 0)
			return inner_fd;
	}
	fd = create_with(map, &map->attr, inner_fd);
	pbpf_sys_close(env, inner_fd);
	if (fd < 0)
		return fd;
	map->fd = fd;
	env_step(env, AT(STAGE_LOAD, map->name, 0), "map '%s' is created as fd %d", map->name, fd);
	return 0;
}

/* The bytes of the section become the map's only value; .bss has none, and is zero as it is. */
static int fill_map(const struct pbpf_map *map)
{
	const struct pbpf_object *obj = map->obj;
	const uint8_t *data = map->initial ? map->initial : obj->elf->sections[map->section].data;
	uint32_t key = 0;
	int err;

	if (!data)
		return 0;
	err = pbpf_sys_map_update(&obj->env, map->fd, &key, data, PBPF_ANY);
	if (err)
		return map_fail(map, err, NULL, "is refused its initial value by the kernel: %s",
				pbpf_error_name(err));
	return 0;
}

static int freeze_map(const struct pbpf_map *map)
{
	int err = pbpf_sys_map_freeze(&map->obj->env, map->fd);

	if (err)
		return map_fail(map, err, NULL, "cannot be frozen: %s", pbpf_error_name(err));
	return 0;
}

static int load_map(struct pbpf_map *map)
{
	bool arena = map->attr.type == PBPF_MAP_TYPE_ARENA || map->arena_section;
	int err = 0;

	if (map->left_out)
		return 0;
	if (map->given_fd >= 0) {
		map->fd = map->given_fd;
		map->adopted = true;
	} else {
		err = map->by_name ? load_pinned_map(map) : create_map(map);
	}
	if (!err && arena)
		err = load_arena(map);
	if (!err && map->data && !map->adopted)
		err = fill_map(map);
	if (!err && map->frozen && !map->adopted)
		err = freeze_map(map);
	return err;
}

int load_maps(struct pbpf_object *obj)
{
	int err = 0;

	for (uint32_t i = 0; !err && i < obj->map_count; i++)
		err = load_map(&obj->maps[i]);
	return err ? err : fill_map_slots(obj);
}

void unload_map(struct pbpf_map *map)
{
	const struct pbpf_env *env = &map->obj->env;

	forget_pin(map);
	unmap_memory(map);
	if (map->fd != map->given_fd)
		pbpf_sys_close(env, map->fd);
	map->fd = -ENOENT;
	map->adopted = false;
}

void free_map(struct pbpf_map *map)
{
	free_struct_ops(map);
	env_free(&map->obj->env, map->initial, map->attr.value_size, 1);
	pbpf_sys_close(&map->obj->env, map->given_fd);
}
