// SPDX-License-Identifier: MIT
/*
 * A flight recorder: each run writes 64 numbered records, and a ring that is full drops its oldest.
 */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#define F_RB_OVERWRITE (1U << 19) /* Linux 6.19 */

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(map_flags, F_RB_OVERWRITE);
	__uint(max_entries, 65536);
} ring SEC(".maps");

__u64 written, refused;

#define WRITE(size)                                              \
	do {                                                     \
		__u64 *at = bpf_ringbuf_reserve(&ring, size, 0); \
                                                                 \
		if (at) {                                        \
			at[0] = written;                         \
			at[(size) / 8 - 1] = written++;          \
			bpf_ringbuf_submit(at, 0);               \
		} else {                                         \
			refused++;                               \
		}                                                \
	} while (0)

SEC("socket")
int produce(struct __sk_buff *ctx)
{
	for (int i = 0; i < 32; i++) {
		WRITE(16);
		WRITE(1000);
	}
	return 0;
}
