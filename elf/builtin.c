/* SPDX-License-Identifier: MIT */
/*
 * The backend without libelf: the bounds-checked cursor reads the records where they lie.
 *
 * The whole of ELF that a BPF object needs is these three records (System V gABI, "Sections",
 * "Symbol Table", "Relocation").
 */
#include "base/reader.h"
#include "elf/image.h"

static int builtin_begin(struct elf_opening *o)
{
	(void)o;
	return 0;
}

static void builtin_end(struct elf_opening *o)
{
	(void)o;
}

static int builtin_header(const struct elf_opening *o, uint32_t index, struct elf_header *header)
{
	const uint8_t *record = o->data + o->table + (uint64_t)index * ELF_SECTION_SIZE;
	struct reader r = reader_of(record, ELF_SECTION_SIZE, o->big_endian);

	header->name = read_u32(&r);
	header->type = read_u32(&r);
	header->flags = read_u64(&r);
	reader_skip(&r, 8); /* sh_addr */
	header->offset = read_u64(&r);
	header->size = read_u64(&r);
	header->link = read_u32(&r);
	header->info = read_u32(&r);
	header->align = read_u64(&r);
	header->entry_size = read_u64(&r);
	return 0;
}

static int builtin_symbol(const struct elf_opening *o, uint32_t n, struct elf_record *record)
{
	const struct pbpf_section *sections = o->object->sections;
	const uint8_t *symbol = sections[o->symtab].data + (size_t)n * ELF_SYMBOL_SIZE;
	struct reader r = reader_of(symbol, ELF_SYMBOL_SIZE, o->big_endian);

	record->name = read_u32(&r);
	record->info = read_u8(&r);
	record->other = read_u8(&r);
	record->section = read_u16(&r);
	record->value = read_u64(&r);
	record->size = read_u64(&r);
	record->extended = 0;
	if (o->extended) {
		r = reader_of(sections[o->extended].data + (size_t)n * ELF_INDEX_SIZE,
			      ELF_INDEX_SIZE, o->big_endian);
		record->extended = read_u32(&r);
	}
	return 0;
}

static int builtin_relocs(const struct elf_opening *o, uint32_t table, uint32_t count,
			  struct pbpf_reloc *relocs)
{
	const struct pbpf_section *s = &o->object->sections[table];
	struct reader r = reader_of(s->data, (size_t)s->size, o->big_endian);
	uint64_t info;

	for (uint32_t n = 0; n < count; n++) {
		relocs[n].offset = read_u64(&r);
		info = read_u64(&r);
		relocs[n].symbol = (uint32_t)(info >> 32);
		relocs[n].type = (uint32_t)info;
	}
	return 0;
}

const struct elf_backend elf_backend_builtin = {
	.name = "builtin",
	.begin = builtin_begin,
	.end = builtin_end,
	.header = builtin_header,
	.symbol = builtin_symbol,
	.relocs = builtin_relocs,
};
