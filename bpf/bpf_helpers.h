/* SPDX-License-Identifier: MIT */
/*
 * What a BPF program in C is written with: sections, map definitions, attributes, loops, printing.
 *
 * The names are those that every BPF program in the wild uses, so that a source compiles unchanged
 * with these headers or with libbpf's. Include <linux/bpf.h> or a vmlinux.h first: the types of the
 * kernel (__u64, struct xdp_md ...) come from there.
 *
 * What loaders look at is the section of a function, the section of a variable, and the BTF of a
 * map definition; all the macros here only spell these:
 *
 *	struct {                                       .maps; the variable's name is the map's
 *		__uint(type, BPF_MAP_TYPE_HASH);       int (*type)[1]: a number is an array's length
 *		__type(key, __u32);                    __u32 *key: a type is what a pointer
 *		                                       points to
 *		__type(value, __u64);
 *		__uint(max_entries, 1024);
 *	} counts SEC(".maps");
 */
#ifndef __BPF_HELPERS__
#define __BPF_HELPERS__

#include "bpf_helper_defs.h"

/* --- Sections and map definitions ----------------------------------------------------------- */

/* What the object's loader reads about a function or variable. */
#define SEC(name) __attribute__((section(name), used))

/* Members of a map definition: a number, a type, the values of an array of maps or programs, and a
 * number of 64 bits. */
#define __uint(name, val)  int(*name)[val]
#define __type(name, val)  typeof(val) *name
#define __array(name, val) typeof(val) *name[]
#define __ulong(name, val) enum { ___bpf_join(___bpf_ulong_, __COUNTER__) = (val) } name

#define ___bpf_join_as_is(a, b) a##b
#define ___bpf_join(a, b)	___bpf_join_as_is(a, b)

/* __uint(pinning, ...) */
enum libbpf_pin_type {
	LIBBPF_PIN_NONE,
	LIBBPF_PIN_BY_NAME, /* at a path made of the map's name */
};

/* --- Attributes ----------------------------------------------------------------------------- */

/* <linux/stddef.h> defines a weaker __always_inline. */
#undef __always_inline
#define __always_inline inline __attribute__((always_inline))
#ifndef __noinline
#define __noinline __attribute__((noinline))
#endif
#ifndef __weak
#define __weak __attribute__((weak))
#endif
/* A global function with this is verified in the context of its callers, as a static one is. */
#ifndef __hidden
#define __hidden __attribute__((visibility("hidden")))
#endif

/* Externs: an option of the kernel's configuration; a variable or function of the kernel. */
#define __kconfig __attribute__((section(".kconfig")))
#define __ksym	  __attribute__((section(".ksyms")))

#if __has_attribute(btf_type_tag)
#define ___bpf_type_tag(text) __attribute__((btf_type_tag(text)))
#else
#define ___bpf_type_tag(text)
#endif
#if __has_attribute(btf_decl_tag)
#define ___bpf_decl_tag(text) __attribute__((btf_decl_tag(text)))
#else
#define ___bpf_decl_tag(text)
#endif

/* Pointers to objects of the kernel that a map value may hold. */
#define __kptr		 ___bpf_type_tag("kptr")
#define __kptr_untrusted ___bpf_type_tag("kptr_untrusted")
#define __percpu_kptr	 ___bpf_type_tag("percpu_kptr")
#define __uptr ___bpf_type_tag("uptr")

/* What the verifier may assume about an argument of a global function. */
#define __arg_ctx	___bpf_decl_tag("arg:ctx")
#define __arg_nonnull	___bpf_decl_tag("arg:nonnull")
#define __arg_nullable	___bpf_decl_tag("arg:nullable")
#define __arg_trusted	___bpf_decl_tag("arg:trusted")
#define __arg_untrusted ___bpf_decl_tag("arg:untrusted")
#define __arg_arena	___bpf_decl_tag("arg:arena")

/* --- Small things of C ---------------------------------------------------------------------- */

#ifndef NULL
#define NULL ((void *)0)
#endif
#ifndef offsetof
#define offsetof(type, member) __builtin_offsetof(type, member)
#endif
#ifndef container_of
#define container_of(ptr, type, member)                               \
	({                                                            \
		void *___member = (void *)(ptr);                      \
		(type *)((char *)___member - offsetof(type, member)); \
	})
#endif
#ifndef likely
#define likely(x) __builtin_expect(!!(x), 1)
#endif
#ifndef unlikely
#define unlikely(x) __builtin_expect(!!(x), 0)
#endif

/* The version of a kernel as LINUX_KERNEL_VERSION holds it. */
#ifndef KERNEL_VERSION
#define KERNEL_VERSION(a, b, c) (((a) << 16) + ((b) << 8) + ((c) > 255 ? 255 : (c)))
#endif

/* A tristate option read through __kconfig. */
enum libbpf_tristate {
	TRI_NO,
	TRI_YES,
	TRI_MODULE,
};

/* The compiler forgets what it knows of memory, or of one variable. */
#ifndef barrier
#define barrier() __asm__ volatile("" ::: "memory")
#endif
#ifndef barrier_var
#define barrier_var(var) __asm__ volatile("" : "+r"(var))
#endif

/* Compiles only where the optimizer proves that it is never reached. */
#ifndef __bpf_unreachable
#define __bpf_unreachable() __builtin_trap()
#endif

/* Does this kernel have the extern? For weak __ksym symbols. */
#define bpf_ksym_exists(symbol) ((_Bool)(void *)&(symbol))

/*
 * A tail call whose map and slot the kernel's JIT can see: slot is a constant in R3 at the call
 * itself. A compiler that merged two such calls would lose that, hence the assembler.
 */
#if defined(__bpf__) && __clang_major__ >= 8
static __always_inline void bpf_tail_call_static(void *ctx, const void *map, const __u32 slot)
{
	if (!__builtin_constant_p(slot))
		__bpf_unreachable();
	__asm__ volatile("r1 = %[ctx]\n\t"
			 "r2 = %[map]\n\t"
			 "r3 = %[slot]\n\t"
			 "call 12"
			 :
			 : [ctx] "r"(ctx), [map] "r"(map), [slot] "i"(slot)
			 : "r0", "r1", "r2", "r3", "r4", "r5");
}
#endif

/* --- Printing ------------------------------------------------------------------------------- */

/* How many arguments, 0 to 24. */
#define ___bpf_nth(_, _1, _2, _3, _4, _5, _6, _7, _8, _9, _10, _11, _12, _13, _14, _15, _16, _17, \
		   _18, _19, _20, _21, _22, _23, _24, n, ...)                                     \
	n
#define ___bpf_narg(...)                                                                         \
	___bpf_nth(_, ##__VA_ARGS__, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, \
		   9, 8, 7, 6, 5, 4, 3, 2, 1, 0)

/* Each argument as a number of 64 bits, with commas between. */
#define ___bpf_u64s0()
#define ___bpf_u64s1(x)		  (unsigned long long)(x)
#define ___bpf_u64s2(x, rest...)  (unsigned long long)(x), ___bpf_u64s1(rest)
#define ___bpf_u64s3(x, rest...)  (unsigned long long)(x), ___bpf_u64s2(rest)
#define ___bpf_u64s4(x, rest...)  (unsigned long long)(x), ___bpf_u64s3(rest)
#define ___bpf_u64s5(x, rest...)  (unsigned long long)(x), ___bpf_u64s4(rest)
#define ___bpf_u64s6(x, rest...)  (unsigned long long)(x), ___bpf_u64s5(rest)
#define ___bpf_u64s7(x, rest...)  (unsigned long long)(x), ___bpf_u64s6(rest)
#define ___bpf_u64s8(x, rest...)  (unsigned long long)(x), ___bpf_u64s7(rest)
#define ___bpf_u64s9(x, rest...)  (unsigned long long)(x), ___bpf_u64s8(rest)
#define ___bpf_u64s10(x, rest...) (unsigned long long)(x), ___bpf_u64s9(rest)
#define ___bpf_u64s11(x, rest...) (unsigned long long)(x), ___bpf_u64s10(rest)
#define ___bpf_u64s12(x, rest...) (unsigned long long)(x), ___bpf_u64s11(rest)

/* Calls call(format, its size, arguments as u64[], their size in bytes) with arguments of any type.
 */
#define ___bpf_with_values(call, fmt, args...)                                  \
	({                                                                      \
		static const char ___fmt[] = fmt;                               \
		unsigned long long ___values[___bpf_narg(args) ?: 1] = {        \
			___bpf_join(___bpf_u64s, ___bpf_narg(args))(args)};     \
		call(___fmt, sizeof(___fmt), ___values, 8 * ___bpf_narg(args)); \
	})

#define ___bpf_seq_call(fmt, size, values, bytes) bpf_seq_printf(___seq, fmt, size, values, bytes)
#define BPF_SEQ_PRINTF(seq, fmt, args...)                         \
	({                                                        \
		struct seq_file *___seq = (seq);                  \
		___bpf_with_values(___bpf_seq_call, fmt, ##args); \
	})

#define ___bpf_snprintf_call(fmt, size, values, bytes) \
	bpf_snprintf(___out, ___out_size, fmt, values, bytes)
#define BPF_SNPRINTF(out, out_size, fmt, args...)                      \
	({                                                             \
		char *___out = (out);                                  \
		__u32 ___out_size = (out_size);                        \
		___bpf_with_values(___bpf_snprintf_call, fmt, ##args); \
	})

/*
 * Prints to /sys/kernel/tracing/trace_pipe: up to three arguments with the helper that every kernel
 * has, more with bpf_trace_vprintk() (Linux 5.16). Without global data (kernels before 5.2, or by
 * BPF_NO_GLOBAL_DATA) the format stays on the stack.
 */
#ifdef BPF_NO_GLOBAL_DATA
#define ___bpf_format char
#else
#define ___bpf_format static const char
#endif
#define __bpf_printk(fmt, args...)                                \
	({                                                        \
		___bpf_format ___fmt[] = fmt;                     \
		bpf_trace_printk(___fmt, sizeof(___fmt), ##args); \
	})
#define __bpf_vprintk(fmt, args...) ___bpf_with_values(bpf_trace_vprintk, fmt, ##args)

#define ___bpf_print0		 __bpf_printk
#define ___bpf_print1		 __bpf_printk
#define ___bpf_print2		 __bpf_printk
#define ___bpf_print3		 __bpf_printk
#define ___bpf_print4		 __bpf_vprintk
#define ___bpf_print5		 __bpf_vprintk
#define ___bpf_print6		 __bpf_vprintk
#define ___bpf_print7		 __bpf_vprintk
#define ___bpf_print8		 __bpf_vprintk
#define ___bpf_print9		 __bpf_vprintk
#define ___bpf_print10		 __bpf_vprintk
#define ___bpf_print11		 __bpf_vprintk
#define ___bpf_print12		 __bpf_vprintk
#define bpf_printk(fmt, args...) ___bpf_join(___bpf_print, ___bpf_narg(args))(fmt, ##args)

/* --- Loops over the kernel's open-coded iterators ------------------------------------------- */

struct bpf_iter_num;
extern int bpf_iter_num_new(struct bpf_iter_num *it, int start, int end) __weak __ksym;
extern int *bpf_iter_num_next(struct bpf_iter_num *it) __weak __ksym;
extern void bpf_iter_num_destroy(struct bpf_iter_num *it) __weak __ksym;

/*
 * bpf_for_each(num, p, 0, 10) { *p ... }    any iterator: bpf_iter_TYPE_new, _next, _destroy
 * bpf_for(i, 0, 10) { i ... }               i is start to end - 1
 * bpf_repeat(10) { ... }
 * The iterator is destroyed however the loop is left, which the verifier insists on. ___made only
 * makes room for the call of new.
 */
#define bpf_for_each(type, cur, args...)                                                       \
	for (struct bpf_iter_##type ___it                                                      \
	     __attribute__((aligned(8), cleanup(bpf_iter_##type##_destroy))),                  \
	     *___made __attribute__((unused)) = (bpf_iter_##type##_new(&___it, ##args), NULL); \
	     (cur = bpf_iter_##type##_next(&___it));)

#define bpf_for(i, start, end)                                                                     \
	for (struct bpf_iter_num ___it __attribute__((aligned(8), cleanup(bpf_iter_num_destroy))), \
	     *___made __attribute__((unused)) = (bpf_iter_num_new(&___it, (start), (end)), NULL);  \
	     ({                                                                                    \
		     int *___next = bpf_iter_num_next(&___it);                                     \
		     if (___next)                                                                  \
			     i = *___next;                                                         \
		     ___next != NULL &&i >= (start) && i < (end);                                  \
	     });)

#define bpf_repeat(n)                                                                              \
	for (struct bpf_iter_num ___it __attribute__((aligned(8), cleanup(bpf_iter_num_destroy))), \
	     *___made __attribute__((unused)) = (bpf_iter_num_new(&___it, 0, (n)), NULL);          \
	     bpf_iter_num_next(&___it);)

#endif
