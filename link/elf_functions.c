/* SPDX-License-Identifier: MIT */
/*
 * The functions of an ELF file, by its tables of symbols.
 */
#include "link/elf_functions.h"

#include "link/elf_versions.h"

#include <errno.h>
#include <string.h>

enum {
	ELF_SHT_SYMTAB = 2,
	ELF_SHT_DYNSYM = 11,
	ELF_STT_OBJECT = 1,
	ELF_STT_FUNC = 2,
	ELF_STT_GNU_IFUNC = 10,
	ELF_EM_PPC64 = 21,
};

/* Symbols with longer names are passed over: many may be the ends of one long text, and the work is to be in
 * proportion to the file. */
#define NAME_LIMIT 4096

struct elf_symbol {
	uint32_t name;
	uint8_t type, other;
	uint16_t section;
	uint64_t value;
	const char *version; /* as of struct elf_function */
	bool old;
};

static struct elf_symbol read_elf_symbol(struct reader *r, bool wide)
{
	struct elf_symbol s = {.name = read_u32(r)};

	if (!wide) {
		s.value = read_u32(r);
		read_u32(r); /* size */
	}
	s.type = read_u8(r) & 15;
	s.other = read_u8(r);
	s.section = read_u16(r);
	if (wide) {
		s.value = read_u64(r);
		read_u64(r); /* size */
	}
	return s;
}

static bool is_symbol_table(const struct elf_section *section)
{
	return section->type == ELF_SHT_SYMTAB || section->type == ELF_SHT_DYNSYM;
}

/* Calls fn for each symbol that the file defines, with its name, which ends within the file. */
static int each_in_table(const struct elf_file *elf, const struct elf_section *table,
			 struct elf_versions *versions,
			 int (*fn)(void *ctx, const char *name, const struct elf_symbol *symbol),
			 void *ctx)
{
	const char *image = (const char *)elf->image.data;
	struct reader r = elf_file_bytes(elf, table);
	struct elf_section names;
	int result = 0;

	/* With a NUL at its end, every name in the table ends. */
	if (!elf_file_section(elf, table->link, &names) || !names.size ||
	    image[names.offset + names.size - 1])
		return 0;
	while (!result && reader_left(&r)) {
		struct elf_symbol s = read_elf_symbol(&r, elf->wide);

		if (table->type == ELF_SHT_DYNSYM)
			s.version = elf_versions_next(versions, &s.old);
		if (!r.failed && s.section && s.name < names.size &&
		    strnlen(image + names.offset + s.name, NAME_LIMIT) < NAME_LIMIT)
			result = fn(ctx, image + names.offset + s.name, &s);
	}
	return result;
}

static int each_elf_symbol(const struct elf_file *elf,
			   int (*fn)(void *ctx, const char *name, const struct elf_symbol *symbol),
			   void *ctx)
{
	struct elf_versions versions;
	struct elf_section section;
	int result = 0, tables = 0;

	elf_versions_open(elf, &versions);

	/* A file has at most one table of each of the two kinds, so the work is linear in its size. */
	for (uint32_t i = 0; !result && i < elf->section_count && tables < 2; i++) {
		if (!elf_file_section(elf, i, &section) || !is_symbol_table(&section))
			continue;
		tables++;
		result = each_in_table(elf, &section, &versions, fn, ctx);
	}
	return result;
}

struct function_walk {
	const struct elf_file *elf;
	int (*fn)(void *ctx, const struct elf_function *function);
	void *ctx;
};

/*
 * How far behind a function's first byte do calls from its own module come in? On ppc64 they pass over the
 * instructions that find the module's data; st_other tells the distance, 2^n bytes (64-Bit ELF V2 ABI, 3.4.1).
 */
static uint64_t local_entry(const struct elf_file *elf, const struct elf_symbol *symbol)
{
	unsigned int n = symbol->other >> 5;

	return elf->machine == ELF_EM_PPC64 && n >= 2 && n < 7 ? UINT64_C(1) << n : 0;
}

static int pass_function(void *ctx, const char *name, const struct elf_symbol *symbol)
{
	struct function_walk *walk = ctx;
	struct elf_function function = {name, symbol->version, symbol->old, 0, 0};

	if ((symbol->type != ELF_STT_FUNC && symbol->type != ELF_STT_GNU_IFUNC) ||
	    !elf_file_offset(walk->elf, symbol->value, true, &function.offset))
		return 0;
	function.entry = function.offset + local_entry(walk->elf, symbol);
	return walk->fn(walk->ctx, &function);
}

int each_elf_function(const void *image, size_t size,
		      int (*fn)(void *ctx, const struct elf_function *function), void *ctx)
{
	struct elf_file elf;
	struct function_walk walk = {&elf, fn, ctx};
	int err = elf_file_open(&elf, image, size);

	return err ? err : each_elf_symbol(&elf, pass_function, &walk);
}

struct functions_search {
	const char *name;
	size_t length;
	uint64_t address;
	bool found, several;
};

static int compare_symbol(void *ctx, const char *name, const struct elf_symbol *symbol)
{
	struct functions_search *search = ctx;

	if (strncmp(name, search->name, search->length) != 0 || name[search->length] ||
	    (symbol->type != ELF_STT_FUNC && symbol->type != ELF_STT_OBJECT))
		return 0;
	search->several |= search->found && symbol->value != search->address;
	search->address = symbol->value;
	search->found = true;
	return 0;
}

bool elf_symbol_address(const struct elf_file *elf, const char *name, size_t length,
			uint64_t *address)
{
	struct functions_search search = {.name = name, .length = length};

	each_elf_symbol(elf, compare_symbol, &search);
	*address = search.address;
	return search.found && !search.several;
}
