/* SPDX-License-Identifier: MIT */
/*
 * Maps: creating them, their elements one by one and in batches.
 */
#include "sys/kernel.h"

int pbpf_sys_map_create(const struct pbpf_env *env, const struct pbpf_map_attr *attr)
{
	struct abi_map_create a = {
		.map_type = attr->type,
		.key_size = attr->key_size,
		.value_size = attr->value_size,
		.max_entries = attr->max_entries,
		.map_flags = attr->flags |
			     (attr->value_type_btf_obj_fd > 0 ? PBPF_F_VTYPE_BTF_OBJ_FD : 0u) |
			     (attr->token_fd > 0 ? PBPF_F_TOKEN_FD : 0u),
		.inner_map_fd = sys_optional_fd(attr->inner_map_fd),
		.numa_node = attr->numa_node,
		.map_ifindex = attr->ifindex,
		.btf_fd = sys_optional_fd(attr->btf_fd),
		.btf_key_type_id = attr->btf_key_type,
		.btf_value_type_id = attr->btf_value_type,
		.btf_vmlinux_value_type_id = attr->btf_vmlinux_value_type,
		.map_extra = attr->extra,
		.value_type_btf_obj_fd = (int32_t)sys_optional_fd(attr->value_type_btf_obj_fd),
		.map_token_fd = (int32_t)sys_optional_fd(attr->token_fd),
		.excl_prog_hash = PBPF_ADDRESS(attr->excl_prog_hash),
		.excl_prog_hash_size = attr->excl_prog_hash_size,
	};

	sys_copy_name(a.map_name, attr->name);
	return sys_call_fd(env, PBPF_MAP_CREATE, &a, sizeof(a));
}

static struct abi_map_elem element(int fd, const void *key, const void *value, uint64_t flags)
{
	return (struct abi_map_elem){
		.map_fd = (uint32_t)fd,
		.key = PBPF_ADDRESS(key),
		.value = PBPF_ADDRESS(value),
		.flags = flags,
	};
}

int pbpf_sys_map_lookup(const struct pbpf_env *env, int fd, const void *key, void *value,
			uint64_t flags)
{
	struct abi_map_elem a = element(fd, key, value, flags);

	return sys_call(env, PBPF_MAP_LOOKUP_ELEM, &a, sizeof(a));
}

int pbpf_sys_map_update(const struct pbpf_env *env, int fd, const void *key, const void *value,
			uint64_t flags)
{
	struct abi_map_elem a = element(fd, key, value, flags);

	return sys_call(env, PBPF_MAP_UPDATE_ELEM, &a, sizeof(a));
}

int pbpf_sys_map_delete(const struct pbpf_env *env, int fd, const void *key)
{
	struct abi_map_elem a = element(fd, key, NULL, 0);

	return sys_call(env, PBPF_MAP_DELETE_ELEM, &a, sizeof(a));
}

int pbpf_sys_map_next_key(const struct pbpf_env *env, int fd, const void *key, void *next_key)
{
	struct abi_map_elem a = element(fd, key, next_key, 0);

	return sys_call(env, PBPF_MAP_GET_NEXT_KEY, &a, sizeof(a));
}

int pbpf_sys_map_lookup_and_delete(const struct pbpf_env *env, int fd, const void *key, void *value,
				   uint64_t flags)
{
	struct abi_map_elem a = element(fd, key, value, flags);

	return sys_call_once(env, PBPF_MAP_LOOKUP_AND_DELETE_ELEM, &a, sizeof(a));
}

int pbpf_sys_map_freeze(const struct pbpf_env *env, int fd)
{
	struct abi_map_elem a = element(fd, NULL, NULL, 0);

	return sys_call(env, PBPF_MAP_FREEZE, &a, sizeof(a));
}

static int batch_call(const struct pbpf_env *env, enum pbpf_cmd cmd, int fd,
		      struct pbpf_map_batch *batch)
{
	struct abi_map_batch a = {
		.in_batch = PBPF_ADDRESS(batch->in_batch),
		.out_batch = PBPF_ADDRESS(batch->out_batch),
		.keys = PBPF_ADDRESS(batch->keys),
		.values = PBPF_ADDRESS(batch->values),
		.count = batch->count,
		.map_fd = (uint32_t)fd,
		.elem_flags = batch->elem_flags,
		.flags = batch->flags,
	};
	int err = sys_call_once(env, cmd, &a, sizeof(a));

	batch->count = a.count;
	return err;
}

int pbpf_sys_map_lookup_batch(const struct pbpf_env *env, int fd, struct pbpf_map_batch *batch)
{
	return batch_call(env, PBPF_MAP_LOOKUP_BATCH, fd, batch);
}

int pbpf_sys_map_lookup_and_delete_batch(const struct pbpf_env *env, int fd,
					 struct pbpf_map_batch *batch)
{
	return batch_call(env, PBPF_MAP_LOOKUP_AND_DELETE_BATCH, fd, batch);
}

int pbpf_sys_map_update_batch(const struct pbpf_env *env, int fd, struct pbpf_map_batch *batch)
{
	return batch_call(env, PBPF_MAP_UPDATE_BATCH, fd, batch);
}

int pbpf_sys_map_delete_batch(const struct pbpf_env *env, int fd, struct pbpf_map_batch *batch)
{
	return batch_call(env, PBPF_MAP_DELETE_BATCH, fd, batch);
}
