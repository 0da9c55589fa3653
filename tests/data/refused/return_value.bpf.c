// SPDX-License-Identifier: MIT
/* A program of this type may return 0 or 1, and this one returns more. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

SEC("cgroup/dev")
int allow(struct bpf_cgroup_dev_ctx *ctx)
{
	return ctx->major;
}
