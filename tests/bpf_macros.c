// SPDX-License-Identifier: MIT
/*
 * Uses the macros of bpf/ that no sample needs; test_bpf_headers.sh compiles it for each architecture.
 * The registers stand in for those of a vmlinux.h.
 */
#include <linux/bpf.h>

#define __VMLINUX_H__
#if defined(__TARGET_ARCH_arm64)
struct user_pt_regs {
	__u64 regs[31], sp, pc;
};
#elif defined(__TARGET_ARCH_riscv)
struct user_regs_struct {
	unsigned long pc, ra, sp, s0, a0, a1, a2, a3, a4, a5, a6, a7;
};
#elif defined(__TARGET_ARCH_powerpc)
struct pt_regs {
	unsigned long gpr[32], nip, link;
};
#elif defined(__TARGET_ARCH_s390)
typedef struct {
	struct {
		unsigned long mask, addr;
	} psw;
	unsigned long gprs[16];
} user_pt_regs;
#else
struct pt_regs {
	unsigned long r10, bp, r9, r8, ax, cx, dx, si, di, ip, sp;
};
#endif

struct bpf_iter_num {
	__u64 state;
} __attribute__((aligned(8)));

#include <bpf/bpf_endian.h>
#include <bpf/bpf_tracing.h>
#include <bpf/usdt.bpf.h>

char LICENSE[] SEC("license") = "GPL";

struct leaf {
	const char *name;
	unsigned int narrow : 3;
} __attribute__((preserve_access_index));
struct branch {
	struct leaf *leaf;
} __attribute__((preserve_access_index));
struct tree {
	struct branch *const branch;
	int size;
} __attribute__((preserve_access_index));

struct pair {
	long a, b;
};

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
	__uint(max_entries, 1);
	__ulong(map_extra, 0x100000000ULL);
} jumps SEC(".maps");

long sum;
__u16 port = bpf_htons(80);

SEC("fentry/anything")
int BPF_PROG(words, const struct tree *tree, int depth)
{
	struct leaf *leaf = BPF_CORE_READ(tree, branch, leaf);
	char name[16], line[64];

	sum = BPF_CORE_READ(tree, size) + depth;
	BPF_CORE_READ_STR_INTO(&name, tree, branch, leaf, name);
	sum += BPF_CORE_READ_BITFIELD_PROBED(leaf, narrow);
	bpf_printk("none");
	bpf_printk("three %d %s %p", depth, name, tree);
	bpf_printk("four %d %s %p %d", depth, name, tree, 4);
	BPF_SNPRINTF(line, sizeof(line), "%d", depth);
	return 0;
}

SEC("fentry/anything")
int BPF_PROG2(by_value, int, first, struct pair, second, char, third)
{
	return first + second.a + second.b + third;
}

SEC("kprobe/anything")
int BPF_KPROBE(entered, int number, const char *text)
{
	unsigned long from;

	BPF_KPROBE_READ_RET_IP(from, ctx);
	return number + (text != NULL) + from + PT_REGS_IP(ctx) + PT_REGS_SP(ctx) + PT_REGS_FP(ctx);
}

SEC("kretprobe/anything")
int BPF_KRETPROBE(left, long result)
{
	return result + PT_REGS_RC_CORE(ctx);
}

SEC("ksyscall/anything")
int BPF_KSYSCALL(called, int fd, void *buf, unsigned long size, int d, int e)
{
	return fd + size + d + e;
}

SEC("usdt/anything")
int BPF_USDT(marked, int number, const char *text)
{
	return number + (text != NULL) + bpf_usdt_arg_cnt(ctx) + bpf_usdt_arg_size(ctx, 0) +
	       bpf_usdt_cookie(ctx);
}

SEC("raw_tp/anything")
int loops(void *ctx)
{
	int i, *each;

	bpf_for(i, 0, 10) sum += i;
	bpf_repeat(3) sum++;
	bpf_for_each(num, each, 0, 5)
	{
		if (*each == 3)
			break;
	}
	if (bpf_ksym_exists(bpf_iter_num_new))
		bpf_tail_call_static(ctx, &jumps, 0);
	return 0;
}

struct iter_context {
	struct seq_file *seq;
};

SEC("iter/anything")
int prints(struct iter_context *ctx)
{
	BPF_SEQ_PRINTF(ctx->seq, "%d %s", 1, "one");
	return 0;
}
