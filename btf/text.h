/* SPDX-License-Identifier: MIT */
/*
 * Text on its way to the caller's writer, gathered so that the writer is called seldom.
 *
 *	struct btf_text text = {.to = out};
 *	text_string(&text, "pid=");
 *	text_number(&text, 17);
 *	return text_end(&text);
 *
 * Sticky: after the writer has refused once, everything does nothing, and text_end() gives what the
 * writer gave.
 */
#ifndef BTF_TEXT_H
#define BTF_TEXT_H

#include "base/pbpf_base.h"

#include <string.h>

#define TEXT_ROOM 1024

struct btf_text {
	const struct pbpf_writer *to;
	int err;
	uint64_t written; /* bytes before those gathered */
	size_t used;
	char buf[TEXT_ROOM];
};

/* Bytes of text so far. */
static inline uint64_t text_size(const struct btf_text *text)
{
	return text->written + text->used;
}

/* Hands what is gathered to the writer; what the writer says. */
int text_end(struct btf_text *text);

/* Where there is no room left. */
void text_put_far(struct btf_text *text, const char *bytes, size_t size);

/* Inline, so that a literal costs a store or two. */
static inline void text_put(struct btf_text *text, const char *bytes, size_t size)
{
	if (size > TEXT_ROOM - text->used) {
		text_put_far(text, bytes, size);
		return;
	}
	memcpy(text->buf + text->used, bytes, size);
	text->used += size;
}

void text_unsigned(struct btf_text *text, uint64_t value);
void text_signed(struct btf_text *text, int64_t value);
/* 0x1f, with at least `digits` digits. */
void text_hex(struct btf_text *text, uint64_t value, unsigned int digits);

static inline void text_string(struct btf_text *text, const char *string)
{
	text_put(text, string, strlen(string));
}

static inline void text_char(struct btf_text *text, char c)
{
	if (text->used == TEXT_ROOM)
		text_end(text);
	text->buf[text->used++] = c;
}

/*
 * Up to `size` bytes that may be anything, ending at a NUL. Quoted, as C or JSON would have it: in
 * C style all but printable ASCII is \xNN; in JSON valid UTF-8 stays, and a byte that is no part of
 * any becomes \u00NN.
 */
void text_quoted(struct btf_text *text, const char *bytes, size_t size, bool json);

/* A name that should be an identifier but may be anything: what is not printable is \xNN. */
void text_name(struct btf_text *text, const char *name);

#endif
