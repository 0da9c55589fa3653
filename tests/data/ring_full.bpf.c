// SPDX-License-Identifier: MIT
/*
 * A ring of one page for events of 1000 bytes, four of which fit where pages have 4 KiB. Each test
 * run sends one; what does not fit is counted.
 */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "MIT";

struct large_event {
	__u64 number;
	char filler[992];
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} ring SEC(".maps") __attribute__((btf_decl_tag("event:struct large_event")));

const struct large_event *unused __attribute__((unused));

__u64 sent, lost;

SEC("socket")
int send(struct __sk_buff *ctx)
{
	struct large_event *event = bpf_ringbuf_reserve(&ring, sizeof(*event), 0);

	if (!event) {
		__sync_fetch_and_add(&lost, 1);
		return 0;
	}
	event->number = __sync_fetch_and_add(&sent, 1);
	__builtin_memset(event->filler, 'x', sizeof(event->filler));
	bpf_ringbuf_submit(event, 0);
	return 1;
}
