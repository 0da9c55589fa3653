/* SPDX-License-Identifier: MIT */
/*
 * elf, stage 1: the bytes of a .o become plain arrays.
 *
 *	image ──> sections[]   name, type, flags, bytes ─┐
 *	          symbols[]    name, section, value      │ all of it borrowed from the image,
 *	          relocs[]     grouped by the section <──┘ nothing converted but numbers
 *	                       that they patch
 *
 * clang -target bpf writes ELF64 relocatable files (ET_REL) for machine EM_BPF. Nothing else is
 * taken. Both byte orders are read on every host: numbers of headers, symbols and relocations come
 * out in the host's order, section bytes stay as they are in the file.
 *
 * Interface, in order of use:
 *	pbpf_elf_open()      check the image and build the arrays
 *	pbpf_elf_section()   find a section by name
 *	pbpf_elf_close()
 *
 * What holds after open: every section's data lies within the image; every name is NUL-terminated
 * within its string table; every symbol's section index is below section_count or one of the
 * special values; every symbol that has a section lies within it; every relocation's symbol index
 * is below symbol_count and its offset within its section. What does not hold: names can be
 * anything, sections and symbols can overlap, several can carry one name.
 *
 * What it does not do: I/O, instructions, BTF.
 */
#ifndef PBPF_ELF_H
#define PBPF_ELF_H

#include "base/pbpf_base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The section types, flags, symbol types ... that a BPF object uses, with the values of the System
 * V gABI (under names of our own, so that <elf.h> is not needed beside this header). */
enum {
	PBPF_SHT_PROGBITS = 1,
	PBPF_SHT_SYMTAB = 2,
	PBPF_SHT_STRTAB = 3,
	PBPF_SHT_RELA = 4,
	PBPF_SHT_NOBITS = 8,
	PBPF_SHT_REL = 9,
};
enum {
	PBPF_SHF_WRITE = 1,
	PBPF_SHF_ALLOC = 2,
	PBPF_SHF_EXECINSTR = 4,
	PBPF_SHF_COMPRESSED = 1 << 11,
};
enum { PBPF_STB_LOCAL = 0, PBPF_STB_GLOBAL = 1, PBPF_STB_WEAK = 2 };
enum {
	PBPF_STT_NOTYPE = 0,
	PBPF_STT_OBJECT = 1,
	PBPF_STT_FUNC = 2,
	PBPF_STT_SECTION = 3,
	PBPF_STT_FILE = 4
};
enum { PBPF_STV_DEFAULT = 0, PBPF_STV_INTERNAL = 1, PBPF_STV_HIDDEN = 2, PBPF_STV_PROTECTED = 3 };

/* Special values of pbpf_symbol.section. */
#define PBPF_SHN_UNDEF	0u	    /* defined elsewhere: an extern */
#define PBPF_SHN_ABS	0xfffffff1u /* `value` is a number, not a place */
#define PBPF_SHN_COMMON 0xfffffff2u /* a tentative definition; BPF objects have none */

/* BPF relocation types (Documentation/bpf/llvm_reloc.rst of Linux). */
enum {
	PBPF_R_64_64 = 1,    /* the two halves of ld_imm64: a map, data, or a function's address */
	PBPF_R_64_ABS64 = 2, /* 8 bytes of data */
	PBPF_R_64_ABS32 = 3, /* 4 bytes of data */
	PBPF_R_64_NODYLD32 = 4, /* 4 bytes of .BTF and .BTF.ext; already right in the file */
	PBPF_R_64_32 = 10,	/* the immediate of a call */
};

struct pbpf_reloc {
	uint64_t offset; /* bytes into the section that it patches */
	uint32_t symbol; /* index into symbols[] */
	uint32_t type;	 /* PBPF_R_* */
};

struct pbpf_section {
	const char *name;
	const uint8_t *data; /* `size` bytes, any alignment; NULL for SHT_NOBITS */
	uint64_t size;
	uint64_t flags;
	uint64_t align;
	uint32_t type;
	uint32_t link;
	uint32_t info;
	uint32_t reloc_count;
	const struct pbpf_reloc *relocs; /* what patches this section, in the order of the file */
};

struct pbpf_symbol {
	const char *name;
	uint64_t value; /* bytes into its section */
	uint64_t size;
	uint32_t section; /* index into sections[], or PBPF_SHN_* */
	uint8_t type;	  /* PBPF_STT_* */
	uint8_t bind;	  /* PBPF_STB_* */
	uint8_t visibility;
};

/* Read-only for the caller; owned by pbpf_elf_close(). sections[0] and symbols[0] are the empty
 * ones that the format prescribes. */
struct pbpf_elf {
	const struct pbpf_section *sections;
	const struct pbpf_symbol *symbols;
	uint32_t section_count;
	uint32_t symbol_count;
	bool big_endian;
};

/*
 * Checks `size` bytes at `image` and makes the arrays. The image is borrowed: it must stay and not
 * change until pbpf_elf_close(). Any alignment will do.
 * Errors: -EINVAL for anything that breaks the format (the message says what and where), -ENOTSUP
 * for a good ELF file that is no BPF object (other class, type or machine, compressed sections,
 * SHT_RELA), -ENOMEM.
 */
int pbpf_elf_open(struct pbpf_elf **elf, const void *image, size_t size,
		  const struct pbpf_env *env);

/* The first section of that name, or NULL. */
const struct pbpf_section *pbpf_elf_section(const struct pbpf_elf *elf, const char *name);

/* Frees the arrays; NULL is fine. */
void pbpf_elf_close(struct pbpf_elf *elf);

#ifdef __cplusplus
}
#endif

#endif
