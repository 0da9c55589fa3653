// SPDX-License-Identifier: MIT
/* A helper that programs of this type do not have. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

SEC("xdp")
int bind(struct xdp_md *ctx)
{
	return bpf_bind((void *)ctx, 0, 0);
}
