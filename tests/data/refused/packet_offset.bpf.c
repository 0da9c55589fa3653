// SPDX-License-Identifier: MIT
/* An offset that may be anything, negative too, is added to a packet pointer. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

SEC("xdp")
int skip(struct xdp_md *ctx)
{
	unsigned char *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	__s64 offset = bpf_ktime_get_ns();

	data += offset;
	if (data + 1 > end)
		return XDP_PASS;
	return *data ? XDP_PASS : XDP_DROP;
}
