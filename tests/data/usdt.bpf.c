// SPDX-License-Identifier: MIT
/* Programs at USDT probes: what they get goes to a record that the test reads. */
#include <asm/ptrace.h>
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>
#include <bpf/usdt.bpf.h>

char LICENSE[] SEC("license") = "GPL";

/* Global, so that the test can fill in pid. */
struct {
	__u64 pid;   /* the only process that is looked at */
	__u64 calls; /* of on_probe */
	long values[12];
	long results[12]; /* of bpf_usdt_arg() */
	long sizes[12];
	long count;  /* of arguments */
	long cookie; /* the last one */
	long beyond; /* what an argument gives that does not exist */
	long typed;  /* as on_typed sees its two */
	__u64 auto_calls;
} saw;

static int is_ours(void)
{
	return bpf_get_current_pid_tgid() >> 32 == saw.pid;
}

SEC("usdt") int on_probe(struct pt_regs *ctx)
{
	long unused;

	if (!is_ours())
		return 0;
	saw.calls++;
#pragma unroll
	for (int i = 0; i < 12; i++) {
		saw.results[i] = bpf_usdt_arg(ctx, i, &saw.values[i]);
		saw.sizes[i] = bpf_usdt_arg_size(ctx, i);
	}
	saw.count = bpf_usdt_arg_cnt(ctx);
	saw.cookie = bpf_usdt_cookie(ctx);
	saw.beyond = bpf_usdt_arg(ctx, 12, &unused);
	return 0;
}

SEC("usdt") int BPF_USDT(on_typed, int a, char b)
{
	if (is_ours())
		saw.typed = (long)a * 1000 + b;
	return 0;
}

SEC("usdt//proc/self/exe:plainbpf:automatic") int BPF_USDT(on_automatic, int a)
{
	if (is_ours())
		saw.auto_calls += a;
	return 0;
}
