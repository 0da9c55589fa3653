// SPDX-License-Identifier: MIT
/* A field of the context that this type of program may not read. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

SEC("socket")
int drop(struct __sk_buff *ctx)
{
	return ctx->data == 0; /* for tc, cgroup_skb and others, not for socket filters */
}
