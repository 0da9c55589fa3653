/* SPDX-License-Identifier: MIT */
/*
 * What the files about values share: value.c (the walk that prints one) and scalar.c (its leaves),
 * value_set.c (the walk that sets one) and value_put.c.
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

/* A part of an aggregate, or the whole. */
struct value_part {
	const char *name; /* NULL for an element */
	uint32_t type;
	uint64_t at; /* bit */
	uint32_t bit_size;
	bool legacy; /* of a struct whose bitfields are integers with an offset */
};

/* The type of a value: what is beneath typedefs and the like; of a VAR its own. */
uint32_t value_resolve(const struct pbpf_btf *btf, uint32_t id);

/* STRUCT, UNION or DATASEC. */
bool value_is_record(const struct pbpf_btf_type *type);

/* The i-th part of a record that begins at bit `at`. */
struct value_part value_member(const struct pbpf_btf *btf, const struct pbpf_btf_type *type,
			       uint32_t i, uint64_t at);

/* Where a part of that resolved type and size (bytes) lies within `room` bytes; of a record and an array only
 * `at` counts. -ERANGE: not within; -EINVAL: not of BTF that was parsed. */
int value_bits_of(struct value_bits *bits, const struct pbpf_btf_type *type,
		  const struct value_part *part, uint64_t size, size_t room);

/* Prints a leaf: INT, ENUM, ENUM64, FLOAT or PTR. The bits must lie within the data. */
void value_scalar(struct btf_text *text, const struct pbpf_btf *btf,
		  const struct pbpf_btf_type *type, const uint8_t *data, struct value_bits bits,
		  bool json);

/* Is it C's char, of which arrays are strings? */
bool value_is_char(const struct pbpf_btf_type *type);

#endif
