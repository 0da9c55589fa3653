/* SPDX-License-Identifier: MIT */
/* What old kernels lack, in an object that can do without all of it: kinds of BTF, a global function, names,
 * types of maps, an expected attach type, helpers that have an older form. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

enum large { LARGE = 0x123456789a };

struct value {
	float single;
	int tagged __attribute__((btf_decl_tag("a field")));
	int __attribute__((btf_type_tag("user"))) * user;
	enum large large;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, struct value);
} values SEC(".maps");

__attribute__((noinline)) int global_function(int number)
{
	asm volatile("" ::: "memory");
	return number + 1;
}

SEC("kprobe/do_nothing")
int reads(void *ctx)
{
	char word[8];

	bpf_probe_read_kernel(word, sizeof(word), ctx);
	bpf_probe_read_user(word, sizeof(word), ctx);
	bpf_probe_read_kernel_str(word, sizeof(word), ctx);
	bpf_probe_read_user_str(word, sizeof(word), ctx);
	return global_function(word[0]) & 1;
}

SEC("xdp")
int passes(struct xdp_md *ctx)
{
	__u32 key = 0;

	bpf_map_lookup_elem(&values, &key);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
