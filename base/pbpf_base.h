/* SPDX-License-Identifier: MIT */
/*
 * base: what every stage of plainbpf gets from its host.
 *
 * The library owns no global state, prints nothing, never exits, and calls neither malloc() nor a
 * system call by itself. Whatever it needs from outside comes through one small struct:
 *
 *	struct pbpf_env  ->  resize()   memory
 *	                     report()   a place to put words for a person
 *	                     kernel     a way into the kernel
 *
 * A NULL env, or a NULL member, means the usual thing: libc's allocator, silence, the running
 * kernel. The struct is copied when an object is opened, so it may live on the caller's stack;
 * what `ctx` and `kernel` point to must outlive the object.
 *
 * Errors. Every function that can fail returns an int or a long: 0 or more on success, a negative
 * errno on failure. Out-parameters are written only on success. One failure gives one message, sent
 * from the place that knows why. errno itself is neither set nor read.
 *
 *	-EINVAL   the bytes break their format, or the caller passed nonsense
 *	-ENOTSUP  well-formed, but this library does not do it
 *	-ENOENT   a name was not found
 *	-ENOMEM   resize() returned NULL
 *	-ERANGE   a value does not fit its place
 *	-EBADMSG  a ring buffer is corrupt
 *	other     the kernel's own, unchanged
 *
 * Threads. Different objects may be used by different threads at the same time. One object may be
 * used by one thread at a time, except where a function's comment says more. The hooks are called
 * on the thread that called the library.
 */
#ifndef PBPF_BASE_H
#define PBPF_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How much a message matters; each level includes those before it. */
enum pbpf_level {
	PBPF_ERROR,   /* the call fails, and this says why */
	PBPF_WARNING, /* the call goes on, but not quite as asked */
	PBPF_NOTE,    /* worth knowing */
	PBPF_STEP,    /* explain mode: every decision, told by the code that takes it */
};

/* One diagnostic. Every pointer in it is valid only while report() runs. */
struct pbpf_msg {
	enum pbpf_level level;
	int err;	   /* the -errno being returned; 0 where nothing fails */
	const char *stage; /* "elf" "btf" "relo" "sys" "load" "pin" "link" "ringbuf" */
	const char *where; /* section, map, type or program it is about, or NULL */
	uint64_t offset;   /* byte offset or instruction index in `where`; 0 if it has none */
	const char *text;  /* one line without newline; control characters are escaped */
	const char *hint;  /* what the user can do about it, or NULL */
};

/* What the kernel says it is (uname(2)). */
struct pbpf_kernel_name {
	char release[65]; /* "6.18.44-amd64" */
	char version[65]; /* "#1 SMP Debian 6.1.170-1 ..." */
	char machine[65]; /* "x86_64" */
};

/*
 * The ways into the kernel, as a table, so that a test, a dry run, a recording or a fuzzer can
 * stand in for it. Each returns 0 or more, or a negative errno. A NULL member means the real call.
 * `ctx` is the env's.
 */
struct pbpf_kernel {
	/* bpf(2). `attr` is `size` bytes of union bpf_attr. */
	long (*bpf)(void *ctx, int cmd, void *attr, unsigned int size);
	/* perf_event_open(2). `attr` is a struct perf_event_attr. */
	long (*perf_event_open)(void *ctx, const void *attr, int pid, int cpu, int group_fd,
				unsigned long flags);
	/* ioctl(2) on a perf event. */
	long (*ioctl)(void *ctx, int fd, unsigned long request, unsigned long argument);
	/* open(2) for reading and close-on-exec: tracefs, BTF, kconfig, an object file. */
	long (*open)(void *ctx, const char *path);
	/* How many bytes such a file has, by fstat(2); 0 where it does not say (proc). Beside an open() of
	 * your own NULL means 0. */
	long (*file_size)(void *ctx, int fd);
	/* read(2) and close(2) of an fd that any call of this table returned. */
	long (*read)(void *ctx, int fd, void *buf, size_t size);
	long (*close)(void *ctx, int fd);
	/* fcntl(F_DUPFD_CLOEXEC, 3): the same file under a number above stdio's. */
	long (*dup)(void *ctx, int fd);
	/* The running kernel's page size in bytes. */
	long (*page_size)(void *ctx);
	/* mmap(2), shared: the first `size` bytes of fd, to read and, if writable, to write. *address: in,
	 * where it shall be, or NULL for anywhere; out, where it is. munmap(2) of the same. */
	long (*mmap)(void *ctx, int fd, size_t size, bool writable, void **address);
	long (*munmap)(void *ctx, void *address, size_t size);
	/* The whole of a file, private and to read only, for as long as munmap is not called on it. */
	long (*map_file)(void *ctx, const char *path, void **address, size_t *size);
	/* unlink(2): a pin's name. */
	long (*unlink)(void *ctx, const char *path);
	/* unlinkat(2): a pin's name in an opened folder, or with AT_REMOVEDIR an empty folder, dir_fd then -1. */
	long (*unlinkat)(void *ctx, int dir_fd, const char *path, int flags);
	/* mkdir(2): a folder for pins, for the owner alone. */
	long (*mkdir)(void *ctx, const char *path);
	/* uname(2). */
	long (*uname)(void *ctx, struct pbpf_kernel_name *name);
	/* socket(2), close-on-exec, and setsockopt(2) on any socket. */
	long (*socket)(void *ctx, int domain, int type, int protocol);
	long (*setsockopt)(void *ctx, int fd, int level, int name, const void *value, size_t size);
	/* write(2) to a netlink socket: a whole request. */
	long (*write)(void *ctx, int fd, const void *buf, size_t size);
	/* open(2), write(2) at the end, close(2) of a file of tracefs. */
	long (*append)(void *ctx, const char *path, const void *data, size_t size);
	/* setrlimit(2): no RLIMIT_MEMLOCK for this process. */
	long (*raise_memlock)(void *ctx);
};

/* The host. A NULL env or a NULL member: libc, silence, the running kernel. */
struct pbpf_env {
	/*
	 * Allocates (ptr NULL), grows or shrinks, and frees (new_size 0). old_size is what was
	 * asked for last, so an arena needs no headers. Returns NULL when it cannot, the old block
	 * then stays as it was. Memory need not be zeroed, and must be aligned as malloc()'s is.
	 */
	void *(*resize)(void *ctx, void *ptr, size_t old_size, size_t new_size);
	/* Takes one message. */
	void (*report)(void *ctx, const struct pbpf_msg *msg);
	const struct pbpf_kernel *kernel;
	enum pbpf_level level;	      /* the finest level that report() wants */
	void *ctx;		      /* handed to every hook */
	struct pbpf_kept_words *kept; /* the library's own: leave it NULL */
};

/*
 * Where text goes that the library composes for a person (C declarations, decoded records): called
 * with one piece after the other, not NUL-terminated. Returning other than 0 stops the printing,
 * which then returns that value.
 */
struct pbpf_writer {
	int (*write)(void *ctx, const char *text, size_t size);
	void *ctx;
};

/* The library's version, "major.minor.patch". */
#define PBPF_VERSION "0.1.0"
const char *pbpf_version(void);

/* The name of an error code: "EINVAL" for -EINVAL or EINVAL, "EUNKNOWN" for a number without one.
 */
const char *pbpf_error_name(int err);

#ifdef __cplusplus
}
#endif

#endif
