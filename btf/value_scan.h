/* SPDX-License-Identifier: MIT */
/*
 * The words of a value as text: brackets, marks, quoted strings, and bare words such as numbers.
 */
#ifndef BTF_VALUE_SCAN_H
#define BTF_VALUE_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct value_token {
	/* One of { } [ ] : , for itself ('=' is ':'); 's' in quotes; 'w' a bare word; 0 the end; '?' what
	 * cannot be read */
	char kind;
	const char *at; /* of 's': behind the quote */
	size_t size;	/* of 's': up to the closing quote */
};

/* The next one; *text goes behind it. The text ends with a NUL. */
struct value_token value_scan(const char **text);

/* What a token says, without its escapes, up to `room` bytes; *size: all of it. False: a wrong escape. */
bool value_unescape(const struct value_token *token, char *to, size_t room, size_t *size);

/* A number of up to 128 bits and its sign. */
struct value_number {
	bool negative;
	uint64_t high, low;
};

/* 0; -EINVAL it is none; -ERANGE it is too large. */
int value_number(const struct value_token *token, struct value_number *number);

#endif
