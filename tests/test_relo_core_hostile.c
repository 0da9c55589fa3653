/* SPDX-License-Identifier: MIT */
/*
 * CO-RE: records and types that no compiler writes, with the numbers of the catalogue of hostile shapes (X9 and X11,
 * what cannot be patched: test_relo_core_patch.c; X12, fields too wide: test_relo_core.c).
 */
#include "core_bench.h"

/* struct s { u32 n; u32 list[3]; struct in { u32 x; } in; void *p; } */
static uint32_t add_sound(struct btf_builder *b)
{
	uint32_t u32 = add_int(b, "u32", 4, 0), list = add_array(b, u32, u32, 3), ptr, in, s;

	ptr = add_ptr(b, 0);
	in = add_struct(b, "in", 4);
	add_member(b, "x", u32, 0);
	s = add_struct(b, "s", 32);
	add_member(b, "n", u32, 0);
	add_member(b, "list", list, 32);
	add_member(b, "in", in, 128);
	add_member(b, "p", ptr, 192);
	return s;
}

/* X7: no access string; and, from "0:4" on, X8: one that leads out of its type. */
static const struct {
	const char *access;
	int err;
	const char *words;
} accesses[] = {
	{"", -EINVAL, "access string '' is not numbers"},
	{":", -EINVAL, "access string ':' is not numbers"},
	{"0:", -EINVAL, "access string '0:' is not numbers"},
	{":0", -EINVAL, "access string ':0' is not numbers"},
	{"0::0", -EINVAL, "is not numbers"},
	{"x", -EINVAL, "is not numbers"},
	{"0:-1", -EINVAL, "access string '0:-1' is not numbers"},
	{"0:+1", -EINVAL, "is not numbers"},
	{"0: 1", -EINVAL, "is not numbers"},
	{" 0", -EINVAL, "is not numbers"},
	{"0 ", -EINVAL, "is not numbers"},
	{"0x0", -EINVAL, "is not numbers"},
	{"0:4294967296", -ERANGE, "passes 32 bits"},
	{"0:99999999999999999999999999", -ERANGE, "passes 32 bits"},
	{"4294967295", -ERANGE, "element 4294967295 of its access string is beyond any type"},
	{"134217728:0", -ERANGE, "beyond any type"},
	{"0:4", -EINVAL, "asks for member 4 of 's', which has 4"},
	{"0:4294967295", -EINVAL, "asks for member 4294967295"},
	{"0:1:3", -EINVAL, "asks for element 3 of an array of 3"},
	{"0:0:0", -EINVAL, "enters a type of kind INT"},
	{"0:3:0", -EINVAL, "enters a type of kind PTR"},
	{"0:2:1", -EINVAL, "asks for member 1 of 'in', which has 1"},
	{"0:2:0:0", -EINVAL, "enters a type of kind INT"},
};

START_TEST(access_strings)
{
	struct bench *b = bench_new(false);
	uint32_t s = add_sound(&b->local);

	add_sound(&b->kernel);
	for (uint32_t kind = 0; kind <= PBPF_CORE_RSHIFT; kind++)
		record(b, s, accesses[_i].access, kind);
	bench_ready(b);
	for (size_t i = 0; i < b->count; i++)
		fails(b, i, accesses[_i].err, accesses[_i].words);
	bench_free(b);
}
END_TEST

/* X7: 65 numbers, and a megabyte of them; 4095 bytes that are one number, and a megabyte, which is cut. */
START_TEST(long_access_strings)
{
	struct bench *b = bench_new(false);
	uint32_t s = add_sound(&b->local);
	char *text = malloc(1 << 20);

	ck_assert_ptr_nonnull(text);
	add_sound(&b->kernel);
	for (size_t i = 0; i < 1 << 20; i++)
		text[i] = "0:"[i % 2];
	text[129] = '\0';
	record(b, s, text, PBPF_CORE_BYTE_OFFSET);
	text[129] = ':';
	text[(1 << 20) - 1] = '\0';
	record(b, s, text, PBPF_CORE_BYTE_OFFSET);
	memset(text, '0', (1 << 20) - 1);
	record(b, s, text, PBPF_CORE_BYTE_OFFSET);
	text[4094] = '2';
	text[4095] = '\0';
	record(b, s, text, PBPF_CORE_BYTE_OFFSET);
	bench_ready(b);
	fails(b, 0, -EINVAL, "has more than 64 numbers");
	fails(b, 1, -EINVAL, "has more than 64 numbers");
	fails(b, 2, -EINVAL, "is not numbers");
	becomes(b, 3, 64, 64);
	free(text);
	bench_free(b);
}
END_TEST

/* X8 and X9: roots that cannot be, kinds that are not known. */
START_TEST(types_of_records)
{
	struct bench *b = bench_new(false);
	uint32_t s = add_sound(&b->local), e, fwd, nameless, anonymous, proto;

	e = add_enum(&b->local, "e", 4, false);
	add_enumerator(&b->local, "A", 0);
	fwd = add_fwd(&b->local, "f", false);
	nameless = add_modifier(&b->local, PBPF_KIND_CONST, s);
	anonymous = add_struct(&b->local, "", 4);
	proto = add_proto(&b->local, 0);
	add_sound(&b->kernel);
	record(b, 0, "0", PBPF_CORE_TYPE_EXISTS);
	record(b, 9999, "0:1", PBPF_CORE_BYTE_OFFSET);
	record(b, UINT32_MAX, "0", PBPF_CORE_TYPE_ID_LOCAL);
	record(b, s, "0", PBPF_CORE_ENUMERATOR_VALUE);
	record(b, e, "1", PBPF_CORE_ENUMERATOR_VALUE);
	record(b, e, "0:0", PBPF_CORE_ENUMERATOR_EXISTS);
	record(b, s, "0:0", PBPF_CORE_TYPE_EXISTS);
	record(b, s, "1", PBPF_CORE_TYPE_SIZE);
	record(b, s, "0:0", 13);
	record(b, s, "0:0", UINT32_MAX);
	record(b, fwd, "0", PBPF_CORE_BYTE_OFFSET);
	record(b, fwd, "0", PBPF_CORE_TYPE_SIZE);
	record(b, nameless, "0:0", PBPF_CORE_BYTE_OFFSET);
	record(b, anonymous, "0", PBPF_CORE_TYPE_EXISTS);
	record(b, proto, "0", PBPF_CORE_TYPE_EXISTS);
	record(b, e, "0", PBPF_CORE_SIGNED);
	bench_ready(b);
	fails(b, 0, -EINVAL, "there is no type 0");
	fails(b, 1, -EINVAL, "there is no type 9999");
	fails(b, 2, -EINVAL, "there is no type 4294967295");
	fails(b, 3, -EINVAL, "asks for an enumerator of a type of kind STRUCT");
	fails(b, 4, -EINVAL, "is not one of the 1 enumerators");
	fails(b, 5, -EINVAL, "is not one of the 1 enumerators");
	fails(b, 6, -EINVAL, "about a whole type, but its access string is not '0'");
	fails(b, 7, -EINVAL, "about a whole type, but its access string is not '0'");
	fails(b, 8, -ENOTSUP, "kind 13 is not known");
	fails(b, 9, -ENOTSUP, "kind 4294967295 is not known");
	fails(b, 10, -EINVAL, "its type has no size");
	fails(b, 11, -EINVAL, "it has no size");
	fails(b, 12, -ENOTSUP, "its type has no name");
	fails(b, 13, -ENOTSUP, "its type has no name");
	fails(b, 14, -ENOTSUP, "its type has no name");
	fails(b, 15, -EINVAL, "cannot be applied to the element of an array");
	b->records[0] = (struct pbpf_core_relo){0, 1, b->records[0].access, PBPF_CORE_TYPE_EXISTS};
	fails(b, 0, -EINVAL, "type 1 was not noted");
	bench_free(b);
}
END_TEST

/* X10: names are said in messages whatever they are. */
START_TEST(strange_names)
{
	static const char *const names[] = {"___x", "a___", "_", "____", "a\x1b[1m", "%s%n"};
	struct bench *b = bench_new(false);

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		record(b, add_struct(&b->local, names[i], 4), "0:9", PBPF_CORE_BYTE_OFFSET);
	bench_ready(b);
	for (size_t i = 0; i < b->count; i++) {
		fails(b, i, -EINVAL, "asks for member 9");
		ck_assert_ptr_null(strchr(b->host.text, '\x1b'));
	}
	bench_free(b);
}
END_TEST

/* Anonymous structs, one within the other, as deep as BTF is taken, around member `name`. */
static void add_onion(struct btf_builder *b, const char *name, int layers)
{
	uint32_t id = add_int(b, "u32", 4, 0);

	for (int i = 0; i < layers; i++) {
		uint32_t inner = id;

		id = add_struct(b, i + 1 < layers ? "" : "s", 4);
		add_member(b, i ? "" : name, inner, 0);
	}
}

START_TEST(deep_anonymous_members)
{
	struct bench *b = bench_new(false);
	uint32_t u32 = add_int(&b->local, "u32", 4, 0), s = add_struct(&b->local, "s", 4);
	bool reached = _i <= 32;

	add_member(&b->local, "x", u32, 0);
	add_onion(&b->kernel, "x", _i);
	record(b, s, "0:0", PBPF_CORE_FIELD_EXISTS);
	bench_ready(b);
	becomes(b, 0, 1, reached);
	bench_free(b);
}
END_TEST

/* A pointer to a function of a pointer to a function ...: as deep as one likes. */
static uint32_t add_chain(struct btf_builder *b, int depth)
{
	uint32_t id = add_int(b, "u32", 4, 0);

	for (int i = 0; i < depth; i++) {
		uint32_t proto = add_proto(b, 0);

		add_param(b, "", id);
		id = add_ptr(b, proto);
	}
	return add_typedef(b, "t", id);
}

START_TEST(deep_types)
{
	static const uint32_t kinds[] = {PBPF_CORE_TYPE_EXISTS, PBPF_CORE_TYPE_MATCHES};
	struct bench *b = bench_new(false);
	uint32_t shallow, deep;

	shallow = add_chain(&b->local, 32);
	deep = add_typedef(&b->local, "deep", shallow);
	add_chain(&b->kernel, 32);
	add_typedef(&b->kernel, "deep", add_chain(&b->kernel, 33));
	for (int i = 0; i < 2; i++)
		record(b, deep, "0", kinds[i]);
	bench_ready(b);
	for (size_t i = 0; i < 2; i++)
		becomes(b, i, 1, 0);
	bench_free(b);

	b = bench_new(false);
	deep = add_typedef(&b->local, "deep", add_chain(&b->local, 1000));
	add_typedef(&b->kernel, "deep", add_chain(&b->kernel, 1000));
	for (int i = 0; i < 2; i++)
		record(b, deep, "0", kinds[i]);
	bench_ready(b);
	for (size_t i = 0; i < 2; i++)
		fails(b, i, -ENOTSUP, "nest more than 32 deep");
	bench_free(b);
}
END_TEST

/* A struct of anonymous structs of anonymous structs ..., all alike but for the innermost ones:
 * each could be any other, so a comparison that only backtracks takes 8^9 steps. */
static void add_maze(struct btf_builder *b, const char *innermost)
{
	uint32_t id = add_int(b, "u32", 4, 0);

	for (int layer = 0; layer < 10; layer++) {
		uint32_t inner = id;

		id = add_struct(b, layer < 9 ? "" : "s", 4);
		if (!layer)
			add_member(b, innermost, inner, 0);
		for (int i = 0; layer && i < 8; i++)
			add_member(b, "", inner, 0);
	}
}

START_TEST(maze)
{
	struct bench *b = bench_new(false);

	add_maze(&b->local, "x");
	add_maze(&b->kernel, "y");
	record(b, b->local.next_id - 1, "0", PBPF_CORE_TYPE_MATCHES);
	bench_ready(b);
	fails(b, 0, -ENOTSUP, "more steps than any sound object needs");
	bench_free(b);
}
END_TEST

/* A view is not checked: its types may contain themselves, and refer to types that do not exist. */
START_TEST(unchecked_kernel)
{
	struct bench *b = bench_new(__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
	uint32_t s = add_sound(&b->local);
	struct btf_bytes bytes;

	add_struct(&b->kernel, "s", 4);
	add_member(&b->kernel, "", 1, 0);
	add_member(&b->kernel, "in", 777, 0);
	add_member(&b->kernel, "list", 2, 0);
	add_array(&b->kernel, 2, 2, 9);
	bytes = btf_finish(&b->kernel);
	record(b, s, "0:0", PBPF_CORE_FIELD_EXISTS);
	record(b, s, "0:2", PBPF_CORE_FIELD_EXISTS);
	record(b, s, "0:1", PBPF_CORE_FIELD_EXISTS);
	record(b, s, "0", PBPF_CORE_TYPE_MATCHES);
	b->local_btf = bench_parse(b, &b->local, NULL);
	ck_assert_int_eq(pbpf_core_open(&b->core, b->local_btf, &b->env), 0);
	ck_assert_int_eq(pbpf_core_add(b->core, b->records, b->count), 0);
	ck_assert_int_eq(
		pbpf_core_view(&b->kernel_btf, b->core, bytes.bytes, bytes.size, "vmlinux", 0), 0);
	for (size_t i = 0; i < b->count; i++)
		becomes(b, i, 1, 0);
	bench_free(b);
	free(bytes.bytes);
}
END_TEST

/* A kernel newer than this library: of a kind that is only stepped over, nothing is known. */
START_TEST(unknown_kinds)
{
	static const unsigned char layout[21][4] = {[20] = {4, 0}};
	struct bench *b = bench_new(__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
	uint32_t number = add_int(&b->local, "u32", 4, 0), odd = add_struct(&b->local, "odd", 4), s;
	struct btf_bytes bytes;

	add_member(&b->local, "in", number, 0);
	s = add_struct(&b->local, "s", 8);
	add_member(&b->local, "plain", number, 0);
	add_member(&b->local, "odd", odd, 32);
	add_int(&b->kernel, "u32", 4, 0);
	add_raw(&b->kernel, "odd", BTF_INFO(20, 0), 0);
	add_word(&b->kernel, 0);
	add_struct(&b->kernel, "s", 8);
	add_member(&b->kernel, "odd", 2, 0);
	add_member(&b->kernel, "plain", 1, 32);
	bytes = btf_finish(&b->kernel);
	btf_insert_layout(&bytes, layout, sizeof(layout));
	record(b, s, "0:0", PBPF_CORE_BYTE_OFFSET);
	record(b, s, "0:1:0", PBPF_CORE_BYTE_OFFSET);
	record(b, s, "0:1", PBPF_CORE_BYTE_SIZE);
	record(b, odd, "0", PBPF_CORE_TYPE_EXISTS);
	b->local_btf = bench_parse(b, &b->local, NULL);
	ck_assert_int_eq(pbpf_core_open(&b->core, b->local_btf, &b->env), 0);
	ck_assert_int_eq(pbpf_core_add(b->core, b->records, b->count), 0);
	ck_assert_int_eq(
		pbpf_core_view(&b->kernel_btf, b->core, bytes.bytes, bytes.size, "vmlinux", 0), 0);
	becomes(b, 0, 0, 4);
	becomes_poison(b, 1);
	becomes_poison(b, 2);
	becomes(b, 3, 1, 0);
	bench_free(b);
	free(bytes.bytes);
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("relo_core_hostile");
	TCase *records = tcase_create("records"), *types = tcase_create("types");

	tcase_add_loop_test(records, access_strings, 0,
			    (int)(sizeof(accesses) / sizeof(*accesses)));
	tcase_add_test(records, long_access_strings);
	tcase_add_test(records, types_of_records);
	tcase_add_test(records, strange_names);
	suite_add_tcase(suite, records);
	tcase_add_loop_test(types, deep_anonymous_members, 30, 35);
	tcase_add_test(types, deep_types);
	tcase_add_test(types, maze);
	tcase_add_test(types, unchecked_kernel);
	tcase_add_test(types, unknown_kinds);
	suite_add_tcase(suite, types);
	return suite;
}
