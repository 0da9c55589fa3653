/* SPDX-License-Identifier: MIT */
/*
 * func_info and line_info move with the functions that they belong to.
 *
 *	section "xdp":   prog (2 slots), other (1)         section ".text":  f (1), g (2)
 *	prog calls g
 */
#include "btf_builder.h"
#include "harness.h"
#include "relo/pbpf_relo.h"

enum { NOWHERE, XDP, TEXT, SECTIONS };

struct object {
	struct host host;
	struct pbpf_env env;
	struct btf_bytes btf_bytes, ext_bytes;
	struct pbpf_btf *btf;
	struct pbpf_btf_ext *ext;
	struct pbpf_insn xdp[3], text[3];
	struct pbpf_reloc call;
	struct pbpf_section sections[SECTIONS];
	struct pbpf_symbol symbols[6];
	struct pbpf_elf elf;
	struct pbpf_functions functions;
	struct pbpf_code code;
	uint32_t func_ids[4];
};

static struct pbpf_symbol function(const char *name, uint32_t section, uint64_t first,
				   uint64_t count)
{
	return (struct pbpf_symbol){.name = name,
				    .type = PBPF_STT_FUNC,
				    .section = section,
				    .value = first * PBPF_INSN_SIZE,
				    .size = count * PBPF_INSN_SIZE};
}

static void compose_elf(struct object *obj)
{
	static const char *const names[] = {"", "xdp", ".text"};

	for (uint32_t i = 0; i < SECTIONS; i++)
		obj->sections[i] = (struct pbpf_section){
			.name = names[i], .type = PBPF_SHT_PROGBITS, .flags = PBPF_SHF_EXECINSTR};
	obj->sections[XDP].data = (const uint8_t *)obj->xdp;
	obj->sections[XDP].size = sizeof(obj->xdp);
	obj->sections[XDP].relocs = &obj->call;
	obj->sections[XDP].reloc_count = 1;
	obj->sections[TEXT].data = (const uint8_t *)obj->text;
	obj->sections[TEXT].size = sizeof(obj->text);
	obj->symbols[0].name = "";
	obj->symbols[1] = function("prog", XDP, 0, 2);
	obj->symbols[2] = function("other", XDP, 2, 1);
	obj->symbols[3] = function("f", TEXT, 0, 1);
	obj->symbols[4] = function("g", TEXT, 1, 2);
	obj->symbols[5] = function("g_again", TEXT, 1, 2);
	obj->xdp[1] = (struct pbpf_insn){.code = PBPF_OP_CALL, .imm = -1};
	pbpf_insn_set_src(&obj->xdp[1], PBPF_CALL_LOCAL);
	obj->call = (struct pbpf_reloc){1 * PBPF_INSN_SIZE, 4, PBPF_R_64_32};
	obj->elf = (struct pbpf_elf){.sections = obj->sections,
				     .symbols = obj->symbols,
				     .section_count = SECTIONS,
				     .symbol_count = 6,
				     .big_endian = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__};
}

/* `lines_of_g`: whether g's first instruction has a line; the second always does. */
static void compose_btf(struct object *obj, bool func_of_g, bool lines_of_g)
{
	struct btf_builder b;
	struct ext_builder e;
	uint32_t proto;

	btf_start(&b, obj->elf.big_endian);
	proto = add_proto(&b, add_int(&b, "int", 4, 1));
	for (uint32_t i = 0; i < 4; i++)
		obj->func_ids[i] = add_func(&b, obj->symbols[i + 1].name, proto, 0);
	ext_start(&e, &b);
	ext_section(&e, "xdp");
	ext_func(&e, 0, obj->func_ids[0]);
	ext_line(&e, 0, "x.c", "prog()", 10, 1);
	ext_line(&e, 8, "x.c", "g()", 11, 5);
	ext_func(&e, 16, obj->func_ids[1]);
	ext_line(&e, 16, "x.c", "other()", 20, 1);
	ext_section(&e, ".text");
	ext_func(&e, 0, obj->func_ids[2]);
	ext_line(&e, 0, "x.c", "f()", 30, 1);
	if (func_of_g)
		ext_func(&e, 8, obj->func_ids[3]);
	if (lines_of_g)
		ext_line(&e, 8, "y.h", "g()", 40, 1);
	ext_line(&e, 16, "y.h", "return", 41, 9);
	obj->ext_bytes = ext_finish(&e);
	obj->btf_bytes = btf_finish(&b);
	ck_assert_int_eq(pbpf_btf_parse(&obj->btf, obj->btf_bytes.bytes, obj->btf_bytes.size, NULL,
					&obj->env),
			 0);
	ck_assert_int_eq(pbpf_btf_ext_parse(&obj->ext, obj->ext_bytes.bytes, obj->ext_bytes.size,
					    obj->btf, &obj->env),
			 0);
}

static struct object *object_new(bool func_of_g, bool lines_of_g)
{
	struct object *obj = calloc(1, sizeof(*obj));

	ck_assert_ptr_nonnull(obj);
	obj->env = host_env(&obj->host);
	compose_elf(obj);
	compose_btf(obj, func_of_g, lines_of_g);
	ck_assert_int_eq(pbpf_functions_find(&obj->functions, &obj->elf, &obj->env), 0);
	ck_assert_int_eq(
		pbpf_functions_describe(&obj->functions, &obj->elf, obj->btf, obj->ext, &obj->env),
		0);
	return obj;
}

static int link_prog(struct object *obj)
{
	struct pbpf_code_source source = {
		.elf = &obj->elf, .functions = &obj->functions, .btf = obj->btf};

	return pbpf_code_link(&obj->code, &source, &obj->functions.array[0], &obj->env);
}

static void object_free(struct object *obj)
{
	pbpf_code_free(&obj->code, &obj->env);
	pbpf_functions_free(&obj->functions, &obj->env);
	pbpf_btf_ext_free(obj->ext);
	pbpf_btf_free(obj->btf);
	ck_assert_uint_eq(obj->host.blocks, 0);
	free(obj->btf_bytes.bytes);
	free(obj->ext_bytes.bytes);
	free(obj);
}

START_TEST(records_move_with_their_function)
{
	struct object *obj = object_new(true, true);
	const struct pbpf_code *code = &obj->code;

	ck_assert_int_eq(link_prog(obj), 0);
	ck_assert_uint_eq(code->insn_count, 4); /* prog and g */
	ck_assert_uint_eq(code->func_count, 2);
	ck_assert_uint_eq(code->funcs[0].insn_off, 0);
	ck_assert_uint_eq(code->funcs[0].type, obj->func_ids[0]);
	ck_assert_uint_eq(code->funcs[1].insn_off, 2);
	ck_assert_uint_eq(code->funcs[1].type, obj->func_ids[3]);
	ck_assert_uint_eq(code->line_count, 4);
	ck_assert_uint_eq(code->lines[1].insn_off, 1);
	ck_assert_uint_eq(code->lines[2].insn_off, 2);
	ck_assert_uint_eq(code->lines[3].insn_off, 3);
	object_free(obj);
}
END_TEST

START_TEST(functions_have_their_records)
{
	struct object *obj = object_new(true, true);
	const struct pbpf_function *f = obj->functions.array;

	ck_assert_uint_eq(obj->functions.count, 5);
	for (uint32_t i = 0; i < 4; i++)
		ck_assert_uint_eq(f[i].type, obj->func_ids[i]);
	ck_assert_uint_eq(f[0].line_count, 2);
	ck_assert_uint_eq(pbpf_line_number(f[0].lines), 10);
	ck_assert_uint_eq(f[1].line_count, 1);
	ck_assert_uint_eq(pbpf_line_number(f[1].lines), 20);
	ck_assert_uint_eq(f[2].line_count, 1);
	ck_assert_uint_eq(f[3].line_count, 2);
	ck_assert_uint_eq(pbpf_line_number(f[3].lines), 40);
	ck_assert_str_eq(f[4].name, "g_again"); /* the same under another name */
	ck_assert_uint_eq(f[4].type, obj->func_ids[3]);
	ck_assert_ptr_eq(f[4].lines, f[3].lines);
	ck_assert_uint_eq(f[4].line_count, 2);
	object_free(obj);
}
END_TEST

START_TEST(an_instruction_has_a_line)
{
	struct object *obj = object_new(true, true);
	const struct pbpf_line_info *line;

	ck_assert_int_eq(link_prog(obj), 0);
	line = pbpf_code_line(&obj->code, 3);
	ck_assert_uint_eq(pbpf_line_number(line), 41);
	ck_assert_uint_eq(pbpf_line_column(line), 9);
	ck_assert_str_eq(pbpf_btf_string(obj->btf, line->file), "y.h");
	ck_assert_uint_eq(pbpf_line_number(pbpf_code_line(&obj->code, 1)), 11);
	ck_assert_uint_eq(pbpf_line_number(pbpf_code_line(&obj->code, 4711)), 41);
	object_free(obj);
}
END_TEST

START_TEST(some_functions_without_records_take_all_away)
{
	struct object *obj = object_new(false, true);

	ck_assert_int_eq(link_prog(obj), 0);
	ck_assert_uint_eq(obj->code.func_count, 0);
	ck_assert_uint_eq(obj->code.line_count, 0);
	ck_assert_ptr_nonnull(strstr(obj->host.notes, "without func_info"));
	object_free(obj);
}
END_TEST

START_TEST(lines_may_be_missing_alone)
{
	struct object *obj = object_new(true, false);

	ck_assert_int_eq(link_prog(obj), 0);
	ck_assert_uint_eq(obj->code.func_count, 2);
	ck_assert_uint_eq(obj->code.line_count, 0);
	ck_assert_ptr_null(pbpf_code_line(&obj->code, 0));
	object_free(obj);
}
END_TEST

START_TEST(a_refusal_names_the_source_line)
{
	struct object *obj = object_new(true, true);

	obj->call.type = PBPF_R_64_64;
	ck_assert_int_eq(link_prog(obj), -EINVAL);
	ck_assert_msg(
		strstr(obj->host.text, "program 'prog': instruction 1 of 'prog' (x.c:11) has"),
		"%s", obj->host.text);
	object_free(obj);
}
END_TEST

START_TEST(nothing_leaks_without_memory)
{
	for (unsigned int n = 1;; n++) {
		struct object *obj = object_new(true, true);
		int err;

		obj->host.fail_at = obj->host.allocations + n;
		err = link_prog(obj);
		object_free(obj);
		if (!err)
			break;
		ck_assert_int_eq(err, -ENOMEM);
		ck_assert_uint_lt(n, 50);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("relo: func and line records");
	TCase *info = tcase_create("info");

	tcase_add_test(info, records_move_with_their_function);
	tcase_add_test(info, functions_have_their_records);
	tcase_add_test(info, an_instruction_has_a_line);
	tcase_add_test(info, some_functions_without_records_take_all_away);
	tcase_add_test(info, lines_may_be_missing_alone);
	tcase_add_test(info, a_refusal_names_the_source_line);
	tcase_add_test(info, nothing_leaks_without_memory);
	suite_add_tcase(s, info);
	return s;
}
