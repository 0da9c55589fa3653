/* SPDX-License-Identifier: MIT */
/*
 * The header of .BTF: where types and strings lie.
 *
 *	magic(2) version(1) flags(1) hdr_len(4)
 *	type_off(4) type_len(4) str_off(4) str_len(4)          offsets count from the header's end
 *	layout_off(4) layout_len(4)                            since Linux 7.1: see layout.c
 *
 * The sections may lie in any order and with gaps, as the copy made of them has neither; they may
 * not overlap.
 */
#include "base/reader.h"
#include "btf/impl.h"

#define BTF_MAGIC   0xeb9f
#define BTF_VERSION 1

/* One of the sections that the header names. */
struct header_part {
	const char *name;
	uint64_t at, size;
};

static int fail_header(const struct pbpf_env *env, int err, uint64_t at, const char *what)
{
	return env_fail(env, err, AT("btf", NULL, at), NULL, "%s", what);
}

static int read_preamble(struct reader *r, uint32_t *header_size, const struct pbpf_env *env)
{
	if (r->size < 8)
		return fail_header(env, -EINVAL, 0, "shorter than its header");
	r->big_endian = r->data[0] == BTF_MAGIC >> 8;
	if (read_u16(r) != BTF_MAGIC)
		return fail_header(env, -EINVAL, 0, "does not begin with BTF's magic number");
	if (read_u8(r) != BTF_VERSION)
		return fail_header(env, -ENOTSUP, 2, "its version is not 1");
	if (read_u8(r))
		return fail_header(env, -ENOTSUP, 3, "its header has unknown flags");
	*header_size = read_u32(r);
	if (*header_size < BTF_HEADER_SIZE || *header_size > r->size)
		return env_fail(env, -EINVAL, AT("btf", NULL, 4), NULL,
				"the header says that it has %u bytes, of %zu in all", *header_size,
				r->size);
	return 0;
}

/* The two words of a section, offset and length. */
static struct header_part read_part(struct reader *r, const char *name, uint32_t header_size)
{
	struct header_part part = {.name = name};

	part.at = (uint64_t)header_size + read_u32(r);
	part.size = read_u32(r);
	return part;
}

static int check_part(const struct header_part *part, size_t size, const struct pbpf_env *env)
{
	if (range_ok(part->at, part->size, size))
		return 0;
	return env_fail(env, -EINVAL, AT("btf", NULL, part->at), NULL,
			"the %s section (%llu bytes at %llu) passes the end at %zu", part->name,
			(unsigned long long)part->size, (unsigned long long)part->at, size);
}

static int check_apart(const struct header_part *a, const struct header_part *b,
		       const struct pbpf_env *env)
{
	if (!a->size || !b->size || a->at + a->size <= b->at || b->at + b->size <= a->at)
		return 0;
	return env_fail(env, -EINVAL, AT("btf", NULL, a->at > b->at ? a->at : b->at), NULL,
			"the %s and %s sections overlap", a->name, b->name);
}

static int check_words(const struct header_part *part, const struct pbpf_env *env)
{
	if (part->at % 4 == 0 && part->size % 4 == 0)
		return 0;
	return env_fail(env, -EINVAL, AT("btf", NULL, part->at), NULL,
			"the %s section does not begin and end at multiples of 4", part->name);
}

static int check_strings(const uint8_t *strings, const struct header_part *part, bool split,
			 const struct pbpf_env *env)
{
	if (split && !part->size)
		return 0;
	if (!part->size)
		return fail_header(env, -EINVAL, part->at, "the string section is empty");
	if (!split && strings[0])
		return fail_header(env, -EINVAL, part->at, "the first string is not empty");
	if (strings[part->size - 1])
		return fail_header(env, -EINVAL, part->at + part->size - 1,
				   "the last string has no end");
	return 0;
}

/* A later version may have more fields, and those that are not zero mean something: where. */
static uint64_t find_unknown_field(struct reader *r, uint32_t header_size)
{
	while (r->at < header_size)
		if (read_u8(r))
			return r->at - 1;
	return 0;
}

int btf_read_header(struct btf_header *header, const void *data, size_t size, bool split,
		    const struct pbpf_env *env)
{
	struct reader r = reader_of(data, size, false);
	struct header_part types, strings, layout = {.name = "layout"};
	uint32_t header_size = 0;
	int err;

	err = read_preamble(&r, &header_size, env);
	if (err)
		return err;
	types = read_part(&r, "type", header_size);
	strings = read_part(&r, "string", header_size);
	if (header_size >= BTF_LONG_HEADER)
		layout = read_part(&r, "layout", header_size);
	header->unknown_at = find_unknown_field(&r, header_size);
	if ((err = check_part(&types, size, env)) || (err = check_part(&strings, size, env)) ||
	    (err = check_part(&layout, size, env)) || (err = check_apart(&types, &strings, env)) ||
	    (err = check_apart(&types, &layout, env)) ||
	    (err = check_apart(&strings, &layout, env)) ||
	    (err = check_strings(r.data + strings.at, &strings, split, env)))
		return err;
	if ((err = check_words(&types, env)) || (err = check_words(&layout, env)))
		return err;
	header->big_endian = r.big_endian;
	header->types_at = types.at;
	header->types_size = types.size;
	header->strings_at = strings.at;
	header->strings_size = strings.size;
	header->layout_at = layout.at;
	header->layout_size = layout.size;
	return 0;
}
