/* SPDX-License-Identifier: MIT */
/*
 * The notes about probes, in the section .note.stapsdt:
 *
 *	size of name 4 | size of description 4 | type 4 | "stapsdt" NUL | description | ...
 *	description: location, base, semaphore (of the file's width) | provider NUL | name NUL | arguments NUL
 *
 * Name and description are filled up to multiples of 4. The addresses are those that the linker gave;
 * `base` is the one of the section .stapsdt.base then, and where a tool has moved the file's contents
 * since (prelink), that section tells by how much.
 */
#include "link/usdt.h"

#include <string.h>

#define NOTE_NAME "stapsdt"
#define NOTE_TYPE 3

static size_t note_padding(uint32_t size)
{
	return (4 - size % 4) % 4;
}

/* A text within a description; NULL: it has no end. */
static const char *take_note_text(struct reader *r)
{
	const char *text = (const char *)r->data + r->at;
	const char *end = reader_left(r) ? memchr(text, '\0', reader_left(r)) : NULL;

	if (!end)
		return NULL;
	reader_skip(r, (size_t)(end - text) + 1);
	return text;
}

static bool read_description(const struct elf_file *elf, struct reader *r, uint64_t base_now,
			     struct usdt_note *note)
{
	uint64_t base;

	note->location = elf_file_word(elf, r);
	base = elf_file_word(elf, r);
	note->semaphore = elf_file_word(elf, r);
	if (r->failed)
		return false;
	if (base && base_now) {
		note->location += base_now - base;
		note->semaphore += note->semaphore ? base_now - base : 0;
	}
	note->provider = take_note_text(r);
	note->name = note->provider ? take_note_text(r) : NULL;
	note->args = note->name ? take_note_text(r) : NULL;
	return note->args;
}

int each_usdt_note(const struct elf_file *elf, int (*fn)(void *ctx, const struct usdt_note *note),
		   void *ctx)
{
	struct elf_section section, base = {0};
	struct reader notes;
	int result = 0;

	if (!elf_file_find(elf, ".note.stapsdt", &section))
		return 0;
	if (!elf_file_find(elf, ".stapsdt.base", &base))
		base.address = 0;
	notes = elf_file_bytes(elf, &section);
	while (!result && reader_left(&notes)) {
		uint32_t name_size = read_u32(&notes), size = read_u32(&notes);
		uint32_t type = read_u32(&notes);
		const uint8_t *name = read_bytes(&notes, name_size), *bytes;
		struct reader description;
		struct usdt_note note;

		reader_skip(&notes, note_padding(name_size));
		bytes = read_bytes(&notes, size);
		if (!bytes)
			break;
		if (note_padding(size) <= reader_left(&notes))
			reader_skip(&notes, note_padding(size));
		if (type != NOTE_TYPE || name_size != sizeof(NOTE_NAME) ||
		    memcmp(name, NOTE_NAME, sizeof(NOTE_NAME)))
			continue;
		description = reader_of(bytes, size, elf->image.big_endian);
		if (read_description(elf, &description, base.address, &note))
			result = fn(ctx, &note);
	}
	return result;
}
