/* SPDX-License-Identifier: MIT */
/*
 * Good BTF: what was put in comes out, in either byte order and split, and DATASECs are placed.
 */
#include "btf/pbpf_btf.h"
#include "btf_builder.h"
#include "harness.h"

/* One type of each kind, by id. */
enum {
	INT = 1,
	PTR,
	ARRAY,
	STRUCT,
	UNION,
	ENUM,
	FWD,
	TYPEDEF,
	VOLATILE,
	CONST,
	RESTRICT,
	PROTO,
	FUNC,
	VAR,
	DATASEC,
	FLOAT,
	DECL_TAG,
	TYPE_TAG,
	ENUM64,
	TYPES
};

static void build_all_kinds(struct btf_builder *b, bool big_endian)
{
	btf_start(b, big_endian);
	add_int(b, "int", 4, 1);
	add_ptr(b, STRUCT);
	add_array(b, INT, INT, 3);
	add_struct(b, "event", 24);
	add_bitfield(b, "flag", INT, 0, 3);
	add_member(b, "", UNION, 32);
	add_member(b, "list", ARRAY, 64);
	add_union(b, "", 4);
	add_member(b, "a", INT, 0);
	add_member(b, "b", FLOAT, 0);
	add_enum(b, "color", 4, true);
	add_enumerator(b, "RED", (uint64_t)-1);
	add_enumerator(b, "GREEN", 7);
	add_fwd(b, "later", true);
	add_typedef(b, "int_t", VOLATILE);
	add_modifier(b, PBPF_KIND_VOLATILE, CONST);
	add_modifier(b, PBPF_KIND_CONST, INT);
	add_modifier(b, PBPF_KIND_RESTRICT, PTR);
	add_proto(b, INT);
	add_param(b, "ctx", PTR);
	add_param(b, "", 0);
	add_func(b, "main", PROTO, PBPF_LINKAGE_GLOBAL);
	add_var(b, "counter", TYPEDEF, PBPF_LINKAGE_STATIC);
	add_datasec(b, ".bss", 0);
	add_variable(b, VAR, 0, 4);
	add_float(b, "float", 4);
	add_decl_tag(b, "user", STRUCT, 1);
	add_type_tag(b, "rcu", INT);
	add_enum64(b, "wide", false);
	add_enumerator(b, "BIG", 0x8000000000000001);
}

static struct pbpf_btf *parse(struct btf_bytes *bytes, const struct pbpf_btf *base,
			      const struct pbpf_env *env, struct host *host)
{
	struct pbpf_btf *btf = NULL;
	int err = pbpf_btf_parse(&btf, bytes->bytes, bytes->size, base, env);

	ck_assert_msg(err == 0, "%d %s", err, host->text);
	free(bytes->bytes);
	return btf;
}

static void check_scalars(const struct pbpf_btf *btf)
{
	struct pbpf_btf_type type = pbpf_btf_type(btf, INT);

	ck_assert_str_eq(type.name, "int");
	ck_assert_uint_eq(type.kind, PBPF_KIND_INT);
	ck_assert_uint_eq(type.size, 4);
	ck_assert_uint_eq(type.int_encoding, 1);
	ck_assert_uint_eq(type.int_bits, 32);
	ck_assert_uint_eq(pbpf_btf_type(btf, PTR).type, STRUCT);
	ck_assert_uint_eq(pbpf_btf_type(btf, FLOAT).size, 4);
	ck_assert(pbpf_btf_type(btf, FWD).kind_flag);
	ck_assert_str_eq(pbpf_btf_type(btf, TYPE_TAG).name, "rcu");
	ck_assert_int_eq(pbpf_btf_type(btf, DECL_TAG).component, 1);
	ck_assert_uint_eq(pbpf_btf_type(btf, FUNC).linkage, PBPF_LINKAGE_GLOBAL);
	ck_assert_uint_eq(pbpf_btf_type(btf, VAR).linkage, PBPF_LINKAGE_STATIC);
}

static void check_records(const struct pbpf_btf *btf)
{
	struct pbpf_btf_type type = pbpf_btf_type(btf, STRUCT);
	struct pbpf_btf_array array;

	ck_assert_uint_eq(type.vlen, 3);
	ck_assert_str_eq(pbpf_btf_member(btf, &type, 0).name, "flag");
	ck_assert_uint_eq(pbpf_btf_member(btf, &type, 0).bit_size, 3);
	ck_assert_uint_eq(pbpf_btf_member(btf, &type, 2).bit_offset, 64);
	ck_assert_uint_eq(pbpf_btf_member(btf, &type, 2).bit_size, 0);
	ck_assert_uint_eq(pbpf_btf_member(btf, &type, 3).type, 0);
	type = pbpf_btf_type(btf, ARRAY);
	array = pbpf_btf_array(btf, &type);
	ck_assert_uint_eq(array.count, 3);
	ck_assert_uint_eq(array.type, INT);
	type = pbpf_btf_type(btf, ENUM);
	ck_assert_int_eq(pbpf_btf_enumerator(btf, &type, 0).value, -1);
	ck_assert_str_eq(pbpf_btf_enumerator(btf, &type, 1).name, "GREEN");
	type = pbpf_btf_type(btf, ENUM64);
	ck_assert_uint_eq((uint64_t)pbpf_btf_enumerator(btf, &type, 0).value, 0x8000000000000001);
	type = pbpf_btf_type(btf, PROTO);
	ck_assert_str_eq(pbpf_btf_param(btf, &type, 0).name, "ctx");
	ck_assert_uint_eq(pbpf_btf_param(btf, &type, 1).type, 0);
	type = pbpf_btf_type(btf, DATASEC);
	ck_assert_uint_eq(pbpf_btf_variable(btf, &type, 0).type, VAR);
	/* of another kind, or past the last: nothing, safely */
	ck_assert_str_eq(pbpf_btf_member(btf, &type, 7).name, "");
	ck_assert_uint_eq(pbpf_btf_array(btf, &type).count, 0);
}

static void check_all_kinds(bool big_endian)
{
	struct host host = {0};
	struct pbpf_env env = host_env(&host);
	struct btf_builder b;
	struct btf_bytes bytes;
	struct pbpf_btf *btf;

	build_all_kinds(&b, big_endian);
	bytes = btf_finish(&b);
	btf = parse(&bytes, NULL, &env, &host);
	ck_assert_uint_eq(pbpf_btf_count(btf), TYPES);
	ck_assert_int_eq(pbpf_btf_swapped(btf),
			 big_endian == (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__));
	check_scalars(btf);
	check_records(btf);
	pbpf_btf_free(btf);
	ck_assert_uint_eq(host.blocks, 0);
}

START_TEST(every_kind_is_read)
{
	check_all_kinds(false);
	check_all_kinds(true);
}
END_TEST

START_TEST(sizes_and_aliases)
{
	struct host host = {0};
	struct btf_builder b;
	struct btf_bytes bytes;
	struct pbpf_btf *btf;

	build_all_kinds(&b, false);
	bytes = btf_finish(&b);
	btf = parse(&bytes, NULL, NULL, &host);
	ck_assert_uint_eq(pbpf_btf_resolve(btf, TYPEDEF), INT);
	ck_assert_uint_eq(pbpf_btf_resolve(btf, PTR), PTR);
	ck_assert_int_eq(pbpf_btf_size(btf, TYPEDEF), 4);
	ck_assert_int_eq(pbpf_btf_size(btf, VAR), 4);
	ck_assert_int_eq(pbpf_btf_size(btf, RESTRICT), 8);
	ck_assert_int_eq(pbpf_btf_size(btf, ARRAY), 12);
	ck_assert_int_eq(pbpf_btf_size(btf, ENUM64), 8);
	ck_assert_int_eq(pbpf_btf_size(btf, 0), -EINVAL);
	ck_assert_int_eq(pbpf_btf_size(btf, FWD), -EINVAL);
	ck_assert_int_eq(pbpf_btf_size(btf, FUNC), -EINVAL);
	ck_assert_int_eq(pbpf_btf_size(btf, TYPES), -EINVAL);
	ck_assert_uint_eq(pbpf_btf_type(btf, TYPES).kind, PBPF_KIND_VOID);
	ck_assert_str_eq(pbpf_btf_kind_name(PBPF_KIND_DECL_TAG), "DECL_TAG");
	ck_assert_str_eq(pbpf_btf_kind_name(99), "UNKNOWN");
	ck_assert_str_eq(pbpf_btf_string(btf, 1u << 30), "");
	pbpf_btf_free(btf);
}
END_TEST

START_TEST(found_by_name_and_kind)
{
	struct host host = {0};
	struct btf_builder b;
	struct btf_bytes bytes;
	struct pbpf_btf *btf;

	build_all_kinds(&b, true);
	add_typedef(&b, "event", STRUCT);
	bytes = btf_finish(&b);
	btf = parse(&bytes, NULL, NULL, &host);
	ck_assert_int_eq(pbpf_btf_find(btf, "event", PBPF_KIND_STRUCT), STRUCT);
	ck_assert_int_eq(pbpf_btf_find(btf, "event", PBPF_KIND_TYPEDEF), TYPES);
	ck_assert_int_eq(pbpf_btf_find(btf, "event", 0), STRUCT);
	ck_assert_int_eq(pbpf_btf_find(btf, "event", PBPF_KIND_UNION), -ENOENT);
	ck_assert_int_eq(pbpf_btf_find(btf, "even", 0), -ENOENT);
	ck_assert_int_eq(pbpf_btf_find(btf, "", 0), -ENOENT);
	pbpf_btf_free(btf);
}
END_TEST

START_TEST(split_goes_on_where_its_base_ends)
{
	struct host host = {0};
	struct pbpf_env env = host_env(&host);
	struct btf_builder base_builder, b;
	struct btf_bytes base_bytes, bytes;
	struct pbpf_btf *base, *btf;
	uint32_t local;

	build_all_kinds(&base_builder, false);
	base_bytes = btf_finish(&base_builder);
	base = parse(&base_bytes, NULL, &env, &host);
	btf_start_split(&b, &base_builder);
	local = add_struct(&b, "local", 24);
	add_member(&b, "event", STRUCT, 0);
	add_ptr(&b, local);
	bytes = btf_finish(&b);
	btf = parse(&bytes, base, &env, &host);
	ck_assert_uint_eq(local, TYPES);
	ck_assert_uint_eq(pbpf_btf_count(btf), TYPES + 2);
	ck_assert_int_eq(pbpf_btf_find(btf, "local", 0), (int)local);
	ck_assert_int_eq(pbpf_btf_find(btf, "event", 0), STRUCT);
	ck_assert_str_eq(pbpf_btf_type(btf, STRUCT).name, "event");
	ck_assert_int_eq(pbpf_btf_size(btf, local), 24);
	ck_assert_uint_eq(pbpf_btf_type(base, local).kind, PBPF_KIND_VOID);
	pbpf_btf_free(btf);
	pbpf_btf_free(base);
	ck_assert_uint_eq(host.blocks, 0);
}
END_TEST

START_TEST(split_may_have_no_strings)
{
	struct host host = {0};
	struct btf_builder base_builder, b;
	struct btf_bytes base_bytes, bytes;
	struct pbpf_btf *base, *btf;

	build_all_kinds(&base_builder, false);
	base_bytes = btf_finish(&base_builder);
	base = parse(&base_bytes, NULL, NULL, &host);
	btf_start_split(&b, &base_builder);
	add_ptr(&b, STRUCT);
	bytes = btf_finish(&b);
	btf = parse(&bytes, base, NULL, &host);
	ck_assert_uint_eq(pbpf_btf_type(btf, TYPES).type, STRUCT);
	pbpf_btf_free(btf);
	pbpf_btf_free(base);
}
END_TEST

START_TEST(the_image_is_in_the_hosts_order)
{
	struct host host = {0};
	struct btf_builder b;
	struct btf_bytes big, little;
	struct pbpf_btf *btf, *again;
	const void *image, *image_again;
	size_t size, size_again;

	build_all_kinds(&b, true);
	big = btf_finish(&b);
	build_all_kinds(&b, false);
	little = btf_finish(&b);
	btf = parse(&big, NULL, NULL, &host);
	again = parse(&little, NULL, NULL, &host);
	image = pbpf_btf_image(btf, &size);
	image_again = pbpf_btf_image(again, &size_again);
	ck_assert_uint_eq(size, size_again);
	ck_assert_mem_eq(image, image_again, size);
	pbpf_btf_free(btf);
	pbpf_btf_free(again);
}
END_TEST

/* The same image over the bytes themselves as in a copy; what it needs none for stays there. */
static void has_same_image(const struct btf_bytes *given, const struct pbpf_btf *copied, bool stays)
{
	struct host host = {0};
	struct pbpf_env env = host_env(&host);
	struct pbpf_btf *btf = NULL;
	unsigned char *own = malloc(given->size);
	const void *image, *expected;
	size_t size, expected_size;

	memcpy(own, given->bytes, given->size);
	ck_assert_int_eq(pbpf_btf_parse_in_place(&btf, own, given->size, &env), 0);
	image = pbpf_btf_image(btf, &size);
	expected = pbpf_btf_image(copied, &expected_size);
	ck_assert_uint_eq(size, expected_size);
	ck_assert_mem_eq(image, expected, size);
	ck_assert_int_eq(image == own, stays);
	pbpf_btf_free(btf);
	free(own);
	ck_assert_uint_eq(host.blocks, 0);
}

/* A header of 40 bytes, strings before types, a gap between them and a layout section. */
START_TEST(any_arrangement_of_the_sections_is_read)
{
	struct host host = {0};
	struct pbpf_env env = host_env(&host);
	struct btf_builder b;
	struct btf_bytes plain, odd = {.size = 40};
	struct pbpf_btf *btf, *same;
	uint32_t types_size, strings_size;
	const void *image, *expected;
	size_t size, expected_size;

	build_all_kinds(&b, false);
	plain = btf_finish(&b);
	types_size = btf_get(&plain, 12);
	strings_size = btf_get(&plain, 20);
	odd.size = 40 + 400 + types_size;
	odd.bytes = calloc(1, odd.size);
	memcpy(odd.bytes, plain.bytes, 8);
	btf_put(&odd, 4, 40);
	btf_put(&odd, 8, 400);
	btf_put(&odd, 12, types_size);
	btf_put(&odd, 16, 8);
	btf_put(&odd, 20, strings_size);
	btf_put(&odd, 24, 0);
	btf_put(&odd, 28, 8);
	memcpy(odd.bytes + 40 + 8, plain.bytes + 24 + types_size, strings_size);
	memcpy(odd.bytes + 40 + 400, plain.bytes + 24, types_size);
	same = parse(&plain, NULL, &env, &host);
	has_same_image(&odd, same, false);
	expected = pbpf_btf_image(same, &expected_size);
	btf = parse(&odd, NULL, &env, &host);
	image = pbpf_btf_image(btf, &size);
	ck_assert_uint_eq(size, expected_size);
	ck_assert_mem_eq(image, expected, size);
	pbpf_btf_free(btf);
	pbpf_btf_free(same);
}
END_TEST

/* Of either byte order, with gaps before the types and before the strings. */
START_TEST(own_bytes_are_written_over)
{
	struct btf_builder b;
	struct btf_bytes bytes, wide = {0};
	struct pbpf_btf *copied = NULL;
	uint32_t types_size, strings_size;

	build_all_kinds(&b, _i);
	bytes = btf_finish(&b);
	ck_assert_int_eq(pbpf_btf_parse(&copied, bytes.bytes, bytes.size, NULL, NULL), 0);
	has_same_image(&bytes, copied, true);
	wide.big_endian = bytes.big_endian;
	types_size = btf_get(&bytes, 12);
	strings_size = btf_get(&bytes, 20);
	wide.size = 40 + 4 + types_size + 3 + strings_size;
	wide.bytes = calloc(1, wide.size);
	memcpy(wide.bytes, bytes.bytes, 24);
	btf_put(&wide, 4, 40);
	btf_put(&wide, 8, 4);
	btf_put(&wide, 16, 4 + types_size + 3);
	memcpy(wide.bytes + 44, bytes.bytes + 24, types_size);
	memcpy(wide.bytes + 44 + types_size + 3, bytes.bytes + 24 + types_size, strings_size);
	has_same_image(&wide, copied, true);
	pbpf_btf_free(copied);
	free(wide.bytes);
	free(bytes.bytes);
}
END_TEST

/* Names that are the ends of one long text; what is shorter than 4096 bytes stays whole. What is cut is no good
 * access string (_i: of digits). */
START_TEST(long_texts_are_cut)
{
	static const size_t lengths[] = {1, 4094, 4095, 4096, 4097, 9000, 100000};
	enum { COUNT = sizeof(lengths) / sizeof(lengths[0]) };
	struct host host = {0};
	struct pbpf_env env = host_env(&host);
	struct btf_builder b;
	struct btf_bytes bytes;
	struct pbpf_btf *btf, *again = NULL;
	size_t size, size_again;
	const void *image;

	btf_start(&b, false);
	for (size_t i = 0; i < COUNT; i++) {
		char *name = calloc(1, lengths[i] + 1);

		memset(name, (_i ? '0' : 'a') + (int)i, lengths[i]);
		add_int(&b, name, 4, 0);
		free(name);
	}
	bytes = btf_finish(&b);
	btf = parse(&bytes, NULL, &env, &host);
	for (uint32_t i = 0; i < COUNT; i++) {
		const char *name = pbpf_btf_type(btf, i + 1).name;

		ck_assert_uint_eq(strlen(name), lengths[i] < 4096 ? lengths[i] : 4095);
		ck_assert_int_eq(name[strlen(name) - 1] == ':', lengths[i] >= 4096);
	}
	ck_assert_uint_eq(host.messages[PBPF_NOTE], 1);
	image = pbpf_btf_image(btf, &size);
	ck_assert_int_eq(pbpf_btf_parse(&again, image, size, NULL, &env), 0);
	ck_assert_uint_eq(host.messages[PBPF_NOTE], 1);
	ck_assert_mem_eq(pbpf_btf_image(again, &size_again), image, size);
	pbpf_btf_free(again);
	pbpf_btf_free(btf);
}
END_TEST

static struct pbpf_btf *parse_datasec(struct host *host, const struct pbpf_env *env)
{
	struct btf_builder b;
	struct btf_bytes bytes;

	btf_start(&b, false);
	add_int(&b, "int", 4, 1);
	add_var(&b, "a", 1, 1);
	add_var(&b, "b", 1, 1);
	add_var(&b, "c", 1, 1);
	add_datasec(&b, ".data", 0);
	add_variable(&b, 2, 0, 4);
	add_variable(&b, 3, 0, 4);
	add_variable(&b, 4, 0, 4);
	bytes = btf_finish(&b);
	return parse(&bytes, NULL, env, host);
}

START_TEST(variables_are_placed_and_sorted)
{
	static const uint32_t offsets[] = {8, 0, 4}, overlap[] = {8, 0, 3}, beyond[] = {8, 0, 9};
	struct host host = {0};
	struct pbpf_env env = host_env(&host);
	struct pbpf_btf *btf = parse_datasec(&host, &env);
	struct pbpf_btf_type section;

	ck_assert_int_eq(pbpf_btf_place(btf, 5, 12, overlap), -EINVAL);
	ck_assert_str_eq(host.text, "type 5 (DATASEC '.data') at offset 88: variable 'c' at 3 "
				    "overlaps the one before it");
	ck_assert_int_eq(pbpf_btf_place(btf, 5, 12, beyond), -EINVAL);
	ck_assert_str_eq(host.text, "type 5 (DATASEC '.data') at offset 88: variable 'c' at 9 "
				    "overlaps the one before it");
	ck_assert_int_eq(pbpf_btf_place(btf, 5, 11, offsets), -EINVAL);
	ck_assert_str_eq(host.text, "type 5 (DATASEC '.data') at offset 88: variable 'a' (4 bytes "
				    "at 8) passes the section's end at 11");
	ck_assert_int_eq(pbpf_btf_place(btf, 4, 12, offsets), -EINVAL);
	section = pbpf_btf_type(btf, 5);
	ck_assert_uint_eq(section.size, 0);
	ck_assert_uint_eq(pbpf_btf_variable(btf, &section, 0).type, 2);

	ck_assert_int_eq(pbpf_btf_place(btf, 5, 12, offsets), 0);
	section = pbpf_btf_type(btf, 5);
	ck_assert_uint_eq(section.size, 12);
	ck_assert_uint_eq(pbpf_btf_variable(btf, &section, 0).type, 3);
	ck_assert_uint_eq(pbpf_btf_variable(btf, &section, 1).type, 4);
	ck_assert_uint_eq(pbpf_btf_variable(btf, &section, 2).type, 2);
	ck_assert_uint_eq(pbpf_btf_variable(btf, &section, 2).offset, 8);
	pbpf_btf_free(btf);
	ck_assert_uint_eq(host.blocks, 0);
}
END_TEST

START_TEST(types_of_one_kind_one_by_one)
{
	struct host host = {0};
	struct pbpf_env env = host_env(&host);
	struct btf_builder b;
	struct btf_bytes bytes;
	struct pbpf_btf *btf = NULL;

	build_all_kinds(&b, false);
	add_int(&b, "again", 8, 0);
	bytes = btf_finish(&b);
	ck_assert_int_eq(pbpf_btf_parse(&btf, bytes.bytes, bytes.size, NULL, &env), 0);
	free(bytes.bytes);
	ck_assert_uint_eq(pbpf_btf_next(btf, 0, PBPF_KIND_INT), INT);
	ck_assert_uint_eq(pbpf_btf_next(btf, INT, PBPF_KIND_INT), TYPES);
	ck_assert_uint_eq(pbpf_btf_next(btf, TYPES, PBPF_KIND_INT), 0);
	ck_assert_uint_eq(pbpf_btf_next(btf, 0, PBPF_KIND_DATASEC), DATASEC);
	ck_assert_uint_eq(pbpf_btf_next(btf, DATASEC, PBPF_KIND_DATASEC), 0);
	ck_assert_uint_eq(pbpf_btf_next(btf, 1000, PBPF_KIND_INT), 0);
	pbpf_btf_free(btf);
}
END_TEST

START_TEST(no_memory_is_an_error_and_no_leak)
{
	for (unsigned int n = 1;; n++) {
		struct host host = {.fail_at = n};
		struct pbpf_env env = host_env(&host);
		struct btf_builder b;
		struct btf_bytes bytes;
		struct pbpf_btf *btf = NULL;
		int err;

		build_all_kinds(&b, n % 2);
		bytes = btf_finish(&b);
		err = pbpf_btf_parse(&btf, bytes.bytes, bytes.size, NULL, &env);
		free(bytes.bytes);
		pbpf_btf_free(btf);
		ck_assert_uint_eq(host.blocks, 0);
		if (!err)
			break;
		ck_assert_int_eq(err, -ENOMEM);
		ck_assert_ptr_null(btf);
		ck_assert_uint_eq(host.messages[PBPF_ERROR], 1);
		ck_assert_uint_le(n, 20);
	}
}
END_TEST

START_TEST(no_memory_to_place)
{
	static const uint32_t offsets[] = {8, 0, 4};
	struct host host = {0};
	struct pbpf_env env = host_env(&host);
	struct pbpf_btf *btf = parse_datasec(&host, &env);

	host.fail_at = host.allocations + 1;
	ck_assert_int_eq(pbpf_btf_place(btf, 5, 12, offsets), -ENOMEM);
	pbpf_btf_free(btf);
	ck_assert_uint_eq(host.blocks, 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("btf");
	TCase *t = tcase_create("types");

	tcase_add_test(t, every_kind_is_read);
	tcase_add_test(t, sizes_and_aliases);
	tcase_add_test(t, found_by_name_and_kind);
	tcase_add_test(t, split_goes_on_where_its_base_ends);
	tcase_add_test(t, split_may_have_no_strings);
	tcase_add_test(t, the_image_is_in_the_hosts_order);
	tcase_add_test(t, any_arrangement_of_the_sections_is_read);
	tcase_add_loop_test(t, own_bytes_are_written_over, 0, 2);
	tcase_add_test(t, variables_are_placed_and_sorted);
	tcase_add_test(t, types_of_one_kind_one_by_one);
	tcase_add_test(t, no_memory_is_an_error_and_no_leak);
	tcase_add_test(t, no_memory_to_place);
	tcase_add_loop_test(t, long_texts_are_cut, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
