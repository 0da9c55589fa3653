/* SPDX-License-Identifier: MIT */
/*
 * Keys and values from the words of the command line.
 */
#include "tools/map.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What words shall become. */
struct wanted_bytes {
	const struct map_ref *map;
	const char *what; /* "key" or "value" */
	uint32_t type;	  /* in the map's types; 0: not known */
	unsigned char *bytes;
	size_t size;
};

static int expect_word(struct words *words, const char *name)
{
	const char *const names[] = {name, NULL};
	const char *word;

	if (words_skip(words, name))
		return 0;
	if (words_need(words, name, &word))
		return CLI_USAGE;
	return usage_error(words->cli->command->name, "word", word, names);
}

/* How many words belong together: up to the next that means something else, or the end. */
static size_t words_together(const struct words *words)
{
	static const char *const ends[] = {"key", "value", "any", "exist", "noexist", "cpu"};
	size_t count = 0;

	for (; words->next[count]; count++)
		for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
			if (!strcmp(words->next[count], ends[i]))
				return count;
	return count;
}

static int refuse_bytes(const struct wanted_bytes *wanted, const char *word, const char *problem)
{
	return env_fail(&wanted->map->cli->env, -EINVAL, AT("map", NULL, 0),
			"give so many bytes, or one word: a number, or a value of its type as JSON",
			"the %s has %zu bytes, and %s%s%s%s", wanted->what, wanted->size, problem,
			word ? " '" : "", word ? word : "", word ? "'" : "");
}

static int read_byte_words(const struct wanted_bytes *wanted, struct words *words, size_t count)
{
	bool hex = words_skip(words, "hex");
	char digits[8];
	uint64_t byte;

	count -= hex;
	if (count != wanted->size)
		return refuse_bytes(wanted, NULL,
				    count < wanted->size ? "fewer are given" : "more are given");
	for (size_t i = 0; i < count; i++) {
		const char *word = words_take(words);

		snprintf(digits, sizeof(digits), "%s%s",
			 hex && strncmp(word, "0x", 2) != 0 ? "0x" : "", word);
		if (strlen(word) > 4 || !parse_number(digits, 255, &byte))
			return refuse_bytes(wanted, word, "none of them is");
		wanted->bytes[i] = (unsigned char)byte;
	}
	return 0;
}

/* A number where nothing says what the bytes mean: indexes of arrays and the like. */
static int read_plain_number(const struct wanted_bytes *wanted, const char *word)
{
	uint64_t limit = wanted->size < 8 ? (1ull << (8 * wanted->size)) - 1 : UINT64_MAX, number;
	size_t offset =
		__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 0 : sizeof(number) - wanted->size;

	if (wanted->size > 8 || wanted->size & (wanted->size - 1) || !wanted->size)
		return refuse_bytes(wanted, word, "what they mean is not known, so they are not");
	if (!parse_number(word, limit, &number))
		return refuse_bytes(wanted, word, "what they mean is not known, so they are not");
	memcpy(wanted->bytes, (unsigned char *)&number + offset, wanted->size);
	return 0;
}

static int read_bytes_of(const struct wanted_bytes *wanted, struct words *words)
{
	size_t count = words_together(words);
	const char *first = words_peek(words);
	uint64_t byte;

	if (!count && wanted->size)
		return words_need(words, wanted->what, &first);
	if (count == 1 && wanted->size && (wanted->size > 1 || !parse_number(first, 255, &byte))) {
		words_take(words);
		if (wanted->type)
			return pbpf_btf_set_value(wanted->map->types.btf, wanted->type, first,
						  wanted->bytes, wanted->size,
						  &wanted->map->cli->env);
		return read_plain_number(wanted, first);
	}
	return read_byte_words(wanted, words, count);
}

static int read_key(struct map_ref *map, struct words *words, void *key)
{
	const struct wanted_bytes wanted = {map, "key", map->key_type, key, map->info->key_size};

	return read_bytes_of(&wanted, words);
}

/* --- Values ---------------------------------------------------------------------------------- */

/* The fd stays open until the map is closed. */
static int read_object(struct map_ref *map, struct words *words, void *value,
		       enum pbpf_object_kind kind)
{
	int code = select_open(words, kind, 0, &map->held);

	if (!code)
		memcpy(value, &map->held.fd, sizeof(map->held.fd));
	return code;
}

static int read_value(struct map_ref *map, struct words *words, void *value)
{
	const struct wanted_bytes wanted = {map, "value", map->value_type, value,
					    map->info->value_size};
	enum pbpf_object_kind kind = map_holds(map);
	size_t stride = map->room / map->cpus;
	int code;

	if (kind != PBPF_OBJECT_NONE && map->info->value_size == sizeof(int))
		return read_object(map, words, value, kind);
	code = read_bytes_of(&wanted, words);
	for (uint32_t cpu = 1; !code && cpu < map->cpus; cpu++)
		memcpy((char *)value + cpu * stride, value, map->info->value_size);
	return code;
}

/* --- What stands before them ----------------------------------------------------------------- */

int map_need_key(struct map_element *one)
{
	int code = expect_word(&one->words, "key");

	return code ? code : read_key(&one->map, &one->words, one->key);
}

int map_need_value(struct map_element *one)
{
	int code = expect_word(&one->words, "value");

	return code ? code : read_value(&one->map, &one->words, one->value);
}
