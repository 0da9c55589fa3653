/* SPDX-License-Identifier: MIT */
/*
 * Programs with arguments that have names, and the registers of a probed function.
 *
 * A tracing program gets one pointer: to an array of 64-bit words (tp_btf, fentry, fexit, lsm, iter,
 * raw tracepoints) or to the registers (kprobe, uprobe). These macros write the function that takes
 * the pointer and calls yours with the words or registers as typed arguments; `ctx` stays visible.
 *
 *	SEC("fentry/do_unlinkat")         int BPF_PROG(on_unlink, int dfd, struct filename *name)
 *	SEC("kprobe/do_unlinkat")         int BPF_KPROBE(on_unlink, int dfd, struct filename *name)
 *	SEC("kretprobe/do_unlinkat")      int BPF_KRETPROBE(on_return, long result)
 *	SEC("ksyscall/unlinkat")          int BPF_KSYSCALL(on_call, int dfd, const char *path)
 *
 * Registers differ by architecture: compile with -D__TARGET_ARCH_x86, _arm64, _riscv, _powerpc or
 * _s390. Programs that use none (BPF_PROG only) need no such flag.
 */
#ifndef __BPF_TRACING_H__
#define __BPF_TRACING_H__

#include "bpf_core_read.h"
#include "bpf_helpers.h"

/* --- Registers ------------------------------------------------------------------------------ */

/*
 * For each architecture, by its procedure call standard: the registers of the first arguments, of
 * the return address, frame pointer, result, stack and instruction pointer; and where a system call
 * has its arguments. The kernel's struct pt_regs has them under these names.
 */
#if defined(__TARGET_ARCH_x86)

#if defined(__KERNEL__) || defined(__VMLINUX_H__)
#define ___reg_parm1 di
#define ___reg_parm2 si
#define ___reg_parm3 dx
#define ___reg_parm4 cx
#define ___reg_fp    bp
#define ___reg_rc    ax
#define ___reg_sp    sp
#define ___reg_ip    ip
#else /* the names that <asm/ptrace.h> gives to user space */
#define ___reg_parm1 rdi
#define ___reg_parm2 rsi
#define ___reg_parm3 rdx
#define ___reg_parm4 rcx
#define ___reg_fp    rbp
#define ___reg_rc    rax
#define ___reg_sp    rsp
#define ___reg_ip    rip
#endif
#define ___reg_parm5 r8
#define ___reg_parm6 r9
#define ___reg_ret   ___reg_sp /* what the stack pointer points to */
#define ___reg_call4 r10       /* the call instruction takes rcx */

#elif defined(__TARGET_ARCH_arm64)

#define ___regs_type	  struct user_pt_regs
#define ___reg_parm1	  regs[0]
#define ___reg_parm2	  regs[1]
#define ___reg_parm3	  regs[2]
#define ___reg_parm4	  regs[3]
#define ___reg_parm5	  regs[4]
#define ___reg_parm6	  regs[5]
#define ___reg_parm7	  regs[6]
#define ___reg_parm8	  regs[7]
#define ___reg_ret	  regs[30]
#define ___reg_fp	  regs[29]
#define ___reg_rc	  regs[0]
#define ___reg_sp	  sp
#define ___reg_ip	  pc
#define ___reg_orig_parm1 orig_x0

#elif defined(__TARGET_ARCH_riscv)

#define ___regs_type	  struct user_regs_struct
#define ___reg_parm1	  a0
#define ___reg_parm2	  a1
#define ___reg_parm3	  a2
#define ___reg_parm4	  a3
#define ___reg_parm5	  a4
#define ___reg_parm6	  a5
#define ___reg_parm7	  a6
#define ___reg_parm8	  a7
#define ___reg_ret	  ra
#define ___reg_fp	  s0
#define ___reg_rc	  a0
#define ___reg_sp	  sp
#define ___reg_ip	  pc
#define ___reg_orig_parm1 orig_a0

#elif defined(__TARGET_ARCH_powerpc)

#define ___reg_parm1	  gpr[3]
#define ___reg_parm2	  gpr[4]
#define ___reg_parm3	  gpr[5]
#define ___reg_parm4	  gpr[6]
#define ___reg_parm5	  gpr[7]
#define ___reg_parm6	  gpr[8]
#define ___reg_parm7	  gpr[9]
#define ___reg_parm8	  gpr[10]
#define ___reg_ret	  link
#define ___reg_fp	  gpr[31]
#define ___reg_rc	  gpr[3]
#define ___reg_sp	  gpr[1]
#define ___reg_ip	  nip
#define ___reg_orig_parm1 orig_gpr3

#elif defined(__TARGET_ARCH_s390)

#define ___regs_type	  user_pt_regs
#define ___reg_parm1	  gprs[2]
#define ___reg_parm2	  gprs[3]
#define ___reg_parm3	  gprs[4]
#define ___reg_parm4	  gprs[5]
#define ___reg_parm5	  gprs[6]
#define ___reg_ret	  gprs[14]
#define ___reg_fp	  gprs[11]
#define ___reg_rc	  gprs[2]
#define ___reg_sp	  gprs[15]
#define ___reg_ip	  psw.addr
#define ___reg_orig_parm1 orig_gpr2
#define ___reg_call6	  gprs[7]

#endif

/* Where the registers begin that user space may see, on those architectures that keep them apart. */
#ifdef ___regs_type
#define ___regs(ctx) ((const ___regs_type *)(ctx))
#else
#define ___regs(ctx) ((const struct pt_regs *)(ctx))
#endif

#ifdef ___reg_parm1
/* One register, directly (the context of a probe) or from memory (pt_regs found elsewhere). */
#define ___reg(ctx, name)      (___regs(ctx)->___reg_##name)
#define ___reg_core(ctx, name) BPF_CORE_READ(___regs(ctx), ___reg_##name)
#else
#define ___reg_unknown                                                           \
	({                                                                       \
		_Static_assert(0, "compile with -D__TARGET_ARCH_x86, ...arm64, " \
				  "...riscv, ...powerpc or ...s390");            \
		0UL;                                                             \
	})
#define ___reg(ctx, name)      ___reg_unknown
#define ___reg_core(ctx, name) ___reg_unknown
#endif

#define PT_REGS_PARM1(ctx) ___reg(ctx, parm1)
#define PT_REGS_PARM2(ctx) ___reg(ctx, parm2)
#define PT_REGS_PARM3(ctx) ___reg(ctx, parm3)
#define PT_REGS_PARM4(ctx) ___reg(ctx, parm4)
#define PT_REGS_PARM5(ctx) ___reg(ctx, parm5)
#define PT_REGS_PARM6(ctx) ___reg(ctx, parm6)
#define PT_REGS_PARM7(ctx) ___reg(ctx, parm7)
#define PT_REGS_PARM8(ctx) ___reg(ctx, parm8)
#define PT_REGS_RET(ctx)   ___reg(ctx, ret)
#define PT_REGS_FP(ctx)	   ___reg(ctx, fp)
#define PT_REGS_RC(ctx)	   ___reg(ctx, rc)
#define PT_REGS_SP(ctx)	   ___reg(ctx, sp)
#define PT_REGS_IP(ctx)	   ___reg(ctx, ip)

#define PT_REGS_PARM1_CORE(ctx) ___reg_core(ctx, parm1)
#define PT_REGS_PARM2_CORE(ctx) ___reg_core(ctx, parm2)
#define PT_REGS_PARM3_CORE(ctx) ___reg_core(ctx, parm3)
#define PT_REGS_PARM4_CORE(ctx) ___reg_core(ctx, parm4)
#define PT_REGS_PARM5_CORE(ctx) ___reg_core(ctx, parm5)
#define PT_REGS_PARM6_CORE(ctx) ___reg_core(ctx, parm6)
#define PT_REGS_PARM7_CORE(ctx) ___reg_core(ctx, parm7)
#define PT_REGS_PARM8_CORE(ctx) ___reg_core(ctx, parm8)
#define PT_REGS_RET_CORE(ctx)	___reg_core(ctx, ret)
#define PT_REGS_FP_CORE(ctx)	___reg_core(ctx, fp)
#define PT_REGS_RC_CORE(ctx)	___reg_core(ctx, rc)
#define PT_REGS_SP_CORE(ctx)	___reg_core(ctx, sp)
#define PT_REGS_IP_CORE(ctx)	___reg_core(ctx, ip)

/* The address to which a function returns: at its entry (kprobe), and at its end (kretprobe). */
#if defined(__TARGET_ARCH_x86)
#define BPF_KPROBE_READ_RET_IP(ip, ctx)                                             \
	({                                                                          \
		(ip) = 0;                                                           \
		bpf_probe_read_kernel(&(ip), sizeof(ip), (void *)PT_REGS_RET(ctx)); \
	})
#define BPF_KRETPROBE_READ_RET_IP(ip, ctx)                                                        \
	({                                                                                        \
		(ip) = 0;                                                                         \
		bpf_probe_read_kernel(&(ip), sizeof(ip), (void *)(PT_REGS_FP(ctx) + sizeof(ip))); \
	})
#else
#define BPF_KPROBE_READ_RET_IP(ip, ctx)	   ({ (ip) = PT_REGS_RET(ctx); })
#define BPF_KRETPROBE_READ_RET_IP(ip, ctx) BPF_KPROBE_READ_RET_IP(ip, ctx)
#endif

/* --- System calls --------------------------------------------------------------------------- */

/*
 * The arguments of a system call, from its registers. The first one's register also takes the
 * result, so most architectures keep its first value in a field that only the kernel's own struct
 * pt_regs has.
 */
#ifdef ___reg_orig_parm1
struct pt_regs___original {
	unsigned long ___reg_orig_parm1;
} __attribute__((preserve_access_index));
#define ___reg_call1(ctx)		BPF_CORE_READ((const struct pt_regs___original *)(ctx), ___reg_orig_parm1)
#define PT_REGS_PARM1_SYSCALL(ctx)	___reg_call1(ctx)
#define PT_REGS_PARM1_CORE_SYSCALL(ctx) ___reg_call1(ctx)
#else
#define PT_REGS_PARM1_SYSCALL(ctx)	PT_REGS_PARM1(ctx)
#define PT_REGS_PARM1_CORE_SYSCALL(ctx) PT_REGS_PARM1_CORE(ctx)
#endif
#ifndef ___reg_call4
#define ___reg_call4 ___reg_parm4
#endif
#ifndef ___reg_call6
#define ___reg_call6 ___reg_parm6
#endif

#define PT_REGS_PARM2_SYSCALL(ctx) PT_REGS_PARM2(ctx)
#define PT_REGS_PARM3_SYSCALL(ctx) PT_REGS_PARM3(ctx)
#define PT_REGS_PARM4_SYSCALL(ctx) ___reg(ctx, call4)
#define PT_REGS_PARM5_SYSCALL(ctx) PT_REGS_PARM5(ctx)
#define PT_REGS_PARM6_SYSCALL(ctx) ___reg(ctx, call6)

#define PT_REGS_PARM2_CORE_SYSCALL(ctx) PT_REGS_PARM2_CORE(ctx)
#define PT_REGS_PARM3_CORE_SYSCALL(ctx) PT_REGS_PARM3_CORE(ctx)
#define PT_REGS_PARM4_CORE_SYSCALL(ctx) ___reg_core(ctx, call4)
#define PT_REGS_PARM5_CORE_SYSCALL(ctx) PT_REGS_PARM5_CORE(ctx)
#define PT_REGS_PARM6_CORE_SYSCALL(ctx) ___reg_core(ctx, call6)

/* Of a kprobe on __x64_sys_NAME and the like: where the system call's registers are. */
#define PT_REGS_SYSCALL_REGS(ctx) ((struct pt_regs *)PT_REGS_PARM1(ctx))

/* --- Programs with named arguments ---------------------------------------------------------- */

/* , get(1), get(2) ... for as many arguments as there are. */
#define ___bpf_pass(get, args...) ___bpf_join(___bpf_pass, ___bpf_narg(args))(get)
#define ___bpf_pass0(get)
#define ___bpf_pass1(get)  , get(1)
#define ___bpf_pass2(get)  ___bpf_pass1(get), get(2)
#define ___bpf_pass3(get)  ___bpf_pass2(get), get(3)
#define ___bpf_pass4(get)  ___bpf_pass3(get), get(4)
#define ___bpf_pass5(get)  ___bpf_pass4(get), get(5)
#define ___bpf_pass6(get)  ___bpf_pass5(get), get(6)
#define ___bpf_pass7(get)  ___bpf_pass6(get), get(7)
#define ___bpf_pass8(get)  ___bpf_pass7(get), get(8)
#define ___bpf_pass9(get)  ___bpf_pass8(get), get(9)
#define ___bpf_pass10(get) ___bpf_pass9(get), get(10)
#define ___bpf_pass11(get) ___bpf_pass10(get), get(11)
#define ___bpf_pass12(get) ___bpf_pass11(get), get(12)

/* clang-format off */

/*
 * Declares the program and its inner function, defines the program as `call` of it, and opens the
 * definition of the inner one, whose body follows the macro. A word becomes an argument of any
 * integer or pointer type through void *, which the compiler would warn about.
 */
#define ___bpf_program(name, ctx_type, call, args...)                             \
	name(ctx_type *ctx);                                                      \
	static __always_inline typeof(name(0)) ____##name(ctx_type *ctx, ##args); \
	typeof(name(0)) name(ctx_type *ctx)                                       \
	{                                                                         \
		_Pragma("GCC diagnostic push")                                    \
		_Pragma("GCC diagnostic ignored \"-Wint-conversion\"")            \
		call                                                              \
		_Pragma("GCC diagnostic pop")                                     \
	}                                                                         \
	static __always_inline typeof(name(0)) ____##name(ctx_type *ctx, ##args)

#define ___bpf_return(name, get, args...) return ____##name(ctx ___bpf_pass(get, ##args));

/* Words of 64 bits. */
#define ___bpf_word(n) (void *)ctx[n - 1]
#define BPF_PROG(name, args...) \
	___bpf_program(name, unsigned long long, ___bpf_return(name, ___bpf_word, ##args), ##args)

/*
 * The same for arguments of which some are structs by value, of up to 16 bytes (Linux 6.1). Types and
 * names alternate, BPF_PROG2(name, int, a, struct pair, b), because a type's size says how many words
 * it takes, and a value sits in the low end of its word.
 */
#define ___bpf_words(t) ((sizeof(t) + 7) / 8)
#define ___bpf_value(at, t)                                                    \
	({                                                                     \
		union {                                                        \
			__u8 byte;                                             \
			__u16 half;                                            \
			__u32 word;                                            \
			__u64 whole[2];                                        \
			t value;                                               \
		} ___as;                                                       \
		if (sizeof(t) == 1)                                            \
			___as.byte = ctx[at];                                  \
		else if (sizeof(t) == 2)                                       \
			___as.half = ctx[at];                                  \
		else if (sizeof(t) == 4)                                       \
			___as.word = ctx[at];                                  \
		else                                                           \
			___as.whole[0] = ctx[at];                              \
		if (sizeof(t) > 8)                                             \
			___as.whole[1] = ctx[at + 1];                          \
		___as.value;                                                   \
	})

#define ___bpf_pair_params0()
#define ___bpf_pair_params2(t, x) , t x
#define ___bpf_pair_params4(t, x, rest...) , t x ___bpf_pair_params2(rest)
#define ___bpf_pair_params6(t, x, rest...) , t x ___bpf_pair_params4(rest)
#define ___bpf_pair_params8(t, x, rest...) , t x ___bpf_pair_params6(rest)
#define ___bpf_pair_params10(t, x, rest...) , t x ___bpf_pair_params8(rest)
#define ___bpf_pair_params12(t, x, rest...) , t x ___bpf_pair_params10(rest)
#define ___bpf_pair_params14(t, x, rest...) , t x ___bpf_pair_params12(rest)
#define ___bpf_pair_params16(t, x, rest...) , t x ___bpf_pair_params14(rest)
#define ___bpf_pair_params18(t, x, rest...) , t x ___bpf_pair_params16(rest)
#define ___bpf_pair_params20(t, x, rest...) , t x ___bpf_pair_params18(rest)
#define ___bpf_pair_params22(t, x, rest...) , t x ___bpf_pair_params20(rest)
#define ___bpf_pair_params24(t, x, rest...) , t x ___bpf_pair_params22(rest)
#define ___bpf_pair_params(args...) ___bpf_join(___bpf_pair_params, ___bpf_narg(args))(args)

#define ___bpf_pair_pass0(at)
#define ___bpf_pair_pass2(at, t, x) , ___bpf_value(at, t)
#define ___bpf_pair_pass4(at, t, x, rest...) , ___bpf_value(at, t) ___bpf_pair_pass2(at + ___bpf_words(t), rest)
#define ___bpf_pair_pass6(at, t, x, rest...) , ___bpf_value(at, t) ___bpf_pair_pass4(at + ___bpf_words(t), rest)
#define ___bpf_pair_pass8(at, t, x, rest...) , ___bpf_value(at, t) ___bpf_pair_pass6(at + ___bpf_words(t), rest)
#define ___bpf_pair_pass10(at, t, x, rest...) , ___bpf_value(at, t) ___bpf_pair_pass8(at + ___bpf_words(t), rest)
#define ___bpf_pair_pass12(at, t, x, rest...) , ___bpf_value(at, t) ___bpf_pair_pass10(at + ___bpf_words(t), rest)
#define ___bpf_pair_pass14(at, t, x, rest...) , ___bpf_value(at, t) ___bpf_pair_pass12(at + ___bpf_words(t), rest)
#define ___bpf_pair_pass16(at, t, x, rest...) , ___bpf_value(at, t) ___bpf_pair_pass14(at + ___bpf_words(t), rest)
#define ___bpf_pair_pass18(at, t, x, rest...) , ___bpf_value(at, t) ___bpf_pair_pass16(at + ___bpf_words(t), rest)
#define ___bpf_pair_pass20(at, t, x, rest...) , ___bpf_value(at, t) ___bpf_pair_pass18(at + ___bpf_words(t), rest)
#define ___bpf_pair_pass22(at, t, x, rest...) , ___bpf_value(at, t) ___bpf_pair_pass20(at + ___bpf_words(t), rest)
#define ___bpf_pair_pass24(at, t, x, rest...) , ___bpf_value(at, t) ___bpf_pair_pass22(at + ___bpf_words(t), rest)
#define ___bpf_pair_pass(args...) ___bpf_join(___bpf_pair_pass, ___bpf_narg(args))(0, ##args)

#define BPF_PROG2(name, args...)                                                                       \
	name(unsigned long long *ctx);                                                                 \
	static __always_inline typeof(name(0)) ____##name(unsigned long long *ctx ___bpf_pair_params(args)); \
	typeof(name(0)) name(unsigned long long *ctx)                                                  \
	{                                                                                              \
		return ____##name(ctx ___bpf_pair_pass(args));                                         \
	}                                                                                              \
	static __always_inline typeof(name(0)) ____##name(unsigned long long *ctx ___bpf_pair_params(args))

/* Registers. */
#define ___bpf_parm(n) (void *)___bpf_join(PT_REGS_PARM, n)(ctx)
#define BPF_KPROBE(name, args...) \
	___bpf_program(name, struct pt_regs, ___bpf_return(name, ___bpf_parm, ##args), ##args)
#define BPF_UPROBE(name, args...) BPF_KPROBE(name, ##args)

/* The register of the result: at most one argument. */
#define ___bpf_result(n) (void *)PT_REGS_RC(ctx)
#define BPF_KRETPROBE(name, args...) \
	___bpf_program(name, struct pt_regs, ___bpf_return(name, ___bpf_result, ##args), ##args)
#define BPF_URETPROBE(name, args...) BPF_KRETPROBE(name, ##args)

/*
 * The function of a system call. Where the kernel wraps these, their only argument is the registers
 * of the call, in kernel memory; else they have the arguments themselves.
 */
extern _Bool LINUX_HAS_SYSCALL_WRAPPER __kconfig;

#define ___bpf_call_arg(n) (void *)___bpf_join(___bpf_join(PT_REGS_PARM, n), _SYSCALL)(ctx)
#define ___bpf_wrapped_arg(n) \
	(void *)___bpf_join(___bpf_join(PT_REGS_PARM, n), _CORE_SYSCALL)(PT_REGS_SYSCALL_REGS(ctx))
#define BPF_KSYSCALL(name, args...)                                             \
	___bpf_program(name, struct pt_regs,                                    \
		       if (LINUX_HAS_SYSCALL_WRAPPER)                           \
			       ___bpf_return(name, ___bpf_wrapped_arg, ##args)  \
		       ___bpf_return(name, ___bpf_call_arg, ##args),            \
		       ##args)
#define BPF_KPROBE_SYSCALL BPF_KSYSCALL

/* clang-format on */

#endif
