/* SPDX-License-Identifier: MIT */
/*
 * Definitions of maps of before BTF: struct bpf_map_def of any size, in a section "maps".
 */
#include "btf_builder.h"
#include "elf_builder.h"
#include "loader_fixture.h"

struct old_map {
	const char *name;
	uint64_t value, size;
};

/* Opens an object whose section `name` holds `bytes`, with these symbols. */
static int open_legacy(struct fixture *f, const char *name, const void *bytes, size_t size,
		       const struct old_map *maps, size_t count)
{
	struct elf_builder b;
	struct elf_built image;
	uint32_t section;
	int err;

	build_start(&b, HOST_BIG);
	section = build_section(&b, name, PBPF_SHT_PROGBITS, 3, bytes, size);
	for (size_t i = 0; i < count; i++)
		build_symbol(&b, maps[i].name, PBPF_STB_GLOBAL << 4 | PBPF_STT_OBJECT, section,
			     maps[i].value, maps[i].size);
	f->env.level = PBPF_NOTE;
	image = build_finish(&b);
	free(f->image);
	f->image = image.bytes;
	f->size = image.size;
	err = open_object(f);
	return err;
}

static const uint32_t two_old_maps[] = {PBPF_MAP_TYPE_HASH,  8, 16, 32, 1, /* flags, and then */
					PBPF_MAP_TYPE_ARRAY, 4, 8,  2};

START_TEST(old_definitions_are_read)
{
	static const struct old_map maps[] = {{"second", 20, 16}, {"first", 0, 20}};
	struct fixture *f = fixture_new("minimal.bpf");
	const struct pbpf_map_attr *attr;

	ck_assert_int_eq(open_legacy(f, "maps", two_old_maps, sizeof(two_old_maps), maps, 2), 0);
	ck_assert_ptr_nonnull(strstr(f->host.notes, "2 maps are defined in the old way"));
	attr = pbpf_map_attr(pbpf_object_map(f->obj, "first"));
	ck_assert_uint_eq(attr->type, PBPF_MAP_TYPE_HASH);
	ck_assert_uint_eq(attr->key_size, 8);
	ck_assert_uint_eq(attr->value_size, 16);
	ck_assert_uint_eq(attr->max_entries, 32);
	ck_assert_uint_eq(attr->flags, 1);
	attr = pbpf_map_attr(pbpf_object_map(f->obj, "second"));
	ck_assert_uint_eq(attr->max_entries, 2);
	ck_assert_uint_eq(attr->flags, 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_str_eq(fake_kernel_nth(&f->kernel, FAKE_MAP, 1)->map.map_name, "second");
	fixture_free(f);
}
END_TEST

START_TEST(a_symbol_need_not_know_its_size)
{
	static const struct old_map maps[] = {{"first", 0, 0}, {"second", 20, 0}};
	struct fixture *f = fixture_new("minimal.bpf");

	ck_assert_int_eq(open_legacy(f, "maps/x", two_old_maps, sizeof(two_old_maps), maps, 2), 0);
	ck_assert_uint_eq(pbpf_map_attr(pbpf_object_map(f->obj, "first"))->flags, 1);
	ck_assert_uint_eq(pbpf_map_attr(pbpf_object_map(f->obj, "second"))->flags, 0);
	fixture_free(f);
}
END_TEST

static const struct {
	size_t size; /* of the section */
	uint64_t second;
	int err;
	const char *text;
} old_shapes[] = {
	/* M1 */
	{64, 64, 0, NULL}, /* a long tail of zeros */
	{12, 12, -EINVAL, "has a definition of 12 bytes"},
	{64, 8, -EINVAL, "has a definition of 8 bytes"},
	{64, 0, -EINVAL, "has a definition of 0 bytes"},
	{65, 65, -ENOTSUP, "says something in byte 64 of its definition"},
	{4096, 4096, -ENOTSUP, "says something in byte 64 of its definition"},
};

START_TEST(old_definitions_of_any_size)
{
	unsigned char bytes[4096] = {PBPF_MAP_TYPE_HASH, 0, 0, 0, 4, 0, 0, 0, 4, 0, 0, 0, 9};
	struct old_map maps[] = {{"first", 0, 0}, {"second", old_shapes[_i].second, 0}};
	size_t count = old_shapes[_i].second < old_shapes[_i].size ? 2 : 1;
	struct fixture *f = fixture_new("minimal.bpf");

	bytes[64] = 1;
	ck_assert_int_eq(open_legacy(f, "maps", bytes, old_shapes[_i].size, maps, count),
			 old_shapes[_i].err);
	if (old_shapes[_i].text)
		ck_assert_msg(strstr(f->host.text, old_shapes[_i].text), "%s", f->host.text);
	fixture_free(f);
}
END_TEST

/* What BPF_ANNOTATE_KV_PAIR() left beside a definition, with a value of that size. */
static struct fixture *open_annotated(uint32_t value_size)
{
	struct fixture *f = fixture_new("minimal.bpf");
	struct btf_builder types;
	struct btf_bytes btf;
	struct elf_builder b;
	struct elf_built image;
	uint32_t section, key, value;

	btf_start(&types, HOST_BIG);
	key = add_int(&types, "long", 8, 1);
	value = add_struct(&types, "counts", value_size);
	add_struct(&types, "____btf_map_first", 8 + value_size);
	add_member(&types, "key", key, 0);
	add_member(&types, "value", value, 64);
	btf = btf_finish(&types);
	build_start(&b, HOST_BIG);
	section = build_section(&b, "maps", PBPF_SHT_PROGBITS, 3, two_old_maps, 20);
	build_section(&b, ".BTF", PBPF_SHT_PROGBITS, 0, btf.bytes, btf.size);
	build_symbol(&b, "first", PBPF_STB_GLOBAL << 4 | PBPF_STT_OBJECT, section, 0, 20);
	image = build_finish(&b);
	free(btf.bytes);
	free(f->image);
	f->image = image.bytes;
	f->size = image.size;
	f->env.level = PBPF_NOTE;
	ck_assert_int_eq(open_object(f), 0);
	return f;
}

START_TEST(old_definitions_have_types_beside)
{
	struct fixture *f = open_annotated(16);
	const struct pbpf_map_attr *attr = pbpf_map_attr(pbpf_object_map(f->obj, "first"));

	ck_assert_uint_eq(attr->btf_key_type, 1);
	ck_assert_uint_eq(attr->btf_value_type, 2);
	fixture_free(f);

	f = open_annotated(12);
	attr = pbpf_map_attr(pbpf_object_map(f->obj, "first"));
	ck_assert_uint_eq(attr->btf_value_type, 0);
	ck_assert_ptr_nonnull(strstr(f->host.notes, "'first' is created without types"));
	fixture_free(f);
}
END_TEST

START_TEST(a_section_without_symbols_has_no_maps)
{
	struct fixture *f = fixture_new("minimal.bpf");

	ck_assert_int_eq(open_legacy(f, "maps", two_old_maps, sizeof(two_old_maps), NULL, 0), 0);
	ck_assert_ptr_null(pbpf_object_next_map(f->obj, NULL));
	fixture_free(f);
}
END_TEST

START_TEST(an_old_object_loads)
{
	struct fixture *f = loaded("legacy_maps.bpf");

	ck_assert_uint_eq(f->kernel.commands[PBPF_MAP_CREATE], 2);
	ck_assert_uint_eq(pbpf_map_attr(pbpf_object_map(f->obj, "old_hash"))->flags,
			  PBPF_F_NO_PREALLOC);
	fixture_free(f);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("loader: definitions of before BTF");
	TCase *t = tcase_create("old");

	tcase_add_test(t, old_definitions_are_read);
	tcase_add_test(t, a_symbol_need_not_know_its_size);
	tcase_add_loop_test(t, old_definitions_of_any_size, 0,
			    sizeof(old_shapes) / sizeof(old_shapes[0]));
	tcase_add_test(t, old_definitions_have_types_beside);
	tcase_add_test(t, a_section_without_symbols_has_no_maps);
	tcase_add_test(t, an_old_object_loads);
	suite_add_tcase(s, t);
	return s;
}
