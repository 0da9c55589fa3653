/* SPDX-License-Identifier: MIT */
/*
 * Symbols, relocations and instructions that no compiler writes, each through the whole loader: what comes of
 * it, and in which words. The numbers are those of the catalogue of hostile shapes: S for symbols and
 * relocations, M for maps, of which others are in test_loader_map_definitions.c (M2 to M5, M8, M9),
 * test_loader_map_legacy.c (M1), test_loader_map_pins.c (M11), test_loader_extern_hostile.c (S15, M14) and
 * test_loader_kconfig.c (M15); what grows with the input (S13) in test_loader_proportion.c; X, CO-RE, in
 * test_relo_core_hostile.c.
 *
 *	section "socket"   0: r1 = map "m" ll     section ".text"   0: f: r0 = 0
 *	                   2: call f                                1:    exit
 *	                   3: r1 = .data + 8 ll
 *	                   5: exit                sections ".data" of 16 bytes, "maps" of 20
 */
#include "btf_builder.h"
#include "elf_builder.h"
#include "loader_fixture.h"
#include "op.h"

enum { MOV = 0xb7, NONE = UINT32_MAX };
enum { PROG_SYMBOL = 1, F_SYMBOL, MAP_SYMBOL, DATA_SYMBOL, SYMBOLS };
enum { PROG, TEXT, DATA, MAPS, PARTS };

struct sample {
	struct pbpf_insn prog[6], text[2];
	size_t prog_size;
	uint32_t part[PARTS]; /* the indices of the sections */
	struct {
		const char *name;
		uint8_t info;
		uint32_t part; /* or NONE: `section` */
		uint32_t section;
		uint64_t value, size;
	} symbols[SYMBOLS];
	struct {
		uint64_t offset;
		uint32_t symbol, type;
	} relocs[3];
	const char *data_name;
	uint32_t data_type;
	struct elf_built image;
};

static void good_sample(struct sample *s)
{
	const uint8_t global = PBPF_STB_GLOBAL << 4;

	*s = (struct sample){
		.prog = {op(PBPF_OP_LD_IMM64, 0, 0), op(0, 0, 0), op(PBPF_OP_CALL, 1, -1),
			 op(PBPF_OP_LD_IMM64, 0, 0), op(0, 0, 0), op(PBPF_OP_EXIT, 0, 0)},
		.text = {op(MOV, 0, 0), op(PBPF_OP_EXIT, 0, 0)},
		.prog_size = sizeof(s->prog),
		.symbols = {[PROG_SYMBOL] = {"prog", global | PBPF_STT_FUNC, PROG, 0, 0, 48},
			    [F_SYMBOL] = {"f", global | PBPF_STT_FUNC, TEXT, 0, 0, 16},
			    [MAP_SYMBOL] = {"m", global | PBPF_STT_OBJECT, MAPS, 0, 0, 20},
			    [DATA_SYMBOL] = {"d", global | PBPF_STT_OBJECT, DATA, 0, 8, 8}},
		.relocs = {{0, MAP_SYMBOL, PBPF_R_64_64},
			   {16, F_SYMBOL, PBPF_R_64_32},
			   {24, DATA_SYMBOL, PBPF_R_64_64}},
		.data_name = ".data",
		.data_type = PBPF_SHT_PROGBITS,
	};
}

static void build_sample(struct sample *s)
{
	static const uint32_t map[5] = {PBPF_MAP_TYPE_ARRAY, 4, 8, 1, 0};
	static const uint8_t data[16];
	struct elf_builder b;

	build_start(&b, HOST_BIG);
	s->part[PROG] = build_section(&b, "socket", PBPF_SHT_PROGBITS, PBPF_SHF_EXECINSTR, s->prog,
				      s->prog_size);
	s->part[TEXT] = build_section(&b, ".text", PBPF_SHT_PROGBITS, PBPF_SHF_EXECINSTR, s->text,
				      sizeof(s->text));
	s->part[DATA] = build_section(&b, s->data_name, s->data_type, PBPF_SHF_ALLOC,
				      s->data_type == PBPF_SHT_NOBITS ? NULL : data, sizeof(data));
	s->part[MAPS] =
		build_section(&b, "maps", PBPF_SHT_PROGBITS, PBPF_SHF_ALLOC, map, sizeof(map));
	for (uint32_t i = 1; i < SYMBOLS; i++)
		build_symbol(&b, s->symbols[i].name, s->symbols[i].info,
			     s->symbols[i].part == NONE ? s->symbols[i].section
							: s->part[s->symbols[i].part],
			     s->symbols[i].value, s->symbols[i].size);
	for (size_t i = 0; i < 3; i++)
		if (s->relocs[i].symbol != NONE)
			build_reloc(&b, s->part[PROG], s->relocs[i].offset, s->relocs[i].symbol,
				    s->relocs[i].type);
	s->image = build_finish(&b);
}

/* --- Spoiling: before the image is built, and after ------------------------------------------- */

static void nothing(struct sample *s)
{
	(void)s;
}

static void symbol_field(struct sample *s, uint32_t symbol, size_t at, unsigned int width,
			 uint64_t value)
{
	built_put(&s->image, built_data(&s->image, BUILT_SYMTAB) + symbol * (size_t)24 + at, width,
		  value);
}

/* The header of the relocations of "socket", the last section. */
static void reloc_header(struct sample *s, size_t at, unsigned int width, uint64_t value)
{
	uint32_t count = (uint32_t)built_get(&s->image, 60, 2);

	built_put(&s->image, built_section(&s->image, count - 1) + at, width, value);
}

#define BEFORE(name, ...)                  \
	static void name(struct sample *s) \
	{                                  \
		__VA_ARGS__;               \
	}
#define AFTER BEFORE

AFTER(section_of_nowhere, symbol_field(s, DATA_SYMBOL, 6, 2, 0x7000))
BEFORE(absolute, s->symbols[DATA_SYMBOL].part = NONE;
       s->symbols[DATA_SYMBOL].section = PBPF_SHN_ABS)
BEFORE(common, s->symbols[DATA_SYMBOL].part = NONE;
       s->symbols[DATA_SYMBOL].section = PBPF_SHN_COMMON)
AFTER(name_beyond, symbol_field(s, DATA_SYMBOL, 0, 4, 0xfffff))
AFTER(begins_before, symbol_field(s, F_SYMBOL, 8, 8, (uint64_t)-72);
      symbol_field(s, F_SYMBOL, 16, 8, 104))
BEFORE(ends_behind, s->symbols[F_SYMBOL].size = 17)
BEFORE(four_gib, s->symbols[F_SYMBOL].size = ((uint64_t)1 << 32) + 16)
BEFORE(wraps_64, s->symbols[F_SYMBOL].value = 8; s->symbols[F_SYMBOL].size = UINT64_MAX)
BEFORE(size_0, s->symbols[F_SYMBOL].size = 0)
BEFORE(size_4, s->symbols[F_SYMBOL].size = 4)
BEFORE(size_12, s->symbols[F_SYMBOL].size = 12)
BEFORE(overlap, s->symbols[DATA_SYMBOL] = s->symbols[F_SYMBOL]; s->symbols[DATA_SYMBOL].value = 8;
       s->symbols[DATA_SYMBOL].size = 8; s->relocs[2].symbol = F_SYMBOL)
BEFORE(gap, s->symbols[F_SYMBOL].size = 8)
BEFORE(same_name, s->symbols[F_SYMBOL].name = "prog")
BEFORE(odd_section, s->prog_size = sizeof(s->prog) - 4; s->symbols[PROG_SYMBOL].size = 40)
BEFORE(empty_section, s->prog_size = 0; s->symbols[PROG_SYMBOL].size = 0;
       s->relocs[0].symbol = s->relocs[1].symbol = s->relocs[2].symbol = NONE)
AFTER(relocs_of_nowhere, reloc_header(s, 44, 4, 0x7000))
AFTER(relocs_of_nothing, reloc_header(s, 44, 4, 0))
AFTER(relocs_of_themselves, reloc_header(s, 44, 4, built_get(&s->image, 60, 2) - 1))
AFTER(relocs_without_symbols, reloc_header(s, 40, 4, s->part[DATA]))
BEFORE(reloc_behind, s->relocs[2].offset = 48)
BEFORE(reloc_half_behind, s->relocs[2].offset = 41)
BEFORE(reloc_odd, s->relocs[2].offset = 25)
BEFORE(reloc_before, s->relocs[2].offset = (uint64_t)-8)
BEFORE(reloc_of_no_symbol, s->relocs[2].symbol = 4711)
BEFORE(half_a_load, s->prog[5] = op(PBPF_OP_LD_IMM64, 0, 0); s->relocs[2].offset = 40)
BEFORE(reloc_of_exit, s->relocs[2].offset = 40)
BEFORE(reloc_of_half, s->relocs[2].offset = 32)
BEFORE(two_relocs, s->relocs[2].offset = 0)
BEFORE(unknown_type, s->relocs[2].type = 77)
BEFORE(type_of_call, s->relocs[2].type = PBPF_R_64_32)
AFTER(with_addends, reloc_header(s, 4, 4, PBPF_SHT_RELA))
BEFORE(call_before, s->relocs[1].symbol = NONE; s->prog[2].imm = -4)
BEFORE(call_behind, s->relocs[1].symbol = NONE; s->prog[2].imm = 1000)
BEFORE(call_far, s->relocs[1].symbol = NONE; s->prog[2].imm = INT32_MIN)
BEFORE(call_middle, s->relocs[1].symbol = NONE; s->prog[2].imm = 1)
BEFORE(call_middle_of_f, s->prog[2].imm = 0)
BEFORE(call_itself, s->relocs[1].symbol = NONE; s->prog[2].imm = -3)
BEFORE(call_data, s->relocs[1].symbol = DATA_SYMBOL)
BEFORE(addend_far, s->symbols[DATA_SYMBOL].info = PBPF_STT_SECTION; s->prog[3].imm = INT32_MAX)
BEFORE(addend_negative, s->prog[3].imm = -9)
BEFORE(string_section, s->data_name = ".rodata.str1.1")
BEFORE(other_section, s->data_name = "other")
BEFORE(arena_without, s->data_name = ".addr_space.1")
BEFORE(map_middle, s->prog[0].imm = 4)

static const struct shape {
	const char *name;
	void (*before)(struct sample *s);
	void (*after)(struct sample *s);
	int err;
	const char *text; /* NULL: it loads */
} shapes[] = {
	{"good", nothing, nothing, 0, NULL},
	{"S1 a section beyond all", nothing, section_of_nowhere, -EINVAL, "section"},
	{"S1 absolute", absolute, nothing, -EINVAL, "refers to 'd'"},
	{"S1 common", common, nothing, -EINVAL, "refers to 'd'"},
	{"S2 a name beyond the strings", nothing, name_beyond, -EINVAL, "name"},
	{"S3 begins before its section", nothing, begins_before, -EINVAL, "symbol"},
	{"S4 one byte too long", ends_behind, nothing, -EINVAL, "'f'"},
	{"S4 more than 4 GiB", four_gib, nothing, -EINVAL, "'f'"},
	{"S4 wraps 64 bits", wraps_64, nothing, -EINVAL, "'f'"},
	{"S5 no instruction", size_0, nothing, -EINVAL, "'f' of 0 bytes"},
	{"S5 half an instruction", size_4, nothing, -EINVAL, "'f' of 4 bytes"},
	{"S5 one and a half", size_12, nothing, -EINVAL, "'f' of 12 bytes"},
	{"S5 overlap", overlap, nothing, -EINVAL, "functions 'f' and 'f' overlap"},
	{"S5 a gap", gap, nothing, 0, NULL},
	{"S5 one name", same_name, nothing, 0, NULL},
	{"S6 an odd section", odd_section, nothing, 0, NULL},
	{"S6 an empty section", empty_section, nothing, -EINVAL, "'prog' of 0 bytes"},
	{"S7 of no section", nothing, relocs_of_nowhere, -EINVAL, "section"},
	{"S7 of section 0", nothing, relocs_of_nothing, -EINVAL, "section"},
	{"S7 of themselves", nothing, relocs_of_themselves, -EINVAL, "section"},
	{"S7 without symbols", nothing, relocs_without_symbols, -EINVAL, "symbol"},
	{"S8 behind the section", reloc_behind, nothing, -EINVAL, "relocation"},
	{"S8 half behind it", reloc_half_behind, nothing, -EINVAL, "relocation"},
	{"S8 within an instruction", reloc_odd, nothing, -EINVAL, "relocation"},
	{"S8 before the section", reloc_before, nothing, -EINVAL, "relocation"},
	{"S9 no such symbol", reloc_of_no_symbol, nothing, -EINVAL, "symbol"},
	{"S10 half a load at the end", half_a_load, nothing, -EINVAL, "without its second"},
	{"S11 of an exit", reloc_of_exit, nothing, -EINVAL, "neither ld_imm64 nor call"},
	{"S11 of the second half", reloc_of_half, nothing, -EINVAL, "relocation"},
	{"S11 two of one instruction", two_relocs, nothing, -EINVAL, "more than one relocation"},
	{"S11 an unknown type", unknown_type, nothing, -EINVAL, "relocation of type 77"},
	{"S11 the type of calls", type_of_call, nothing, -EINVAL, "relocation of type 10"},
	{"S11 with addends", nothing, with_addends, -ENOTSUP, "RELA"},
	{"S12 before the section", call_before, nothing, -EINVAL, "instruction -1 of"},
	{"S12 behind the section", call_behind, nothing, -EINVAL, "where no function begins"},
	{"S12 far before it", call_far, nothing, -EINVAL, "where no function begins"},
	{"S12 within a function", call_middle, nothing, -EINVAL, "where no function begins"},
	{"S12 within another one", call_middle_of_f, nothing, -EINVAL, "where no function begins"},
	{"S12 itself", call_itself, nothing, 0, NULL},
	{"S12 data", call_data, nothing, -EINVAL, "where no function begins"},
	{"S14 far behind data", addend_far, nothing, -ERANGE, "'.data', which has 16"},
	{"S14 before data", addend_negative, nothing, -ERANGE, "byte -1 of section '.data'"},
	{"S14 strings", string_section, nothing, 0, NULL},
	{"S14 a section that is skipped", other_section, nothing, -EINVAL, "neither a map nor"},
	{"S14 within a map", map_middle, nothing, -EINVAL, "neither a map nor"},
	{"S16 no arena", arena_without, nothing, -EINVAL, "variables in an arena, and no arena"},
};

START_TEST(each_shape_has_its_words)
{
	const struct shape *shape = &shapes[_i];
	struct fixture *f = fixture_new("minimal.bpf");
	struct sample s;
	int err;

	good_sample(&s);
	shape->before(&s);
	build_sample(&s);
	shape->after(&s);
	free(f->image);
	f->image = s.image.bytes;
	f->size = s.image.size;
	err = open_object(f);
	if (!err)
		err = pbpf_object_load(f->obj);
	ck_assert_msg(err == shape->err, "%s: %d, '%s'", shape->name, err, f->host.text);
	ck_assert_msg(f->host.messages[PBPF_ERROR] == (err < 0), "%s: %u messages", shape->name,
		      f->host.messages[PBPF_ERROR]);
	if (shape->text)
		ck_assert_msg(strstr(f->host.text, shape->text), "%s: '%s' lacks '%s'", shape->name,
			      f->host.text, shape->text);
	fixture_free(f);
}
END_TEST

/* --- Maps -------------------------------------------------------------------------------------- */

/* A map of before BTF, and what the kernel is asked for; or why it is not. */
static const struct map_shape {
	const char *name;
	uint32_t words[5]; /* type, key, value, max_entries, flags */
	uint32_t entries;
	int err;
	const char *text;
} map_shapes[] = {
	{"M7 a ring of nothing", {PBPF_MAP_TYPE_RINGBUF}, 4096, 0, NULL},
	{"M7 of one byte", {PBPF_MAP_TYPE_RINGBUF, 0, 0, 1}, 4096, 0, NULL},
	{"M7 of a page", {PBPF_MAP_TYPE_RINGBUF, 0, 0, 4096}, 4096, 0, NULL},
	{"M7 of a page and a byte", {PBPF_MAP_TYPE_RINGBUF, 0, 0, 4097}, 8192, 0, NULL},
	{"M7 of three pages", {PBPF_MAP_TYPE_RINGBUF, 0, 0, 12288}, 16384, 0, NULL},
	{"M7 of 2 GiB", {PBPF_MAP_TYPE_RINGBUF, 0, 0, 1u << 31}, 1u << 31, 0, NULL},
	{"M7 of more", {PBPF_MAP_TYPE_RINGBUF, 0, 0, UINT32_MAX}, 0, -ERANGE, "which is too large"},
};

/* An object of one map called `name`, loaded into a kernel with small pages. */
static struct fixture *with_map(const char *name, const uint32_t words[5])
{
	struct fixture *f = fixture_new("minimal.bpf");
	struct elf_built image;
	struct elf_builder b;
	uint32_t section;

	build_start(&b, HOST_BIG);
	section = build_section(&b, "maps", PBPF_SHT_PROGBITS, PBPF_SHF_ALLOC, words, 20);
	build_symbol(&b, name, PBPF_STB_GLOBAL << 4 | PBPF_STT_OBJECT, section, 0, 20);
	image = build_finish(&b);
	free(f->image);
	f->image = image.bytes;
	f->size = image.size;
	f->kernel.page_size = 4096;
	ck_assert_msg(!open_object(f), "%s", f->host.text);
	return f;
}

START_TEST(each_map_has_its_size)
{
	const struct map_shape *shape = &map_shapes[_i];
	struct fixture *f = with_map("m", shape->words);

	ck_assert_int_eq(pbpf_object_load(f->obj), shape->err);
	if (shape->text)
		ck_assert_msg(strstr(f->host.text, shape->text), "%s: %s", shape->name,
			      f->host.text);
	else
		ck_assert_msg(fake_kernel_nth(&f->kernel, FAKE_MAP, 0)->map.max_entries ==
				      shape->entries,
			      "%s", shape->name);
	fixture_free(f);
}
END_TEST

/* M6: elements that wrap 32 bits when they are rounded, and 64 when there are many. */
START_TEST(huge_values_are_not_mapped)
{
	static const uint32_t words[5] = {PBPF_MAP_TYPE_ARRAY, 4, 0xfffffff8, UINT32_MAX,
					  PBPF_F_MMAPABLE};
	struct fixture *f = with_map("m", words);
	size_t size = 7;
	void *memory;

	ck_assert_msg(!pbpf_object_load(f->obj), "%s", f->host.text);
	ck_assert_int_eq(pbpf_map_memory(pbpf_object_map(f->obj, "m"), &memory, &size), -ERANGE);
	ck_assert_uint_eq(size, 7);
	ck_assert_ptr_nonnull(strstr(f->host.text, "does not fit in memory"));
	fixture_free(f);
}
END_TEST

/* M10: the kernel gets 15 characters that it takes; a pin's name is refused before it sees any. */
static const struct {
	const char *name, *kernel_name;
	bool pins;
} names[] = {
	{"a/b", "a_b", false},
	{"..", "..", false},
	{"a\033[2J", "a__2J", false},
	{"a\nb", "a_b", false},
	{"\303\244\377", "___", true},
	{"as_long_as_16_or_so_1", "as_long_as_16_o", true},
	{"as_long_as_16_or_so_2", "as_long_as_16_o", true},
};

START_TEST(each_name_is_made_safe)
{
	static const uint32_t words[5] = {PBPF_MAP_TYPE_ARRAY, 4, 4, 1};
	struct fixture *f = with_map(names[_i].name, words);
	struct pbpf_map *map = pbpf_object_map(f->obj, names[_i].name);
	int err;

	ck_assert_msg(!pbpf_object_load(f->obj), "%s", f->host.text);
	ck_assert_str_eq(fake_kernel_nth(&f->kernel, FAKE_MAP, 0)->map.map_name,
			 names[_i].kernel_name);
	err = pbpf_map_pin(map, "/pins");
	ck_assert_int_eq(err, names[_i].pins ? 0 : -EINVAL);
	ck_assert_uint_eq(f->kernel.commands[PBPF_OBJ_PIN], names[_i].pins);
	for (const char *c = f->host.text; *c; c++)
		ck_assert(*c >= 0x20 && *c < 0x7f);
	if (names[_i].pins)
		ck_assert_int_eq(pbpf_map_unpin(map, "/pins"), 0);
	fixture_free(f);
}
END_TEST

/* M13: sections that claim more than there is, and more than a map holds. */
START_TEST(huge_sections_are_refused)
{
	static const uint64_t sizes[] = {(uint64_t)INT32_MAX + 1, (uint64_t)1 << 40, UINT64_MAX};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct fixture *f = fixture_new("minimal.bpf");
		struct elf_built image;
		struct elf_builder b;
		uint32_t bss;

		build_start(&b, HOST_BIG);
		bss = build_section(&b, ".bss", PBPF_SHT_NOBITS, PBPF_SHF_ALLOC, NULL, 0);
		image = build_finish(&b);
		built_put(&image, built_section(&image, bss) + 32, 8, sizes[i]);
		free(f->image);
		f->image = image.bytes;
		f->size = image.size;
		ck_assert_int_eq(open_object(f), -ERANGE);
		ck_assert_ptr_nonnull(strstr(f->host.text, "a map's value has at most 2 GiB"));
		ck_assert_uint_lt(f->host.peak, 1 << 20);
		fixture_free(f);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("loader: hostile shapes");
	TCase *each = tcase_create("shapes"), *maps = tcase_create("maps");

	tcase_add_loop_test(each, each_shape_has_its_words, 0, sizeof(shapes) / sizeof(shapes[0]));
	suite_add_tcase(s, each);
	tcase_add_loop_test(maps, each_map_has_its_size, 0,
			    sizeof(map_shapes) / sizeof(map_shapes[0]));
	tcase_add_loop_test(maps, each_name_is_made_safe, 0, sizeof(names) / sizeof(names[0]));
	tcase_add_test(maps, huge_values_are_not_mapped);
	tcase_add_test(maps, huge_sections_are_refused);
	suite_add_tcase(s, maps);
	return s;
}
