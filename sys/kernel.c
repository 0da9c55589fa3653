/* SPDX-License-Identifier: MIT */
/*
 * The running kernel as a table of functions: the only place that makes system calls and reads
 * errno. Below it, the public functions that are one such call.
 */
#include "sys/kernel.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

/* bpf(2) is younger (3.18) than some C libraries that are still in use. */
#ifndef __NR_bpf
#if defined(__x86_64__) && !defined(__ILP32__)
#define __NR_bpf 321
#elif defined(__i386__)
#define __NR_bpf 357
#elif defined(__aarch64__) || defined(__riscv) || defined(__loongarch__)
#define __NR_bpf 280
#elif defined(__arm__)
#define __NR_bpf 386
#elif defined(__s390__)
#define __NR_bpf 351
#elif defined(__powerpc__)
#define __NR_bpf 361
#elif defined(__sparc__)
#define __NR_bpf 349
#elif defined(__mips__) && defined(_ABIO32) && _MIPS_SIM == _ABIO32
#define __NR_bpf 4355
#elif defined(__mips__) && defined(_ABI64) && _MIPS_SIM == _ABI64
#define __NR_bpf 5315
#else
#error "what is the number of bpf(2) on this architecture?"
#endif
#endif

#ifndef MAP_FIXED_NOREPLACE /* 4.17; an older kernel takes the address as a hint */
#define MAP_FIXED_NOREPLACE 0x100000
#endif

#define PERF_FLAG_CLOEXEC (1ul << 3) /* perf_event_open(2), since 3.14 */

static long result_of(long result)
{
	return result < 0 ? -errno : result;
}

static long running_bpf(void *ctx, int cmd, void *attr, unsigned int size)
{
	(void)ctx;
	return result_of(syscall(__NR_bpf, cmd, attr, size));
}

static long running_perf_event_open(void *ctx, const void *attr, int pid, int cpu, int group_fd,
				    unsigned long flags)
{
	(void)ctx;
	return result_of(syscall(__NR_perf_event_open, attr, pid, cpu, group_fd, flags));
}

static long running_ioctl(void *ctx, int fd, unsigned long request, unsigned long argument)
{
	(void)ctx;
	return result_of(syscall(__NR_ioctl, fd, request, argument));
}

static long running_open(void *ctx, const char *path)
{
	(void)ctx;
	return result_of(open(path, O_RDONLY | O_CLOEXEC));
}

static long running_file_size(void *ctx, int fd)
{
	struct stat file;

	(void)ctx;
	if (fstat(fd, &file) < 0)
		return -errno;
	return file.st_size > LONG_MAX ? LONG_MAX : (long)file.st_size;
}

static long running_read(void *ctx, int fd, void *buf, size_t size)
{
	(void)ctx;
	return result_of(read(fd, buf, size));
}

static long running_close(void *ctx, int fd)
{
	(void)ctx;
	return result_of(close(fd));
}

static long running_dup(void *ctx, int fd)
{
	(void)ctx;
	return result_of(fcntl(fd, F_DUPFD_CLOEXEC, FIRST_FD));
}

static long running_page_size(void *ctx)
{
	(void)ctx;
	return sysconf(_SC_PAGESIZE);
}

static long running_mmap(void *ctx, int fd, size_t size, bool writable, void **address)
{
	int protection = PROT_READ | (writable ? PROT_WRITE : 0);
	int flags = MAP_SHARED | (*address ? MAP_FIXED_NOREPLACE : 0);
	void *memory = mmap(*address, size, protection, flags, fd, 0);

	(void)ctx;
	if (memory == MAP_FAILED)
		return -errno;
	if (*address && memory != *address) {
		munmap(memory, size);
		return -EEXIST;
	}
	*address = memory;
	return 0;
}

static long running_munmap(void *ctx, void *address, size_t size)
{
	(void)ctx;
	return result_of(munmap(address, size));
}

static long running_map_file(void *ctx, const char *path, void **address, size_t *size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat file;
	long err = 0;
	void *memory;

	(void)ctx;
	if (fd < 0)
		return -errno;
	if (fstat(fd, &file) < 0)
		err = -errno;
	else if (file.st_size <= 0)
		err = -EINVAL; /* as mmap(2) would say; but some such files can be read */
	else if (file.st_size > LONG_MAX)
		err = -EFBIG;
	if (!err) {
		memory = mmap(NULL, (size_t)file.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		err = memory == MAP_FAILED ? -errno : 0;
	}
	close(fd);
	if (err)
		return err;
	*address = memory;
	*size = (size_t)file.st_size;
	return 0;
}

static long running_unlink(void *ctx, const char *path)
{
	(void)ctx;
	return result_of(unlink(path));
}

static long running_unlinkat(void *ctx, int dir_fd, const char *path, int flags)
{
	(void)ctx;
	return result_of(unlinkat(dir_fd < 0 ? AT_FDCWD : dir_fd, path, flags));
}

static long running_mkdir(void *ctx, const char *path)
{
	(void)ctx;
	return result_of(mkdir(path, 0700));
}

static long running_uname(void *ctx, struct pbpf_kernel_name *name)
{
	struct utsname said;

	(void)ctx;
	_Static_assert(sizeof(said.release) == sizeof(name->release),
		       "Linux has 65 bytes for each");
	if (uname(&said) < 0)
		return -errno;
	memcpy(name->release, said.release, sizeof(name->release));
	memcpy(name->version, said.version, sizeof(name->version));
	memcpy(name->machine, said.machine, sizeof(name->machine));
	return 0;
}

static long running_socket(void *ctx, int domain, int type, int protocol)
{
	(void)ctx;
	return result_of(socket(domain, type | SOCK_CLOEXEC, protocol));
}

static long running_setsockopt(void *ctx, int fd, int level, int name, const void *value,
			       size_t size)
{
	(void)ctx;
	return result_of(setsockopt(fd, level, name, value, (socklen_t)size));
}

static long running_write(void *ctx, int fd, const void *buf, size_t size)
{
	(void)ctx;
	return result_of(write(fd, buf, size));
}

static long running_raise_memlock(void *ctx)
{
	struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};

	(void)ctx;
	if (!setrlimit(RLIMIT_MEMLOCK, &limit))
		return 0;
	if (getrlimit(RLIMIT_MEMLOCK, &limit) < 0)
		return -errno;
	if (limit.rlim_cur == limit.rlim_max)
		return -EPERM;
	limit.rlim_cur = limit.rlim_max;
	return result_of(setrlimit(RLIMIT_MEMLOCK, &limit));
}

static long running_append(void *ctx, const char *path, const void *data, size_t size)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	long done;

	(void)ctx;
	if (fd < 0)
		return -errno;
	done = result_of(write(fd, data, size));
	close(fd);
	return done;
}

static const struct pbpf_kernel running_kernel = {
	.bpf = running_bpf,
	.perf_event_open = running_perf_event_open,
	.ioctl = running_ioctl,
	.open = running_open,
	.file_size = running_file_size,
	.read = running_read,
	.close = running_close,
	.dup = running_dup,
	.page_size = running_page_size,
	.mmap = running_mmap,
	.munmap = running_munmap,
	.map_file = running_map_file,
	.unlink = running_unlink,
	.unlinkat = running_unlinkat,
	.mkdir = running_mkdir,
	.uname = running_uname,
	.socket = running_socket,
	.setsockopt = running_setsockopt,
	.write = running_write,
	.append = running_append,
	.raise_memlock = running_raise_memlock,
};

const struct pbpf_kernel *pbpf_sys_running_kernel(void)
{
	return &running_kernel;
}

int pbpf_sys_close(const struct pbpf_env *env, int fd)
{
	return fd < 0 ? 0 : (int)KERNEL(env, close)(KERNEL_CTX(env), fd);
}

int pbpf_sys_open(const struct pbpf_env *env, const char *path)
{
	return sys_keep_fd(env, (int)KERNEL(env, open)(KERNEL_CTX(env), path));
}

int pbpf_sys_perf_event_open(const struct pbpf_env *env, const void *attr, int pid, int cpu,
			     int group_fd, unsigned long flags)
{
	return sys_keep_fd(env,
			   (int)KERNEL(env, perf_event_open)(KERNEL_CTX(env), attr, pid, cpu,
							     group_fd, flags | PERF_FLAG_CLOEXEC));
}

int pbpf_sys_ioctl(const struct pbpf_env *env, int fd, unsigned long request,
		   unsigned long argument)
{
	return (int)KERNEL(env, ioctl)(KERNEL_CTX(env), fd, request, argument);
}

int pbpf_sys_raise_memlock(const struct pbpf_env *env)
{
	return (int)KERNEL(env, raise_memlock)(KERNEL_CTX(env));
}

size_t pbpf_sys_page_size(const struct pbpf_env *env)
{
	return (size_t)KERNEL(env, page_size)(KERNEL_CTX(env));
}

int pbpf_sys_dup(const struct pbpf_env *env, int fd)
{
	return (int)KERNEL(env, dup)(KERNEL_CTX(env), fd);
}

int pbpf_sys_mmap(const struct pbpf_env *env, int fd, size_t size, bool writable, void **address)
{
	return (int)KERNEL(env, mmap)(KERNEL_CTX(env), fd, size, writable, address);
}

int pbpf_sys_munmap(const struct pbpf_env *env, void *address, size_t size)
{
	return address ? (int)KERNEL(env, munmap)(KERNEL_CTX(env), address, size) : 0;
}

int pbpf_sys_map_file(const struct pbpf_env *env, const char *path, void **address, size_t *size)
{
	return (int)KERNEL(env, map_file)(KERNEL_CTX(env), path, address, size);
}

int pbpf_sys_unlink(const struct pbpf_env *env, const char *path)
{
	return (int)KERNEL(env, unlink)(KERNEL_CTX(env), path);
}

int pbpf_sys_unlinkat(const struct pbpf_env *env, int dir_fd, const char *name)
{
	return (int)KERNEL(env, unlinkat)(KERNEL_CTX(env), dir_fd, name, 0);
}

int pbpf_sys_mkdir(const struct pbpf_env *env, const char *path)
{
	return (int)KERNEL(env, mkdir)(KERNEL_CTX(env), path);
}

int pbpf_sys_rmdir(const struct pbpf_env *env, const char *path)
{
	return (int)KERNEL(env, unlinkat)(KERNEL_CTX(env), -1, path, AT_REMOVEDIR);
}

int pbpf_sys_uname(const struct pbpf_env *env, struct pbpf_kernel_name *name)
{
	return (int)KERNEL(env, uname)(KERNEL_CTX(env), name);
}

int pbpf_sys_socket(const struct pbpf_env *env, int domain, int type, int protocol)
{
	return sys_keep_fd(env, (int)KERNEL(env, socket)(KERNEL_CTX(env), domain, type, protocol));
}

int pbpf_sys_setsockopt(const struct pbpf_env *env, int fd, int level, int name, const void *value,
			size_t size)
{
	return (int)KERNEL(env, setsockopt)(KERNEL_CTX(env), fd, level, name, value, size);
}

long pbpf_sys_read(const struct pbpf_env *env, int fd, void *buf, size_t size)
{
	long got;
	int calls = 0;

	do
		got = KERNEL(env, read)(KERNEL_CTX(env), fd, buf, size);
	while (sys_interrupted(got, &calls));
	return got;
}

long pbpf_sys_write(const struct pbpf_env *env, int fd, const void *buf, size_t size)
{
	return KERNEL(env, write)(KERNEL_CTX(env), fd, buf, size);
}

long pbpf_sys_append(const struct pbpf_env *env, const char *path, const void *data, size_t size)
{
	return KERNEL(env, append)(KERNEL_CTX(env), path, data, size);
}
