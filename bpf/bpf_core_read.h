/* SPDX-License-Identifier: MIT */
/*
 * Reading the kernel's structures wherever their fields lie on the kernel that runs.
 *
 * The compiler does not write the offset of a field into the instruction for good: it leaves a
 * relocation that names type, field and question, and the loader answers it from the kernel's BTF
 * ("compile once, run everywhere"). The names here are those of every CO-RE program in the wild.
 *
 *	BPF_CORE_READ(task, mm, exe_file, f_inode)    task->mm->exe_file->f_inode, or 0
 *	bpf_core_field_exists(task->loginuid)         does this kernel have the field?
 *	bpf_core_type_exists(struct bpf_arena)        ... the type? _size, _id_kernel likewise
 *	bpf_core_enum_value(enum e, NAME)             the value that this kernel gives to NAME
 */
#ifndef __BPF_CORE_READ_H__
#define __BPF_CORE_READ_H__

#include "bpf_helpers.h"

/* What a relocation asks: the second argument of clang's builtins, `kind` in struct bpf_core_relo.
 */
enum bpf_field_info_kind {
	BPF_FIELD_BYTE_OFFSET = 0,
	BPF_FIELD_BYTE_SIZE = 1,
	BPF_FIELD_EXISTS = 2,
	BPF_FIELD_SIGNED = 3,
	BPF_FIELD_LSHIFT_U64 = 4,
	BPF_FIELD_RSHIFT_U64 = 5,
};
enum bpf_type_id_kind {
	BPF_TYPE_ID_LOCAL = 0,
	BPF_TYPE_ID_TARGET = 1,
};
enum bpf_type_info_kind {
	BPF_TYPE_EXISTS = 0,
	BPF_TYPE_SIZE = 1,
	BPF_TYPE_MATCHES = 2,
};
enum bpf_enum_value_kind {
	BPF_ENUMVAL_EXISTS = 0,
	BPF_ENUMVAL_VALUE = 1,
};

/* --- Questions ------------------------------------------------------------------------------ */

/* A field as one argument (p->field) or two (type, field). */
#define ___core_field1(field)	    (field)
#define ___core_field2(type, field) (((typeof(type) *)0)->field)
#define ___core_field(args...)	    ___bpf_join(___core_field, ___bpf_narg(args))(args)

#define bpf_core_field_exists(field...) \
	__builtin_preserve_field_info(___core_field(field), BPF_FIELD_EXISTS)
#define bpf_core_field_size(field...) \
	__builtin_preserve_field_info(___core_field(field), BPF_FIELD_BYTE_SIZE)
#define bpf_core_field_offset(field...) \
	__builtin_preserve_field_info(___core_field(field), BPF_FIELD_BYTE_OFFSET)

#define bpf_core_type_id_local(type)  __builtin_btf_type_id(*(typeof(type) *)0, BPF_TYPE_ID_LOCAL)
#define bpf_core_type_id_kernel(type) __builtin_btf_type_id(*(typeof(type) *)0, BPF_TYPE_ID_TARGET)
#define bpf_core_type_exists(type)    __builtin_preserve_type_info(*(typeof(type) *)0, BPF_TYPE_EXISTS)
#define bpf_core_type_matches(type) \
	__builtin_preserve_type_info(*(typeof(type) *)0, BPF_TYPE_MATCHES)
#define bpf_core_type_size(type) __builtin_preserve_type_info(*(typeof(type) *)0, BPF_TYPE_SIZE)

/* clang wants exactly this expression, without parentheses around it. */
#define ___core_enum(type, value) *(typeof(type) *)value
#define bpf_core_enum_value_exists(type, value) \
	__builtin_preserve_enum_value(___core_enum(type, value), BPF_ENUMVAL_EXISTS)
#define bpf_core_enum_value(type, value) \
	__builtin_preserve_enum_value(___core_enum(type, value), BPF_ENUMVAL_VALUE)

/* A cast that keeps the kernel's type, of a pointer or scalar without one. */
#define bpf_core_cast(ptr, type) \
	((typeof(type) *)bpf_rdonly_cast((ptr), bpf_core_type_id_kernel(type)))
extern void *bpf_rdonly_cast(const void *obj, __u32 btf_id) __ksym __weak;

/* --- One read ------------------------------------------------------------------------------- */

/* bpf_probe_read_kernel() and its relatives from an address that is relocated. */
#define bpf_core_read(dst, size, src) \
	bpf_probe_read_kernel(dst, size, (const void *)__builtin_preserve_access_index(src))
#define bpf_core_read_user(dst, size, src) \
	bpf_probe_read_user(dst, size, (const void *)__builtin_preserve_access_index(src))
#define bpf_core_read_str(dst, size, src) \
	bpf_probe_read_kernel_str(dst, size, (const void *)__builtin_preserve_access_index(src))
#define bpf_core_read_user_str(dst, size, src) \
	bpf_probe_read_user_str(dst, size, (const void *)__builtin_preserve_access_index(src))

/*
 * Bit fields. The loader answers where the bytes that hold the field begin, how many they are, and
 * by how many bits to shift left, then right, a 64-bit word for the field alone to remain.
 */
#define ___core_ask(s, field, question) \
	__builtin_preserve_field_info((s)->field, BPF_FIELD_##question)
#define ___core_shifted(s, field, word)                                                \
	({                                                                             \
		unsigned long long ___w = (word) << ___core_ask(s, field, LSHIFT_U64); \
		___core_ask(s, field, SIGNED)                                          \
			? (unsigned long long)((long long)___w >>                      \
					       ___core_ask(s, field, RSHIFT_U64))      \
			: ___w >> ___core_ask(s, field, RSHIFT_U64);                   \
	})

/* Where the `size` bytes go in a 64-bit word: at its low end. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define ___core_low_bytes(word, size) ((void *)&(word))
#else
/* The verifier lets nothing be subtracted from a pointer to the stack, so the compiler must not see that
 * this is what it comes to. */
#define ___core_low_bytes(word, size)               \
	({                                          \
		unsigned long ___skip = 8 - (size); \
		barrier_var(___skip);               \
		(void *)&(word) + ___skip;          \
	})
#endif

/* From memory that the program may not touch directly. */
#define BPF_CORE_READ_BITFIELD_PROBED(s, field)                                                \
	({                                                                                     \
		unsigned long long ___word = 0;                                                \
		unsigned int ___size = ___core_ask(s, field, BYTE_SIZE);                       \
		bpf_probe_read_kernel(___core_low_bytes(___word, ___size), ___size,            \
				      (const void *)(s) + ___core_ask(s, field, BYTE_OFFSET)); \
		___core_shifted(s, field, ___word);                                            \
	})

/* From a pointer whose type the verifier knows. */
#define BPF_CORE_READ_BITFIELD(s, field)                                                        \
	({                                                                                      \
		const void *___p = (const void *)(s) + ___core_ask(s, field, BYTE_OFFSET);      \
		unsigned long long ___word = 0;                                                 \
		barrier_var(___p); /* keeps the offset out of the load, where it may not fit */ \
		switch (___core_ask(s, field, BYTE_SIZE)) {                                     \
		case 1: ___word = *(const __u8 *)___p; break;                                   \
		case 2: ___word = *(const __u16 *)___p; break;                                  \
		case 4: ___word = *(const __u32 *)___p; break;                                  \
		case 8: ___word = *(const __u64 *)___p; break;                                  \
		}                                                                               \
		___core_shifted(s, field, ___word);                                             \
	})

#define BPF_CORE_WRITE_BITFIELD(s, field, new_val)                                     \
	({                                                                             \
		void *___p = (void *)(s) + ___core_ask(s, field, BYTE_OFFSET);         \
		unsigned int ___size = ___core_ask(s, field, BYTE_SIZE);               \
		unsigned int ___left = ___core_ask(s, field, LSHIFT_U64);              \
		unsigned int ___right = ___core_ask(s, field, RSHIFT_U64);             \
		unsigned long long ___mask = (~0ULL << ___right) >> ___left;           \
		unsigned long long ___new = ((__u64)(new_val) << ___right) >> ___left; \
		barrier_var(___p);                                                     \
		switch (___size) {                                                     \
		case 1: *(__u8 *)___p = (*(__u8 *)___p & ~___mask) | ___new; break;    \
		case 2: *(__u16 *)___p = (*(__u16 *)___p & ~___mask) | ___new; break;  \
		case 4: *(__u32 *)___p = (*(__u32 *)___p & ~___mask) | ___new; break;  \
		case 8: *(__u64 *)___p = (*(__u64 *)___p & ~___mask) | ___new; break;  \
		}                                                                      \
	})

/* --- A chain of reads ----------------------------------------------------------------------- */

/*
 * The chain (s, a, b, c) reads s->a and then ->b, each a pointer, by `step`, and the field c by
 * `last`. Every link may itself be a path: (task, thread.regs[0]).
 */
#define ___core_chain(step, last, dst, s, a...) \
	___bpf_join(___core_chain, ___bpf_narg(a))(step, last, dst, s, ##a)
#define ___core_chain1(step, last, dst, s, a) last((void *)(dst), sizeof(*(dst)), &(s)->a)
#define ___core_chain2(step, last, dst, s, a, rest...)        \
	({                                                    \
		typeof((s)->a) ___p2;                         \
		step((void *)&___p2, sizeof(___p2), &(s)->a); \
		___core_chain1(step, last, dst, ___p2, rest); \
	})
#define ___core_chain3(step, last, dst, s, a, rest...)        \
	({                                                    \
		typeof((s)->a) ___p3;                         \
		step((void *)&___p3, sizeof(___p3), &(s)->a); \
		___core_chain2(step, last, dst, ___p3, rest); \
	})
#define ___core_chain4(step, last, dst, s, a, rest...)        \
	({                                                    \
		typeof((s)->a) ___p4;                         \
		step((void *)&___p4, sizeof(___p4), &(s)->a); \
		___core_chain3(step, last, dst, ___p4, rest); \
	})
#define ___core_chain5(step, last, dst, s, a, rest...)        \
	({                                                    \
		typeof((s)->a) ___p5;                         \
		step((void *)&___p5, sizeof(___p5), &(s)->a); \
		___core_chain4(step, last, dst, ___p5, rest); \
	})
#define ___core_chain6(step, last, dst, s, a, rest...)        \
	({                                                    \
		typeof((s)->a) ___p6;                         \
		step((void *)&___p6, sizeof(___p6), &(s)->a); \
		___core_chain5(step, last, dst, ___p6, rest); \
	})
#define ___core_chain7(step, last, dst, s, a, rest...)        \
	({                                                    \
		typeof((s)->a) ___p7;                         \
		step((void *)&___p7, sizeof(___p7), &(s)->a); \
		___core_chain6(step, last, dst, ___p7, rest); \
	})
#define ___core_chain8(step, last, dst, s, a, rest...)        \
	({                                                    \
		typeof((s)->a) ___p8;                         \
		step((void *)&___p8, sizeof(___p8), &(s)->a); \
		___core_chain7(step, last, dst, ___p8, rest); \
	})
#define ___core_chain9(step, last, dst, s, a, rest...)        \
	({                                                    \
		typeof((s)->a) ___p9;                         \
		step((void *)&___p9, sizeof(___p9), &(s)->a); \
		___core_chain8(step, last, dst, ___p9, rest); \
	})

/* The type of the field at the end. */
#define ___core_type(s, a...)	     typeof(___bpf_join(___core_last, ___bpf_narg(a))(s, ##a))
#define ___core_last1(s, a)	     (s)->a
#define ___core_last2(s, a, rest...) ___core_last1((s)->a, rest)
#define ___core_last3(s, a, rest...) ___core_last2((s)->a, rest)
#define ___core_last4(s, a, rest...) ___core_last3((s)->a, rest)
#define ___core_last5(s, a, rest...) ___core_last4((s)->a, rest)
#define ___core_last6(s, a, rest...) ___core_last5((s)->a, rest)
#define ___core_last7(s, a, rest...) ___core_last6((s)->a, rest)
#define ___core_last8(s, a, rest...) ___core_last7((s)->a, rest)
#define ___core_last9(s, a, rest...) ___core_last8((s)->a, rest)

#define ___core_value(into, s, a...)       \
	({                                 \
		___core_type(s, ##a) ___r; \
		into(&___r, s, ##a);       \
		___r;                      \
	})

/*
 * BPF_CORE_READ gives the value, BPF_CORE_READ_INTO stores it at dst and returns 0 or the error of
 * the last read, BPF_CORE_READ_STR_INTO reads a string of at most sizeof(*dst) bytes. With _USER
 * the addresses are of user space, laid out as the kernel's types say. BPF_PROBE_READ... are the
 * same without CO-RE, for types that never change.
 */
#define BPF_CORE_READ_INTO(dst, s, a...) ___core_chain(bpf_core_read, bpf_core_read, dst, s, ##a)
#define BPF_CORE_READ_STR_INTO(dst, s, a...) \
	___core_chain(bpf_core_read, bpf_core_read_str, dst, s, ##a)
#define BPF_CORE_READ(s, a...) ___core_value(BPF_CORE_READ_INTO, s, ##a)
#define BPF_CORE_READ_USER_INTO(dst, s, a...) \
	___core_chain(bpf_core_read_user, bpf_core_read_user, dst, s, ##a)
#define BPF_CORE_READ_USER_STR_INTO(dst, s, a...) \
	___core_chain(bpf_core_read_user, bpf_core_read_user_str, dst, s, ##a)
#define BPF_CORE_READ_USER(s, a...) ___core_value(BPF_CORE_READ_USER_INTO, s, ##a)
#define BPF_PROBE_READ_INTO(dst, s, a...) \
	___core_chain(bpf_probe_read_kernel, bpf_probe_read_kernel, dst, s, ##a)
#define BPF_PROBE_READ_STR_INTO(dst, s, a...) \
	___core_chain(bpf_probe_read_kernel, bpf_probe_read_kernel_str, dst, s, ##a)
#define BPF_PROBE_READ(s, a...) ___core_value(BPF_PROBE_READ_INTO, s, ##a)
#define BPF_PROBE_READ_USER_INTO(dst, s, a...) \
	___core_chain(bpf_probe_read_user, bpf_probe_read_user, dst, s, ##a)
#define BPF_PROBE_READ_USER_STR_INTO(dst, s, a...) \
	___core_chain(bpf_probe_read_user, bpf_probe_read_user_str, dst, s, ##a)
#define BPF_PROBE_READ_USER(s, a...) ___core_value(BPF_PROBE_READ_USER_INTO, s, ##a)

#endif
