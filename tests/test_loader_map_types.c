/* SPDX-License-Identifier: MIT */
/*
 * Types of keys and values, as two objects declare them: what is the same in memory, and what is not.
 */
#include "btf_builder.h"
#include "harness.h"
#include "loader/maps.h"

/* Each declares a type of its own in both, and gives its id. `here` tells which of the two it is. */
struct pair {
	uint32_t (*declare)(struct btf_builder *b, bool here);
	const char *difference; /* NULL: none */
};

static uint32_t number(struct btf_builder *b, uint32_t size)
{
	return add_int(b, "n", size, 0);
}

static uint32_t same_struct(struct btf_builder *b, bool here)
{
	uint32_t u32 = here ? add_typedef(b, "u32", number(b, 4)) : number(b, 4);
	uint32_t inner = add_struct(b, here ? "in" : "inside", 4), ptr, outer;

	add_member(b, "x", u32, 0);
	ptr = add_ptr(b, here ? inner : 0);
	outer = add_struct(b, here ? "new" : "old", 16);
	add_member(b, "a", u32, 0);
	add_member(b, "in", inner, 32);
	add_member(b, "p", ptr, 64);
	return here ? add_modifier(b, PBPF_KIND_CONST, outer) : outer;
}

static uint32_t enum_or_number(struct btf_builder *b, bool here)
{
	uint32_t e;

	if (!here)
		return number(b, 4);
	e = add_enum(b, "colour", 4, false);
	add_enumerator(b, "RED", 0);
	return e;
}

static uint32_t other_size(struct btf_builder *b, bool here)
{
	return number(b, here ? 8 : 4);
}

static uint32_t struct_or_number(struct btf_builder *b, bool here)
{
	return here ? number(b, 4) : add_struct(b, "s", 4);
}

static uint32_t struct_or_union(struct btf_builder *b, bool here)
{
	return here ? add_union(b, "s", 4) : add_struct(b, "s", 4);
}

static uint32_t one_more(struct btf_builder *b, bool here)
{
	uint32_t u32 = number(b, 4), s = add_struct(b, "s", 8);

	add_member(b, "a", u32, 0);
	if (here)
		add_member(b, "b", u32, 32);
	return s;
}

static uint32_t renamed(struct btf_builder *b, bool here)
{
	uint32_t u32 = number(b, 4), s = add_struct(b, "s", 8);

	add_member(b, "a", u32, 0);
	add_member(b, here ? "bytes" : "packets", u32, 32);
	return s;
}

static uint32_t moved(struct btf_builder *b, bool here)
{
	uint32_t u16 = number(b, 2), s = add_struct(b, "s", 8);

	add_member(b, "a", u16, 0);
	add_member(b, "b", u16, here ? 16 : 32);
	return s;
}

static uint32_t narrower(struct btf_builder *b, bool here)
{
	uint32_t u32 = number(b, 4), s = add_struct(b, "s", 4);

	add_bitfield(b, "flag", u32, 0, here ? 3 : 2);
	return s;
}

static uint32_t inner_size(struct btf_builder *b, bool here)
{
	uint32_t n = number(b, here ? 2 : 4), inner = add_struct(b, "inner", 4), list, s;

	add_member(b, "x", n, 0);
	list = add_array(b, inner, n, 2);
	s = add_struct(b, "outer", 8);
	add_member(b, "list", list, 0);
	return s;
}

static uint32_t array_length(struct btf_builder *b, bool here)
{
	uint32_t n = number(b, here ? 4 : 2);

	return add_array(b, n, n, here ? 2 : 4);
}

static uint32_t far_down(struct btf_builder *b, bool here)
{
	uint32_t id = number(b, here ? 4 : 2);

	for (int i = 0; i < 100; i++) {
		uint32_t s = add_struct(b, "s", 4);

		add_member(b, "m", id, 0);
		id = s;
	}
	return id;
}

static const struct pair pairs[] = {
	{same_struct, NULL},
	{enum_or_number, NULL},
	{far_down, NULL}, /* deeper than anybody looks */
	{other_size, "value: bytes 4 there, 8 here"},
	{struct_or_number, "value: kind 'STRUCT' there, 'INT' here"},
	{struct_or_union, "value: kind 'STRUCT' there, 'UNION' here"},
	{one_more, "value: members 1 there, 2 here"},
	{renamed, "value: member 'packets' there, 'bytes' here"},
	{moved, "value.b: at bit 32 there, 16 here"},
	{narrower, "value.flag: bits 2 there, 3 here"},
	{inner_size, "value.list[].x: bytes 4 there, 2 here"},
	{array_length, "value: elements 4 there, 2 here"},
};

static struct pbpf_btf *parse(struct btf_builder *b, const struct pbpf_env *env)
{
	struct btf_bytes bytes = btf_finish(b);
	struct pbpf_btf *btf = NULL;

	ck_assert_int_eq(pbpf_btf_parse(&btf, bytes.bytes, bytes.size, NULL, env), 0);
	free(bytes.bytes);
	return btf;
}

START_TEST(layouts)
{
	struct host host = {0};
	struct pbpf_env env = host_env(&host);
	struct btf_builder builder;
	struct pbpf_btf *there, *here;
	uint32_t there_id, here_id;
	char text[128] = "";
	bool differ;

	btf_start(&builder, HOST_BIG);
	there_id = pairs[_i].declare(&builder, false);
	there = parse(&builder, &env);
	btf_start(&builder, HOST_BIG);
	here_id = pairs[_i].declare(&builder, true);
	here = parse(&builder, &env);
	differ = types_differ(there, there_id, here, here_id, "value", text, sizeof(text));
	ck_assert_str_eq(text, pairs[_i].difference ? pairs[_i].difference : "");
	ck_assert(differ == (pairs[_i].difference != NULL));
	ck_assert(!types_differ(here, here_id, here, here_id, "value", text, sizeof(text)));
	pbpf_btf_free(there);
	pbpf_btf_free(here);
	ck_assert_uint_eq(host.blocks, 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("loader: types of maps");
	TCase *tc = tcase_create("layouts");

	tcase_add_loop_test(tc, layouts, 0, sizeof(pairs) / sizeof(pairs[0]));
	suite_add_tcase(s, tc);
	return s;
}
