/* SPDX-License-Identifier: MIT */
/*
 * What value_set.c (the walk through text and type) and value_put.c (the leaves) share.
 */
#ifndef BTF_VALUE_SET_H
#define BTF_VALUE_SET_H

#include "btf/value.h"
#include "btf/value_scan.h"

struct value_setter {
	const struct pbpf_btf *btf;
	const struct pbpf_env *env;
	const char *text, *next; /* all of it, and what is not read yet */
	uint8_t *data;		 /* NULL: only see whether it can be done */
	size_t size;
	uint64_t budget; /* of members and enumerators to be looked at */
};

/* Reports what is wrong with a token, and returns err. */
int setter_fail(const struct value_setter *setter, const struct value_token *token, int err,
		const char *hint, const char *format, ...) ENV_PRINTF(5, 6);

/* Takes so many steps off the budget; -ERANGE, with a message, when that is used up. */
int setter_spend(struct value_setter *setter, const struct value_token *token, uint64_t steps);

/* A leaf: INT, ENUM, ENUM64, FLOAT; others are refused. */
int put_leaf(struct value_setter *setter, const struct pbpf_btf_type *type, struct value_bits bits,
	     const struct value_token *token);

/* An array of `count` characters, from a string. */
int put_characters(struct value_setter *setter, uint64_t byte, uint64_t count,
		   const struct value_token *token);

#endif
