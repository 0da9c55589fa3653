/* SPDX-License-Identifier: MIT */
/*
 * From bytes to a struct pbpf_btf: copy into the host's byte order, mark where the types begin,
 * check them. What may be written over is its own copy.
 *
 * The copy is always the same shape (a header of 24 bytes, types, strings, no gap), whatever the
 * input's was, so it can go to a kernel of any age as it is.
 */
#include "base/reader.h"
#include "btf/impl.h"

void btf_write_header(uint8_t *image, uint32_t types_size, uint32_t strings_size)
{
	static const uint16_t magic = 0xeb9f;

	memcpy(image, &magic, sizeof(magic));
	image[2] = 1; /* version */
	image[3] = 0; /* flags */
	btf_store(image + 4, BTF_HEADER_SIZE);
	btf_store(image + 8, 0);
	btf_store(image + 12, types_size);
	btf_store(image + 16, types_size);
	btf_store(image + 20, strings_size);
}

static void turn_words(uint8_t *words, size_t size)
{
	for (size_t at = 0; size - at >= 4; at += 4)
		btf_store(words + at, __builtin_bswap32(btf_load(words + at)));
}

/* From the last end in so many bytes on, until there is none. What is cut ends in a character that no access
 * string of CO-RE ends in: none becomes another one that is good. */
static bool cut_long_texts(char *strings, size_t size)
{
	bool cut = false;

	while (size >= BTF_TEXT_SIZE) {
		size_t last = BTF_TEXT_SIZE - 1;

		while (last && strings[last])
			last--;
		if (strings[last]) {
			last = BTF_TEXT_SIZE - 1;
			strings[last - 1] = ':';
			strings[last] = '\0';
			cut = true;
		}
		strings += last + 1;
		size -= last + 1;
	}
	return cut;
}

/* Where the copy goes: over the bytes themselves, if they are given away and the types are before the strings, so
 * that neither is written over before it has moved. */
static uint8_t *room_for_copy(struct pbpf_btf *btf, uint8_t *given, const struct btf_header *header)
{
	btf->in_place = given && header->types_at + header->types_size <= header->strings_at;
	return btf->in_place ? given : env_room(&btf->env, NULL, 0, btf->image_size);
}

static int copy_image(struct pbpf_btf *btf, const uint8_t *data, uint8_t *given,
		      const struct btf_header *header)
{
	uint8_t *copy;

	btf->image_size = BTF_HEADER_SIZE + btf->types_size + btf->strings_size;
	copy = room_for_copy(btf, given, header);
	if (!copy)
		return env_no_memory(&btf->env, "btf", "a copy of the types");
	btf_write_header(copy, btf->types_size, btf->strings_size);
	memmove(copy + BTF_HEADER_SIZE, data + header->types_at, btf->types_size);
	memmove(copy + BTF_HEADER_SIZE + btf->types_size, data + header->strings_at,
		btf->strings_size);
	if (btf->swapped)
		turn_words(copy + BTF_HEADER_SIZE, btf->types_size);
	btf->copy = copy;
	btf->image = copy;
	btf->types = copy + BTF_HEADER_SIZE;
	btf->strings = (const char *)copy + BTF_HEADER_SIZE + btf->types_size;
	if (cut_long_texts((char *)copy + BTF_HEADER_SIZE + btf->types_size, btf->strings_size))
		env_note(&btf->env, AT("btf", NULL, header->strings_at), NULL,
			 "names and lines of source are cut after %d bytes", BTF_TEXT_SIZE - 1);
	return 0;
}

int btf_fail_record(const struct pbpf_btf *btf, uint32_t at)
{
	uint32_t left = btf->types_size - at, kind;
	const struct env_place *place = AT("btf", NULL, btf->types_at + at);

	if (left < BTF_RECORD_SIZE)
		return env_fail(
			&btf->env, -EINVAL, place, NULL,
			"type %u at offset %llu: the type section ends after %u bytes of it",
			btf->end_id, (unsigned long long)place->offset, left);
	kind = btf_info_kind(btf_load(btf->types + at + 4));
	if (!kind)
		return env_fail(&btf->env, -EINVAL, place, NULL,
				"type %u (VOID) at offset %llu: kind 0 stands for void only",
				btf->end_id, (unsigned long long)place->offset);
	if (!btf->forms[kind].fixed)
		return env_fail(&btf->env, -ENOTSUP, place, NULL,
				"type %u at offset %llu: its kind %u is not known", btf->end_id,
				(unsigned long long)place->offset, kind);
	return env_fail(&btf->env, -EINVAL, place, NULL,
			"type %u (%s) at offset %llu: %u records do not fit the rest of the type "
			"section",
			btf->end_id, pbpf_btf_kind_name(kind), (unsigned long long)place->offset,
			btf_info_vlen(btf_load(btf->types + at + 4)));
}

/* Counts the types, then marks each: two passes are cheaper than memory for the most there can be.
 */
static int mark_types(struct pbpf_btf *btf)
{
	uint32_t at = 0, size, count = 0;

	for (; at < btf->types_size; at += size, count++, btf->end_id++) {
		size = btf_record_size(btf, at);
		if (!size)
			return btf_fail_record(btf, at);
		if (btf->end_id == INT32_MAX)
			return env_fail(&btf->env, -ERANGE, AT("btf", NULL, btf->types_at + at),
					NULL, "more than 2^31 types");
	}
	btf->marks = env_alloc(&btf->env, count, sizeof(*btf->marks));
	if (!btf->marks)
		return env_no_memory(&btf->env, "btf", "the index of types");
	btf->mark_count = count;
	btf->each_marked = count;
	at = 0;
	for (uint32_t i = 0; i < count; i++) {
		btf->marks[i] = at;
		at += btf_record_size(btf, at);
	}
	return 0;
}

struct pbpf_btf *btf_new_part(const struct pbpf_btf *base, const struct pbpf_env *env)
{
	struct pbpf_btf *btf = env_alloc(env, 1, sizeof(*btf));

	if (!btf)
		return NULL;
	if (env)
		btf->env = *env;
	btf->base = base;
	btf->first_id = base ? base->end_id : 1;
	btf->end_id = btf->first_id;
	btf->forms = base ? base->forms : btf_forms;
	btf->first_string = base ? base->first_string + base->strings_size : 0;
	return btf;
}

int btf_take_header(struct pbpf_btf *btf, const struct btf_header *header)
{
	if (header->strings_size > UINT32_MAX - btf->first_string)
		return env_fail(&btf->env, -ERANGE, AT("btf", NULL, header->strings_at), NULL,
				"more than 4 GiB of strings");
	btf->types_at = header->types_at;
	btf->types_size = (uint32_t)header->types_size;
	btf->strings_size = (uint32_t)header->strings_size;
	btf->pairs = btf->base ? 0 : btf->strings_size - 1;
	btf->swapped = header->big_endian != host_big_endian();
	return 0;
}

static int fill_btf(struct pbpf_btf *btf, const void *data, void *given, size_t size)
{
	struct btf_header header;
	int err = btf_read_header(&header, data, size, btf->base != NULL, &btf->env);

	if (!err && header.unknown_at)
		return env_fail(&btf->env, -ENOTSUP, AT("btf", NULL, header.unknown_at), NULL,
				"the header has fields that are not known");
	if (err || (err = btf_take_header(btf, &header)) ||
	    (err = btf_take_layout(btf, data, &header)) ||
	    (err = copy_image(btf, data, given, &header)) || (err = mark_types(btf)) ||
	    (err = btf_check_types(btf)) || (err = btf_check_nesting(btf)))
		return err;
	return btf_check_sizes(btf);
}

/* `given` is NULL, or the data themselves, to be written over. */
static int parse_bytes(struct pbpf_btf **btf, const void *data, void *given, size_t size,
		       const struct pbpf_btf *base, const struct pbpf_env *env)
{
	struct pbpf_btf *parsed = btf_new_part(base, env);
	int err;

	if (!parsed)
		return env_no_memory(env, "btf", "the types");
	err = fill_btf(parsed, data, given, size);
	if (err) {
		pbpf_btf_free(parsed);
		return err;
	}
	*btf = parsed;
	return 0;
}

int pbpf_btf_parse(struct pbpf_btf **btf, const void *data, size_t size,
		   const struct pbpf_btf *base, const struct pbpf_env *env)
{
	return parse_bytes(btf, data, NULL, size, base, env);
}

int pbpf_btf_parse_in_place(struct pbpf_btf **btf, void *data, size_t size,
			    const struct pbpf_env *env)
{
	return parse_bytes(btf, data, data, size, NULL, env);
}

void pbpf_btf_free(struct pbpf_btf *btf)
{
	struct pbpf_env env;

	if (!btf)
		return;
	env = btf->env;
	btf_drop_index(btf);
	if (!btf->in_place)
		env_free(&env, btf->copy, btf->image_size, 1);
	env_free(&env, btf->marks, btf->mark_count, sizeof(*btf->marks));
	env_free(&env, btf->own_forms, BTF_FORM_COUNT, sizeof(*btf->own_forms));
	env_free(&env, btf, 1, sizeof(*btf));
}

bool pbpf_btf_swapped(const struct pbpf_btf *btf)
{
	return btf->swapped;
}

const void *pbpf_btf_image(const struct pbpf_btf *btf, size_t *size)
{
	*size = btf->image_size;
	return btf->image;
}
