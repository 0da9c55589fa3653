// SPDX-License-Identifier: MIT
/* A stack slot is chosen by a variable offset without bounds. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

SEC("socket")
int choose(struct __sk_buff *ctx)
{
	volatile char room[16] = {0};

	return room[ctx->len];
}
