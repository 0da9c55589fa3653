/* SPDX-License-Identifier: MIT */
/*
 * The ways into the kernel that are not bpf(2). They go through the env's table as the commands do,
 * and what pbpf_sys.h says of every function holds for them too.
 */
#ifndef PBPF_KERNEL_H
#define PBPF_KERNEL_H

#include "base/pbpf_base.h"
#include "sys/pbpf_info.h"

#ifdef __cplusplus
extern "C" {
#endif

/* close(2); fd < 0: nothing, 0. */
int pbpf_sys_close(const struct pbpf_env *env, int fd);

/* open(2), read-only: an fd of a file or folder. */
int pbpf_sys_open(const struct pbpf_env *env, const char *path);

/* fcntl(2), F_DUPFD_CLOEXEC: an fd for the same file. */
int pbpf_sys_dup(const struct pbpf_env *env, int fd);

/* perf_event_open(2): an fd. `attr` is a struct pbpf_perf_attr, or the kernel's own. Close-on-exec
 * is added to `flags`. Needs PERFMON. */
int pbpf_sys_perf_event_open(const struct pbpf_env *env, const void *attr, int pid, int cpu,
			     int group_fd, unsigned long flags);

/* ioctl(2) on a perf event: PBPF_PERF_IOC_*. */
int pbpf_sys_ioctl(const struct pbpf_env *env, int fd, unsigned long request,
		   unsigned long argument);

/* mmap(2), shared: the first `size` bytes of a map with PBPF_F_MMAPABLE. *address: in, where it
 * shall be (-EEXIST: something else is there), or NULL for anywhere; out, where it is. -EPERM:
 * writable, and the map is frozen. */
int pbpf_sys_mmap(const struct pbpf_env *env, int fd, size_t size, bool writable, void **address);

/* mmap(2), private: the whole of a file, without a copy. For files that nobody changes, such as the
 * kernel's own BTF (since 6.16, -ENODEV before). */
int pbpf_sys_map_file(const struct pbpf_env *env, const char *path, void **address, size_t *size);

/* munmap(2) of what the two above gave; NULL: nothing, 0. */
int pbpf_sys_munmap(const struct pbpf_env *env, void *address, size_t size);

/*
 * The whole of a file in memory: as many bytes as it says that it has, or, where it does not say (proc), all
 * to its end. More than `limit` bytes: -EFBIG. A NUL follows the data, not counted in *size. The data
 * is the caller's, a block of *size + 1 bytes of the env's, to be freed with pbpf_sys_free_file().
 */
int pbpf_sys_read_file(const struct pbpf_env *env, const char *path, void **data, size_t *size,
		       size_t limit);
void pbpf_sys_free_file(const struct pbpf_env *env, void *data, size_t size);

/*
 * Hands each line of a file to fn(), NUL-terminated and without its newline, in constant memory: for
 * files of any size. Of a line of 4 KiB or more the rest is left out. Other than 0 from fn() ends
 * it, and is returned.
 */
int pbpf_sys_each_line(const struct pbpf_env *env, const char *path,
		       int (*fn)(void *ctx, const char *line), void *ctx);

/* unlink(2): removes the name of a pin. */
int pbpf_sys_unlink(const struct pbpf_env *env, const char *path);

/* unlinkat(2): the same in the folder that dir_fd is of. */
int pbpf_sys_unlinkat(const struct pbpf_env *env, int dir_fd, const char *name);

/* mkdir(2) with mode 0700, and rmdir(2). */
int pbpf_sys_mkdir(const struct pbpf_env *env, const char *path);
int pbpf_sys_rmdir(const struct pbpf_env *env, const char *path);

/* uname(2): release, version and machine of the running kernel. */
int pbpf_sys_uname(const struct pbpf_env *env, struct pbpf_kernel_name *name);

/* socket(2): an fd; setsockopt(2); write(2) of a whole request to a netlink socket, and read(2) of one
 * answer: the bytes written or read. */
int pbpf_sys_socket(const struct pbpf_env *env, int domain, int type, int protocol);
int pbpf_sys_setsockopt(const struct pbpf_env *env, int fd, int level, int name, const void *value,
			size_t size);
long pbpf_sys_read(const struct pbpf_env *env, int fd, void *buf, size_t size);
long pbpf_sys_write(const struct pbpf_env *env, int fd, const void *buf, size_t size);

/* setrlimit(2): this process may lock memory without limit from now on; or, without CAP_SYS_RESOURCE, as
 * much as its hard limit allows. For BPF it matters before 5.11. */
int pbpf_sys_raise_memlock(const struct pbpf_env *env);

/* open(2) for writing at the end, write(2), close(2) of a file of tracefs: the bytes written. */
long pbpf_sys_append(const struct pbpf_env *env, const char *path, const void *data, size_t size);

/* The running kernel's page size in bytes. */
size_t pbpf_sys_page_size(const struct pbpf_env *env);

/* The running kernel as a table, no member NULL: for a table of one's own that passes calls on. */
const struct pbpf_kernel *pbpf_sys_running_kernel(void);

#ifdef __cplusplus
}
#endif

#endif
