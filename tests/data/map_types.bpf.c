// SPDX-License-Identifier: MIT
/* One map of each type that Linux 6.18 has, but for struct_ops; with types for key and value wherever there
 * is a key and a value. No program uses them. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "MIT";

#define CGRP_STORAGE 32 /* Linux 6.2 */
#define ARENA	     33 /* Linux 6.9 */

#define MAP(name, number, key_type, value_type, entries, flags) \
	struct {                                                \
		__uint(type, number);                           \
		__type(key, key_type);                          \
		__type(value, value_type);                      \
		__uint(max_entries, entries);                   \
		__uint(map_flags, flags);                       \
	} name SEC(".maps")

#define LIST(name, number, value_type)     \
	struct {                           \
		__uint(type, number);      \
		__type(value, value_type); \
		__uint(max_entries, 8);    \
	} name SEC(".maps")

#define BYTES(name, number, size, flags)   \
	struct {                           \
		__uint(type, number);      \
		__uint(max_entries, size); \
		__uint(map_flags, flags);  \
	} name SEC(".maps")

struct prefix {
	__u32 length;
	__u8 bytes[4];
};

MAP(hash, BPF_MAP_TYPE_HASH, __u32, __u64, 8, 0);
MAP(array, BPF_MAP_TYPE_ARRAY, __u32, __u64, 8, 0);
MAP(prog_array, BPF_MAP_TYPE_PROG_ARRAY, __u32, __u32, 8, 0);
MAP(perf_event_array, BPF_MAP_TYPE_PERF_EVENT_ARRAY, __u32, __u32, 0, 0);
MAP(percpu_hash, BPF_MAP_TYPE_PERCPU_HASH, __u32, __u64, 8, 0);
MAP(percpu_array, BPF_MAP_TYPE_PERCPU_ARRAY, __u32, __u64, 8, 0);
MAP(stack_trace, BPF_MAP_TYPE_STACK_TRACE, __u32, __u64[127], 8, 0);
MAP(cgroup_array, BPF_MAP_TYPE_CGROUP_ARRAY, __u32, __u32, 8, 0);
MAP(lru_hash, BPF_MAP_TYPE_LRU_HASH, __u32, __u64, 8, 0);
MAP(lru_percpu_hash, BPF_MAP_TYPE_LRU_PERCPU_HASH, __u32, __u64, 8, 0);
MAP(lpm_trie, BPF_MAP_TYPE_LPM_TRIE, struct prefix, __u64, 8, BPF_F_NO_PREALLOC);
MAP(devmap, BPF_MAP_TYPE_DEVMAP, __u32, struct bpf_devmap_val, 8, 0);
MAP(sockmap, BPF_MAP_TYPE_SOCKMAP, __u32, __u64, 8, 0);
MAP(cpumap, BPF_MAP_TYPE_CPUMAP, __u32, struct bpf_cpumap_val, 8, 0);
MAP(xskmap, BPF_MAP_TYPE_XSKMAP, __u32, __u32, 8, 0);
MAP(sockhash, BPF_MAP_TYPE_SOCKHASH, __u32, __u64, 8, 0);
MAP(cgroup_storage, BPF_MAP_TYPE_CGROUP_STORAGE, struct bpf_cgroup_storage_key, __u64, 0, 0);
MAP(reuseport_array, BPF_MAP_TYPE_REUSEPORT_SOCKARRAY, __u32, __u64, 8, 0);
MAP(percpu_storage, BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE, struct bpf_cgroup_storage_key, __u64, 0, 0);
MAP(sk_storage, BPF_MAP_TYPE_SK_STORAGE, int, __u64, 0, BPF_F_NO_PREALLOC);
MAP(devmap_hash, BPF_MAP_TYPE_DEVMAP_HASH, __u32, struct bpf_devmap_val, 8, 0);
MAP(inode_storage, BPF_MAP_TYPE_INODE_STORAGE, int, __u64, 0, BPF_F_NO_PREALLOC);
MAP(task_storage, BPF_MAP_TYPE_TASK_STORAGE, int, __u64, 0, BPF_F_NO_PREALLOC);
MAP(cgrp_storage, CGRP_STORAGE, int, __u64, 0, BPF_F_NO_PREALLOC);
LIST(queue, BPF_MAP_TYPE_QUEUE, __u64);
LIST(stack, BPF_MAP_TYPE_STACK, __u64);
BYTES(ringbuf, BPF_MAP_TYPE_RINGBUF, 4096, 0);
BYTES(user_ringbuf, BPF_MAP_TYPE_USER_RINGBUF, 5000, 0);
BYTES(arena, ARENA, 100, BPF_F_MMAPABLE);

struct {
	__uint(type, BPF_MAP_TYPE_BLOOM_FILTER);
	__type(value, __u64);
	__uint(max_entries, 8);
	__uint(map_extra, 3);
} bloom_filter SEC(".maps");

struct inner {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, 1);
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__type(key, __u32);
	__type(value, __u32);
	__uint(max_entries, 8);
	__array(values, struct inner);
} array_of_maps SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH_OF_MAPS);
	__type(key, __u32);
	__type(value, __u32);
	__uint(max_entries, 8);
	__array(values, struct inner);
} hash_of_maps SEC(".maps");
