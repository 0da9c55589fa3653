/* SPDX-License-Identifier: MIT */
/*
 * A kernel that refuses a map: what the map can do without is left out, one thing after the other.
 *
 *	global data that can be mapped (5.5)    its values are then read and written through calls
 *	its types (4.18; not all map types)     tools show its elements as bytes
 *	struct_ops of a sleeping kernel         a program is verified first
 *	its name (4.15)                         tools show it without
 */
#include "loader/compat.h"
#include "loader/object.h"

static bool drop_mmap(const struct pbpf_map *map, struct pbpf_map_attr *attr)
{
	if (!map->data || !(attr->flags & PBPF_F_MMAPABLE) || !kernel_lacks(map->obj, FEATURE_MMAP))
		return false;
	attr->flags &= ~(uint32_t)PBPF_F_MMAPABLE;
	return true;
}

static bool drop_map_name(const struct pbpf_map *map, struct pbpf_map_attr *attr)
{
	if (!attr->name || !kernel_lacks(map->obj, FEATURE_NAMES))
		return false;
	attr->name = NULL;
	return true;
}

/* Without a trial: which types take BTF, and for which keys and values, differs from kernel to kernel. */
static bool drop_map_types(struct pbpf_map_attr *attr)
{
	if (!attr->btf_fd ||
	    attr->btf_vmlinux_value_type) /* a struct_ops is of the kernel's types */
		return false;
	attr->btf_fd = 0;
	attr->btf_key_type = 0;
	attr->btf_value_type = 0;
	return true;
}

/* An old kernel (5.10) reads its own BTF when it verifies its first program, and has no struct_ops until
 * then (bpf_struct_ops_map_alloc() in kernel/bpf/bpf_struct_ops.c): any program will do. */
static bool wake_struct_ops(const struct pbpf_map *map, const struct pbpf_map_attr *attr, int err)
{
	if (!attr->btf_vmlinux_value_type || err != -ENOTSUPP ||
	    map->obj->compat.known & FEATURE_NAMES)
		return false;
	kernel_lacks(map->obj, FEATURE_NAMES);
	env_note(&map->obj->env, AT(STAGE_LOAD, map->name, 0), NULL,
		 "the kernel knew no struct_ops yet, for map '%s'; it has verified a program now",
		 map->name);
	return true;
}

bool compat_fit_map(const struct pbpf_map *map, struct pbpf_map_attr *attr, int err)
{
	const char *without;

	if (compat_raise_memlock(map->obj, err) || wake_struct_ops(map, attr, err))
		return true;
	if (!may_be_unknown(err))
		return false;
	if (drop_mmap(map, attr))
		without = "memory that can be mapped";
	else if (drop_map_types(attr))
		without = "BTF";
	else if (drop_map_name(map, attr))
		without = "a name";
	else
		return false;
	env_note(&map->obj->env, AT(STAGE_LOAD, map->name, 0), NULL,
		 "the kernel refused map '%s' (%s); it is tried without %s", map->name,
		 pbpf_error_name(err), without);
	return true;
}
