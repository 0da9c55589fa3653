/* SPDX-License-Identifier: MIT */
#include "btf_builder.h"

#include "base/reader.h"

#include <stdlib.h>
#include <string.h>

#define HEADER_SIZE 24
#define EXT_HEADER  32

static void grow(struct btf_grow *g, const void *data, size_t size)
{
	if (size > g->room - g->size) {
		g->room = (g->size + size) * 2;
		g->data = realloc(g->data, g->room);
		if (!g->data)
			abort();
	}
	if (size)
		memcpy(g->data + g->size, data, size);
	g->size += size;
}

static void store(unsigned char *at, uint32_t word, bool big_endian)
{
	for (unsigned int i = 0; i < 4; i++)
		at[big_endian ? 3 - i : i] = (unsigned char)(word >> 8 * i);
}

static uint32_t load(const unsigned char *at, bool big_endian)
{
	struct reader r = reader_of(at, 4, big_endian);

	return read_u32(&r);
}

static void grow_word(struct btf_grow *g, uint32_t word, bool big_endian)
{
	unsigned char bytes[4];

	store(bytes, word, big_endian);
	grow(g, bytes, sizeof(bytes));
}

void btf_start(struct btf_builder *b, bool big_endian)
{
	memset(b, 0, sizeof(*b));
	b->big_endian = big_endian;
	b->next_id = 1;
	grow(&b->strings, "", 1);
}

void btf_start_split(struct btf_builder *b, const struct btf_builder *base)
{
	memset(b, 0, sizeof(*b));
	b->big_endian = base->big_endian;
	b->next_id = base->next_id;
	b->first_string = base->first_string + (uint32_t)base->strings.size;
}

uint32_t add_string(struct btf_builder *b, const char *string)
{
	size_t at = 0;

	if (!*string)
		return 0;
	while (at < b->strings.size) {
		if (!strcmp((const char *)b->strings.data + at, string))
			return b->first_string + (uint32_t)at;
		at += strlen((const char *)b->strings.data + at) + 1;
	}
	grow(&b->strings, string, strlen(string) + 1);
	return b->first_string + (uint32_t)at;
}

void add_word(struct btf_builder *b, uint32_t word)
{
	grow_word(&b->types, word, b->big_endian);
}

uint32_t add_raw(struct btf_builder *b, const char *name, uint32_t info, uint32_t size_or_type)
{
	uint32_t string = add_string(b, name);

	b->last = b->types.size;
	add_word(b, string);
	add_word(b, info);
	add_word(b, size_or_type);
	return b->next_id++;
}

/* One more record of the last type. */
static void count_record(struct btf_builder *b)
{
	unsigned char *info = b->types.data + b->last + 4;

	store(info, load(info, b->big_endian) + 1, b->big_endian);
}

static uint32_t flag(bool set)
{
	return set ? 1u << 31 : 0;
}

uint32_t add_int(struct btf_builder *b, const char *name, uint32_t size, uint32_t encoding)
{
	uint32_t id = add_raw(b, name, BTF_INFO(PBPF_KIND_INT, 0), size);

	add_word(b, encoding << 24 | size * 8);
	return id;
}

uint32_t add_float(struct btf_builder *b, const char *name, uint32_t size)
{
	return add_raw(b, name, BTF_INFO(PBPF_KIND_FLOAT, 0), size);
}

uint32_t add_ptr(struct btf_builder *b, uint32_t type)
{
	return add_raw(b, "", BTF_INFO(PBPF_KIND_PTR, 0), type);
}

uint32_t add_array(struct btf_builder *b, uint32_t type, uint32_t index_type, uint32_t count)
{
	uint32_t id = add_raw(b, "", BTF_INFO(PBPF_KIND_ARRAY, 0), 0);

	add_word(b, type);
	add_word(b, index_type);
	add_word(b, count);
	return id;
}

uint32_t add_struct(struct btf_builder *b, const char *name, uint32_t size)
{
	return add_raw(b, name, BTF_INFO(PBPF_KIND_STRUCT, 0), size);
}

uint32_t add_union(struct btf_builder *b, const char *name, uint32_t size)
{
	return add_raw(b, name, BTF_INFO(PBPF_KIND_UNION, 0), size);
}

void add_member(struct btf_builder *b, const char *name, uint32_t type, uint32_t bit_offset)
{
	count_record(b);
	add_word(b, add_string(b, name));
	add_word(b, type);
	add_word(b, bit_offset);
}

void add_bitfield(struct btf_builder *b, const char *name, uint32_t type, uint32_t bit_offset,
		  uint32_t bits)
{
	unsigned char *info = b->types.data + b->last + 4;

	store(info, load(info, b->big_endian) | flag(true), b->big_endian);
	add_member(b, name, type, bits << 24 | bit_offset);
}

uint32_t add_enum(struct btf_builder *b, const char *name, uint32_t size, bool is_signed)
{
	return add_raw(b, name, BTF_INFO(PBPF_KIND_ENUM, 0) | flag(is_signed), size);
}

uint32_t add_enum64(struct btf_builder *b, const char *name, bool is_signed)
{
	return add_raw(b, name, BTF_INFO(PBPF_KIND_ENUM64, 0) | flag(is_signed), 8);
}

void add_enumerator(struct btf_builder *b, const char *name, uint64_t value)
{
	uint32_t info = load(b->types.data + b->last + 4, b->big_endian);

	count_record(b);
	add_word(b, add_string(b, name));
	add_word(b, (uint32_t)value);
	if ((info >> 24 & 0x7f) == PBPF_KIND_ENUM64)
		add_word(b, (uint32_t)(value >> 32));
}

uint32_t add_fwd(struct btf_builder *b, const char *name, bool is_union)
{
	return add_raw(b, name, BTF_INFO(PBPF_KIND_FWD, 0) | flag(is_union), 0);
}

uint32_t add_typedef(struct btf_builder *b, const char *name, uint32_t type)
{
	return add_raw(b, name, BTF_INFO(PBPF_KIND_TYPEDEF, 0), type);
}

uint32_t add_modifier(struct btf_builder *b, uint32_t kind, uint32_t type)
{
	return add_raw(b, "", BTF_INFO(kind, 0), type);
}

uint32_t add_type_tag(struct btf_builder *b, const char *tag, uint32_t type)
{
	return add_raw(b, tag, BTF_INFO(PBPF_KIND_TYPE_TAG, 0), type);
}

uint32_t add_proto(struct btf_builder *b, uint32_t result)
{
	return add_raw(b, "", BTF_INFO(PBPF_KIND_FUNC_PROTO, 0), result);
}

void add_param(struct btf_builder *b, const char *name, uint32_t type)
{
	count_record(b);
	add_word(b, add_string(b, name));
	add_word(b, type);
}

uint32_t add_func(struct btf_builder *b, const char *name, uint32_t proto, uint32_t linkage)
{
	return add_raw(b, name, BTF_INFO(PBPF_KIND_FUNC, linkage), proto);
}

uint32_t add_var(struct btf_builder *b, const char *name, uint32_t type, uint32_t linkage)
{
	uint32_t id = add_raw(b, name, BTF_INFO(PBPF_KIND_VAR, 0), type);

	add_word(b, linkage);
	return id;
}

uint32_t add_datasec(struct btf_builder *b, const char *name, uint32_t size)
{
	return add_raw(b, name, BTF_INFO(PBPF_KIND_DATASEC, 0), size);
}

void add_variable(struct btf_builder *b, uint32_t type, uint32_t offset, uint32_t size)
{
	count_record(b);
	add_word(b, type);
	add_word(b, offset);
	add_word(b, size);
}

uint32_t add_decl_tag(struct btf_builder *b, const char *tag, uint32_t type, int32_t component)
{
	uint32_t id = add_raw(b, tag, BTF_INFO(PBPF_KIND_DECL_TAG, 0), type);

	add_word(b, (uint32_t)component);
	return id;
}

static void grow_preamble(struct btf_grow *g, uint32_t header_size, bool big_endian)
{
	static const unsigned char big[] = {0xeb, 0x9f, 1, 0}, little[] = {0x9f, 0xeb, 1, 0};

	grow(g, big_endian ? big : little, 4);
	grow_word(g, header_size, big_endian);
}

static void drop(struct btf_grow *g)
{
	free(g->data);
	g->data = NULL;
}

struct btf_bytes btf_finish(struct btf_builder *b)
{
	struct btf_grow out = {0};

	grow_preamble(&out, HEADER_SIZE, b->big_endian);
	grow_word(&out, 0, b->big_endian);
	grow_word(&out, (uint32_t)b->types.size, b->big_endian);
	grow_word(&out, (uint32_t)b->types.size, b->big_endian);
	grow_word(&out, (uint32_t)b->strings.size, b->big_endian);
	grow(&out, b->types.data, b->types.size);
	grow(&out, b->strings.data, b->strings.size);
	drop(&b->types);
	drop(&b->strings);
	return (struct btf_bytes){out.data, out.size, b->big_endian};
}

uint32_t btf_get(const struct btf_bytes *btf, size_t offset)
{
	return load(btf->bytes + offset, btf->big_endian);
}

void btf_put(struct btf_bytes *btf, size_t offset, uint32_t word)
{
	store(btf->bytes + offset, word, btf->big_endian);
}

void btf_insert_layout(struct btf_bytes *btf, const void *layout, uint32_t size)
{
	uint32_t types_size = btf_get(btf, 12), strings_size = btf_get(btf, 20);
	unsigned char *bytes = calloc(1, btf->size + 8 + size);

	memcpy(bytes, btf->bytes, 24);
	memcpy(bytes + 32, btf->bytes + 24, types_size);
	memcpy(bytes + 32 + types_size, layout, size);
	memcpy(bytes + 32 + types_size + size, btf->bytes + 24 + types_size, strings_size);
	free(btf->bytes);
	btf->bytes = bytes;
	btf->size += 8 + size;
	btf_put(btf, 4, 32);
	btf_put(btf, 16, types_size + size);
	btf_put(btf, 24, types_size);
	btf_put(btf, 28, size);
}

size_t btf_type_place(const struct btf_bytes *btf, uint32_t n)
{
	static const unsigned char fixed[32] = {[1] = 4, [3] = 12, [14] = 4, [17] = 4};
	static const unsigned char each[32] = {
		[4] = 12, [5] = 12, [6] = 8, [13] = 8, [15] = 12, [19] = 12};
	size_t at = HEADER_SIZE;

	while (--n) {
		uint32_t info = btf_get(btf, at + 4), kind = info >> 24 & 31;

		at += 12u + fixed[kind] + each[kind] * (info & 0xffffff);
	}
	return at;
}

void ext_start(struct ext_builder *e, struct btf_builder *btf)
{
	memset(e, 0, sizeof(*e));
	e->btf = btf;
}

void ext_section(struct ext_builder *e, const char *name)
{
	e->section = add_string(e->btf, name);
}

static void ext_record(struct ext_builder *e, unsigned int which, const uint32_t *words,
		       uint32_t count)
{
	struct ext_built_part *part = &e->parts[which];
	bool big = e->btf->big_endian;
	unsigned char *num_info;

	if (!part->bytes.size)
		grow_word(&part->bytes, count * 4, big);
	if (part->section != e->section || !part->count_at) {
		part->section = e->section;
		grow_word(&part->bytes, e->section, big);
		part->count_at = part->bytes.size;
		grow_word(&part->bytes, 0, big);
	}
	num_info = part->bytes.data + part->count_at;
	store(num_info, load(num_info, big) + 1, big);
	for (uint32_t i = 0; i < count; i++)
		grow_word(&part->bytes, words[i], big);
}

void ext_func(struct ext_builder *e, uint32_t insn_off, uint32_t type)
{
	ext_record(e, EXT_FUNC_INFO, (const uint32_t[]){insn_off, type}, 2);
}

void ext_line(struct ext_builder *e, uint32_t insn_off, const char *file, const char *text,
	      uint32_t line, uint32_t column)
{
	uint32_t words[] = {insn_off, add_string(e->btf, file), add_string(e->btf, text),
			    line << 10 | column};

	ext_record(e, EXT_LINE_INFO, words, 4);
}

void ext_core(struct ext_builder *e, uint32_t insn_off, uint32_t type, const char *access,
	      uint32_t kind)
{
	uint32_t words[] = {insn_off, type, add_string(e->btf, access), kind};

	ext_record(e, EXT_CORE_RELO, words, 4);
}

struct btf_bytes ext_finish(struct ext_builder *e)
{
	bool big = e->btf->big_endian;
	struct btf_grow out = {0};
	uint32_t at = 0;

	grow_preamble(&out, EXT_HEADER, big);
	for (int i = 0; i < 3; i++) {
		grow_word(&out, at, big);
		grow_word(&out, (uint32_t)e->parts[i].bytes.size, big);
		at += (uint32_t)e->parts[i].bytes.size;
	}
	for (int i = 0; i < 3; i++) {
		grow(&out, e->parts[i].bytes.data, e->parts[i].bytes.size);
		drop(&e->parts[i].bytes);
	}
	return (struct btf_bytes){out.data, out.size, big};
}
