/* SPDX-License-Identifier: MIT */
/*
 * The backend without libelf: everything is read where it lies.
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

/* System V gABI, "Sections": Elf64_Shdr. */
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

static int builtin_table(const struct elf_opening *o, uint32_t index, struct elf_table *table)
{
	*table = (struct elf_table){o->object->sections[index].data, o->big_endian};
	return 0;
}

const struct elf_backend elf_backend_builtin = {
	.name = "builtin",
	.begin = builtin_begin,
	.end = builtin_end,
	.header = builtin_header,
	.table = builtin_table,
};
