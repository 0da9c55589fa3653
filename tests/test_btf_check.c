/* SPDX-License-Identifier: MIT */
/*
 * Bad types: each shape is refused with one message that says which type, and where. Here their records, names and
 * ids; numbers are in test_btf_numbers.c.
 */
#include "btf_refused.h"

/* --- records ---------------------------------------------------------------------------------- */

START_TEST(unknown_kinds)
{
	for (uint32_t kind = 20; kind < 128; kind++) {
		char text[80];

		start();
		add_raw(&b, "", BTF_INFO(kind, 0), 0);
		finish();
		snprintf(text, sizeof(text), "type 2 at offset 40: its kind %u is not known", kind);
		refused(-ENOTSUP, text);
	}
	start();
	add_raw(&b, "", 0, 0);
	invalid("type 2 (VOID) at offset 40: kind 0 stands for void only");
}
END_TEST

START_TEST(vlen_past_the_end)
{
	start();
	add_raw(&b, "s", BTF_INFO(PBPF_KIND_STRUCT, 0xffffff), 4);
	invalid("type 2 (STRUCT) at offset 40: 16777215 records do not fit the rest of the type "
		"section");
	start();
	add_raw(&b, "s", BTF_INFO(PBPF_KIND_STRUCT, 0x10000), 4);
	invalid("type 2 (STRUCT) at offset 40: 65536 records do not fit the rest of the type "
		"section");
}
END_TEST

START_TEST(last_type_cut)
{
	for (uint32_t cut = 1; cut < 12; cut++) {
		char text[96] = "the type section does not begin and end at multiples of 4";

		start();
		add_ptr(&b, 1);
		finish();
		btf_put(&bytes, 12, 28 - cut);
		if (cut % 4 == 0)
			snprintf(text, sizeof(text),
				 "type 2 at offset 40: the type section ends after %u bytes of it",
				 12 - cut);
		refused(-EINVAL, text);
	}
	start();
	finish();
	btf_put(&bytes, 12, 12);
	refused(-EINVAL, "type 1 (INT) at offset 24: 0 records do not fit the rest of the type "
			 "section");
}
END_TEST

START_TEST(many_types_are_fine)
{
	struct host host = {0};
	struct pbpf_env env = host_env(&host);
	struct pbpf_btf *btf = NULL;

	btf_start(&b, false);
	add_int(&b, "int", 4, 1);
	for (int i = 0; i < 100000; i++)
		add_typedef(&b, "same", 1);
	finish();
	ck_assert_int_eq(pbpf_btf_parse(&btf, bytes.bytes, bytes.size, NULL, &env), 0);
	ck_assert_int_eq(pbpf_btf_find(btf, "same", 0), 2);
	ck_assert_uint_le(host.peak, 2 * bytes.size);
	pbpf_btf_free(btf);
	free(bytes.bytes);
}
END_TEST

/* --- names ------------------------------------------------------------------------------------ */

START_TEST(name_past_the_strings)
{
	/* "" "int" "s" "m": 8 bytes of strings */
	start();
	add_struct(&b, "s", 4);
	add_member(&b, "m", 1, 0);
	finish();
	btf_put(&bytes, 40, 9);
	refused(-EINVAL, "type 2 (STRUCT) at offset 40: its name is at 9, past the strings");
	start();
	add_struct(&b, "s", 4);
	add_member(&b, "m", 1, 0);
	finish();
	btf_put(&bytes, 52, 9);
	refused(-EINVAL,
		"type 2 (STRUCT 's') at offset 40: the name of member #0 is at 9, past the "
		"strings");
	start();
	add_enum(&b, "e", 4, false);
	add_enumerator(&b, "A", 0);
	finish();
	btf_put(&bytes, 52, 9);
	refused(-EINVAL, "type 2 (ENUM 'e') at offset 40: the name of enumerator #0 is at 9, past "
			 "the strings");
	start();
	add_proto(&b, 0);
	add_param(&b, "p", 1);
	finish();
	btf_put(&bytes, 52, 7);
	refused(-EINVAL, "type 2 (FUNC_PROTO) at offset 40: the name of parameter #0 is at 7, past "
			 "the strings");
}
END_TEST

START_TEST(name_missing)
{
	start();
	add_typedef(&b, "", 1);
	invalid("type 2 (TYPEDEF) at offset 40: it must have a name");
	start();
	add_fwd(&b, "", false);
	invalid("type 2 (FWD) at offset 40: it must have a name");
	start();
	add_var(&b, "", 1, 0);
	invalid("type 2 (VAR) at offset 40: it must have a name");
	start();
	add_datasec(&b, "", 0);
	invalid("type 2 (DATASEC) at offset 40: it must have a name");
	start();
	add_enum(&b, "e", 4, false);
	add_enumerator(&b, "", 0);
	invalid("type 2 (ENUM 'e') at offset 40: enumerator #0 has no name");
}
END_TEST

START_TEST(hostile_name_is_escaped)
{
	start();
	add_typedef(&b, "\x1b[2J%s\n", 99);
	invalid("type 2 (TYPEDEF '\\x1b[2J%s\\x0a') at offset 40: refers to type 99, but the last "
		"type is 2");
}
END_TEST

/* --- ids -------------------------------------------------------------------------------------- */

START_TEST(id_past_the_last)
{
	start();
	add_ptr(&b, 3);
	invalid("type 2 (PTR) at offset 40: refers to type 3, but the last type is 2");
	start();
	add_ptr(&b, UINT32_MAX);
	invalid("type 2 (PTR) at offset 40: refers to type 4294967295, but the last type is 2");
	start();
	add_struct(&b, "event", 4);
	add_member(&b, "pid", 99, 0);
	invalid("type 2 (STRUCT 'event') at offset 40: member 'pid' has type 99, but the last type "
		"is 2");
	start();
	add_array(&b, 1, 99, 1);
	invalid("type 2 (ARRAY) at offset 40: refers to types 1 and 99, but the last type is 2");
	start();
	add_proto(&b, 99);
	invalid("type 2 (FUNC_PROTO) at offset 40: refers to type 99, but the last type is 2");
	start();
	add_proto(&b, 0);
	add_param(&b, "p", 99);
	invalid("type 2 (FUNC_PROTO) at offset 40: parameter 'p' has type 99, but the last type is "
		"2");
	start();
	add_datasec(&b, ".data", 0);
	add_variable(&b, 99, 0, 4);
	invalid("type 2 (DATASEC '.data') at offset 40: variable #0 is type 99, but the last type "
		"is 2");
}
END_TEST

START_TEST(id_of_the_wrong_kind)
{
	start();
	add_func(&b, "f", 1, 0);
	invalid("type 2 (FUNC 'f') at offset 40: cannot refer to type 1 (INT)");
	start();
	add_func(&b, "f", 0, 0);
	invalid("type 2 (FUNC 'f') at offset 40: cannot refer to type 0 (VOID)");
	start();
	add_proto(&b, 0);
	add_func(&b, "f", 2, 0);
	add_var(&b, "v", 3, 0);
	invalid("type 4 (VAR 'v') at offset 64: cannot refer to type 3 (FUNC)");
	start();
	add_datasec(&b, ".data", 0);
	add_variable(&b, 1, 0, 4);
	invalid("type 2 (DATASEC '.data') at offset 40: variable #0 is type 1, which is a INT");
	start();
	add_var(&b, "v", 1, 0);
	add_ptr(&b, 2);
	invalid("type 3 (PTR) at offset 56: cannot refer to type 2 (VAR)");
	start();
	add_var(&b, "v", 1, 0);
	add_struct(&b, "s", 4);
	add_member(&b, "m", 2, 0);
	invalid("type 3 (STRUCT 's') at offset 56: member 'm' cannot have type 2 (VAR)");
	start();
	add_decl_tag(&b, "t", 1, -1);
	invalid("type 2 (DECL_TAG 't') at offset 40: cannot refer to type 1 (INT)");
}
END_TEST

START_TEST(void_where_a_value_is_needed)
{
	start();
	add_struct(&b, "s", 4);
	add_member(&b, "m", 0, 0);
	invalid("type 2 (STRUCT 's') at offset 40: member 'm' has type 0 (VOID), which has no size "
		"below 4 GiB");
	start();
	add_array(&b, 0, 1, 1);
	invalid("type 2 (ARRAY) at offset 40: an array of type 0, which has no size below 4 GiB");
	start();
	add_array(&b, 1, 0, 1);
	invalid("type 2 (ARRAY) at offset 40: its index is type 0 (VOID)");
	start();
	add_proto(&b, 0);
	add_param(&b, "", 0);
	add_param(&b, "p", 1);
	invalid("type 2 (FUNC_PROTO) at offset 40: parameter #0 is void");
}
END_TEST

START_TEST(tag_component)
{
	static const int32_t wrong[] = {-2, 1, INT32_MAX, INT32_MIN};

	for (size_t i = 0; i < 4; i++) {
		char text[128];

		start();
		add_struct(&b, "s", 4);
		add_member(&b, "m", 1, 0);
		add_decl_tag(&b, "t", 2, wrong[i]);
		finish();
		snprintf(text, sizeof(text),
			 "type 3 (DECL_TAG 't') at offset 64: tags component %d of type 2, which "
			 "has 1",
			 wrong[i]);
		refused(-EINVAL, text);
	}
	start();
	add_typedef(&b, "t", 1);
	add_decl_tag(&b, "t", 2, 0);
	invalid("type 3 (DECL_TAG 't') at offset 52: tags component 0 of type 2, which has 0");
}
END_TEST

START_TEST(linkage_flag_and_vlen)
{
	start();
	add_proto(&b, 0);
	add_func(&b, "f", 2, 3);
	invalid("type 3 (FUNC 'f') at offset 52: its linkage 3 is not known");
	start();
	add_var(&b, "v", 1, 9);
	invalid("type 2 (VAR 'v') at offset 40: its linkage 9 is not known");
	start();
	add_raw(&b, "", BTF_INFO(PBPF_KIND_PTR, 0) | 1u << 31, 1);
	invalid("type 2 (PTR) at offset 40: its kind has no kind_flag");
	start();
	add_raw(&b, "", BTF_INFO(PBPF_KIND_PTR, 5), 1);
	invalid("type 2 (PTR) at offset 40: vlen is 5 for a kind without records");
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("btf_check");
	TCase *t = tcase_create("types");

	tcase_add_test(t, unknown_kinds);
	tcase_add_test(t, vlen_past_the_end);
	tcase_add_test(t, last_type_cut);
	tcase_add_test(t, many_types_are_fine);
	tcase_add_test(t, name_past_the_strings);
	tcase_add_test(t, name_missing);
	tcase_add_test(t, hostile_name_is_escaped);
	tcase_add_test(t, id_past_the_last);
	tcase_add_test(t, id_of_the_wrong_kind);
	tcase_add_test(t, void_where_a_value_is_needed);
	tcase_add_test(t, tag_component);
	tcase_add_test(t, linkage_flag_and_vlen);
	suite_add_tcase(s, t);
	return s;
}
