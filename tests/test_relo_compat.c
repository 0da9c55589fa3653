/* SPDX-License-Identifier: MIT */
/*
 * Instructions for old kernels: calls of helpers that have an older form.
 */
#include "harness.h"
#include "relo/pbpf_relo.h"

static struct pbpf_insn call(int32_t helper)
{
	return (struct pbpf_insn){.code = PBPF_OP_CALL, .imm = helper};
}

START_TEST(the_four_become_the_two)
{
	struct pbpf_insn insns[] = {call(111), call(112), call(113),
				    call(114), call(115), call(116)};
	static const int32_t expected[] = {111, 4, 4, 45, 45, 116};
	struct pbpf_code code = {.insns = insns, .insn_count = 6};

	ck_assert_uint_eq(pbpf_code_old_probe_read(&code), 4);
	for (size_t i = 0; i < 6; i++)
		ck_assert_int_eq(insns[i].imm, expected[i]);
	ck_assert_uint_eq(pbpf_code_old_probe_read(&code), 0);
}
END_TEST

/* Calls of functions, of kfuncs, other instructions, and the second half of an ld_imm64. */
START_TEST(what_is_no_helper_stays)
{
	struct pbpf_insn insns[] = {call(113),
				    call(113),
				    {.code = 0xb7, .imm = 113},
				    {.code = PBPF_OP_LD_IMM64, .imm = 113},
				    {.imm = 113}};
	struct pbpf_code code = {.insns = insns, .insn_count = 5};

	pbpf_insn_set_src(&insns[0], PBPF_CALL_LOCAL);
	pbpf_insn_set_src(&insns[1], PBPF_CALL_KFUNC);
	ck_assert_uint_eq(pbpf_code_old_probe_read(&code), 0);
	for (size_t i = 0; i < 5; i++)
		ck_assert_int_eq(insns[i].imm, 113);
}
END_TEST

START_TEST(nothing_is_nothing)
{
	struct pbpf_insn half = {.code = PBPF_OP_LD_IMM64};
	struct pbpf_code code = {0}, cut = {.insns = &half, .insn_count = 1};

	ck_assert_uint_eq(pbpf_code_old_probe_read(&code), 0);
	ck_assert_uint_eq(pbpf_code_old_probe_read(&cut), 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("relo: old kernels");
	TCase *all = tcase_create("all");

	tcase_add_test(all, the_four_become_the_two);
	tcase_add_test(all, what_is_no_helper_stays);
	tcase_add_test(all, nothing_is_nothing);
	suite_add_tcase(s, all);
	return s;
}
