// SPDX-License-Identifier: MIT
/* A reserved record of the ring buffer is neither submitted nor discarded. */
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

	if (!record)
		return 0;
	*record = ctx->len;
	if (ctx->len < 64)
		return 0; /* and the record? */
	bpf_ringbuf_submit(record, 0);
	return 0;
}
