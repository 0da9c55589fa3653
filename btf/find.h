/* SPDX-License-Identifier: MIT */
/*
 * The sieve that find.c searches with, and view.c while it opens.
 */
#ifndef BTF_FIND_H
#define BTF_FIND_H

#include "btf/impl.h"

#define SIEVE_FEW 16

/*
 * What the walk must know of a type by the upper byte of its info, kind and kind_flag: how long its
 * record is (as btf_forms, but a kind that is not known is longer than any section), and its salt, 0
 * for a kind that is not wanted. Those that are not wanted and have the 12 bytes of every record alone, as
 * pointers and functions, are plain: the walk steps over them.
 *
 * heads[] has, for each class of first two characters and salt, one more than the first wanted name of that
 * class; next[] goes on from there.
 */
struct btf_sieve {
	const struct pbpf_btf_search *search;
	const struct btf_record_form *forms; /* what `fixed` and `each` are of: the part's */
	uint16_t *next;
	uint16_t few[SIEVE_FEW];
	uint64_t fixed[256];
	uint32_t each[256];
	uint32_t salts[256];
	bool plain[256];
	uint16_t heads[4096];
};

/* `search` may be NULL: nothing is wanted then. */
int btf_sieve_open(struct btf_sieve *sieve, const struct pbpf_btf_search *search,
		   const struct pbpf_env *env);
void btf_sieve_close(struct btf_sieve *sieve, const struct pbpf_env *env);

/* Where a walk over a part's type section is. */
struct btf_walk {
	uint32_t at, id;
};

/* Walks over up to `count` types and reports those wanted. 0 at the end of the section, at the
 * count, or before a record that cannot be one (the walk is then not at the end, nor is the count
 * reached); otherwise what match() returned. */
int btf_sift_types(struct btf_sieve *sieve, const struct pbpf_btf *part, struct btf_walk *walk,
		   uint32_t count);

#endif
