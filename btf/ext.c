/* SPDX-License-Identifier: MIT */
/*
 * .BTF.ext: records that belong to instructions, by code section.
 *
 *	magic(2) version(1) flags(1) hdr_len(4)
 *	func_info_off(4) _len(4) line_info_off(4) _len(4)    offsets count from the header's end
 *	core_relo_off(4) _len(4)                             where hdr_len is 32 or more
 *
 * Each of the three parts is a record size, then one block after the other:
 *
 *	rec_size(4) | sec_name_off(4) num_info(4) record record ... | sec_name_off(4) ...
 *
 * Records may be longer than what is known of them. They are copied into arrays of the host's byte
 * order, each block being one slice, checked on the way.
 */
#include "base/reader.h"
#include "base/sort.h"
#include "btf/impl.h"

#include <stdio.h>

#define EXT_MAGIC	0xeb9f
#define EXT_HEADER_SIZE 24
#define EXT_CORE_HEADER 32 /* with CO-RE relocations */
#define EXT_PART_MAX	4  /* words of the longest record */
#define EXT_INSN_SIZE	8

enum { EXT_FUNCS, EXT_LINES, EXT_CORE, EXT_PARTS };

/* What is known of a part's records: how many words, and what each is. */
enum ext_word { WORD_INSN, WORD_FUNC, WORD_TYPE, WORD_STRING, WORD_NUMBER };
static const struct ext_form {
	const char *name;
	uint32_t words;
	enum ext_word word[EXT_PART_MAX];
	bool ascending; /* the kernel insists (check_btf_func, check_btf_line in verifier.c) */
} ext_forms[EXT_PARTS] = {
	{"func_info", 2, {WORD_INSN, WORD_FUNC}, true},
	{"line_info", 4, {WORD_INSN, WORD_STRING, WORD_STRING, WORD_NUMBER}, true},
	{"core_relo", 4, {WORD_INSN, WORD_TYPE, WORD_STRING, WORD_NUMBER}, false},
};

/* The records of one section: a slice of the part's array. */
struct ext_block {
	uint32_t section; /* name: string of the BTF */
	size_t first, count;
};

struct ext_part {
	uint32_t *words; /* all records, ext_forms[].words each */
	size_t count;	 /* of records */
	size_t words_room;
	struct ext_block *blocks;
	size_t block_count;
	size_t blocks_room;
};

struct pbpf_btf_ext {
	struct pbpf_env env;
	const struct pbpf_btf *btf;
	struct ext_part parts[EXT_PARTS];
};

/* The records handed out are the copied words as they lie. */
_Static_assert(sizeof(struct pbpf_func_info) == 8, "two words");
_Static_assert(sizeof(struct pbpf_line_info) == 16, "four words");
_Static_assert(sizeof(struct pbpf_core_relo) == 16, "four words");

static int fail_ext(const struct pbpf_btf_ext *ext, int err, uint64_t at, const char *what)
{
	return env_fail(&ext->env, err, AT("btf", ".BTF.ext", at), NULL, "%s", what);
}

/* One of the words of a record, wrong. */
static int fail_word(const struct pbpf_btf_ext *ext, const struct ext_form *form, uint64_t at,
		     const char *section, size_t i, const char *what, uint32_t word)
{
	return env_fail(&ext->env, -EINVAL, AT("btf", ".BTF.ext", at), NULL,
			"%s #%zu of section '%.64s' at offset %llu: %s %u", form->name, i, section,
			(unsigned long long)at, what, word);
}

static int check_word(const struct pbpf_btf_ext *ext, const struct ext_form *form, uint64_t at,
		      const char *section, size_t i, enum ext_word kind, uint32_t word)
{
	uint32_t end = pbpf_btf_count(ext->btf);

	if (kind == WORD_INSN && word % EXT_INSN_SIZE)
		return fail_word(ext, form, at, section, i, "no instruction begins at byte", word);
	if (kind == WORD_STRING && !btf_has_string(ext->btf, word))
		return fail_word(ext, form, at, section, i, "there is no string at", word);
	if ((kind == WORD_TYPE || kind == WORD_FUNC) && (!word || word >= end))
		return fail_word(ext, form, at, section, i, "there is no type", word);
	if (kind == WORD_FUNC && btf_kind_of(ext->btf, word) != PBPF_KIND_FUNC)
		return fail_word(ext, form, at, section, i, "it is no FUNC, type", word);
	return 0;
}

/* Reads one record of `size` bytes and checks what is known of it. */
static int read_record(const struct pbpf_btf_ext *ext, const struct ext_form *form,
		       struct reader *r, uint32_t size, const char *section, size_t i,
		       uint32_t *words)
{
	uint64_t at = r->at;
	const uint8_t *record = read_bytes(r, size); /* see read_block() */
	int err = 0;

	memcpy(words, record, form->words * sizeof(*words));
	for (uint32_t w = 0; r->big_endian != host_big_endian() && w < form->words; w++)
		words[w] = __builtin_bswap32(words[w]);
	for (uint32_t w = 0; w < form->words && !err; w++)
		err = check_word(ext, form, at, section, i, form->word[w], words[w]);
	if (!err && form->ascending && i && words[0] <= *(words - form->words))
		err = fail_word(ext, form, at, section, i,
				"it does not come after the record before it, byte", words[0]);
	return err;
}

/* A block's two words, checked against the bytes left. */
static int read_block(const struct pbpf_btf_ext *ext, const struct ext_form *form, struct reader *r,
		      uint32_t size, struct ext_block *block)
{
	uint64_t at = r->at;

	block->section = read_u32(r);
	block->count = read_u32(r);
	if (!r->failed && block->count && block->count <= reader_left(r) / size &&
	    *pbpf_btf_string(ext->btf, block->section))
		return 0;
	return env_fail(&ext->env, -EINVAL, AT("btf", ".BTF.ext", at), NULL,
			"%s block at offset %llu: section name %u, %zu records of %u bytes, "
			"%zu bytes left",
			form->name, (unsigned long long)at, block->section, block->count, size,
			reader_left(r));
}

static bool record_before(const void *a, const void *b)
{
	return *(const uint32_t *)a < *(const uint32_t *)b;
}

/* The records of one block go to the end of the part's array, in the order of their instructions:
 * compilers are free to write CO-RE relocations in another. */
static int fill_block(const struct pbpf_btf_ext *ext, struct ext_part *part,
		      const struct ext_form *form, struct reader *r, uint32_t size,
		      struct ext_block *block)
{
	const char *section = pbpf_btf_string(ext->btf, block->section);
	int err = 0;

	block->first = part->count;
	for (size_t i = 0; i < block->count && !err; i++)
		err = read_record(ext, form, r, size, section, i,
				  part->words + part->count++ * form->words);
	if (!err && !form->ascending)
		sort_array(part->words + block->first * form->words, block->count,
			   form->words * sizeof(*part->words), record_before);
	part->blocks[part->block_count++] = *block;
	return err;
}

/* Counts the blocks and records of a part. `seen` has a bit for every string: a section may come
 * once. */
static int measure_part(struct pbpf_btf_ext *ext, struct ext_part *part,
			const struct ext_form *form, struct reader r, uint32_t size, uint8_t *seen)
{
	struct ext_block block = {0};

	while (reader_left(&r)) {
		uint64_t at = r.at;
		int err = read_block(ext, form, &r, size, &block);
		uint8_t bit = (uint8_t)(1u << block.section % 8);

		if (err)
			return err;
		if (seen[block.section / 8] & bit)
			return env_fail(&ext->env, -EINVAL, AT("btf", ".BTF.ext", at), NULL,
					"%s block at offset %llu: section '%.64s' comes twice",
					form->name, (unsigned long long)at,
					pbpf_btf_string(ext->btf, block.section));
		seen[block.section / 8] |= bit;
		reader_skip(&r, block.count * size);
		part->words_room += block.count * form->words;
		part->blocks_room++;
	}
	return 0;
}

/* Measures the part, so that it needs two allocations and no growing. */
static int alloc_part(struct pbpf_btf_ext *ext, struct ext_part *part, const struct ext_form *form,
		      const struct reader *r, uint32_t size)
{
	size_t strings = (size_t)ext->btf->first_string + ext->btf->strings_size;
	uint8_t *seen = env_alloc(&ext->env, strings / 8 + 1, 1);
	int err;

	if (!seen)
		return env_no_memory(&ext->env, "btf", form->name);
	err = measure_part(ext, part, form, *r, size, seen);
	env_free(&ext->env, seen, strings / 8 + 1, 1);
	if (err)
		return err;
	part->words = env_alloc(&ext->env, part->words_room, sizeof(*part->words));
	part->blocks = env_alloc(&ext->env, part->blocks_room, sizeof(*part->blocks));
	if (!part->words || !part->blocks)
		return env_no_memory(&ext->env, "btf", form->name);
	return 0;
}

static int read_ext_part(struct pbpf_btf_ext *ext, struct ext_part *part,
			 const struct ext_form *form, struct reader *r)
{
	uint32_t size = read_u32(r);
	struct ext_block block = {0};
	int err;

	if (r->failed || size < form->words * 4 || size % 4)
		return env_fail(&ext->env, -EINVAL, AT("btf", ".BTF.ext", r->at), NULL,
				"%s records of %u bytes, where %u are the least", form->name, size,
				form->words * 4);
	err = alloc_part(ext, part, form, r, size);
	while (!err && reader_left(r)) {
		err = read_block(ext, form, r, size, &block);
		if (!err)
			err = fill_block(ext, part, form, r, size, &block);
	}
	return err;
}

static int read_ext_preamble(const struct pbpf_btf_ext *ext, struct reader *r,
			     uint32_t *header_size)
{
	bool btf_big = host_big_endian() != pbpf_btf_swapped(ext->btf);

	if (r->size < 8)
		return fail_ext(ext, -EINVAL, 0, "shorter than its header");
	r->big_endian = r->data[0] == EXT_MAGIC >> 8;
	if (read_u16(r) != EXT_MAGIC)
		return fail_ext(ext, -EINVAL, 0, "does not begin with BTF's magic number");
	if (r->big_endian != btf_big)
		return fail_ext(ext, -EINVAL, 0, "its byte order is not that of .BTF");
	if (read_u8(r) != 1)
		return fail_ext(ext, -ENOTSUP, 2, "its version is not 1");
	if (read_u8(r))
		return fail_ext(ext, -ENOTSUP, 3, "its header has unknown flags");
	*header_size = read_u32(r);
	if (*header_size < EXT_HEADER_SIZE || *header_size > r->size)
		return env_fail(&ext->env, -EINVAL, AT("btf", ".BTF.ext", 4), NULL,
				"the header says that it has %u bytes, of %zu in all", *header_size,
				r->size);
	return 0;
}

static int fill_ext(struct pbpf_btf_ext *ext, const void *data, size_t size)
{
	struct reader r = reader_of(data, size, false);
	uint32_t header_size = 0;
	int err = read_ext_preamble(ext, &r, &header_size);

	for (int i = 0; i < EXT_PARTS && !err; i++) {
		uint64_t at, length;
		struct reader part;

		if (i == EXT_CORE && header_size < EXT_CORE_HEADER)
			break;
		at = (uint64_t)header_size + read_u32(&r);
		length = read_u32(&r);
		if (!length)
			continue;
		if (!range_ok(at, length, size) || at % 4 || length % 4)
			return env_fail(&ext->env, -EINVAL, AT("btf", ".BTF.ext", r.at - 8), NULL,
					"%s (%llu bytes at %llu) passes the end at %zu, or is "
					"not a multiple of 4",
					ext_forms[i].name, (unsigned long long)length,
					(unsigned long long)at, size);
		part = reader_of(data, (size_t)(at + length), r.big_endian);
		part.at = (size_t)at;
		err = read_ext_part(ext, &ext->parts[i], &ext_forms[i], &part);
	}
	return err;
}

int pbpf_btf_ext_parse(struct pbpf_btf_ext **ext, const void *data, size_t size,
		       const struct pbpf_btf *btf, const struct pbpf_env *env)
{
	struct pbpf_btf_ext *parsed = env_alloc(env, 1, sizeof(*parsed));
	int err;

	if (!parsed)
		return env_no_memory(env, "btf", ".BTF.ext");
	if (env)
		parsed->env = *env;
	parsed->btf = btf;
	err = fill_ext(parsed, data, size);
	if (err) {
		pbpf_btf_ext_free(parsed);
		return err;
	}
	*ext = parsed;
	return 0;
}

void pbpf_btf_ext_free(struct pbpf_btf_ext *ext)
{
	struct pbpf_env env;

	if (!ext)
		return;
	env = ext->env;
	for (int i = 0; i < EXT_PARTS; i++) {
		struct ext_part *part = &ext->parts[i];

		env_free(&env, part->words, part->words_room, sizeof(*part->words));
		env_free(&env, part->blocks, part->blocks_room, sizeof(*part->blocks));
	}
	env_free(&env, ext, 1, sizeof(*ext));
}

/* The slice of a section's records in one part. */
static const uint32_t *ext_records(const struct pbpf_btf_ext *ext, int which, const char *section,
				   size_t *count)
{
	const struct ext_part *part = ext ? &ext->parts[which] : NULL;

	*count = 0;
	for (size_t i = 0; part && i < part->block_count; i++) {
		const struct ext_block *block = &part->blocks[i];

		if (strcmp(pbpf_btf_string(ext->btf, block->section), section))
			continue;
		*count = block->count;
		return part->words + block->first * ext_forms[which].words;
	}
	return NULL;
}

const struct pbpf_func_info *pbpf_btf_ext_funcs(const struct pbpf_btf_ext *ext, const char *section,
						size_t *count)
{
	return (const struct pbpf_func_info *)ext_records(ext, EXT_FUNCS, section, count);
}

const struct pbpf_line_info *pbpf_btf_ext_lines(const struct pbpf_btf_ext *ext, const char *section,
						size_t *count)
{
	return (const struct pbpf_line_info *)ext_records(ext, EXT_LINES, section, count);
}

const struct pbpf_core_relo *pbpf_btf_ext_core(const struct pbpf_btf_ext *ext, const char *section,
					       size_t *count)
{
	return (const struct pbpf_core_relo *)ext_records(ext, EXT_CORE, section, count);
}
