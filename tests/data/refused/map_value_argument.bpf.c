// SPDX-License-Identifier: MIT
/* A lock on the stack: nobody else could ever see it. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

SEC("tc")
int count(struct __sk_buff *ctx)
{
	struct bpf_spin_lock lock = {0};

	bpf_spin_lock(&lock);
	ctx->mark++;
	bpf_spin_unlock(&lock);
	return 0;
}
