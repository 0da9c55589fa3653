/* SPDX-License-Identifier: MIT */
/*
 * What the kernel tells about its objects, and what perf_event_open(2) takes: layouts of the
 * kernel's interface as of Linux 6.18, for pbpf_sys_obj_info() and pbpf_sys_perf_event_open().
 *
 * A kernel fills in the part that it knows and leaves the rest as it was, so zero the struct first.
 * Members that are addresses (they say so) are input: point them at room and set the count or size
 * beside them, and the kernel fills the room and puts the true count there.
 */
#ifndef PBPF_INFO_H
#define PBPF_INFO_H

#include <stdint.h>

/* The kernel's 64-bit words have this alignment on 32-bit hosts too. */
typedef uint64_t pbpf_u64 __attribute__((aligned(8)));

/* An address as the kernel takes it, on 32-bit hosts too. */
#define PBPF_ADDRESS(pointer) ((uint64_t)(uintptr_t)(pointer))

struct pbpf_prog_info {
	uint32_t type; /* PBPF_PROG_TYPE_* */
	uint32_t id;
	uint8_t tag[8];		    /* a hash of the instructions */
	uint32_t jited_prog_len;    /* bytes */
	uint32_t xlated_prog_len;   /* bytes */
	pbpf_u64 jited_prog_insns;  /* address */
	pbpf_u64 xlated_prog_insns; /* address */
	pbpf_u64 load_time;	    /* ns since boot */
	uint32_t created_by_uid;
	uint32_t nr_map_ids;
	pbpf_u64 map_ids; /* address of uint32_t */
	char name[16];
	uint32_t ifindex;
	uint32_t gpl_compatible : 1;
	uint32_t : 31;
	pbpf_u64 netns_dev;
	pbpf_u64 netns_ino;
	uint32_t nr_jited_ksyms;
	uint32_t nr_jited_func_lens;
	pbpf_u64 jited_ksyms;	  /* address of uint64_t */
	pbpf_u64 jited_func_lens; /* address of uint32_t */
	uint32_t btf_id;	  /* since 5.0, as the rest */
	uint32_t func_info_rec_size;
	pbpf_u64 func_info; /* address */
	uint32_t nr_func_info;
	uint32_t nr_line_info;
	pbpf_u64 line_info;	  /* address */
	pbpf_u64 jited_line_info; /* address of uint64_t */
	uint32_t nr_jited_line_info;
	uint32_t line_info_rec_size;
	uint32_t jited_line_info_rec_size;
	uint32_t nr_prog_tags;
	pbpf_u64 prog_tags;	    /* address of uint8_t[8] */
	pbpf_u64 run_time_ns;	    /* 5.1: while pbpf_sys_enable_stats() is on */
	pbpf_u64 run_cnt;	    /* 5.1 */
	pbpf_u64 recursion_misses;  /* 5.12 */
	uint32_t verified_insns;    /* 5.16: how many the verifier walked */
	uint32_t attach_btf_obj_id; /* 6.0 */
	uint32_t attach_btf_id;	    /* 6.0 */
	uint32_t reserved;
};

struct pbpf_map_info {
	uint32_t type; /* PBPF_MAP_TYPE_* */
	uint32_t id;
	uint32_t key_size;
	uint32_t value_size;
	uint32_t max_entries;
	uint32_t map_flags;
	char name[16];
	uint32_t ifindex;
	uint32_t btf_vmlinux_value_type_id;
	pbpf_u64 netns_dev;
	pbpf_u64 netns_ino;
	uint32_t btf_id;
	uint32_t btf_key_type_id;
	uint32_t btf_value_type_id;
	uint32_t btf_vmlinux_id; /* 6.9 */
	pbpf_u64 map_extra;	 /* 5.16 */
	pbpf_u64 hash;		 /* address; 6.18 */
	uint32_t hash_size;	 /* 6.18 */
	uint32_t reserved;
};

struct pbpf_btf_info {
	pbpf_u64 btf; /* address */
	uint32_t btf_size;
	uint32_t id;
	pbpf_u64 name;	     /* address; 5.11: "vmlinux", a module, or "" */
	uint32_t name_len;   /* 5.11 */
	uint32_t kernel_btf; /* 5.11: 1 for the kernel's and its modules' */
};

/* `type` says which member of u counts. Strings: an address and its size; a size of 0 asks only for
 * the length. */
struct pbpf_link_info {
	uint32_t type; /* PBPF_LINK_TYPE_* */
	uint32_t id;
	uint32_t prog_id;
	uint32_t reserved;
	union {
		struct {
			pbpf_u64 tp_name; /* address */
			uint32_t tp_name_len;
			uint32_t reserved;
			pbpf_u64 cookie; /* 6.17 */
		} raw_tracepoint;
		struct {
			uint32_t attach_type;
			uint32_t target_obj_id; /* of the program, or of the BTF */
			uint32_t target_btf_id;
			uint32_t reserved;
			pbpf_u64 cookie; /* 6.17 */
		} tracing;
		struct {
			pbpf_u64 cgroup_id;
			uint32_t attach_type;
		} cgroup;
		struct {
			pbpf_u64 target_name; /* address */
			uint32_t target_name_len;
			uint32_t map_id;
			union {
				struct {
					pbpf_u64 cgroup_id;
					uint32_t order;
				} cgroup;
				struct {
					uint32_t tid;
					uint32_t pid;
				} task;
			} u;
		} iter;
		struct {
			uint32_t netns_ino;
			uint32_t attach_type;
		} netns;
		struct {
			uint32_t ifindex;
			uint32_t attach_type; /* not of xdp */
		} xdp, tcx, netkit;
		struct {
			uint32_t map_id;
			uint32_t attach_type; /* not of struct_ops */
		} struct_ops, sockmap;
		struct {
			uint32_t pf;
			uint32_t hooknum;
			int32_t priority;
			uint32_t flags;
		} netfilter;
		struct {
			pbpf_u64 addrs; /* address of uint64_t */
			uint32_t count; /* in: room in addrs and cookies; out: how many */
			uint32_t flags;
			pbpf_u64 missed;
			pbpf_u64 cookies; /* address of uint64_t */
		} kprobe_multi;
		struct {
			pbpf_u64 path;	  /* address */
			pbpf_u64 offsets; /* address of uint64_t, as the next two */
			pbpf_u64 ref_ctr_offsets;
			pbpf_u64 cookies;
			uint32_t path_size;
			uint32_t count;
			uint32_t flags;
			uint32_t pid;
		} uprobe_multi;
		struct {
			uint32_t type; /* 1, 2 uprobe; 3, 4 kprobe; 5 tracepoint; 6 event */
			uint32_t reserved;
			pbpf_u64 name;	   /* address; of an event: its config */
			uint32_t name_len; /* of an event: its type */
			uint32_t offset;   /* of a probe */
			/* uprobe: cookie, ref_ctr_offset. kprobe: addr, missed, cookie. The other
			 * two: cookie. All since 6.6, but for the cookie: 6.9. */
			pbpf_u64 rest[3];
		} perf_event;
	} u;
};

/* What perf_event_open(2) takes, as far as BPF needs it. */
struct pbpf_perf_attr {
	uint32_t type;	 /* PBPF_PERF_TYPE_*, or a PMU's number from sysfs */
	uint32_t size;	 /* sizeof(struct pbpf_perf_attr) */
	pbpf_u64 config; /* tracepoint: its number */
	pbpf_u64 sample_period;
	pbpf_u64 sample_type;
	pbpf_u64 read_format;
	pbpf_u64 bits; /* bit-fields in the kernel's declaration; 0: all off */
	uint32_t wakeup_events;
	uint32_t bp_type;
	pbpf_u64 config1; /* kprobe, uprobe: address of the name */
	pbpf_u64 config2; /* kprobe, uprobe: offset */
};

enum {
	PBPF_PERF_TYPE_HARDWARE = 0,
	PBPF_PERF_TYPE_SOFTWARE = 1,
	PBPF_PERF_TYPE_TRACEPOINT = 2,
};

/* Requests of pbpf_sys_ioctl() on a perf event. How a request is put together from direction and
 * size is one of the few things that differ between architectures. */
#if defined(__mips__) || defined(__powerpc__) || defined(__sparc__) || defined(__alpha__)
#define PBPF_IOC_NONE  0x20000000ul
#define PBPF_IOC_WRITE 0x80000000ul
#else
#define PBPF_IOC_NONE  0ul
#define PBPF_IOC_WRITE 0x40000000ul
#endif
#define PBPF_PERF_IOC_ENABLE  (PBPF_IOC_NONE | 0x2400)	 /* argument 0 */
#define PBPF_PERF_IOC_DISABLE (PBPF_IOC_NONE | 0x2401)	 /* argument 0 */
#define PBPF_PERF_IOC_SET_BPF (PBPF_IOC_WRITE | 0x42408) /* 4.1: argument: a program's fd */

#endif
