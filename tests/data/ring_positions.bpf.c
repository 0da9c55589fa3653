// SPDX-License-Identifier: MIT
/*
 * Fills a ring with large records, of which only the ends are written: a few thousand runs bring its
 * positions beyond 4 GiB. Each third record is discarded, the others have their number at both ends.
 */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#define SMALL	16
#define LARGE	200000
#define RECORDS 64 /* at most, in one run */
#define SAMPLE	65000

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4 << 20);
} ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} events SEC(".maps");

__u64 written;
/* Where the kernel has the producer and the consumer, after a run. */
__u64 produced, consumed;
__u64 sample[SAMPLE / 8];

/* Is there room for one of `size` bytes? */
static __always_inline int record(const __u32 size, int keep)
{
	__u64 *at = bpf_ringbuf_reserve(&ring, size, 0);

	if (!at)
		return 0;
	at[0] = written;
	at[size / 8 - 1] = written;
	if (keep) {
		written++;
		bpf_ringbuf_submit(at, 0);
	} else {
		bpf_ringbuf_discard(at, 0);
	}
	return 1;
}

SEC("socket")
int produce(struct __sk_buff *ctx)
{
	for (int i = 0; i < RECORDS / 3; i++)
		if (!record(LARGE, 1) || !record(SMALL, 1) || !record(LARGE, 0))
			break;
	produced = bpf_ringbuf_query(&ring, BPF_RB_PROD_POS);
	consumed = bpf_ringbuf_query(&ring, BPF_RB_CONS_POS);
	return 0;
}

SEC("socket")
int output(struct __sk_buff *ctx)
{
	for (int i = 0; i < RECORDS; i++) {
		sample[0] = written;
		sample[SAMPLE / 8 - 1] = written;
		if (bpf_perf_event_output(ctx, &events, BPF_F_CURRENT_CPU, sample, SAMPLE))
			break;
		written++;
	}
	return 0;
}
