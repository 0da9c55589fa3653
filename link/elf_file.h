/* SPDX-License-Identifier: MIT */
/*
 * An executable or a shared library as a uprobe needs it: 32 or 64 bits wide, of either byte order, its
 * segments, and its sections by index and name. The image is any bytes.
 */
#ifndef LINK_ELF_FILE_H
#define LINK_ELF_FILE_H

#include "base/reader.h"

#define ELF_SEGMENTS_MAX 32 /* that are loaded; linkers make about four */

struct elf_segment {
	uint64_t offset, address, size;
	bool executable;
};

struct elf_file {
	struct reader image;
	bool wide;	  /* 64 bits */
	bool fixed;	  /* ET_EXEC: its addresses are those in memory */
	uint16_t machine; /* EM_* */
	uint64_t segments_at, sections_at;
	uint16_t segment_size, segment_count, section_size, section_count;
	uint16_t names; /* the section that has the names of sections */
	struct elf_segment segments[ELF_SEGMENTS_MAX];
	size_t loaded; /* of these */
};

struct elf_section {
	uint32_t name, type, link;
	uint64_t address, offset, size;
};

/* Reads the header and the segments. -EINVAL: not ELF. The image stays the caller's, and is borrowed. */
int elf_file_open(struct elf_file *elf, const void *image, size_t size);

/* A number of the file's width. */
uint64_t elf_file_word(const struct elf_file *elf, struct reader *r);

/* False: there is no such section, or it reaches beyond the file and is not one without bytes. */
bool elf_file_section(const struct elf_file *elf, uint32_t index, struct elf_section *section);
/* The first section of that name. */
bool elf_file_find(const struct elf_file *elf, const char *name, struct elf_section *section);

/* Where in the file is what is loaded at this address? `executable`: code, else data. */
bool elf_file_offset(const struct elf_file *elf, uint64_t address, bool executable,
		     uint64_t *offset);

/* The bytes of a section, none of one without. */
struct reader elf_file_bytes(const struct elf_file *elf, const struct elf_section *section);

#endif
