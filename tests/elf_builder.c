/* SPDX-License-Identifier: MIT */
#include "elf_builder.h"

#include <stdlib.h>
#include <string.h>

/* Grows by doubling, so that images of many sections are quick to make. */
static unsigned char *append(struct build_bytes *to, const void *data, size_t size)
{
	unsigned char *added;

	if (to->size + size > to->room || !to->data) {
		to->room = 2 * (to->size + size) + 64;
		to->data = realloc(to->data, to->room);
		if (!to->data)
			abort();
	}
	added = to->data + to->size;
	if (data)
		memcpy(added, data, size);
	else
		memset(added, 0, size);
	to->size += size;
	return added;
}

static void store(unsigned char *to, unsigned int width, uint64_t value, bool big_endian)
{
	for (unsigned int i = 0; i < width; i++)
		to[big_endian ? width - 1 - i : i] = (unsigned char)(value >> 8 * i);
}

static void put(struct build_bytes *to, unsigned int width, uint64_t value, bool big_endian)
{
	store(append(to, NULL, width), width, value, big_endian);
}

/* The offset of a new string in .strtab. */
static uint32_t put_string(struct elf_builder *b, const char *text)
{
	struct build_bytes *strings = &b->sections[BUILT_STRTAB].bytes;
	uint32_t at = (uint32_t)strings->size;

	if (!*text)
		return 0;
	append(strings, text, strlen(text) + 1);
	return at;
}

static uint32_t add_section(struct elf_builder *b, uint32_t type)
{
	uint32_t index = b->section_count++;

	/* A power of two is a good time to double. */
	if (!(index & (index - 1))) {
		b->sections = realloc(b->sections, (2 * index + 1) * sizeof(*b->sections));
		if (!b->sections)
			abort();
	}
	b->sections[index] = (struct build_part){.type = type};
	return index;
}

void build_start(struct elf_builder *b, bool big_endian)
{
	memset(b, 0, sizeof(*b));
	b->big_endian = big_endian;
	add_section(b, 0);
	add_section(b, PBPF_SHT_STRTAB);
	add_section(b, PBPF_SHT_SYMTAB);
	append(&b->sections[BUILT_STRTAB].bytes, "", 1);
	b->sections[BUILT_STRTAB].name = put_string(b, ".strtab");
	b->sections[BUILT_SYMTAB].name = put_string(b, ".symtab");
	b->sections[BUILT_SYMTAB].link = BUILT_STRTAB;
	b->sections[BUILT_SYMTAB].info = 1;
	b->sections[BUILT_SYMTAB].entry_size = 24;
	build_symbol(b, "", 0, PBPF_SHN_UNDEF, 0, 0);
}

uint32_t build_section(struct elf_builder *b, const char *name, uint32_t type, uint64_t flags,
		       const void *data, size_t size)
{
	uint32_t index = add_section(b, type);
	struct build_part *s = &b->sections[index];

	s->name = put_string(b, name);
	s->flags = flags;
	s->size = size;
	if (type != PBPF_SHT_NOBITS)
		append(&s->bytes, data, size);
	return index;
}

/* Opens the table of section indices at the first symbol that needs it. */
static void extend(struct elf_builder *b)
{
	uint32_t index;

	if (b->extended)
		return;
	index = build_section(b, ".symtab_shndx", 18, 0, NULL, 4 * (size_t)b->symbol_count);
	b->sections[index].link = BUILT_SYMTAB;
	b->sections[index].entry_size = 4;
	b->extended = index;
}

uint32_t build_symbol(struct elf_builder *b, const char *name, uint8_t info, uint32_t section,
		      uint64_t value, uint64_t size)
{
	bool special = section >= PBPF_SHN_ABS, far = !special && section >= 0xff00;
	struct build_bytes *to;

	if (far)
		extend(b);
	to = &b->sections[BUILT_SYMTAB].bytes;
	put(to, 4, put_string(b, name), b->big_endian);
	put(to, 1, info, b->big_endian);
	put(to, 1, 0, b->big_endian);
	put(to, 2, far ? 0xffff : section & 0xffff, b->big_endian);
	put(to, 8, value, b->big_endian);
	put(to, 8, size, b->big_endian);
	if (b->extended)
		put(&b->sections[b->extended].bytes, 4, far ? section : 0, b->big_endian);
	return b->symbol_count++;
}

uint32_t build_reloc_section(struct elf_builder *b, uint32_t target, uint32_t type)
{
	uint32_t index = build_section(b, ".rel", type, 0, NULL, 0);

	b->sections[index].link = BUILT_SYMTAB;
	b->sections[index].info = target;
	b->sections[index].entry_size = 16;
	return index;
}

void build_reloc(struct elf_builder *b, uint32_t target, uint64_t offset, uint32_t symbol,
		 uint32_t type)
{
	uint32_t index = b->section_count - 1;
	struct build_bytes *to;

	while (index &&
	       (b->sections[index].type != PBPF_SHT_REL || b->sections[index].info != target))
		index--;
	if (!index)
		index = build_reloc_section(b, target, PBPF_SHT_REL);
	to = &b->sections[index].bytes;
	put(to, 8, offset, b->big_endian);
	put(to, 8, (uint64_t)symbol << 32 | type, b->big_endian);
}

static void put_file_header(const struct elf_builder *b, struct build_bytes *to, uint64_t table)
{
	unsigned char ident[16] = {0x7f, 'E', 'L', 'F', 2, b->big_endian ? 2 : 1, 1};
	bool big = b->big_endian;

	append(to, ident, sizeof(ident));
	put(to, 2, 1, big);	/* e_type: ET_REL */
	put(to, 2, 247, big);	/* e_machine: EM_BPF */
	put(to, 4, 1, big);	/* e_version */
	put(to, 8, 0, big);	/* e_entry */
	put(to, 8, 0, big);	/* e_phoff */
	put(to, 8, table, big); /* e_shoff */
	put(to, 4, 0, big);	/* e_flags */
	put(to, 2, 64, big);	/* e_ehsize */
	put(to, 4, 0, big);	/* e_phentsize, e_phnum */
	put(to, 2, 64, big);	/* e_shentsize */
	put(to, 2, b->section_count < 0xff00 ? b->section_count : 0, big);
	put(to, 2, BUILT_STRTAB, big);
}

static void put_section_header(const struct elf_builder *b, struct build_bytes *to,
			       const struct build_part *s, uint64_t offset)
{
	bool first = s == b->sections, big = b->big_endian;
	uint64_t size = s->type == PBPF_SHT_NOBITS ? s->size : s->bytes.size;

	if (first)
		size = b->section_count < 0xff00 ? 0 : b->section_count;
	put(to, 4, s->name, big);
	put(to, 4, s->type, big);
	put(to, 8, s->flags, big);
	put(to, 8, 0, big); /* sh_addr */
	put(to, 8, first ? 0 : offset, big);
	put(to, 8, size, big);
	put(to, 4, s->link, big);
	put(to, 4, s->info, big);
	put(to, 8, first ? 0 : 8, big); /* sh_addralign */
	put(to, 8, s->entry_size, big);
}

struct elf_built build_finish(struct elf_builder *b)
{
	struct build_bytes contents = {0}, headers = {0}, file = {0};
	struct elf_built image;

	for (uint32_t i = 0; i < b->section_count; i++) {
		struct build_part *s = &b->sections[i];

		put_section_header(b, &headers, s, 64 + contents.size);
		append(&contents, s->bytes.data, s->bytes.size);
		append(&contents, NULL, -contents.size % 8);
		free(s->bytes.data);
	}
	put_file_header(b, &file, 64 + contents.size);
	append(&file, contents.data, contents.size);
	image.table = file.size;
	append(&file, headers.data, headers.size);
	image.size = file.size;
	image.big_endian = b->big_endian;
	image.bytes = realloc(file.data, file.size); /* exact, so that a sanitizer sees the end */
	free(contents.data);
	free(headers.data);
	free(b->sections);
	return image;
}

size_t built_section(const struct elf_built *image, uint32_t index)
{
	return image->table + (size_t)index * 64;
}

size_t built_data(const struct elf_built *image, uint32_t index)
{
	return (size_t)built_get(image, built_section(image, index) + 24, 8);
}

uint64_t built_get(const struct elf_built *image, size_t offset, unsigned int width)
{
	uint64_t value = 0;

	for (unsigned int i = 0; i < width; i++)
		value = value << 8 | image->bytes[offset + (image->big_endian ? i : width - 1 - i)];
	return value;
}

void built_put(const struct elf_built *image, size_t offset, unsigned int width, uint64_t value)
{
	store(image->bytes + offset, width, value, image->big_endian);
}
