/* SPDX-License-Identifier: MIT */
/*
 * The leaves of a value: integers, characters, booleans, enumerations, floats, pointers.
 *
 * The data is in the host's byte order. A bitfield's bits count from the least significant bit of
 * the first byte on little-endian machines, from the most significant on big-endian ones.
 */
#include "btf/value.h"

#include "base/reader.h"

#include <stdio.h>
#include <stdlib.h>

#define INT_SIGNED 1
#define INT_CHAR   2
#define INT_BOOL   4

/* Up to 64 bits, as an unsigned number. */
static uint64_t load_bits(const uint8_t *data, struct value_bits bits)
{
	struct reader r = reader_of(data + bits.at / 8, 8, host_big_endian());
	uint64_t value = 0;

	switch (bits.at % 8 ? 0 : bits.count) {
	case 8: return read_u8(&r);
	case 16: return read_u16(&r);
	case 32: return read_u32(&r);
	case 64: return read_u64(&r);
	default: break;
	}
	for (uint64_t i = 0; i < bits.count; i++) {
		uint64_t at = bits.at + i;

		if (host_big_endian())
			value = value << 1 | (data[at / 8] >> (7 - at % 8) & 1);
		else
			value |= (uint64_t)(data[at / 8] >> at % 8 & 1) << i;
	}
	return value;
}

static int64_t sign_extend(uint64_t value, uint32_t bits)
{
	uint64_t sign = bits ? 1ull << (bits - 1) : 0;

	return (int64_t)((value ^ sign) - sign);
}

bool value_is_char(const struct pbpf_btf_type *type)
{
	return type->kind == PBPF_KIND_INT && type->size == 1 &&
	       ((type->int_encoding & INT_CHAR) || !strcmp(type->name, "char"));
}

/* Hexadecimal; JSON has no such numbers, so there it is a string. */
static void put_hex(struct btf_text *text, uint64_t high, uint64_t low, bool json)
{
	if (json)
		text_char(text, '"');
	if (high) {
		char rest[17];

		text_hex(text, high, 1);
		snprintf(rest, sizeof(rest), "%016llx", (unsigned long long)low);
		text_string(text, rest);
	} else {
		text_hex(text, low, 1);
	}
	if (json)
		text_char(text, '"');
}

/* More than 64 bits: two halves. */
static void put_wide(struct btf_text *text, const uint8_t *data, struct value_bits bits, bool json)
{
	bool big = host_big_endian();
	uint32_t rest = bits.count - 64;
	struct value_bits low = {bits.at + (big ? rest : 0), 64};
	struct value_bits high = {bits.at + (big ? 0 : 64), rest};

	put_hex(text, load_bits(data, high), load_bits(data, low), json);
}

static void put_int(struct btf_text *text, const struct pbpf_btf_type *type, uint64_t value,
		    uint32_t bits, bool json)
{
	if (type->int_encoding & INT_BOOL) {
		text_string(text, value ? "true" : "false");
	} else if (!json && value_is_char(type) && value >= 0x20 && value < 0x7f) {
		char quoted[] = {'\'', (char)value, '\''};

		text_put(text, quoted, sizeof(quoted));
	} else if (type->int_encoding & INT_SIGNED) {
		text_signed(text, sign_extend(value, bits));
	} else {
		text_unsigned(text, value);
	}
}

/* Enumerators are compared by the bits that the value has, as clang before 15 does not say whether
 * they are signed. */
static void put_named_value(struct btf_text *text, const struct pbpf_btf *btf,
			    const struct pbpf_btf_type *type, uint64_t value, uint32_t bits,
			    bool json)
{
	uint64_t mask = bits < 64 ? (1ull << bits) - 1 : UINT64_MAX;

	for (uint32_t i = 0; i < type->vlen; i++) {
		struct pbpf_btf_enumerator enumerator = pbpf_btf_enumerator(btf, type, i);

		if (((uint64_t)enumerator.value & mask) != value)
			continue;
		if (json)
			text_quoted(text, enumerator.name, SIZE_MAX, true);
		else
			text_name(text, enumerator.name);
		return;
	}
	if (type->kind_flag)
		text_signed(text, sign_extend(value, bits));
	else
		text_unsigned(text, value);
}

/* The shortest decimal that reads back as the same number, with a point in every locale. */
static void put_double(struct btf_text *text, double value, bool is_float, bool json)
{
	char digits[40];

	if (json && value - value != 0) { /* infinite, or not a number */
		text_string(text, "null");
		return;
	}
	for (int precision = is_float ? 6 : 15; precision < 18; precision++) {
		double back;

		snprintf(digits, sizeof(digits), "%.*g", precision, value);
		back = strtod(digits, NULL);
		if (is_float ? (float)back == (float)value : back == value)
			break;
	}
	for (char *c = digits; *c; c++)
		text_char(text, strchr("0123456789+-einfa", *c) ? *c : '.');
}

static void put_float(struct btf_text *text, const uint8_t *data, struct value_bits bits, bool json)
{
	float single;
	double whole;

	if (bits.count == 32) {
		memcpy(&single, data + bits.at / 8, sizeof(single));
		put_double(text, (double)single, true, json);
	} else if (bits.count == 64) {
		memcpy(&whole, data + bits.at / 8, sizeof(whole));
		put_double(text, whole, false, json);
	} else if (bits.count > 64) {
		put_wide(text, data, bits, json);
	} else {
		put_hex(text, 0, load_bits(data, bits), json);
	}
}

void value_scalar(struct btf_text *text, const struct pbpf_btf *btf,
		  const struct pbpf_btf_type *type, const uint8_t *data, struct value_bits bits,
		  bool json)
{
	if (type->kind == PBPF_KIND_FLOAT)
		put_float(text, data, bits, json);
	else if (bits.count > 64)
		put_wide(text, data, bits, json);
	else if (type->kind == PBPF_KIND_INT)
		put_int(text, type, load_bits(data, bits), bits.count, json);
	else if (type->kind == PBPF_KIND_PTR)
		put_hex(text, 0, load_bits(data, bits), json);
	else
		put_named_value(text, btf, type, load_bits(data, bits), bits.count, json);
}
