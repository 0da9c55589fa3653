/* SPDX-License-Identifier: MIT */
/*
 * sys, running and looking: BPF_PROG_TEST_RUN, BPF_*_GET_NEXT_ID, BPF_*_GET_FD_BY_ID, BPF_OBJ_*, and what there
 * is once for the whole kernel. What holds for every function stands in pbpf_sys.h, which includes this.
 */
#ifndef PBPF_SYS_OBJECT_H
#define PBPF_SYS_OBJECT_H

#include "base/pbpf_base.h"
#include "sys/pbpf_abi.h"

#ifdef __cplusplus
extern "C" {
#endif

/* BPF_PROG_TEST_RUN: run it here and now. -524 (the kernel's ENOTSUPP): not for this type; -ENOSPC:
 * the output was cut, and its size says how much room it takes; -EINTR: a signal came between two
 * runs. */
struct pbpf_test_run {
	const void *data_in; /* the packet */
	uint32_t data_in_size;
	void *data_out;
	uint32_t data_out_size; /* in: room; out: bytes */
	const void *ctx_in;	/* 5.2: the context */
	uint32_t ctx_in_size;
	void *ctx_out;
	uint32_t ctx_out_size; /* in: room; out: bytes */
	uint32_t repeat;       /* 0: once */
	uint32_t flags;	       /* PBPF_F_TEST_* */
	uint32_t cpu;	       /* with PBPF_F_TEST_RUN_ON_CPU */
	uint32_t batch_size;   /* with PBPF_F_TEST_XDP_LIVE_FRAMES */
	uint32_t retval;       /* out: what the program returned */
	uint32_t duration;     /* out: nanoseconds per run, averaged */
};
int pbpf_sys_prog_test_run(const struct pbpf_env *env, int prog_fd, struct pbpf_test_run *run);

/* BPF_PROG_STREAM_READ_BY_FD: what the program wrote to its stream 1 (output) or 2 (errors).
 * Returns bytes; 0: nothing there. */
int pbpf_sys_prog_stream_read(const struct pbpf_env *env, int prog_fd, uint32_t stream, void *buf,
			      uint32_t size);

/* BPF_*_GET_NEXT_ID: the smallest id in the system above `id`; -ENOENT: no more. */
int pbpf_sys_prog_next_id(const struct pbpf_env *env, uint32_t id, uint32_t *next);
int pbpf_sys_map_next_id(const struct pbpf_env *env, uint32_t id, uint32_t *next);
int pbpf_sys_btf_next_id(const struct pbpf_env *env, uint32_t id, uint32_t *next);
int pbpf_sys_link_next_id(const struct pbpf_env *env, uint32_t id, uint32_t *next);

/* BPF_*_GET_FD_BY_ID: an fd; -ENOENT: it is gone. flags: PBPF_F_RDONLY or PBPF_F_WRONLY. */
int pbpf_sys_prog_fd_by_id(const struct pbpf_env *env, uint32_t id);
int pbpf_sys_map_fd_by_id(const struct pbpf_env *env, uint32_t id, uint32_t flags);
int pbpf_sys_btf_fd_by_id(const struct pbpf_env *env, uint32_t id);
int pbpf_sys_link_fd_by_id(const struct pbpf_env *env, uint32_t id);

/* BPF_OBJ_GET_INFO_BY_FD: `info` is the pbpf_*_info of the fd's kind. *size: in, its size; out, how
 * much of it this kernel knows. */
int pbpf_sys_obj_info(const struct pbpf_env *env, int fd, void *info, uint32_t *size);

/* BPF_OBJ_PIN, BPF_OBJ_GET (an fd): a name in a bpffs. `path` is relative to the folder dir_fd
 * (6.5), or with -1 to the working directory. flags: 0; of get also PBPF_F_RDONLY, PBPF_F_WRONLY.
 * */
int pbpf_sys_obj_pin(const struct pbpf_env *env, int fd, int dir_fd, const char *path,
		     uint32_t flags);
int pbpf_sys_obj_get(const struct pbpf_env *env, int dir_fd, const char *path, uint32_t flags);

/* BPF_TASK_FD_QUERY: what BPF program sits behind the perf event `fd` of process `pid`. */
struct pbpf_task_fd {
	uint32_t pid;
	int fd;
	uint32_t flags;
	char *buf;	   /* room for the name: tracepoint, function, file */
	uint32_t buf_size; /* in: room; out: length of the name; -ENOSPC: it was cut */
	uint32_t prog_id;  /* out, as the rest */
	uint32_t fd_type;  /* 0: raw tracepoint, 1: tracepoint, 2, 3: kprobe, 4, 5: uprobe */
	uint64_t probe_offset;
	uint64_t probe_addr;
};
int pbpf_sys_task_fd_query(const struct pbpf_env *env, struct pbpf_task_fd *query);

/* BPF_ENABLE_STATS: run time statistics (type 0) of all programs while the returned fd is open. */
int pbpf_sys_enable_stats(const struct pbpf_env *env, uint32_t type);

/* BPF_TOKEN_CREATE: an fd that stands for the rights which the bpffs was mounted with. */
int pbpf_sys_token_create(const struct pbpf_env *env, int bpffs_fd);

#ifdef __cplusplus
}
#endif

#endif
