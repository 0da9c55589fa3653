// SPDX-License-Identifier: MIT
/* A helper wants a map, and gets a pointer to something else. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

SEC("socket")
int count(struct __sk_buff *ctx)
{
	__u32 key = 0;

	bpf_map_lookup_elem(&key, &key);
	return 0;
}
