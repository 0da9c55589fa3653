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
