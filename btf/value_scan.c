/* SPDX-License-Identifier: MIT */
#include "btf/value_scan.h"

#include <errno.h>
#include <string.h>

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool ends_word(char c)
{
	return !c || is_space(c) || strchr("{}[]:=,\"'", c);
}

/* A string up to the quote that began it. */
static struct value_token scan_quoted(const char **text)
{
	char quote = *(*text)++;
	struct value_token token = {'s', *text, 0};

	for (; **text && **text != quote; ++*text)
		if (**text == '\\' && (*text)[1])
			++*text;
	if (!**text)
		return (struct value_token){'?', token.at - 1, 1};
	token.size = (size_t)(*text - token.at);
	++*text;
	return token;
}

struct value_token value_scan(const char **text)
{
	struct value_token token;

	while (is_space(**text))
		++*text;
	token = (struct value_token){**text, *text, 1};
	if (!**text)
		return token;
	if (**text == '"' || **text == '\'')
		return scan_quoted(text);
	if (ends_word(**text)) {
		token.kind = **text == '=' ? ':' : **text;
		++*text;
		return token;
	}
	token.kind = 'w';
	while (!ends_word(**text))
		++*text;
	token.size = (size_t)(*text - token.at);
	return token;
}

/* --- Escapes --------------------------------------------------------------------------------- */

struct unescaped {
	char *to;
	size_t room, used;
};

static void add_byte(struct unescaped *out, uint32_t byte)
{
	if (out->used < out->room)
		out->to[out->used] = (char)byte;
	out->used++;
}

static void add_character(struct unescaped *out, uint32_t code)
{
	if (code < 0x80) {
		add_byte(out, code);
	} else if (code < 0x800) {
		add_byte(out, 0xc0 | code >> 6);
		add_byte(out, 0x80 | (code & 0x3f));
	} else if (code < 0x10000) {
		add_byte(out, 0xe0 | code >> 12);
		add_byte(out, 0x80 | (code >> 6 & 0x3f));
		add_byte(out, 0x80 | (code & 0x3f));
	} else {
		add_byte(out, 0xf0 | code >> 18);
		add_byte(out, 0x80 | (code >> 12 & 0x3f));
		add_byte(out, 0x80 | (code >> 6 & 0x3f));
		add_byte(out, 0x80 | (code & 0x3f));
	}
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* So many hexadecimal digits, or UINT32_MAX. */
static uint32_t hex_digits(const char **at, const char *end, size_t count)
{
	uint32_t value = 0;

	for (size_t i = 0; i < count; i++) {
		int digit = *at < end ? hex_digit(**at) : -1;

		if (digit < 0)
			return UINT32_MAX;
		value = value << 4 | (uint32_t)digit;
		++*at;
	}
	return value;
}

/* Behind "\u": a character, or the two halves of one (RFC 8259, section 7). */
static bool add_unicode(struct unescaped *out, const char **at, const char *end)
{
	uint32_t code = hex_digits(at, end, 4), low;

	if (code == UINT32_MAX || (code >= 0xdc00 && code < 0xe000))
		return false;
	if (code >= 0xd800 && code < 0xdc00) {
		if (end - *at < 2 || (*at)[0] != '\\' || (*at)[1] != 'u')
			return false;
		*at += 2;
		low = hex_digits(at, end, 4);
		if (low < 0xdc00 || low >= 0xe000)
			return false;
		code = 0x10000 + ((code - 0xd800) << 10 | (low - 0xdc00));
	}
	add_character(out, code);
	return true;
}

/* Behind a backslash. */
static bool add_escaped(struct unescaped *out, const char **at, const char *end)
{
	static const char letters[] = "bfnrt0\"'\\/", bytes[] = "\b\f\n\r\t\0\"'\\/";
	const char *letter;
	uint32_t byte;

	if (*at == end)
		return false;
	if (**at == 'u') {
		++*at;
		return add_unicode(out, at, end);
	}
	if (**at == 'x') {
		++*at;
		byte = hex_digits(at, end, 2);
		add_byte(out, byte);
		return byte != UINT32_MAX;
	}
	letter = memchr(letters, **at, sizeof(letters) - 1);
	if (!letter)
		return false;
	add_byte(out, (uint32_t)(unsigned char)bytes[letter - letters]);
	++*at;
	return true;
}

bool value_unescape(const struct value_token *token, char *to, size_t room, size_t *size)
{
	struct unescaped out = {to, room, 0};
	const char *at = token->at, *end = at + token->size;

	while (at < end) {
		char c = *at++;

		if (c != '\\' || token->kind != 's')
			add_byte(&out, (uint32_t)(unsigned char)c);
		else if (!add_escaped(&out, &at, end))
			return false;
	}
	*size = out.used;
	return true;
}

/* --- Numbers --------------------------------------------------------------------------------- */

static int hex_number(const char *at, const char *end, struct value_number *number)
{
	if (at == end)
		return -EINVAL;
	for (; at < end; at++) {
		int digit = hex_digit(*at);

		if (digit < 0)
			return -EINVAL;
		if (number->high >> 60)
			return -ERANGE;
		number->high = number->high << 4 | number->low >> 60;
		number->low = number->low << 4 | (uint64_t)digit;
	}
	return 0;
}

static int decimal_number(const char *at, const char *end, struct value_number *number)
{
	if (at == end)
		return -EINVAL;
	for (const char *c = at; c < end; c++)
		if (*c < '0' || *c > '9')
			return -EINVAL;
	for (; at < end; at++) {
		uint64_t digit = (uint64_t)(*at - '0');

		if (number->low > (UINT64_MAX - digit) / 10)
			return -ERANGE;
		number->low = number->low * 10 + digit;
	}
	return 0;
}

int value_number(const struct value_token *token, struct value_number *number)
{
	const char *at = token->at, *end = at + token->size;

	*number = (struct value_number){.negative = at < end && *at == '-'};
	at += number->negative;
	if (end - at > 2 && at[0] == '0' && (at[1] == 'x' || at[1] == 'X'))
		return hex_number(at + 2, end, number);
	return decimal_number(at, end, number);
}
