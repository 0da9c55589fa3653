/* SPDX-License-Identifier: MIT */
/*
 * What a good object becomes. Every test runs for each backend and byte order: Check's _i is
 * backend + 2 * big-endian.
 */
#include "elf_sample.h"

static struct pbpf_elf *open_good(int variant, struct host *host, const struct elf_built *image)
{
	struct pbpf_elf *elf = NULL;
	int err = open_image(variant, host, image->bytes, image->size, &elf);

	ck_assert_msg(!err, "%d: %s: %s", err, host->where, host->text);
	ck_assert_uint_eq(host->messages[PBPF_ERROR], 0);
	return elf;
}

static void close_good(struct pbpf_elf *elf, struct host *host)
{
	pbpf_elf_close(elf);
	ck_assert_uint_eq(host->blocks, 0);
	ck_assert_uint_eq(host->bytes, 0);
}

START_TEST(sections_are_as_in_the_file)
{
	struct host host = {0};
	struct elf_builder b;
	struct elf_built image;
	struct pbpf_elf *elf;
	const struct pbpf_section *s;

	sample(&b, big_endian(_i));
	image = build_finish(&b);
	elf = open_good(_i, &host, &image);
	ck_assert_uint_eq(elf->section_count, REL_XDP + 1);
	ck_assert_int_eq(elf->big_endian, big_endian(_i));
	ck_assert_str_eq(elf->sections[0].name, "");
	ck_assert_ptr_null(elf->sections[0].data);
	s = pbpf_elf_section(elf, "license");
	ck_assert_ptr_eq(s, &elf->sections[LICENSE]);
	ck_assert_str_eq(s->name, "license");
	ck_assert_uint_eq(s->size, 4);
	ck_assert_ptr_eq(s->data, image.bytes + built_data(&image, LICENSE));
	ck_assert_uint_eq(s->flags, PBPF_SHF_ALLOC);
	ck_assert_uint_eq(s->type, PBPF_SHT_PROGBITS);
	ck_assert_uint_eq(s->align, 8);
	ck_assert_uint_eq(s->reloc_count, 0);
	s = &elf->sections[BSS];
	ck_assert_ptr_null(s->data);
	ck_assert_uint_eq(s->size, 4096);
	ck_assert_uint_eq(elf->sections[REL_XDP].info, XDP);
	ck_assert_uint_eq(elf->sections[REL_XDP].link, BUILT_SYMTAB);
	ck_assert_ptr_null(pbpf_elf_section(elf, "tc"));
	close_good(elf, &host);
	free(image.bytes);
}
END_TEST

START_TEST(symbols_are_in_host_order)
{
	struct host host = {0};
	struct elf_builder b;
	struct elf_built image;
	struct pbpf_elf *elf;
	const struct pbpf_symbol *s;

	sample(&b, big_endian(_i));
	image = build_finish(&b);
	built_put(&image, built_data(&image, BUILT_SYMTAB) + HELPER * 24 + 5, 1,
		  PBPF_STV_HIDDEN | 0xf0);
	built_put(&image, built_data(&image, BUILT_SYMTAB) + ZERO * 24 + 6, 2, 0xfff2);
	elf = open_good(_i, &host, &image);
	ck_assert_uint_eq(elf->symbol_count, NUMBER + 1);
	ck_assert_str_eq(elf->symbols[0].name, "");
	s = &elf->symbols[HELPER];
	ck_assert_str_eq(s->name, "helper");
	ck_assert_uint_eq(s->section, TEXT);
	ck_assert_uint_eq(s->value, 8);
	ck_assert_uint_eq(s->size, 8);
	ck_assert_uint_eq(s->type, PBPF_STT_FUNC);
	ck_assert_uint_eq(s->bind, PBPF_STB_LOCAL);
	ck_assert_uint_eq(s->visibility, PBPF_STV_HIDDEN);
	ck_assert_uint_eq(elf->symbols[EXTERN].section, PBPF_SHN_UNDEF);
	ck_assert_uint_eq(elf->symbols[EXTERN].bind, PBPF_STB_WEAK);
	ck_assert_uint_eq(elf->symbols[NUMBER].section, PBPF_SHN_ABS);
	ck_assert_uint_eq(elf->symbols[NUMBER].value, UINT64_MAX);
	ck_assert_uint_eq(elf->symbols[ZERO].section, PBPF_SHN_COMMON);
	close_good(elf, &host);
	free(image.bytes);
}
END_TEST

START_TEST(relocations_are_grouped_by_what_they_patch)
{
	struct host host = {0};
	struct elf_builder b;
	struct elf_built image;
	struct pbpf_elf *elf;
	const struct pbpf_section *s;

	sample(&b, big_endian(_i));
	build_reloc(&b, MAPS, 24, MAIN, PBPF_R_64_ABS64);
	build_reloc_section(&b, XDP, PBPF_SHT_REL);
	build_reloc(&b, XDP, 8, EXTERN, 0xffffffff);
	image = build_finish(&b);
	elf = open_good(_i, &host, &image);
	s = &elf->sections[XDP];
	ck_assert_uint_eq(s->reloc_count, 3);
	ck_assert_uint_eq(s->relocs[0].offset, 0);
	ck_assert_uint_eq(s->relocs[0].symbol, COUNTS);
	ck_assert_uint_eq(s->relocs[0].type, PBPF_R_64_64);
	/* The second table's comes in between: they ascend. */
	ck_assert_uint_eq(s->relocs[1].offset, 8);
	ck_assert_uint_eq(s->relocs[1].symbol, EXTERN);
	ck_assert_uint_eq(s->relocs[1].type, 0xffffffff);
	ck_assert_uint_eq(s->relocs[2].offset, 16);
	ck_assert_uint_eq(s->relocs[2].type, PBPF_R_64_32);
	ck_assert_uint_eq(elf->sections[MAPS].reloc_count, 1);
	ck_assert_uint_eq(elf->sections[MAPS].relocs[0].offset, 24);
	ck_assert_uint_eq(elf->sections[TEXT].reloc_count, 0);
	ck_assert_ptr_null(elf->sections[TEXT].relocs);
	close_good(elf, &host);
	free(image.bytes);
}
END_TEST

/* objcopy and the linker of BPF objects keep apart what clang puts in one .strtab. */
START_TEST(symbol_names_come_from_their_own_table)
{
	struct host host = {0};
	struct elf_builder b;
	struct elf_built image;
	struct pbpf_elf *elf;
	uint32_t names;

	sample(&b, big_endian(_i));
	names = build_section(&b, ".names", PBPF_SHT_STRTAB, 0, "\0a\0bc", 6);
	b.sections[BUILT_SYMTAB].link = names;
	image = build_finish(&b);
	for (uint32_t n = 1; n <= NUMBER; n++)
		built_put(&image, built_data(&image, BUILT_SYMTAB) + n * 24, 4, n == MAIN ? 3 : 1);
	elf = open_good(_i, &host, &image);
	ck_assert_str_eq(elf->symbols[MAIN].name, "bc");
	ck_assert_str_eq(elf->symbols[HELPER].name, "a");
	ck_assert_str_eq(elf->sections[XDP].name, "xdp");
	close_good(elf, &host);
	free(image.bytes);
}
END_TEST

START_TEST(an_image_may_lie_anywhere)
{
	struct elf_builder b;
	struct elf_built image;
	unsigned char *moved;

	sample(&b, big_endian(_i));
	image = build_finish(&b);
	moved = malloc(image.size + 8);
	for (size_t shift = 0; shift < 8; shift++) {
		struct host host = {0};
		struct pbpf_elf *elf = NULL;

		memcpy(moved + shift, image.bytes, image.size);
		ck_assert_int_eq(open_image(_i, &host, moved + shift, image.size, &elf), 0);
		ck_assert_ptr_eq(elf->sections[XDP].data, moved + shift + built_data(&image, XDP));
		ck_assert_str_eq(elf->symbols[COUNTS].name, "counts");
		ck_assert_uint_eq(elf->sections[XDP].relocs[1].offset, 16);
		close_good(elf, &host);
	}
	free(moved);
	free(image.bytes);
}
END_TEST

/* Tables need no alignment, as long as the section headers have theirs. */
START_TEST(a_symbol_table_may_lie_anywhere)
{
	struct host host = {0};
	struct elf_builder b;
	struct elf_built image;
	struct pbpf_elf *elf;
	size_t at;

	sample(&b, big_endian(_i));
	build_section(&b, "room", PBPF_SHT_PROGBITS, 0, NULL, 512);
	image = build_finish(&b);
	at = built_data(&image, REL_XDP + 1) + 3;
	memcpy(image.bytes + at, image.bytes + built_data(&image, BUILT_SYMTAB), 24 * (NUMBER + 1));
	built_put(&image, built_section(&image, BUILT_SYMTAB) + 24, 8, at);
	elf = open_good(_i, &host, &image);
	ck_assert_str_eq(elf->symbols[ZERO].name, "zero");
	ck_assert_uint_eq(elf->symbols[ZERO].value, 4088);
	close_good(elf, &host);
	free(image.bytes);
}
END_TEST

START_TEST(no_symbol_table_is_no_symbols)
{
	struct host host = {0};
	struct elf_builder b;
	struct elf_built image;
	struct pbpf_elf *elf;

	build_start(&b, big_endian(_i));
	b.sections[BUILT_SYMTAB].type = PBPF_SHT_PROGBITS;
	image = build_finish(&b);
	elf = open_good(_i, &host, &image);
	ck_assert_uint_eq(elf->symbol_count, 0);
	close_good(elf, &host);
	free(image.bytes);
}
END_TEST

START_TEST(one_name_may_be_used_twice)
{
	struct host host = {0};
	struct elf_builder b;
	struct elf_built image;
	struct pbpf_elf *elf;

	sample(&b, big_endian(_i));
	build_section(&b, ".BTF", PBPF_SHT_PROGBITS, 0, "1", 1);
	build_section(&b, ".BTF", PBPF_SHT_PROGBITS, 0, "2", 1);
	build_section(&b, "license", PBPF_SHT_PROGBITS, 0, NULL, 0);
	image = build_finish(&b);
	elf = open_good(_i, &host, &image);
	ck_assert_ptr_eq(pbpf_elf_section(elf, ".BTF"), &elf->sections[REL_XDP + 1]);
	ck_assert_ptr_eq(pbpf_elf_section(elf, "license"), &elf->sections[LICENSE]);
	close_good(elf, &host);
	free(image.bytes);
}
END_TEST

/* A header of type SHT_NULL is inactive: its other fields mean nothing. */
START_TEST(an_inactive_section_is_empty)
{
	struct host host = {0};
	struct elf_builder b;
	struct elf_built image;
	struct pbpf_elf *elf;
	uint32_t index;

	sample(&b, big_endian(_i));
	index = build_section(&b, "inactive", PBPF_SHT_PROGBITS, 0, NULL, 8);
	image = build_finish(&b);
	memset(image.bytes + built_section(&image, index), 0xff, 64);
	built_put(&image, built_section(&image, index) + 4, 4, 0);
	elf = open_good(_i, &host, &image);
	ck_assert_str_eq(elf->sections[index].name, "");
	ck_assert_uint_eq(elf->sections[index].size, 0);
	ck_assert_uint_eq(elf->sections[index].align, 1);
	ck_assert_ptr_null(elf->sections[index].data);
	close_good(elf, &host);
	free(image.bytes);
}
END_TEST

START_TEST(alignment_is_never_zero)
{
	struct host host = {0};
	struct elf_builder b;
	struct elf_built image;
	struct pbpf_elf *elf;

	sample(&b, big_endian(_i));
	image = build_finish(&b);
	built_put(&image, built_section(&image, XDP) + 48, 8, 0);
	built_put(&image, built_section(&image, MAPS) + 48, 8, 1ull << 63);
	elf = open_good(_i, &host, &image);
	ck_assert_uint_eq(elf->sections[XDP].align, 1);
	ck_assert_uint_eq(elf->sections[MAPS].align, 1ull << 63);
	close_good(elf, &host);
	free(image.bytes);
}
END_TEST

/* As `clang -gz` and gcc -g leave it. */
START_TEST(dwarf_is_passed_over)
{
	struct host host = {0};
	struct elf_builder b;
	struct elf_built image;
	struct pbpf_elf *elf;
	uint32_t info, frame;

	sample(&b, big_endian(_i));
	info = build_section(&b, ".debug_info", PBPF_SHT_PROGBITS, PBPF_SHF_COMPRESSED, NULL, 8);
	build_reloc(&b, info, 1 << 20, MAIN, PBPF_R_64_ABS64);
	frame = build_section(&b, ".debug_frame", PBPF_SHT_PROGBITS, 0, NULL, 8);
	build_reloc_section(&b, frame, PBPF_SHT_RELA);
	image = build_finish(&b);
	elf = open_good(_i, &host, &image);
	ck_assert_str_eq(elf->sections[info].name, ".debug_info");
	ck_assert_uint_eq(elf->sections[info].reloc_count, 0);
	ck_assert_uint_eq(elf->sections[XDP].reloc_count, 2);
	close_good(elf, &host);
	free(image.bytes);
}
END_TEST

/* clang leaves a relocation for each source line in .BTF.ext, and the right number in its place. */
START_TEST(relocations_of_btf_are_passed_over)
{
	struct host host = {0};
	struct elf_builder b;
	struct elf_built image;
	struct pbpf_elf *elf;
	uint32_t btf, ext;

	sample(&b, big_endian(_i));
	btf = build_section(&b, ".BTF", PBPF_SHT_PROGBITS, 0, "12345678", 8);
	build_reloc(&b, btf, 0, MAIN, PBPF_R_64_NODYLD32);
	ext = build_section(&b, ".BTF.ext", PBPF_SHT_PROGBITS, 0, "12345678", 8);
	build_reloc(&b, ext, 4, MAIN, PBPF_R_64_NODYLD32);
	image = build_finish(&b);
	elf = open_good(_i, &host, &image);
	ck_assert_uint_eq(elf->sections[btf].reloc_count, 0);
	ck_assert_uint_eq(elf->sections[ext].reloc_count, 0);
	ck_assert_uint_eq(elf->sections[XDP].reloc_count, 2);
	close_good(elf, &host);
	free(image.bytes);
}
END_TEST

/* Old clang wrote machine 0 before BPF had a number. */
START_TEST(machine_none_is_taken)
{
	struct host host = {0};
	struct elf_builder b;
	struct elf_built image;

	sample(&b, big_endian(_i));
	image = build_finish(&b);
	built_put(&image, 18, 2, 0);
	close_good(open_good(_i, &host, &image), &host);
	free(image.bytes);
}
END_TEST

START_TEST(a_null_env_will_do)
{
	struct elf_builder b;
	struct elf_built image;
	struct pbpf_elf *elf = NULL;

	sample(&b, big_endian(_i));
	image = build_finish(&b);
	ck_assert_int_eq(pbpf_elf_open(&elf, image.bytes, image.size, NULL), 0);
	ck_assert_uint_eq(elf->symbol_count, NUMBER + 1);
	pbpf_elf_close(elf);
	pbpf_elf_close(NULL);
	elf = NULL;
	ck_assert_int_eq(pbpf_elf_open(&elf, NULL, 0, NULL), -EINVAL);
	ck_assert_ptr_null(elf);
	free(image.bytes);
}
END_TEST

/* More sections than 16 bits can count; and every step over them must be linear. */
START_TEST(sections_beyond_sixteen_bits)
{
	struct host host = {0};
	struct elf_builder b;
	struct elf_built image;
	struct pbpf_elf *elf;
	uint32_t last = 0, symbol;

	sample(&b, big_endian(_i));
	while (last < 65300)
		last = build_section(&b, "empty", PBPF_SHT_PROGBITS, 0, NULL, 0);
	last = build_section(&b, "last", PBPF_SHT_PROGBITS, PBPF_SHF_EXECINSTR, NULL, 16);
	symbol = build_symbol(&b, "far", FUNC, last, 8, 8);
	build_symbol(&b, "near", FUNC, XDP, 0, 8);
	build_reloc(&b, last, 0, symbol, PBPF_R_64_64);
	image = build_finish(&b);
	built_put(&image, 62, 2, 0xffff); /* e_shstrndx: see sh_link of section 0 */
	built_put(&image, built_section(&image, 0) + 40, 4, BUILT_STRTAB);
	elf = open_good(_i, &host, &image);
	ck_assert_uint_gt(elf->section_count, 65300);
	ck_assert_str_eq(elf->sections[last].name, "last");
	ck_assert_ptr_eq(pbpf_elf_section(elf, "last"), &elf->sections[last]);
	ck_assert_ptr_eq(pbpf_elf_section(elf, "license"), &elf->sections[LICENSE]);
	ck_assert_ptr_null(pbpf_elf_section(elf, "tc"));
	ck_assert_uint_eq(elf->symbols[symbol].section, last);
	ck_assert_uint_eq(elf->symbols[symbol + 1].section, XDP);
	ck_assert_uint_eq(elf->symbols[MAIN].section, XDP);
	ck_assert_uint_eq(elf->symbols[NUMBER].section, PBPF_SHN_ABS);
	ck_assert_uint_eq(elf->sections[last].relocs[0].symbol, symbol);
	ck_assert_uint_lt(host.peak, 2 * image.size);
	ck_assert_uint_eq(elf->sections[0].size, 0);
	ck_assert_uint_lt(host.allocations, 8);
	close_good(elf, &host);
	free(image.bytes);
}
END_TEST

START_TEST(every_allocation_may_fail)
{
	struct elf_builder b;
	struct elf_built image;
	unsigned char *moved;
	unsigned int n = 0;
	int err;

	sample(&b, big_endian(_i));
	image = build_finish(&b);
	moved = malloc(image.size + 1);
	memcpy(moved + 1, image.bytes, image.size);
	do {
		struct host host = {.fail_at = ++n};
		struct pbpf_elf *elf = NULL;

		err = open_image(_i, &host, moved + 1, image.size, &elf);
		if (err) {
			ck_assert_int_eq(err, -ENOMEM);
			ck_assert_int_eq(host.err, -ENOMEM);
			ck_assert_uint_eq(host.messages[PBPF_ERROR], 1);
			ck_assert_ptr_null(elf);
		}
		close_good(elf, &host);
	} while (err);
	ck_assert_uint_gt(n, 4);
	free(moved);
	free(image.bytes);
}
END_TEST

/* What clang writes from one source in the two byte orders differs in nothing that comes out here. */
START_TEST(committed_objects_open_in_both_orders)
{
	static const char *const files[] = {"tests/data/subprogs.bpf.o",
					    "tests/data/subprogs.bpfeb.o"};
	struct host hosts[2] = {{0}, {0}};
	struct pbpf_elf *elves[2];
	unsigned char *bytes[2];

	for (int i = 0; i < 2; i++) {
		size_t size;

		bytes[i] = read_test_file(files[i], &size);
		ck_assert_int_eq(open_image(_i, &hosts[i], bytes[i], size, &elves[i]), 0);
		ck_assert_int_eq(elves[i]->big_endian, i);
	}
	ck_assert_uint_eq(elves[0]->section_count, elves[1]->section_count);
	ck_assert_uint_eq(elves[0]->symbol_count, elves[1]->symbol_count);
	for (uint32_t n = 0; n < elves[0]->symbol_count; n++) {
		ck_assert_str_eq(elves[0]->symbols[n].name, elves[1]->symbols[n].name);
		ck_assert_uint_eq(elves[0]->symbols[n].value, elves[1]->symbols[n].value);
	}
	for (uint32_t n = 0; n < elves[0]->section_count; n++)
		ck_assert_uint_eq(elves[0]->sections[n].reloc_count,
				  elves[1]->sections[n].reloc_count);
	for (int i = 0; i < 2; i++) {
		close_good(elves[i], &hosts[i]);
		free(bytes[i]);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("elf");
	TCase *good = tcase_create("good objects");

	tcase_add_loop_test(good, sections_are_as_in_the_file, 0, VARIANTS);
	tcase_add_loop_test(good, symbols_are_in_host_order, 0, VARIANTS);
	tcase_add_loop_test(good, relocations_are_grouped_by_what_they_patch, 0, VARIANTS);
	tcase_add_loop_test(good, symbol_names_come_from_their_own_table, 0, VARIANTS);
	tcase_add_loop_test(good, an_image_may_lie_anywhere, 0, VARIANTS);
	tcase_add_loop_test(good, a_symbol_table_may_lie_anywhere, 0, VARIANTS);
	tcase_add_loop_test(good, no_symbol_table_is_no_symbols, 0, VARIANTS);
	tcase_add_loop_test(good, one_name_may_be_used_twice, 0, VARIANTS);
	tcase_add_loop_test(good, an_inactive_section_is_empty, 0, VARIANTS);
	tcase_add_loop_test(good, alignment_is_never_zero, 0, VARIANTS);
	tcase_add_loop_test(good, dwarf_is_passed_over, 0, VARIANTS);
	tcase_add_loop_test(good, relocations_of_btf_are_passed_over, 0, VARIANTS);
	tcase_add_loop_test(good, machine_none_is_taken, 0, VARIANTS);
	tcase_add_loop_test(good, a_null_env_will_do, 0, VARIANTS);
	tcase_add_loop_test(good, sections_beyond_sixteen_bits, 0, VARIANTS);
	tcase_add_loop_test(good, every_allocation_may_fail, 0, VARIANTS);
	tcase_add_loop_test(good, committed_objects_open_in_both_orders, 0, 2);
	suite_add_tcase(s, good);
	return s;
}
