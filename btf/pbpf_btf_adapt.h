/* SPDX-License-Identifier: MIT */
/*
 * btf: BTF for an old kernel.
 *
 * A kernel refuses BTF with a kind that it does not know. What follows is put in its place: of the same
 * length, so that every id stays what it was, and near enough for what the kernel does with it.
 *
 *	what the kernel lacks      since   becomes
 *	FUNC, FUNC_PROTO           5.0     TYPEDEF, ENUM of the parameters' names
 *	VAR, DATASEC               5.2     INT of one byte, STRUCT
 *	global functions           5.6     static ones
 *	FLOAT                      5.13    nameless empty STRUCT of its size
 *	DECL_TAG                   5.16    INT of one byte
 *	TYPE_TAG                   5.17    CONST
 *	ENUM64, signed ENUM        6.0     UNION of integers, unsigned ENUM
 *	DATASEC "?name"            6.11    DATASEC "_name"
 *
 * And for any kernel: externs go as FUNC and VAR do where they are not known, with the DATASEC that lists
 * them (no kernel takes a declaration, nor needs it, as instructions name ids of its own BTF); names that
 * are no identifiers of C (Rust's) get _ for what is wrong in them, names where there may be none go (on
 * PTR), a DATASEC without variables becomes an empty STRUCT, and an ARRAY of 4 GiB or more (a map of so many
 * entries points to one) one of no elements.
 */
#ifndef PBPF_BTF_ADAPT_H
#define PBPF_BTF_ADAPT_H

#include "base/pbpf_base.h"

#ifdef __cplusplus
extern "C" {
#endif

struct pbpf_btf;

/* What a kernel takes in BTF. */
enum {
	PBPF_BTF_HAS_FUNC = 1 << 0,
	PBPF_BTF_HAS_DATASEC = 1 << 1,
	PBPF_BTF_HAS_GLOBAL_FUNC = 1 << 2,
	PBPF_BTF_HAS_FLOAT = 1 << 3,
	PBPF_BTF_HAS_DECL_TAG = 1 << 4,
	PBPF_BTF_HAS_TYPE_TAG = 1 << 5,
	PBPF_BTF_HAS_ENUM64 = 1 << 6,
	PBPF_BTF_HAS_QMARK_DATASEC = 1 << 7,
	PBPF_BTF_HAS_ALL = (1 << 8) - 1,
};

/*
 * Makes of `btf`, which has been parsed, has no base and stays as it is, what a kernel with these features
 * takes. Touches no kernel. Each type that changes is told as a step. -EINVAL for a split BTF; -ENOMEM.
 */
int pbpf_btf_adapt(struct pbpf_btf **adapted, const struct pbpf_btf *btf, uint32_t features,
		   const struct pbpf_env *env);

/*
 * Global functions that say __arg_ctx of an argument (DECL_TAG "arg:ctx") get a pointer to `struct CONTEXT` for
 * it, which kernels before 6.8 know the context by; "xdp_md" and the like. Ids stay. Returns 1; or 0, when
 * there is no such function and *adapted is not written. -ENOMEM.
 */
int pbpf_btf_adapt_contexts(struct pbpf_btf **adapted, const struct pbpf_btf *btf,
			    const char *context, const struct pbpf_env *env);

#ifdef __cplusplus
}
#endif

#endif
