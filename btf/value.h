/* SPDX-License-Identifier: MIT */
/*
 * What value.c (the walk through a value) and scalar.c (its leaves) share.
 */
#ifndef BTF_VALUE_H
#define BTF_VALUE_H

#include "btf/impl.h"
#include "btf/text.h"

/* The bits of a leaf within the data. */
struct value_bits {
	uint64_t at; /* from the start of the data */
	uint32_t count;
};

/* Prints a leaf: INT, ENUM, ENUM64, FLOAT or PTR. The bits must lie within the data. */
void value_scalar(struct btf_text *text, const struct pbpf_btf *btf,
		  const struct pbpf_btf_type *type, const uint8_t *data, struct value_bits bits,
		  bool json);

/* Is it C's char, of which arrays are strings? */
bool value_is_char(const struct pbpf_btf_type *type);

#endif
