/* SPDX-License-Identifier: MIT */
/*
 * CO-RE: every kind of record, where the target has what it asks for, has it elsewhere or under
 * another name, has it twice, or does not have it.
 */
#include "core_bench.h"

/* In both BTFs, but with a gap before each type of the kernel's, so that ids differ. */
static uint32_t add_u32(struct btf_builder *b)
{
	return add_int(b, "unsigned int", 4, 0);
}

/*
 * local                              kernel
 *	struct task {                      struct task {
 *	  u32 pid;           0               u64 flags;     0
 *	  s32 prio;          4               s32 prio;      8
 *	  struct { u32 x,y } in;  8          u32 pid;       12
 *	  u32 list[4];       16              struct { u32 y, z, x } in;  16
 *	  u32 gone;          32              u32 list[8];   28
 *	}                  36              }              60
 */
static uint32_t add_task(struct btf_builder *b, const char *name, bool kernel)
{
	uint32_t u32 = add_u32(b), s32 = add_int(b, "int", 4, 1), u64 = add_int(b, "u64", 8, 0);
	uint32_t in, list = add_array(b, u32, u32, kernel ? 8 : 4), task;

	in = add_struct(b, "in", kernel ? 12 : 8);
	add_member(b, kernel ? "y" : "x", u32, 0);
	add_member(b, kernel ? "z" : "y", u32, 32);
	if (kernel)
		add_member(b, "x", u32, 64);
	task = add_struct(b, name, kernel ? 64 : 36);
	if (kernel) {
		add_member(b, "flags", u64, 0);
		add_member(b, "prio", s32, 64);
		add_member(b, "pid", u32, 96);
		add_member(b, "in", in, 128);
		add_member(b, "list", list, 224);
	} else {
		add_member(b, "pid", u32, 0);
		add_member(b, "prio", s32, 32);
		add_member(b, "in", in, 64);
		add_member(b, "list", list, 128);
		add_member(b, "gone", u32, 256);
	}
	return task;
}

START_TEST(each_kind_found)
{
	static const struct {
		const char *access;
		uint32_t kind;
		uint64_t before, after;
	} cases[] = {
		{"0:0", PBPF_CORE_BYTE_OFFSET, 0, 12},	  {"0:1", PBPF_CORE_BYTE_OFFSET, 4, 8},
		{"0:2", PBPF_CORE_BYTE_OFFSET, 8, 16},	  {"0:2:0", PBPF_CORE_BYTE_OFFSET, 8, 24},
		{"0:2:1", PBPF_CORE_BYTE_OFFSET, 12, 16}, {"0:3:2", PBPF_CORE_BYTE_OFFSET, 24, 36},
		{"2:0", PBPF_CORE_BYTE_OFFSET, 72, 140},  {"1", PBPF_CORE_BYTE_OFFSET, 36, 64},
		{"0:0", PBPF_CORE_BYTE_SIZE, 4, 4},	  {"0:2", PBPF_CORE_BYTE_SIZE, 8, 12},
		{"0:3", PBPF_CORE_BYTE_SIZE, 16, 32},	  {"0:3:1", PBPF_CORE_BYTE_SIZE, 4, 4},
		{"0:1", PBPF_CORE_FIELD_EXISTS, 1, 1},	  {"0:0", PBPF_CORE_SIGNED, 0, 0},
		{"0:1", PBPF_CORE_SIGNED, 1, 1},	  {"0:0", PBPF_CORE_LSHIFT, 32, 32},
		{"0:0", PBPF_CORE_RSHIFT, 32, 32},	  {"0", PBPF_CORE_TYPE_EXISTS, 1, 1},
		{"0", PBPF_CORE_TYPE_SIZE, 36, 64},	  {"0", PBPF_CORE_TYPE_MATCHES, 1, 0},
	};
	struct bench *b = bench_new(_i);
	uint32_t local = add_task(&b->local, "task", false), id, kernel;

	add_u32(&b->kernel);
	kernel = add_task(&b->kernel, "task", true);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		record(b, local, cases[i].access, cases[i].kind);
	id = (uint32_t)record(b, local, "0", PBPF_CORE_TYPE_ID_TARGET);
	record(b, local, "0", PBPF_CORE_TYPE_ID_LOCAL);
	bench_ready(b);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		becomes(b, i, cases[i].before, cases[i].after);
	becomes(b, id, local, kernel);
	ck_assert(!b->fix.check);
	ck_assert_uint_eq(b->fix.type, kernel);
	ck_assert_str_eq(b->fix.target, "vmlinux");
	becomes(b, id + 1, local, local);
	bench_free(b);
}
END_TEST

/* What is not there poisons, but for the kinds that ask whether it is. */
START_TEST(each_kind_missing)
{
	struct bench *b = bench_new(_i);
	uint32_t local = add_task(&b->local, "task", false);
	uint32_t other = add_task(&b->local, "nowhere", false);
	uint32_t color = add_enum(&b->local, "color", 4, false);

	add_enumerator(&b->local, "RED", 0);
	add_enumerator(&b->local, "GREEN", 1);
	add_task(&b->kernel, "task", true);
	add_enum(&b->kernel, "color", 4, false);
	add_enumerator(&b->kernel, "RED", 0);
	for (uint32_t kind = 0; kind <= PBPF_CORE_RSHIFT; kind++) {
		record(b, local, "0:4", kind);
		record(b, other, "0:0", kind);
	}
	for (uint32_t kind = PBPF_CORE_TYPE_ID_TARGET; kind <= PBPF_CORE_TYPE_SIZE; kind++)
		record(b, other, "0", kind);
	record(b, other, "0", PBPF_CORE_TYPE_MATCHES);
	record(b, color, "1", PBPF_CORE_ENUMERATOR_EXISTS);
	record(b, color, "1", PBPF_CORE_ENUMERATOR_VALUE);
	bench_ready(b);
	ck_assert_uint_eq(pbpf_core_missing(b->core), 1);
	for (size_t i = 0; i < b->count; i++) {
		uint32_t kind = b->records[i].kind;

		ck_assert_int_eq(resolve(b, i), 0);
		ck_assert_uint_eq(b->fix.after, 0);
		ck_assert_ptr_null(b->fix.target);
		ck_assert_int_eq(b->fix.poison, kind == PBPF_CORE_ENUMERATOR_VALUE ||
							(kind <= PBPF_CORE_RSHIFT &&
							 kind != PBPF_CORE_FIELD_EXISTS));
	}
	bench_free(b);
}
END_TEST

START_TEST(flavours_are_cut)
{
	static const struct {
		const char *local, *kernel;
		bool same;
	} cases[] = {
		{"task___old", "task", true},
		{"task", "task___new", true},
		{"task___v1", "task___v2", true},
		{"foo___bar___baz", "foo___bar", true},
		{"foo___bar___baz", "foo", false},
		{"foo___", "foo", false},
		{"___x", "x", false},
		{"___x", "___x", true},
		{"foo____x", "foo", false},
		{"task", "task2", false},
		{"task2", "task", false},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bench *c = bench_new(false);
		size_t r;

		add_task(&c->kernel, cases[i].kernel, true);
		r = record(c, add_task(&c->local, cases[i].local, false), "0:0",
			   PBPF_CORE_FIELD_EXISTS);
		bench_ready(c);
		ck_assert_int_eq(resolve(c, r), 0);
		ck_assert_msg(c->fix.after == cases[i].same, "%s, %s", cases[i].local,
			      cases[i].kernel);
		bench_free(c);
	}
}
END_TEST

/* A member in a union in a struct, none of which have names, and the reverse. */
START_TEST(anonymous_members)
{
	struct bench *b = bench_new(_i);
	uint32_t u32 = add_u32(&b->local), k32 = add_u32(&b->kernel), inner, outer, local;

	inner = add_struct(&b->local, "", 8);
	add_member(&b->local, "a", u32, 0);
	add_member(&b->local, "b", u32, 32);
	local = add_struct(&b->local, "s", 12);
	add_member(&b->local, "head", u32, 0);
	add_member(&b->local, "", inner, 32);

	inner = add_union(&b->kernel, "", 4);
	add_member(&b->kernel, "other", k32, 0);
	add_member(&b->kernel, "head", k32, 0);
	outer = add_struct(&b->kernel, "", 12);
	add_member(&b->kernel, "b", k32, 32);
	add_member(&b->kernel, "", inner, 64);
	add_struct(&b->kernel, "s", 20);
	add_member(&b->kernel, "a", k32, 0);
	add_member(&b->kernel, "", outer, 64);

	record(b, local, "0:0", PBPF_CORE_BYTE_OFFSET);
	record(b, local, "0:1:0", PBPF_CORE_BYTE_OFFSET);
	record(b, local, "0:1:1", PBPF_CORE_BYTE_OFFSET);
	bench_ready(b);
	becomes(b, 0, 0, 16);
	becomes(b, 1, 4, 0);
	becomes(b, 2, 8, 12);
	bench_free(b);
}
END_TEST

/* struct s { u32 n; u32 grid[2][3]; u32 tail[]; } */
static uint32_t add_arrays(struct btf_builder *b, uint32_t rows, uint32_t tail)
{
	uint32_t u32 = add_u32(b), row = add_array(b, u32, u32, 3);
	uint32_t grid = add_array(b, row, u32, rows), flexible = add_array(b, u32, u32, tail), s;

	s = add_struct(b, "s", 4 + rows * 12 + tail * 4);
	add_member(b, "n", u32, 0);
	add_member(b, "grid", grid, 32);
	add_member(b, "tail", flexible, 32 + rows * 96);
	return s;
}

START_TEST(arrays)
{
	struct bench *b = bench_new(_i);
	uint32_t local = add_arrays(&b->local, 4, 0);

	add_arrays(&b->kernel, 2, 0);
	record(b, local, "0:1:1:2", PBPF_CORE_BYTE_OFFSET);
	record(b, local, "0:1:2:0", PBPF_CORE_BYTE_OFFSET); /* row 2 of 2 */
	record(b, local, "0:1:2:0", PBPF_CORE_FIELD_EXISTS);
	record(b, local, "0:2:7", PBPF_CORE_BYTE_OFFSET);
	record(b, local, "0:1:4:0", PBPF_CORE_BYTE_OFFSET);
	record(b, local, "0:1:0:3", PBPF_CORE_BYTE_OFFSET);
	record(b, local, "0:1:1", PBPF_CORE_SIGNED);
	bench_ready(b);
	becomes(b, 0, 24, 24);
	becomes_poison(b, 1);
	becomes(b, 2, 1, 0);
	becomes(b, 3, 4 + 48 + 28, 4 + 24 + 28);
	fails(b, 4, -EINVAL, "element 4 of an array of 4");
	fails(b, 5, -EINVAL, "element 3 of an array of 3");
	fails(b, 6, -EINVAL, "cannot be applied to the element of an array");
	bench_free(b);
}
END_TEST

/* An array that was flexible here may be short there. */
START_TEST(flexible_here_short_there)
{
	struct bench *b = bench_new(false);
	uint32_t local = add_arrays(&b->local, 2, 0);

	add_arrays(&b->kernel, 2, 4);
	record(b, local, "0:2:3", PBPF_CORE_BYTE_OFFSET);
	record(b, local, "0:2:4", PBPF_CORE_FIELD_EXISTS);
	bench_ready(b);
	becomes(b, 0, 40, 40);
	becomes(b, 1, 1, 0);
	bench_free(b);
}
END_TEST

/* A pair of structs that hold one bitfield each, after some bits of another. */
struct bits_case {
	uint32_t size;	   /* bytes of the declared type */
	uint32_t at, bits; /* the bitfield */
	uint64_t offset, bytes, left, left_big, right;
};

START_TEST(bitfields)
{
	static const struct bits_case cases[] = {
		{4, 0, 3, 0, 4, 61, 32, 61},   {4, 3, 5, 0, 4, 56, 35, 59},
		{4, 32, 32, 4, 4, 32, 32, 32}, {1, 9, 2, 1, 1, 61, 57, 62},
		{4, 30, 4, 0, 8, 30, 30, 60},  {8, 64, 40, 8, 8, 24, 0, 24},
		{2, 12, 8, 0, 4, 44, 44, 56},  {2, 30, 4, 0, 8, 30, 30, 60},
	};
	static const uint32_t kinds[] = {PBPF_CORE_BYTE_OFFSET, PBPF_CORE_BYTE_SIZE,
					 PBPF_CORE_LSHIFT, PBPF_CORE_RSHIFT};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct bits_case *c = &cases[i];
		const uint64_t after[] = {c->offset, c->bytes, _i ? c->left_big : c->left,
					  c->right};
		struct bench *b = bench_new(_i);
		uint32_t type = add_int(&b->local, "u", c->size, 0), local;

		local = add_struct(&b->local, "s", 16);
		add_bitfield(&b->local, "f", type, 0, 1);
		type = add_int(&b->kernel, "u", c->size, 0);
		add_struct(&b->kernel, "s", 16);
		add_bitfield(&b->kernel, "f", type, c->at, c->bits);
		for (int k = 0; k < 4; k++)
			record(b, local, "0:0", kinds[k]);
		bench_ready(b);
		for (size_t k = 0; k < 4; k++) {
			ck_assert_int_eq(resolve(b, k), 0);
			ck_assert_msg(b->fix.after == after[k], "case %zu, kind %u: %llu", i,
				      kinds[k], (unsigned long long)b->fix.after);
			ck_assert_int_eq(b->fix.check, kinds[k] == PBPF_CORE_RSHIFT);
			ck_assert_uint_eq(b->fix.size_after, 0);
		}
		bench_free(b);
	}
}
END_TEST

/* Nothing that a load could be made of: neither with the one size nor with the other. */
START_TEST(fields_that_became_bitfields)
{
	for (uint32_t local_bits = 0; local_bits <= 5; local_bits += 5) {
		struct bench *b = bench_new(false);
		struct pbpf_insn load = {.code = 0x61, .off = 4};
		uint32_t u32 = add_int(&b->local, "u32", 4, 0), s = add_struct(&b->local, "s", 8);

		add_bitfield(&b->local, "f", u32, 32, local_bits);
		u32 = add_int(&b->kernel, "u32", 4, 0);
		add_struct(&b->kernel, "s", 8);
		add_bitfield(&b->kernel, "f", u32, 32, 5 - local_bits);
		record(b, s, "0:0", PBPF_CORE_BYTE_OFFSET);
		bench_ready(b);
		becomes(b, 0, 4, 4);
		ck_assert_int_eq(pbpf_core_patch(&load, 1, &b->fix, &b->env), 1);
		ck_assert_int_eq(load.imm, PBPF_CORE_POISON);
		bench_free(b);
	}
}
END_TEST

/* No load covers 40 bits from bit 30 on; and a field of 12 bytes cannot be shifted. */
START_TEST(too_wide)
{
	struct bench *b = bench_new(false);
	uint32_t u64 = add_int(&b->local, "u64", 8, 0), u32 = add_u32(&b->local), local;
	uint32_t three = add_array(&b->local, u32, u32, 3);

	local = add_struct(&b->local, "s", 24);
	add_bitfield(&b->local, "f", u64, 30, 40);
	add_bitfield(&b->local, "wide", three, 96, 0);
	u64 = add_int(&b->kernel, "u64", 8, 0);
	add_struct(&b->kernel, "s", 16);
	add_bitfield(&b->kernel, "f", u64, 0, 40);
	record(b, local, "0:0", PBPF_CORE_BYTE_OFFSET);
	record(b, local, "0:1", PBPF_CORE_LSHIFT);
	record(b, local, "0:1", PBPF_CORE_RSHIFT);
	bench_ready(b);
	fails(b, 0, -ENOTSUP, "no load of 1, 2, 4 or 8 bytes covers the 40 bits at bit 30");
	fails(b, 1, -EINVAL, "it has 12 bytes");
	fails(b, 2, -EINVAL, "it has 12 bytes");
	bench_free(b);
}
END_TEST

START_TEST(enumerators)
{
	struct bench *b = bench_new(_i);
	uint32_t small = add_enum(&b->local, "small", 4, true), wide, renamed;

	add_enumerator(&b->local, "NEGATIVE", (uint64_t)-5);
	add_enumerator(&b->local, "POSITIVE", 5);
	wide = add_enum64(&b->local, "wide", false);
	add_enumerator(&b->local, "BIG", 1ull << 40);
	renamed = add_enum(&b->local, "renamed___v2", 4, false);
	add_enumerator(&b->local, "ONE___v2", 1);

	add_enum(&b->kernel, "small", 4, true);
	add_enumerator(&b->kernel, "POSITIVE", 6);
	add_enumerator(&b->kernel, "NEGATIVE", (uint64_t)-6);
	add_enum(&b->kernel, "wide", 4, false);
	add_enumerator(&b->kernel, "BIG", 0x80000000);
	add_enum64(&b->kernel, "renamed", false);
	add_enumerator(&b->kernel, "ONE", 1ull << 63);

	record(b, small, "0", PBPF_CORE_ENUMERATOR_VALUE);
	record(b, small, "1", PBPF_CORE_ENUMERATOR_VALUE);
	record(b, small, "1", PBPF_CORE_ENUMERATOR_EXISTS);
	record(b, wide, "0", PBPF_CORE_ENUMERATOR_VALUE);
	record(b, renamed, "0", PBPF_CORE_ENUMERATOR_VALUE);
	record(b, wide, "0", PBPF_CORE_TYPE_SIZE);
	bench_ready(b);
	ck_assert_uint_eq(pbpf_core_missing(b->core), 0);
	becomes(b, 0, (uint64_t)-5, (uint64_t)-6);
	becomes(b, 1, 5, 6);
	becomes(b, 2, 1, 1);
	becomes(b, 3, 1ull << 40, 0x80000000);
	becomes(b, 4, 1, 1ull << 63);
	becomes(b, 5, 8, 4);
	bench_free(b);
}
END_TEST

/* The size of a load follows the field's where zeros or a pointer's width allow it. */
START_TEST(sizes)
{
	struct bench *b = bench_new(false);
	uint32_t u64 = add_int(&b->local, "u64", 8, 0), s32 = add_int(&b->local, "int", 4, 1);
	uint32_t local = add_struct(&b->local, "s", 16);
	char why[256];

	add_member(&b->local, "a", u64, 0);
	add_member(&b->local, "b", s32, 64);
	u64 = add_int(&b->kernel, "u32", 4, 0);
	s32 = add_int(&b->kernel, "long", 8, 1);
	add_struct(&b->kernel, "s", 16);
	add_member(&b->kernel, "a", u64, 32);
	add_member(&b->kernel, "b", s32, 64);
	record(b, local, "0:0", PBPF_CORE_BYTE_OFFSET);
	record(b, local, "0:1", PBPF_CORE_BYTE_OFFSET);
	bench_ready(b);
	becomes(b, 0, 0, 4);
	ck_assert_uint_eq(b->fix.size_before, 8);
	ck_assert_uint_eq(b->fix.size_after, 4);
	ck_assert(b->fix.resizable);
	becomes(b, 1, 8, 8);
	ck_assert(!b->fix.resizable);
	pbpf_core_why(b->core, &b->records[1], why, sizeof(why));
	ck_assert_ptr_nonnull(
		strstr(why, "field 's.b' has 8 bytes on this kernel, 4 in the program"));
	bench_free(b);
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("relo_core");
	TCase *found = tcase_create("found"), *fields = tcase_create("fields");

	tcase_add_loop_test(found, each_kind_found, 0, 2);
	tcase_add_loop_test(found, each_kind_missing, 0, 2);
	tcase_add_test(found, flavours_are_cut);
	suite_add_tcase(suite, found);
	tcase_add_loop_test(fields, anonymous_members, 0, 2);
	tcase_add_loop_test(fields, arrays, 0, 2);
	tcase_add_test(fields, flexible_here_short_there);
	tcase_add_loop_test(fields, bitfields, 0, 2);
	tcase_add_test(fields, fields_that_became_bitfields);
	tcase_add_test(fields, too_wide);
	tcase_add_loop_test(fields, enumerators, 0, 2);
	tcase_add_test(fields, sizes);
	suite_add_tcase(suite, fields);
	return suite;
}
