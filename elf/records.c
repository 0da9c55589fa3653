/* SPDX-License-Identifier: MIT */
/*
 * Symbols, and relocations grouped by the section that they patch.
 *
 * Relocations are taken in two passes over the sections, one that counts and one that fills, so
 * that one array holds them all and time stays linear however many sections there are.
 */
#include "base/reader.h"
#include "base/sort.h"
#include "elf/image.h"

enum { ELF_SHT_CREL = 0x40000014 };

/* A symbol in the host's byte order (System V gABI, "Symbol Table": Elf64_Sym). */
struct symbol_record {
	uint64_t value;
	uint64_t size;
	uint32_t name;	   /* offset into the string table */
	uint32_t extended; /* the section's index when `section` is ELF_INDEX_EXTENDED */
	uint16_t section;
	uint8_t info;
	uint8_t other;
};

/* Where they are read: the symbol table, and that of section indices, if there is one. */
struct symbol_source {
	const struct elf_opening *o;
	struct elf_table symbols, indices;
	const char *where; /* the symbol table's name, for messages */
};

static struct symbol_record record_of_symbol(const struct symbol_source *from, uint32_t n)
{
	struct reader r = reader_of(from->symbols.bytes + (size_t)n * ELF_SYMBOL_SIZE,
				    ELF_SYMBOL_SIZE, from->symbols.big_endian);
	struct symbol_record record = {0};

	record.name = read_u32(&r);
	record.info = read_u8(&r);
	record.other = read_u8(&r);
	record.section = read_u16(&r);
	record.value = read_u64(&r);
	record.size = read_u64(&r);
	if (from->indices.bytes) {
		r = reader_of(from->indices.bytes + (size_t)n * ELF_INDEX_SIZE, ELF_INDEX_SIZE,
			      from->indices.big_endian);
		record.extended = read_u32(&r);
	}
	return record;
}

/* The section that a symbol is defined in, as PBPF_SHN_* or an index that exists. */
static int symbol_section(const struct symbol_source *from, const struct symbol_record *r,
			  uint32_t n, uint32_t *section)
{
	const struct elf_opening *o = from->o;
	uint64_t at = (uint64_t)n * ELF_SYMBOL_SIZE;
	bool extended = r->section == ELF_INDEX_EXTENDED;
	uint32_t index = extended ? r->extended : r->section;

	if (extended && !o->extended)
		return elf_damaged(o, from->where, at,
				   "symbol %u has its section index in a table that is not there",
				   n);
	if (!extended && index == ELF_INDEX_ABS)
		index = PBPF_SHN_ABS;
	else if (!extended && index == ELF_INDEX_COMMON)
		index = PBPF_SHN_COMMON;
	else if (index >= o->section_count || (!extended && index >= ELF_INDEX_RESERVED))
		return elf_damaged(o, from->where, at,
				   "symbol %u is in section %u, the last one is %u", n, index,
				   o->section_count - 1);
	*section = index;
	return 0;
}

static int take_symbol(const struct symbol_source *from, uint32_t n)
{
	const struct elf_opening *o = from->o;
	const struct elf_strings *names = &o->object->symbol_names;
	const struct pbpf_section *sections = o->object->sections;
	struct pbpf_symbol *s = &o->object->symbols[n];
	struct symbol_record r = record_of_symbol(from, n);
	uint64_t at = (uint64_t)n * ELF_SYMBOL_SIZE;
	int err = symbol_section(from, &r, n, &s->section);

	if (err)
		return err;
	if (r.name >= names->size)
		return elf_damaged(o, from->where, at,
				   "the name of symbol %u lies outside the string table", n);
	if (names->size - r.name > ELF_NAME_LIMIT &&
	    elf_name_length(names, r.name) == ELF_NAME_LIMIT)
		return elf_damaged(o, from->where, at, "the name of symbol %u has %d bytes or more",
				   n, ELF_NAME_LIMIT);
	s->name = names->bytes + r.name;
	s->value = r.value;
	s->size = r.size;
	s->type = r.info & 15;
	s->bind = r.info >> 4;
	s->visibility = r.other & 3;
	if (s->section != PBPF_SHN_UNDEF && s->section < o->section_count &&
	    !range_ok(s->value, s->size, sections[s->section].size))
		return elf_damaged(
			o, from->where, at,
			"symbol %u '%s' (%llu bytes at byte %llu) lies outside its section "
			"'%s' (%llu bytes)",
			n, s->name, (unsigned long long)s->size, (unsigned long long)s->value,
			sections[s->section].name, (unsigned long long)sections[s->section].size);
	return 0;
}

/* The table of section indices belongs to the symbol table, entry by entry. */
static int take_indices(const struct elf_opening *o, uint32_t symbol_count,
			struct elf_table *indices)
{
	const struct pbpf_section *s = &o->object->sections[o->extended];
	int err = elf_take_table(o, o->extended, ELF_INDEX_SIZE, indices);

	if (err)
		return err;
	if (s->link != o->symtab || s->size / ELF_INDEX_SIZE != symbol_count)
		return elf_damaged(o, s->name, 0,
				   "the table of section indices does not fit the symbol table");
	return 0;
}

int elf_take_symbols(struct elf_opening *o)
{
	struct elf_object *object = o->object;
	const struct pbpf_section *symtab = &object->sections[o->symtab];
	uint32_t count = (uint32_t)(symtab->size / ELF_SYMBOL_SIZE);
	struct symbol_source from = {.o = o, .where = symtab->name};
	int err = elf_take_table(o, o->symtab, ELF_SYMBOL_SIZE, &from.symbols);

	if (!err)
		err = elf_take_strings(o, symtab->link, "symbols", &object->symbol_names);
	if (!err && o->extended)
		err = take_indices(o, count, &from.indices);
	if (err)
		return err;
	object->symbols = env_alloc(o->env, count, sizeof(*object->symbols));
	if (!object->symbols)
		return env_no_memory(o->env, "elf", "symbols");
	object->view.symbols = object->symbols;
	object->view.symbol_count = count;
	if (count)
		object->symbols[0].name = "";
	for (uint32_t n = 1; n < count && !err; n++)
		err = take_symbol(&from, n);
	return err;
}

static bool holds_relocs(const struct pbpf_section *s)
{
	return s->type == PBPF_SHT_REL || s->type == PBPF_SHT_RELA || s->type == ELF_SHT_CREL;
}

/* Does somebody read this section, which has relocations? */
static bool is_read(const struct pbpf_section *s)
{
	return !elf_is_dwarf(s) && !elf_is_btf(s);
}

static int check_reloc_table(const struct elf_opening *o, const struct pbpf_section *s)
{
	if (s->type != PBPF_SHT_REL)
		return env_fail(o->env, -ENOTSUP, AT("elf", s->name, 0), ELF_COMPILE,
				"relocations of type %s; BPF objects have SHT_REL",
				s->type == PBPF_SHT_RELA ? "SHT_RELA" : "SHT_CREL");
	if (!o->symtab || s->link != o->symtab)
		return elf_damaged(o, s->name, 0,
				   "relocations by section %u, which is not the symbol table",
				   s->link);
	return 0;
}

static int count_relocs(struct elf_opening *o)
{
	struct pbpf_section *sections = o->object->sections;
	uint64_t total = 0;

	for (uint32_t i = 1; i < o->section_count; i++) {
		const struct pbpf_section *s = &sections[i];
		int err;

		if (!holds_relocs(s))
			continue;
		if (!s->info || s->info >= o->section_count || s->info == i ||
		    !sections[s->info].data)
			return elf_damaged(o, s->name, 0,
					   "relocations of section %u, which has no bytes to patch",
					   s->info);
		if (!is_read(&sections[s->info]))
			continue;
		err = check_reloc_table(o, s);
		if (err)
			return err;
		total += s->size / ELF_RELOC_SIZE;
		/* A small file can name the same bytes many times over. */
		if (total > o->size / ELF_RELOC_SIZE)
			return elf_damaged(o, s->name, 0,
					   "relocation sections overlap: together they are larger "
					   "than the file");
		sections[s->info].reloc_count += (uint32_t)(s->size / ELF_RELOC_SIZE);
	}
	o->object->reloc_count = (size_t)total;
	return 0;
}

static int check_reloc(const struct elf_opening *o, const char *name, uint32_t n,
		       const struct pbpf_section *target, const struct pbpf_reloc *reloc)
{
	uint64_t at = (uint64_t)n * ELF_RELOC_SIZE;

	if (reloc->offset >= target->size)
		return elf_damaged(o, name, at,
				   "relocation %u is of byte %llu of section '%s', which has %llu",
				   n, (unsigned long long)reloc->offset, target->name,
				   (unsigned long long)target->size);
	if (reloc->symbol >= o->object->view.symbol_count)
		return elf_damaged(o, name, at, "relocation %u is by symbol %u of %u", n,
				   reloc->symbol, o->object->view.symbol_count);
	return 0;
}

/* System V gABI, "Relocation": Elf64_Rel. */
static struct pbpf_reloc read_reloc(const struct elf_table *table, uint32_t n)
{
	struct reader r = reader_of(table->bytes + (size_t)n * ELF_RELOC_SIZE, ELF_RELOC_SIZE,
				    table->big_endian);
	struct pbpf_reloc reloc = {.offset = read_u64(&r)};
	uint64_t info = read_u64(&r);

	reloc.symbol = (uint32_t)(info >> 32);
	reloc.type = (uint32_t)info;
	return reloc;
}

/* Appends the relocations of section `index` to those of the section that they patch. */
static int take_relocs(const struct elf_opening *o, uint32_t index, struct pbpf_section *target)
{
	const struct pbpf_section *s = &o->object->sections[index];
	uint32_t count = (uint32_t)(s->size / ELF_RELOC_SIZE);
	struct pbpf_reloc *relocs;
	struct elf_table table;
	int err = elf_take_table(o, index, ELF_RELOC_SIZE, &table);

	if (err || !count)
		return err;
	relocs = o->object->relocs + (target->relocs - o->object->relocs) + target->reloc_count;
	for (uint32_t n = 0; n < count && !err; n++) {
		relocs[n] = read_reloc(&table, n);
		err = check_reloc(o, s->name, n, target, &relocs[n]);
	}
	target->reloc_count += count;
	return err;
}

/* Gives each section its part of the array, empty so far. */
static void part_relocs(struct elf_object *object)
{
	struct pbpf_reloc *next = object->relocs;

	for (uint32_t i = 0; i < object->view.section_count; i++) {
		struct pbpf_section *s = &object->sections[i];

		if (!s->reloc_count)
			continue;
		s->relocs = next;
		next += s->reloc_count;
		s->reloc_count = 0;
	}
}

static bool reloc_before(const void *a, const void *b)
{
	return ((const struct pbpf_reloc *)a)->offset < ((const struct pbpf_reloc *)b)->offset;
}

/* Compilers write them in order; a linker may have put several tables together. */
static void sort_relocs(struct elf_object *object)
{
	struct pbpf_reloc *relocs = object->relocs;

	for (uint32_t i = 0; i < object->view.section_count; i++) {
		uint32_t count = object->sections[i].reloc_count;

		if (count > 1)
			sort_array(relocs, count, sizeof(*relocs), reloc_before);
		relocs += count;
	}
}

int elf_take_relocs(struct elf_opening *o)
{
	struct elf_object *object = o->object;
	int err = count_relocs(o);

	if (err)
		return err;
	object->relocs = env_alloc(o->env, object->reloc_count, sizeof(*object->relocs));
	if (!object->relocs)
		return env_no_memory(o->env, "elf", "relocations");
	part_relocs(object);
	for (uint32_t i = 1; i < o->section_count && !err; i++) {
		const struct pbpf_section *s = &object->sections[i];

		if (holds_relocs(s) && is_read(&object->sections[s->info]))
			err = take_relocs(o, i, &object->sections[s->info]);
	}
	sort_relocs(object);
	return err;
}
