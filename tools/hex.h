/* SPDX-License-Identifier: MIT */
/*
 * Bytes as hexadecimal digits, read and shown.
 */
#ifndef TOOLS_HEX_H
#define TOOLS_HEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Pairs of digits, with blanks, commas or colons between bytes. There is room for strlen(text) / 2;
 * it may be that of the text itself. */
bool parse_hex(const char *text, unsigned char *bytes, size_t *size);

/* How many bytes differ; those that only one of the two has count. */
size_t count_changes(const void *before, size_t before_size, const void *after, size_t after_size);

/* Rows of 16 bytes that differ, as they were ("-") and as they are ("+"), each with its offset. */
void print_changes(FILE *to, const void *before, size_t before_size, const void *after,
		   size_t after_size);

#endif
