// SPDX-License-Identifier: MIT
/* A socket is given back that was never taken. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

SEC("tc")
int look(struct __sk_buff *ctx)
{
	struct bpf_sock *sock = ctx->sk;

	if (sock)
		bpf_sk_release(sock); /* bpf_sk_lookup_tcp() gives one to release */
	return 0;
}
