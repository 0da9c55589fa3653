/* SPDX-License-Identifier: MIT */
/*
 * The producer of bench/ringbuf: fills a ring with records of one size, as often as the context
 * says, and counts what found no room.
 */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

struct work {
	__u64 count;	/* records to produce */
	__u64 sequence; /* the number of the next one that fits */
	__u64 lost;
	__u32 flags; /* BPF_RB_* */
	__u32 stamp; /* write the time instead of the number */
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} ring SEC(".maps");

#define PRODUCER(size)                                                       \
	static long one_##size(__u64 i, void *ctx)                           \
	{                                                                    \
		struct work *work = ctx;                                     \
		__u64 *record = bpf_ringbuf_reserve(&ring, size, 0);         \
                                                                             \
		if (!record) {                                               \
			work->lost++;                                        \
			return 0;                                            \
		}                                                            \
		*record = work->stamp ? bpf_ktime_get_ns() : work->sequence; \
		work->sequence++;                                            \
		bpf_ringbuf_submit(record, work->flags);                     \
		return 0;                                                    \
	}                                                                    \
	SEC("syscall")                                                       \
	int produce_##size(struct work *ctx)                                 \
	{                                                                    \
		struct work work = *ctx;                                     \
                                                                             \
		bpf_loop((__u32)work.count, one_##size, &work, 0);           \
		ctx->sequence = work.sequence;                               \
		ctx->lost = work.lost;                                       \
		return 0;                                                    \
	}

PRODUCER(8)
PRODUCER(64)
PRODUCER(256)
PRODUCER(1024)

char LICENSE[] SEC("license") = "GPL";
