/* SPDX-License-Identifier: MIT */
/*
 * Composes ELF images for tests, good ones that the test then spoils.
 *
 *	struct elf_builder b;
 *	build_start(&b, big_endian);
 *	prog = build_section(&b, "xdp", PBPF_SHT_PROGBITS, PBPF_SHF_EXECINSTR, insns, sizeof(insns));
 *	main = build_symbol(&b, "main", STB_GLOBAL << 4 | STT_FUNC, prog, 0, 16);
 *	build_reloc(&b, prog, 0, map, PBPF_R_64_64);
 *	struct elf_built image = build_finish(&b);
 *	built_put(&image, built_section(&image, prog) + 32, 8, 1 << 20);      its sh_size
 *	free(image.bytes);
 *
 * Section 1 is .strtab, section 2 .symtab. What does not fit in 16 bits is numbered as the System V
 * gABI says. Memory that cannot be had ends the program.
 */
#ifndef TESTS_ELF_BUILDER_H
#define TESTS_ELF_BUILDER_H

#include "elf/pbpf_elf.h"

struct build_bytes {
	unsigned char *data;
	size_t size;
	size_t room;
};

struct build_part {
	struct build_bytes bytes;
	uint64_t flags;
	uint64_t size; /* of SHT_NOBITS; otherwise that of the bytes */
	uint32_t name, type, link, info, entry_size;
};

struct elf_builder {
	bool big_endian;
	struct build_part *sections;
	uint32_t section_count;
	uint32_t symbol_count;
	uint32_t extended; /* section of the symbols' section indices, 0 without one */
};

/* A finished image. */
struct elf_built {
	unsigned char *bytes; /* the caller's, from malloc() */
	size_t size;
	size_t table; /* where the section headers begin */
	bool big_endian;
};

enum { BUILT_STRTAB = 1, BUILT_SYMTAB = 2 };

void build_start(struct elf_builder *b, bool big_endian);

/* Adds a section and returns its index. `data` NULL with SHT_NOBITS. link, info and entry_size are
 * set by the caller where it matters, in b->sections[]. */
uint32_t build_section(struct elf_builder *b, const char *name, uint32_t type, uint64_t flags,
		       const void *data, size_t size);

/* Adds a symbol and returns its index. `info` is bind << 4 | type, `section` as in pbpf_symbol. */
uint32_t build_symbol(struct elf_builder *b, const char *name, uint8_t info, uint32_t section,
		      uint64_t value, uint64_t size);

/* Adds a relocation to the last section of relocations for `target`, or to a new one. */
void build_reloc(struct elf_builder *b, uint32_t target, uint64_t offset, uint32_t symbol,
		 uint32_t type);

/* Adds a new section of relocations for `target`, empty so far, and returns its index. */
uint32_t build_reloc_section(struct elf_builder *b, uint32_t target, uint32_t type);

/* Lays out the image and frees the builder. */
struct elf_built build_finish(struct elf_builder *b);

/* Where the header of a section is, and the first byte of its contents. */
size_t built_section(const struct elf_built *image, uint32_t index);
size_t built_data(const struct elf_built *image, uint32_t index);

/* Reads and overwrites a number of `width` bytes in the image's byte order. */
uint64_t built_get(const struct elf_built *image, size_t offset, unsigned int width);
void built_put(const struct elf_built *image, size_t offset, unsigned int width, uint64_t value);

#endif
