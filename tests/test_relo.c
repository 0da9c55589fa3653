/* SPDX-License-Identifier: MIT */
/*
 * Programs are put together from sections, symbols and relocations written by hand: what the elf stage
 * would give, without a file.
 */
#include "relo_fixture.h"

START_TEST(functions_are_found_in_order)
{
	struct object *obj = object_new();

	add_function(obj, "in_text", TEXT, 1, 2);
	add_function(obj, "prog", XDP, 2, 3);
	add_function(obj, "second", XDP, 3, 1);
	add_symbol(obj, "data", PBPF_STT_OBJECT, DATA, 0, 8);
	ck_assert_int_eq(pbpf_functions_find(&obj->functions, &obj->elf, &obj->env), 0);
	ck_assert_uint_eq(obj->functions.count, 3);
	ck_assert_str_eq(obj->functions.array[0].name, "prog");
	ck_assert_str_eq(obj->functions.array[1].name, "second");
	ck_assert_uint_eq(obj->functions.array[1].first, 3);
	ck_assert_str_eq(obj->functions.array[2].name, "in_text");
	ck_assert_ptr_eq(pbpf_functions_at(&obj->functions, XDP, 2), &obj->functions.array[0]);
	ck_assert_ptr_eq(pbpf_functions_at(&obj->functions, XDP, 3), &obj->functions.array[1]);
	ck_assert_ptr_null(pbpf_functions_at(&obj->functions, XDP, 4));
	ck_assert_ptr_null(pbpf_functions_at(&obj->functions, NOWHERE, 0));
	object_free(obj);
}
END_TEST

static void refuse_function(uint64_t value, uint64_t size)
{
	struct object *obj = object_new();

	add_insn(obj, XDP, op(MOV, 0, 0));
	add_insn(obj, XDP, op(MOV, 0, 0));
	add_symbol(obj, "prog", PBPF_STT_FUNC, XDP, value, size);
	ck_assert_int_eq(pbpf_functions_find(&obj->functions, &obj->elf, &obj->env), -EINVAL);
	ck_assert_ptr_nonnull(strstr(obj->host.text, "'prog'"));
	object_free(obj);
}

START_TEST(functions_are_whole_instructions)
{
	refuse_function(0, 0);
	refuse_function(0, 4);
	refuse_function(4, 8);
	refuse_function(8, 16);
	refuse_function(UINT64_MAX - 7, 16);
	refuse_function(0, UINT64_MAX - 7);
}
END_TEST

START_TEST(functions_may_not_overlap)
{
	struct object *obj = object_new();

	add_function(obj, "f", XDP, 1, 4);
	add_symbol(obj, "g", PBPF_STT_FUNC, XDP, 8, 8);
	ck_assert_int_eq(pbpf_functions_find(&obj->functions, &obj->elf, &obj->env), -EINVAL);
	ck_assert_ptr_nonnull(strstr(obj->host.text, "overlap"));
	obj->symbols[2].value = 0;
	obj->symbols[2].size = 32; /* an alias */
	ck_assert_int_eq(pbpf_functions_find(&obj->functions, &obj->elf, &obj->env), 0);
	ck_assert_uint_eq(obj->functions.count, 2);
	object_free(obj);
}
END_TEST

/* Sections and places that have functions, and some that have none, with a relocation each. */
START_TEST(functions_have_their_relocations)
{
	struct object *obj = object_new();
	const struct pbpf_function *f;

	add_insn(obj, XDP, op(MOV, 0, 0));
	add_function(obj, "prog", XDP, 1, 2);
	add_insn(obj, XDP, op(MOV, 0, 0));
	add_symbol(obj, "again", PBPF_STT_FUNC, XDP, 8, 16);
	add_function(obj, "next", XDP, 1, 1);
	add_function(obj, "none", XDP, 1, 1);
	add_function(obj, "in_text", TEXT, 1, 1);
	for (uint32_t i = 0; i < 5; i++)
		add_reloc(obj, XDP, i, 0, PBPF_R_64_32);
	add_reloc(obj, TEXT, 0, 0, PBPF_R_64_32);
	ck_assert_int_eq(pbpf_functions_find(&obj->functions, &obj->elf, &obj->env), 0);
	f = obj->functions.array;
	ck_assert_uint_eq(obj->functions.count, 5);
	ck_assert_ptr_eq(f[0].relocs, &obj->relocs[XDP][1]);
	ck_assert_uint_eq(f[0].reloc_count, 2);
	ck_assert_str_eq(f[1].name, "again");
	ck_assert_ptr_eq(f[1].relocs, &obj->relocs[XDP][1]);
	ck_assert_uint_eq(f[1].reloc_count, 2);
	ck_assert_ptr_eq(f[2].relocs, &obj->relocs[XDP][4]);
	ck_assert_uint_eq(f[2].reloc_count, 1);
	ck_assert_uint_eq(f[3].reloc_count, 0);
	ck_assert_ptr_eq(f[4].relocs, &obj->relocs[TEXT][0]);
	ck_assert_uint_eq(f[4].reloc_count, 1);
	object_free(obj);
}
END_TEST

START_TEST(a_map_is_its_fd)
{
	struct object *obj = object_new();
	uint32_t map = add_symbol(obj, "map", PBPF_STT_OBJECT, MAPS, 32, 32);
	uint32_t load = add_load(obj, XDP, 0);

	add_reloc(obj, XDP, load, map, PBPF_R_64_64);
	add_symbol(obj, "prog", PBPF_STT_FUNC, XDP, 0, 16);
	ck_assert_int_eq(link_first(obj, "prog"), 0);
	ck_assert_uint_eq(obj->code.insn_count, 2);
	ck_assert_uint_eq(pbpf_insn_src(&obj->code.insns[0]), PBPF_PSEUDO_MAP_FD);
	ck_assert_int_eq(obj->code.insns[0].imm, 70);
	ck_assert_int_eq(obj->code.insns[1].imm, 0);
	ck_assert_int_eq(obj->insns[XDP][0].imm, 0); /* the image is not touched */
	object_free(obj);
}
END_TEST

START_TEST(data_is_a_map_and_an_offset)
{
	struct object *obj = object_new();
	uint32_t global = add_symbol(obj, "global", PBPF_STT_OBJECT, DATA, 8, 8);
	uint32_t section = add_symbol(obj, "", PBPF_STT_SECTION, DATA, 0, 0);
	uint32_t first = add_load(obj, XDP, 0), second = add_load(obj, XDP, 24);

	add_reloc(obj, XDP, first, global, PBPF_R_64_64);
	add_reloc(obj, XDP, second, section, PBPF_R_64_64);
	add_symbol(obj, "prog", PBPF_STT_FUNC, XDP, 0, 32);
	ck_assert_int_eq(link_first(obj, "prog"), 0);
	ck_assert_uint_eq(pbpf_insn_src(&obj->code.insns[0]), PBPF_PSEUDO_MAP_VALUE);
	ck_assert_int_eq(obj->code.insns[0].imm, 71);
	ck_assert_int_eq(obj->code.insns[1].imm, 8);
	ck_assert_int_eq(obj->code.insns[3].imm, 24);
	object_free(obj);
}
END_TEST

START_TEST(data_beyond_its_section_is_refused)
{
	struct object *obj = object_new();
	uint32_t section = add_symbol(obj, "", PBPF_STT_SECTION, DATA, 0, 0);

	add_reloc(obj, XDP, add_load(obj, XDP, 33), section, PBPF_R_64_64);
	add_symbol(obj, "prog", PBPF_STT_FUNC, XDP, 0, 16);
	expect_refusal(obj, -ERANGE, "byte 33 of section '.data', which has 32");

	obj = object_new();
	section = add_symbol(obj, "", PBPF_STT_SECTION, DATA, 0, 0);
	add_reloc(obj, XDP, add_load(obj, XDP, -1), section, PBPF_R_64_64);
	add_symbol(obj, "prog", PBPF_STT_FUNC, XDP, 0, 16);
	expect_refusal(obj, -ERANGE, "byte -1 of section '.data'");
}
END_TEST

START_TEST(what_is_no_map_is_refused)
{
	struct object *obj = object_new();
	uint32_t map = add_symbol(obj, "map", PBPF_STT_OBJECT, MAPS, 0, 32);

	add_reloc(obj, XDP, add_load(obj, XDP, 8), map, PBPF_R_64_64);
	add_symbol(obj, "prog", PBPF_STT_FUNC, XDP, 0, 16);
	expect_refusal(obj, -EINVAL, "neither a map nor global data");
}
END_TEST

/* xdp: prog calls g, f; g calls f.  .text: f, unused, g. */
START_TEST(functions_follow_in_call_order)
{
	struct object *obj = object_new();
	uint32_t text, g;

	add_function(obj, "f", TEXT, 100, 2);
	add_function(obj, "unused", TEXT, 200, 3);
	g = add_function(obj, "g", TEXT, 300, 1);
	add_insn(obj, TEXT, op(CALL, PBPF_CALL_LOCAL, -7)); /* in the same section: no relocation */
	obj->symbols[g].size += 8;
	text = add_symbol(obj, "", PBPF_STT_SECTION, TEXT, 0, 0);

	add_reloc(obj, XDP, add_insn(obj, XDP, op(CALL, PBPF_CALL_LOCAL, -1)), g, PBPF_R_64_32);
	add_reloc(obj, XDP, add_insn(obj, XDP, op(CALL, PBPF_CALL_LOCAL, -1)), text, PBPF_R_64_32);
	add_insn(obj, XDP, op(PBPF_OP_EXIT, 0, 0));
	add_symbol(obj, "prog", PBPF_STT_FUNC, XDP, 0, 24);

	ck_assert_int_eq(link_first(obj, "prog"), 0);
	ck_assert_uint_eq(obj->code.insn_count, 3 + 2 + 2);
	ck_assert_int_eq(obj->code.insns[3].imm, 300); /* g stands at 3, f at 5 */
	ck_assert_int_eq(obj->code.insns[5].imm, 100);
	ck_assert_int_eq(obj->code.insns[0].imm, 3 - 0 - 1);
	ck_assert_int_eq(obj->code.insns[1].imm, 5 - 1 - 1);
	ck_assert_int_eq(obj->code.insns[4].imm, 5 - 4 - 1);
	ck_assert_uint_eq(pbpf_insn_src(&obj->code.insns[0]), PBPF_CALL_LOCAL);
	object_free(obj);
}
END_TEST

START_TEST(cycles_end)
{
	struct object *obj = object_new();

	/* prog calls f, f calls g, g calls f and itself. */
	add_insn(obj, XDP, op(CALL, PBPF_CALL_LOCAL, 0));
	add_insn(obj, XDP, op(CALL, PBPF_CALL_LOCAL, 0));
	add_insn(obj, XDP, op(CALL, PBPF_CALL_LOCAL, -2));
	add_insn(obj, XDP, op(CALL, PBPF_CALL_LOCAL, -2));
	add_symbol(obj, "prog", PBPF_STT_FUNC, XDP, 0, 8);
	add_symbol(obj, "f", PBPF_STT_FUNC, XDP, 8, 8);
	add_symbol(obj, "g", PBPF_STT_FUNC, XDP, 16, 16);
	ck_assert_int_eq(link_first(obj, "prog"), 0);
	ck_assert_uint_eq(obj->code.insn_count, 4);
	ck_assert_int_eq(obj->code.insns[0].imm, 0);
	ck_assert_int_eq(obj->code.insns[1].imm, 0);
	ck_assert_int_eq(obj->code.insns[2].imm, -2);
	ck_assert_int_eq(obj->code.insns[3].imm, -2);
	object_free(obj);
}
END_TEST

START_TEST(a_callback_is_an_address)
{
	struct object *obj = object_new();
	uint32_t text = add_symbol(obj, "", PBPF_STT_SECTION, TEXT, 0, 0);

	add_function(obj, "f", TEXT, 100, 2);
	add_function(obj, "callback", TEXT, 200, 1);
	add_reloc(obj, XDP, add_load(obj, XDP, 16), text, PBPF_R_64_64);
	add_symbol(obj, "prog", PBPF_STT_FUNC, XDP, 0, 16);
	ck_assert_int_eq(link_first(obj, "prog"), 0);
	ck_assert_uint_eq(obj->code.insn_count, 3);
	ck_assert_uint_eq(pbpf_insn_src(&obj->code.insns[0]), PBPF_PSEUDO_FUNC);
	ck_assert_int_eq(obj->code.insns[0].imm, 2 - 0 - 1);
	ck_assert_int_eq(obj->code.insns[1].imm, 0);
	ck_assert_int_eq(obj->code.insns[2].imm, 200);
	object_free(obj);
}
END_TEST

START_TEST(calls_to_no_function_are_refused)
{
	static const int32_t targets[] = {-2, 0, 100, INT32_MAX};

	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		struct object *obj = object_new();

		add_insn(obj, XDP, op(CALL, PBPF_CALL_LOCAL, targets[i]));
		add_insn(obj, XDP, op(PBPF_OP_EXIT, 0, 0));
		add_symbol(obj, "prog", PBPF_STT_FUNC, XDP, 0, 16);
		expect_refusal(obj, -EINVAL, "where no function begins");
	}
}
END_TEST

START_TEST(helpers_and_constants_stay)
{
	struct object *obj = object_new();

	add_insn(obj, XDP, op(CALL, PBPF_CALL_HELPER, 14));
	add_load(obj, XDP, 42);
	add_symbol(obj, "prog", PBPF_STT_FUNC, XDP, 0, 24);
	ck_assert_int_eq(link_first(obj, "prog"), 0);
	ck_assert_int_eq(obj->code.insns[0].imm, 14);
	ck_assert_int_eq(obj->code.insns[1].imm, 42);
	object_free(obj);
}
END_TEST

/* A file cannot name what belongs to the process that loads it. */
START_TEST(numbers_without_relocation_are_refused)
{
	static const struct {
		struct pbpf_insn insn;
		const char *text;
	} cases[] = {
		{{LD_IMM64, 0, 0, 7}, NULL},
		{{LD_IMM64, PBPF_PSEUDO_MAP_FD, 0, 7}, "a map by the file descriptor 7"},
		{{LD_IMM64, PBPF_PSEUDO_MAP_VALUE, 0, 7}, "a map's value by the file descriptor 7"},
		{{LD_IMM64, PBPF_PSEUDO_BTF_ID, 0, 7}, "a variable of the kernel by the BTF id 7"},
		{{LD_IMM64, PBPF_PSEUDO_FUNC, 0, 7}, "a function by the distance 7"},
		{{LD_IMM64, PBPF_PSEUDO_MAP_INDEX, 0, 7}, "a map by the index 7"},
		{{LD_IMM64, PBPF_PSEUDO_MAP_INDEX_VALUE, 0, 7}, "a map's value by the index 7"},
		{{LD_IMM64, 7, 0, 7}, "something by the number 7"},
		{{LD_IMM64, 15, 0, 7}, "something by the number 7"},
		{{CALL, PBPF_CALL_HELPER, 0, 7}, NULL},
		{{CALL, PBPF_CALL_KFUNC, 0, 7}, "a function of the kernel by the BTF id 7"},
		{{CALL, 15, 0, 7}, "a function of the kernel by the BTF id 7"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct pbpf_insn *insn = &cases[i].insn;
		struct object *obj = object_new();

		add_insn(obj, XDP, op(insn->code, insn->regs, insn->imm));
		add_insn(obj, XDP, op(0, 0, 0));
		add_symbol(obj, "prog", PBPF_STT_FUNC, XDP, 0, 16);
		if (cases[i].text) {
			expect_refusal(obj, -EINVAL, cases[i].text);
			continue;
		}
		ck_assert_int_eq(link_first(obj, "prog"), 0);
		object_free(obj);
	}
}
END_TEST

START_TEST(half_a_load_is_refused)
{
	struct object *obj = object_new();

	add_insn(obj, XDP, op(LD_IMM64, 0, 0));
	add_symbol(obj, "prog", PBPF_STT_FUNC, XDP, 0, 8);
	expect_refusal(obj, -EINVAL, "without its second");
}
END_TEST

START_TEST(relocations_fit_their_instruction)
{
	struct object *obj = object_new();
	uint32_t map = add_symbol(obj, "map", PBPF_STT_OBJECT, MAPS, 32, 32);

	add_reloc(obj, XDP, add_load(obj, XDP, 0), map, PBPF_R_64_32);
	add_symbol(obj, "prog", PBPF_STT_FUNC, XDP, 0, 16);
	expect_refusal(obj, -EINVAL, "relocation of type 10 to 'map'");

	obj = object_new();
	map = add_symbol(obj, "map", PBPF_STT_OBJECT, MAPS, 32, 32);
	add_reloc(obj, XDP, add_insn(obj, XDP, op(MOV, 0, 0)), map, PBPF_R_64_64);
	add_symbol(obj, "prog", PBPF_STT_FUNC, XDP, 0, 8);
	expect_refusal(obj, -EINVAL, "neither ld_imm64 nor call");
}
END_TEST

START_TEST(externs_are_named)
{
	struct object *obj = object_new();
	uint32_t symbol = add_symbol(obj, "bpf_kfunc", PBPF_STT_NOTYPE, PBPF_SHN_UNDEF, 0, 0);

	add_reloc(obj, XDP, add_insn(obj, XDP, op(CALL, PBPF_CALL_LOCAL, -1)), symbol,
		  PBPF_R_64_32);
	add_symbol(obj, "prog", PBPF_STT_FUNC, XDP, 0, 8);
	expect_refusal(obj, -ENOENT, "the extern 'bpf_kfunc'");
}
END_TEST

START_TEST(a_call_beyond_an_extern_is_refused)
{
	struct object *obj = object_new();
	uint32_t symbol = add_symbol(obj, "bpf_kfunc", PBPF_STT_NOTYPE, PBPF_SHN_UNDEF, 0, 0);
	const struct pbpf_extern external = {.symbol = symbol, .kind = PBPF_EXTERN_FUNCTION};

	obj->source.externs = &external;
	obj->source.extern_count = 1;
	add_reloc(obj, XDP, add_insn(obj, XDP, op(CALL, PBPF_CALL_LOCAL, INT32_MAX)), symbol,
		  PBPF_R_64_32);
	add_symbol(obj, "prog", PBPF_STT_FUNC, XDP, 0, 8);
	expect_refusal(obj, -EINVAL, "the extern 'bpf_kfunc' +2147483648");
}
END_TEST

START_TEST(symbols_without_a_section_are_refused)
{
	static const uint32_t where[] = {PBPF_SHN_ABS, PBPF_SHN_COMMON};

	for (size_t i = 0; i < 2; i++) {
		struct object *obj = object_new();
		uint32_t symbol = add_symbol(obj, "absolute", PBPF_STT_NOTYPE, where[i], 8, 0);

		add_reloc(obj, XDP, add_load(obj, XDP, 0), symbol, PBPF_R_64_64);
		add_symbol(obj, "prog", PBPF_STT_FUNC, XDP, 0, 16);
		expect_refusal(obj, -EINVAL, "refers to 'absolute'");
	}
}
END_TEST

START_TEST(the_other_byte_order_is_read)
{
	static const uint8_t big[] = {0x85, 0x01, 0x00, 0x02, 0xff, 0xff, 0xff, 0xfe};
	static const uint8_t little[] = {0x85, 0x10, 0x02, 0x00, 0xfe, 0xff, 0xff, 0xff};
	struct pbpf_insn from_big, from_little;

	pbpf_insns_copy(&from_big, big, 1, true);
	pbpf_insns_copy(&from_little, little, 1, false);
	ck_assert_mem_eq(&from_big, &from_little, sizeof(from_big));
	ck_assert_int_eq(from_big.imm, -2);
	ck_assert_int_eq(from_big.off, 2);
	ck_assert_uint_eq(pbpf_insn_src(&from_big), 1);
	ck_assert_uint_eq(pbpf_insn_dst(&from_big), 0);
}
END_TEST

/* f0 calls f1 calls f2 ...: ten thousand deep, and each also calls the first. */
START_TEST(a_long_chain_is_linear)
{
	enum { FUNCTIONS = 10000 };
	struct object *obj = object_new();
	struct pbpf_insn *insns = calloc(2 * FUNCTIONS, sizeof(*insns));
	struct pbpf_symbol *symbols = calloc(FUNCTIONS, sizeof(*symbols));

	for (int i = 0; i < FUNCTIONS; i++) {
		insns[2 * i] = op(CALL, PBPF_CALL_LOCAL, i + 1 < FUNCTIONS ? 1 : -2 * i - 1);
		insns[2 * i + 1] = op(CALL, PBPF_CALL_LOCAL, -2 * i - 2);
		symbols[i] = (struct pbpf_symbol){.name = i ? "f" : "prog",
						  .type = PBPF_STT_FUNC,
						  .section = XDP,
						  .value = 16 * (uint64_t)i,
						  .size = 16};
	}
	obj->sections[XDP].data = (const uint8_t *)insns;
	obj->sections[XDP].size = 16 * FUNCTIONS;
	obj->elf.symbols = symbols;
	obj->elf.symbol_count = FUNCTIONS;
	obj->env.level = PBPF_ERROR;
	ck_assert_int_eq(link_first(obj, "prog"), 0);
	ck_assert_uint_eq(obj->code.insn_count, 2 * FUNCTIONS);
	object_free(obj);
	free(insns);
	free(symbols);
}
END_TEST

START_TEST(nothing_leaks_without_memory)
{
	for (unsigned int n = 1;; n++) {
		struct object *obj = object_new();
		int err;

		add_function(obj, "f", TEXT, 100, 20);
		add_reloc(obj, XDP, add_insn(obj, XDP, op(CALL, PBPF_CALL_LOCAL, -1)), 1,
			  PBPF_R_64_32);
		add_symbol(obj, "prog", PBPF_STT_FUNC, XDP, 0, 8);
		obj->host.fail_at = n;
		err = link_first(obj, "prog");
		obj->host.fail_at = 0;
		object_free(obj);
		if (!err)
			break;
		ck_assert_int_eq(err, -ENOMEM);
		ck_assert_uint_lt(n, 100);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("relo");
	TCase *functions = tcase_create("functions");
	TCase *link = tcase_create("link");
	TCase *refused = tcase_create("refused");

	tcase_add_test(functions, functions_are_found_in_order);
	tcase_add_test(functions, functions_are_whole_instructions);
	tcase_add_test(functions, functions_may_not_overlap);
	tcase_add_test(functions, functions_have_their_relocations);
	suite_add_tcase(s, functions);
	tcase_add_test(link, a_map_is_its_fd);
	tcase_add_test(link, data_is_a_map_and_an_offset);
	tcase_add_test(link, functions_follow_in_call_order);
	tcase_add_test(link, cycles_end);
	tcase_add_test(link, a_callback_is_an_address);
	tcase_add_test(link, helpers_and_constants_stay);
	tcase_add_test(link, the_other_byte_order_is_read);
	tcase_add_test(link, a_long_chain_is_linear);
	tcase_add_test(link, nothing_leaks_without_memory);
	suite_add_tcase(s, link);
	tcase_add_test(refused, data_beyond_its_section_is_refused);
	tcase_add_test(refused, what_is_no_map_is_refused);
	tcase_add_test(refused, calls_to_no_function_are_refused);
	tcase_add_test(refused, numbers_without_relocation_are_refused);
	tcase_add_test(refused, half_a_load_is_refused);
	tcase_add_test(refused, relocations_fit_their_instruction);
	tcase_add_test(refused, externs_are_named);
	tcase_add_test(refused, a_call_beyond_an_extern_is_refused);
	tcase_add_test(refused, symbols_without_a_section_are_refused);
	suite_add_tcase(s, refused);
	return s;
}
