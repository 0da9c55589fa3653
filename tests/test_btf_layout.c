/* SPDX-License-Identifier: MIT */
/*
 * Kinds that are not known: stepped over where a layout section says how long they are, and only there.
 */
#include "btf/pbpf_btf.h"
#include "btf_builder.h"
#include "harness.h"

enum { INT = 1, ODD, PTR, STRUCT, TYPEDEF, ARRAY, TYPES };
#define ODD_KIND 20

/* An entry of the section: info_sz and elem_sz. */
struct form {
	uint8_t once, each;
};

static struct host host;
static struct pbpf_env env;

/* Types around one of kind 20 with 8 bytes and 3 times 4, and those that have it by value. */
static struct btf_bytes build(bool big_endian)
{
	struct btf_builder b;

	btf_start(&b, big_endian);
	add_int(&b, "int", 4, 1);
	add_raw(&b, "odd", BTF_INFO(ODD_KIND, 3), 77);
	for (uint32_t word = 0; word < 5; word++)
		add_word(&b, word);
	add_ptr(&b, ODD);
	add_struct(&b, "holder", 16);
	add_member(&b, "odd", ARRAY, 0);
	add_member(&b, "number", INT, 64);
	add_typedef(&b, "last", STRUCT);
	add_array(&b, ODD, INT, 4);
	memset(&host, 0, sizeof(host));
	env = host_env(&host);
	return btf_finish(&b);
}

/* A section that describes kind 20 so, and of all others says what `rest` says. */
static void describe_odd(struct btf_bytes *btf, struct form odd, struct form rest, uint32_t count)
{
	unsigned char layout[300 * 4] = {0};

	for (uint32_t kind = 0; kind < count; kind++) {
		layout[kind * 4] = kind == ODD_KIND ? odd.once : rest.once;
		layout[kind * 4 + 1] = kind == ODD_KIND ? odd.each : rest.each;
	}
	btf_insert_layout(btf, layout, count * 4);
}

static const struct form odd_form = {8, 4}, nothing = {0, 0};

static struct pbpf_btf *parse(const struct btf_bytes *bytes, const struct pbpf_btf *base)
{
	struct pbpf_btf *btf = NULL;

	ck_assert_msg(!pbpf_btf_parse(&btf, bytes->bytes, bytes->size, base, &env), "%s",
		      host.text);
	return btf;
}

static void refused(struct btf_bytes *bytes, int err, const char *text)
{
	struct pbpf_btf *btf = NULL;

	ck_assert_int_eq(pbpf_btf_parse(&btf, bytes->bytes, bytes->size, NULL, &env), err);
	ck_assert_str_eq(host.text, text);
	ck_assert_uint_eq(host.blocks, 0);
	free(bytes->bytes);
}

/* What holds of the types of build(), parsed or viewed. */
static void check_types(const struct pbpf_btf *btf)
{
	struct pbpf_btf_type odd = pbpf_btf_type(btf, ODD), holder = pbpf_btf_type(btf, STRUCT);

	ck_assert_uint_eq(pbpf_btf_count(btf), TYPES);
	ck_assert_uint_eq(odd.kind, ODD_KIND);
	ck_assert_str_eq(odd.name, "odd");
	ck_assert_uint_eq(odd.vlen, 3);
	ck_assert_str_eq(pbpf_btf_kind_name(odd.kind), "UNKNOWN");
	ck_assert_int_eq(pbpf_btf_size(btf, ODD), -EINVAL);
	ck_assert_int_eq(pbpf_btf_size(btf, ARRAY), -EINVAL);
	ck_assert_uint_eq(pbpf_btf_resolve(btf, ODD), ODD);
	ck_assert_uint_eq(pbpf_btf_member(btf, &odd, 0).type, 0);
	ck_assert_uint_eq(pbpf_btf_type(btf, PTR).type, ODD);
	ck_assert_uint_eq(holder.kind, PBPF_KIND_STRUCT);
	ck_assert_uint_eq(pbpf_btf_member(btf, &holder, 1).bit_offset, 64);
	ck_assert_int_eq(pbpf_btf_find(btf, "last", PBPF_KIND_TYPEDEF), TYPEDEF);
	ck_assert_int_eq(pbpf_btf_find(btf, "odd", 0), ODD);
	ck_assert_int_eq(pbpf_btf_find(btf, "odd", ODD_KIND), ODD);
	ck_assert_int_eq(pbpf_btf_size(btf, TYPEDEF), 16);
}

START_TEST(unknown_kinds_are_stepped_over)
{
	for (int big_endian = 0; big_endian < 2; big_endian++) {
		struct btf_bytes bytes = build(big_endian), plain = build(big_endian);
		struct pbpf_btf *btf;
		size_t size;

		describe_odd(&bytes, odd_form, nothing, ODD_KIND + 1);
		btf = parse(&bytes, NULL);
		check_types(btf);
		/* what goes to the kernel has the header that every kernel takes */
		ck_assert_ptr_nonnull(pbpf_btf_image(btf, &size));
		ck_assert_uint_eq(size, plain.size);
		pbpf_btf_free(btf);
		ck_assert_uint_eq(host.blocks, 0);
		free(bytes.bytes);
		refused(&plain, -ENOTSUP, "type 2 at offset 40: its kind 20 is not known");
	}
}
END_TEST

START_TEST(in_a_view)
{
	struct btf_bytes bytes = build(HOST_BIG);
	struct pbpf_btf *btf = NULL;
	struct pbpf_btf_wanted wanted[] = {{.name = "last", .kind = PBPF_KIND_TYPEDEF},
					   {.name = "odd", .kind = 0}};
	struct pbpf_btf_search search = {.wanted = wanted, .count = 2};

	describe_odd(&bytes, odd_form, nothing, ODD_KIND + 1);
	ck_assert_int_eq(pbpf_btf_view(&btf, bytes.bytes, bytes.size, NULL, &search, &env), 0);
	check_types(btf);
	ck_assert_uint_eq(wanted[0].id, TYPEDEF);
	ck_assert_uint_eq(wanted[1].id, ODD);
	ck_assert_int_eq(pbpf_btf_index(btf), 0);
	check_types(btf);
	pbpf_btf_free(btf);
	free(bytes.bytes);
}
END_TEST

/* Over a base: what it has no section for, its base may. */
START_TEST(in_a_split)
{
	struct btf_bytes bytes = build(false), part, own;
	struct btf_builder base_builder = {.next_id = TYPES}, b;
	struct pbpf_btf_wanted wanted = {.name = "behind", .kind = PBPF_KIND_TYPEDEF};
	struct pbpf_btf *base, *btf;

	describe_odd(&bytes, odd_form, nothing, ODD_KIND + 1);
	base = parse(&bytes, NULL);
	base_builder.strings.size = btf_get(&bytes, 20);
	for (int round = 0; round < 2; round++) {
		btf_start_split(&b, &base_builder);
		add_raw(&b, "odd2", BTF_INFO(ODD_KIND, round ? 0 : 1), 0);
		for (uint32_t word = 0; word < (round ? 5u : 3u); word++)
			add_word(&b, word);
		add_typedef(&b, "behind", INT);
		part = btf_finish(&b);
		own = part;
		if (round) /* its own section goes first */
			describe_odd(&own, (struct form){20, 0}, nothing, ODD_KIND + 1);
		btf = parse(&own, base);
		ck_assert_int_eq(pbpf_btf_find(btf, "behind", PBPF_KIND_TYPEDEF), TYPES + 1);
		ck_assert_int_eq(pbpf_btf_find_many(btf, &wanted, 1), 0);
		ck_assert_uint_eq(wanted.id, TYPES + 1);
		check_types(base);
		pbpf_btf_free(btf);
		free(own.bytes);
	}
	pbpf_btf_free(base);
	ck_assert_uint_eq(host.blocks, 0);
	free(bytes.bytes);
}
END_TEST

/* Types enough for a search to use its sieves. */
START_TEST(among_many)
{
	struct btf_builder b;
	struct btf_bytes bytes;
	struct pbpf_btf *btf;

	btf_start(&b, false);
	for (uint32_t i = 0; i < 1000; i++) {
		add_raw(&b, "between", BTF_INFO(ODD_KIND, i % 5), 0);
		for (uint32_t word = 0; word < 2 + i % 5; word++)
			add_word(&b, UINT32_MAX);
		add_int(&b, "int", 4, 1);
	}
	add_raw(&b, "odd", BTF_INFO(ODD_KIND, 0), 0);
	add_word(&b, 0);
	add_word(&b, 0);
	add_float(&b, "last", 4);
	bytes = btf_finish(&b);
	memset(&host, 0, sizeof(host));
	env = host_env(&host);
	describe_odd(&bytes, odd_form, nothing, ODD_KIND + 1);
	btf = parse(&bytes, NULL);
	ck_assert_int_eq(pbpf_btf_find(btf, "last", PBPF_KIND_FLOAT), 2002);
	ck_assert_int_eq(pbpf_btf_find(btf, "odd", 0), 2001);
	ck_assert_int_eq(pbpf_btf_find(btf, "odd", ODD_KIND), 2001);
	ck_assert_int_eq(pbpf_btf_find(btf, "odd", ODD_KIND + 1), -ENOENT);
	pbpf_btf_free(btf);
	free(bytes.bytes);
}
END_TEST

START_TEST(lies_about_known_kinds_change_nothing)
{
	struct btf_bytes bytes = build(false);
	struct pbpf_btf *btf;

	describe_odd(&bytes, odd_form, (struct form){255, 255}, 300);
	btf = parse(&bytes, NULL);
	check_types(btf);
	pbpf_btf_free(btf);
	free(bytes.bytes);
}
END_TEST

START_TEST(sizes_that_are_no_words_describe_nothing)
{
	static const struct form bad[] = {{1, 4}, {8, 2}, {255, 255}, {6, 0}};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct btf_bytes bytes = build(false);

		describe_odd(&bytes, bad[i], nothing, ODD_KIND + 1);
		refused(&bytes, -ENOTSUP, "type 2 at offset 48: its kind 20 is not known");
	}
}
END_TEST

START_TEST(a_short_section_says_nothing_of_later_kinds)
{
	for (uint32_t count = 1; count <= ODD_KIND; count++) {
		struct btf_bytes bytes = build(false);

		describe_odd(&bytes, odd_form, nothing, count);
		refused(&bytes, -ENOTSUP, "type 2 at offset 48: its kind 20 is not known");
	}
}
END_TEST

START_TEST(records_that_pass_the_end)
{
	static const struct {
		struct form form;
		uint32_t vlen;
	} cases[] = {{{252, 0}, 0}, {{0, 4}, 100}, {{252, 252}, 0xffffff}};
	char text[120];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct btf_bytes bytes = build(false);

		describe_odd(&bytes, cases[i].form, nothing, ODD_KIND + 1);
		btf_put(&bytes, 48 + 4, BTF_INFO(ODD_KIND, cases[i].vlen));
		snprintf(text, sizeof(text),
			 "type 2 (UNKNOWN) at offset 48: %u records do not fit the rest of the "
			 "type section",
			 cases[i].vlen);
		refused(&bytes, -EINVAL, text);
	}
}
END_TEST

START_TEST(the_section_lies_on_words)
{
	struct btf_bytes bytes = build(false);

	describe_odd(&bytes, odd_form, nothing, ODD_KIND + 2);
	btf_put(&bytes, 28, btf_get(&bytes, 28) - 2);
	refused(&bytes, -EINVAL, "the layout section does not begin and end at multiples of 4");
	bytes = build(false);
	describe_odd(&bytes, odd_form, nothing, ODD_KIND + 2);
	btf_put(&bytes, 24, btf_get(&bytes, 24) + 2);
	btf_put(&bytes, 28, 4);
	refused(&bytes, -EINVAL, "the layout section does not begin and end at multiples of 4");
}
END_TEST

/* Where the kernel refuses them, they become empty structs, and ids stay. */
START_TEST(adapted_for_an_old_kernel)
{
	struct btf_bytes bytes = build(false);
	struct pbpf_btf *btf, *adapted = NULL;

	describe_odd(&bytes, odd_form, nothing, ODD_KIND + 1);
	btf = parse(&bytes, NULL);
	ck_assert_int_eq(pbpf_btf_adapt(&adapted, btf, PBPF_BTF_HAS_ALL, &env), 0);
	ck_assert_uint_eq(pbpf_btf_count(adapted), TYPES);
	ck_assert_uint_eq(pbpf_btf_type(adapted, ODD).kind, PBPF_KIND_STRUCT);
	ck_assert_int_eq(pbpf_btf_size(adapted, ODD), 0);
	ck_assert_str_eq(pbpf_btf_type(adapted, ODD).name, "");
	ck_assert_uint_eq(pbpf_btf_type(adapted, PTR).type, ODD);
	ck_assert_int_eq(pbpf_btf_find(adapted, "last", PBPF_KIND_TYPEDEF), TYPEDEF);
	ck_assert_int_eq(pbpf_btf_size(adapted, TYPEDEF), 16);
	ck_assert_int_eq(pbpf_btf_size(adapted, INT), 4);
	pbpf_btf_free(adapted);
	pbpf_btf_free(btf);
	free(bytes.bytes);
}
END_TEST

START_TEST(without_memory)
{
	struct btf_bytes bytes = build(false);
	struct pbpf_btf *btf = NULL;
	int err = -ENOMEM;

	describe_odd(&bytes, odd_form, nothing, ODD_KIND + 1);
	for (unsigned int n = 1; err; n++) {
		memset(&host, 0, sizeof(host));
		host.fail_at = n;
		err = pbpf_btf_parse(&btf, bytes.bytes, bytes.size, NULL, &env);
		ck_assert(!err || err == -ENOMEM);
		ck_assert_uint_eq(host.messages[PBPF_ERROR], !!err);
		ck_assert(!err || !host.blocks);
	}
	pbpf_btf_free(btf);
	ck_assert_uint_eq(host.blocks, 0);
	free(bytes.bytes);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("btf_layout");
	TCase *t = tcase_create("layout");

	tcase_add_test(t, unknown_kinds_are_stepped_over);
	tcase_add_test(t, in_a_view);
	tcase_add_test(t, in_a_split);
	tcase_add_test(t, among_many);
	tcase_add_test(t, lies_about_known_kinds_change_nothing);
	tcase_add_test(t, sizes_that_are_no_words_describe_nothing);
	tcase_add_test(t, a_short_section_says_nothing_of_later_kinds);
	tcase_add_test(t, records_that_pass_the_end);
	tcase_add_test(t, the_section_lies_on_words);
	tcase_add_test(t, adapted_for_an_old_kernel);
	tcase_add_test(t, without_memory);
	suite_add_tcase(s, t);
	return s;
}
