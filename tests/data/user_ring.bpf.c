// SPDX-License-Identifier: MIT
/*
 * Takes numbers out of a user ring buffer, and checks that they come in order: each run takes what is there.
 */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_USER_RINGBUF);
	__uint(max_entries, 65536);
} numbers SEC(".maps");

__u64 taken, out_of_order;

static long take(struct bpf_dynptr *message, void *ctx)
{
	__u64 number;

	if (bpf_dynptr_read(&number, sizeof(number), message, 0, 0))
		return 1;
	if (number != taken)
		out_of_order++;
	taken++;
	return 0;
}

SEC("socket")
int drain(struct __sk_buff *ctx)
{
	return (int)bpf_user_ringbuf_drain(&numbers, take, NULL, 0);
}
