// SPDX-License-Identifier: MIT
/* Structs of functions that are programs: a congestion control that hardly controls, attached in both ways; and
 * the struct that the kernel has to try programs with, which is attached to nothing (net/bpf). */
#include <linux/bpf.h>

#include "kinds.h"
#include <bpf/bpf_tracing.h>

struct sock;
struct tcp_congestion_ops {
	__u32 (*undo_cwnd)(struct sock *sk);
	__u32 (*ssthresh)(struct sock *sk);
	void (*cong_avoid)(struct sock *sk, __u32 ack, __u32 acked);
	char name[16];
};

SEC("struct_ops") __u32 BPF_PROG(ssthresh, struct sock *sk)
{
	return 2;
}

SEC("struct_ops") __u32 BPF_PROG(undo_cwnd, struct sock *sk)
{
	return 10;
}

SEC("struct_ops") void BPF_PROG(cong_avoid, struct sock *sk, __u32 ack, __u32 acked)
{
	count(0);
}

SEC("?.struct_ops")
struct tcp_congestion_ops by_value = {
	.ssthresh = (void *)ssthresh,
	.undo_cwnd = (void *)undo_cwnd,
	.cong_avoid = (void *)cong_avoid,
	.name = "plainbpf_kinds",
};

SEC("?.struct_ops.link")
struct tcp_congestion_ops by_link = {
	.ssthresh = (void *)ssthresh,
	.undo_cwnd = (void *)undo_cwnd,
	.cong_avoid = (void *)cong_avoid,
	.name = "plainbpf_kinds",
};

struct bpf_dummy_ops_state;
struct bpf_dummy_ops {
	int (*test_sleepable)(struct bpf_dummy_ops_state *state);
};

SEC("struct_ops.s") int BPF_PROG(test_sleepable, struct bpf_dummy_ops_state *state)
{
	return count(0);
}

SEC("?.struct_ops")
struct bpf_dummy_ops dummy = {
	.test_sleepable = (void *)test_sleepable,
};
