// SPDX-License-Identifier: MIT
/*
 * Counts system calls by the name of the process that makes them, in a hash map that user space can
 * read at the same time.
 *
 * counter.c loads, attaches, and prints the map.
 */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual MIT/GPL";

struct name {
	char comm[16];
};

/* The kernel makes this map at load. When it is full, the update below fails and that name goes
 * uncounted. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, struct name);
	__type(value, __u64);
	__uint(max_entries, 1024);
} calls SEC(".maps");

/* A raw tracepoint: the kernel's own, without the layer that gives its arguments names. */
SEC("raw_tp/sys_enter")
int on_system_call(void *ctx)
{
	struct name name = {};
	__u64 one = 1, *count;

	bpf_get_current_comm(name.comm, sizeof(name.comm));
	count = bpf_map_lookup_elem(&calls, &name);
	if (count)
		__sync_fetch_and_add(count, 1); /* other CPUs count too */
	else
		bpf_map_update_elem(&calls, &name, &one, BPF_NOEXIST);
	return 0;
}
