/* SPDX-License-Identifier: MIT */
/*
 * Externs of hostile files.
 */
#include "extern_fixture.h"

START_TEST(weak_and_strong_of_one_name)
{
	struct extern_object o;
	struct fixture *f;

	begin_object(&o, one_load, 3);
	add_modifier(&o.btf, PBPF_KIND_CONST, 0);
	extern_symbol(&o, "_stext", true);
	f = one_extern(&o, ".ksyms", "_stext", 1, 1);
	must_load(f);
	is_load(insns_of(f, "prog"), 0, 0xffffffff81000000);
	fixture_free(f);

	begin_object(&o, one_load, 3);
	add_modifier(&o.btf, PBPF_KIND_CONST, 0);
	extern_symbol(&o, "absent", true);
	f = one_extern(&o, ".ksyms", "absent", 1, 1);
	must_fail(f, -ENOENT, "1 extern is not on this kernel: 'absent'");
}
END_TEST

START_TEST(a_million_externs)
{
	struct extern_object o;
	struct fixture *f;

	begin_object(&o, one_load, 3);
	add_modifier(&o.btf, PBPF_KIND_CONST, 0);
	for (uint32_t i = 0; i < 70000; i++)
		extern_symbol(&o, "_stext", i % 2);
	f = one_extern(&o, ".ksyms", "_stext", 1, 1);
	must_fail(f, -ERANGE, "70001 externs");
}
END_TEST

START_TEST(values_of_absurd_types)
{
	struct extern_object o;

	begin_object(&o, one_load, 3);
	add_int(&o.btf, "char", 1, 1);
	add_array(&o.btf, 1, 1, 0x80000001);
	must_fail(one_extern(&o, ".kconfig", "CONFIG_A", 2, 0x80000001), -ERANGE,
		  "take 2147483649 bytes");

	begin_object(&o, one_load, 3);
	add_int(&o.btf, "char", 1, 1);
	add_array(&o.btf, 1, 1, 8);
	must_fail(one_extern(&o, ".kconfig", "CONFIG_A", 2, 4), -EINVAL, "'CONFIG_A'");

	begin_object(&o, one_load, 3);
	add_struct(&o.btf, "s", 4);
	must_fail(one_extern(&o, ".kconfig", "CONFIG_A", 1, 4), -EINVAL, "'CONFIG_A'");

	begin_object(&o, one_load, 3);
	add_int(&o.btf, "__int128", 16, 1);
	must_fail(one_extern(&o, ".kconfig", "CONFIG_A", 1, 16), -EINVAL, "'CONFIG_A'");
}
END_TEST

START_TEST(references_must_suit)
{
	static const struct pbpf_insn call[] = {CALL_EXTERN, {.code = PBPF_OP_EXIT}};
	static const struct pbpf_insn beyond[] = {
		{.code = PBPF_OP_LD_IMM64, .imm = 5}, {0}, {.code = PBPF_OP_EXIT}};
	struct extern_object o;
	uint32_t var, symbol;

	/* a call of what is no function */
	begin_object(&o, call, 2);
	add_modifier(&o.btf, PBPF_KIND_CONST, 0);
	var = add_var(&o.btf, "_stext", 1, PBPF_LINKAGE_EXTERN);
	add_datasec(&o.btf, ".ksyms", 0);
	add_variable(&o.btf, var, 0, 1);
	symbol = extern_symbol(&o, "_stext", false);
	build_reloc(&o.elf, o.section, 0, symbol, PBPF_R_64_32);
	must_fail(finish_object(&o), -EINVAL, "refers to the extern '_stext'");

	/* a byte that the value does not have */
	begin_object(&o, beyond, 3);
	add_int(&o.btf, "int", 4, 1);
	must_fail(one_extern(&o, ".kconfig", "CONFIG_HZ", 1, 4), -EINVAL,
		  "refers to the extern 'CONFIG_HZ' +5");
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("loader: hostile externs");
	TCase *t = tcase_create("hostile");

	tcase_add_test(t, weak_and_strong_of_one_name);
	tcase_add_test(t, a_million_externs);
	tcase_add_test(t, values_of_absurd_types);
	tcase_add_test(t, references_must_suit);
	suite_add_tcase(s, t);
	return s;
}
