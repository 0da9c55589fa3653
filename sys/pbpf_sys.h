/* SPDX-License-Identifier: MIT */
#ifndef PBPF_SYS_H
#define PBPF_SYS_H

#include "base/pbpf_base.h"
#include "sys/pbpf_abi.h"

#ifdef __cplusplus
extern "C" {
#endif

/* BPF_MAP_CREATE */
struct pbpf_map_attr {
	uint32_t type; /* PBPF_MAP_TYPE_* */
	uint32_t key_size;
	uint32_t value_size;
	uint32_t max_entries;
	uint32_t flags; /* PBPF_F_* */
	int inner_map_fd;
	uint32_t numa_node; /* with PBPF_F_NUMA_NODE */
	const char *name;   /* the first 15 characters are used */
	uint32_t ifindex;
	int btf_fd;
	uint32_t btf_key_type;
	uint32_t btf_value_type;
	uint32_t btf_vmlinux_value_type;
	uint64_t extra;
	int value_type_btf_obj_fd;
	int token_fd;
};
int pbpf_sys_map_create(const struct pbpf_env *env, const struct pbpf_map_attr *attr);

/* BPF_PROG_LOAD */
struct pbpf_prog_attr {
	uint32_t type; /* PBPF_PROG_TYPE_* */
	uint32_t expected_attach_type;
	const void *insns; /* 8 bytes each */
	uint32_t insn_count;
	const char *license;
	const char *name;
	uint32_t flags;
	uint32_t kern_version;
	uint32_t ifindex;
	int btf_fd;
	const void *func_info;
	uint32_t func_info_size; /* of one record */
	uint32_t func_info_count;
	const void *line_info;
	uint32_t line_info_size;
	uint32_t line_info_count;
	const void *core_relos;
	uint32_t core_relo_size;
	uint32_t core_relo_count;
	uint32_t attach_btf_id;
	int attach_btf_obj_fd; /* or the fd of the program to attach to */
	const int *fd_array;
	uint32_t fd_array_count;
	int token_fd;
	uint32_t log_level;
	char *log;
	uint32_t log_size;
};
/* log_true_size: written when not NULL (0 where the kernel is older than 6.4). */
int pbpf_sys_prog_load(const struct pbpf_env *env, const struct pbpf_prog_attr *attr,
		       uint32_t *log_true_size);

/* BPF_BTF_LOAD */
struct pbpf_btf_attr {
	const void *data;
	uint32_t size;
	uint32_t log_level;
	char *log;
	uint32_t log_size;
	uint32_t flags;
	int token_fd;
};
int pbpf_sys_btf_load(const struct pbpf_env *env, const struct pbpf_btf_attr *attr,
		      uint32_t *log_true_size);

int pbpf_sys_map_lookup(const struct pbpf_env *env, int fd, const void *key, void *value,
			uint64_t flags);
int pbpf_sys_map_update(const struct pbpf_env *env, int fd, const void *key, const void *value,
			uint64_t flags);
int pbpf_sys_map_delete(const struct pbpf_env *env, int fd, const void *key);
int pbpf_sys_map_next_key(const struct pbpf_env *env, int fd, const void *key, void *next_key);
int pbpf_sys_map_lookup_and_delete(const struct pbpf_env *env, int fd, const void *key, void *value,
				   uint64_t flags);
int pbpf_sys_map_freeze(const struct pbpf_env *env, int fd);

/* BPF_MAP_LOOKUP_BATCH and the three others */
struct pbpf_map_batch {
	const void *in_batch; /* NULL: from the start */
	void *out_batch;
	void *keys;
	void *values;
	uint32_t count; /* in: room or elements; out: how many were done */
	uint64_t elem_flags;
	uint64_t flags;
};
int pbpf_sys_map_lookup_batch(const struct pbpf_env *env, int fd, struct pbpf_map_batch *batch);
int pbpf_sys_map_lookup_and_delete_batch(const struct pbpf_env *env, int fd,
					 struct pbpf_map_batch *batch);
int pbpf_sys_map_update_batch(const struct pbpf_env *env, int fd, struct pbpf_map_batch *batch);
int pbpf_sys_map_delete_batch(const struct pbpf_env *env, int fd, struct pbpf_map_batch *batch);

/* BPF_PROG_ATTACH, DETACH, QUERY: see the helper's brief */

/* BPF_OBJ_PIN, OBJ_GET */
int pbpf_sys_obj_pin(const struct pbpf_env *env, int fd, int dir_fd, const char *path,
		     uint32_t flags);
int pbpf_sys_obj_get(const struct pbpf_env *env, int dir_fd, const char *path, uint32_t flags);

/* BPF_LINK_CREATE */
struct pbpf_link_attr {
	int prog_fd;
	int target_fd; /* or ifindex, by attach type */
	uint32_t attach_type;
	uint32_t flags;
	/* ... per attach type: see sys's final header */
};
int pbpf_sys_link_create(const struct pbpf_env *env, const struct pbpf_link_attr *attr);
int pbpf_sys_raw_tracepoint_open(const struct pbpf_env *env, int prog_fd, const char *name,
				 uint64_t cookie);

int pbpf_sys_prog_bind_map(const struct pbpf_env *env, int prog_fd, int map_fd);
int pbpf_sys_obj_info(const struct pbpf_env *env, int fd, void *info, uint32_t *size);

/* the few ways that are not bpf(2) */
int pbpf_sys_close(const struct pbpf_env *env, int fd); /* fd < 0: nothing */
int pbpf_sys_perf_event_open(const struct pbpf_env *env, const void *attr, int pid, int cpu,
			     int group_fd, unsigned long flags);
int pbpf_sys_ioctl(const struct pbpf_env *env, int fd, unsigned long request,
		   unsigned long argument);
int pbpf_sys_read_file(const struct pbpf_env *env, const char *path, void **data, size_t *size,
		       size_t limit);
size_t pbpf_sys_page_size(const struct pbpf_env *env);

#ifdef __cplusplus
}
#endif

#endif
