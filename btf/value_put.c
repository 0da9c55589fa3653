/* SPDX-License-Identifier: MIT */
/*
 * The leaves of a value, from text to bits.
 */
#include "btf/value_set.h"

#include "base/reader.h"
#include "base/spell.h"

#include <stdio.h>
#include <stdlib.h>

#define INT_SIGNED 1
#define INT_BOOL   4

static int refuse_word(const struct value_setter *setter, const struct value_token *token,
		       const char *wanted)
{
	return setter_fail(setter, token, -EINVAL, NULL, "'%.*s' is not %s",
			   token->size < 64 ? (int)token->size : 64, token->at, wanted);
}

static int refuse_size(const struct value_setter *setter, const struct value_token *token,
		       const struct pbpf_btf_type *type, uint32_t bits)
{
	return setter_fail(setter, token, -ERANGE, NULL, "'%.*s' does not fit '%s' of %u bits",
			   token->size < 64 ? (int)token->size : 64, token->at, type->name, bits);
}

/* The inverse of value_scalar()'s reading: bits count as there. */
static void store_bits(uint8_t *data, struct value_bits bits, uint64_t value)
{
	for (uint32_t i = 0; i < bits.count; i++) {
		uint64_t at = bits.at + i;
		bool set = host_big_endian() ? value >> (bits.count - 1 - i) & 1 : value >> i & 1;
		uint8_t mask = (uint8_t)(1u << (host_big_endian() ? 7 - at % 8 : at % 8));

		data[at / 8] = (uint8_t)(set ? data[at / 8] | mask : data[at / 8] & ~mask);
	}
}

static void store(struct value_setter *setter, struct value_bits bits, uint64_t high, uint64_t low)
{
	uint32_t rest = bits.count > 64 ? bits.count - 64 : 0;

	if (!setter->data)
		return;
	if (!rest) {
		store_bits(setter->data, bits, low);
		return;
	}
	store_bits(setter->data, (struct value_bits){bits.at + (host_big_endian() ? rest : 0), 64},
		   low);
	store_bits(setter->data, (struct value_bits){bits.at + (host_big_endian() ? 0 : 64), rest},
		   high);
}

/* Does the number have at most so many bits, in two's complement if it is negative or `is_signed`? */
static bool fits(const struct value_number *number, uint32_t bits, bool is_signed)
{
	uint32_t room = bits - is_signed;
	uint64_t high = number->high, low = number->low;

	if (number->negative && (high || low)) { /* -n fits where n - 1 does */
		if (!is_signed)
			return false;
		high -= !low;
		low--;
	}
	if (room >= 128)
		return true;
	if (room >= 64)
		return room == 64 ? !high : !(high >> (room - 64));
	return !high && !(low >> room);
}

static void store_number(struct value_setter *setter, struct value_bits bits,
			 const struct value_number *number)
{
	uint64_t low = number->negative ? 0 - number->low : number->low;
	uint64_t high = number->negative ? ~number->high + !number->low : number->high;

	store(setter, bits, high, low);
}

/* --- Integers -------------------------------------------------------------------------------- */

static bool is_word(const struct value_token *token, const char *word)
{
	return token->size == strlen(word) && !memcmp(token->at, word, token->size);
}

static int put_bool(struct value_setter *setter, struct value_bits bits,
		    const struct value_token *token)
{
	bool yes = is_word(token, "true") || is_word(token, "1");

	if (!yes && !is_word(token, "false") && !is_word(token, "0"))
		return refuse_word(setter, token, "true or false");
	store(setter, bits, 0, yes);
	return 0;
}

static int put_integer(struct value_setter *setter, const struct pbpf_btf_type *type,
		       struct value_bits bits, const struct value_token *token)
{
	struct value_number number;
	char character;
	size_t size;
	int err;

	if (type->int_encoding & INT_BOOL)
		return put_bool(setter, bits, token);
	err = value_number(token, &number);
	if (err == -EINVAL && token->kind == 's' && value_is_char(type) &&
	    value_unescape(token, &character, 1, &size) && size == 1) {
		store(setter, bits, 0, (unsigned char)character);
		return 0;
	}
	if (err == -EINVAL)
		return refuse_word(setter, token, "a number");
	if (err || !fits(&number, bits.count, type->int_encoding & INT_SIGNED))
		return refuse_size(setter, token, type, bits.count);
	store_number(setter, bits, &number);
	return 0;
}

/* --- Enumerations ---------------------------------------------------------------------------- */

static int put_name(struct value_setter *setter, const struct pbpf_btf_type *type,
		    struct value_bits bits, const struct value_token *token)
{
	char name[128] = "";
	size_t size;
	struct spell spell;
	int err = setter_spend(setter, token, type->vlen);

	if (err)
		return err;
	if (!value_unescape(token, name, sizeof(name) - 1, &size) || size >= sizeof(name))
		return refuse_word(setter, token, "an enumerator");
	spell = spell_for(name);
	for (uint32_t i = 0; i < type->vlen; i++) {
		struct pbpf_btf_enumerator enumerator = pbpf_btf_enumerator(setter->btf, type, i);

		if (!strcmp(enumerator.name, name)) {
			store(setter, bits, 0, (uint64_t)enumerator.value);
			return 0;
		}
		spell_try(&spell, enumerator.name);
	}
	return setter_fail(setter, token, -ENOENT, NULL, "enum '%s' has no '%s'%s%s%s", type->name,
			   name, spell.nearest ? "; did you mean '" : "",
			   spell.nearest ? spell.nearest : "", spell.nearest ? "'?" : "");
}

/* clang before 15 does not say whether an enumeration is signed, so both ranges are fine. */
static int put_enumeration(struct value_setter *setter, const struct pbpf_btf_type *type,
			   struct value_bits bits, const struct value_token *token)
{
	struct value_number number;
	int err = value_number(token, &number);

	if (err == -EINVAL)
		return put_name(setter, type, bits, token);
	if (err || !fits(&number, bits.count, number.negative))
		return refuse_size(setter, token, type, bits.count);
	store_number(setter, bits, &number);
	return 0;
}

/* --- Floats ---------------------------------------------------------------------------------- */

/* strtod() with a point in every locale. */
static bool read_double(const struct value_token *token, double *value)
{
	char text[64], sample[8], *end;

	if (token->size >= sizeof(text) || !token->size)
		return false;
	snprintf(sample, sizeof(sample), "%.1f", 0.5);
	for (size_t i = 0; i < token->size; i++)
		text[i] = token->at[i] == '.' ? sample[1] : token->at[i];
	text[token->size] = '\0';
	*value = strtod(text, &end);
	return !*end;
}

static int put_floating(struct value_setter *setter, const struct pbpf_btf_type *type,
			struct value_bits bits, const struct value_token *token)
{
	double whole;
	float single;

	if (bits.count != 32 && bits.count != 64)
		return setter_fail(setter, token, -ENOTSUP, NULL,
				   "'%s' is a float of %u bits, and only 32 and 64 can be set",
				   type->name, bits.count);
	if (!read_double(token, &whole))
		return refuse_word(setter, token, "a number");
	single = (float)whole;
	if (setter->data && bits.count == 32)
		memcpy(setter->data + bits.at / 8, &single, sizeof(single));
	else if (setter->data)
		memcpy(setter->data + bits.at / 8, &whole, sizeof(whole));
	return 0;
}

/* --- All ------------------------------------------------------------------------------------- */

int put_leaf(struct value_setter *setter, const struct pbpf_btf_type *type, struct value_bits bits,
	     const struct value_token *token)
{
	switch (type->kind) {
	case PBPF_KIND_INT: return put_integer(setter, type, bits, token);
	case PBPF_KIND_ENUM:
	case PBPF_KIND_ENUM64: return put_enumeration(setter, type, bits, token);
	case PBPF_KIND_FLOAT: return put_floating(setter, type, bits, token);
	case PBPF_KIND_PTR:
		return setter_fail(setter, token, -ENOTSUP, "leave it out",
				   "'%.*s' is for a pointer, which only the kernel can make",
				   token->size < 64 ? (int)token->size : 64, token->at);
	default: return refuse_word(setter, token, "of a type that can be set");
	}
}

int put_characters(struct value_setter *setter, uint64_t byte, uint64_t count,
		   const struct value_token *token)
{
	char *to = setter->data ? (char *)setter->data + byte : NULL;
	size_t size;

	if (!value_unescape(token, to, to ? (size_t)count : 0, &size))
		return setter_fail(setter, token, -EINVAL, NULL,
				   "this string has an escape that JSON does not know");
	if (size > count)
		return setter_fail(setter, token, -ERANGE, NULL,
				   "this string of %zu bytes does not fit into %llu", size,
				   (unsigned long long)count);
	if (to)
		memset(to + size, 0, (size_t)count - size);
	return 0;
}
