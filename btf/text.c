/* SPDX-License-Identifier: MIT */
#include "btf/text.h"

static const char text_digits[] = "0123456789abcdef";

int text_end(struct btf_text *text)
{
	if (!text->err && text->used)
		text->err = text->to->write(text->to->ctx, text->buf, text->used);
	text->written += text->used;
	text->used = 0;
	return text->err;
}

void text_put_far(struct btf_text *text, const char *bytes, size_t size)
{
	text_end(text);
	if (size <= TEXT_ROOM) {
		text_put(text, bytes, size);
		return;
	}
	if (!text->err)
		text->err = text->to->write(text->to->ctx, bytes, size);
	text->written += size;
}

void text_unsigned(struct btf_text *text, uint64_t value)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	text_put(text, digits + at, sizeof(digits) - at);
}

void text_signed(struct btf_text *text, int64_t value)
{
	if (value < 0)
		text_char(text, '-');
	text_unsigned(text, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

void text_hex(struct btf_text *text, uint64_t value, unsigned int digits)
{
	char hex[16];
	size_t at = sizeof(hex);

	do
		hex[--at] = text_digits[value & 15];
	while (value >>= 4);
	while (sizeof(hex) - at < digits && at)
		hex[--at] = '0';
	text_put(text, "0x", 2);
	text_put(text, hex + at, sizeof(hex) - at);
}

static void put_byte(struct btf_text *text, const char *how, unsigned char byte)
{
	text_string(text, how);
	text_char(text, text_digits[byte >> 4]);
	text_char(text, text_digits[byte & 15]);
}

/* Bytes of the UTF-8 character at `s`, 0 when there is none; of RFC 3629, so without surrogates and
 * in its shortest form. */
static size_t utf8_size(const unsigned char *s, size_t left)
{
	size_t size = s[0] < 0x80	      ? 1
		      : (s[0] & 0xe0) == 0xc0 ? 2
		      : (s[0] & 0xf0) == 0xe0 ? 3
		      : (s[0] & 0xf8) == 0xf0 ? 4
					      : 0;
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	uint32_t code = size > 1 ? s[0] & (0x7fu >> size) : s[0];

	if (!size || size > left)
		return 0;
	for (size_t i = 1; i < size; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (s[i] & 0x3f);
	}
	if (code < least[size] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		return 0;
	return size;
}

void text_quoted(struct btf_text *text, const char *bytes, size_t size, bool json)
{
	const unsigned char *s = (const unsigned char *)bytes;
	size_t step;

	text_char(text, '"');
	for (size_t i = 0; i < size && s[i]; i += step) {
		step = json ? utf8_size(s + i, size - i) : 0;
		if (s[i] >= 0x20 && s[i] < 0x7f) {
			if (s[i] == '"' || s[i] == '\\')
				text_char(text, '\\');
			text_char(text, (char)s[i]);
			step = 1;
		} else if (step > 1) {
			text_put(text, bytes + i, step);
		} else {
			put_byte(text, json ? "\\u00" : "\\x", s[i]);
			step = 1;
		}
	}
	text_char(text, '"');
}

void text_name(struct btf_text *text, const char *name)
{
	for (; *name; name++) {
		if (*name > 0x20 && *name < 0x7f)
			text_char(text, *name);
		else
			put_byte(text, "\\x", (unsigned char)*name);
	}
}
