/* SPDX-License-Identifier: MIT */
/*
 * CO-RE as a table: each kind of record, for each way in which the kernel's type can differ from the object's.
 *
 *	struct t { u32 a; u32 m; };        field kinds are about m, type kinds about struct t
 *	enum e { A = 0, B = 1 };           enumerator kinds are about B
 */
#include "core_bench.h"

enum outcome {
	VALUE,
	POISON,
	DISAGREE, /* the candidates do: an error that names both */
};
struct cell {
	enum outcome outcome;
	uint64_t after;
};
#define V(value)             \
	{                    \
		VALUE, value \
	}
#define P                 \
	{                 \
		POISON, 0 \
	}
#define D                   \
	{                   \
		DISAGREE, 0 \
	}
/* The id in the kernel's BTF: where the struct is. */
#define ID V(UINT64_MAX)

/* Its members ascend, wherever m is. */
static uint32_t add_t(struct btf_builder *b, uint32_t size, uint32_t m, uint32_t m_at)
{
	uint32_t u32 = add_int(b, "u32", 4, 0), t = add_struct(b, "t", size);

	if (m && !m_at)
		add_member(b, "m", m, 0);
	add_member(b, "a", u32, m && !m_at ? 32 : 0);
	if (m && m_at)
		add_member(b, "m", m, m_at);
	return t;
}

static void add_e(struct btf_builder *b, const char *second, uint64_t value, bool is_signed)
{
	add_enum(b, "e", 4, is_signed);
	add_enumerator(b, "A", 0);
	if (second)
		add_enumerator(b, second, value);
}

/* Each gives the id of its struct, or of the first of them. */
static uint32_t same(struct btf_builder *b)
{
	uint32_t t = add_t(b, 8, add_int(b, "u32", 4, 0), 32);

	add_e(b, "B", 1, false);
	return t;
}

static uint32_t member_missing(struct btf_builder *b)
{
	uint32_t t = add_t(b, 4, 0, 32);

	add_e(b, NULL, 0, false);
	return t;
}

static uint32_t type_missing(struct btf_builder *b)
{
	return add_int(b, "u32", 4, 0);
}

static uint32_t renamed(struct btf_builder *b)
{
	uint32_t u32 = add_int(b, "u32", 4, 0), t = add_struct(b, "t", 8);

	add_member(b, "a", u32, 0);
	add_member(b, "mm", u32, 32);
	add_e(b, "BB", 1, false);
	return t;
}

static uint32_t moved(struct btf_builder *b)
{
	uint32_t t = add_t(b, 8, add_int(b, "u32", 4, 0), 0);

	add_e(b, "B", 7, false);
	return t;
}

static uint32_t larger(struct btf_builder *b)
{
	uint32_t t = add_t(b, 16, add_int(b, "u64", 8, 0), 64);

	add_enum64(b, "e", false);
	add_enumerator(b, "B", 1);
	return t;
}

static uint32_t with_sign(struct btf_builder *b)
{
	uint32_t t = add_t(b, 8, add_int(b, "s32", 4, 1), 32);

	add_e(b, "B", (uint64_t)-2, true);
	return t;
}

static uint32_t bitfield(struct btf_builder *b)
{
	uint32_t u32 = add_int(b, "u32", 4, 0), t = add_struct(b, "t", 8);

	add_member(b, "a", u32, 0);
	add_bitfield(b, "m", u32, 35, 5);
	add_e(b, "B", 1, false);
	return t;
}

static uint32_t ambiguous(struct btf_builder *b)
{
	uint32_t u32 = add_int(b, "u32", 4, 0), t = add_t(b, 8, u32, 32);

	add_t(b, 12, u32, 64);
	add_e(b, "B", 1, false);
	add_e(b, "B", 2, false);
	return t;
}

static const struct situation {
	const char *name;
	uint32_t (*kernel)(struct btf_builder *b);
	struct cell cells[PBPF_CORE_KINDS];
} situations[] = {
	/* What matches goes by names and types of members: places and bits do not count.
	 *
	 * offset, size, exists, signed, lshift, rshift | local id, id, type exists, type size |
	 * enumerator exists, value | type matches */
	{"found",
	 same,
	 {V(4), V(4), V(1), V(0), V(32), V(32), V(3), ID, V(1), V(8), V(1), V(1), V(1)}},
	{"member missing",
	 member_missing,
	 {P, P, V(0), P, P, P, V(3), ID, V(1), V(4), V(0), P, V(0)}},
	{"type missing",
	 type_missing,
	 {P, P, V(0), P, P, P, V(3), V(0), V(0), V(0), V(0), P, V(0)}},
	{"renamed", renamed, {P, P, V(0), P, P, P, V(3), ID, V(1), V(8), V(0), P, V(0)}},
	{"moved",
	 moved,
	 {V(0), V(4), V(1), V(0), V(32), V(32), V(3), ID, V(1), V(8), V(1), V(7), V(1)}},
	{"larger",
	 larger,
	 {V(8), V(8), V(1), V(0), V(0), V(0), V(3), ID, V(1), V(16), V(1), V(1), V(0)}},
	{"with a sign",
	 with_sign,
	 {V(4), V(4), V(1), V(1), V(32), V(32), V(3), ID, V(1), V(8), V(1), V(UINT64_MAX - 1),
	  V(0)}},
	{"a bitfield",
	 bitfield,
	 {V(4), V(4), V(1), V(0), V(56), V(59), V(3), ID, V(1), V(8), V(1), V(1), V(1)}},
	{"ambiguous",
	 ambiguous,
	 {D, V(4), V(1), V(0), V(32), V(32), V(3), D, V(1), D, V(1), D, V(1)}},
};

static const char *access_of(uint32_t kind)
{
	if (kind <= PBPF_CORE_RSHIFT)
		return "0:1";
	return kind == PBPF_CORE_ENUMERATOR_EXISTS || kind == PBPF_CORE_ENUMERATOR_VALUE ? "1"
											 : "0";
}

START_TEST(each_kind_in_each_situation)
{
	uint32_t kind = (uint32_t)_i % PBPF_CORE_KINDS, local, kernel;
	const struct situation *situation = &situations[(uint32_t)_i / PBPF_CORE_KINDS];
	const struct cell *cell = &situation->cells[kind];
	bool enumerator = !strcmp(access_of(kind), "1");
	struct bench *b = bench_new(false);
	const char *name = pbpf_core_kind_name(kind);
	int err;

	local = same(&b->local);
	add_int(&b->kernel, "int", 4, 1); /* so that ids differ */
	add_int(&b->kernel, "char", 1, 1);
	kernel = situation->kernel(&b->kernel);
	record(b, enumerator ? local + 1 : local, access_of(kind), kind);
	bench_ready(b);
	err = resolve(b, 0);
	ck_assert_msg(err == (cell->outcome == DISAGREE ? -EINVAL : 0), "%s, %s: %d, '%s'",
		      situation->name, name, err, b->host.text);
	if (err)
		ck_assert_msg(strstr(b->host.text, "candidates") != NULL, "%s, %s: '%s'",
			      situation->name, name, b->host.text);
	else
		ck_assert_msg(b->fix.poison == (cell->outcome == POISON) &&
				      b->fix.after ==
					      (cell->after == UINT64_MAX ? kernel : cell->after),
			      "%s, %s: %llu%s", situation->name, name,
			      (unsigned long long)b->fix.after, b->fix.poison ? ", poison" : "");
	bench_free(b);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("relo_core_kinds");
	TCase *tc = tcase_create("kinds");

	tcase_add_loop_test(tc, each_kind_in_each_situation, 0,
			    (int)(sizeof(situations) / sizeof(situations[0])) * PBPF_CORE_KINDS);
	suite_add_tcase(s, tc);
	return s;
}
