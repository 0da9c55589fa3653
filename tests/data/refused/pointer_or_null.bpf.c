// SPDX-License-Identifier: MIT
/* A ring buffer may be full: what bpf_ringbuf_reserve() gives may be NULL. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");

SEC("socket")
int send(struct __sk_buff *ctx)
{
	__u32 *record = bpf_ringbuf_reserve(&events, sizeof(*record), 0);

	*record = ctx->len;
	bpf_ringbuf_submit(record, 0);
	return 0;
}
