/* SPDX-License-Identifier: MIT */
/*
 * One map into the kernel: created, given its initial value, frozen.
 */
#include "loader/object.h"

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

	while (rounded < map->attr.max_entries)
		rounded *= 2;
	if (rounded > UINT32_MAX)
		return env_fail(&map->obj->env, -ERANGE, AT(STAGE_LOAD, map->name, 0),
				"use 2 GiB or less", "ring buffer '%s' of %u bytes is too large",
				map->name, map->attr.max_entries);
	*size = (uint32_t)rounded;
	return 0;
}

static bool is_ring(uint32_t type)
{
	return type == PBPF_MAP_TYPE_RINGBUF || type == PBPF_MAP_TYPE_USER_RINGBUF;
}

/* Sizes that are only known on the machine that the map is created on. */
static int settle_size(struct pbpf_map *map)
{
	if (is_ring(map->attr.type))
		return ring_size(map, &map->attr.max_entries);
	if (map->attr.type == PBPF_MAP_TYPE_PERF_EVENT_ARRAY && !map->attr.max_entries)
		return count_cpus(map->obj, &map->attr.max_entries);
	return 0;
}

static const char *map_hint(const struct pbpf_map_attr *attr, int err)
{
	if (err == -EINVAL && !attr->max_entries)
		return "set max_entries: in its definition, or with pbpf_map_set_attr() before load";
	if (err == -EINVAL)
		return "check type, sizes, max_entries and flags against what the kernel takes";
	if (err == -E2BIG)
		return "make key, value or max_entries smaller";
	return refusal_hint(err, PBPF_PROG_TYPE_UNSPEC);
}

static int refuse_map(const struct pbpf_map *map, int err)
{
	const struct pbpf_map_attr *attr = &map->attr;
	const char *type = pbpf_map_type_name(attr->type);

	return env_fail(
		&map->obj->env, err, AT(STAGE_LOAD, map->name, 0), map_hint(attr, err),
		"the kernel refused to create map '%s' (type %s, key %u bytes, value %u bytes, "
		"%u entries, flags %#x): %s",
		map->name, type ? type : "unknown", attr->key_size, attr->value_size,
		attr->max_entries, attr->flags, pbpf_error_name(err));
}

/* A map may be created without its BTF: it is then only shown as bytes. */
static int create_without_btf(const struct pbpf_map *map, struct pbpf_map_attr *attr)
{
	int fd;

	attr->btf_fd = 0;
	attr->btf_key_type = 0;
	attr->btf_value_type = 0;
	fd = pbpf_sys_map_create(&map->obj->env, attr);
	if (fd >= 0)
		env_warn(&map->obj->env, AT(STAGE_LOAD, map->name, 0), NULL,
			 "the kernel refused the BTF of map '%s'; it is created without",
			 map->name);
	return fd;
}

/* The kernel wants both types or none, but for global data, whose key says nothing. */
static bool has_btf(const struct pbpf_map *map)
{
	return map->obj->btf_fd >= 0 && takes_btf(map->attr.type) && map->attr.btf_value_type &&
	       (map->attr.btf_key_type || map->data);
}

static int create_map(struct pbpf_map *map)
{
	const struct pbpf_env *env = &map->obj->env;
	int fd = settle_size(map);
	struct pbpf_map_attr attr = map->attr;

	if (fd)
		return fd;
	if (has_btf(map)) {
		attr.btf_fd = map->obj->btf_fd;
	} else {
		attr.btf_key_type = 0;
		attr.btf_value_type = 0;
	}
	fd = pbpf_sys_map_create(env, &attr);
	if ((fd == -EINVAL || fd == -ENOTSUP || fd == -ENOTSUPP) && attr.btf_fd)
		fd = create_without_btf(map, &attr);
	if (fd < 0)
		return refuse_map(map, fd);
	map->fd = fd;
	env_step(env, AT(STAGE_LOAD, map->name, 0), "map '%s' is created as fd %d", map->name, fd);
	return 0;
}

/* The bytes of the section become the map's only value; .bss has none, and is zero as it is. */
static int fill_map(const struct pbpf_map *map)
{
	const struct pbpf_object *obj = map->obj;
	const uint8_t *data = obj->elf->sections[map->section].data;
	uint32_t key = 0;
	int err;

	if (!data)
		return 0;
	err = pbpf_sys_map_update(&obj->env, map->fd, &key, data, PBPF_ANY);
	if (err)
		return env_fail(&obj->env, err, AT(STAGE_LOAD, map->name, 0), NULL,
				"the kernel refused the initial value of '%s': %s", map->name,
				pbpf_error_name(err));
	return 0;
}

static int freeze_map(const struct pbpf_map *map)
{
	int err = pbpf_sys_map_freeze(&map->obj->env, map->fd);

	if (err)
		return env_fail(&map->obj->env, err, AT(STAGE_LOAD, map->name, 0), NULL,
				"the kernel refused to freeze '%s': %s", map->name,
				pbpf_error_name(err));
	return 0;
}

int load_map(struct pbpf_map *map)
{
	int err = create_map(map);

	if (!err && map->data)
		err = fill_map(map);
	if (!err && map->frozen)
		err = freeze_map(map);
	return err;
}
