/* SPDX-License-Identifier: MIT */
/*
 * Links of tracing that are more than a name: functions of the kernel and of user space, perf events,
 * iterators.
 *
 * Each of the functions is as those of pbpf_link.h: it attaches the program `prog_fd`, writes *link
 * on success, and reports one message on failure.
 *
 * Before Linux 4.17 a probe is a tracepoint that is made for it by way of tracefs. A process that ends
 * without closing such a link leaves the tracepoint behind, where it does nothing.
 *
 * The probes that programs bring themselves (USDT): pbpf_link_usdt.h.
 *
 * Reading order of its files: perf_event.c, probe.c, kprobe.c, kernel_functions.c, uprobe.c, binary.c,
 * elf_file.c, elf_functions.c, elf_versions.c, compat_probe.c, iter.c, freplace.c, tracing_multi.c,
 * struct_ops.c.
 */
#ifndef PBPF_LINK_TRACE_H
#define PBPF_LINK_TRACE_H

#include "link/pbpf_link.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * To a place in the kernel's code, for programs of type kprobe. Where there is no function of that
 * name but one with a suffix of the compiler's (".isra.0", ".constprop.0", ".llvm.123"), that one is
 * meant. Linux 4.1; cookie: 5.15. Errors: -ENOENT no such function (the message names the
 * nearest), -ENOTSUP this kernel has no kprobes, -EINVAL it may not be probed there.
 */
struct pbpf_kprobe {
	const char *function;
	uint64_t offset; /* in bytes, from its beginning */
	bool at_return;	 /* when it returns (a kretprobe) */
};
int pbpf_link_kprobe(struct pbpf_link **link, int prog_fd, const struct pbpf_kprobe *at,
		     const struct pbpf_link_options *opts);

/* To a system call ("openat"), by the name that its function has on this architecture. */
int pbpf_link_ksyscall(struct pbpf_link **link, int prog_fd, const char *syscall, bool at_return,
		       const struct pbpf_link_options *opts);

/* To many functions with one link, for programs of the attach type TRACE_KPROBE_MULTI (Linux 5.18) or
 * TRACE_KPROBE_SESSION (6.10). By one of pattern, symbols and addresses. */
struct pbpf_kprobe_multi {
	const char *pattern; /* of names in tracefs: '*' any characters, '?' any one */
	const char *const *symbols;
	const uint64_t *addresses;
	const uint64_t *cookies; /* for each symbol or address; NULL: none */
	size_t count;		 /* of symbols or addresses */
	bool at_return;
	bool session; /* at both: entry, and if the program says so, return */
};
int pbpf_link_kprobe_multi(struct pbpf_link **link, int prog_fd, const struct pbpf_kprobe_multi *at,
			   const struct pbpf_link_options *opts);

/*
 * To a place in user space's code, in a file that processes run or have mapped: an executable (also
 * position-independent) or a library, by the name of a function or by offset in the file.
 *
 * `path` has a '/', or is the name of a library ("libc.so.6": .so is what tells) or of a program, which
 * is looked for in the usual folders. A function is found in the file's symbol tables. Where a library has
 * it in several versions, a name alone means the one that programs are linked with now, and
 * "memcpy@GLIBC_2.2.5" another. A stripped executable has none: an offset it must be.
 * On ppc64 a function that is found is probed where calls from its own module come in, too.
 *
 * Linux 4.3; cookie: 5.15. Errors: -ENOENT no such file or function; -EINVAL not an ELF file,
 * or a function's name that is there twice; -ENOTSUP this kernel has no uprobes.
 */
struct pbpf_uprobe {
	const char *path;
	const char *symbol; /* a function; NULL: by offset alone */
	uint64_t offset;    /* in bytes, from the function or, without one, in the file */
	bool at_return;	    /* when the function returns (a uretprobe) */
	int pid;	    /* only in this process; 0: in all */
	int root_of;	    /* path as this process sees it, say in its container; 0: as this one */
	uint32_t semaphore; /* offset in the file of a counter to raise meanwhile (4.20); 0: none */
};
int pbpf_link_uprobe(struct pbpf_link **link, int prog_fd, const struct pbpf_uprobe *at,
		     const struct pbpf_link_options *opts);

/* To many places in one file with one link, for programs of the attach type TRACE_UPROBE_MULTI (Linux
 * 6.6) or TRACE_UPROBE_SESSION (6.13). Either by `pattern` or by `offsets`. */
struct pbpf_uprobe_multi {
	const char *path;
	const char *pattern;	 /* of functions' names: '*' any characters, '?' any one */
	const uint64_t *offsets; /* in the file */
	const uint64_t *cookies; /* for each offset; NULL: none */
	size_t count;		 /* of offsets */
	bool at_return;
	bool session; /* at both: entry, and if the program says so, return */
	int pid, root_of;
};
int pbpf_link_uprobe_multi(struct pbpf_link **link, int prog_fd, const struct pbpf_uprobe_multi *at,
			   const struct pbpf_link_options *opts);

/* To a perf event that the caller opened, for programs of type perf_event; the fd stays the caller's
 * and may be closed. It is enabled. Before Linux 5.15 the program stays until the event's last fd is
 * closed, and there is no cookie. */
int pbpf_link_perf_event(struct pbpf_link **link, int prog_fd, int perf_fd,
			 const struct pbpf_link_options *opts);

/*
 * To many functions with one link, for tracing programs of the attach type TRACE_FENTRY_MULTI, FEXIT_MULTI or
 * FSESSION_MULTI (Linux 7.2): those whose names match the pattern, as of kprobe.multi, and that `types` has.
 * They are the kernel's own, and `types` is its BTF; or of one module, the one whose BTF the program was loaded
 * for, the pattern is "module:pattern", and `types` is that BTF. A cookie is told at each of them.
 */
struct pbpf_btf;
int pbpf_link_tracing_multi(struct pbpf_link **link, int prog_fd, uint32_t attach_type,
			    const char *pattern, const struct pbpf_btf *types,
			    const struct pbpf_link_options *opts);

/* The same, by their numbers in that BTF, with a cookie for each. */
struct pbpf_tracing_multi {
	const uint32_t *ids;
	const uint64_t *cookies; /* NULL: none */
	uint32_t count;		 /* of ids */
};
int pbpf_link_tracing_multi_ids(struct pbpf_link **link, int prog_fd, uint32_t attach_type,
				const struct pbpf_tracing_multi *at,
				const struct pbpf_link_options *opts);

/* The number of a function in the BTF of a loaded program, by which others name it: to trace it, or to
 * replace it. Errors: -ENOENT no such function (the message names the nearest), or no BTF; -EPERM without
 * CAP_SYS_ADMIN. */
int pbpf_link_function_id(int prog_fd, const char *function, uint32_t *id,
			  const struct pbpf_link_options *opts);

/* In the place of a global function of the loaded program `target_fd`, for programs of type ext, which were
 * loaded for such a function, perhaps of another program. Linux 5.10. Closing the link puts the function
 * back. Errors: those above; -EINVAL its parameters are others; -EBUSY it is replaced already. */
int pbpf_link_freplace(struct pbpf_link **link, int prog_fd, int target_fd, const char *function,
		       const struct pbpf_link_options *opts);

/*
 * A struct_ops map, with its value in the kernel's layout: functions as fds of programs. `with_link`: the map
 * has PBPF_F_LINK (Linux 6.4). Otherwise closing the link deletes the value, which cannot be written again
 * (5.6). The loader's pbpf_struct_ops_attach() makes such a value. Errors: -EEXIST, -EBUSY.
 */
int pbpf_link_struct_ops(struct pbpf_link **link, int map_fd, const void *value, bool with_link,
			 const struct pbpf_link_options *opts);
/* Another map of the same kind in its place, without a moment of none. 6.4. */
int pbpf_link_struct_ops_update(struct pbpf_link *link, int map_fd, const void *value);

/* What an iterator walks, at most one of the three; all zero, or NULL, is everything. */
struct pbpf_iter {
	int map_fd;    /* of an iterator over a map's elements, or a socket storage */
	int cgroup_fd; /* 6.1; or by cgroup_id */
	uint64_t cgroup_id;
	uint32_t cgroup_order; /* 1 itself alone, 2 then those below, 3 those below first, 4 up */
	uint32_t tid;	       /* 6.1: this thread, or ... */
	uint32_t pid;	       /* ... the threads of this process, or ... */
	int pid_fd;	       /* ... the same by pidfd_open(2) */
};

/* An iterator, which runs when it is read. Linux 5.8. It is a file in a bpffs once it is pinned. */
int pbpf_link_iter(struct pbpf_link **link, int prog_fd, const struct pbpf_iter *of,
		   const struct pbpf_link_options *opts);

/* An fd, the caller's, to read(2) from until it says 0: the iterator walks once. */
int pbpf_link_iter_fd(const struct pbpf_link *link);

#ifdef __cplusplus
}
#endif

#endif
