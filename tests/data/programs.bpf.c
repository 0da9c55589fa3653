// SPDX-License-Identifier: MIT
/* Programs about programs: one that is traced and replaced, and several ways to see the same. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL";

int calls;

/* Global, so that it can be replaced. */
__noinline int answer(struct __sk_buff *skb)
{
	return skb->len ? 1 : 2;
}

SEC("socket")
int asks(struct __sk_buff *skb)
{
	return answer(skb);
}

SEC("?freplace/answer")
int other_answer(struct __sk_buff *skb)
{
	return 42;
}

SEC("?fentry/answer")
int BPF_PROG(sees_the_call)
{
	calls++;
	return 0;
}

SEC("?fentry/a_function_that_no_kernel_has")
int BPF_PROG(by_fentry)
{
	return 0;
}

SEC("?kprobe/do_nanosleep")
int by_kprobe(void *ctx)
{
	return 0;
}

SEC("?tp/sched/sched_switch")
int by_tracepoint(void *ctx)
{
	return 0;
}

SEC("?made/up")
int made_up(void *ctx)
{
	return 7;
}

/* For test runs: what they change. */
SEC("?xdp")
int cuts(struct xdp_md *ctx)
{
	unsigned char *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;

	if (data + 1 > end)
		return XDP_DROP;
	data[0] = 0xaa;
	return bpf_xdp_adjust_tail(ctx, -4) ? XDP_ABORTED : XDP_TX;
}

SEC("?tc")
int marks(struct __sk_buff *skb)
{
	skb->mark += 0x100;
	return 2;
}

SEC("?syscall")
int doubles(int *number)
{
	*number *= 2;
	return *number;
}

/* One program, many functions. */
SEC("?fentry.multi/bpf_fentry_test*")
int BPF_PROG(sees_many)
{
	calls++;
	return 0;
}
