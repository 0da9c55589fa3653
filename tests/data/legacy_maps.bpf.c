// SPDX-License-Identifier: MIT
/* Maps as they were written before BTF: plain structs in a section "maps". */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

struct bpf_map_def {
	unsigned int type;
	unsigned int key_size;
	unsigned int value_size;
	unsigned int max_entries;
	unsigned int map_flags;
};

struct bpf_map_def SEC("maps") old_array = {
	.type = BPF_MAP_TYPE_ARRAY,
	.key_size = sizeof(__u32),
	.value_size = sizeof(__u64),
	.max_entries = 16,
};

struct bpf_map_def SEC("maps") old_hash = {
	.type = BPF_MAP_TYPE_HASH,
	.key_size = sizeof(__u64),
	.value_size = sizeof(__u64),
	.max_entries = 128,
	.map_flags = BPF_F_NO_PREALLOC,
};

SEC("socket")
int use_old_maps(struct __sk_buff *ctx)
{
	__u32 zero = 0;
	__u64 key = ctx->len, *count = bpf_map_lookup_elem(&old_array, &zero);

	if (count)
		bpf_map_update_elem(&old_hash, &key, count, BPF_ANY);
	return 0;
}
