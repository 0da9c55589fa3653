// SPDX-License-Identifier: MIT
/* A helper is called while a spin lock is held. */
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
int count(struct __sk_buff *ctx)
{
	__u32 key = 0;
	struct locked *value = bpf_map_lookup_elem(&counts, &key);

	if (!value)
		return 0;
	bpf_spin_lock(&value->lock);
	value->count = bpf_get_prandom_u32();
	bpf_spin_unlock(&value->lock);
	return 0;
}
