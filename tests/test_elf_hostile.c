/* SPDX-License-Identifier: MIT */
/*
 * Objects that are refused, each for one reason: the code, and the words that say why.
 *
 * E1 to E16 and S1 to S9 name the shapes of the project's list of hostile input; those that are not
 * here are not this stage's to refuse (docs/fuzzing.md).
 */
#include "elf_sample.h"

/* Opens what must be refused, with one message. `words` is part of the message's text. */
static void refused(int variant, const char *shape, const void *bytes, size_t size, int err,
		    const char *words)
{
	struct host host = {0};
	struct pbpf_elf *elf = NULL;
	int got = open_image(variant, &host, bytes, size, &elf);

	ck_assert_msg(got == err, "%s: %d instead of %d: %s", shape, got, err, host.text);
	ck_assert_msg(strstr(host.text, words) != NULL, "%s: \"%s\" does not say \"%s\"", shape,
		      host.text, words);
	ck_assert_msg(host.hint[0], "%s: no hint", shape);
	ck_assert_uint_eq(host.messages[PBPF_ERROR], 1);
	ck_assert_int_eq(host.err, err);
	ck_assert_str_eq(host.stage, "elf");
	ck_assert_ptr_null(elf);
	ck_assert_uint_eq(host.blocks, 0);
}

/* Where a field is: offset `field` of the file header or of a record. */
enum place { FILE_HEADER, SECTION, SYMBOL, RELOC };

/* One number of sample() is wrong. */
static const struct wrong {
	const char *shape;
	enum place place;
	unsigned int index, field, width;
	uint64_t value;
	int err;
	const char *words;
} wrongs[] = {
	{"E2 class 1", FILE_HEADER, 0, 4, 1, 1, -ENOTSUP, "32-bit"},
	{"E2 class 0", FILE_HEADER, 0, 4, 1, 0, -EINVAL, "class 0"},
	{"E2 class 3", FILE_HEADER, 0, 4, 1, 3, -EINVAL, "class 3"},
	{"E2 byte order 0", FILE_HEADER, 0, 5, 1, 0, -EINVAL, "byte order 0"},
	{"E2 byte order 3", FILE_HEADER, 0, 5, 1, 3, -EINVAL, "byte order 3"},
	{"E2 ident version", FILE_HEADER, 0, 6, 1, 0, -EINVAL, "version 0"},
	{"E2 version", FILE_HEADER, 0, 20, 4, 2, -EINVAL, "version 2"},
	{"E3 x86-64", FILE_HEADER, 0, 18, 2, 62, -ENOTSUP, "object for x86-64"},
	{"E3 a machine", FILE_HEADER, 0, 18, 2, 9999, -ENOTSUP, "machine 9999"},
	{"E3 ET_NONE", FILE_HEADER, 0, 16, 2, 0, -ENOTSUP, "ELF type 0"},
	{"E3 ET_EXEC", FILE_HEADER, 0, 16, 2, 2, -ENOTSUP, "ELF type 2"},
	{"E3 ET_DYN", FILE_HEADER, 0, 16, 2, 3, -ENOTSUP, "was linked"},
	{"E4 no table", FILE_HEADER, 0, 40, 8, 0, -EINVAL, "no section header table"},
	{"E4 table wraps", FILE_HEADER, 0, 40, 8, 0xfffffffffffffff0, -EINVAL, "begins after"},
	{"E4 table past the end", FILE_HEADER, 0, 40, 8, 1 << 20, -EINVAL, "begins after"},
	{"E4 unaligned table", FILE_HEADER, 0, 40, 8, 65, -EINVAL, "no multiple of 8"},
	{"E5 count 0", FILE_HEADER, 0, 60, 2, 0, -EINVAL, "no sections"},
	{"E5 count too high", FILE_HEADER, 0, 60, 2, 10, -EINVAL, "ends after the file"},
	{"E6 entry size 0", FILE_HEADER, 0, 58, 2, 0, -EINVAL, "headers of 0 bytes"},
	{"E6 entry size 63", FILE_HEADER, 0, 58, 2, 63, -EINVAL, "headers of 63 bytes"},
	{"E6 entry size 65", FILE_HEADER, 0, 58, 2, 65, -EINVAL, "headers of 65 bytes"},
	{"E7 names nowhere", FILE_HEADER, 0, 62, 2, 0, -EINVAL, "names of sections"},
	{"E7 names past the end", FILE_HEADER, 0, 62, 2, 9, -EINVAL, "in section 9 of 9"},
	{"E7 names extended", FILE_HEADER, 0, 62, 2, 0xffff, -EINVAL, "in section 0 of 9"},
	{"E7 names in NOBITS", FILE_HEADER, 0, 62, 2, BSS, -EINVAL, "no string table"},
	{"E7 names in the program", FILE_HEADER, 0, 62, 2, XDP, -EINVAL, "no string table"},
	{"E7 names without NUL", SECTION, BUILT_STRTAB, 32, 8, 6, -EINVAL, "not end in NUL"},
	{"E7 names without bytes", SECTION, BUILT_STRTAB, 32, 8, 0, -EINVAL, "not end in NUL"},
	{"E8 name past the end", SECTION, XDP, 0, 4, 1 << 20, -EINVAL, "name of section 3"},
	{"E9 names past the end", SECTION, BUILT_STRTAB, 32, 8, 4096, -EINVAL, "ends after"},
	{"E9 offset wraps", SECTION, XDP, 24, 8, UINT64_MAX, -EINVAL, "ends after the file"},
	{"E9 size wraps", SECTION, XDP, 32, 8, UINT64_MAX - 8, -EINVAL, "ends after the file"},
	{"E9 size 2^63", SECTION, MAPS, 32, 8, 1ull << 63, -EINVAL, "ends after the file"},
	{"E10 two .symtab", SECTION, MAPS, 4, 4, PBPF_SHT_SYMTAB, -EINVAL, "second symbol table"},
	{"E10 no .symtab", SECTION, BUILT_SYMTAB, 4, 4, 1, -EINVAL, "not the symbol table"},
	{"E11 .symtab NOBITS", SECTION, BUILT_SYMTAB, 4, 4, 8, -EINVAL, "not the symbol table"},
	{"E11 program NOBITS", SECTION, XDP, 4, 4, 8, -EINVAL, "no bytes to patch"},
	{"E12 program", SECTION, XDP, 8, 8, PBPF_SHF_COMPRESSED, -ENOTSUP, "is compressed"},
	{"E12 symbols", SECTION, BUILT_SYMTAB, 8, 8, 1 << 11, -ENOTSUP, "is compressed"},
	{"E13 entry size 0", SECTION, BUILT_SYMTAB, 56, 8, 0, -EINVAL, "entries of 0 bytes"},
	{"E13 entry size 1", SECTION, BUILT_SYMTAB, 56, 8, 1, -EINVAL, "entries of 1 bytes"},
	{"E13 entry size 23", SECTION, BUILT_SYMTAB, 56, 8, 23, -EINVAL, "entries of 23 bytes"},
	{"E13 part of a symbol", SECTION, BUILT_SYMTAB, 32, 8, 25, -EINVAL, "no multiple"},
	{"E13 relocation size", SECTION, REL_XDP, 56, 8, 24, -EINVAL, "entries of 24 bytes"},
	{"E13 part of a relocation", SECTION, REL_XDP, 32, 8, 17, -EINVAL, "no multiple"},
	{"E14 alignment 3", SECTION, XDP, 48, 8, 3, -EINVAL, "no power of two"},
	{"S1 section past the end", SYMBOL, MAIN, 6, 2, 9, -EINVAL, "section 9, the last one is 8"},
	{"S1 reserved section", SYMBOL, MAIN, 6, 2, 0xff00, -EINVAL, "section 65280"},
	{"S1 XINDEX without table", SYMBOL, MAIN, 6, 2, 0xffff, -EINVAL, "not there"},
	{"S2 name past the end", SYMBOL, MAIN, 0, 4, 1 << 20, -EINVAL, "name of symbol 1"},
	{"S2 names in NOBITS", SECTION, BUILT_SYMTAB, 40, 4, BSS, -EINVAL, "no string table"},
	{"S2 names nowhere", SECTION, BUILT_SYMTAB, 40, 4, 0, -EINVAL, "names of symbols"},
	{"S2 names past the end", SECTION, BUILT_SYMTAB, 40, 4, 9, -EINVAL, "in section 9 of 9"},
	{"S3 value below 0", SYMBOL, MAIN, 8, 8, -UINT64_C(72), -EINVAL, "outside its section"},
	{"S4 size wraps", SYMBOL, HELPER, 16, 8, UINT64_MAX, -EINVAL, "outside its section"},
	{"S4 one byte too long", SYMBOL, MAIN, 16, 8, 33, -EINVAL, "'main' (33 bytes at byte 0)"},
	{"S4 more than 4 GiB", SYMBOL, ZERO, 16, 8, 1ull << 33, -EINVAL, "outside its section"},
	{"S7 of section 0", SECTION, REL_XDP, 44, 4, 0, -EINVAL, "no bytes to patch"},
	{"S7 past the end", SECTION, REL_XDP, 44, 4, 9, -EINVAL, "no bytes to patch"},
	{"S7 of itself", SECTION, REL_XDP, 44, 4, REL_XDP, -EINVAL, "no bytes to patch"},
	{"S7 of NOBITS", SECTION, REL_XDP, 44, 4, BSS, -EINVAL, "no bytes to patch"},
	{"S7 by no symbols", SECTION, REL_XDP, 40, 4, BUILT_STRTAB, -EINVAL, "symbol table"},
	{"S8 at the end", RELOC, 0, 0, 8, 32, -EINVAL, "byte 32 of section 'xdp', which has 32"},
	{"S8 wraps", RELOC, 1, 0, 8, -UINT64_C(8), -EINVAL, "relocation 1"},
	{"S9 symbol past the end", RELOC, 1, 8, 8, 7ull << 32 | 1, -EINVAL, "by symbol 7 of 7"},
	{"S11 RELA", SECTION, REL_XDP, 4, 4, PBPF_SHT_RELA, -ENOTSUP, "SHT_RELA"},
	{"S11 CREL", SECTION, REL_XDP, 4, 4, 0x40000014, -ENOTSUP, "SHT_CREL"},
};

static size_t place_of(const struct elf_built *image, const struct wrong *w)
{
	switch (w->place) {
	case FILE_HEADER: return w->field;
	case SECTION: return built_section(image, w->index) + w->field;
	case SYMBOL: return built_data(image, BUILT_SYMTAB) + w->index * 24 + w->field;
	case RELOC: return built_data(image, REL_XDP) + w->index * 16 + w->field;
	}
	return 0;
}

START_TEST(one_wrong_number_is_named)
{
	for (size_t i = 0; i < sizeof(wrongs) / sizeof(*wrongs); i++) {
		const struct wrong *w = &wrongs[i];
		struct elf_builder b;
		struct elf_built image;

		sample(&b, big_endian(_i));
		image = build_finish(&b);
		built_put(&image, place_of(&image, w), w->width, w->value);
		refused(_i, w->shape, image.bytes, image.size, w->err, w->words);
		free(image.bytes);
	}
}
END_TEST

/* E1, and what else people hand over. */
START_TEST(other_files_are_told_apart)
{
	static const struct {
		const char *bytes;
		size_t size;
		const char *words;
	} files[] = {
		{"", 0, "the file is empty"},
		{"\177ELF", 4, "within the ELF header, after 4 of 64 bytes"},
		{"\177ELF\2\1\1", 7, "within the ELF header, after 7 of 64 bytes"},
		{"\177EL", 3, "begins with byte 0x7f"},
		{"#include <linux/bpf.h>\n", 23, "it is text"},
		{"BC\xc0\xde\x35\x14", 6, "LLVM bitcode"},
		{"!<arch>\n/       ", 16, "an archive of objects"},
		{"\x9f\xeb\1\0\x18\0\0\0", 8, "plain BTF"},
		{"\x1f\x8b\x08", 3, "gzip"},
		{"\0\0\0\0", 4, "begins with byte 0x00"},
	};

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		refused(_i, files[i].words, files[i].bytes, files[i].size, -EINVAL, files[i].words);
}
END_TEST

/* E15: the section header table is the last thing in the file, so no shorter file is whole. */
START_TEST(a_file_may_end_anywhere)
{
	struct elf_builder b;
	struct elf_built image;

	sample(&b, big_endian(_i));
	image = build_finish(&b);
	for (size_t size = 0; size < image.size; size++) {
		unsigned char *part = malloc(size ? size : 1);

		memcpy(part, image.bytes, size);
		refused(_i, "E15 truncated", part, size, -EINVAL, size ? "the " : "empty");
		free(part);
	}
	free(image.bytes);
}
END_TEST

/* The same with the table in front, so that contents are missing. */
START_TEST(contents_may_end_anywhere)
{
	struct elf_builder b;
	struct elf_built image;
	unsigned char *front;
	size_t table;

	sample(&b, big_endian(_i));
	image = build_finish(&b);
	table = image.size - image.table;
	front = malloc(image.size + table);
	memcpy(front, image.bytes, 64);
	memcpy(front + 64, image.bytes + image.table, table);
	memcpy(front + 64 + table, image.bytes + 64, image.size - 64);
	image.bytes = (free(image.bytes), front);
	image.table = 64;
	built_put(&image, 40, 8, 64);
	for (uint32_t i = 1; i <= REL_XDP; i++)
		built_put(&image, built_section(&image, i) + 24, 8, built_data(&image, i) + table);
	for (size_t size = 64 + table; size < image.size; size++) {
		unsigned char *part = malloc(size);

		memcpy(part, image.bytes, size);
		refused(_i, "E15 truncated", part, size, -EINVAL, "ends after the file");
		free(part);
	}
	free(image.bytes);
}
END_TEST

/* E5: e_shnum 0 moves the count to sh_size of section 0. */
START_TEST(a_count_beyond_the_file_is_refused)
{
	static const uint64_t counts[] = {10, 1ull << 32, (1ull << 32) + 9, 1ull << 60, UINT64_MAX};
	struct host host = {0};
	struct elf_builder b;
	struct elf_built image;
	struct pbpf_elf *elf;

	sample(&b, big_endian(_i));
	image = build_finish(&b);
	built_put(&image, 60, 2, 0);
	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
		built_put(&image, image.table + 32, 8, counts[i]);
		refused(_i, "E5", image.bytes, image.size, -EINVAL, "ends after the file");
	}
	built_put(&image, image.table + 32, 8, 1);
	refused(_i, "E5 count 1", image.bytes, image.size, -EINVAL, "in section 1 of 1");
	built_put(&image, image.table + 32, 8, 9);
	ck_assert_int_eq(open_image(_i, &host, image.bytes, image.size, &elf), 0);
	pbpf_elf_close(elf);
	free(image.bytes);
}
END_TEST

/* E8: names are anything but unterminated, and are made harmless where they are shown. */
START_TEST(a_hostile_name_is_only_a_name)
{
	static const char name[] = "\x1b[31m%s\n";
	size_t length = 4095; /* the longest */
	char *huge = malloc(length + 1);
	struct elf_builder b;
	struct elf_built image;
	uint32_t index;

	memset(huge, 'A', length);
	huge[length] = '\0';
	sample(&b, big_endian(_i));
	index = build_section(&b, name, PBPF_SHT_PROGBITS, 0, NULL, 8);
	build_symbol(&b, huge, FUNC, index, 0, 9);
	image = build_finish(&b);
	refused(_i, "E8", image.bytes, image.size, -EINVAL, "'AAAAAAAA");
	built_put(&image, built_section(&image, index) + 48, 8, 3);
	refused(_i, "E8", image.bytes, image.size, -EINVAL, "no power of two");
	free(image.bytes);
	free(huge);
}
END_TEST

/* E8: one past the last byte of the names. */
START_TEST(a_name_at_the_end_of_its_table)
{
	struct host host = {0};
	struct elf_builder b;
	struct elf_built image;
	struct pbpf_elf *elf;
	uint64_t size;

	sample(&b, big_endian(_i));
	image = build_finish(&b);
	size = built_get(&image, built_section(&image, BUILT_STRTAB) + 32, 8);
	built_put(&image, built_section(&image, XDP), 4, size);
	refused(_i, "E8", image.bytes, image.size, -EINVAL, "name of section 3");
	built_put(&image, built_section(&image, XDP), 4, size - 1);
	ck_assert_int_eq(open_image(_i, &host, image.bytes, image.size, &elf), 0);
	ck_assert_str_eq(elf->sections[XDP].name, "");
	pbpf_elf_close(elf);
	free(image.bytes);
}
END_TEST

/* Many names may be the ends of one text; sorted by name, they must not cost more than the file. */
START_TEST(a_name_has_a_limit)
{
	char huge[4097] = "";
	struct elf_builder b;
	struct elf_built image;

	memset(huge, 'A', 4096);
	sample(&b, big_endian(_i));
	build_symbol(&b, huge, FUNC, XDP, 0, 8);
	image = build_finish(&b);
	refused(_i, "E8", image.bytes, image.size, -EINVAL, "has 4096 bytes or more");
	free(image.bytes);
	sample(&b, big_endian(_i));
	build_section(&b, huge, PBPF_SHT_PROGBITS, 0, "", 1);
	image = build_finish(&b);
	refused(_i, "E8", image.bytes, image.size, -EINVAL, "the name of section");
	free(image.bytes);
}
END_TEST

/* A short file whose relocation sections all name the same bytes must not become long arrays. */
START_TEST(relocations_are_not_multiplied)
{
	struct elf_builder b;
	struct elf_built image;
	uint32_t first, last = 0;

	sample(&b, big_endian(_i));
	first = build_reloc_section(&b, XDP, PBPF_SHT_REL);
	for (int i = 0; i < 1000; i++)
		build_reloc(&b, XDP, 8, MAIN, PBPF_R_64_64);
	for (int i = 0; i < 1000; i++)
		last = build_reloc_section(&b, XDP, PBPF_SHT_REL);
	image = build_finish(&b);
	for (uint32_t i = first + 1; i <= last; i++) {
		built_put(&image, built_section(&image, i) + 24, 8, built_data(&image, first));
		built_put(&image, built_section(&image, i) + 32, 8, 16000);
	}
	refused(_i, "overlap", image.bytes, image.size, -EINVAL, "relocation sections overlap");
	free(image.bytes);
}
END_TEST

/* S1: section indices beside the symbol table. */
START_TEST(extended_indices_belong_to_their_symbols)
{
	static const uint32_t index[7] = {0, 9, 0, 0, 0, 0, 0}, none[7] = {0};
	struct elf_builder b;
	struct elf_built image;
	uint32_t table;
	size_t at;

	sample(&b, big_endian(_i));
	table = build_section(&b, ".symtab_shndx", 18, 0, none, sizeof(none));
	b.sections[table].link = BUILT_SYMTAB;
	b.sections[table].entry_size = 4;
	image = build_finish(&b);
	at = built_data(&image, BUILT_SYMTAB) + MAIN * 24;
	built_put(&image, at + 6, 2, 0xffff);
	for (size_t i = 0; i < 7; i++)
		built_put(&image, built_data(&image, table) + i * 4, 4, index[i]);
	refused(_i, "S1 length", image.bytes, image.size, -EINVAL, "lies outside its section");
	built_put(&image, built_data(&image, table) + 4, 4, 0xfffffff1);
	refused(_i, "S1 index", image.bytes, image.size, -EINVAL, "section 4294967281");
	built_put(&image, built_section(&image, table) + 32, 8, 24);
	refused(_i, "S1 size", image.bytes, image.size, -EINVAL, "does not fit the symbol table");
	built_put(&image, built_section(&image, table) + 56, 8, 8);
	refused(_i, "S1 entry", image.bytes, image.size, -EINVAL, "entries of 8 bytes");
	built_put(&image, built_section(&image, MAPS) + 4, 4, 18);
	refused(_i, "S1 two", image.bytes, image.size, -EINVAL, "second table of section indices");
	free(image.bytes);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("elf, hostile");
	TCase *shapes = tcase_create("shapes");

	tcase_add_loop_test(shapes, one_wrong_number_is_named, 0, VARIANTS);
	tcase_add_loop_test(shapes, other_files_are_told_apart, 0, VARIANTS);
	tcase_add_loop_test(shapes, a_file_may_end_anywhere, 0, VARIANTS);
	tcase_add_loop_test(shapes, contents_may_end_anywhere, 0, VARIANTS);
	tcase_add_loop_test(shapes, a_count_beyond_the_file_is_refused, 0, VARIANTS);
	tcase_add_loop_test(shapes, a_hostile_name_is_only_a_name, 0, VARIANTS);
	tcase_add_loop_test(shapes, a_name_has_a_limit, 0, VARIANTS);
	tcase_add_loop_test(shapes, a_name_at_the_end_of_its_table, 0, VARIANTS);
	tcase_add_loop_test(shapes, relocations_are_not_multiplied, 0, VARIANTS);
	tcase_add_loop_test(shapes, extended_indices_belong_to_their_symbols, 0, VARIANTS);
	suite_add_tcase(s, shapes);
	return s;
}
