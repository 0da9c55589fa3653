/* SPDX-License-Identifier: MIT */
#include "btf/text.h"

#include "base/utf8.h"

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

void text_quoted(struct btf_text *text, const char *bytes, size_t size, bool json)
{
	const unsigned char *s = (const unsigned char *)bytes;
	size_t step;

	text_char(text, '"');
	for (size_t i = 0; i < size && s[i]; i += step) {
		step = json ? utf8_size(s + i, size - i) : s[i] < 0x80;
		if (step && !utf8_is_control(s + i, step)) {
			if (s[i] == '"' || s[i] == '\\')
				text_char(text, '\\');
			text_put(text, bytes + i, step);
		} else {
			put_byte(text, json ? "\\u00" : "\\x", s[i + (step ? step - 1 : 0)]);
			step += !step;
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
