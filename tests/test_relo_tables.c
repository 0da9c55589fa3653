/* SPDX-License-Identifier: MIT */
/*
 * What is in a program although no call and no map leads there: the targets of jump tables, and exception
 * callbacks.
 */
#include "btf_builder.h"
#include "relo_fixture.h"

/* --- Jump tables ------------------------------------------------------------------------------- */

/* .text: "f" of 2 moves, then "g": an ld_imm64 and two more; prog calls g. `entries` are g's table. */
static struct object *with_table(const uint64_t *entries, uint32_t count, uint64_t value,
				 uint64_t size)
{
	struct object *obj = object_new();
	uint32_t table = add_symbol(obj, "BPF.JT.0.0", PBPF_STT_OBJECT, TABLES, value, size), g;

	memcpy(obj->insns[TABLES], entries, count * sizeof(*entries));
	obj->sections[TABLES].size = count * sizeof(*entries);
	add_function(obj, "f", TEXT, 100, 2);
	add_reloc(obj, TEXT, add_load(obj, TEXT, 0), table, PBPF_R_64_64);
	add_insn(obj, TEXT, op(MOV, 0, 200));
	add_insn(obj, TEXT, op(MOV, 0, 201));
	g = add_symbol(obj, "g", PBPF_STT_FUNC, TEXT, 16, 32);
	add_reloc(obj, XDP, add_insn(obj, XDP, op(CALL, PBPF_CALL_LOCAL, -1)), g, PBPF_R_64_32);
	add_symbol(obj, "prog", PBPF_STT_FUNC, XDP, 0, 8);
	return obj;
}

START_TEST(a_table_moves_with_its_function)
{
	static const uint64_t entries[] = {0, 5 * 8, 4 * 8, 5 * 8};
	struct object *obj = with_table(entries, 4, 8, 24);
	const struct pbpf_jump_table *table;

	ck_assert_int_eq(link_first(obj, "prog"), 0);
	ck_assert_uint_eq(obj->code.table_count, 1);
	table = obj->code.tables;
	ck_assert_uint_eq(table->insn, 1);
	ck_assert_uint_eq(table->like, 0);
	ck_assert_uint_eq(table->count, 3);
	ck_assert_uint_eq(obj->code.target_count, 3);
	ck_assert_uint_eq(obj->code.targets[table->first], 4); /* g stands at 1 */
	ck_assert_uint_eq(obj->code.targets[table->first + 1], 3);
	ck_assert_uint_eq(obj->code.targets[table->first + 2], 4);
	ck_assert_uint_eq(pbpf_insn_src(&obj->code.insns[1]), PBPF_PSEUDO_MAP_VALUE);
	ck_assert_int_eq(obj->code.insns[1].imm, -1);
	ck_assert_int_eq(obj->code.insns[2].imm, 0);
	object_free(obj);
}
END_TEST

START_TEST(a_table_is_there_once)
{
	static const uint64_t entries[] = {4 * 8, 5 * 8};
	struct object *obj = with_table(entries, 2, 0, 16);

	obj->insns[TEXT][4] = op(LD_IMM64, 0, 0);
	obj->insns[TEXT][5] = op(0, 0, 0);
	add_reloc(obj, TEXT, 4, 1, PBPF_R_64_64);
	ck_assert_int_eq(link_first(obj, "prog"), 0);
	ck_assert_uint_eq(obj->code.table_count, 2);
	ck_assert_uint_eq(obj->code.tables[1].like, 0);
	ck_assert_uint_eq(obj->code.tables[1].insn, 3);
	ck_assert_uint_eq(obj->code.target_count, 2);
	object_free(obj);
}
END_TEST

START_TEST(damaged_tables_are_refused)
{
	static const uint64_t good[] = {4 * 8, 5 * 8};
	static const struct {
		uint64_t value, size, entry;
		int32_t addend;
		const char *text;
	} cases[] = {
		{0, 0, 40, 0, "is not whole"},
		{0, 12, 40, 0, "is not whole"},
		{4, 8, 40, 0, "is not whole"},
		{0, 24, 40, 0, "is not whole"},
		{8, UINT64_MAX - 7, 40, 0, "is not whole"},
		{0, 16, 40, 8, "is not whole"},
		{0, 16, 36, 0, "entry 1, byte 36 of the section, is no instruction"},
		{0, 16, 0, 0, "entry 1, byte 0 of the section, is no instruction"},
		{0, 16, 6 * 8, 0, "entry 1, byte 48 of the section, is no instruction"},
		{0, 16, UINT64_MAX - 7, 0, "is no instruction of that function"},
		{0, 16, (uint64_t)1 << 35, 0, "is no instruction of that function"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t entries[] = {good[0], cases[i].entry};
		struct object *obj = with_table(entries, 2, cases[i].value, cases[i].size);

		obj->insns[TEXT][2].imm = cases[i].addend;
		expect_refusal(obj, -EINVAL, cases[i].text);
	}
}
END_TEST

/* Two symbols share entries, or two functions a table: what is made of them would multiply. */
START_TEST(tables_do_not_overlap)
{
	static const uint64_t entries[] = {4 * 8, 5 * 8, 4 * 8};
	struct object *obj = with_table(entries, 3, 0, 16);
	uint32_t other = add_symbol(obj, "BPF.JT.0.1", PBPF_STT_OBJECT, TABLES, 8, 16);

	obj->insns[TEXT][4] = op(LD_IMM64, 0, 0);
	obj->insns[TEXT][5] = op(0, 0, 0);
	add_reloc(obj, TEXT, 4, other, PBPF_R_64_64);
	expect_refusal(obj, -EINVAL,
		       "'BPF.JT.0.1' (16 bytes at 8 of .jumptables), which another one overlaps");

	obj = with_table(entries, 3, 8, 16);
	other = add_symbol(obj, "BPF.JT.0.1", PBPF_STT_OBJECT, TABLES, 0, 16);
	obj->insns[TEXT][4] = op(LD_IMM64, 0, 0);
	obj->insns[TEXT][5] = op(0, 0, 0);
	add_reloc(obj, TEXT, 4, other, PBPF_R_64_64);
	expect_refusal(obj, -EINVAL, "which another one overlaps");
}
END_TEST

START_TEST(tables_without_memory)
{
	static const uint64_t entries[] = {4 * 8, 5 * 8};

	for (unsigned int n = 1;; n++) {
		struct object *obj = with_table(entries, 2, 0, 16);
		int err;

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

/* --- Exception callbacks ----------------------------------------------------------------------- */

/* An object whose BTF says things about its functions. */
struct described {
	struct object *obj;
	struct btf_bytes btf_bytes, ext_bytes;
	struct pbpf_btf *btf;
	struct pbpf_btf_ext *ext;
};

enum { PROG_ID = 3, CLEANUP_ID, HELPER_ID }; /* FUNCs; an int and a prototype come first */

/* prog, of 1 slot; .text: "unused" of 1, "helper" of 1, "cleanup" of 2, which calls helper. The tags are
 * prog's. */
static void described_new(struct described *d, const char *const *tags, int32_t component)
{
	struct object *obj = object_new();
	struct btf_builder b;
	struct ext_builder e;
	uint32_t proto;

	*d = (struct described){.obj = obj};
	add_insn(obj, XDP, op(PBPF_OP_EXIT, 0, 0));
	add_symbol(obj, "prog", PBPF_STT_FUNC, XDP, 0, 8);
	add_function(obj, "unused", TEXT, 100, 1);
	add_function(obj, "helper", TEXT, 200, 1);
	add_insn(obj, TEXT, op(CALL, PBPF_CALL_LOCAL, -2));
	add_insn(obj, TEXT, op(PBPF_OP_EXIT, 0, 0));
	add_symbol(obj, "cleanup", PBPF_STT_FUNC, TEXT, 16, 16);

	btf_start(&b, obj->elf.big_endian);
	proto = add_proto(&b, add_int(&b, "int", 4, 1));
	add_func(&b, "prog", proto, 1);
	add_func(&b, "cleanup", proto, 1);
	add_func(&b, "helper", proto, 1);
	for (; *tags; tags++)
		add_decl_tag(&b, *tags, PROG_ID, component);
	ext_start(&e, &b);
	ext_section(&e, "xdp");
	ext_func(&e, 0, PROG_ID);
	ext_section(&e, ".text");
	ext_func(&e, 8, HELPER_ID);
	ext_func(&e, 16, CLEANUP_ID);
	d->ext_bytes = ext_finish(&e);
	d->btf_bytes = btf_finish(&b);
	ck_assert_int_eq(
		pbpf_btf_parse(&d->btf, d->btf_bytes.bytes, d->btf_bytes.size, NULL, &obj->env), 0);
	ck_assert_int_eq(pbpf_btf_ext_parse(&d->ext, d->ext_bytes.bytes, d->ext_bytes.size, d->btf,
					    &obj->env),
			 0);
	obj->source.btf = d->btf;
}

static void described_free(struct described *d)
{
	pbpf_btf_ext_free(d->ext);
	pbpf_btf_free(d->btf);
	free(d->btf_bytes.bytes);
	free(d->ext_bytes.bytes);
	object_free(d->obj);
}

static int describe_and_link(struct described *d)
{
	struct object *obj = d->obj;
	int err = pbpf_functions_find(&obj->functions, &obj->elf, &obj->env);

	if (!err)
		err = pbpf_functions_describe(&obj->functions, &obj->elf, d->btf, d->ext,
					      &obj->env);
	if (!err)
		err = pbpf_code_link(&obj->code, &obj->source, &obj->functions.array[0], &obj->env);
	return err;
}

static const char *const cleanup_tag[] = {"other", "exception_callback:cleanup", NULL};

START_TEST(a_callback_and_what_it_calls_are_there)
{
	struct described d;
	struct pbpf_code *code;

	described_new(&d, cleanup_tag, -1);
	ck_assert_int_eq(describe_and_link(&d), 0);
	code = &d.obj->code;
	ck_assert_uint_eq(code->insn_count, 1 + 2 + 1);
	ck_assert_int_eq(code->insns[1].imm, 3 - 1 - 1);
	ck_assert_int_eq(code->insns[3].imm, 200);
	ck_assert_uint_eq(code->func_count, 3);
	ck_assert_uint_eq(code->funcs[1].insn_off, 1);
	ck_assert_uint_eq(code->funcs[1].type, CLEANUP_ID);
	described_free(&d);
}
END_TEST

START_TEST(a_callback_that_is_called_is_there_once)
{
	struct described d;

	described_new(&d, cleanup_tag, -1);
	d.obj->insns[XDP][0] = op(CALL, PBPF_CALL_LOCAL, -1);
	add_reloc(d.obj, XDP, 0, 4, PBPF_R_64_32);
	ck_assert_int_eq(describe_and_link(&d), 0);
	ck_assert_uint_eq(d.obj->code.insn_count, 4);
	described_free(&d);
}
END_TEST

START_TEST(other_tags_say_nothing)
{
	static const char *const tags[] = {"exception_callback", "exception_callback_:cleanup",
					   NULL};
	struct described d;

	described_new(&d, tags, -1);
	ck_assert_int_eq(describe_and_link(&d), 0);
	ck_assert_uint_eq(d.obj->code.insn_count, 1);
	described_free(&d);
}
END_TEST

START_TEST(wrong_callbacks_are_refused)
{
	static const struct {
		const char *tags[3];
		const char *text;
	} cases[] = {
		{{"exception_callback:nowhere"}, "'prog' has the exception callback 'nowhere'"},
		{{"exception_callback:"}, "'prog' has the exception callback ''"},
		{{"exception_callback:cleanup", "exception_callback:helper"},
		 "'prog' has two exception callbacks"},
	};
	struct described d;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		described_new(&d, cases[i].tags, -1);
		ck_assert_int_eq(describe_and_link(&d), -EINVAL);
		ck_assert_ptr_nonnull(strstr(d.obj->host.text, cases[i].text));
		ck_assert_uint_eq(d.obj->host.messages[PBPF_ERROR], 1);
		described_free(&d);
	}
	described_new(&d, cleanup_tag, -1);
	d.obj->symbols[4].bind = PBPF_STB_LOCAL;
	ck_assert_int_eq(describe_and_link(&d), -EINVAL);
	ck_assert_ptr_nonnull(strstr(d.obj->host.text, "no global function"));
	described_free(&d);
}
END_TEST

START_TEST(callbacks_without_memory)
{
	for (unsigned int n = 1;; n++) {
		struct described d;
		int err;

		described_new(&d, cleanup_tag, -1);
		d.obj->host.allocations = 0;
		d.obj->host.fail_at = n;
		err = describe_and_link(&d);
		d.obj->host.fail_at = 0;
		described_free(&d);
		if (!err)
			break;
		ck_assert_int_eq(err, -ENOMEM);
		ck_assert_uint_lt(n, 100);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("relo: jump tables and callbacks");
	TCase *tables = tcase_create("jump tables");
	TCase *callbacks = tcase_create("exception callbacks");

	tcase_add_test(tables, a_table_moves_with_its_function);
	tcase_add_test(tables, a_table_is_there_once);
	tcase_add_test(tables, damaged_tables_are_refused);
	tcase_add_test(tables, tables_do_not_overlap);
	tcase_add_test(tables, tables_without_memory);
	suite_add_tcase(s, tables);
	tcase_add_test(callbacks, a_callback_and_what_it_calls_are_there);
	tcase_add_test(callbacks, a_callback_that_is_called_is_there_once);
	tcase_add_test(callbacks, other_tags_say_nothing);
	tcase_add_test(callbacks, wrong_callbacks_are_refused);
	tcase_add_test(callbacks, callbacks_without_memory);
	suite_add_tcase(s, callbacks);
	return s;
}
