/* SPDX-License-Identifier: MIT */
/*
 * Telling characters of UTF-8 from bytes that are none: names and values in BPF are bytes, and JSON is UTF-8.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of the character at `s`, of which `left` are there at least: 1 to 4, or 0 when there is none. RFC 3629,
 * so without surrogates and in its shortest form. */
static inline size_t utf8_size(const unsigned char *s, size_t left)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t size = s[0] < 0x80	      ? 1
		      : (s[0] & 0xe0) == 0xc0 ? 2
		      : (s[0] & 0xf0) == 0xe0 ? 3
		      : (s[0] & 0xf8) == 0xf0 ? 4
					      : 0;
	uint32_t code = size > 1 ? s[0] & (0x7fu >> size) : s[0];

	if (!size || size > left)
		return 0;
	for (size_t i = 1; i < size; i++) {
		if ((s[i] & 0xc0) != 0x80) /* a NUL, too */
			return 0;
		code = code << 6 | (s[i] & 0x3f);
	}
	if (code < least[size] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		return 0;
	return size;
}

/* Does the character of so many bytes steer a terminal? C0 and DEL, and U+0080 to U+009F. */
static inline bool utf8_is_control(const unsigned char *s, size_t size)
{
	if (size == 2)
		return s[0] == 0xc2 && s[1] < 0xa0;
	return size == 1 && (s[0] < 0x20 || s[0] == 0x7f);
}

#endif
