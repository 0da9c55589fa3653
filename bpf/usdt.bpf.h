/* SPDX-License-Identifier: MIT */
/*
 * Programs at USDT probes, the places that a program's author marked with <sys/sdt.h>.
 *
 *	SEC("usdt/libc.so.6:libc:setjmp") int BPF_USDT(on_setjmp, void *env, int value)
 *
 * The arguments of a probe are where the compiler left them: in registers, in memory, or nowhere, as
 * constants. The loader reads the notes that say so and writes them to a map, as specs, which the
 * functions here follow.
 *
 *	long bpf_usdt_arg(ctx, n, &value)   the n-th argument, from 0; as wide and signed as its author had it
 *	bpf_usdt_arg_cnt(ctx)               how many there are
 *	bpf_usdt_arg_size(ctx, n)           bytes of the n-th
 *	bpf_usdt_cookie(ctx)                what the one who attached it gave
 *
 * They return a negative errno: -ENOENT no such argument, -EINVAL one that the loader could not make sense
 * of, -EFAULT memory that is not there; *value is 0 then, as it is in BPF_USDT(). -ESRCH: no spec.
 *
 * Registers are found with -D__TARGET_ARCH_x86 and so on, see bpf_tracing.h. The names and the layouts of
 * the maps are those of libbpf before 1.7; objects may be loaded by plainbpf or by that.
 */
#ifndef __USDT_BPF_H__
#define __USDT_BPF_H__

#include <linux/errno.h>

#include "bpf_helpers.h"
#include "bpf_tracing.h"

/* How many specs there can be: one for each probe that is attached, and for each different way that its
 * arguments are passed. To be defined before this header is included, if that is too few. */
#ifndef BPF_USDT_MAX_SPEC_CNT
#define BPF_USDT_MAX_SPEC_CNT 256
#endif
/* How many places, on kernels before 5.15. */
#ifndef BPF_USDT_MAX_IP_CNT
#define BPF_USDT_MAX_IP_CNT (4 * BPF_USDT_MAX_SPEC_CNT)
#endif
#define BPF_USDT_MAX_ARG_CNT 12

/* Where an argument is: the value itself, a register, memory at a register, or at a register and an index. */
enum ___usdt_kind { ___USDT_CONSTANT, ___USDT_REGISTER, ___USDT_MEMORY, ___USDT_INDEXED };

struct ___usdt_arg {
	__u64 value; /* the constant, or what is added to the register */
	__u32 how;   /* kind, index register, shift of the index */
	short reg;   /* byte offset in the context, as is the index */
	__u8 is_signed;
	__u8 shift; /* bits of 64 that are not the argument's */
};

struct ___usdt_spec {
	struct ___usdt_arg args[BPF_USDT_MAX_ARG_CNT];
	__u64 cookie;
	short count;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, BPF_USDT_MAX_SPEC_CNT);
	__type(key, int);
	__type(value, struct ___usdt_spec);
} __bpf_usdt_specs SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, BPF_USDT_MAX_IP_CNT);
	__type(key, long);
	__type(value, __u32);
} __bpf_usdt_ip_to_spec_id SEC(".maps") __weak;

extern const _Bool LINUX_HAS_BPF_COOKIE __kconfig;

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define ___usdt_index(how)	 ((how) >> 8 & 0xfff)
#define ___usdt_index_shift(how) ((how) >> 20 & 15)
#else
#define ___usdt_index(how)	 ((how) >> 12 & 0xfff)
#define ___usdt_index_shift(how) ((how) >> 8 & 15)
#endif

/* The spec of the place that the program runs for, or NULL. */
static __always_inline struct ___usdt_spec *___usdt_spec(struct pt_regs *ctx)
{
	int id;

	if (LINUX_HAS_BPF_COOKIE) {
		id = (int)bpf_get_attach_cookie(ctx);
	} else {
		long ip = PT_REGS_IP(ctx);
		int *known = bpf_map_lookup_elem(&__bpf_usdt_ip_to_spec_id, &ip);

		if (!known)
			return NULL;
		id = *known;
	}
	return bpf_map_lookup_elem(&__bpf_usdt_specs, &id);
}

/* The n-th argument of a spec, or NULL. */
static __always_inline struct ___usdt_arg *___usdt_arg(struct ___usdt_spec *spec, __u64 n)
{
	if (n >= BPF_USDT_MAX_ARG_CNT)
		return NULL;
	asm volatile(""
		     : "+r"(n)); /* else the compiler leaves out one of the two, and the verifier
				     * wants the first */
	return n < (__u64)spec->count ? &spec->args[n] : NULL;
}

static __always_inline int ___usdt_register(struct pt_regs *ctx, int offset, unsigned long *value)
{
	return bpf_probe_read_kernel(value, sizeof(*value), (void *)ctx + offset);
}

static __always_inline __u32 ___usdt_size(const struct ___usdt_arg *arg)
{
	return 8 - (arg->shift >> 3 & 7);
}

/* Reads as many bytes as the argument has: behind it there may be none. */
static __always_inline int ___usdt_memory(struct ___usdt_arg *arg, unsigned long address,
					  unsigned long *value)
{
	int err;

	*value = 0;
	err = bpf_probe_read_user(value, ___usdt_size(arg), (void *)(address + arg->value));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	*value >>= arg->shift & 63;
#endif
	return err;
}

static __always_inline int ___usdt_read(struct pt_regs *ctx, struct ___usdt_arg *arg,
					unsigned long *value)
{
	unsigned long index = 0;
	int kind = arg->how & 0xff, err = 0;

	if (kind == ___USDT_CONSTANT) {
		*value = arg->value;
		return 0;
	}
	if (kind > ___USDT_INDEXED)
		return -EINVAL;
	err = ___usdt_register(ctx, arg->reg, value);
	if (!err && kind == ___USDT_INDEXED)
		err = ___usdt_register(ctx, ___usdt_index(arg->how), &index);
	if (!err && kind != ___USDT_REGISTER)
		err = ___usdt_memory(arg, *value + (index << ___usdt_index_shift(arg->how)), value);
	return err;
}

__weak __hidden int bpf_usdt_arg_cnt(struct pt_regs *ctx)
{
	struct ___usdt_spec *spec = ___usdt_spec(ctx);

	return spec ? spec->count : -ESRCH;
}

__weak __hidden int bpf_usdt_arg_size(struct pt_regs *ctx, __u64 arg_num)
{
	struct ___usdt_spec *spec = ___usdt_spec(ctx);
	struct ___usdt_arg *arg;

	if (!spec)
		return -ESRCH;
	arg = ___usdt_arg(spec, arg_num);
	return arg ? (int)___usdt_size(arg) : -ENOENT;
}

__weak __hidden int bpf_usdt_arg(struct pt_regs *ctx, __u64 arg_num, long *res)
{
	struct ___usdt_spec *spec = ___usdt_spec(ctx);
	struct ___usdt_arg *arg;
	unsigned long value = 0;
	int err;

	*res = 0;
	if (!spec)
		return -ESRCH;
	arg = ___usdt_arg(spec, arg_num);
	if (!arg)
		return -ENOENT;
	err = ___usdt_read(ctx, arg, &value);
	if (err)
		return err;
	/* Only the argument's own bits, and its sign. */
	value <<= arg->shift & 63;
	*res = arg->is_signed ? (long)value >> (arg->shift & 63)
			      : (long)(value >> (arg->shift & 63));
	return 0;
}

__weak __hidden long bpf_usdt_cookie(struct pt_regs *ctx)
{
	struct ___usdt_spec *spec = ___usdt_spec(ctx);

	return spec ? (long)spec->cookie : 0;
}

/* clang-format off */

/* A program whose arguments are the probe's, of any integer or pointer type; `ctx` stays visible. */
#define ___usdt_value(n)                          \
	({                                        \
		long ___value;                    \
		bpf_usdt_arg(ctx, n - 1, &___value); \
		(void *)___value;                 \
	})
#define BPF_USDT(name, args...) \
	___bpf_program(name, struct pt_regs, ___bpf_return(name, ___usdt_value, ##args), ##args)

/* clang-format on */

#endif
