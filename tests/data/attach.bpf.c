// SPDX-License-Identifier: MIT
/* Programs that count how often they run, each for another place to be attached to. */
#include <linux/bpf.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

/* One counter for each program, in the order of these names. */
enum { XDP, TCX, FIRST, EGRESS, SOCK, LOOKUP, FILTER, VERDICT, UPROBE, URETPROBE, EVENT, COUNTERS };
struct {
	__u64 runs[COUNTERS];
	__u64 first_saw; /* runs[TCX] when count_first ran last */
	__u64 cookie;	 /* the last one seen */
	__u64 pid;	 /* the only process that tracing counts */
} seen;

struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u32);
} sockets SEC(".maps");

/* What the test sends: an Ethernet type for experiments, which nothing else uses. */
#define TEST_FRAME bpf_htons(0x88b5)

SEC("xdp") int count_xdp(struct xdp_md *ctx)
{
	const __u16 *frame = (void *)(long)ctx->data;

	if (frame + 7 <= (const __u16 *)(long)ctx->data_end && frame[6] == TEST_FRAME)
		seen.runs[XDP]++;
	return XDP_PASS;
}

SEC("xdp") int drop_xdp(struct xdp_md *ctx)
{
	return XDP_DROP;
}

SEC("tcx/ingress") int count_tcx(struct __sk_buff *skb)
{
	if (skb->protocol == TEST_FRAME)
		seen.runs[TCX]++;
	return -1; /* TCX_NEXT */
}

SEC("tcx/ingress") int count_first(struct __sk_buff *skb)
{
	if (skb->protocol != TEST_FRAME)
		return -1;
	seen.runs[FIRST]++;
	seen.first_saw = seen.runs[TCX];
	return -1;
}

SEC("cgroup_skb/egress") int count_egress(struct __sk_buff *skb)
{
	seen.runs[EGRESS]++;
	return 1;
}

SEC("cgroup/sock_create") int count_sock(struct bpf_sock *sk)
{
	seen.runs[SOCK]++;
	return 1;
}

SEC("sk_lookup") int count_lookup(struct bpf_sk_lookup *ctx)
{
	seen.runs[LOOKUP]++;
	return SK_PASS;
}

struct bpf_nf_ctx;
SEC("netfilter") int count_netfilter(struct bpf_nf_ctx *ctx)
{
	seen.runs[FILTER]++;
	return 1; /* NF_ACCEPT */
}

SEC("sk_skb/stream_verdict") int count_verdict(struct __sk_buff *skb)
{
	seen.runs[VERDICT]++;
	return SK_PASS;
}

static int is_ours(void)
{
	return bpf_get_current_pid_tgid() >> 32 == seen.pid;
}

SEC("uprobe") int count_uprobe(void *ctx)
{
	if (is_ours()) {
		seen.runs[UPROBE]++;
		seen.cookie = bpf_get_attach_cookie(ctx);
	}
	return 0;
}

SEC("uretprobe//proc/self/exe:traced_one") int count_uretprobe(void *ctx)
{
	if (is_ours())
		seen.runs[URETPROBE]++;
	return 0;
}

SEC("uprobe.multi//proc/self/exe:traced_*") int count_multi(void *ctx)
{
	if (is_ours()) {
		seen.runs[UPROBE]++;
		seen.cookie = bpf_get_attach_cookie(ctx);
	}
	return 0;
}

SEC("perf_event") int count_event(void *ctx)
{
	seen.runs[EVENT]++;
	return 0;
}

/* Writes a byte for each task; the last call comes without one. */
struct seq_file;
struct bpf_iter_meta {
	struct seq_file *seq;
} __attribute__((preserve_access_index));
struct task_struct;
struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
} __attribute__((preserve_access_index));

SEC("iter/task") int list_tasks(struct bpf_iter__task *ctx)
{
	if (ctx->task)
		bpf_seq_write(ctx->meta->seq, "t", 1);
	return 0;
}
