/* SPDX-License-Identifier: MIT */
/*
 * Names of program and map types, as bpftool prints them.
 */
#include "loader/pbpf_loader.h"

static const char *const program_types[] = {
	[PBPF_PROG_TYPE_SOCKET_FILTER] = "socket_filter",
	[PBPF_PROG_TYPE_KPROBE] = "kprobe",
	[PBPF_PROG_TYPE_SCHED_CLS] = "sched_cls",
	[PBPF_PROG_TYPE_SCHED_ACT] = "sched_act",
	[PBPF_PROG_TYPE_TRACEPOINT] = "tracepoint",
	[PBPF_PROG_TYPE_XDP] = "xdp",
	[PBPF_PROG_TYPE_PERF_EVENT] = "perf_event",
	[PBPF_PROG_TYPE_CGROUP_SKB] = "cgroup_skb",
	[PBPF_PROG_TYPE_CGROUP_SOCK] = "cgroup_sock",
	[PBPF_PROG_TYPE_LWT_IN] = "lwt_in",
	[PBPF_PROG_TYPE_LWT_OUT] = "lwt_out",
	[PBPF_PROG_TYPE_LWT_XMIT] = "lwt_xmit",
	[PBPF_PROG_TYPE_SOCK_OPS] = "sock_ops",
	[PBPF_PROG_TYPE_SK_SKB] = "sk_skb",
	[PBPF_PROG_TYPE_CGROUP_DEVICE] = "cgroup_device",
	[PBPF_PROG_TYPE_SK_MSG] = "sk_msg",
	[PBPF_PROG_TYPE_RAW_TRACEPOINT] = "raw_tracepoint",
	[PBPF_PROG_TYPE_CGROUP_SOCK_ADDR] = "cgroup_sock_addr",
	[PBPF_PROG_TYPE_LWT_SEG6LOCAL] = "lwt_seg6local",
	[PBPF_PROG_TYPE_LIRC_MODE2] = "lirc_mode2",
	[PBPF_PROG_TYPE_SK_REUSEPORT] = "sk_reuseport",
	[PBPF_PROG_TYPE_FLOW_DISSECTOR] = "flow_dissector",
	[PBPF_PROG_TYPE_CGROUP_SYSCTL] = "cgroup_sysctl",
	[PBPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE] = "raw_tracepoint_writable",
	[PBPF_PROG_TYPE_CGROUP_SOCKOPT] = "cgroup_sockopt",
	[PBPF_PROG_TYPE_TRACING] = "tracing",
	[PBPF_PROG_TYPE_STRUCT_OPS] = "struct_ops",
	[PBPF_PROG_TYPE_EXT] = "ext",
	[PBPF_PROG_TYPE_LSM] = "lsm",
	[PBPF_PROG_TYPE_SK_LOOKUP] = "sk_lookup",
	[PBPF_PROG_TYPE_SYSCALL] = "syscall",
	[PBPF_PROG_TYPE_NETFILTER] = "netfilter",
};

static const char *const map_types[] = {
	[PBPF_MAP_TYPE_HASH] = "hash",
	[PBPF_MAP_TYPE_ARRAY] = "array",
	[PBPF_MAP_TYPE_PROG_ARRAY] = "prog_array",
	[PBPF_MAP_TYPE_PERF_EVENT_ARRAY] = "perf_event_array",
	[PBPF_MAP_TYPE_PERCPU_HASH] = "percpu_hash",
	[PBPF_MAP_TYPE_PERCPU_ARRAY] = "percpu_array",
	[PBPF_MAP_TYPE_STACK_TRACE] = "stack_trace",
	[PBPF_MAP_TYPE_CGROUP_ARRAY] = "cgroup_array",
	[PBPF_MAP_TYPE_LRU_HASH] = "lru_hash",
	[PBPF_MAP_TYPE_LRU_PERCPU_HASH] = "lru_percpu_hash",
	[PBPF_MAP_TYPE_LPM_TRIE] = "lpm_trie",
	[PBPF_MAP_TYPE_ARRAY_OF_MAPS] = "array_of_maps",
	[PBPF_MAP_TYPE_HASH_OF_MAPS] = "hash_of_maps",
	[PBPF_MAP_TYPE_DEVMAP] = "devmap",
	[PBPF_MAP_TYPE_SOCKMAP] = "sockmap",
	[PBPF_MAP_TYPE_CPUMAP] = "cpumap",
	[PBPF_MAP_TYPE_XSKMAP] = "xskmap",
	[PBPF_MAP_TYPE_SOCKHASH] = "sockhash",
	[PBPF_MAP_TYPE_CGROUP_STORAGE] = "cgroup_storage",
	[PBPF_MAP_TYPE_REUSEPORT_SOCKARRAY] = "reuseport_sockarray",
	[PBPF_MAP_TYPE_PERCPU_CGROUP_STORAGE] = "percpu_cgroup_storage",
	[PBPF_MAP_TYPE_QUEUE] = "queue",
	[PBPF_MAP_TYPE_STACK] = "stack",
	[PBPF_MAP_TYPE_SK_STORAGE] = "sk_storage",
	[PBPF_MAP_TYPE_DEVMAP_HASH] = "devmap_hash",
	[PBPF_MAP_TYPE_STRUCT_OPS] = "struct_ops",
	[PBPF_MAP_TYPE_RINGBUF] = "ringbuf",
	[PBPF_MAP_TYPE_INODE_STORAGE] = "inode_storage",
	[PBPF_MAP_TYPE_TASK_STORAGE] = "task_storage",
	[PBPF_MAP_TYPE_BLOOM_FILTER] = "bloom_filter",
	[PBPF_MAP_TYPE_USER_RINGBUF] = "user_ringbuf",
	[PBPF_MAP_TYPE_CGRP_STORAGE] = "cgrp_storage",
	[PBPF_MAP_TYPE_ARENA] = "arena",
	[PBPF_MAP_TYPE_INSN_ARRAY] = "insn_array",
};

const char *pbpf_program_type_name(uint32_t type)
{
	return type < sizeof(program_types) / sizeof(program_types[0]) ? program_types[type] : NULL;
}

const char *pbpf_map_type_name(uint32_t type)
{
	return type < sizeof(map_types) / sizeof(map_types[0]) ? map_types[type] : NULL;
}
