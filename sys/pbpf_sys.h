/* SPDX-License-Identifier: MIT */
/*
 * sys: the system call bpf(2), one C function per command.
 *
 *	bpf(command, attr, size)      attr is a union, with a layout per command
 *	     │
 *	     └── pbpf_sys_COMMAND(env, what goes in) ──> an fd, or 0, or -errno
 *
 * bpf(2) makes objects (BTF, maps, programs, links) and hands out fds to them. An object lives as
 * long as something holds it: an fd, a pin in a bpffs, a program that uses the map, a link that
 * runs the program. Reading order, which is also the life of an object file that is loaded:
 *
 *	BTF, maps, programs      BPF_BTF_LOAD, BPF_MAP_CREATE, BPF_PROG_LOAD
 *	elements of maps         BPF_MAP_*_ELEM, BPF_MAP_*_BATCH
 *	attaching                BPF_LINK_*, BPF_RAW_TRACEPOINT_OPEN, BPF_PROG_ATTACH    pbpf_sys_attach.h
 *	running and looking      BPF_PROG_TEST_RUN, BPF_*_GET_*, BPF_OBJ_*               pbpf_sys_object.h
 *
 * What holds for every function:
 *	- A struct that goes in may be zeroed but for what is wanted. An optional fd of 0 or less is
 *	  none.
 *	- The attr is zeroed, and ends with its command's last field. A kernel that is older than a
 *	  field takes it while it is 0, and refuses it with -E2BIG or -EINVAL otherwise.
 *	- An fd that comes back is the caller's, close-on-exec, and 3 or more: where an fd may be
 *	  left out, the kernel reads 0 as none.
 *	- A call that a signal interrupted before it did anything (-EINTR; -EAGAIN of the verifier)
 *	  is made again, up to 5 times in all. One that may be half done (test run, batches, lookup
 *	  and delete, reading a stream) returns -EINTR at once.
 *	- Nothing is reported: what a refusal means, only the caller knows, who says so. Errors are
 *	  the kernel's, unchanged. -EPERM is a missing capability, see the table.
 *	- Threads: no state is kept, and an fd may be used by several threads.
 *
 * What it does not do: find out what the kernel can, fall back, keep objects, raise limits.
 *
 * Its other headers: pbpf_abi.h (the numbers), pbpf_info.h (what the kernel tells), pbpf_objects.h (what
 * is there), pbpf_kernel.h (the other ways into the kernel). Reading order of its files: kernel.c (the
 * ways in), call.c (signals, fds), abi.h (the layouts), then by kind map.c, prog.c, attach.c, object.c,
 * objects.c; file.c.
 */
#ifndef PBPF_SYS_H
#define PBPF_SYS_H

#include "base/pbpf_base.h"
#include "sys/pbpf_abi.h"
#include "sys/pbpf_info.h"
#include "sys/pbpf_kernel.h"
#include "sys/pbpf_sys_attach.h"
#include "sys/pbpf_sys_object.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The commands, as a kernel table's bpf() hook sees them: since which Linux, and what the caller
 * needs. "fd": nothing but the fd. BPF, PERFMON, NET_ADMIN, SYS_ADMIN: the capability of that name;
 * before 5.8 it is always SYS_ADMIN.
 */
enum pbpf_cmd {
	PBPF_MAP_CREATE = 0,		       /* 3.18  BPF; devices, sockets: + NET_ADMIN */
	PBPF_MAP_LOOKUP_ELEM = 1,	       /* 3.18  fd; before 5.19: BPF (as the next 3) */
	PBPF_MAP_UPDATE_ELEM = 2,	       /* 3.18 */
	PBPF_MAP_DELETE_ELEM = 3,	       /* 3.18 */
	PBPF_MAP_GET_NEXT_KEY = 4,	       /* 3.18 */
	PBPF_PROG_LOAD = 5,		       /* 3.18  BPF + PERFMON (tracing), NET_ADMIN (net) */
	PBPF_OBJ_PIN = 6,		       /* 4.4   fd, and may write to the folder */
	PBPF_OBJ_GET = 7,		       /* 4.4   may read or write the pin */
	PBPF_PROG_ATTACH = 8,		       /* 4.10  NET_ADMIN */
	PBPF_PROG_DETACH = 9,		       /* 4.10  NET_ADMIN */
	PBPF_PROG_TEST_RUN = 10,	       /* 4.12  fd */
	PBPF_PROG_GET_NEXT_ID = 11,	       /* 4.13  SYS_ADMIN */
	PBPF_MAP_GET_NEXT_ID = 12,	       /* 4.13  SYS_ADMIN */
	PBPF_PROG_GET_FD_BY_ID = 13,	       /* 4.13  SYS_ADMIN */
	PBPF_MAP_GET_FD_BY_ID = 14,	       /* 4.13  SYS_ADMIN */
	PBPF_OBJ_GET_INFO_BY_FD = 15,	       /* 4.13  fd; instructions: BPF and PERFMON */
	PBPF_PROG_QUERY = 16,		       /* 4.15  NET_ADMIN */
	PBPF_RAW_TRACEPOINT_OPEN = 17,	       /* 4.17  fd */
	PBPF_BTF_LOAD = 18,		       /* 4.18  BPF */
	PBPF_BTF_GET_FD_BY_ID = 19,	       /* 4.18  SYS_ADMIN */
	PBPF_TASK_FD_QUERY = 20,	       /* 4.18  SYS_ADMIN */
	PBPF_MAP_LOOKUP_AND_DELETE_ELEM = 21,  /* 4.20  fd */
	PBPF_MAP_FREEZE = 22,		       /* 5.2   fd */
	PBPF_BTF_GET_NEXT_ID = 23,	       /* 5.4   SYS_ADMIN */
	PBPF_MAP_LOOKUP_BATCH = 24,	       /* 5.6   fd (as the next 3) */
	PBPF_MAP_LOOKUP_AND_DELETE_BATCH = 25, /* 5.6 */
	PBPF_MAP_UPDATE_BATCH = 26,	       /* 5.6 */
	PBPF_MAP_DELETE_BATCH = 27,	       /* 5.6 */
	PBPF_LINK_CREATE = 28,		       /* 5.7   NET_ADMIN; tracing: PERFMON */
	PBPF_LINK_UPDATE = 29,		       /* 5.7   fd */
	PBPF_LINK_GET_FD_BY_ID = 30,	       /* 5.8   SYS_ADMIN */
	PBPF_LINK_GET_NEXT_ID = 31,	       /* 5.8   SYS_ADMIN */
	PBPF_ENABLE_STATS = 32,		       /* 5.8   SYS_ADMIN */
	PBPF_ITER_CREATE = 33,		       /* 5.8   fd */
	PBPF_LINK_DETACH = 34,		       /* 5.9   fd */
	PBPF_PROG_BIND_MAP = 35,	       /* 5.10  fd */
	PBPF_TOKEN_CREATE = 36,		       /* 6.9   BPF in the user namespace of bpffs */
	PBPF_PROG_STREAM_READ_BY_FD = 37,      /* 6.17  fd */
};

/* --- BTF, maps, programs: each returns an fd ------------------------------------------------ */

/*
 * BPF_BTF_LOAD: types. -EINVAL: malformed, or of a kind that this kernel does not know.
 *
 * Its log, and a program's, is text in room that the caller gives. It says why, and is written on
 * success too. log_true_size, when not NULL, is written in any case: the bytes that the whole log
 * takes, with its NUL; 0 on a kernel before 6.4. A log that does not fit: -ENOSPC, and there is its
 * end, before 6.4 its beginning.
 */
struct pbpf_btf_attr {
	const void *data;   /* in the host's byte order */
	uint32_t size;	    /* at most 16 MiB */
	uint32_t log_level; /* 0: none (log NULL, log_size 0); 1: what is wrong; 2: every type */
	char *log;
	uint32_t log_size;
	uint32_t flags; /* PBPF_F_TOKEN_FD is added */
	int token_fd;	/* 6.9 */
};
int pbpf_sys_btf_load(const struct pbpf_env *env, const struct pbpf_btf_attr *attr,
		      uint32_t *log_true_size);

/* BPF_MAP_CREATE. -EINVAL: the type is not known, or does not take these sizes or flags; -E2BIG:
 * too large; -ENOMEM. */
struct pbpf_map_attr {
	uint32_t type; /* PBPF_MAP_TYPE_* */
	uint32_t key_size;
	uint32_t value_size;
	uint32_t max_entries;
	uint32_t flags;	    /* PBPF_F_*; those that announce an fd below are added */
	int inner_map_fd;   /* map in map: a map like those that it will hold */
	uint32_t numa_node; /* with PBPF_F_NUMA_NODE */
	const char *name;   /* letters, digits, '_', '.'; the first 15 count; NULL: none (4.15) */
	uint32_t ifindex;   /* offload to this device (4.16) */
	int btf_fd;	    /* 4.18, with the two that follow: type ids in that BTF */
	uint32_t btf_key_type;
	uint32_t btf_value_type;
	uint32_t btf_vmlinux_value_type; /* struct_ops (5.6): type id in the kernel's BTF */
	uint64_t extra;			 /* bloom filter: hashes (5.16); arena: address (6.9) */
	int value_type_btf_obj_fd;	 /* 6.9: the module's BTF that has the vmlinux value type */
	int token_fd;			 /* 6.9 */
	const void *excl_prog_hash;	 /* 6.18: SHA-256 of the only program that may use it */
	uint32_t excl_prog_hash_size;
};
int pbpf_sys_map_create(const struct pbpf_env *env, const struct pbpf_map_attr *attr);

/* BPF_PROG_LOAD: verify, and make ready to run. -EACCES, -EINVAL: the verifier refused; -E2BIG: too
 * many instructions, or too many paths through them; -ENOSPC: the log did not fit. */
struct pbpf_prog_attr {
	uint32_t type;		       /* PBPF_PROG_TYPE_* */
	uint32_t expected_attach_type; /* 4.17: PBPF_CGROUP_INET_INGRESS and so on */
	const void *insns;	       /* 8 bytes each, in the host's byte order */
	uint32_t insn_count;
	const char *license;   /* "GPL" and the like open the GPL-only helpers */
	const char *name;      /* as of a map */
	uint32_t flags;	       /* PBPF_F_*; PBPF_F_TOKEN_FD is added */
	uint32_t kern_version; /* kprobe before 5.0: the running kernel's */
	uint32_t ifindex;      /* offload, or with PBPF_F_XDP_DEV_BOUND_ONLY bind to it */
	int btf_fd;	       /* 5.0, with the tables that follow */
	const void *func_info;
	uint32_t func_info_size; /* of one record */
	uint32_t func_info_count;
	const void *line_info;
	uint32_t line_info_size;
	uint32_t line_info_count;
	const void *core_relos; /* 5.17: CO-RE relocations that the kernel shall do */
	uint32_t core_relo_size;
	uint32_t core_relo_count;
	uint32_t attach_btf_id;	 /* 5.5: the function to trace, replace or guard */
	int attach_btf_obj_fd;	 /* 5.11: the BTF of the module, or the program, that has it */
	const int *fd_array;	 /* 5.14: what instructions name by index */
	uint32_t fd_array_count; /* 6.14: 0: not said */
	int token_fd;		 /* 6.9 */
	const void *signature;	 /* 6.18 */
	uint32_t signature_size;
	int32_t keyring_id;
	uint32_t log_level; /* 0: none; 1: the way to the refusal; 2: all ways; + 4: figures */
	char *log;
	uint32_t log_size;
};
int pbpf_sys_prog_load(const struct pbpf_env *env, const struct pbpf_prog_attr *attr,
		       uint32_t *log_true_size);

/* BPF_PROG_BIND_MAP: the program holds the map although no instruction names it. */
int pbpf_sys_prog_bind_map(const struct pbpf_env *env, int prog_fd, int map_fd);

/* --- Elements of maps ------------------------------------------------------------------------
 *
 * key and value are key_size and value_size bytes. The value of a per-CPU map is an array: one for
 * each possible CPU, each rounded up to 8 bytes.
 *
 *	lookup               value of key; -ENOENT: none
 *	update               by flags, PBPF_ANY and so on; -E2BIG: the map is full; -EPERM: frozen
 *	delete               -ENOENT: none; -EINVAL: an array
 *	next_key             of the key behind `key`, of the first one when it is NULL or not there;
 *	                     -ENOENT: `key` was the last one
 *	lookup_and_delete    value of key, or of a queue's or stack's next (key NULL); hash: 5.14
 *	freeze               no changes from user space from now on; -EBUSY: mapped writable, frozen
 *
 * A walk by next_key over a hash that changes meanwhile may start over: bound it by max_entries.
 */
int pbpf_sys_map_lookup(const struct pbpf_env *env, int fd, const void *key, void *value,
			uint64_t flags);
int pbpf_sys_map_update(const struct pbpf_env *env, int fd, const void *key, const void *value,
			uint64_t flags);
int pbpf_sys_map_delete(const struct pbpf_env *env, int fd, const void *key);
int pbpf_sys_map_next_key(const struct pbpf_env *env, int fd, const void *key, void *next_key);
int pbpf_sys_map_lookup_and_delete(const struct pbpf_env *env, int fd, const void *key, void *value,
				   uint64_t flags);
int pbpf_sys_map_freeze(const struct pbpf_env *env, int fd);

/*
 * The four batches. Update and delete take `count` keys (and values). Both lookups fill keys and
 * values, from in_batch on, and say in out_batch where to go on; -ENOENT: the map ends here, what
 * was filled is good; -ENOSPC: not enough room for one bucket of a hash.
 */
struct pbpf_map_batch {
	const void *in_batch; /* NULL: from the start */
	void *out_batch;      /* as large as a key, and at least 4 bytes */
	void *keys;
	void *values;
	uint32_t count; /* in: room, or elements; out, on failure too: how many were done */
	uint64_t elem_flags;
	uint64_t flags;
};
int pbpf_sys_map_lookup_batch(const struct pbpf_env *env, int fd, struct pbpf_map_batch *batch);
int pbpf_sys_map_lookup_and_delete_batch(const struct pbpf_env *env, int fd,
					 struct pbpf_map_batch *batch);
int pbpf_sys_map_update_batch(const struct pbpf_env *env, int fd, struct pbpf_map_batch *batch);
int pbpf_sys_map_delete_batch(const struct pbpf_env *env, int fd, struct pbpf_map_batch *batch);

#ifdef __cplusplus
}
#endif

#endif
