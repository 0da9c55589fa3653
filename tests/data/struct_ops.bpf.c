// SPDX-License-Identifier: MIT
/* A congestion control that hardly controls, three times: without a link, with one, and one to change to. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL";

int acks;
int other_acks;

struct sock;

/* A part of the kernel's struct, and more than it has. */
struct tcp_congestion_ops___part {
	__u32 (*undo_cwnd)(struct sock *sk);
	__u32 (*ssthresh)(struct sock *sk);
	void (*cong_avoid)(struct sock *sk, __u32 ack, __u32 acked);
	char name[16];
	long in_no_kernel;
	void (*nor_this)(void);
};

SEC("struct_ops")
__u32 BPF_PROG(ssthresh, struct sock *sk)
{
	return 2;
}

SEC("struct_ops")
__u32 BPF_PROG(undo_cwnd, struct sock *sk)
{
	return 10;
}

SEC("struct_ops")
void BPF_PROG(cong_avoid, struct sock *sk, __u32 ack, __u32 acked)
{
	__sync_fetch_and_add(&acks, 1);
}

SEC("struct_ops")
void BPF_PROG(other_cong_avoid, struct sock *sk, __u32 ack, __u32 acked)
{
	__sync_fetch_and_add(&other_acks, 1);
}

SEC(".struct_ops")
struct tcp_congestion_ops___part by_value = {
	.ssthresh = (void *)ssthresh,
	.undo_cwnd = (void *)undo_cwnd,
	.cong_avoid = (void *)cong_avoid,
	.name = "pbpf_value",
};

SEC(".struct_ops.link")
struct tcp_congestion_ops___part by_link = {
	.ssthresh = (void *)ssthresh,
	.undo_cwnd = (void *)undo_cwnd,
	.cong_avoid = (void *)cong_avoid,
	.name = "pbpf_link",
};

SEC("?.struct_ops.link")
struct tcp_congestion_ops___part instead = {
	.ssthresh = (void *)ssthresh,
	.undo_cwnd = (void *)undo_cwnd,
	.cong_avoid = (void *)other_cong_avoid,
	.name = "pbpf_link",
};
