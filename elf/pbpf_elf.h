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
 * taken. A small one, as `readelf -SsrW` shows it, and where its parts end up:
 *
 *	file header      class 2, type 1, machine 247         checked, big_endian
 *	1 .strtab        "\0xdp\0my_prog\0my_map\0..."         every name points into it
 *	2 xdp            18 01 00 00 00 00 00 00 ...          sections[2].data, 32 bytes
 *	3 .relxdp        offset 0, symbol 2, R_BPF_64_64      sections[2].relocs[0]
 *	4 .maps          32 bytes                             sections[4].data
 *	5 .symtab        my_prog in 2 at 0, 32 bytes, FUNC    symbols[1]
 *	                 my_map in 4 at 0, 32 bytes, OBJECT   symbols[2]
 *	section headers  name, type, flags, offset, size ...  sections[]
 *
 * Both byte orders are read on every host: numbers of headers, symbols and relocations come out in
 * the host's order, section bytes stay as they are in the file.
 *
 * Interface, in order of use:
 *	pbpf_elf_open()      check the image and build the arrays
 *	pbpf_elf_section()   find a section by name
 *	pbpf_elf_adopt()     own the image, and keep of it what is used; _take_btf()
 *	pbpf_elf_close()
 * and, for a file of any other kind, pbpf_elf_find_bytes().
 *
 * What holds after open, whatever the bytes were:
 *	- a section's data lies within the image; its alignment is a power of two, at least 1;
 *	- a name is NUL-terminated, has less than 4096 bytes, and lies within its string table: for
 *	  symbols that is the one that the symbol table names, which need not be the sections';
 *	- a symbol's section index is below section_count or one of PBPF_SHN_*; a symbol that has a
 *	  section lies within it, value + size included;
 *	- a relocation's symbol index is below symbol_count, its offset below the section's size, and
 *	  no lower than that of the relocation before it;
 *	- there is at most one symbol table, and nothing that the later stages read is compressed.
 * More than 65,279 sections are numbered as the format prescribes (e_shnum 0, SHN_XINDEX); the
 * arrays have plain indices throughout.
 *
 * What does not hold: names can be anything, the empty string included; sections can overlap, and so
 * can symbols; several can carry one name; there can be no symbol at all (a stripped file); a
 * relocation may be of any type and patch anything; SHT_NOBITS can claim any size.
 *
 * DWARF (.debug_*) serves debuggers only. It is listed as it lies in the file, compressed or not.
 * Relocations of it are left out, and those of .BTF and .BTF.ext, whose bytes are right as they lie.
 *
 * Time and memory are linear in the size of the image (n log n to sort relocations that are not in
 * order; compilers write them so; and to sort the names of 64 sections or more), with four allocations for
 * fewer sections and five for any number, and one more for a copy when libelf is to read an image that is
 * not aligned to 8 bytes.
 *
 * Two backends give the same results and the same messages: libelf, and with ELF=builtin (or
 * -DPBPF_ELF_BUILTIN) a reader of our own that needs no other library. libelf's own memory comes
 * from malloc(). To read the code, begin with elf/image.h, then header.c, open.c, records.c, and
 * one of builtin.c and libelf.c;
 * then find.c and adopt.c.
 *
 * What it does not do: I/O, instructions, BTF, and what the sections mean.
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
	const uint8_t
		*data; /* `size` bytes, any alignment; NULL for SHT_NOBITS and type 0, and after
				pbpf_elf_adopt() for what is not kept */
	uint64_t size;
	uint64_t flags;
	uint64_t align; /* a power of two */
	uint32_t type;	/* PBPF_SHT_*, or 0: inactive, and empty */
	uint32_t link;
	uint32_t info;
	uint32_t name_length; /* characters */
	uint32_t reloc_count;
	const struct pbpf_reloc *relocs; /* what patches this section, ascending by offset */
};

struct pbpf_symbol {
	const char *name;
	uint64_t value; /* bytes into its section; a number for PBPF_SHN_ABS */
	uint64_t size;
	uint32_t section;   /* index into sections[], or PBPF_SHN_* */
	uint8_t type;	    /* PBPF_STT_* */
	uint8_t bind;	    /* PBPF_STB_* */
	uint8_t visibility; /* PBPF_STV_* */
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
 * change until pbpf_elf_close(), so read a file into memory rather than map it, since a mapping can
 * shrink under you. Any alignment will do.
 * Errors: -EINVAL for anything that breaks the format (the message says what and where), -ENOTSUP
 * for a good ELF file that is no BPF object (other class, type or machine, compressed sections,
 * SHT_RELA, 4 GiB or more), -ENOMEM.
 */
int pbpf_elf_open(struct pbpf_elf **elf, const void *image, size_t size,
		  const struct pbpf_env *env);

/*
 * The bytes of one section of any 64-bit ELF file, linked or not and of any machine: a kernel's
 * vmlinux, which has its BTF in ".BTF". They lie in the image; `big_endian` tells their byte order.
 * Errors: as of open; -ENOENT, without a message, when there is no such section or it is empty.
 */
struct pbpf_elf_bytes {
	const uint8_t *data;
	size_t size;
	bool big_endian;
};
int pbpf_elf_find_bytes(struct pbpf_elf_bytes *bytes, const void *image, size_t size,
			const char *section, const struct pbpf_env *env);

/* The first section of that name, or NULL. */
const struct pbpf_section *pbpf_elf_section(const struct pbpf_elf *elf, const char *name);

/*
 * Makes the image elf's own: `image` is what was opened, `room` bytes that came from the env's resize(). Of these
 * it keeps code, data, BTF and names; the bytes of DWARF and of tables are given back, `data` of these sections
 * is NULL from then on, and what pointed into the image is to be taken from the arrays anew. Errors: -ENOMEM, and
 * nothing has changed.
 */
int pbpf_elf_adopt(struct pbpf_elf *elf, void *image, size_t room);

/* The bytes of .BTF or .BTF.ext in such an image, to be written over: they stay until pbpf_elf_close(), and the
 * section's `data` is NULL from then on. NULL: they are not elf's own, or another section's too. */
void *pbpf_elf_take_btf(struct pbpf_elf *elf, const struct pbpf_section *section);

/* Frees the arrays; NULL is fine. */
void pbpf_elf_close(struct pbpf_elf *elf);

#ifdef __cplusplus
}
#endif

#endif
