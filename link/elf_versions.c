/* SPDX-License-Identifier: MIT */
/*
 * Versions of symbols (the LSB's "Symbol Versioning"): .gnu.version has a number for each dynamic symbol,
 * .gnu.version_d the names by number.
 *
 *	version 2 | flags 2 | number 2 | names 2 | hash 4 | offset of the first name 4 | of the next record 4
 *	name: offset in the strings 4 | offset of the next name 4
 */
#include "link/elf_versions.h"

#include <string.h>

enum {
	SECTION_VERSIONS = 0x6ffffffd, /* SHT_GNU_verdef */
	SECTION_NUMBERS = 0x6fffffff,  /* SHT_GNU_versym */
	RECORD_SIZE = 20,
	OLD_VERSION = 0x8000, /* in a number: "hidden" */
};

static bool find_by_type(const struct elf_file *elf, uint32_t type, struct elf_section *section)
{
	for (uint32_t i = 0; i < elf->section_count; i++)
		if (elf_file_section(elf, i, section) && section->type == type)
			return true;
	return false;
}

/* A text of a table whose last byte is a NUL, or NULL. */
static const char *text_at(const struct elf_file *elf, const struct elf_section *texts, uint32_t at)
{
	const char *image = (const char *)elf->image.data;

	if (at >= texts->size || image[texts->offset + texts->size - 1])
		return NULL;
	return image + texts->offset + at;
}

static void read_version_names(const struct elf_file *elf, struct elf_versions *versions)
{
	struct elf_section section, texts;
	uint64_t at = 0;

	if (!find_by_type(elf, SECTION_VERSIONS, &section) ||
	    !elf_file_section(elf, section.link, &texts))
		return;
	for (;;) {
		struct reader r = elf_file_bytes(elf, &section), name = r;
		uint32_t number, first, next;

		r.failed = name.failed = at > r.size;
		r.at = r.failed ? 0 : (size_t)at;
		read_u32(&r); /* version and flags */
		number = read_u16(&r);
		read_u16(&r);
		read_u32(&r);
		first = read_u32(&r);
		next = read_u32(&r);
		name.failed |= r.failed || first > name.size - (size_t)at;
		name.at = name.failed ? 0 : (size_t)at + first;
		first = read_u32(&name);
		if (!name.failed && number < ELF_VERSIONS_MAX)
			versions->names[number] = text_at(elf, &texts, first);
		if (r.failed || next < RECORD_SIZE)
			return;
		at += next;
	}
}

void elf_versions_open(const struct elf_file *elf, struct elf_versions *versions)
{
	struct elf_section section;

	memset(versions, 0, sizeof(*versions));
	versions->numbers.failed = true;
	if (!find_by_type(elf, SECTION_NUMBERS, &section))
		return;
	versions->numbers = elf_file_bytes(elf, &section);
	read_version_names(elf, versions);
}

/* The numbers 0 and 1 are of symbols without a version. */
const char *elf_versions_next(struct elf_versions *versions, bool *old)
{
	uint16_t number = read_u16(&versions->numbers);
	uint16_t index = number & (OLD_VERSION - 1);

	*old = number & OLD_VERSION;
	return index > 1 && index < ELF_VERSIONS_MAX ? versions->names[index] : NULL;
}
