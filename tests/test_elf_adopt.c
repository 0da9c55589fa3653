/* SPDX-License-Identifier: MIT */
/*
 * An image that elf takes over: what is used stays the same, the rest is given back. Check's _i is backend +
 * 2 * big-endian.
 */
#include "elf_sample.h"

/* An object whose image came from the host's memory, and a copy of that. */
struct owned {
	struct host host;
	struct elf_built built;
	uint8_t *image;
	struct pbpf_elf *elf;
};

static void open_owned(struct owned *o, int variant)
{
	struct pbpf_env env = host_env(&o->host);
	int err;

	o->image = env.resize(env.ctx, NULL, 0, o->built.size);
	memcpy(o->image, o->built.bytes, o->built.size);
	err = open_image(variant, &o->host, o->image, o->built.size, &o->elf);
	ck_assert_msg(!err, "%d: %s: %s", err, o->host.where, o->host.text);
}

static void close_owned(struct owned *o)
{
	pbpf_elf_close(o->elf);
	ck_assert_uint_eq(o->host.blocks, 0);
	ck_assert_uint_eq(o->host.bytes, 0);
	free(o->built.bytes);
}

/* Section `index` still has the bytes that the file has. */
static void has_bytes(const struct owned *o, uint32_t index, const char *name)
{
	const struct pbpf_section *s = &o->elf->sections[index];

	ck_assert_str_eq(s->name, name);
	ck_assert_ptr_nonnull(s->data);
	ck_assert_mem_eq(s->data, o->built.bytes + built_data(&o->built, index), s->size);
}

START_TEST(what_is_used_stays)
{
	struct owned o = {0};
	struct elf_builder b;
	uint32_t debug, btf;
	uint8_t *taken;
	size_t before;

	sample(&b, big_endian(_i));
	btf = build_section(&b, ".BTF", PBPF_SHT_PROGBITS, 0, NULL, 2048);
	debug = build_section(&b, ".debug_info", PBPF_SHT_PROGBITS, 0, NULL, 4096);
	o.built = build_finish(&b);
	open_owned(&o, _i);
	before = o.host.bytes;
	ck_assert_int_eq(pbpf_elf_adopt(o.elf, o.image, o.built.size), 0);
	ck_assert_uint_lt(o.host.bytes, before - 4096);
	has_bytes(&o, btf, ".BTF");
	taken = pbpf_elf_take_btf(o.elf, &o.elf->sections[btf]);
	ck_assert_ptr_nonnull(taken);
	memset(taken, 1, 2048);
	has_bytes(&o, XDP, "xdp");
	has_bytes(&o, TEXT, ".text");
	has_bytes(&o, LICENSE, "license");
	ck_assert_ptr_eq(pbpf_elf_section(o.elf, "license"), &o.elf->sections[LICENSE]);
	ck_assert_uint_eq(o.elf->sections[XDP].relocs[1].offset, 16);
	ck_assert_str_eq(o.elf->symbols[HELPER].name, "helper");
	ck_assert_ptr_null(o.elf->sections[debug].data);
	ck_assert_ptr_null(o.elf->sections[btf].data);
	ck_assert_ptr_null(o.elf->sections[BUILT_SYMTAB].data);
	ck_assert_uint_eq(o.elf->sections[btf].size, 2048);
	close_owned(&o);
}
END_TEST

/* The sample, whose symbols have their names in a second table; its section. */
static uint32_t build_with_names(struct owned *o, bool big)
{
	struct elf_builder b;
	uint32_t names;

	sample(&b, big);
	names = build_section(&b, ".names", PBPF_SHT_STRTAB, 0, "\0a\0bc", 6);
	b.sections[BUILT_SYMTAB].link = names;
	o->built = build_finish(&b);
	return names;
}

/* Adopts the object: MAIN is still "bc", HELPER has that name. */
static void adopt_with_names(struct owned *o, int i, const char *helper)
{
	open_owned(o, i);
	ck_assert_int_eq(pbpf_elf_adopt(o->elf, o->image, o->built.size), 0);
	has_bytes(o, XDP, "xdp");
	ck_assert_str_eq(o->elf->symbols[MAIN].name, "bc");
	ck_assert_str_eq(o->elf->symbols[HELPER].name, helper);
	close_owned(o);
}

START_TEST(names_may_be_in_two_tables)
{
	struct owned o = {0};

	build_with_names(&o, big_endian(_i));
	for (uint32_t n = 1; n <= NUMBER; n++)
		built_put(&o.built, built_data(&o.built, BUILT_SYMTAB) + n * 24, 4,
			  n == MAIN ? 3 : 0);
	adopt_with_names(&o, _i, "");
}
END_TEST

/* Two tables may begin at the same byte, and only one of them reach as far as a symbol's name. */
START_TEST(tables_of_names_may_overlap)
{
	struct owned o = {0};
	uint32_t names = build_with_names(&o, big_endian(_i));
	size_t apart;

	apart = built_data(&o.built, names) - built_data(&o.built, BUILT_STRTAB);
	built_put(&o.built, built_section(&o.built, names) + 24, 8,
		  built_data(&o.built, BUILT_STRTAB));
	built_put(&o.built, built_section(&o.built, names) + 32, 8, apart + 6);
	built_put(&o.built, built_data(&o.built, BUILT_SYMTAB) + MAIN * 24, 4, apart + 3);
	adopt_with_names(&o, _i, "helper");
}
END_TEST

/* What later stages can read stays, however odd: code that is called as DWARF or BTF is, and what relocations
 * patch. */
START_TEST(odd_sections_stay)
{
	struct owned o = {0};
	struct elf_builder b;
	uint32_t debug, btf, note;

	sample(&b, big_endian(_i));
	debug = build_section(&b, ".debug_code", PBPF_SHT_PROGBITS, PBPF_SHF_EXECINSTR, NULL, 16);
	btf = build_section(&b, ".BTF", PBPF_SHT_PROGBITS, PBPF_SHF_EXECINSTR, NULL, 16);
	note = build_section(&b, ".maps", 7, 0, NULL, 16);
	build_reloc(&b, note, 0, MAIN, PBPF_R_64_ABS64);
	o.built = build_finish(&b);
	open_owned(&o, _i);
	ck_assert_int_eq(pbpf_elf_adopt(o.elf, o.image, o.built.size), 0);
	ck_assert_ptr_null(pbpf_elf_take_btf(o.elf, &o.elf->sections[btf]));
	has_bytes(&o, debug, ".debug_code");
	has_bytes(&o, btf, ".BTF");
	has_bytes(&o, note, ".maps");
	close_owned(&o);
}
END_TEST

/* What is given away is nobody else's, and nothing of the caller's image. */
START_TEST(taken_is_apart)
{
	struct owned o = {0};
	struct elf_builder b;
	uint32_t btf, ext;

	sample(&b, big_endian(_i));
	btf = build_section(&b, ".BTF", PBPF_SHT_PROGBITS, 0, NULL, 64);
	ext = build_section(&b, ".BTF.ext", PBPF_SHT_PROGBITS, 0, NULL, 64);
	o.built = build_finish(&b);
	built_put(&o.built, built_section(&o.built, ext) + 24, 8,
		  built_data(&o.built, btf) + (_i & 1 ? 63 : 64));
	open_owned(&o, _i);
	ck_assert_ptr_null(pbpf_elf_take_btf(o.elf, &o.elf->sections[btf]));
	ck_assert_int_eq(pbpf_elf_adopt(o.elf, o.image, o.built.size), 0);
	ck_assert_ptr_null(pbpf_elf_take_btf(o.elf, &o.elf->sections[XDP]));
	ck_assert_int_eq(pbpf_elf_take_btf(o.elf, &o.elf->sections[btf]) != NULL, !(_i & 1));
	ck_assert_int_eq(pbpf_elf_take_btf(o.elf, &o.elf->sections[ext]) != NULL, !(_i & 1));
	if (!(_i & 1))
		ck_assert_ptr_null(pbpf_elf_take_btf(o.elf, &o.elf->sections[btf]));
	close_owned(&o);
}
END_TEST

/* Without memory for the names everything is as before, and the image still the caller's. */
START_TEST(no_memory_changes_nothing)
{
	struct owned o = {0};
	struct pbpf_env env = host_env(&o.host);
	struct elf_builder b;

	sample(&b, big_endian(_i));
	o.built = build_finish(&b);
	open_owned(&o, _i);
	o.host.fail_at = o.host.allocations + 1;
	ck_assert_int_eq(pbpf_elf_adopt(o.elf, o.image, o.built.size), -ENOMEM);
	ck_assert_uint_eq(o.host.messages[PBPF_ERROR], 1);
	has_bytes(&o, XDP, "xdp");
	has_bytes(&o, BUILT_SYMTAB, ".symtab");
	env.resize(env.ctx, o.image, o.built.size, 0);
	close_owned(&o);
}
END_TEST

/* A host that cannot shrink a block keeps it as it is. */
START_TEST(memory_need_not_shrink)
{
	struct owned o = {0};
	struct elf_builder b;

	sample(&b, big_endian(_i));
	o.built = build_finish(&b);
	open_owned(&o, _i);
	o.host.fail_at = o.host.allocations + 2;
	ck_assert_int_eq(pbpf_elf_adopt(o.elf, o.image, o.built.size), 0);
	ck_assert_uint_eq(o.host.messages[PBPF_ERROR], 0);
	has_bytes(&o, XDP, "xdp");
	close_owned(&o);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("elf, adopted");
	TCase *t = tcase_create("adopted");

	tcase_add_loop_test(t, what_is_used_stays, 0, VARIANTS);
	tcase_add_loop_test(t, names_may_be_in_two_tables, 0, VARIANTS);
	tcase_add_loop_test(t, tables_of_names_may_overlap, 0, VARIANTS);
	tcase_add_loop_test(t, odd_sections_stay, 0, VARIANTS);
	tcase_add_loop_test(t, taken_is_apart, 0, VARIANTS);
	tcase_add_loop_test(t, no_memory_changes_nothing, 0, VARIANTS);
	tcase_add_loop_test(t, memory_need_not_shrink, 0, VARIANTS);
	suite_add_tcase(s, t);
	return s;
}
