/* SPDX-License-Identifier: MIT */
/*
 * The functions of an ELF file, 32 or 64 bits wide, of either byte order.
 *
 *	symbol  "malloc" at address 0xa0a90 ─┐
 *	segment addresses 0x28000 ... are the file from 0x28000 on ─┴─> offset 0xa0a90 in the file
 *
 * A uprobe wants the offset. That a program is loaded somewhere else each time (PIE, libraries) is of
 * no matter: the kernel finds the page by the file.
 */
#include "link/elf_functions.h"

#include "base/reader.h"

#include <errno.h>

#define SEGMENTS_MAX 16 /* executable ones; linkers make one or two */

enum {
	ELF_PT_LOAD = 1,
	ELF_PF_X = 1,
	ELF_SHT_SYMTAB = 2,
	ELF_SHT_DYNSYM = 11,
	ELF_STT_FUNC = 2,
	ELF_STT_GNU_IFUNC = 10,
};

struct text_segment {
	uint64_t offset, address, size;
};

struct elf_file {
	struct reader image;
	bool wide; /* 64 bits */
	uint64_t segments_at, sections_at;
	uint16_t segment_size, segment_count, section_size, section_count;
	struct text_segment text[SEGMENTS_MAX];
	size_t text_count;
};

struct elf_section {
	uint32_t type, link;
	uint64_t offset, size;
};

static uint64_t read_word(struct reader *r, bool wide)
{
	return wide ? read_u64(r) : read_u32(r);
}

/* A cursor at `offset`, which has failed when that is outside. */
static struct reader reader_at(const struct elf_file *elf, uint64_t offset)
{
	struct reader r = elf->image;

	r.failed = !range_ok(offset, 0, r.size);
	r.at = r.failed ? 0 : (size_t)offset;
	return r;
}

/* How many records of a table to read: none where they are too small or reach beyond the file. */
static uint16_t table_count(size_t file_size, uint64_t at, uint16_t count, uint16_t size,
			    uint16_t least)
{
	return size >= least && range_ok(at, (uint64_t)count * size, file_size) ? count : 0;
}

static int read_elf_header(struct elf_file *elf, const void *image, size_t size)
{
	static const uint8_t magic[4] = {0x7f, 'E', 'L', 'F'};
	struct reader r = reader_of(image, size, false);
	const uint8_t *ident = read_bytes(&r, 16);

	if (!ident || memcmp(ident, magic, sizeof(magic)) || ident[4] < 1 || ident[4] > 2)
		return -EINVAL;
	elf->wide = ident[4] == 2;
	r.big_endian = ident[5] == 2;
	reader_skip(&r, 8); /* type, machine, version */
	read_word(&r, elf->wide);
	elf->segments_at = read_word(&r, elf->wide);
	elf->sections_at = read_word(&r, elf->wide);
	reader_skip(&r, 6); /* flags, the header's size */
	elf->segment_size = read_u16(&r);
	elf->segment_count = read_u16(&r);
	elf->section_size = read_u16(&r);
	elf->section_count = read_u16(&r);
	elf->segment_count = table_count(size, elf->segments_at, elf->segment_count,
					 elf->segment_size, elf->wide ? 56 : 32);
	elf->section_count = table_count(size, elf->sections_at, elf->section_count,
					 elf->section_size, elf->wide ? 64 : 40);
	elf->image = reader_of(image, size, r.big_endian);
	return r.failed ? -EINVAL : 0;
}

/* Remembers which addresses of code are which part of the file. */
static void read_segments(struct elf_file *elf)
{
	for (uint16_t i = 0; i < elf->segment_count && elf->text_count < SEGMENTS_MAX; i++) {
		struct reader r =
			reader_at(elf, elf->segments_at + (uint64_t)i * elf->segment_size);
		struct text_segment *text = &elf->text[elf->text_count];
		uint32_t type = read_u32(&r);
		uint32_t flags = elf->wide ? read_u32(&r) : 0;

		text->offset = read_word(&r, elf->wide);
		text->address = read_word(&r, elf->wide);
		read_word(&r, elf->wide); /* the physical one */
		text->size = read_word(&r, elf->wide);
		if (!elf->wide) {
			read_u32(&r); /* in memory */
			flags = read_u32(&r);
		}
		if (!r.failed && type == ELF_PT_LOAD && flags & ELF_PF_X)
			elf->text_count++;
	}
}

static bool read_elf_section(const struct elf_file *elf, uint32_t index,
			     struct elf_section *section)
{
	struct reader r = reader_at(elf, elf->sections_at + (uint64_t)index * elf->section_size);

	read_u32(&r); /* name */
	section->type = read_u32(&r);
	read_word(&r, elf->wide); /* flags */
	read_word(&r, elf->wide); /* address */
	section->offset = read_word(&r, elf->wide);
	section->size = read_word(&r, elf->wide);
	section->link = read_u32(&r);
	return !r.failed && index < elf->section_count &&
	       range_ok(section->offset, section->size, elf->image.size);
}

static bool offset_in_file(const struct elf_file *elf, uint64_t address, uint64_t *offset)
{
	for (size_t i = 0; i < elf->text_count; i++) {
		const struct text_segment *text = &elf->text[i];

		if (address >= text->address && address - text->address < text->size) {
			*offset = address - text->address + text->offset;
			return true;
		}
	}
	return false;
}

struct elf_symbol {
	uint32_t name;
	uint8_t type;
	uint16_t section;
	uint64_t value;
};

static struct elf_symbol read_elf_symbol(struct reader *r, bool wide)
{
	struct elf_symbol s = {.name = read_u32(r)};

	if (!wide) {
		s.value = read_u32(r);
		read_u32(r); /* size */
	}
	s.type = read_u8(r) & 15;
	read_u8(r); /* visibility */
	s.section = read_u16(r);
	if (wide) {
		s.value = read_u64(r);
		read_u64(r); /* size */
	}
	return s;
}

static int each_in_table(const struct elf_file *elf, const struct elf_section *table,
			 int (*fn)(void *ctx, const char *name, uint64_t offset), void *ctx)
{
	const char *image = (const char *)elf->image.data;
	struct reader r =
		reader_of(image + table->offset, (size_t)table->size, elf->image.big_endian);
	struct elf_section names;
	uint64_t offset = 0;
	int result = 0;

	/* With a NUL at its end, every name in the table ends. */
	if (!read_elf_section(elf, table->link, &names) || !names.size ||
	    image[names.offset + names.size - 1])
		return 0;
	while (!result && reader_left(&r)) {
		struct elf_symbol s = read_elf_symbol(&r, elf->wide);

		if (r.failed || !s.section || s.name >= names.size ||
		    (s.type != ELF_STT_FUNC && s.type != ELF_STT_GNU_IFUNC) ||
		    !offset_in_file(elf, s.value, &offset))
			continue;
		result = fn(ctx, image + names.offset + s.name, offset);
	}
	return result;
}

int each_elf_function(const void *image, size_t size,
		      int (*fn)(void *ctx, const char *name, uint64_t offset), void *ctx)
{
	struct elf_file elf = {.wide = false};
	struct elf_section section;
	int result = read_elf_header(&elf, image, size);
	int tables = 0;

	if (result)
		return result;
	read_segments(&elf);
	/* A file has at most one table of each of the two kinds, so the work is linear in its size. */
	for (uint32_t i = 0; i < elf.section_count && tables < 2 && !result; i++) {
		if (!read_elf_section(&elf, i, &section) ||
		    (section.type != ELF_SHT_SYMTAB && section.type != ELF_SHT_DYNSYM))
			continue;
		tables++;
		result = each_in_table(&elf, &section, fn, ctx);
	}
	return result;
}
