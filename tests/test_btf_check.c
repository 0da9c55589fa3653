/* SPDX-License-Identifier: MIT */
/*
 * Bad BTF: each shape is refused with one message that says which type, and where.
 */
#include "btf/pbpf_btf.h"
#include "btf_builder.h"
#include "harness.h"

static struct btf_builder b;
static struct btf_bytes bytes;

/* An int and whatever the test adds, from type 2 at offset 40. */
static void start(void)
{
	btf_start(&b, false);
	add_int(&b, "int", 4, 1);
}

static void finish(void)
{
	bytes = btf_finish(&b);
}

/* Frees the bytes. */
static void refused_over(const struct pbpf_btf *base, int code, const char *text)
{
	struct host host = {0};
	struct pbpf_env env = host_env(&host);
	struct pbpf_btf *btf = NULL;
	unsigned char *exact = malloc(bytes.size ? bytes.size : 1);
	int err;

	if (bytes.size)
		memcpy(exact, bytes.bytes, bytes.size);
	err = pbpf_btf_parse(&btf, exact, bytes.size, base, &env);
	ck_assert_int_eq(err, code);
	ck_assert_int_eq(host.err, code);
	ck_assert_ptr_null(btf);
	ck_assert_str_eq(host.text, text);
	ck_assert_uint_eq(host.messages[PBPF_ERROR], 1);
	ck_assert_str_eq(host.stage, "btf");
	ck_assert_uint_eq(host.blocks, 0);
	free(exact);
	free(bytes.bytes);
}

static void refused(int code, const char *text)
{
	refused_over(NULL, code, text);
}

static void invalid(const char *text)
{
	finish();
	refused(-EINVAL, text);
}

static void accepted(void)
{
	struct host host = {0};
	struct pbpf_env env = host_env(&host);
	struct pbpf_btf *btf = NULL;

	finish();
	ck_assert_msg(!pbpf_btf_parse(&btf, bytes.bytes, bytes.size, NULL, &env), "%s", host.text);
	pbpf_btf_free(btf);
	free(bytes.bytes);
}

/* --- the header ------------------------------------------------------------------------------- */

/* A good header over one int (types at 24, 16 bytes; strings at 40, 5 bytes), one word replaced. */
static void header_with(size_t offset, uint32_t word, int code, const char *text)
{
	start();
	finish();
	btf_put(&bytes, offset, word);
	refused(code, text);
}

START_TEST(header_cut)
{
	for (size_t size = 0; size < 24; size++) {
		char text[80] = "shorter than its header";

		if (size >= 8)
			snprintf(text, sizeof(text),
				 "the header says that it has 24 bytes, of %zu in all", size);
		start();
		finish();
		bytes.size = size;
		refused(-EINVAL, text);
	}
}
END_TEST

START_TEST(header_size)
{
	header_with(4, 0, -EINVAL, "the header says that it has 0 bytes, of 45 in all");
	header_with(4, 8, -EINVAL, "the header says that it has 8 bytes, of 45 in all");
	header_with(4, 23, -EINVAL, "the header says that it has 23 bytes, of 45 in all");
	header_with(4, 46, -EINVAL, "the header says that it has 46 bytes, of 45 in all");
	header_with(4, UINT32_MAX, -EINVAL,
		    "the header says that it has 4294967295 bytes, of 45 in all");
}
END_TEST

START_TEST(header_tail)
{
	start();
	finish();
	bytes.bytes = realloc(bytes.bytes, bytes.size + 16);
	memmove(bytes.bytes + 40, bytes.bytes + 24, bytes.size - 24);
	memset(bytes.bytes + 24, 0, 16);
	bytes.size += 16;
	btf_put(&bytes, 4, 40);
	bytes.bytes[39] = 1;
	refused(-ENOTSUP, "the header has fields that are not known");
}
END_TEST

START_TEST(magic_and_version)
{
	header_with(0, 0x00011234, -EINVAL, "does not begin with BTF's magic number");
	header_with(0, 0x0002eb9f, -ENOTSUP, "its version is not 1");
	header_with(0, 0x0101eb9f, -ENOTSUP, "its header has unknown flags");
	/* the magic of the other order, but nothing else of it */
	header_with(0, 0x00019feb, -EINVAL,
		    "the header says that it has 402653184 bytes, of 45 in all");
}
END_TEST

START_TEST(sections_past_the_end)
{
	header_with(8, 0xfffffff8, -EINVAL,
		    "the type section (16 bytes at 4294967312) passes the end at 45");
	header_with(12, UINT32_MAX, -EINVAL,
		    "the type section (4294967295 bytes at 24) passes the end at 45");
	header_with(16, 0xfffffff0, -EINVAL,
		    "the string section (5 bytes at 4294967304) passes the end at 45");
	header_with(20, 6, -EINVAL, "the string section (6 bytes at 40) passes the end at 45");
}
END_TEST

START_TEST(sections_overlap)
{
	header_with(16, 15, -EINVAL, "the type and string sections overlap");
	header_with(8, 1, -EINVAL, "the type and string sections overlap");
}
END_TEST

START_TEST(layout_section)
{
	start();
	finish();
	bytes.bytes = realloc(bytes.bytes, bytes.size + 8);
	memmove(bytes.bytes + 32, bytes.bytes + 24, bytes.size - 24);
	bytes.size += 8;
	btf_put(&bytes, 4, 32);
	btf_put(&bytes, 24, 0xfffffffc);
	btf_put(&bytes, 28, 8);
	refused(-EINVAL, "the layout section (8 bytes at 4294967324) passes the end at 53");

	start();
	finish();
	bytes.bytes = realloc(bytes.bytes, bytes.size + 8);
	memmove(bytes.bytes + 32, bytes.bytes + 24, bytes.size - 24);
	bytes.size += 8;
	btf_put(&bytes, 4, 32);
	btf_put(&bytes, 24, 8);
	btf_put(&bytes, 28, 8);
	refused(-EINVAL, "the type and layout sections overlap");
}
END_TEST

START_TEST(types_unaligned)
{
	start();
	finish();
	bytes.bytes = realloc(bytes.bytes, bytes.size + 1);
	memmove(bytes.bytes + 25, bytes.bytes + 24, bytes.size - 24);
	bytes.size++;
	btf_put(&bytes, 8, 1);
	btf_put(&bytes, 16, 17);
	refused(-EINVAL, "the type section does not begin and end at multiples of 4");
}
END_TEST

START_TEST(strings)
{
	header_with(20, 0, -EINVAL, "the string section is empty");
	start();
	finish();
	bytes.bytes[40] = 'x';
	refused(-EINVAL, "the first string is not empty");
	header_with(20, 4, -EINVAL, "the last string has no end");
}
END_TEST

START_TEST(nothing_but_a_header)
{
	struct host host = {0};
	struct pbpf_env env = host_env(&host);
	struct pbpf_btf *btf = NULL;

	btf_start(&b, false);
	finish();
	bytes.size = 24;
	btf_put(&bytes, 20, 0);
	refused(-EINVAL, "the string section is empty");
	/* and with an empty string it is good, if poor */
	btf_start(&b, false);
	finish();
	ck_assert_int_eq(pbpf_btf_parse(&btf, bytes.bytes, bytes.size, NULL, &env), 0);
	ck_assert_uint_eq(pbpf_btf_count(btf), 1);
	pbpf_btf_free(btf);
	free(bytes.bytes);
}
END_TEST

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

START_TEST(arrays_too_large)
{
	start();
	add_array(&b, 1, 1, 0x40000000);
	invalid("type 2 (ARRAY) at offset 40: 1073741824 elements of 4 bytes are 4 GiB or more");
	start();
	for (uint32_t i = 1; i <= 10; i++)
		add_array(&b, i, 1, 1u << 31);
	invalid("type 2 (ARRAY) at offset 40: 2147483648 elements of 4 bytes are 4 GiB or more");
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

/* --- anything --------------------------------------------------------------------------------- */

/* Every prefix, and every single word replaced by each of a few wicked ones: an error or a result,
 * and never a leak. What the words do is left to the sanitizers. */
static void survives(const unsigned char *data, size_t size)
{
	struct host host = {0};
	struct pbpf_env env = host_env(&host);
	struct pbpf_btf *btf = NULL;
	unsigned char *exact = malloc(size ? size : 1);
	int err;

	memcpy(exact, data, size);
	err = pbpf_btf_parse(&btf, exact, size, NULL, &env);
	ck_assert(err < 0 ? !btf && host.messages[PBPF_ERROR] == 1 : btf != NULL);
	pbpf_btf_free(btf);
	ck_assert_uint_eq(host.blocks, 0);
	free(exact);
}

START_TEST(every_prefix_and_word)
{
	static const uint32_t words[] = {0, 1, 2, 0x7fffffff, 0x80000000, 0xfffffffc, UINT32_MAX};

	start();
	add_struct(&b, "s", 8);
	add_member(&b, "m", 1, 0);
	add_bitfield(&b, "n", 1, 32, 5);
	add_array(&b, 2, 1, 3);
	add_proto(&b, 1);
	add_param(&b, "p", 2);
	add_func(&b, "f", 4, 1);
	add_var(&b, "v", 3, 1);
	add_datasec(&b, ".data", 24);
	add_variable(&b, 6, 0, 24);
	finish();
	for (size_t size = 0; size <= bytes.size; size++)
		survives(bytes.bytes, size);
	for (size_t at = 0; at + 4 <= bytes.size; at++) {
		unsigned char kept[4];

		memcpy(kept, bytes.bytes + at, 4);
		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
			btf_put(&bytes, at, words[i]);
			survives(bytes.bytes, bytes.size);
		}
		memcpy(bytes.bytes + at, kept, 4);
	}
	free(bytes.bytes);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("btf_check");
	TCase *t = tcase_create("header");

	tcase_add_test(t, header_cut);
	tcase_add_test(t, header_size);
	tcase_add_test(t, header_tail);
	tcase_add_test(t, magic_and_version);
	tcase_add_test(t, sections_past_the_end);
	tcase_add_test(t, sections_overlap);
	tcase_add_test(t, layout_section);
	tcase_add_test(t, types_unaligned);
	tcase_add_test(t, strings);
	tcase_add_test(t, nothing_but_a_header);
	suite_add_tcase(s, t);
	t = tcase_create("types");
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
	tcase_add_test(t, split_past_its_base);
	tcase_add_test(t, split_without_its_base);
	tcase_add_test(t, every_prefix_and_word);
	suite_add_tcase(s, t);
	return s;
}
