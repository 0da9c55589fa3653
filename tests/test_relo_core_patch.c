/* SPDX-License-Identifier: MIT */
/*
 * CO-RE: from a fix to an instruction, and whole programs with records.
 */
#include "core_bench.h"
#include "relo/pbpf_relo.h"

enum {
	MOV_IMM = 0xb7,
	MOV32_IMM = 0xb4,
	ADD_IMM = 0x07,
	MOV_REG = 0xbf,
	LDX_B = 0x71,
	LDX_H = 0x69,
	LDX_W = 0x61,
	LDX_DW = 0x79,
	LDX_SW = 0x81, /* signed */
	ST_W = 0x62,
	STX_DW = 0x7b,
	JEQ_IMM = 0x15,
	WIDE = PBPF_OP_LD_IMM64,
};

struct patch_case {
	struct pbpf_insn before, after;
	struct pbpf_core_fix fix;
	int result;
};

#define FIX(...)                           \
	{                                  \
		.check = true, __VA_ARGS__ \
	}
#define SIZED(old, new, ok) .size_before = (old), .size_after = (new), .resizable = (ok)
#define POISONED                                              \
	{                                                     \
		.code = PBPF_OP_CALL, .imm = PBPF_CORE_POISON \
	}

static const struct patch_case patch_cases[] = {
	{{MOV_IMM, 1, 0, 8}, {MOV_IMM, 1, 0, 16}, FIX(.before = 8, .after = 16), 0},
	{{MOV32_IMM, 1, 0, 8}, {MOV32_IMM, 1, 0, -1}, FIX(.before = 8, .after = 0xffffffff), 0},
	{{ADD_IMM, 1, 0, 8}, {ADD_IMM, 1, 0, -8}, FIX(.before = 8, .after = (uint64_t)-8), 0},
	{{MOV_IMM, 1, 0, 8}, {MOV_IMM, 1, 0, 8}, FIX(.before = 8, .after = 0xffffffff), -ERANGE},
	{{MOV_IMM, 1, 0, 8}, {MOV_IMM, 1, 0, 8}, FIX(.before = 9, .after = 16), -EINVAL},
	{{MOV_IMM, 1, 0, 8}, {MOV_IMM, 1, 0, 16}, {.before = 9, .after = 16}, 0},
	{{MOV_REG, 1, 0, 0}, {MOV_REG, 1, 0, 0}, FIX(.before = 0), -EINVAL},
	{{LDX_W, 1, 8, 0}, {LDX_W, 1, 16, 0}, FIX(.before = 8, .after = 16), 0},
	{{LDX_W, 1, 8, 0}, {LDX_W, 1, 8, 0}, FIX(.before = 4, .after = 16), -EINVAL},
	{{LDX_W, 1, 8, 0}, {LDX_W, 1, 32767, 0}, FIX(.before = 8, .after = 32767), 0},
	{{LDX_W, 1, 8, 0}, {LDX_W, 1, 8, 0}, FIX(.before = 8, .after = 32768), -ERANGE},
	{{LDX_W, 1, 8, 0}, {LDX_B, 1, 9, 0}, FIX(.before = 8, .after = 9, SIZED(4, 1, true)), 0},
	{{LDX_DW, 1, 8, 0}, {LDX_H, 1, 8, 0}, FIX(.before = 8, .after = 8, SIZED(8, 2, true)), 0},
	{{STX_DW, 1, 0, 0}, {0x63, 1, 4, 0}, FIX(.after = 4, SIZED(8, 4, true)), 0},
	{{ST_W, 1, 0, 7}, {0x7a, 1, 4, 7}, FIX(.after = 4, SIZED(4, 8, true)), 0},
	{{LDX_SW, 1, 0, 0}, {LDX_SW, 1, 4, 0}, FIX(.after = 4, SIZED(4, 4, false)), 0},
	{{LDX_W, 1, 8, 0}, POISONED, FIX(.before = 8, .after = 8, SIZED(4, 8, false)), 1},
	{{LDX_DW, 1, 8, 0},
	 {LDX_DW, 1, 8, 0},
	 FIX(.before = 8, .after = 8, SIZED(8, 3, true)),
	 -ERANGE},
	{{LDX_H, 1, 8, 0},
	 {LDX_H, 1, 8, 0},
	 FIX(.before = 8, .after = 8, SIZED(4, 8, true)),
	 -EINVAL},
	{{LDX_H, 1, 8, 0},
	 {LDX_H, 1, 8, 0},
	 FIX(.before = 8, .after = 8, SIZED(3, 8, true)),
	 -EINVAL},
	{{LDX_W, 1, 8, 0}, POISONED, FIX(.poison = true), 1},
	{{MOV_IMM, 1, 0, 3}, POISONED, FIX(.poison = true), 1},
	{{PBPF_OP_CALL, 0, 0, 8}, {PBPF_OP_CALL, 0, 0, 8}, FIX(.before = 8, .after = 9), -EINVAL},
	{{PBPF_OP_EXIT, 0, 0, 0}, {PBPF_OP_EXIT, 0, 0, 0}, FIX(.poison = true), -EINVAL},
	{{JEQ_IMM, 1, 4, 8}, {JEQ_IMM, 1, 4, 8}, FIX(.before = 8, .after = 9), -EINVAL},
	{{0x20, 0, 0, 8}, {0x20, 0, 0, 8}, FIX(.before = 8, .after = 9), -EINVAL},
	{{0, 0, 0, 8}, {0, 0, 0, 8}, FIX(.before = 8, .after = 9), -EINVAL},
};

static bool same_insn(const struct pbpf_insn *a, const struct pbpf_insn *b)
{
	return a->code == b->code && a->regs == b->regs && a->off == b->off && a->imm == b->imm;
}

START_TEST(one_slot)
{
	const struct patch_case *c = &patch_cases[_i];
	struct host host = {0};
	struct pbpf_env env = host_env(&host);
	struct pbpf_insn insn = c->before;

	ck_assert_int_eq(pbpf_core_patch(&insn, 1, &c->fix, &env), c->result);
	ck_assert(same_insn(&insn, &c->after));
	ck_assert_uint_eq(host.messages[PBPF_ERROR], c->result < 0);
}
END_TEST

static int patch_wide(struct pbpf_insn slots[2], size_t count, struct pbpf_core_fix fix)
{
	return pbpf_core_patch(slots, count, &fix, NULL);
}

START_TEST(two_slots)
{
	struct pbpf_insn slots[2] = {{.code = WIDE, .imm = 5}, {.imm = 1}};
	struct pbpf_core_fix fix = FIX(.before = 1ull << 32 | 5, .after = 0x8000000090000000);

	ck_assert_int_eq(patch_wide(slots, 2, fix), 0);
	ck_assert_int_eq(slots[0].imm, (int32_t)0x90000000);
	ck_assert_int_eq(slots[1].imm, INT32_MIN);
	ck_assert_int_eq(patch_wide(slots, 2, fix), -EINVAL);
	ck_assert_int_eq(patch_wide(slots, 1, fix), -EINVAL);
	ck_assert_int_eq(patch_wide(slots, 0, fix), -EINVAL);

	/* An enumerator of 32 bits, extended by the compiler as it likes. */
	fix = (struct pbpf_core_fix)FIX(.kind = PBPF_CORE_ENUMERATOR_VALUE, .before = 0xfffffffe,
					.after = 3);
	slots[0].imm = -2;
	slots[1].imm = -1;
	ck_assert_int_eq(patch_wide(slots, 2, fix), 0);
	slots[0].imm = -2;
	slots[1].imm = 7;
	ck_assert_int_eq(patch_wide(slots, 2, fix), -EINVAL);

	fix = (struct pbpf_core_fix)FIX(.poison = true);
	pbpf_insn_set_src(slots, PBPF_PSEUDO_MAP_FD);
	ck_assert_int_eq(patch_wide(slots, 2, fix), -EINVAL);
	pbpf_insn_set_src(slots, 0);
	ck_assert_int_eq(patch_wide(slots, 2, fix), 1);
	for (int i = 0; i < 2; i++)
		ck_assert(same_insn(&slots[i], &(const struct pbpf_insn)POISONED));
}
END_TEST

/* An object of one program, "xdp", that calls "sub" in .text; both read s.x, sub also s.gone. */
struct object {
	struct bench *b;
	struct pbpf_insn xdp[4], text[4];
	struct pbpf_section sections[3];
	struct pbpf_symbol symbols[3];
	struct pbpf_reloc reloc;
	struct pbpf_elf elf;
	struct pbpf_functions functions;
	struct pbpf_btf_ext *ext;
	struct pbpf_code_source source;
	struct pbpf_code code;
};

static void fill_elf(struct object *o)
{
	const struct pbpf_insn xdp[] = {{LDX_W, 0, 0, 0},
					{PBPF_OP_CALL, 0, 0, -1},
					{MOV_IMM, 0, 0, 0},
					{PBPF_OP_EXIT, 0, 0, 0}};
	const struct pbpf_insn text[] = {
		{MOV_IMM, 0, 0, 0}, {LDX_W, 0, 4, 0}, {LDX_W, 0, 0, 0}, {PBPF_OP_EXIT, 0, 0, 0}};

	memcpy(o->xdp, xdp, sizeof(xdp));
	memcpy(o->text, text, sizeof(text));
	pbpf_insn_set_src(&o->xdp[1], PBPF_CALL_LOCAL);
	for (uint32_t i = 0; i < 3; i++) {
		static const char *const sections[] = {"", "xdp", ".text"};
		static const char *const symbols[] = {"", "prog", "sub"};

		o->sections[i] = (struct pbpf_section){
			.name = sections[i],
			.type = i ? PBPF_SHT_PROGBITS : 0,
			.flags = i ? PBPF_SHF_EXECINSTR : 0,
			.data = (const uint8_t *)(i == 1 ? o->xdp : o->text),
			.size = i ? sizeof(o->xdp) : 0,
		};
		o->symbols[i] = (struct pbpf_symbol){
			.name = symbols[i],
			.size = i ? sizeof(o->xdp) : 0,
			.section = i,
			.type = i ? PBPF_STT_FUNC : 0,
		};
	}
	o->reloc = (struct pbpf_reloc){8, 2, PBPF_R_64_32};
	o->sections[1].relocs = &o->reloc;
	o->sections[1].reloc_count = 1;
	o->elf = (struct pbpf_elf){
		.sections = o->sections,
		.symbols = o->symbols,
		.section_count = 3,
		.symbol_count = 3,
		.big_endian = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__,
	};
	ck_assert_int_eq(pbpf_functions_find(&o->functions, &o->elf, &o->b->env), 0);
	ck_assert_int_eq(pbpf_functions_describe(&o->functions, &o->elf, o->b->local_btf, o->ext,
						 &o->b->env),
			 0);
}

/* The records of .text come in the wrong order, as a compiler may write them. */
static struct object *object_new(const char *access)
{
	struct object *o = calloc(1, sizeof(*o));
	struct ext_builder e;
	struct btf_bytes ext;
	struct bench *b;
	uint32_t u32, s;

	ck_assert_ptr_nonnull(o);
	o->b = b = bench_new(__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
	u32 = add_int(&b->local, "u32", 4, 0);
	s = add_struct(&b->local, "s", 8);
	add_member(&b->local, "x", u32, 0);
	add_member(&b->local, "gone", u32, 32);
	u32 = add_int(&b->kernel, "u32", 4, 0);
	add_struct(&b->kernel, "s", 16);
	add_member(&b->kernel, "x", u32, 96);
	ext_start(&e, &b->local);
	ext_section(&e, ".text");
	ext_core(&e, 16, s, "0:0", PBPF_CORE_BYTE_OFFSET);
	ext_core(&e, 8, s, "0:1", PBPF_CORE_BYTE_OFFSET);
	ext_section(&e, "xdp");
	ext_core(&e, 0, s, access, PBPF_CORE_BYTE_OFFSET);
	ext = ext_finish(&e);
	record(b, s, "0:1", PBPF_CORE_BYTE_OFFSET);
	bench_ready(b);
	ck_assert_int_eq(pbpf_btf_ext_parse(&o->ext, ext.bytes, ext.size, b->local_btf, &b->env),
			 0);
	free(ext.bytes);
	fill_elf(o);
	o->source = (struct pbpf_code_source){
		.elf = &o->elf,
		.functions = &o->functions,
		.btf = b->local_btf,
		.core = b->core,
	};
	return o;
}

static void object_free(struct object *o)
{
	pbpf_code_free(&o->code, &o->b->env);
	pbpf_btf_ext_free(o->ext);
	pbpf_functions_free(&o->functions, &o->b->env);
	bench_free(o->b);
	free(o);
}

static int link_program(struct object *o)
{
	return pbpf_code_link(&o->code, &o->source, pbpf_functions_at(&o->functions, 1, 0),
			      &o->b->env);
}

START_TEST(program)
{
	struct object *o = object_new("0:0");
	const struct pbpf_poisoned *poisoned;

	ck_assert_int_eq(link_program(o), 0);
	ck_assert_uint_eq(o->code.insn_count, 8);
	ck_assert_int_eq(o->code.insns[0].off, 12);
	ck_assert_int_eq(o->code.insns[5].code, PBPF_OP_CALL);
	ck_assert_int_eq(o->code.insns[5].imm, PBPF_CORE_POISON);
	ck_assert_int_eq(o->code.insns[6].off, 12);
	ck_assert_uint_eq(o->code.poisoned_count, 1);
	poisoned = o->code.poisoned;
	ck_assert_uint_eq(poisoned->insn, 5);
	ck_assert_uint_eq(poisoned->relo.insn_off, 8);
	ck_assert_ptr_nonnull(
		strstr(o->b->host.notes, "instruction 0: s.x: byte_off 0 -> 12 ([2] of vmlinux)"));
	ck_assert_ptr_nonnull(strstr(o->b->host.notes, "instruction 5 is poisoned: s.gone"));
	object_free(o);
}
END_TEST

START_TEST(program_with_bad_record)
{
	struct object *o = object_new("0:1:0");

	ck_assert_int_eq(link_program(o), -EINVAL);
	ck_assert_str_eq(
		o->b->host.text,
		"program 'prog': instruction 0 of 'prog' is a CO-RE relocation of 'struct s "
		"+ '0:1:0'': its access string enters a type of kind INT, which has no "
		"parts");
	ck_assert_uint_eq(o->b->host.messages[PBPF_ERROR], 1);
	object_free(o);
}
END_TEST

START_TEST(program_without_core)
{
	struct object *o = object_new("0:0");

	o->source.core = NULL;
	ck_assert_int_eq(link_program(o), -ENOTSUP);
	ck_assert_ptr_nonnull(strstr(o->b->host.text, "needs the kernel's BTF"));
	object_free(o);
}
END_TEST

START_TEST(program_no_memory)
{
	struct object *o = object_new("0:0");
	unsigned int n = 0;
	int err;

	do {
		o->b->host.messages[PBPF_ERROR] = 0;
		o->b->host.fail_at = o->b->host.allocations + ++n;
		err = link_program(o);
		ck_assert(!err || err == -ENOMEM);
		ck_assert_uint_eq(o->b->host.messages[PBPF_ERROR], err ? 1 : 0);
	} while (err);
	ck_assert_uint_gt(n, 3);
	object_free(o);
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("relo_core_patch");
	TCase *patch = tcase_create("patch"), *link = tcase_create("link");

	tcase_add_loop_test(patch, one_slot, 0, (int)(sizeof(patch_cases) / sizeof(*patch_cases)));
	tcase_add_test(patch, two_slots);
	suite_add_tcase(suite, patch);
	tcase_add_test(link, program);
	tcase_add_test(link, program_with_bad_record);
	tcase_add_test(link, program_without_core);
	tcase_add_test(link, program_no_memory);
	suite_add_tcase(suite, link);
	return suite;
}
