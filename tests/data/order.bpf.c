// SPDX-License-Identifier: MIT
/* Programs of which several run at one place: each writes its digit, so that a number says in which order. */
#include <linux/bpf.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

struct {
	__u64 order;
	__u64 cookie; /* the last one seen */
	__u64 pid;    /* the only process that tracing looks at */
} seen;

/* What the test sends: an Ethernet type for experiments, which nothing else uses. */
#define TEST_FRAME bpf_htons(0x88b5)

static int write_digit(int digit, int verdict)
{
	seen.order = seen.order * 10 + digit;
	return verdict;
}

#define TC(name, digit)                                                           \
	SEC("tc") int name(struct __sk_buff *skb)                                 \
	{                                                                         \
		return skb->protocol == TEST_FRAME ? write_digit(digit, -1) : -1; \
	}
#define CGROUP(name, digit)                                      \
	SEC("cgroup_skb/egress") int name(struct __sk_buff *skb) \
	{                                                        \
		return write_digit(digit, 1);                    \
	}
#define ON_XDP(name, digit)                                                                   \
	SEC("xdp") int name(struct xdp_md *ctx)                                               \
	{                                                                                     \
		const __u16 *frame = (void *)(long)ctx->data;                                 \
		if (frame + 7 > (const __u16 *)(long)ctx->data_end || frame[6] != TEST_FRAME) \
			return XDP_PASS;                                                      \
		return write_digit(digit, XDP_PASS);                                          \
	}

TC(tc_1, 1)
TC(tc_2, 2)
TC(tc_3, 3)
TC(tc_4, 4)
CGROUP(cgroup_1, 1)
CGROUP(cgroup_2, 2)
CGROUP(cgroup_3, 3)
ON_XDP(xdp_1, 1)
ON_XDP(xdp_2, 2)

static int see_cookie(void *ctx)
{
	if (bpf_get_current_pid_tgid() >> 32 == seen.pid)
		seen.cookie = bpf_get_attach_cookie(ctx);
	return 0;
}

SEC("?tp/syscalls/sys_enter_getpgid") int tracepoint(void *ctx)
{
	return see_cookie(ctx);
}

SEC("?raw_tp/sys_enter") int raw_tracepoint(void *ctx)
{
	return see_cookie(ctx);
}

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8);
	__type(key, __u32);
	__type(value, __u32);
} elements SEC(".maps");

/* Writes each element's key and value. */
struct seq_file;
struct bpf_iter_meta {
	struct seq_file *seq;
} __attribute__((preserve_access_index));
struct bpf_iter__bpf_map_elem {
	struct bpf_iter_meta *meta;
	struct bpf_map *map;
	void *key;
	void *value;
} __attribute__((preserve_access_index));

SEC("iter/bpf_map_elem") int list_elements(struct bpf_iter__bpf_map_elem *ctx)
{
	__u32 pair[2], *key = ctx->key, *value = ctx->value;

	if (!key || !value)
		return 0;
	pair[0] = *key;
	pair[1] = *value;
	bpf_seq_write(ctx->meta->seq, pair, sizeof(pair));
	return 0;
}
