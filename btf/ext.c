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
 * Records may be longer than what is known of them. All three parts are copied into one array of words in the
 * host's byte order, block by block, each record cut to what is known of it, and checked there. What may be
 * written over is that array itself: a copy never passes what it is of.
 */
#include "base/reader.h"
#include "base/sort.h"
#include "btf/impl.h"

#define EXT_MAGIC	0xeb9f
#define EXT_HEADER_SIZE 24
#define EXT_CORE_HEADER 32 /* with CO-RE relocations */
#define EXT_INSN_SIZE	8
#define EXT_BLOCK_WORDS 2 /* before the records of a block: its section's name, how many they are */

enum { EXT_FUNCS, EXT_LINES, EXT_CORE, EXT_PARTS };

struct ext_part {
	const uint32_t *words; /* its blocks */
	size_t count;	       /* words of all of them */
};

struct pbpf_btf_ext {
	struct pbpf_env env;
	const struct pbpf_btf *btf;
	struct ext_part parts[EXT_PARTS];
	uint32_t *words;
	size_t room, used;
	bool in_place; /* their memory is the caller's */
};

/* The records handed out are the copied words as they lie. */
_Static_assert(sizeof(struct pbpf_func_info) == 8, "two words");
_Static_assert(sizeof(struct pbpf_line_info) == 16, "four words");
_Static_assert(sizeof(struct pbpf_core_relo) == 16, "four words");

/* A block while it is read, for the messages about its records. */
struct ext_block {
	const struct pbpf_btf_ext *ext;
	const struct ext_form *form;
	const char *section;
	uint32_t name; /* of the section: string of the BTF */
	size_t count;
	uint32_t record_size; /* in the file */
	uint64_t at;	      /* of its first record in the file */
};

/* What is known of a part's records: how many words, and a check of all of a block. */
struct ext_form {
	const char *name;
	uint32_t words;
	bool ascending; /* the kernel insists (check_btf_func, check_btf_line in verifier.c) */
	int (*check)(const struct ext_block *block, const uint32_t *words);
};

static int fail_ext(const struct pbpf_btf_ext *ext, int err, uint64_t at, const char *what)
{
	return env_fail(&ext->env, err, AT("btf", ".BTF.ext", at), NULL, "%s", what);
}

/* One of the words of a record, wrong. */
static int fail_word(const struct ext_block *block, size_t i, const char *what, uint32_t word)
{
	uint64_t at = block->at + i * (uint64_t)block->record_size;

	return env_fail(&block->ext->env, -EINVAL, AT("btf", ".BTF.ext", at), NULL,
			"%s #%zu of section '%.64s' at offset %llu: %s %u", block->form->name, i,
			block->section, (unsigned long long)at, what, word);
}

/* insn_off, which each begins with; the next must be `least` or more. */
static inline int check_insn_off(const struct ext_block *block, size_t i, uint32_t insn_off,
				 uint64_t *least)
{
	if (insn_off % EXT_INSN_SIZE)
		return fail_word(block, i, "no instruction begins at byte", insn_off);
	if (insn_off < *least)
		return fail_word(block, i, "it does not come after the record before it, byte",
				 insn_off);
	*least = (uint64_t)insn_off + 1;
	return 0;
}

static inline int check_ext_string(const struct ext_block *block, size_t i, uint32_t string)
{
	if (btf_has_string(block->ext->btf, string))
		return 0;
	return fail_word(block, i, "there is no string at", string);
}

static inline int check_ext_type(const struct ext_block *block, size_t i, uint32_t type)
{
	if (type && type < block->ext->btf->end_id)
		return 0;
	return fail_word(block, i, "there is no type", type);
}

static int check_funcs(const struct ext_block *block, const uint32_t *words)
{
	const struct pbpf_func_info *funcs = (const struct pbpf_func_info *)words;
	uint64_t least = 0;
	int err = 0;

	for (size_t i = 0; i < block->count && !err; i++) {
		err = check_insn_off(block, i, funcs[i].insn_off, &least);
		if (!err)
			err = check_ext_type(block, i, funcs[i].type);
		if (!err && btf_kind_of(block->ext->btf, funcs[i].type) != PBPF_KIND_FUNC)
			err = fail_word(block, i, "it is no FUNC, type", funcs[i].type);
	}
	return err;
}

static int check_lines(const struct ext_block *block, const uint32_t *words)
{
	const struct pbpf_line_info *lines = (const struct pbpf_line_info *)words;
	uint64_t least = 0;
	int err = 0;

	for (size_t i = 0; i < block->count && !err; i++) {
		err = check_insn_off(block, i, lines[i].insn_off, &least);
		if (!err)
			err = check_ext_string(block, i, lines[i].file);
		if (!err)
			err = check_ext_string(block, i, lines[i].line);
	}
	return err;
}

static int check_relos(const struct ext_block *block, const uint32_t *words)
{
	const struct pbpf_core_relo *relos = (const struct pbpf_core_relo *)words;
	int err = 0;

	for (size_t i = 0; i < block->count && !err; i++) {
		uint64_t least = 0;

		err = check_insn_off(block, i, relos[i].insn_off, &least);
		if (!err)
			err = check_ext_type(block, i, relos[i].type);
		if (!err)
			err = check_ext_string(block, i, relos[i].access);
	}
	return err;
}

static const struct ext_form ext_forms[EXT_PARTS] = {
	[EXT_FUNCS] = {"func_info", 2, true, check_funcs},
	[EXT_LINES] = {"line_info", 4, true, check_lines},
	[EXT_CORE] = {"core_relo", 4, false, check_relos},
};

static bool record_before(const void *a, const void *b)
{
	return *(const uint32_t *)a < *(const uint32_t *)b;
}

/* `bytes` holds the records as they lie in the file. */
static void copy_records(const struct ext_block *block, const uint8_t *bytes, bool swapped,
			 uint32_t *words)
{
	size_t known = block->form->words, all = block->count * known;

	if (block->record_size == known * sizeof(*words))
		memmove(words, bytes, all * sizeof(*words));
	else
		for (size_t i = 0; i < block->count; i++)
			memmove(words + i * known, bytes + i * block->record_size,
				known * sizeof(*words));
	for (size_t i = 0; swapped && i < all; i++)
		words[i] = __builtin_bswap32(words[i]);
}

/* Reads a block's two words and checks them against the bytes left. `seen` has a bit for every string: a
 * section may come once. */
static int begin_block(struct ext_block *block, struct reader *r, uint8_t *seen)
{
	const struct pbpf_btf_ext *ext = block->ext;
	uint64_t at = r->at;
	uint8_t bit;

	block->name = read_u32(r);
	block->count = read_u32(r);
	block->section = pbpf_btf_string(ext->btf, block->name);
	block->at = r->at;
	if (r->failed || !block->count || block->count > reader_left(r) / block->record_size ||
	    !*block->section)
		return env_fail(&ext->env, -EINVAL, AT("btf", ".BTF.ext", at), NULL,
				"%s block at offset %llu: section name %u, %zu records of %u "
				"bytes, %zu bytes left",
				block->form->name, (unsigned long long)at, block->name,
				block->count, block->record_size, reader_left(r));
	bit = (uint8_t)(1u << block->name % 8);
	if (seen[block->name / 8] & bit)
		return env_fail(&ext->env, -EINVAL, AT("btf", ".BTF.ext", at), NULL,
				"%s block at offset %llu: section '%.64s' comes twice",
				block->form->name, (unsigned long long)at, block->section);
	seen[block->name / 8] |= bit;
	return 0;
}

/* Copies a block behind those before it. Compilers are free to write CO-RE relocations in another order than
 * that of their instructions. */
static int read_block(struct pbpf_btf_ext *ext, struct ext_block *block, struct reader *r,
		      uint8_t *seen)
{
	const struct ext_form *form = block->form;
	uint32_t *words = ext->words + ext->used;
	int err = begin_block(block, r, seen);

	if (err)
		return err;
	words[0] = block->name;
	words[1] = (uint32_t)block->count;
	words += EXT_BLOCK_WORDS;
	copy_records(block, read_bytes(r, block->count * block->record_size),
		     r->big_endian != host_big_endian(), words);
	err = form->check(block, words);
	if (!err && !form->ascending)
		sort_array(words, block->count, form->words * sizeof(*words), record_before);
	ext->used += EXT_BLOCK_WORDS + block->count * form->words;
	return err;
}

static int read_ext_part(struct pbpf_btf_ext *ext, int which, struct reader *r, uint8_t *seen)
{
	struct ext_block block = {.ext = ext, .form = &ext_forms[which]};
	size_t first = ext->used;
	int err = 0;

	block.record_size = read_u32(r);
	if (r->failed || block.record_size < block.form->words * 4 || block.record_size % 4)
		return env_fail(&ext->env, -EINVAL, AT("btf", ".BTF.ext", r->at), NULL,
				"%s records of %u bytes, where %u are the least", block.form->name,
				block.record_size, block.form->words * 4);
	while (!err && reader_left(r))
		err = read_block(ext, &block, r, seen);
	ext->parts[which] = (struct ext_part){ext->words + first, ext->used - first};
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

/* Where a part lies: a reader of it, empty when it is not there. */
static int find_ext_part(const struct pbpf_btf_ext *ext, int which, struct reader *r,
			 uint32_t header_size, struct reader *part)
{
	uint64_t at, length;

	*part = reader_of(r->data, 0, r->big_endian);
	if (which == EXT_CORE && header_size < EXT_CORE_HEADER)
		return 0;
	at = (uint64_t)header_size + read_u32(r);
	length = read_u32(r);
	if (!length)
		return 0;
	if (!range_ok(at, length, r->size) || at % 4 || length % 4)
		return env_fail(&ext->env, -EINVAL, AT("btf", ".BTF.ext", r->at - 8), NULL,
				"%s (%llu bytes at %llu) passes the end at %zu, or is "
				"not a multiple of 4",
				ext_forms[which].name, (unsigned long long)length,
				(unsigned long long)at, r->size);
	part->size = (size_t)(at + length);
	part->at = (size_t)at;
	return 0;
}

static int read_ext_parts(struct pbpf_btf_ext *ext, struct reader *parts)
{
	size_t strings = ((size_t)ext->btf->first_string + ext->btf->strings_size) / 8 + 1;
	uint8_t *seen = env_alloc(&ext->env, strings, 1);
	int err = 0;

	if (!seen)
		return env_no_memory(&ext->env, "btf", ".BTF.ext");
	for (int i = 0; i < EXT_PARTS && !err; i++) {
		if (!reader_left(&parts[i]))
			continue;
		memset(seen, 0, strings);
		err = read_ext_part(ext, i, &parts[i], seen);
	}
	env_free(&ext->env, seen, strings, 1);
	return err;
}

/* Words that lie as words do, and parts in this order. */
static bool is_in_order(const void *given, const struct reader *parts)
{
	size_t end = 0;

	for (int i = 0; i < EXT_PARTS; i++) {
		if (!reader_left(&parts[i]))
			continue;
		if (parts[i].at < end)
			return false;
		end = parts[i].size;
	}
	return (uintptr_t)given % sizeof(uint32_t) == 0;
}

/* `given` is NULL, or the data themselves, to be written over. */
static int fill_ext(struct pbpf_btf_ext *ext, const void *data, void *given, size_t size)
{
	struct reader r = reader_of(data, size, false), parts[EXT_PARTS];
	uint32_t header_size = 0;
	int err = read_ext_preamble(ext, &r, &header_size);

	for (int i = 0; i < EXT_PARTS && !err; i++) {
		err = find_ext_part(ext, i, &r, header_size, &parts[i]);
		ext->room += err ? 0 : reader_left(&parts[i]) / sizeof(*ext->words);
	}
	if (err)
		return err;
	ext->in_place = given && is_in_order(given, parts);
	ext->words = ext->in_place
			     ? given
			     : env_room(&ext->env, NULL, 0, ext->room * sizeof(*ext->words) + 1);
	if (!ext->words)
		return env_no_memory(&ext->env, "btf", ".BTF.ext");
	return read_ext_parts(ext, parts);
}

static int parse_ext(struct pbpf_btf_ext **ext, const void *data, void *given, size_t size,
		     const struct pbpf_btf *btf, const struct pbpf_env *env)
{
	struct pbpf_btf_ext *parsed = env_alloc(env, 1, sizeof(*parsed));
	int err;

	if (!parsed)
		return env_no_memory(env, "btf", ".BTF.ext");
	if (env)
		parsed->env = *env;
	parsed->btf = btf;
	err = fill_ext(parsed, data, given, size);
	if (err) {
		pbpf_btf_ext_free(parsed);
		return err;
	}
	*ext = parsed;
	return 0;
}

int pbpf_btf_ext_parse(struct pbpf_btf_ext **ext, const void *data, size_t size,
		       const struct pbpf_btf *btf, const struct pbpf_env *env)
{
	return parse_ext(ext, data, NULL, size, btf, env);
}

int pbpf_btf_ext_parse_in_place(struct pbpf_btf_ext **ext, void *data, size_t size,
				const struct pbpf_btf *btf, const struct pbpf_env *env)
{
	return parse_ext(ext, data, data, size, btf, env);
}

void pbpf_btf_ext_free(struct pbpf_btf_ext *ext)
{
	struct pbpf_env env;

	if (!ext)
		return;
	env = ext->env;
	if (!ext->in_place)
		env_free(&env, ext->words, ext->room * sizeof(*ext->words) + 1, 1);
	env_free(&env, ext, 1, sizeof(*ext));
}

/* The records of a section in one part. */
static const uint32_t *ext_records(const struct pbpf_btf_ext *ext, int which, const char *section,
				   size_t *count)
{
	const uint32_t *words, *end;

	*count = 0;
	if (!ext || !ext->parts[which].count)
		return NULL;
	words = ext->parts[which].words;
	for (end = words + ext->parts[which].count; words < end;
	     words += EXT_BLOCK_WORDS + words[1] * (size_t)ext_forms[which].words) {
		if (strcmp(pbpf_btf_string(ext->btf, words[0]), section))
			continue;
		*count = words[1];
		return words + EXT_BLOCK_WORDS;
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
