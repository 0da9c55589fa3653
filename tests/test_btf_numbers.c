/* SPDX-License-Identifier: MIT */
/*
 * Bad types, continued: sizes and offsets that do not fit, types within themselves, and parts of a split BTF.
 */
#include "btf_refused.h"

/* --- numbers ---------------------------------------------------------------------------------- */

static void int_with(uint32_t size, uint32_t word, const char *text)
{
	btf_start(&b, false);
	add_raw(&b, "i", BTF_INFO(PBPF_KIND_INT, 0), size);
	add_word(&b, word);
	invalid(text);
}

START_TEST(integers)
{
	int_with(4, 0, "type 1 (INT 'i') at offset 24: 0 bits from bit 0 do not lie in 4 bytes");
	int_with(16, 129,
		 "type 1 (INT 'i') at offset 24: 129 bits from bit 0 do not lie in 16 "
		 "bytes");
	int_with(16, 255,
		 "type 1 (INT 'i') at offset 24: 255 bits from bit 0 do not lie in 16 "
		 "bytes");
	int_with(4, 1 << 16 | 32,
		 "type 1 (INT 'i') at offset 24: 32 bits from bit 1 do not lie in "
		 "4 bytes");
	int_with(3, 24, "type 1 (INT 'i') at offset 24: an integer of 3 bytes");
	int_with(0, 8, "type 1 (INT 'i') at offset 24: an integer of 0 bytes");
	int_with(0x80000001, 8, "type 1 (INT 'i') at offset 24: an integer of 2147483649 bytes");
	int_with(4, 8u << 24 | 32,
		 "type 1 (INT 'i') at offset 24: its integer word 0x08000020 is not known");
}
END_TEST

START_TEST(floats_and_enums)
{
	start();
	add_float(&b, "f", 3);
	invalid("type 2 (FLOAT 'f') at offset 40: a float of 3 bytes");
	start();
	add_enum(&b, "declared", 0, false);
	accepted();
	start();
	add_enum(&b, "e", 0, false);
	add_enumerator(&b, "A", 1);
	invalid("type 2 (ENUM 'e') at offset 40: an enumeration of 0 bytes");
	start();
	add_enum(&b, "e", 16, false);
	invalid("type 2 (ENUM 'e') at offset 40: an enumeration of 16 bytes");
	start();
	add_raw(&b, "e", BTF_INFO(PBPF_KIND_ENUM64, 0), 4);
	invalid("type 2 (ENUM64 'e') at offset 40: an enumeration of 4 bytes");
}
END_TEST

/* A pointer may lead to an array of 4 GiB; nothing can hold one. */
START_TEST(arrays_too_large)
{
	start();
	add_ptr(&b, add_array(&b, 1, 1, 0x40000000));
	add_var(&b, "elsewhere", 2, PBPF_LINKAGE_GLOBAL);
	accepted();
	start();
	for (uint32_t i = 1; i <= 10; i++)
		add_array(&b, i, 1, 1u << 31);
	invalid("type 3 (ARRAY) at offset 64: an array of type 2, which has no size below 4 GiB");
	start();
	add_array(&b, 1, 1, 0x40000000);
	add_struct(&b, "s", UINT32_MAX);
	add_member(&b, "m", 2, 0);
	invalid("type 3 (STRUCT 's') at offset 64: member 'm' has type 2 (ARRAY), which has no size "
		"below 4 GiB");
	start();
	add_array(&b, 1, 1, 0x40000000);
	add_var(&b, "v", 2, PBPF_LINKAGE_GLOBAL);
	add_datasec(&b, ".bss", UINT32_MAX);
	add_variable(&b, 3, 0, UINT32_MAX);
	invalid("type 4 (DATASEC '.bss') at offset 80: variable 'v' has 4294967295 bytes, but its "
		"type 4 GiB or more");
	start();
	add_array(&b, 1, 1, 0);
	accepted();
}
END_TEST

START_TEST(members_outside_their_struct)
{
	start();
	add_struct(&b, "s", 4);
	add_member(&b, "m", 1, 8);
	invalid("type 2 (STRUCT 's') at offset 40: member 'm' (32 bits at bit 8) passes the end at "
		"byte 4");
	start();
	add_struct(&b, "s", 4);
	add_member(&b, "m", 1, UINT32_MAX - 7);
	invalid("type 2 (STRUCT 's') at offset 40: member 'm' (32 bits at bit 4294967288) passes "
		"the end at byte 4");
	start();
	add_struct(&b, "s", 4);
	add_bitfield(&b, "m", 1, 30, 3);
	invalid("type 2 (STRUCT 's') at offset 40: member 'm' (3 bits at bit 30) passes the end at "
		"byte 4");
	start();
	add_struct(&b, "s", UINT32_MAX);
	add_member(&b, "", 1, UINT32_MAX - 31);
	accepted();
}
END_TEST

START_TEST(members_out_of_place)
{
	start();
	add_struct(&b, "s", 8);
	add_member(&b, "a", 1, 32);
	add_member(&b, "b", 1, 0);
	invalid("type 2 (STRUCT 's') at offset 40: member 'b' is at bit 0, but the member before "
		"it at 32");
	start();
	add_union(&b, "u", 8);
	add_member(&b, "a", 1, 8);
	invalid("type 2 (UNION 'u') at offset 40: member 'a' of a union is at bit 8");
	start();
	add_struct(&b, "s", 8);
	add_member(&b, "", 1, 3);
	invalid("type 2 (STRUCT 's') at offset 40: member #0 is at bit 3, but is not a bitfield");
}
END_TEST

START_TEST(bitfields_of_the_wrong_type)
{
	start();
	add_ptr(&b, 1);
	add_struct(&b, "s", 64);
	add_bitfield(&b, "m", 2, 0, 255);
	invalid("type 3 (STRUCT 's') at offset 52: member 'm' is a bitfield of 255 bits of type 2 "
		"(PTR)");
	start();
	add_struct(&b, "s", 64);
	add_bitfield(&b, "m", 1, 0, 33);
	invalid("type 2 (STRUCT 's') at offset 40: member 'm' is a bitfield of 33 bits of type 1 "
		"(INT)");
}
END_TEST

/* Before kind_flag, a bitfield was an integer of fewer bits than its bytes have. */
START_TEST(bitfields_of_old)
{
	btf_start(&b, false);
	add_raw(&b, "i", BTF_INFO(PBPF_KIND_INT, 0), 4);
	add_word(&b, 3);
	add_struct(&b, "s", 1);
	add_member(&b, "m", 1, 5);
	accepted();
	btf_start(&b, false);
	add_raw(&b, "i", BTF_INFO(PBPF_KIND_INT, 0), 4);
	add_word(&b, 3);
	add_struct(&b, "s", 1);
	add_member(&b, "m", 1, 6);
	invalid("type 2 (STRUCT 's') at offset 40: member 'm' (3 bits at bit 6) passes the end at "
		"byte 1");
}
END_TEST

static void datasec_with(uint32_t size, uint32_t second_offset, uint32_t second_size,
			 const char *text)
{
	start();
	add_var(&b, "v", 1, 0);
	add_datasec(&b, ".data", size);
	add_variable(&b, 2, 4, 4);
	add_variable(&b, 2, second_offset, second_size);
	if (text)
		invalid(text);
	else
		accepted();
}

START_TEST(datasecs)
{
	datasec_with(12, 8, 4, NULL);
	datasec_with(0, 0, 4, NULL); /* as clang leaves it */
	datasec_with(12, 0, 4,
		     "type 3 (DATASEC '.data') at offset 56: variable #1 is at 0, within the one "
		     "before it, or before that");
	datasec_with(12, UINT32_MAX, 4,
		     "type 3 (DATASEC '.data') at offset 56: variable #1 (4 bytes at 4294967295) "
		     "passes the section's end at 12");
	datasec_with(12, 8, 5,
		     "type 3 (DATASEC '.data') at offset 56: variable #1 (5 bytes at 8) passes the "
		     "section's end at 12");
	datasec_with(12, 8, 3,
		     "type 3 (DATASEC '.data') at offset 56: variable 'v' has 3 bytes, but its "
		     "type 4");
	start();
	add_raw(&b, ".data", BTF_INFO(PBPF_KIND_DATASEC, 0xffffff), 0);
	invalid("type 2 (DATASEC) at offset 40: 16777215 records do not fit the rest of the type "
		"section");
}
END_TEST

/* --- nesting ---------------------------------------------------------------------------------- */

START_TEST(cycles_by_value)
{
	start();
	add_typedef(&b, "t", 2);
	invalid("type 2 (TYPEDEF 't') at offset 40: contains itself by value, or a type that does: "
		"type 2");
	start();
	add_modifier(&b, PBPF_KIND_CONST, 3);
	add_modifier(&b, PBPF_KIND_VOLATILE, 2);
	invalid("type 2 (CONST) at offset 40: contains itself by value, or a type that does: type "
		"2");
	start();
	add_struct(&b, "s", 8);
	add_member(&b, "m", 1, 0);
	add_member(&b, "self", 2, 32);
	invalid("type 2 (STRUCT 's') at offset 40: contains itself by value, or a type that does: "
		"type 2");
	start();
	add_array(&b, 2, 1, 1);
	invalid("type 2 (ARRAY) at offset 40: contains itself by value, or a type that does: type "
		"2");
	start();
	add_typedef(&b, "outside", 3);
	add_struct(&b, "a", 4);
	add_member(&b, "b", 4, 0);
	add_union(&b, "b", 4);
	add_member(&b, "a", 3, 0);
	invalid("type 2 (TYPEDEF 'outside') at offset 40: contains itself by value, or a type that "
		"does: type 3");
}
END_TEST

START_TEST(cycles_through_pointers_are_fine)
{
	start();
	add_struct(&b, "node", 8);
	add_member(&b, "next", 3, 0);
	add_ptr(&b, 2);
	add_ptr(&b, 4);
	accepted();
}
END_TEST

static void chain(uint32_t length)
{
	start();
	for (uint32_t i = 1; i <= length; i++)
		add_modifier(&b, PBPF_KIND_CONST, i);
}

START_TEST(long_chains)
{
	chain(127);
	accepted();
	chain(128);
	invalid("type 129 (CONST) at offset 1564: nests more than 128 levels deep");
	/* the same from the other end */
	btf_start(&b, false);
	for (uint32_t i = 1; i <= 10000; i++)
		add_modifier(&b, PBPF_KIND_CONST, i + 1);
	add_int(&b, "int", 4, 1);
	invalid("type 1 (CONST) at offset 24: nests more than 128 levels deep");
}
END_TEST

/* 2^60 ways from the first struct to the last, each type looked at once. */
START_TEST(nesting_takes_linear_time)
{
	btf_start(&b, false);
	for (uint32_t i = 1; i < 60; i++) {
		add_struct(&b, "s", 0);
		add_member(&b, "a", i + 1, 0);
		add_member(&b, "b", i + 1, 0);
	}
	add_struct(&b, "s", 0);
	accepted();
}
END_TEST

/* --- split ------------------------------------------------------------------------------------ */

static struct pbpf_btf *base_of(struct btf_builder *base)
{
	struct pbpf_btf *btf = NULL;
	struct btf_bytes base_bytes;

	btf_start(base, false);
	add_int(base, "int", 4, 1);
	base_bytes = btf_finish(base);
	ck_assert_int_eq(pbpf_btf_parse(&btf, base_bytes.bytes, base_bytes.size, NULL, NULL), 0);
	free(base_bytes.bytes);
	return btf;
}

START_TEST(split_past_its_base)
{
	struct btf_builder base_builder;
	struct pbpf_btf *base = base_of(&base_builder);

	btf_start_split(&b, &base_builder);
	add_ptr(&b, 3);
	finish();
	refused_over(base, -EINVAL,
		     "type 2 (PTR) at offset 24: refers to type 3, but the last type is 2");
	/* ids and strings that only a larger base would have */
	base_builder.next_id = 5;
	btf_start_split(&b, &base_builder);
	add_typedef(&b, "t", 4);
	finish();
	refused_over(base, -EINVAL,
		     "type 2 (TYPEDEF 't') at offset 24: refers to type 4, but the last type is 2");
	base_builder.first_string = 100;
	btf_start_split(&b, &base_builder);
	add_typedef(&b, "t", 1);
	finish();
	refused_over(base, -EINVAL,
		     "type 2 (TYPEDEF) at offset 24: its name is at 105, past the strings");
	pbpf_btf_free(base);
}
END_TEST

START_TEST(split_without_its_base)
{
	struct btf_builder base_builder;
	struct pbpf_btf *base = base_of(&base_builder);

	btf_start_split(&b, &base_builder);
	add_typedef(&b, "t", 1);
	finish();
	refused(-EINVAL, "the first string is not empty");
	pbpf_btf_free(base);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("btf_numbers");
	TCase *t;

	t = tcase_create("numbers");
	tcase_add_test(t, integers);
	tcase_add_test(t, floats_and_enums);
	tcase_add_test(t, arrays_too_large);
	tcase_add_test(t, members_outside_their_struct);
	tcase_add_test(t, members_out_of_place);
	tcase_add_test(t, bitfields_of_the_wrong_type);
	tcase_add_test(t, bitfields_of_old);
	tcase_add_test(t, datasecs);
	suite_add_tcase(s, t);
	t = tcase_create("nesting");
	tcase_add_test(t, cycles_by_value);
	tcase_add_test(t, cycles_through_pointers_are_fine);
	tcase_add_test(t, long_chains);
	tcase_add_test(t, nesting_takes_linear_time);
	suite_add_tcase(s, t);
	t = tcase_create("split");
	tcase_add_test(t, split_past_its_base);
	tcase_add_test(t, split_without_its_base);
	suite_add_tcase(s, t);
	return s;
}
