/* SPDX-License-Identifier: MIT */
/*
 * The numbers of the kernel's BPF interface: all of Linux 6.18, some newer. With them a build does
 * not depend on how new <linux/bpf.h> is. Every name is the kernel's with a P in front:
 * BPF_MAP_TYPE_HASH is PBPF_MAP_TYPE_HASH. The numbers are the kernel's promise to user space and
 * never change.
 *
 * The comment beside a number is the Linux version that brought it. A kernel refuses a number that
 * it does not know with -EINVAL.
 */
#ifndef PBPF_ABI_H
#define PBPF_ABI_H

/* Map types. */
enum pbpf_map_type {
	PBPF_MAP_TYPE_UNSPEC = 0,
	PBPF_MAP_TYPE_HASH = 1,			  /* 3.19 */
	PBPF_MAP_TYPE_ARRAY = 2,		  /* 3.19 */
	PBPF_MAP_TYPE_PROG_ARRAY = 3,		  /* 4.2 */
	PBPF_MAP_TYPE_PERF_EVENT_ARRAY = 4,	  /* 4.3 */
	PBPF_MAP_TYPE_PERCPU_HASH = 5,		  /* 4.6 */
	PBPF_MAP_TYPE_PERCPU_ARRAY = 6,		  /* 4.6 */
	PBPF_MAP_TYPE_STACK_TRACE = 7,		  /* 4.6 */
	PBPF_MAP_TYPE_CGROUP_ARRAY = 8,		  /* 4.8 */
	PBPF_MAP_TYPE_LRU_HASH = 9,		  /* 4.10 */
	PBPF_MAP_TYPE_LRU_PERCPU_HASH = 10,	  /* 4.10 */
	PBPF_MAP_TYPE_LPM_TRIE = 11,		  /* 4.11 */
	PBPF_MAP_TYPE_ARRAY_OF_MAPS = 12,	  /* 4.12 */
	PBPF_MAP_TYPE_HASH_OF_MAPS = 13,	  /* 4.12 */
	PBPF_MAP_TYPE_DEVMAP = 14,		  /* 4.14 */
	PBPF_MAP_TYPE_SOCKMAP = 15,		  /* 4.14 */
	PBPF_MAP_TYPE_CPUMAP = 16,		  /* 4.15 */
	PBPF_MAP_TYPE_XSKMAP = 17,		  /* 4.18 */
	PBPF_MAP_TYPE_SOCKHASH = 18,		  /* 4.18 */
	PBPF_MAP_TYPE_CGROUP_STORAGE = 19,	  /* 4.19 */
	PBPF_MAP_TYPE_REUSEPORT_SOCKARRAY = 20,	  /* 4.19 */
	PBPF_MAP_TYPE_PERCPU_CGROUP_STORAGE = 21, /* 4.20 */
	PBPF_MAP_TYPE_QUEUE = 22,		  /* 4.20 */
	PBPF_MAP_TYPE_STACK = 23,		  /* 4.20 */
	PBPF_MAP_TYPE_SK_STORAGE = 24,		  /* 5.2 */
	PBPF_MAP_TYPE_DEVMAP_HASH = 25,		  /* 5.4 */
	PBPF_MAP_TYPE_STRUCT_OPS = 26,		  /* 5.6 */
	PBPF_MAP_TYPE_RINGBUF = 27,		  /* 5.8 */
	PBPF_MAP_TYPE_INODE_STORAGE = 28,	  /* 5.10 */
	PBPF_MAP_TYPE_TASK_STORAGE = 29,	  /* 5.11 */
	PBPF_MAP_TYPE_BLOOM_FILTER = 30,	  /* 5.16 */
	PBPF_MAP_TYPE_USER_RINGBUF = 31,	  /* 6.1 */
	PBPF_MAP_TYPE_CGRP_STORAGE = 32,	  /* 6.2 */
	PBPF_MAP_TYPE_ARENA = 33,		  /* 6.9 */
	PBPF_MAP_TYPE_INSN_ARRAY = 34,		  /* 6.19 */
};

/* Program types. */
enum pbpf_prog_type {
	PBPF_PROG_TYPE_UNSPEC = 0,
	PBPF_PROG_TYPE_SOCKET_FILTER = 1,	     /* 3.19 */
	PBPF_PROG_TYPE_KPROBE = 2,		     /* 4.1 */
	PBPF_PROG_TYPE_SCHED_CLS = 3,		     /* 4.1 */
	PBPF_PROG_TYPE_SCHED_ACT = 4,		     /* 4.1 */
	PBPF_PROG_TYPE_TRACEPOINT = 5,		     /* 4.7 */
	PBPF_PROG_TYPE_XDP = 6,			     /* 4.8 */
	PBPF_PROG_TYPE_PERF_EVENT = 7,		     /* 4.9 */
	PBPF_PROG_TYPE_CGROUP_SKB = 8,		     /* 4.10 */
	PBPF_PROG_TYPE_CGROUP_SOCK = 9,		     /* 4.10 */
	PBPF_PROG_TYPE_LWT_IN = 10,		     /* 4.10 */
	PBPF_PROG_TYPE_LWT_OUT = 11,		     /* 4.10 */
	PBPF_PROG_TYPE_LWT_XMIT = 12,		     /* 4.10 */
	PBPF_PROG_TYPE_SOCK_OPS = 13,		     /* 4.13 */
	PBPF_PROG_TYPE_SK_SKB = 14,		     /* 4.14 */
	PBPF_PROG_TYPE_CGROUP_DEVICE = 15,	     /* 4.15 */
	PBPF_PROG_TYPE_SK_MSG = 16,		     /* 4.17 */
	PBPF_PROG_TYPE_RAW_TRACEPOINT = 17,	     /* 4.17 */
	PBPF_PROG_TYPE_CGROUP_SOCK_ADDR = 18,	     /* 4.17 */
	PBPF_PROG_TYPE_LWT_SEG6LOCAL = 19,	     /* 4.18 */
	PBPF_PROG_TYPE_LIRC_MODE2 = 20,		     /* 4.18 */
	PBPF_PROG_TYPE_SK_REUSEPORT = 21,	     /* 4.19 */
	PBPF_PROG_TYPE_FLOW_DISSECTOR = 22,	     /* 4.20 */
	PBPF_PROG_TYPE_CGROUP_SYSCTL = 23,	     /* 5.2 */
	PBPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE = 24, /* 5.2 */
	PBPF_PROG_TYPE_CGROUP_SOCKOPT = 25,	     /* 5.3 */
	PBPF_PROG_TYPE_TRACING = 26,		     /* 5.5 */
	PBPF_PROG_TYPE_STRUCT_OPS = 27,		     /* 5.6 */
	PBPF_PROG_TYPE_EXT = 28,		     /* 5.6 */
	PBPF_PROG_TYPE_LSM = 29,		     /* 5.7 */
	PBPF_PROG_TYPE_SK_LOOKUP = 30,		     /* 5.9 */
	PBPF_PROG_TYPE_SYSCALL = 31,		     /* 5.14 */
	PBPF_PROG_TYPE_NETFILTER = 32,		     /* 6.4 */
};

/* Attach types: where a program goes, within what its type allows. */
enum pbpf_attach_type {
	PBPF_CGROUP_INET_INGRESS = 0,
	PBPF_CGROUP_INET_EGRESS = 1,		  /* 4.10 */
	PBPF_CGROUP_INET_SOCK_CREATE = 2,	  /* 4.10 */
	PBPF_CGROUP_SOCK_OPS = 3,		  /* 4.13 */
	PBPF_SK_SKB_STREAM_PARSER = 4,		  /* 4.14 */
	PBPF_SK_SKB_STREAM_VERDICT = 5,		  /* 4.14 */
	PBPF_CGROUP_DEVICE = 6,			  /* 4.15 */
	PBPF_SK_MSG_VERDICT = 7,		  /* 4.17 */
	PBPF_CGROUP_INET4_BIND = 8,		  /* 4.17 */
	PBPF_CGROUP_INET6_BIND = 9,		  /* 4.17 */
	PBPF_CGROUP_INET4_CONNECT = 10,		  /* 4.17 */
	PBPF_CGROUP_INET6_CONNECT = 11,		  /* 4.17 */
	PBPF_CGROUP_INET4_POST_BIND = 12,	  /* 4.17 */
	PBPF_CGROUP_INET6_POST_BIND = 13,	  /* 4.17 */
	PBPF_CGROUP_UDP4_SENDMSG = 14,		  /* 4.18 */
	PBPF_CGROUP_UDP6_SENDMSG = 15,		  /* 4.18 */
	PBPF_LIRC_MODE2 = 16,			  /* 4.18 */
	PBPF_FLOW_DISSECTOR = 17,		  /* 4.20 */
	PBPF_CGROUP_SYSCTL = 18,		  /* 5.2 */
	PBPF_CGROUP_UDP4_RECVMSG = 19,		  /* 5.2 */
	PBPF_CGROUP_UDP6_RECVMSG = 20,		  /* 5.2 */
	PBPF_CGROUP_GETSOCKOPT = 21,		  /* 5.3 */
	PBPF_CGROUP_SETSOCKOPT = 22,		  /* 5.3 */
	PBPF_TRACE_RAW_TP = 23,			  /* 5.5 */
	PBPF_TRACE_FENTRY = 24,			  /* 5.5 */
	PBPF_TRACE_FEXIT = 25,			  /* 5.5 */
	PBPF_MODIFY_RETURN = 26,		  /* 5.7 */
	PBPF_LSM_MAC = 27,			  /* 5.7 */
	PBPF_TRACE_ITER = 28,			  /* 5.8 */
	PBPF_CGROUP_INET4_GETPEERNAME = 29,	  /* 5.8 */
	PBPF_CGROUP_INET6_GETPEERNAME = 30,	  /* 5.8 */
	PBPF_CGROUP_INET4_GETSOCKNAME = 31,	  /* 5.8 */
	PBPF_CGROUP_INET6_GETSOCKNAME = 32,	  /* 5.8 */
	PBPF_XDP_DEVMAP = 33,			  /* 5.8 */
	PBPF_CGROUP_INET_SOCK_RELEASE = 34,	  /* 5.9 */
	PBPF_XDP_CPUMAP = 35,			  /* 5.9 */
	PBPF_SK_LOOKUP = 36,			  /* 5.9 */
	PBPF_XDP = 37,				  /* 5.9 */
	PBPF_SK_SKB_VERDICT = 38,		  /* 5.13 */
	PBPF_SK_REUSEPORT_SELECT = 39,		  /* 5.14 */
	PBPF_SK_REUSEPORT_SELECT_OR_MIGRATE = 40, /* 5.14 */
	PBPF_PERF_EVENT = 41,			  /* 5.15 */
	PBPF_TRACE_KPROBE_MULTI = 42,		  /* 5.18 */
	PBPF_LSM_CGROUP = 43,			  /* 6.0 */
	PBPF_STRUCT_OPS = 44,			  /* 6.4 */
	PBPF_NETFILTER = 45,			  /* 6.4 */
	PBPF_TCX_INGRESS = 46,			  /* 6.6 */
	PBPF_TCX_EGRESS = 47,			  /* 6.6 */
	PBPF_TRACE_UPROBE_MULTI = 48,		  /* 6.6 */
	PBPF_CGROUP_UNIX_CONNECT = 49,		  /* 6.7 */
	PBPF_CGROUP_UNIX_SENDMSG = 50,		  /* 6.7 */
	PBPF_CGROUP_UNIX_RECVMSG = 51,		  /* 6.7 */
	PBPF_CGROUP_UNIX_GETPEERNAME = 52,	  /* 6.7 */
	PBPF_CGROUP_UNIX_GETSOCKNAME = 53,	  /* 6.7 */
	PBPF_NETKIT_PRIMARY = 54,		  /* 6.7 */
	PBPF_NETKIT_PEER = 55,			  /* 6.7 */
	PBPF_TRACE_KPROBE_SESSION = 56,		  /* 6.10 */
	PBPF_TRACE_UPROBE_SESSION = 57,		  /* 6.13 */
	PBPF_TRACE_FSESSION = 58,		  /* 7.0 */
	PBPF_TRACE_FENTRY_MULTI = 59,		  /* 7.2 */
	PBPF_TRACE_FEXIT_MULTI = 60,		  /* 7.2 */
	PBPF_TRACE_FSESSION_MULTI = 61,		  /* 7.2 */
};

/* Link types, as pbpf_sys_obj_info() tells them. */
enum pbpf_link_type {
	PBPF_LINK_TYPE_UNSPEC = 0,
	PBPF_LINK_TYPE_RAW_TRACEPOINT = 1, /* 5.7 */
	PBPF_LINK_TYPE_TRACING = 2,	   /* 5.7 */
	PBPF_LINK_TYPE_CGROUP = 3,	   /* 5.7 */
	PBPF_LINK_TYPE_ITER = 4,	   /* 5.7 */
	PBPF_LINK_TYPE_NETNS = 5,	   /* 5.7 */
	PBPF_LINK_TYPE_XDP = 6,		   /* 5.9 */
	PBPF_LINK_TYPE_PERF_EVENT = 7,	   /* 5.15 */
	PBPF_LINK_TYPE_KPROBE_MULTI = 8,   /* 5.18 */
	PBPF_LINK_TYPE_STRUCT_OPS = 9,	   /* 6.4 */
	PBPF_LINK_TYPE_NETFILTER = 10,	   /* 6.4 */
	PBPF_LINK_TYPE_TCX = 11,	   /* 6.6 */
	PBPF_LINK_TYPE_UPROBE_MULTI = 12,  /* 6.6 */
	PBPF_LINK_TYPE_NETKIT = 13,	   /* 6.7 */
	PBPF_LINK_TYPE_SOCKMAP = 14,	   /* 6.10 */
	PBPF_LINK_TYPE_TRACING_MULTI = 15, /* 7.2 */
};

/* Flags of a map. */
enum {
	PBPF_F_NO_PREALLOC = 1 << 0,	   /* 4.6: hash: allocate an element when it is added */
	PBPF_F_NO_COMMON_LRU = 1 << 1,	   /* 4.10: LRU lists per CPU */
	PBPF_F_NUMA_NODE = 1 << 2,	   /* 4.14: numa_node counts */
	PBPF_F_RDONLY = 1 << 3,		   /* 4.15: user space may only read through this fd */
	PBPF_F_WRONLY = 1 << 4,		   /* 4.15: or only write */
	PBPF_F_STACK_BUILD_ID = 1 << 5,	   /* 4.17: stack trace: build id and offset */
	PBPF_F_ZERO_SEED = 1 << 6,	   /* 5.0: hash: no random seed, for tests */
	PBPF_F_RDONLY_PROG = 1 << 7,	   /* 5.2: programs may only read */
	PBPF_F_WRONLY_PROG = 1 << 8,	   /* 5.2: or only write */
	PBPF_F_CLONE = 1 << 9,		   /* 5.4: socket storage: inherited by accept() */
	PBPF_F_MMAPABLE = 1 << 10,	   /* 5.5: array: user space may map it */
	PBPF_F_PRESERVE_ELEMS = 1 << 11,   /* 5.10: perf event array: outlives the fd */
	PBPF_F_INNER_MAP = 1 << 12,	   /* 5.10: array in a map: any max_entries */
	PBPF_F_LINK = 1 << 13,		   /* 6.6: of attach: the fd to replace is a link's */
	PBPF_F_PATH_FD = 1 << 14,	   /* 6.5: of pin and get: below a folder's fd */
	PBPF_F_VTYPE_BTF_OBJ_FD = 1 << 15, /* 6.9: value_type_btf_obj_fd counts */
	PBPF_F_TOKEN_FD = 1 << 16,	   /* 6.9: token_fd counts */
	PBPF_F_SEGV_ON_FAULT = 1 << 17,	   /* 6.9: arena: a fault outside kills */
	PBPF_F_NO_USER_CONV = 1 << 18,	   /* 6.9: arena: pointers stay the kernel's */
	PBPF_F_RB_OVERWRITE = 1 << 19,	   /* 6.19: ring buffer: new records push out old */
};

/* Flags of an element: update, lookup, and the batches' elem_flags. */
enum {
	PBPF_ANY = 0,	  /* add or replace */
	PBPF_NOEXIST = 1, /* add: -EEXIST when it is there */
	PBPF_EXIST = 2,	  /* replace: -ENOENT when it is not */
	PBPF_F_LOCK = 4,  /* 5.1: under the value's bpf_spin_lock */
};

/* Flags of a program. */
enum {
	PBPF_F_STRICT_ALIGNMENT = 1 << 0,    /* 4.12 */
	PBPF_F_ANY_ALIGNMENT = 1 << 1,	     /* 5.0 */
	PBPF_F_TEST_RND_HI32 = 1 << 2,	     /* 5.3 */
	PBPF_F_TEST_STATE_FREQ = 1 << 3,     /* 5.4 */
	PBPF_F_SLEEPABLE = 1 << 4,	     /* 5.10: may sleep: the ".s" of a section name */
	PBPF_F_XDP_HAS_FRAGS = 1 << 5,	     /* 5.18: takes packets of several buffers */
	PBPF_F_XDP_DEV_BOUND_ONLY = 1 << 6,  /* 6.3: for this device, not offloaded to it */
	PBPF_F_TEST_REG_INVARIANTS = 1 << 7, /* 6.8 */
};

/* Flags of attaching without a link, and of querying. */
enum {
	PBPF_F_ALLOW_OVERRIDE = 1 << 0,	 /* 4.10: a cgroup below may replace it */
	PBPF_F_ALLOW_MULTI = 1 << 1,	 /* 4.15: several, and those below run too */
	PBPF_F_REPLACE = 1 << 2,	 /* 5.5: replace_fd counts */
	PBPF_F_BEFORE = 1 << 3,		 /* 6.6: put it before relative_fd, or first */
	PBPF_F_AFTER = 1 << 4,		 /* 6.6: put it after relative_fd, or last */
	PBPF_F_ID = 1 << 5,		 /* 6.6: relative_fd is an id */
	PBPF_F_PREORDER = 1 << 6,	 /* 6.15: run before those below in the tree */
	PBPF_F_QUERY_EFFECTIVE = 1 << 0, /* 4.15: also what comes from above */
};

/* Flags of multi-attachment and of test runs. */
enum {
	PBPF_F_KPROBE_MULTI_RETURN = 1 << 0,  /* 5.18 */
	PBPF_F_UPROBE_MULTI_RETURN = 1 << 0,  /* 6.6 */
	PBPF_F_TEST_RUN_ON_CPU = 1 << 0,      /* 5.10 */
	PBPF_F_TEST_XDP_LIVE_FRAMES = 1 << 1, /* 5.18 */
};

#define PBPF_OBJ_NAME_LEN 16 /* a map's or program's name, with its NUL */

#endif
