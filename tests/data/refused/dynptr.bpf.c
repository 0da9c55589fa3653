// SPDX-License-Identifier: MIT
/* A dynptr is read that was never made. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

SEC("socket")
int read(struct __sk_buff *ctx)
{
	struct bpf_dynptr text = {};
	char room[8];

	bpf_dynptr_read(room, sizeof(room), &text, 0, 0);
	return 0;
}
