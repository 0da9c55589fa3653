/* SPDX-License-Identifier: MIT */
/*
 * Header, segments and sections of an ELF file.
 *
 *	address 0xa0a90 ─┐
 *	segment addresses 0x28000 ... are the file from 0x27000 on ─┴─> offset 0x9fa90 in the file
 *
 * A uprobe wants the offset. That a program is loaded somewhere else each time (PIE, libraries) is of
 * no matter: the kernel finds the page by the file.
 */
#include "link/elf_file.h"

#include <errno.h>

enum {
	ELF_ET_EXEC = 2,
	ELF_PT_LOAD = 1,
	ELF_PF_X = 1,
	ELF_SHT_NOBITS = 8,
};

uint64_t elf_file_word(const struct elf_file *elf, struct reader *r)
{
	return elf->wide ? read_u64(r) : read_u32(r);
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
	elf->fixed = read_u16(&r) == ELF_ET_EXEC;
	elf->machine = read_u16(&r);
	read_u32(&r); /* version */
	elf_file_word(elf, &r);
	elf->segments_at = elf_file_word(elf, &r);
	elf->sections_at = elf_file_word(elf, &r);
	reader_skip(&r, 6); /* flags, the header's size */
	elf->segment_size = read_u16(&r);
	elf->segment_count = read_u16(&r);
	elf->section_size = read_u16(&r);
	elf->section_count = read_u16(&r);
	elf->names = read_u16(&r);
	elf->segment_count = table_count(size, elf->segments_at, elf->segment_count,
					 elf->segment_size, elf->wide ? 56 : 32);
	elf->section_count = table_count(size, elf->sections_at, elf->section_count,
					 elf->section_size, elf->wide ? 64 : 40);
	elf->image = reader_of(image, size, r.big_endian);
	return r.failed ? -EINVAL : 0;
}

/* Remembers which addresses are which part of the file. */
static void read_segments(struct elf_file *elf)
{
	for (uint16_t i = 0; i < elf->segment_count && elf->loaded < ELF_SEGMENTS_MAX; i++) {
		struct reader r =
			reader_at(elf, elf->segments_at + (uint64_t)i * elf->segment_size);
		struct elf_segment *segment = &elf->segments[elf->loaded];
		uint32_t type = read_u32(&r);
		uint32_t flags = elf->wide ? read_u32(&r) : 0;

		segment->offset = elf_file_word(elf, &r);
		segment->address = elf_file_word(elf, &r);
		elf_file_word(elf, &r); /* the physical one */
		segment->size = elf_file_word(elf, &r);
		if (!elf->wide) {
			read_u32(&r); /* in memory */
			flags = read_u32(&r);
		}
		segment->executable = flags & ELF_PF_X;
		if (!r.failed && type == ELF_PT_LOAD)
			elf->loaded++;
	}
}

int elf_file_open(struct elf_file *elf, const void *image, size_t size)
{
	int err;

	*elf = (struct elf_file){.wide = false};
	err = read_elf_header(elf, image, size);
	if (!err)
		read_segments(elf);
	return err;
}

bool elf_file_section(const struct elf_file *elf, uint32_t index, struct elf_section *section)
{
	struct reader r = reader_at(elf, elf->sections_at + (uint64_t)index * elf->section_size);

	section->name = read_u32(&r);
	section->type = read_u32(&r);
	elf_file_word(elf, &r); /* flags */
	section->address = elf_file_word(elf, &r);
	section->offset = elf_file_word(elf, &r);
	section->size = elf_file_word(elf, &r);
	section->link = read_u32(&r);
	if (section->type == ELF_SHT_NOBITS)
		section->offset = section->size = 0;
	return !r.failed && index < elf->section_count &&
	       range_ok(section->offset, section->size, elf->image.size);
}

/* Is this the text at offset `at` of a table of texts? */
static bool text_is(const struct elf_file *elf, const struct elf_section *table, uint32_t at,
		    const char *text)
{
	size_t size = strlen(text) + 1;

	return range_ok(at, size, table->size) &&
	       !memcmp(elf->image.data + table->offset + at, text, size);
}

bool elf_file_find(const struct elf_file *elf, const char *name, struct elf_section *section)
{
	struct elf_section names;

	if (!elf_file_section(elf, elf->names, &names))
		return false;
	for (uint32_t i = 0; i < elf->section_count; i++)
		if (elf_file_section(elf, i, section) && text_is(elf, &names, section->name, name))
			return true;
	return false;
}

bool elf_file_offset(const struct elf_file *elf, uint64_t address, bool executable,
		     uint64_t *offset)
{
	for (size_t i = 0; i < elf->loaded; i++) {
		const struct elf_segment *segment = &elf->segments[i];

		if (segment->executable == executable && address >= segment->address &&
		    address - segment->address < segment->size) {
			*offset = address - segment->address + segment->offset;
			return true;
		}
	}
	return false;
}

struct reader elf_file_bytes(const struct elf_file *elf, const struct elf_section *section)
{
	return reader_of(elf->image.data + section->offset, (size_t)section->size,
			 elf->image.big_endian);
}
