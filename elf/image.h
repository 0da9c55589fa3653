/* SPDX-License-Identifier: MIT */
/*
 * The private side of elf: what the stage's own files share.
 *
 *	header.c    the file header: is this a BPF object, and where is its section header table?
 *	open.c      sections, and the order of the work
 *	records.c   symbols and relocations
 *	find.c      sections by name
 *	adopt.c     the image becomes our own, and smaller
 *	libelf.c    one of these two finds the records of the file; what is right and what is refused is
 *	builtin.c   decided by the others, once for both
 */
#ifndef ELF_IMAGE_H
#define ELF_IMAGE_H

#include "base/env.h"
#include "elf/pbpf_elf.h"

#include <string.h>

/* Sizes of the format's records, and the escape that moves a number elsewhere when it does not fit
 * in 16 bits (System V gABI, "ELF Header" and "Symbol Table"). */
enum {
	ELF_HEADER_SIZE = 64,
	ELF_SECTION_SIZE = 64,
	ELF_SYMBOL_SIZE = 24,
	ELF_RELOC_SIZE = 16,
	ELF_INDEX_SIZE = 4,
	ELF_INDEX_RESERVED = 0xff00,
	ELF_INDEX_ABS = 0xfff1,
	ELF_INDEX_COMMON = 0xfff2,
	ELF_INDEX_EXTENDED = 0xffff,
};

#define ELF_COMPILE "compile it with `clang -target bpf -g -O2 -c`"
#define ELF_CUT	    "the file is cut short; copy or build it again"

/* The bytes break the format. */
#define elf_damaged(o, where, offset, ...)                    \
	env_fail((o)->env, -EINVAL, AT("elf", where, offset), \
		 "the file is damaged; build it again", __VA_ARGS__)

/* A string table; its last byte is NUL. */
struct elf_strings {
	const char *bytes;
	uint64_t size;
};

/* The arrays behind the public view, and the host they came from. */
struct elf_object {
	struct pbpf_elf view; /* first, so that the caller's pointer is the object's */
	struct pbpf_env env;
	struct pbpf_section *sections;
	struct pbpf_symbol *symbols;
	struct pbpf_reloc *relocs;
	size_t reloc_count;
	const struct pbpf_section **by_name; /* see find.c; NULL: they are few */
	struct elf_strings section_names, symbol_names;
	/* Where it was adopted: the image, and a copy of the names; NULL otherwise. */
	uint8_t *image;
	size_t image_size;
	char *names;
	size_t names_size;
};

/* An object that is being opened. */
struct elf_opening {
	/* The file, and what its header says; the section header table lies within it. */
	const uint8_t *data;
	size_t size;
	uint64_t table;		/* where the section headers begin, a multiple of 8 */
	uint32_t section_count; /* at least 1 */
	uint32_t names;		/* index of the section that holds the sections' names */
	bool big_endian;
	bool any_kind; /* not only objects for BPF */
	/* Who reads it, with two pointers of its own, and for whom. */
	const struct elf_backend *backend;
	void *handle, *copy;
	const struct pbpf_env *env;
	/* What has been found so far. */
	struct elf_object *object;
	uint32_t symtab;   /* index of the symbol table, 0 without one */
	uint32_t extended; /* of its table of extended section indices, 0 without one */
};

/* A section header in the host's byte order. */
struct elf_header {
	uint64_t flags;
	uint64_t offset;
	uint64_t size;
	uint64_t align;
	uint64_t entry_size;
	uint32_t name; /* offset into the names */
	uint32_t type;
	uint32_t link;
	uint32_t info;
};

/* Symbols, relocations, or section indices, one behind the other. */
struct elf_table {
	const uint8_t *bytes;
	bool big_endian;
};

/*
 * Reads the file. It is asked only for what is there: sections below section_count, and tables that
 * lie within the file and hold whole records.
 */
struct elf_backend {
	const char *name;
	int (*begin)(struct elf_opening *o);
	void (*end)(struct elf_opening *o); /* also after a begin() that failed */
	int (*header)(const struct elf_opening *o, uint32_t index, struct elf_header *header);
	/* The records of section `index`, valid until end(). */
	int (*table)(const struct elf_opening *o, uint32_t index, struct elf_table *table);
};
extern const struct elf_backend elf_backend_libelf, elf_backend_builtin;

/* Checks the file header of o->data and fills in what it says. */
int elf_check_file(struct elf_opening *o);

/* The string table at section `index`; `whose` are the names in it. */
int elf_take_strings(const struct elf_opening *o, uint32_t index, const char *whose,
		     struct elf_strings *strings);

/* Names are sorted and compared. Many may be the ends of one long text, so they have a limit (the kernel's own
 * for symbols is 512). How long the name at `offset`, which is in the table, is: the limit when it is longer. */
#define ELF_NAME_LIMIT 4096
static inline uint32_t elf_name_length(const struct elf_strings *strings, uint32_t offset)
{
	return (uint32_t)strnlen(strings->bytes + offset, ELF_NAME_LIMIT);
}

/* Section `index` as an array of whole records of this size. */
int elf_take_table(const struct elf_opening *o, uint32_t index, uint32_t record_size,
		   struct elf_table *table);

/* Is `name` the beginning of the section's name? */
static inline bool elf_begins(const struct pbpf_section *section, const char *name, size_t length)
{
	return section->name_length >= length && !memcmp(section->name, name, length);
}

/* DWARF is listed as it lies in the file, and no stage reads it; so it may be compressed, and what
 * relocates it is passed over. Code is code, whatever it is called: programs can be in it. */
static inline bool elf_is_dwarf(const struct pbpf_section *section)
{
	return section->type == PBPF_SHT_PROGBITS &&
	       !(section->flags & (PBPF_SHF_ALLOC | PBPF_SHF_EXECINSTR)) &&
	       elf_begins(section, ".debug_", 7);
}

/* What relocates BTF is passed over, too: the compiler has written the numbers already (R_BPF_64_NODYLD32), and
 * there is one for each source line. */
static inline bool elf_is_btf(const struct pbpf_section *section)
{
	return elf_begins(section, ".BTF", 4) && !(section->flags & PBPF_SHF_EXECINSTR) &&
	       (section->name_length == 4 || !strcmp(section->name, ".BTF.ext"));
}

/* The steps that follow when the sections are there, in this order. */
int elf_take_symbols(struct elf_opening *o);
int elf_take_relocs(struct elf_opening *o);
int elf_index_sections(struct elf_object *object);

/* pbpf_elf_open() with a backend of the caller's choice: for tests, which compare the two. */
int elf_open_with(const struct elf_backend *backend, struct pbpf_elf **elf, const void *image,
		  size_t size, const struct pbpf_env *env);

#endif
