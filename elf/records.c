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

/* The section that a symbol is defined in, as PBPF_SHN_* or an index that exists. */
static int symbol_section(const struct elf_opening *o, const struct elf_record *r, uint32_t n,
			  uint32_t *section)
{
	const char *name = o->object->sections[o->symtab].name;
	uint64_t at = (uint64_t)n * ELF_SYMBOL_SIZE;
	bool extended = r->section == ELF_INDEX_EXTENDED;
	uint32_t index = extended ? r->extended : r->section;

	if (extended && !o->extended)
		return elf_damaged(o, name, at,
				   "symbol %u has its section index in a table that is not there",
				   n);
	if (!extended && index == ELF_INDEX_ABS)
		index = PBPF_SHN_ABS;
	else if (!extended && index == ELF_INDEX_COMMON)
		index = PBPF_SHN_COMMON;
	else if (index >= o->section_count || (!extended && index >= ELF_INDEX_RESERVED))
		return elf_damaged(o, name, at, "symbol %u is in section %u, the last one is %u", n,
				   index, o->section_count - 1);
	*section = index;
	return 0;
}

static int take_symbol(const struct elf_opening *o, const struct elf_strings *names, uint32_t n)
{
	const struct pbpf_section *sections = o->object->sections;
	struct pbpf_symbol *s = &o->object->symbols[n];
	const char *name = sections[o->symtab].name;
	uint64_t at = (uint64_t)n * ELF_SYMBOL_SIZE;
	struct elf_record r;
	int err = o->backend->symbol(o, n, &r);

	if (!err)
		err = symbol_section(o, &r, n, &s->section);
	if (err)
		return err;
	if (r.name >= names->size)
		return elf_damaged(o, name, at,
				   "the name of symbol %u lies outside the string table", n);
	if (!elf_name_fits(names->bytes + r.name))
		return elf_damaged(o, name, at, "the name of symbol %u has %d bytes or more", n,
				   ELF_NAME_LIMIT);
	s->name = names->bytes + r.name;
	s->value = r.value;
	s->size = r.size;
	s->type = r.info & 15;
	s->bind = r.info >> 4;
	s->visibility = r.other & 3;
	if (s->section != PBPF_SHN_UNDEF && s->section < o->section_count &&
	    !range_ok(s->value, s->size, sections[s->section].size))
		return elf_damaged(
			o, name, at,
			"symbol %u '%s' (%llu bytes at byte %llu) lies outside its section "
			"'%s' (%llu bytes)",
			n, s->name, (unsigned long long)s->size, (unsigned long long)s->value,
			sections[s->section].name, (unsigned long long)sections[s->section].size);
	return 0;
}

/* The table of section indices belongs to the symbol table, entry by entry. */
static int check_extended(const struct elf_opening *o, uint32_t symbol_count)
{
	const struct pbpf_section *s = &o->object->sections[o->extended];
	int err = elf_check_table(o, o->extended, ELF_INDEX_SIZE);

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
	struct elf_strings names;
	int err = elf_check_table(o, o->symtab, ELF_SYMBOL_SIZE);

	if (!err)
		err = elf_strings(o, symtab->link, "symbols", &names);
	if (!err && o->extended)
		err = check_extended(o, count);
	if (err)
		return err;
	object->symbols = env_alloc(o->env, count, sizeof(*object->symbols));
	if (!object->symbols)
		return env_no_memory(o->env, "elf", "symbols");
	object->view.symbols = object->symbols;
	object->view.symbol_count = count;
	if (count)
		object->symbols[0].name = "";
	for (uint32_t n = 1; n < count; n++) {
		err = take_symbol(o, &names, n);
		if (err)
			return err;
	}
	return 0;
}

/* The section that the relocations of section `index` patch; *target is 0 when that one holds no
 * relocations, or such as nobody reads. */
static int reloc_target(const struct elf_opening *o, uint32_t index, uint32_t *target)
{
	const struct pbpf_section *sections = o->object->sections, *s = &sections[index];

	*target = 0;
	if (s->type != PBPF_SHT_REL && s->type != PBPF_SHT_RELA && s->type != ELF_SHT_CREL)
		return 0;
	if (!s->info || s->info >= o->section_count || s->info == index || !sections[s->info].data)
		return elf_damaged(o, s->name, 0,
				   "relocations of section %u, which has no bytes to patch",
				   s->info);
	if (elf_is_dwarf(&sections[s->info]) || elf_is_btf(&sections[s->info]))
		return 0;
	if (s->type != PBPF_SHT_REL)
		return env_fail(o->env, -ENOTSUP, AT("elf", s->name, 0), ELF_COMPILE,
				"relocations of type %s; BPF objects have SHT_REL",
				s->type == PBPF_SHT_RELA ? "SHT_RELA" : "SHT_CREL");
	if (!o->symtab || s->link != o->symtab)
		return elf_damaged(o, s->name, 0,
				   "relocations by section %u, which is not the symbol table",
				   s->link);
	*target = s->info;
	return elf_check_table(o, index, ELF_RELOC_SIZE);
}

static int count_relocs(struct elf_opening *o)
{
	struct pbpf_section *sections = o->object->sections;
	uint64_t total = 0;
	uint32_t target;

	for (uint32_t i = 1; i < o->section_count; i++) {
		int err = reloc_target(o, i, &target);

		if (err)
			return err;
		if (!target)
			continue;
		total += sections[i].size / ELF_RELOC_SIZE;
		/* A small file can name the same bytes many times over. */
		if (total > o->size / ELF_RELOC_SIZE)
			return elf_damaged(o, sections[i].name, 0,
					   "relocation sections overlap: together they are larger "
					   "than the file");
		sections[target].reloc_count += (uint32_t)(sections[i].size / ELF_RELOC_SIZE);
	}
	o->object->reloc_count = (size_t)total;
	return 0;
}

static int check_reloc(const struct elf_opening *o, uint32_t table, uint32_t n,
		       const struct pbpf_section *target, const struct pbpf_reloc *reloc)
{
	const char *name = o->object->sections[table].name;
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

/* Appends the relocations of section `table` to those of the section that they patch. */
static int take_table(const struct elf_opening *o, uint32_t table, struct pbpf_section *target)
{
	struct elf_object *object = o->object;
	uint32_t count = (uint32_t)(object->sections[table].size / ELF_RELOC_SIZE);
	struct pbpf_reloc *relocs;
	int err;

	if (!count)
		return 0;
	relocs = object->relocs + (target->relocs - object->relocs) + target->reloc_count;
	err = o->backend->relocs(o, table, count, relocs);
	for (uint32_t n = 0; n < count && !err; n++)
		err = check_reloc(o, table, n, target, &relocs[n]);
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

		sort_array(relocs, count, sizeof(*relocs), reloc_before);
		relocs += count;
	}
}

int elf_take_relocs(struct elf_opening *o)
{
	struct elf_object *object = o->object;
	uint32_t target;
	int err = count_relocs(o);

	if (err)
		return err;
	object->relocs = env_alloc(o->env, object->reloc_count, sizeof(*object->relocs));
	if (!object->relocs)
		return env_no_memory(o->env, "elf", "relocations");
	part_relocs(object);
	for (uint32_t i = 1; i < o->section_count; i++) {
		err = reloc_target(o, i, &target);
		if (!err && target)
			err = take_table(o, i, &object->sections[target]);
		if (err)
			return err;
	}
	sort_relocs(object);
	return 0;
}
