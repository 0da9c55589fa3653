/* SPDX-License-Identifier: MIT */
/*
 * Which types of maps can be created: each in its smallest form.
 */
#include "loader/doctor.h"

#define PAGE_LIKE 65536 /* a multiple of every kernel's page size */

enum { SHAPE_BTF = 1, SHAPE_INNER = 2, SHAPE_OPS = 4 };

/* What a type needs in its smallest form; the usual is 4 bytes of key and value, and one entry. */
static const struct map_shape {
	uint32_t type;
	uint32_t key_size, value_size, max_entries, flags;
	unsigned int more; /* SHAPE_* */
	const char *config;
} map_shapes[] = {
	{PBPF_MAP_TYPE_HASH, 4, 4, 1, 0, 0, NULL},
	{PBPF_MAP_TYPE_ARRAY, 4, 4, 1, 0, 0, NULL},
	{PBPF_MAP_TYPE_PROG_ARRAY, 4, 4, 1, 0, 0, NULL},
	{PBPF_MAP_TYPE_PERF_EVENT_ARRAY, 4, 4, 1, 0, 0, "CONFIG_PERF_EVENTS"},
	{PBPF_MAP_TYPE_PERCPU_HASH, 4, 4, 1, 0, 0, NULL},
	{PBPF_MAP_TYPE_PERCPU_ARRAY, 4, 4, 1, 0, 0, NULL},
	{PBPF_MAP_TYPE_STACK_TRACE, 4, 8, 1, 0, 0, "CONFIG_PERF_EVENTS"},
	{PBPF_MAP_TYPE_CGROUP_ARRAY, 4, 4, 1, 0, 0, "CONFIG_CGROUPS"},
	{PBPF_MAP_TYPE_LRU_HASH, 4, 4, 1, 0, 0, NULL},
	{PBPF_MAP_TYPE_LRU_PERCPU_HASH, 4, 4, 1, 0, 0, NULL},
	{PBPF_MAP_TYPE_LPM_TRIE, 8, 4, 1, PBPF_F_NO_PREALLOC, 0, NULL},
	{PBPF_MAP_TYPE_ARRAY_OF_MAPS, 4, 4, 1, 0, SHAPE_INNER, NULL},
	{PBPF_MAP_TYPE_HASH_OF_MAPS, 4, 4, 1, 0, SHAPE_INNER, NULL},
	{PBPF_MAP_TYPE_DEVMAP, 4, 4, 1, 0, 0, "CONFIG_NET"},
	{PBPF_MAP_TYPE_SOCKMAP, 4, 4, 1, 0, 0, "CONFIG_NET"},
	{PBPF_MAP_TYPE_CPUMAP, 4, 4, 1, 0, 0, "CONFIG_NET"},
	{PBPF_MAP_TYPE_XSKMAP, 4, 4, 1, 0, 0, "CONFIG_XDP_SOCKETS"},
	{PBPF_MAP_TYPE_SOCKHASH, 4, 4, 1, 0, 0, "CONFIG_NET"},
	{PBPF_MAP_TYPE_CGROUP_STORAGE, 8, 4, 0, 0, 0, "CONFIG_CGROUP_BPF"},
	{PBPF_MAP_TYPE_REUSEPORT_SOCKARRAY, 4, 4, 1, 0, 0, "CONFIG_INET"},
	{PBPF_MAP_TYPE_PERCPU_CGROUP_STORAGE, 8, 4, 0, 0, 0, "CONFIG_CGROUP_BPF"},
	{PBPF_MAP_TYPE_QUEUE, 0, 4, 1, 0, 0, NULL},
	{PBPF_MAP_TYPE_STACK, 0, 4, 1, 0, 0, NULL},
	{PBPF_MAP_TYPE_SK_STORAGE, 4, 4, 0, PBPF_F_NO_PREALLOC, SHAPE_BTF, "CONFIG_NET"},
	{PBPF_MAP_TYPE_DEVMAP_HASH, 4, 4, 1, 0, 0, "CONFIG_NET"},
	{PBPF_MAP_TYPE_STRUCT_OPS, 4, 0, 1, 0, SHAPE_OPS, "CONFIG_BPF_JIT"},
	{PBPF_MAP_TYPE_STRUCT_OPS, 4, 0, 1, PBPF_F_LINK, SHAPE_OPS, "CONFIG_BPF_JIT"},
	{PBPF_MAP_TYPE_RINGBUF, 0, 0, PAGE_LIKE, 0, 0, NULL},
	{PBPF_MAP_TYPE_INODE_STORAGE, 4, 4, 0, PBPF_F_NO_PREALLOC, SHAPE_BTF, "CONFIG_BPF_LSM"},
	{PBPF_MAP_TYPE_TASK_STORAGE, 4, 4, 0, PBPF_F_NO_PREALLOC, SHAPE_BTF, NULL},
	{PBPF_MAP_TYPE_BLOOM_FILTER, 0, 4, 1, 0, 0, NULL},
	{PBPF_MAP_TYPE_USER_RINGBUF, 0, 0, PAGE_LIKE, 0, 0, NULL},
	{PBPF_MAP_TYPE_CGRP_STORAGE, 4, 4, 0, PBPF_F_NO_PREALLOC, SHAPE_BTF, "CONFIG_CGROUPS"},
	{PBPF_MAP_TYPE_ARENA, 0, 0, 1, PBPF_F_MMAPABLE, 0, "CONFIG_MMU"},
	{PBPF_MAP_TYPE_INSN_ARRAY, 4, 16, 1, 0, 0, NULL},
};
#define SHAPE_COUNT (sizeof(map_shapes) / sizeof(map_shapes[0]))

static int create_inner(const struct examination *exam)
{
	const struct pbpf_map_attr inner = {
		.type = PBPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1};

	return pbpf_sys_map_create(exam->env, &inner);
}

static int create_trial(const struct examination *exam, const struct map_shape *shape)
{
	struct pbpf_map_attr attr = {
		.type = shape->type,
		.key_size = shape->key_size,
		.value_size = shape->value_size,
		.max_entries = shape->max_entries,
		.flags = shape->flags,
	};
	int inner = -1, fd;

	if (shape->more & SHAPE_INNER) {
		inner = create_inner(exam);
		attr.inner_map_fd = inner;
	}
	if (shape->more & SHAPE_BTF) {
		attr.btf_fd = exam->btf_fd;
		attr.btf_key_type = OWN_INT;
		attr.btf_value_type = OWN_INT;
	}
	if (shape->more & SHAPE_OPS) {
		attr.btf_fd = exam->btf_fd;
		attr.btf_vmlinux_value_type = exam->targets[TRIAL_OPS_VALUE];
		attr.value_size = exam->ops_value_size;
	}
	fd = pbpf_sys_map_create(exam->env, &attr);
	pbpf_sys_close(exam->env, inner);
	return fd;
}

static bool examine_shape(struct examination *exam, const struct map_shape *shape)
{
	bool with_link = shape->flags & PBPF_F_LINK;
	struct trial trial = {
		.since = with_link ? PBPF_LINUX(6, 4) : pbpf_since_map_type(shape->type),
		.config = shape->config,
		.needs_btf = shape->more & SHAPE_OPS,
	};

	trial.result = create_trial(exam, shape);
	tell_trial(exam, with_link ? "struct_ops.link" : pbpf_map_type_name(shape->type), &trial);
	pbpf_sys_close(exam->env, trial.result);
	return trial.result >= 0;
}

bool examine_map_type(struct examination *exam, uint32_t type, uint32_t flags)
{
	for (size_t i = 0; i < SHAPE_COUNT; i++)
		if (map_shapes[i].type == type && !((map_shapes[i].flags ^ flags) & PBPF_F_LINK))
			return examine_shape(exam, &map_shapes[i]);
	exam_no(exam, "unknown", "", "map type %u is not known", type);
	return false;
}

uint32_t examine_maps(struct examination *exam)
{
	uint32_t count = 0;

	exam->group = "maps";
	for (size_t i = 0; i < SHAPE_COUNT; i++)
		count += examine_shape(exam, &map_shapes[i]);
	return count;
}
