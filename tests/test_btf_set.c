/* SPDX-License-Identifier: MIT */
/*
 * Values from text: each kind, each way to be wrong, and back from what was printed.
 */
#include "btf/pbpf_btf.h"
#include "btf_builder.h"
#include "harness.h"

static struct btf_builder b;
static struct pbpf_btf *btf;
static struct host host;

static void finish(void)
{
	struct btf_bytes bytes = btf_finish(&b);
	struct pbpf_env env = host_env(&host);

	env.resize = NULL;
	ck_assert_msg(!pbpf_btf_parse(&btf, bytes.bytes, bytes.size, NULL, &env), "%s", host.text);
	free(bytes.bytes);
}

static void done(void)
{
	pbpf_btf_free(btf);
}

/* Sets a value of exactly `size` bytes, all of which were `before`. */
static unsigned char *set(uint32_t id, const char *text, size_t size, int before, int expected)
{
	struct pbpf_env env = host_env(&host);
	unsigned char *data = malloc(size ? size : 1);
	char *exact = strdup(text); /* so that a read beyond its end is noticed */
	int err;

	host.messages[PBPF_ERROR] = 0;
	memset(data, before, size);
	err = pbpf_btf_set_value(btf, id, exact, data, size, &env);
	ck_assert_msg(err == expected, "'%s': %d %s", text, err, err ? host.text : "");
	ck_assert_uint_eq(host.messages[PBPF_ERROR], err != 0);
	free(exact);
	return data;
}

static void sets(uint32_t id, const char *text, const void *value, size_t size)
{
	for (int before = 0; before < 256; before += 255) {
		unsigned char *data = set(id, text, size, before, 0);

		ck_assert_msg(!memcmp(data, value, size), "'%s'", text);
		free(data);
	}
}

/* Refuses, says so, and leaves the value as it was. */
static void refuses(uint32_t id, const char *text, size_t size, int err, const char *message)
{
	unsigned char *data = set(id, text, size, 0x5a, err);

	for (size_t i = 0; i < size; i++)
		ck_assert_uint_eq(data[i], 0x5a);
	ck_assert_msg(strstr(host.text, message), "'%s' lacks '%s'", host.text, message);
	free(data);
}

START_TEST(integers)
{
	uint32_t s8, u8, s32, u32, s64, u64, chr, boolean, s128, u128, alias;
	unsigned char wide[16] = {0};

	btf_start(&b, false);
	s8 = add_int(&b, "signed char", 1, 1);
	u8 = add_int(&b, "unsigned char", 1, 0);
	s32 = add_int(&b, "int", 4, 1);
	u32 = add_int(&b, "unsigned int", 4, 0);
	s64 = add_int(&b, "long", 8, 1);
	u64 = add_int(&b, "unsigned long", 8, 0);
	chr = add_int(&b, "char", 1, 1);
	boolean = add_int(&b, "_Bool", 1, 4);
	s128 = add_int(&b, "__int128", 16, 1);
	u128 = add_int(&b, "unsigned __int128", 16, 0);
	alias = add_typedef(&b, "u32_t", add_modifier(&b, PBPF_KIND_CONST, u32));
	finish();

	sets(s8, "-128", &(int8_t){-128}, 1);
	sets(s8, " 127 ", &(int8_t){127}, 1);
	sets(u8, "255", &(uint8_t){255}, 1);
	sets(s32, "-2147483648", &(int32_t){INT32_MIN}, 4);
	sets(u32, "4294967295", &(uint32_t){UINT32_MAX}, 4);
	sets(alias, "0xffFFffff", &(uint32_t){UINT32_MAX}, 4);
	sets(u32, "\"0x10\"", &(uint32_t){16}, 4);
	sets(u32, "-0", &(uint32_t){0}, 4);
	sets(s64, "-9223372036854775808", &(int64_t){INT64_MIN}, 8);
	sets(u64, "18446744073709551615", &(uint64_t){UINT64_MAX}, 8);
	sets(chr, "65", "A", 1);
	sets(chr, "\"A\"", "A", 1);
	sets(chr, "'\\n'", "\n", 1);
	sets(boolean, "true", &(uint8_t){1}, 1);
	sets(boolean, "0", &(uint8_t){0}, 1);
	memset(wide, 0xff, 16);
	sets(s128, "-1", wide, 16);
	sets(u128, "0xffffffffffffffffffffffffffffffff", wide, 16);
	sets(u128, "\"0xffffffffffffffffffffffffffffffff\"", wide, 16);

	refuses(s8, "128", 1, -ERANGE, "'128' does not fit 'signed char' of 8 bits");
	refuses(s8, "-129", 1, -ERANGE, "'-129' does not fit");
	refuses(u8, "256", 1, -ERANGE, "does not fit");
	refuses(u8, "-1", 1, -ERANGE, "does not fit");
	refuses(u64, "18446744073709551616", 8, -ERANGE, "does not fit");
	refuses(s128, "0xffffffffffffffffffffffffffffffff", 16, -ERANGE, "does not fit");
	refuses(u128, "0x1ffffffffffffffffffffffffffffffff", 16, -ERANGE, "does not fit");
	refuses(boolean, "2", 1, -EINVAL, "'2' is not true or false");
	refuses(u32, "x", 4, -EINVAL, "'x' is not a number");
	refuses(u32, "0x", 4, -EINVAL, "is not a number");
	refuses(u32, "1.5", 4, -EINVAL, "is not a number");
	refuses(u32, "--1", 4, -EINVAL, "is not a number");
	refuses(chr, "\"AB\"", 1, -EINVAL, "'AB' is not a number");
	refuses(u32, "", 4, -EINVAL, "the text ends before a value");
	refuses(u32, "1 2", 4, -EINVAL, "'2' where the end should be");
	refuses(u32, "{}", 4, -EINVAL, "'{' where a value should be");
	refuses(u32, "1", 3, -ERANGE, "does not fit there");
	refuses(0, "1", 4, -EINVAL, "the type has no values");
	done();
}
END_TEST

START_TEST(enumerations_and_floats)
{
	uint32_t state, wide, half, single, whole, pointer;

	btf_start(&b, false);
	state = add_enum(&b, "state", 4, false);
	add_enumerator(&b, "TASK_RUNNING", 0);
	add_enumerator(&b, "TASK_DEAD", 128);
	add_enumerator(&b, "TASK_ALL", UINT32_MAX);
	wide = add_enum64(&b, "wide", false);
	add_enumerator(&b, "WIDEST", UINT64_MAX);
	half = add_float(&b, "_Float16", 2);
	single = add_float(&b, "float", 4);
	whole = add_float(&b, "double", 8);
	pointer = add_ptr(&b, state);
	finish();

	sets(state, "TASK_DEAD", &(uint32_t){128}, 4);
	sets(state, "\"TASK_DEAD\"", &(uint32_t){128}, 4);
	sets(state, "7", &(uint32_t){7}, 4);
	sets(state, "TASK_ALL", &(uint32_t){UINT32_MAX}, 4);
	sets(state, "-1", &(uint32_t){UINT32_MAX}, 4);
	sets(wide, "WIDEST", &(uint64_t){UINT64_MAX}, 8);
	sets(single, "-1.5e3", &(float){-1500}, 4);
	sets(whole, "0.1", &(double){0.1}, 8);
	sets(whole, "\"3\"", &(double){3}, 8);

	refuses(state, "TASK_DEAF", 4, -ENOENT,
		"enum 'state' has no 'TASK_DEAF'; did you mean 'TASK_DEAD'?");
	refuses(state, "4294967296", 4, -ERANGE, "does not fit");
	refuses(whole, "one", 8, -EINVAL, "'one' is not a number");
	refuses(half, "1", 2, -ENOTSUP, "a float of 16 bits");
	refuses(pointer, "0x1234", 8, -ENOTSUP, "'0x1234' is for a pointer");
	done();
}
END_TEST

/* struct { u32 pid; char comm[8]; u16 flags:3, mode:5; struct { u8 x; union { u8 y; u8 z; }; }; u16 args[2]; } */
static uint32_t add_record(void)
{
	uint32_t u8 = add_int(&b, "unsigned char", 1, 0), u16 = add_int(&b, "unsigned short", 2, 0);
	uint32_t u32 = add_int(&b, "unsigned int", 4, 0), chr = add_int(&b, "char", 1, 1);
	uint32_t comm = add_array(&b, chr, u32, 8), args = add_array(&b, u16, u32, 2);
	uint32_t either, inner, record;

	either = add_union(&b, "", 1);
	add_member(&b, "y", u8, 0);
	add_member(&b, "z", u8, 0);
	inner = add_struct(&b, "", 2);
	add_member(&b, "x", u8, 0);
	add_member(&b, "", either, 8);
	record = add_struct(&b, "record", 20);
	add_bitfield(&b, "pid", u32, 0, 0);
	add_bitfield(&b, "comm", comm, 32, 0);
	add_bitfield(&b, "flags", u16, 96, 3);
	add_bitfield(&b, "mode", u16, 99, 5);
	add_bitfield(&b, "", inner, 112, 0);
	add_bitfield(&b, "args", args, 128, 0);
	return record;
}

struct record {
	uint32_t pid;
	char comm[8];
	uint8_t bits, hole;
	uint8_t x, y;
	uint16_t args[2];
};

START_TEST(records)
{
	uint32_t id;
	struct record record = {17, "sh", 0, 0, 1, 2, {3, 4}};
	unsigned char *data;

	btf_start(&b, false);
	id = add_record();
	finish();
	record.bits = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 5 | 9 << 3 : 5 << 5 | 9;

	data = set(id,
		   "{\"pid\": 17, \"comm\": \"sh\", \"flags\": 5, \"mode\": 9, \"x\": 1, \"z\": 2, "
		   "\"args\": [3, 4]}",
		   sizeof(record), 0, 0);
	ck_assert(!memcmp(data, &record, sizeof(record)));
	free(data);
	data = set(id, "{pid=17,comm='sh',flags=5,mode=9,x=1,y=2,args=[3,4]}", sizeof(record), 0,
		   0);
	ck_assert(!memcmp(data, &record, sizeof(record)));
	free(data);

	/* What is not named stays. */
	data = set(id, "{\"args\": [1], \"mode\": 0}", sizeof(record), 0xff, 0);
	memset(&record, 0xff, sizeof(record));
	record.args[0] = 1;
	record.bits = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 7 : 7 << 5;
	ck_assert(!memcmp(data, &record, sizeof(record)));
	free(data);
	data = set(id, "{}", sizeof(record), 0xff, 0);
	free(data);

	refuses(id, "{\"pidd\": 1}", 20, -ENOENT,
		"'record' has no member 'pidd'; did you mean 'pid'?");
	refuses(id, "{\"qqqqq\": 1}", 20, -ENOENT, "'record' has no member 'qqqqq'");
	refuses(id, "{\"\": {\"x\": 1}}", 20, -ENOENT, "has no member ''");
	refuses(id, "{\"pid\": 1, \"mode\": 32}", 20, -ERANGE, "'32' does not fit");
	refuses(id, "{\"args\": [1, 2, 3]}", 20, -ERANGE, "the array has 2 elements");
	refuses(id, "{\"args\": 1}", 20, -EINVAL, "'1' where an array ([...])");
	refuses(id, "{\"args\": \"ab\"}", 20, -EINVAL, "where an array ([...])");
	refuses(id, "{\"comm\": \"123456789\"}", 20, -ERANGE,
		"this string of 9 bytes does not fit into 8");
	refuses(id, "[1]", 20, -EINVAL, "'[' where a struct ({...})");
	refuses(id, "17", 20, -EINVAL, "'17' where a struct");
	refuses(id, "{\"pid\" 1}", 20, -EINVAL, "'1' where a colon should be");
	refuses(id, "{\"pid\": 1 \"x\": 1}", 20, -EINVAL, "'x' where a comma");
	refuses(id, "{\"pid\": 1,}", 20, -EINVAL, "'}' where the name of a member should be");
	refuses(id, "{\"args\": [1,]}", 20, -EINVAL, "']' where a value should be");
	refuses(id, "{\"pid\": 1", 20, -EINVAL, "the text ends before a comma");
	refuses(id, "{\"pid\": 1]", 20, -EINVAL, "']' where a comma");
	refuses(id, "{\"pid", 20, -EINVAL, "a string without its end");
	refuses(id, "{\"pid\": 1}}", 20, -EINVAL, "'}' where the end should be");
	done();
}
END_TEST

START_TEST(strings)
{
	uint32_t text, chr;

	btf_start(&b, false);
	chr = add_int(&b, "char", 1, 1);
	text = add_array(&b, chr, add_int(&b, "int", 4, 1), 6);
	finish();
	sets(text, "\"\"", "\0\0\0\0\0\0", 6);
	sets(text, "\"abcdef\"", "abcdef", 6);
	sets(text, "\"a\\\"\\\\\\/\\n\"", "a\"\\/\n\0", 6);
	sets(text, "\"\\u0041\\u00e9\\u20ac\"", "A\xc3\xa9\xe2\x82\xac", 6);
	sets(text, "\"\\ud83d\\ude00\"", "\xf0\x9f\x98\x80\0\0", 6);
	sets(text, "\"\\xff\\x01\"", "\xff\x01\0\0\0\0", 6);
	sets(text, "\"\xc3\xa9\"", "\xc3\xa9\0\0\0\0", 6);
	sets(text, "[65, \"B\", 67, 68, 69, 0]", "ABCDE\0", 6);
	refuses(text, "\"abcdefg\"", 6, -ERANGE, "7 bytes does not fit into 6");
	refuses(text, "\"\\q\"", 6, -EINVAL, "an escape that JSON does not know");
	refuses(text, "\"\\u12\"", 6, -EINVAL, "an escape");
	refuses(text, "\"\\ud83d\"", 6, -EINVAL, "an escape");
	refuses(text, "\"\\ude00\"", 6, -EINVAL, "an escape");
	refuses(text, "\"\\ud83d\\u0041\"", 6, -EINVAL, "an escape");
	refuses(text, "\"\\x4\"", 6, -EINVAL, "an escape");
	refuses(text, "\"\\", 6, -EINVAL, "a string without its end");
	refuses(text, "abc", 6, -EINVAL, "'abc' where an array");
	done();
}
END_TEST

/* --- Back from what was printed -------------------------------------------------------------- */

struct output {
	char text[4096];
	size_t used;
};

static int write_output(void *ctx, const char *text, size_t size)
{
	struct output *out = ctx;

	ck_assert_uint_lt(out->used + size, sizeof(out->text));
	memcpy(out->text + out->used, text, size);
	out->used += size;
	out->text[out->used] = '\0';
	return 0;
}

START_TEST(what_is_printed_can_be_set)
{
	struct record record = {0};
	uint32_t id, seed = 1;

	btf_start(&b, false);
	id = add_record();
	finish();
	for (int round = 0; round < 200; round++) {
		unsigned char *bytes = (unsigned char *)&record;

		for (size_t i = 0; i < sizeof(record); i++) {
			seed = seed * 1103515245 + 12345;
			bytes[i] = (unsigned char)(seed >> 16);
		}
		record.hole = 0;
		for (size_t i = 0; i < sizeof(record.comm); i++)
			record.comm[i] =
				round % 8 > (int)i ? (char)(0x21 + (record.comm[i] & 0x3f)) : 0;
		for (int style = 0; style < 2; style++) {
			struct output out = {{0}, 0};
			struct pbpf_writer writer = {write_output, &out};
			unsigned char *back;

			ck_assert_int_eq(pbpf_btf_print_value(btf, id, &record, sizeof(record),
							      (enum pbpf_btf_style)style, &writer),
					 0);
			back = set(id, out.text, sizeof(record), 0, 0);
			ck_assert_msg(!memcmp(back, &record, sizeof(record)), "%s", out.text);
			free(back);
		}
	}
	done();
}
END_TEST

/* Nameless structs within nameless structs: 2^60 members to look through, which is too many. */
START_TEST(a_search_has_an_end)
{
	uint32_t type, u8;

	btf_start(&b, false);
	u8 = add_int(&b, "unsigned char", 1, 0);
	type = add_union(&b, "", 1);
	add_member(&b, "a", u8, 0);
	for (int depth = 0; depth < 60; depth++) {
		uint32_t inner = type;

		type = add_union(&b, depth == 59 ? "bomb" : "", 1);
		add_member(&b, "", inner, 0);
		add_member(&b, "", inner, 0);
	}
	finish();
	sets(type, "{\"a\": 7}", &(uint8_t){7}, 1);
	refuses(type, "{\"b\": 7}", 1, -ERANGE, "too many members");
	done();
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("btf_set");
	TCase *tc = tcase_create("set");

	tcase_add_test(tc, integers);
	tcase_add_test(tc, enumerations_and_floats);
	tcase_add_test(tc, records);
	tcase_add_test(tc, strings);
	tcase_add_test(tc, what_is_printed_can_be_set);
	tcase_add_test(tc, a_search_has_an_end);
	suite_add_tcase(suite, tc);
	return suite;
}
