// SPDX-License-Identifier: MIT
/* An iterator is moved on that was never begun. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

struct bpf_iter_num {
	__u64 __opaque[1];
};
extern int *bpf_iter_num_next(struct bpf_iter_num *it) __ksym;

SEC("socket")
int walk(struct __sk_buff *ctx)
{
	struct bpf_iter_num it;

	return bpf_iter_num_next(&it) != 0; /* and bpf_iter_num_new()? */
}
