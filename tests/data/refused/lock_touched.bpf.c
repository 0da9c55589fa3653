// SPDX-License-Identifier: MIT
/* A spin lock is written to as if it were data. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

struct locked {
	struct bpf_spin_lock lock;
	__u32 count;
};
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, struct locked);
	__uint(max_entries, 1);
} counts SEC(".maps");

SEC("tc")
int reset(struct __sk_buff *ctx)
{
	__u32 key = 0;
	struct locked *value = bpf_map_lookup_elem(&counts, &key);

	if (value)
		__builtin_memset(value, 0, sizeof(*value));
	return 0;
}
