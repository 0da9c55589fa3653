/* SPDX-License-Identifier: MIT */
/*
 * Bytes as hexadecimal digits.
 */
#include "tools/hex.h"

#include <ctype.h>
#include <string.h>

#define ROW 16

static int digit_of(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, tolower((unsigned char)c)) : NULL;

	return at ? (int)(at - digits) : -1;
}

bool parse_hex(const char *text, unsigned char *bytes, size_t *size)
{
	size_t count = 0;

	for (;;) {
		int high, low;

		text += strspn(text, " \t\n,:");
		if (!*text)
			break;
		high = digit_of(text[0]);
		low = high < 0 ? -1 : digit_of(text[1]);
		if (low < 0)
			return false;
		bytes[count++] = (unsigned char)(high << 4 | low);
		text += 2;
	}
	*size = count;
	return true;
}

size_t count_changes(const void *before, size_t before_size, const void *after, size_t after_size)
{
	const unsigned char *old = before, *new = after;
	size_t common = before_size < after_size ? before_size : after_size;
	size_t count = (before_size > after_size ? before_size : after_size) - common;

	for (size_t i = 0; i < common; i++)
		count += old[i] != new[i];
	return count;
}

static size_t row_size(size_t at, size_t size)
{
	size_t left = at < size ? size - at : 0;

	return left < ROW ? left : ROW;
}

static void print_row(FILE *to, char sign, const unsigned char *bytes, size_t at, size_t size)
{
	if (!size)
		return;
	fprintf(to, "  %c %04zx ", sign, at);
	for (size_t i = 0; i < size; i++)
		fprintf(to, " %02x", bytes[at + i]);
	fputc('\n', to);
}

void print_changes(FILE *to, const void *before, size_t before_size, const void *after,
		   size_t after_size)
{
	const unsigned char *old = before, *new = after;
	size_t end = before_size > after_size ? before_size : after_size;

	for (size_t at = 0; at < end; at += ROW) {
		size_t old_row = row_size(at, before_size), new_row = row_size(at, after_size);

		if (old_row == new_row && !memcmp(old + at, new + at, old_row))
			continue;
		print_row(to, '-', old, at, old_row);
		print_row(to, '+', new, at, new_row);
	}
}
