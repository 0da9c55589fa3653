/* SPDX-License-Identifier: MIT */
/*
 * What is there: the programs, maps, links and BTF of the running kernel, whoever made them.
 *
 * Each has an id, which is never used again. An id holds nothing; an fd made from it does. So a walk over
 * all of a kind meets ids whose objects go away meanwhile, and these are passed over:
 *
 *	uint32_t id = 0;
 *	int fd;
 *
 *	while ((fd = pbpf_sys_next_object(env, PBPF_OBJECT_PROG, &id)) >= 0) {
 *		...pbpf_sys_obj_info(env, fd, &info, &size)...
 *		pbpf_sys_close(env, fd);
 *	}
 *	if (fd != -ENOENT)
 *		...the walk broke off...
 *
 * Interface:
 *	pbpf_sys_next_object()      all of a kind, by ascending id
 *	pbpf_sys_object_by_id()     one of them
 *	pbpf_sys_btf_read()         the types behind an fd of BTF
 *	pbpf_sys_fd_info()          what an fd is of (a pin may be of anything), and what it costs
 *	pbpf_attach_type_name() ... the words for numbers in what it tells
 *
 * Nothing is reported. Ids need CAP_SYS_ADMIN (-EPERM); fd_info needs nothing for one's own fds, and those
 * of other processes need the right to trace them. Its files: objects.c, type_names.c.
 */
#ifndef PBPF_OBJECTS_H
#define PBPF_OBJECTS_H

#include "base/pbpf_base.h"

#ifdef __cplusplus
extern "C" {
#endif

enum pbpf_object_kind {
	PBPF_OBJECT_NONE, /* an fd of something else */
	PBPF_OBJECT_PROG, /* 4.13, as maps */
	PBPF_OBJECT_MAP,
	PBPF_OBJECT_LINK, /* 5.8 */
	PBPF_OBJECT_BTF,  /* 5.4; before, its ids cannot be walked */
};

/*
 * An fd, the caller's, of the next object above *id that is still there when it is opened, and its id in
 * *id. Maps are opened for reading only. Begin with 0. Errors: -ENOENT there is no more; -EPERM; -EINVAL
 * the kernel is too old.
 */
int pbpf_sys_next_object(const struct pbpf_env *env, enum pbpf_object_kind kind, uint32_t *id);

/* An fd, the caller's, of the object with that id. flags, of a map: 0 for reading and writing,
 * PBPF_F_RDONLY or PBPF_F_WRONLY. Errors: -ENOENT there is none; -EPERM. */
int pbpf_sys_object_by_id(const struct pbpf_env *env, enum pbpf_object_kind kind, uint32_t id,
			  uint32_t flags);

/* The whole BTF behind an fd: *size bytes, the caller's, to be freed with env_free(). Errors: -EFBIG it is
 * larger than the kernel itself takes (16 MiB); -ENOMEM; -EPERM. */
int pbpf_sys_btf_read(const struct pbpf_env *env, int fd, void **bytes, uint32_t *size);

/* What /proc tells of an fd beside pbpf_sys_obj_info(). What it does not tell is 0. */
struct pbpf_fd_info {
	enum pbpf_object_kind kind;
	uint32_t id;		  /* 4.15 maps, 4.18 programs, 5.8 links and BTF */
	uint64_t memlock;	  /* bytes that a program or map takes */
	uint32_t frozen;	  /* map: user space cannot write it (5.2) */
	uint32_t owner_prog_type; /* prog array: what it takes, once it holds one (4.11) */
	uint32_t owner_jited;
};

/* Of an fd of the process `pid`, 0 for this one. Errors: of opening its file in /proc (-ENOENT: no such fd,
 * or no /proc). */
int pbpf_sys_fd_info(const struct pbpf_env *env, uint32_t pid, int fd, struct pbpf_fd_info *info);

/* The name of an attach type ("cgroup_inet_ingress") or link type ("tcx"), as bpftool prints it; NULL: not
 * known. */
const char *pbpf_attach_type_name(uint32_t type);
const char *pbpf_link_type_name(uint32_t type);

#ifdef __cplusplus
}
#endif

#endif
