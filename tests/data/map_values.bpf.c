// SPDX-License-Identifier: MIT
/* Maps whose keys and values have types of every kind that can be written down. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "MIT";

enum state { RUNNING, SLEEPING = 7, DEAD = 9 };

struct task {
	__u32 pid;
	char comm[8];
};
struct seen {
	enum state state;
	__u16 flags : 3, mode : 5;
	__u16 ports[2];
	struct {
		__u8 tos, ttl;
	};
	__s64 delta;
};
struct hits {
	__u64 count;
	_Bool hot;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, struct task);
	__type(value, struct seen);
	__uint(max_entries, 100);
} tasks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__type(key, enum state);
	__type(value, struct hits);
	__uint(max_entries, 8);
} per_cpu SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, __s16);
	__uint(max_entries, 3);
} numbers SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__type(key, __u32);
	__type(value, __u32);
	__uint(max_entries, 2);
} jumps SEC(".maps");

SEC("socket")
int pass(void *ctx)
{
	__u32 key = 0;

	return bpf_map_lookup_elem(&numbers, &key) != 0;
}
