/* SPDX-License-Identifier: MIT */
/*
 * Reads a kernel's configuration.
 */
#include "loader/kconfig.h"

#include <string.h>

/* The end of the line that begins at text->at; text->at goes to the next one. */
static const char *end_of_line(struct kconfig_text *text)
{
	const char *line = text->text + text->at;
	size_t left = text->size - text->at;
	const char *newline = memchr(line, '\n', left);

	text->at = newline ? text->at + (size_t)(newline - line) + 1 : text->size;
	return newline ? newline : line + left;
}

bool kconfig_next(struct kconfig_text *text, struct kconfig_line *line)
{
	while (text->at < text->size) {
		const char *name = text->text + text->at, *end = end_of_line(text);
		const char *equals = memchr(name, '=', (size_t)(end - name));

		if (*name == '#' || !equals)
			continue;
		if (end[-1] == '\r')
			end--;
		*line = (struct kconfig_line){
			.name = name,
			.value = equals + 1,
			.name_length = (size_t)(equals - name),
			.value_length = (size_t)(end - equals) - 1,
		};
		return true;
	}
	return false;
}

/* y, m and n: what they are in an enum libbpf_tristate { TRI_NO, TRI_YES, TRI_MODULE }. */
static int letter_value(void *to, struct kconfig_type type, char letter)
{
	uint64_t state = letter == 'y' ? 1 : letter == 'm' ? 2 : 0;

	if (type.kind == KCONFIG_INT && type.size == 1)
		return kconfig_number(to, type, (uint64_t)letter, false);
	if (type.kind == KCONFIG_TRISTATE || (type.kind == KCONFIG_BOOL && state < 2))
		return kconfig_number(to, type, state, false);
	return -EINVAL;
}

static int string_value(char *to, struct kconfig_type type, const char *value, size_t length)
{
	size_t used = 0;

	if (type.kind != KCONFIG_STRING || length < 2 || value[length - 1] != '"')
		return -EINVAL;
	memset(to, 0, type.size);
	for (size_t i = 1; i < length - 1 && used + 1 < type.size; i++) {
		if (value[i] == '\\' && i + 1 < length - 1)
			i++;
		to[used++] = value[i];
	}
	return 0;
}

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

/* Decimal, or hexadecimal with 0x. */
static int number_value(void *to, struct kconfig_type type, const char *value, size_t length)
{
	bool negative = length && *value == '-';
	size_t i = negative;
	unsigned int base = 10;
	uint64_t number = 0;

	if (type.kind != KCONFIG_INT)
		return -EINVAL;
	if (length - i > 2 && value[i] == '0' && (value[i + 1] | 0x20) == 'x') {
		base = 16;
		i += 2;
	}
	if (i == length)
		return -EINVAL;
	for (; i < length; i++) {
		unsigned int digit = (unsigned int)digit_of(value[i]);

		if (digit >= base)
			return -EINVAL;
		if (__builtin_mul_overflow(number, base, &number) ||
		    __builtin_add_overflow(number, digit, &number))
			return -ERANGE;
	}
	return kconfig_number(to, type, number, negative);
}

int kconfig_value(void *to, struct kconfig_type type, const char *value, size_t length)
{
	if (length == 1 && (*value == 'y' || *value == 'm' || *value == 'n'))
		return letter_value(to, type, *value);
	if (length && *value == '"')
		return string_value(to, type, value, length);
	return number_value(to, type, value, length);
}

int kconfig_number(void *to, struct kconfig_type type, uint64_t number, bool negative)
{
	unsigned int bits = 8 * type.size - (type.is_signed ? 1 : 0);
	/* One more than the largest; 0: any, as the addresses in it do not care about signs. */
	uint64_t limit = type.size < 8 ? UINT64_C(1) << bits : 0;
	uint8_t byte;
	uint16_t half;
	uint32_t word;

	if (negative && !type.is_signed && number)
		return -ERANGE;
	if (limit && (negative ? number > limit : number >= limit))
		return -ERANGE;
	if (negative)
		number = -number;
	switch (type.size) {
	case 1:
		byte = (uint8_t)number;
		memcpy(to, &byte, sizeof(byte));
		return 0;
	case 2:
		half = (uint16_t)number;
		memcpy(to, &half, sizeof(half));
		return 0;
	case 4:
		word = (uint32_t)number;
		memcpy(to, &word, sizeof(word));
		return 0;
	case 8: memcpy(to, &number, sizeof(number)); return 0;
	default: return -EINVAL;
	}
}
