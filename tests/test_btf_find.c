/* SPDX-License-Identifier: MIT */
/*
 * Finding by name: in a parsed BTF, in a view, with an index; one name, many, and every match.
 */
#include "btf/pbpf_btf.h"
#include "btf_builder.h"
#include "harness.h"

/* 1000 types of each of four kinds, some names used twice, and flavors. */
enum { EACH = 1000, FIRST_STRUCT = 2 };

static struct btf_bytes build_many(struct btf_builder *b)
{
	char name[32];

	btf_start(b, HOST_BIG);
	add_int(b, "int", 4, 1);
	for (int i = 0; i < EACH; i++) {
		snprintf(name, sizeof(name), "s%d", i);
		add_struct(b, name, 4);
		add_member(b, "m", 1, 0);
		add_typedef(b, name, 1);
		snprintf(name, sizeof(name), "e%d", i % 500);
		add_enum(b, name, 4, true);
		add_ptr(b, 1);
	}
	add_struct(b, "task", 0);
	add_struct(b, "task___old", 0);
	add_struct(b, "task___old___er", 0);
	add_struct(b, "task____x", 0);
	add_struct(b, "tasks", 0);
	add_struct(b, "x", 0);
	return btf_finish(b);
}

enum { TASK = 2 + 4 * EACH, TASK_OLD, TASK_OLDER, TASK_FOUR, TASKS, X };

static void check_finds(const struct pbpf_btf *btf)
{
	ck_assert_int_eq(pbpf_btf_find(btf, "s7", PBPF_KIND_STRUCT), FIRST_STRUCT + 4 * 7);
	ck_assert_int_eq(pbpf_btf_find(btf, "s7", PBPF_KIND_TYPEDEF), FIRST_STRUCT + 4 * 7 + 1);
	ck_assert_int_eq(pbpf_btf_find(btf, "s999", 0), FIRST_STRUCT + 4 * 999);
	ck_assert_int_eq(pbpf_btf_find(btf, "e499", 0), FIRST_STRUCT + 4 * 499 + 2);
	ck_assert_int_eq(pbpf_btf_find(btf, "x", PBPF_KIND_STRUCT), X);
	ck_assert_int_eq(pbpf_btf_find(btf, "x", PBPF_KIND_FLOAT), -ENOENT);
	ck_assert_int_eq(pbpf_btf_find(btf, "x", 77), -ENOENT);
	ck_assert_int_eq(pbpf_btf_find(btf, "", 0), -ENOENT);
	ck_assert_int_eq(pbpf_btf_find(btf, "s1000", 0), -ENOENT);
	ck_assert_int_eq(pbpf_btf_find(btf, "task", 0), TASK);
}

static int collect(void *ctx, const struct pbpf_btf_wanted *wanted, uint32_t id)
{
	uint32_t **next = ctx;

	(void)wanted;
	*(*next)++ = id;
	return 0;
}

static int stop(void *ctx, const struct pbpf_btf_wanted *wanted, uint32_t id)
{
	(void)wanted;
	++*(unsigned int *)ctx;
	return -(int)id;
}

static void check_search(const struct pbpf_btf *btf)
{
	struct pbpf_btf_wanted wanted[] = {{.name = "task"}, {.name = "task___old"}, {.name = ""}};
	uint32_t ids[16], *next = ids;
	unsigned int calls = 0;
	struct pbpf_btf_search search = {
		.wanted = wanted, .count = 3, .flavors = true, .match = collect, .ctx = &next};

	ck_assert_int_eq(pbpf_btf_search(btf, &search), 0);
	ck_assert_int_eq(next - ids, 4);
	ck_assert_uint_eq(ids[0], TASK);
	ck_assert_uint_eq(ids[1], TASK_OLD); /* as a flavor of task, and for itself */
	ck_assert_uint_eq(ids[2], TASK_OLD);
	ck_assert_uint_eq(ids[3], TASK_OLDER); /* a flavor of task___old */
	search.flavors = false;
	next = ids;
	ck_assert_int_eq(pbpf_btf_search(btf, &search), 0);
	ck_assert_int_eq(next - ids, 2);
	search.match = stop;
	search.ctx = &calls;
	ck_assert_int_eq(pbpf_btf_search(btf, &search), -TASK);
	ck_assert_uint_eq(calls, 1);
}

static void check_many(const struct pbpf_btf *btf)
{
	static char names[300][16];
	static struct pbpf_btf_wanted wanted[300];

	for (uint32_t i = 0; i < 300; i++) {
		snprintf(names[i], sizeof(names[i]), "%s%u", i % 3 ? "s" : "none", i);
		wanted[i] = (struct pbpf_btf_wanted){
			names[i], i % 2 ? PBPF_KIND_TYPEDEF : PBPF_KIND_STRUCT, 99};
	}
	ck_assert_int_eq(pbpf_btf_find_many(btf, wanted, 300), 0);
	for (uint32_t i = 0; i < 300; i++)
		ck_assert_uint_eq(wanted[i].id, i % 3 ? FIRST_STRUCT + 4 * i + i % 2 : 0);
}

START_TEST(parsed)
{
	struct btf_builder b;
	struct btf_bytes bytes = build_many(&b);
	struct host host = {0};
	struct pbpf_env env = host_env(&host);
	struct pbpf_btf *btf = NULL;

	ck_assert_int_eq(pbpf_btf_parse(&btf, bytes.bytes, bytes.size, NULL, &env), 0);
	check_finds(btf);
	check_search(btf);
	check_many(btf);
	ck_assert_int_eq(pbpf_btf_index(btf), 0);
	ck_assert_int_eq(pbpf_btf_index(btf), 0);
	check_finds(btf);
	pbpf_btf_free(btf);
	ck_assert_uint_eq(host.blocks, 0);
	free(bytes.bytes);
}
END_TEST

START_TEST(viewed)
{
	struct btf_builder b;
	struct btf_bytes bytes = build_many(&b);
	struct pbpf_btf_wanted wanted[] = {{.name = "s500", .kind = PBPF_KIND_STRUCT},
					   {.name = "absent", .kind = PBPF_KIND_FUNC},
					   {.name = "tasks", .kind = PBPF_KIND_STRUCT}};
	struct pbpf_btf_search search = {.wanted = wanted, .count = 3};
	struct host host = {0};
	struct pbpf_env env = host_env(&host);
	struct pbpf_btf *btf = NULL;
	struct pbpf_btf_type type;
	size_t size;

	ck_assert_int_eq(pbpf_btf_view(&btf, bytes.bytes, bytes.size, NULL, &search, &env), 0);
	ck_assert_uint_lt(host.bytes, bytes.size / 16); /* no copy */
	ck_assert_uint_eq(wanted[0].id, FIRST_STRUCT + 4 * 500);
	ck_assert_uint_eq(wanted[1].id, 0);
	ck_assert_uint_eq(wanted[2].id, TASKS);
	ck_assert_uint_eq(pbpf_btf_count(btf), X + 1);
	for (uint32_t i = 0; i < EACH; i++) {
		type = pbpf_btf_type(btf, FIRST_STRUCT + 4 * i);
		ck_assert_uint_eq(type.kind, PBPF_KIND_STRUCT);
		ck_assert_str_eq(pbpf_btf_member(btf, &type, 0).name, "m");
	}
	ck_assert_ptr_eq(pbpf_btf_image(btf, &size), bytes.bytes);
	check_finds(btf);
	check_search(btf);
	check_many(btf);
	ck_assert_int_eq(pbpf_btf_index(btf), 0);
	check_finds(btf);
	ck_assert_str_eq(pbpf_btf_type(btf, X).name, "x");
	ck_assert_int_eq(pbpf_btf_place(btf, 1, 0, NULL), -EINVAL);
	pbpf_btf_free(btf);
	ck_assert_uint_eq(host.blocks, 0);
	free(bytes.bytes);
}
END_TEST

START_TEST(split_over_a_view)
{
	struct btf_builder base_builder, b;
	struct btf_bytes base_bytes = build_many(&base_builder), bytes;
	struct pbpf_btf *base = NULL, *btf = NULL;
	struct pbpf_btf_wanted wanted[] = {{.name = "s1"}, {.name = "module"}};
	struct pbpf_btf_search search = {.wanted = wanted, .count = 2};

	btf_start_split(&b, &base_builder);
	add_typedef(&b, "module", FIRST_STRUCT);
	add_ptr(&b, X + 1);
	bytes = btf_finish(&b);
	/* a name of its own that lies in the base's strings, "int" */
	btf_put(&bytes, btf_type_place(&bytes, 2), 1);
	ck_assert_int_eq(pbpf_btf_view(&base, base_bytes.bytes, base_bytes.size, NULL, NULL, NULL),
			 0);
	ck_assert_int_eq(pbpf_btf_view(&btf, bytes.bytes, bytes.size, base, &search, NULL), 0);
	ck_assert_uint_eq(wanted[0].id, 0); /* only its own types are searched on opening */
	ck_assert_uint_eq(wanted[1].id, X + 1);
	ck_assert_int_eq(pbpf_btf_find_many(btf, wanted, 2), 0);
	ck_assert_uint_eq(wanted[0].id, FIRST_STRUCT + 4);
	ck_assert_uint_eq(wanted[1].id, X + 1);
	ck_assert_int_eq(pbpf_btf_find(btf, "int", PBPF_KIND_PTR), X + 2);
	ck_assert_int_eq(pbpf_btf_index(btf), 0);
	ck_assert_int_eq(pbpf_btf_find(btf, "int", PBPF_KIND_PTR), X + 2);
	ck_assert_int_eq(pbpf_btf_find(btf, "s1", 0), FIRST_STRUCT + 4);
	pbpf_btf_free(btf);
	pbpf_btf_free(base);
	free(base_bytes.bytes);
	free(bytes.bytes);
}
END_TEST

/* Bytes that parse refuses: a view takes some, and then reads no further than they reach. */
START_TEST(views_of_lies_are_safe)
{
	static const uint32_t words[] = {0,	     1,		 2,	     5,
					 0x7fffffff, 0x80000000, 0xfffffffc, UINT32_MAX};
	struct btf_builder b;
	struct btf_bytes bytes;

	btf_start(&b, HOST_BIG);
	add_int(&b, "int", 4, 1);
	add_struct(&b, "s", 8);
	add_member(&b, "m", 1, 0);
	add_typedef(&b, "t", 2);
	add_array(&b, 3, 1, 2);
	add_func(&b, "f", add_proto(&b, 1), 1);
	bytes = btf_finish(&b);
	for (size_t at = 0; at + 4 <= bytes.size; at += 4)
		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
			unsigned char *exact = malloc(bytes.size);
			struct btf_bytes spoilt = {exact, bytes.size, HOST_BIG};
			struct host host = {0};
			struct pbpf_env env = host_env(&host);
			struct pbpf_btf *btf = NULL;

			memcpy(exact, bytes.bytes, bytes.size);
			btf_put(&spoilt, at, words[i]);
			if (!pbpf_btf_view(&btf, exact, bytes.size, NULL, NULL, &env)) {
				for (uint32_t id = 0; id <= pbpf_btf_count(btf); id++) {
					struct pbpf_btf_type type = pbpf_btf_type(btf, id);

					pbpf_btf_size(btf, id);
					pbpf_btf_resolve(btf, id);
					for (uint32_t n = 0; n < type.vlen && n < 10; n++)
						pbpf_btf_member(btf, &type, n);
				}
				pbpf_btf_find(btf, "s", PBPF_KIND_STRUCT);
				pbpf_btf_index(btf);
				pbpf_btf_find(btf, "f", 0);
			}
			pbpf_btf_free(btf);
			ck_assert_uint_eq(host.blocks, 0);
			free(exact);
		}
	free(bytes.bytes);
}
END_TEST

START_TEST(what_a_view_refuses)
{
	struct btf_builder b;
	struct btf_bytes bytes;
	struct host host = {0};
	struct pbpf_env env = host_env(&host);
	struct pbpf_btf *btf = NULL;

	btf_start(&b, !HOST_BIG);
	bytes = btf_finish(&b);
	ck_assert_int_eq(pbpf_btf_view(&btf, bytes.bytes, bytes.size, NULL, NULL, &env), -ENOTSUP);
	ck_assert_str_eq(host.text, "a view cannot be of the other byte order");
	free(bytes.bytes);

	btf_start(&b, HOST_BIG);
	add_int(&b, "int", 4, 1);
	add_raw(&b, "new", BTF_INFO(20, 0), 0);
	bytes = btf_finish(&b);
	ck_assert_int_eq(pbpf_btf_view(&btf, bytes.bytes, bytes.size, NULL, NULL, &env), -ENOTSUP);
	ck_assert_str_eq(host.text, "type 2 at offset 40: its kind 20 is not known");
	free(bytes.bytes);
	ck_assert_ptr_null(btf);
	ck_assert_uint_eq(host.blocks, 0);
}
END_TEST

START_TEST(no_memory_is_an_error_and_no_leak)
{
	struct btf_builder b;
	struct btf_bytes bytes = build_many(&b);
	static struct pbpf_btf_wanted wanted[100];
	struct pbpf_btf_search search = {.wanted = wanted, .count = 100};

	for (size_t i = 0; i < 100; i++)
		wanted[i].name = "s1";
	for (unsigned int n = 1;; n++) {
		struct host host = {.fail_at = n};
		struct pbpf_env env = host_env(&host);
		struct pbpf_btf *btf = NULL;
		int err = pbpf_btf_view(&btf, bytes.bytes, bytes.size, NULL, &search, &env);

		if (!err)
			err = pbpf_btf_search(btf, &search);
		if (!err)
			err = pbpf_btf_index(btf);
		if (btf)
			check_finds(btf);
		pbpf_btf_free(btf);
		ck_assert_uint_eq(host.blocks, 0);
		if (!err)
			break;
		ck_assert_int_eq(err, -ENOMEM);
		ck_assert_uint_eq(host.messages[PBPF_ERROR], 1);
		ck_assert_uint_le(n, 20);
	}
	free(bytes.bytes);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("btf_find");
	TCase *t = tcase_create("find");

	tcase_add_test(t, parsed);
	tcase_add_test(t, viewed);
	tcase_add_test(t, split_over_a_view);
	tcase_add_test(t, views_of_lies_are_safe);
	tcase_add_test(t, what_a_view_refuses);
	tcase_add_test(t, no_memory_is_an_error_and_no_leak);
	suite_add_tcase(s, t);
	return s;
}
