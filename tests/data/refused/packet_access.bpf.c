// SPDX-License-Identifier: MIT
/* A packet is read without comparing with its end. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

SEC("xdp")
int first_byte(struct xdp_md *ctx)
{
	unsigned char *data = (void *)(long)ctx->data;

	return data[0] == 0x45 ? XDP_DROP : XDP_PASS;
}
