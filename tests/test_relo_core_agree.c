/* SPDX-License-Identifier: MIT */
/*
 * CO-RE: which types may stand for each other.
 */
#include "core_bench.h"

/* Types that a field may have, numbered by their place here. Every struct s has one member f. */
enum {
	U8,
	S64,
	BOOL,
	PTR_INT,
	PTR_VOID,
	STRUCT_A,
	UNION_B,
	ENUM_E,
	ENUM_E_FLAVOUR,
	ENUM_OTHER,
	ENUM64_E,
	ENUM_ANONYMOUS,
	ARRAY_U8,
	ARRAY_S64,
	ARRAY_PTR,
	FLOAT,
	FWD,
	TYPEDEF_U8,
	PROTO,
	FIELD_TYPES
};

static uint32_t add_field_type(struct btf_builder *b, int which)
{
	uint32_t u8 = add_int(b, "u8", 1, 0), id;

	switch (which) {
	case U8: return u8;
	case S64: return add_int(b, "s64", 8, 1);
	case BOOL: return add_int(b, "_Bool", 1, 4);
	case PTR_INT: return add_ptr(b, u8);
	case PTR_VOID: return add_ptr(b, 0);
	case STRUCT_A: return add_struct(b, "a", 4);
	case UNION_B: return add_union(b, "b", 4);
	case ENUM_E: return add_enum(b, "e", 4, false);
	case ENUM_E_FLAVOUR: return add_enum(b, "e___x", 4, false);
	case ENUM_OTHER: return add_enum(b, "other", 4, false);
	case ENUM64_E: return add_enum64(b, "e", false);
	case ENUM_ANONYMOUS: return add_enum(b, "", 4, false);
	case ARRAY_U8: return add_array(b, u8, u8, 4);
	case ARRAY_S64: id = add_int(b, "s64", 8, 1); return add_array(b, id, u8, 2);
	case ARRAY_PTR: id = add_ptr(b, u8); return add_array(b, id, u8, 2);
	case FLOAT: return add_float(b, "double", 8);
	case FWD: id = add_fwd(b, "a", false); return add_ptr(b, id);
	case TYPEDEF_U8: id = add_modifier(b, PBPF_KIND_CONST, u8); return add_typedef(b, "t", id);
	default: id = add_proto(b, 0); return add_ptr(b, id);
	}
}

/* Does `local` fit a field of type `kernel`? */
static bool fields_fit(int local, int kernel)
{
	static const char class[FIELD_TYPES] = {
		[U8] = 'i',	    [S64] = 'i',       [BOOL] = 'i',
		[PTR_INT] = 'p',    [PTR_VOID] = 'p',  [STRUCT_A] = 's',
		[UNION_B] = 's',    [ENUM_E] = 'e',    [ENUM_E_FLAVOUR] = 'e',
		[ENUM_OTHER] = 'o', [ENUM64_E] = 'e',  [ENUM_ANONYMOUS] = '*',
		[ARRAY_U8] = 'a',   [ARRAY_S64] = 'a', [ARRAY_PTR] = 'A',
		[FLOAT] = 'f',	    [FWD] = 'p',       [TYPEDEF_U8] = 'i',
		[PROTO] = 'p',
	};
	char a = class[local], b = class[kernel];

	if (a == '*' || b == '*')
		return strchr("eo*", a) && strchr("eo*", b);
	return a == b;
}

START_TEST(compatible_fields)
{
	int local = _i / FIELD_TYPES, kernel = _i % FIELD_TYPES;
	struct bench *b = bench_new(false);
	uint32_t f = add_field_type(&b->local, local), s = add_struct(&b->local, "s", 64);

	add_member(&b->local, "f", f, 0);
	f = add_field_type(&b->kernel, kernel);
	add_struct(&b->kernel, "s", 64);
	add_member(&b->kernel, "f", f, 0);
	record(b, s, "0:0", PBPF_CORE_FIELD_EXISTS);
	bench_ready(b);
	becomes(b, 0, 1, fields_fit(local, kernel));
	bench_free(b);
}
END_TEST

/* A typedef t of something, on either side: does it exist, does it match? */
struct type_case {
	void (*local)(struct btf_builder *b);
	void (*kernel)(struct btf_builder *b);
	bool exists, matches;
};

static void is_u32(struct btf_builder *b)
{
	add_typedef(b, "t", add_int(b, "u32", 4, 0));
}

static void is_s32(struct btf_builder *b)
{
	add_typedef(b, "t", add_int(b, "u32", 4, 1));
}

static void is_pointer(struct btf_builder *b)
{
	uint32_t a = add_struct(b, "a", 4);

	add_typedef(b, "t", add_ptr(b, a));
}

static void is_pointer_to_fwd(struct btf_builder *b)
{
	uint32_t a = add_fwd(b, "a", false);

	add_typedef(b, "t", add_ptr(b, a));
}

static void is_pointer_to_union(struct btf_builder *b)
{
	uint32_t a = add_union(b, "a", 4);

	add_typedef(b, "t", add_ptr(b, a));
}

/* int (*)(void *, u32), or another last parameter */
static void add_function(struct btf_builder *b, uint32_t params, uint32_t size)
{
	uint32_t u32 = add_int(b, "u32", size, 0), ptr = add_ptr(b, 0);
	uint32_t proto = add_proto(b, u32);

	add_param(b, "", ptr);
	if (params > 1)
		add_param(b, "", u32);
	add_typedef(b, "t", add_ptr(b, proto));
}

static void is_function(struct btf_builder *b)
{
	add_function(b, 2, 4);
}

static void is_short_function(struct btf_builder *b)
{
	add_function(b, 1, 4);
}

static void is_wide_function(struct btf_builder *b)
{
	add_function(b, 2, 8);
}

static void add_colors(struct btf_builder *b, bool more)
{
	uint32_t e = add_enum(b, "color", 4, false);

	if (more)
		add_enumerator(b, "BLUE", 7);
	add_enumerator(b, "RED", 3);
	add_enumerator(b, "GREEN", 4);
	add_typedef(b, "t", e);
}

static void is_enum(struct btf_builder *b)
{
	add_colors(b, false);
}

static void is_larger_enum(struct btf_builder *b)
{
	add_colors(b, true);
}

/* A struct with two anonymous structs in it, in either order, and a member more. */
static void add_nested(struct btf_builder *b, bool reversed, uint32_t size)
{
	uint32_t u32 = add_int(b, "u32", size, 0), x, y, s;

	x = add_struct(b, "", 8);
	add_member(b, "x", u32, 0);
	y = add_struct(b, "", 8);
	add_member(b, "y", u32, 0);
	s = add_struct(b, "s", 32);
	add_member(b, "", reversed ? y : x, 0);
	add_member(b, "", reversed ? x : y, 64);
	if (reversed)
		add_member(b, "more", u32, 128);
	add_typedef(b, "t", s);
}

static void is_nested(struct btf_builder *b)
{
	add_nested(b, false, 4);
}

static void is_nested_otherwise(struct btf_builder *b)
{
	add_nested(b, true, 4);
}

static void is_nested_and_wide(struct btf_builder *b)
{
	add_nested(b, false, 8);
}

static void is_array(struct btf_builder *b)
{
	uint32_t u32 = add_int(b, "u32", 4, 0);

	add_typedef(b, "t", add_array(b, u32, u32, 4));
}

static void is_long_array(struct btf_builder *b)
{
	uint32_t u32 = add_int(b, "u32", 4, 0);

	add_typedef(b, "t", add_array(b, u32, u32, 5));
}

static const struct type_case type_cases[] = {
	{is_u32, is_u32, true, true},
	{is_u32, is_s32, true, false},
	{is_u32, is_pointer, false, false},
	{is_pointer, is_pointer, true, true},
	{is_pointer, is_pointer_to_fwd, false, true},
	{is_pointer_to_fwd, is_pointer, false, true},
	{is_pointer, is_pointer_to_union, false, false},
	{is_pointer_to_fwd, is_pointer_to_union, false, false},
	{is_function, is_function, true, true},
	{is_function, is_short_function, false, false},
	{is_short_function, is_function, false, false},
	{is_function, is_wide_function, true, false},
	{is_enum, is_larger_enum, true, true},
	{is_larger_enum, is_enum, true, false},
	{is_nested, is_nested_otherwise, true, true},
	{is_nested_otherwise, is_nested, true, false},
	{is_nested, is_nested_and_wide, true, false},
	{is_array, is_array, true, true},
	{is_array, is_long_array, true, false},
};
#define TYPE_CASES (int)(sizeof(type_cases) / sizeof(*type_cases))

START_TEST(types_exist_and_match)
{
	struct bench *b = bench_new(false);

	type_cases[_i].local(&b->local);
	type_cases[_i].kernel(&b->kernel);
	record(b, b->local.next_id - 1, "0", PBPF_CORE_TYPE_EXISTS);
	record(b, b->local.next_id - 1, "0", PBPF_CORE_TYPE_MATCHES);
	bench_ready(b);
	becomes(b, 0, 1, type_cases[_i].exists);
	becomes(b, 1, 1, type_cases[_i].matches);
	bench_free(b);
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("relo_core_agree");
	TCase *agree = tcase_create("agree");

	tcase_add_loop_test(agree, compatible_fields, 0, FIELD_TYPES * FIELD_TYPES);
	tcase_add_loop_test(agree, types_exist_and_match, 0, TYPE_CASES);
	suite_add_tcase(suite, agree);
	return suite;
}
