/* SPDX-License-Identifier: MIT */
/*
 * What goes for objects of any kind: BTF, ids, information, pins; and the commands that fit nowhere
 * else.
 */
#include "sys/kernel.h"

int pbpf_sys_btf_load(const struct pbpf_env *env, const struct pbpf_btf_attr *attr,
		      uint32_t *log_true_size)
{
	struct abi_btf_load a = {
		.btf = PBPF_ADDRESS(attr->data),
		.btf_log_buf = PBPF_ADDRESS(attr->log),
		.btf_size = attr->size,
		.btf_log_size = attr->log_size,
		.btf_log_level = attr->log_level,
		.btf_flags = attr->flags | (attr->token_fd > 0 ? PBPF_F_TOKEN_FD : 0u),
		.btf_token_fd = (int32_t)sys_optional_fd(attr->token_fd),
	};
	int fd = sys_call_fd(env, PBPF_BTF_LOAD, &a, sizeof(a));

	if (log_true_size)
		*log_true_size = a.btf_log_true_size;
	return fd;
}

static int next_id(const struct pbpf_env *env, enum pbpf_cmd cmd, uint32_t id, uint32_t *next)
{
	struct abi_id a = {.id = id};
	int err = sys_call(env, cmd, &a, sizeof(a));

	if (!err)
		*next = a.next_id;
	return err;
}

int pbpf_sys_prog_next_id(const struct pbpf_env *env, uint32_t id, uint32_t *next)
{
	return next_id(env, PBPF_PROG_GET_NEXT_ID, id, next);
}

int pbpf_sys_map_next_id(const struct pbpf_env *env, uint32_t id, uint32_t *next)
{
	return next_id(env, PBPF_MAP_GET_NEXT_ID, id, next);
}

int pbpf_sys_btf_next_id(const struct pbpf_env *env, uint32_t id, uint32_t *next)
{
	return next_id(env, PBPF_BTF_GET_NEXT_ID, id, next);
}

int pbpf_sys_link_next_id(const struct pbpf_env *env, uint32_t id, uint32_t *next)
{
	return next_id(env, PBPF_LINK_GET_NEXT_ID, id, next);
}

static int fd_by_id(const struct pbpf_env *env, enum pbpf_cmd cmd, uint32_t id, uint32_t flags)
{
	struct abi_id a = {.id = id, .open_flags = flags};

	return sys_call_fd(env, cmd, &a, sizeof(a));
}

int pbpf_sys_prog_fd_by_id(const struct pbpf_env *env, uint32_t id)
{
	return fd_by_id(env, PBPF_PROG_GET_FD_BY_ID, id, 0);
}

int pbpf_sys_map_fd_by_id(const struct pbpf_env *env, uint32_t id, uint32_t flags)
{
	return fd_by_id(env, PBPF_MAP_GET_FD_BY_ID, id, flags);
}

int pbpf_sys_btf_fd_by_id(const struct pbpf_env *env, uint32_t id)
{
	return fd_by_id(env, PBPF_BTF_GET_FD_BY_ID, id, 0);
}

int pbpf_sys_link_fd_by_id(const struct pbpf_env *env, uint32_t id)
{
	return fd_by_id(env, PBPF_LINK_GET_FD_BY_ID, id, 0);
}

int pbpf_sys_obj_info(const struct pbpf_env *env, int fd, void *info, uint32_t *size)
{
	struct abi_info a = {
		.bpf_fd = (uint32_t)fd,
		.info_len = *size,
		.info = PBPF_ADDRESS(info),
	};
	int err = sys_call(env, PBPF_OBJ_GET_INFO_BY_FD, &a, sizeof(a));

	if (!err)
		*size = a.info_len;
	return err;
}

static struct abi_obj pin_of(int fd, int dir_fd, const char *path, uint32_t flags)
{
	return (struct abi_obj){
		.pathname = PBPF_ADDRESS(path),
		.bpf_fd = (uint32_t)fd,
		.file_flags = flags | (dir_fd >= 0 ? PBPF_F_PATH_FD : 0u),
		.path_fd = dir_fd >= 0 ? dir_fd : 0,
	};
}

int pbpf_sys_obj_pin(const struct pbpf_env *env, int fd, int dir_fd, const char *path,
		     uint32_t flags)
{
	struct abi_obj a = pin_of(fd, dir_fd, path, flags);

	return sys_call(env, PBPF_OBJ_PIN, &a, sizeof(a));
}

int pbpf_sys_obj_get(const struct pbpf_env *env, int dir_fd, const char *path, uint32_t flags)
{
	struct abi_obj a = pin_of(0, dir_fd, path, flags);

	return sys_call_fd(env, PBPF_OBJ_GET, &a, sizeof(a));
}

int pbpf_sys_task_fd_query(const struct pbpf_env *env, struct pbpf_task_fd *query)
{
	struct abi_task_fd_query a = {
		.pid = query->pid,
		.fd = (uint32_t)query->fd,
		.flags = query->flags,
		.buf_len = query->buf_size,
		.buf = PBPF_ADDRESS(query->buf),
	};
	int err = sys_call(env, PBPF_TASK_FD_QUERY, &a, sizeof(a));

	query->buf_size = a.buf_len;
	query->prog_id = a.prog_id;
	query->fd_type = a.fd_type;
	query->probe_offset = a.probe_offset;
	query->probe_addr = a.probe_addr;
	return err;
}

int pbpf_sys_enable_stats(const struct pbpf_env *env, uint32_t type)
{
	struct abi_enable_stats a = {.type = type};

	return sys_call_fd(env, PBPF_ENABLE_STATS, &a, sizeof(a));
}

int pbpf_sys_token_create(const struct pbpf_env *env, int bpffs_fd)
{
	struct abi_token_create a = {.bpffs_fd = (uint32_t)bpffs_fd};

	return sys_call_fd(env, PBPF_TOKEN_CREATE, &a, sizeof(a));
}
