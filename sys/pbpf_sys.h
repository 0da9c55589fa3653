/* SPDX-License-Identifier: MIT */
/*
 * sys: the system call bpf(2), one C function per command, and the few other ways into the kernel.
 *
 *	bpf(command, attr, size)     attr is a union of 200 bytes with a layout per command
 *	     │
 *	     └── pbpf_sys_COMMAND(env, what goes in) ──> an fd, or 0, or -errno
 *
 * bpf(2) makes objects (maps, programs, BTF, links) and hands out fds to them. An object lives as
 * long as somebody holds it: an fd, a pin in a bpffs, a program that uses the map, a link that runs
 * the program. Reading order, which is also the life of a loaded object file:
 *
 *	BTF, maps, programs          BPF_BTF_LOAD, BPF_MAP_CREATE, BPF_PROG_LOAD
 *	elements of maps             BPF_MAP_*_ELEM, BPF_MAP_*_BATCH
 *	attaching                    BPF_LINK_*, BPF_RAW_TRACEPOINT_OPEN, BPF_PROG_ATTACH ...
 *	running and looking          BPF_PROG_TEST_RUN, BPF_*_GET_*, BPF_OBJ_*
 *	beside bpf(2)                perf_event_open, ioctl, reading the kernel's files
 *
 * What holds for every function:
 *	- A struct that goes in may be zeroed but for what is wanted. Optional fds: 0 or less is
 *none.
 *	- The attr is zeroed and as long as its command's last field. A kernel that is older than a
 *	  field accepts it as long as it is 0, and refuses it with -E2BIG or -EINVAL otherwise.
 *	- A returned fd is the caller's, close-on-exec, and 3 or more: the kernel reads 0 as "none".
 *	- A call that a signal interrupted before it did anything (-EINTR; -EAGAIN of the verifier)
 *is made again, up to 5 times in all. Calls that may be half done (test run, batches, lookup and
 *	  delete, reading a stream) return -EINTR at once.
 *	- Nothing is reported to env: a refusal means something only to the caller, who knows what
 *	  the object was for. Errors are the kernel's, unchanged.
 *	- Threads: functions keep no state. The same fd may be used by several threads.
 *
 * Needs, in the tables below: "fd" nothing but the fd; BPF, PERFMON, NET_ADMIN, SYS_ADMIN the
 * capability of that name (before Linux 5.8: SYS_ADMIN for all); "+" both.
 *
 * What it does not do: probe what the kernel can, fall back, keep objects, raise limits.
 *
 * Reading order of its files: kernel.c (the ways in), call.c (retry, fds), abi.h (the layouts),
 *then a file per kind: map.c, prog.c, attach.c, object.c; file.c.
 */
#ifndef PBPF_SYS_H
#define PBPF_SYS_H

#include "base/pbpf_base.h"
#include "sys/pbpf_abi.h"
#include "sys/pbpf_info.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The first argument of bpf(2), as a kernel table's bpf() hook sees it. */
enum pbpf_cmd {				   /* since	needs */
		PBPF_MAP_CREATE = 0,	   /* 3.18	BPF; device, CPU, socket maps + NET_ADMIN */
		PBPF_MAP_LOOKUP_ELEM = 1,  /* 3.18	fd (before 6.0: BPF), as the next three */
		PBPF_MAP_UPDATE_ELEM = 2,  /* 3.18 */
		PBPF_MAP_DELETE_ELEM = 3,  /* 3.18 */
		PBPF_MAP_GET_NEXT_KEY = 4, /* 3.18 */
		PBPF_PROG_LOAD = 5,	   /* 3.18	BPF + PERFMON (tracing) or NET_ADMIN (network) */
		PBPF_OBJ_PIN = 6,	   /* 4.4	fd, and write permission in the bpffs */
		PBPF_OBJ_GET = 7,	   /* 4.4	permission on the pin */
		PBPF_PROG_ATTACH = 8,	   /* 4.10	NET_ADMIN (cgroup, network) */
		PBPF_PROG_DETACH = 9,	   /* 4.10	NET_ADMIN */
		PBPF_PROG_TEST_RUN = 10,   /* 4.12	fd */
		PBPF_PROG_GET_NEXT_ID = 11,	       /* 4.13	SYS_ADMIN */
		PBPF_MAP_GET_NEXT_ID = 12,	       /* 4.13	SYS_ADMIN */
		PBPF_PROG_GET_FD_BY_ID = 13,	       /* 4.13	SYS_ADMIN */
		PBPF_MAP_GET_FD_BY_ID = 14,	       /* 4.13	SYS_ADMIN */
		PBPF_OBJ_GET_INFO_BY_FD = 15,	       /* 4.13	fd; instructions: BPF + PERFMON */
		PBPF_PROG_QUERY = 16,		       /* 4.15	NET_ADMIN */
		PBPF_RAW_TRACEPOINT_OPEN = 17,	       /* 4.17	fd */
		PBPF_BTF_LOAD = 18,		       /* 4.18	BPF */
		PBPF_BTF_GET_FD_BY_ID = 19,	       /* 4.18	SYS_ADMIN */
		PBPF_TASK_FD_QUERY = 20,	       /* 4.18	SYS_ADMIN */
		PBPF_MAP_LOOKUP_AND_DELETE_ELEM = 21,  /* 4.20	fd; queue, stack; 5.14: hash */
		PBPF_MAP_FREEZE = 22,		       /* 5.2	fd */
		PBPF_BTF_GET_NEXT_ID = 23,	       /* 5.4	SYS_ADMIN */
		PBPF_MAP_LOOKUP_BATCH = 24,	       /* 5.6	fd, as the next three */
		PBPF_MAP_LOOKUP_AND_DELETE_BATCH = 25, /* 5.6 */
		PBPF_MAP_UPDATE_BATCH = 26,	       /* 5.6 */
		PBPF_MAP_DELETE_BATCH = 27,	       /* 5.6 */
		PBPF_LINK_CREATE = 28,		       /* 5.7	as PROG_ATTACH; tracing: PERFMON */
		PBPF_LINK_UPDATE = 29,		       /* 5.7	fd */
		PBPF_LINK_GET_FD_BY_ID = 30,	       /* 5.8	SYS_ADMIN */
		PBPF_LINK_GET_NEXT_ID = 31,	       /* 5.8	SYS_ADMIN */
		PBPF_ENABLE_STATS = 32,		       /* 5.8	SYS_ADMIN */
		PBPF_ITER_CREATE = 33,		       /* 5.8	fd */
		PBPF_LINK_DETACH = 34,		       /* 5.9	fd */
		PBPF_PROG_BIND_MAP = 35,	       /* 5.10	fd */
		PBPF_TOKEN_CREATE = 36,		       /* 6.9	BPF in the bpffs's user namespace */
		PBPF_PROG_STREAM_READ_BY_FD = 37,      /* 6.17	fd */
};

/* --- BTF, maps, programs: each returns an fd ------------------------------------------------ */

/* BPF_BTF_LOAD: types. -EINVAL: malformed, or of a kind that this kernel does not know; the log
 * says which. */
struct pbpf_btf_attr {
	const void *data;   /* in the host's byte order */
	uint32_t size;	    /* at most 16 MiB */
	uint32_t log_level; /* 0: none (log NULL, log_size 0); 1: what is wrong; 2: every type */
	char *log;	    /* room for text, always NUL-terminated */
	uint32_t log_size;
	uint32_t flags;
	int token_fd; /* 6.9 */
};
/* log_true_size, when not NULL, is written also on failure: the bytes that the whole log takes, 0
 * on a kernel older than 6.4. A log that does not fit: -ENOSPC, with its first part (before 6.4) or
 * last. */
int pbpf_sys_btf_load(const struct pbpf_env *env, const struct pbpf_btf_attr *attr,
		      uint32_t *log_true_size);

/* BPF_MAP_CREATE. -EINVAL: sizes or flags that the type does not take; -EPERM; -ENOMEM;
 * -E2BIG: too large. */
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

/* BPF_PROG_LOAD: verify and make ready to run. -EACCES, -EINVAL: the verifier refused, the log says
 * why; -EPERM; -E2BIG: too many instructions or too complex; -ENOSPC: the log did not fit. */
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
	uint32_t attach_btf_id; /* 5.5: the function to trace, replace or guard */
	int attach_btf_obj_fd; /* 5.11: the module's BTF it is in; or the fd of the program it is in
				*/
	const int *fd_array;   /* 5.14: what instructions name by index */
	uint32_t fd_array_count; /* 6.14: 0: not said */
	int token_fd;		 /* 6.9 */
	const void *signature;	 /* 6.18 */
	uint32_t signature_size;
	int32_t keyring_id;
	uint32_t log_level; /* 0: none (log NULL, log_size 0); 1: on refusal the path; 2: all; 4:
			       figures */
	char *log;
	uint32_t log_size;
};
/* log_true_size as of pbpf_sys_btf_load(). */
int pbpf_sys_prog_load(const struct pbpf_env *env, const struct pbpf_prog_attr *attr,
		       uint32_t *log_true_size);

/* BPF_PROG_BIND_MAP: the program holds the map although no instruction names it. */
int pbpf_sys_prog_bind_map(const struct pbpf_env *env, int prog_fd, int map_fd);

/* --- Elements of maps ------------------------------------------------------------------------
 *
 * key and value are key_size and value_size bytes; a value of a per-CPU map is an array, one for
 * each possible CPU, each rounded up to 8 bytes.
 *
 *	function             in            out          errors worth knowing
 *	lookup               key           value        -ENOENT no such key
 *	update               key, value                 -ENOENT, -EEXIST by flags; -E2BIG full;
 *-EPERM frozen delete               key                        -ENOENT; -EINVAL an array next_key
 *key or NULL   next_key     -ENOENT that was the last one lookup_and_delete    key           value
 *-ENOENT; -ENOTSUP by type freeze                                          -EBUSY it is mapped
 *writable, or frozen
 *
 * flags of update: PBPF_ANY, PBPF_NOEXIST, PBPF_EXIST; of all three PBPF_F_LOCK. Walking a hash
 *with next_key while it changes may start over: bound the walk by max_entries.
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
 * The four batches. `count` is in-out, and is also written on failure: how many were done.
 *	lookup, lookup_and_delete    fill keys and values from in_batch on, and leave in out_batch
 *where to go on; -ENOENT: the map ends here, `count` are still good; -ENOSPC: a bucket of a hash
 *does not fit, make room for more update, delete               take keys (and values)
 */
struct pbpf_map_batch {
	const void *in_batch; /* NULL: from the start */
	void *out_batch;      /* as large as a key, and at least 4 bytes */
	void *keys;
	void *values;
	uint32_t count; /* in: room, or elements; out: how many were done */
	uint64_t elem_flags;
	uint64_t flags;
};
int pbpf_sys_map_lookup_batch(const struct pbpf_env *env, int fd, struct pbpf_map_batch *batch);
int pbpf_sys_map_lookup_and_delete_batch(const struct pbpf_env *env, int fd,
					 struct pbpf_map_batch *batch);
int pbpf_sys_map_update_batch(const struct pbpf_env *env, int fd, struct pbpf_map_batch *batch);
int pbpf_sys_map_delete_batch(const struct pbpf_env *env, int fd, struct pbpf_map_batch *batch);

/* --- Attaching -------------------------------------------------------------------------------
 *
 * A link is an attachment with an fd: the last fd closed (and pin removed) detaches. Which members
 * count beside the first four depends on attach_type:
 *
 *	attach type                          since        target_fd           other members
 *	CGROUP_*                             5.7          cgroup              relative_fd ... (6.17)
 *	FLOW_DISSECTOR, SK_LOOKUP            5.8, 5.9     net namespace
 *	TRACE_ITER                           5.8                              iter
 *	XDP                                  5.9          interface index
 *	PERF_EVENT                           5.15         perf event          cookie
 *	TRACE_FENTRY, FEXIT, LSM_MAC ...     5.5, 6.0     (program)           cookie, target_btf_id
 *	TRACE_KPROBE_MULTI, _SESSION         5.18, 6.10                       multi
 *	STRUCT_OPS                           6.4                              (prog_fd is the map's)
 *	NETFILTER                            6.4                              netfilter
 *	TCX_*, NETKIT_*                      6.6, 6.7     interface index     relative_fd ...
 *	TRACE_UPROBE_MULTI, _SESSION         6.6, 6.13                        multi
 *	SK_SKB_*, SK_MSG_VERDICT             6.10         sockmap
 */
struct pbpf_link_attr {
	int prog_fd;
	int target_fd;
	uint32_t attach_type;	/* PBPF_CGROUP_INET_INGRESS and so on */
	uint32_t flags;		/* XDP: the mode; TCX, NETKIT, CGROUP: PBPF_F_BEFORE and so on */
	uint64_t cookie;	/* what bpf_get_attach_cookie() gives to this attachment */
	uint32_t target_btf_id; /* of a program that replaces: the function in target_fd */
	int relative_fd;	/* a program's, with PBPF_F_LINK a link's, with PBPF_F_ID an id */
	uint64_t expected_revision; /* of the list; 0: any */
	struct {
		const void *info; /* what to walk: the kernel's union bpf_iter_link_info */
		uint32_t size;
	} iter;
	struct { /* arrays of `count`; NULL: none */
		uint32_t count;
		uint32_t flags; /* PBPF_F_KPROBE_MULTI_RETURN, PBPF_F_UPROBE_MULTI_RETURN */
		const char *const *symbols;   /* kprobe: names, or ... */
		const uint64_t *addresses;    /* kprobe: ... addresses */
		const char *path;	      /* uprobe: the file, and in it ... */
		const uint64_t *offsets;      /* uprobe: ... the places */
		const uint64_t *ref_counters; /* uprobe: offsets of USDT semaphores */
		const uint64_t *cookies;
		uint32_t pid; /* uprobe: only in this process; 0: in all */
	} multi;
	struct {
		uint32_t family; /* NFPROTO_* */
		uint32_t hook;	 /* NF_INET_* */
		int32_t priority;
		uint32_t flags;
	} netfilter;
};
int pbpf_sys_link_create(const struct pbpf_env *env, const struct pbpf_link_attr *attr);

/* BPF_LINK_UPDATE: run another program (of struct_ops: use another map). old_fd with
 * PBPF_F_REPLACE: only when it runs this one, else -EPERM. BPF_LINK_DETACH: end the attachment,
 * keep the fd. */
int pbpf_sys_link_update(const struct pbpf_env *env, int link_fd, int new_fd, int old_fd,
			 uint32_t flags);
int pbpf_sys_link_detach(const struct pbpf_env *env, int link_fd);

/* BPF_RAW_TRACEPOINT_OPEN, an fd: `name` without category; NULL for tracing programs, which know
 * where (fentry and so on). cookie: 6.10, 0 for none. -ENOENT: no such tracepoint. */
int pbpf_sys_raw_tracepoint_open(const struct pbpf_env *env, int prog_fd, const char *name,
				 uint64_t cookie);

/* BPF_ITER_CREATE, an fd: read(2) runs the iterator once and gives its text. */
int pbpf_sys_iter_create(const struct pbpf_env *env, int link_fd);

/* BPF_PROG_ATTACH, BPF_PROG_DETACH: attachment without a link; it stays until it is detached.
 * Detach of a list (PBPF_F_ALLOW_MULTI, tcx) needs prog_fd. */
struct pbpf_attach_attr {
	int target_fd; /* cgroup, sockmap, lirc; tcx, netkit: interface index */
	int prog_fd;
	uint32_t attach_type;
	uint32_t flags;	 /* PBPF_F_ALLOW_MULTI, PBPF_F_BEFORE and so on */
	int replace_fd;	 /* 5.5, with PBPF_F_REPLACE */
	int relative_fd; /* 6.6, this and the next: as of a link */
	uint64_t expected_revision;
};
int pbpf_sys_prog_attach(const struct pbpf_env *env, const struct pbpf_attach_attr *attr);
int pbpf_sys_prog_detach(const struct pbpf_env *env, const struct pbpf_attach_attr *attr);

/* BPF_PROG_QUERY: what is attached. -ENOSPC: there are more than `count`, which then says how many.
 */
struct pbpf_query {
	int target_fd; /* as of pbpf_attach_attr */
	uint32_t attach_type;
	uint32_t flags; /* PBPF_F_QUERY_EFFECTIVE */
	uint32_t
		count; /* in: room in each array that is not NULL; out (on -ENOSPC too): how many */
	uint32_t *prog_ids;
	uint32_t *prog_flags; /* 6.0 */
	uint32_t *link_ids;   /* 6.6, as the rest */
	uint32_t *link_flags;
	uint32_t attach_flags; /* out */
	uint64_t revision;     /* out */
};
int pbpf_sys_prog_query(const struct pbpf_env *env, struct pbpf_query *query);

/* --- Running and looking --------------------------------------------------------------------- */

/* BPF_PROG_TEST_RUN: run it here and now, `repeat` times. Not -EINTR-safe: see the top. Of
 * interest: -524 (ENOTSUPP) a type that cannot; -ENOSPC the output was cut, sizes say what it takes.
 */
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

/* BPF_PROG_STREAM_READ_BY_FD: what the program printed to its stream (1 out, 2 errors). Returns
 * bytes, 0 when there are none. */
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

/* BPF_OBJ_GET_INFO_BY_FD: `info` is the pbpf_*_info of the fd's kind, *size its size; on success
 * *size is how much of it this kernel knows. */
int pbpf_sys_obj_info(const struct pbpf_env *env, int fd, void *info, uint32_t *size);

/* BPF_OBJ_PIN, BPF_OBJ_GET (an fd): a name in a bpffs. dir_fd: the path is relative to this folder
 * (6.5, else -EINVAL), -1: to the working directory. flags of get: PBPF_F_RDONLY, PBPF_F_WRONLY. */
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
	uint32_t fd_type; /* 0 raw tracepoint, 1 tracepoint, 2 kprobe, 3 its return, 4 uprobe, 5 its
			   */
	uint64_t probe_offset;
	uint64_t probe_addr;
};
int pbpf_sys_task_fd_query(const struct pbpf_env *env, struct pbpf_task_fd *query);

/* BPF_ENABLE_STATS: run time statistics (type 0) of all programs while the returned fd is open. */
int pbpf_sys_enable_stats(const struct pbpf_env *env, uint32_t type);

/* BPF_TOKEN_CREATE: an fd that stands for the rights which the bpffs was mounted with. */
int pbpf_sys_token_create(const struct pbpf_env *env, int bpffs_fd);

/* --- Beside bpf(2) --------------------------------------------------------------------------- */

/* close(2); fd < 0: nothing, 0. */
int pbpf_sys_close(const struct pbpf_env *env, int fd);

/* perf_event_open(2): an fd. attr: struct pbpf_perf_attr, or the kernel's. Close-on-exec is added
 * to flags. Needs PERFMON. */
int pbpf_sys_perf_event_open(const struct pbpf_env *env, const void *attr, int pid, int cpu,
			     int group_fd, unsigned long flags);

/* ioctl(2) on a perf event: PBPF_PERF_IOC_*. */
int pbpf_sys_ioctl(const struct pbpf_env *env, int fd, unsigned long request,
		   unsigned long argument);

/* The whole of a file, whose size need not be known before (proc and sysfs say 0). Of more than
 * `limit` bytes: -EFBIG. A NUL follows the data and is not counted in *size.
 * The data is the caller's, to be freed with pbpf_sys_free_file() of the same size. */
int pbpf_sys_read_file(const struct pbpf_env *env, const char *path, void **data, size_t *size,
		       size_t limit);
void pbpf_sys_free_file(const struct pbpf_env *env, void *data, size_t size);

/* The same file under a number of its own, 3 or more and close-on-exec. */
int pbpf_sys_dup(const struct pbpf_env *env, int fd);

/* mmap(2), shared: the first `size` bytes of a map. *address: in, where it shall be (-EEXIST: something
 * else is there), or NULL for anywhere; out, where it is. -EPERM: writable, and the map is frozen. */
int pbpf_sys_mmap(const struct pbpf_env *env, int fd, size_t size, bool writable, void **address);
int pbpf_sys_munmap(const struct pbpf_env *env, void *address, size_t size); /* NULL: nothing, 0 */

/* The whole of a file in memory, without a copy: for files that nobody changes, as the kernel's own BTF
 * (6.16; -ENODEV before). To be given back with pbpf_sys_munmap(). */
int pbpf_sys_map_file(const struct pbpf_env *env, const char *path, void **address, size_t *size);

/* unlink(2): removes the name of a pin. */
int pbpf_sys_unlink(const struct pbpf_env *env, const char *path);

/* The running kernel's page size in bytes. */
size_t pbpf_sys_page_size(const struct pbpf_env *env);

/* The running kernel as a table, every member set: for a table of one's own that passes calls on.
 */
const struct pbpf_kernel *pbpf_sys_running_kernel(void);

#ifdef __cplusplus
}
#endif

#endif
