/* SPDX-License-Identifier: MIT */
#include "btf/pbpf_btf.h"
#include "btf_builder.h"
#include "harness.h"

#include <math.h>

static struct btf_builder b;
static struct pbpf_btf *btf;

struct output {
	char text[4096];
	size_t used;
	int stop; /* what write() returns */
};

static int write_output(void *ctx, const char *text, size_t size)
{
	struct output *out = ctx;

	if (out->stop)
		return out->stop;
	ck_assert_uint_lt(out->used + size, sizeof(out->text));
	memcpy(out->text + out->used, text, size);
	out->used += size;
	out->text[out->used] = '\0';
	return 0;
}

static void finish(void)
{
	struct btf_bytes bytes = btf_finish(&b);
	struct host host = {0};
	struct pbpf_env env = host_env(&host);

	env.resize = NULL;
	ck_assert_msg(!pbpf_btf_parse(&btf, bytes.bytes, bytes.size, NULL, &env), "%s", host.text);
	free(bytes.bytes);
}

static void prints(uint32_t id, const void *data, size_t size, const char *text, const char *json)
{
	const char *expected[] = {text, json};

	for (int style = 0; style < 2; style++) {
		struct output out = {0};
		struct pbpf_writer writer = {write_output, &out};
		unsigned char *exact = malloc(size ? size : 1);

		memcpy(exact, data, size);
		ck_assert_int_eq(pbpf_btf_print_value(btf, id, exact, size,
						      (enum pbpf_btf_style)style, &writer),
				 0);
		ck_assert_str_eq(out.text, expected[style]);
		free(exact);
	}
}

static void done(void)
{
	pbpf_btf_free(btf);
}

START_TEST(integers)
{
	uint32_t s8, u8, s32, u64, chr, boolean, i128;
	unsigned char wide[16] = {0};

	btf_start(&b, false);
	s8 = add_int(&b, "signed char", 1, 1);
	u8 = add_int(&b, "unsigned char", 1, 0);
	s32 = add_int(&b, "int", 4, 1);
	u64 = add_int(&b, "long long unsigned int", 8, 0);
	chr = add_int(&b, "char", 1, 1);
	boolean = add_int(&b, "_Bool", 1, 4);
	i128 = add_int(&b, "__int128", 16, 1);
	finish();
	prints(s8, &(int8_t){-1}, 1, "-1", "-1");
	prints(u8, &(uint8_t){255}, 1, "255", "255");
	prints(s32, &(int32_t){INT32_MIN}, 4, "-2147483648", "-2147483648");
	prints(u64, &(uint64_t){UINT64_MAX}, 8, "18446744073709551615", "18446744073709551615");
	prints(chr, "A", 1, "'A'", "65");
	prints(chr, "\x01", 1, "1", "1");
	prints(chr, "\xff", 1, "-1", "-1");
	prints(boolean, &(uint8_t){1}, 1, "true", "true");
	prints(boolean, &(uint8_t){0}, 1, "false", "false");
	memset(wide, 0x11, 16);
	prints(i128, wide, 16, "0x11111111111111111111111111111111",
	       "\"0x11111111111111111111111111111111\"");
	done();
}
END_TEST

START_TEST(floats)
{
	uint32_t single, whole;

	btf_start(&b, false);
	single = add_float(&b, "float", 4);
	whole = add_float(&b, "double", 8);
	finish();
	prints(single, &(float){0.1f}, 4, "0.1", "0.1");
	prints(whole, &(double){0.1}, 8, "0.1", "0.1");
	prints(whole, &(double){-1.0 / 3}, 8, "-0.3333333333333333", "-0.3333333333333333");
	prints(whole, &(double){1e300}, 8, "1e+300", "1e+300");
	prints(whole, &(double){INFINITY}, 8, "inf", "null");
	done();
}
END_TEST

START_TEST(enumerations)
{
	uint32_t color, old, wide;

	btf_start(&b, false);
	color = add_enum(&b, "color", 4, true);
	add_enumerator(&b, "RED", (uint64_t)-1);
	add_enumerator(&b, "GREEN", 7);
	old = add_enum(&b, "old", 1, false); /* clang 14 tells nothing of signs */
	add_enumerator(&b, "MINUS", (uint64_t)-1);
	wide = add_enum64(&b, "wide", false);
	add_enumerator(&b, "BIG", 0x8000000000000001);
	finish();
	prints(color, &(int32_t){-1}, 4, "RED", "\"RED\"");
	prints(color, &(int32_t){7}, 4, "GREEN", "\"GREEN\"");
	prints(color, &(int32_t){-5}, 4, "-5", "-5");
	prints(old, &(int8_t){-1}, 1, "MINUS", "\"MINUS\"");
	prints(old, &(int8_t){-2}, 1, "254", "254");
	prints(wide, &(uint64_t){0x8000000000000001}, 8, "BIG", "\"BIG\"");
	prints(wide, &(uint64_t){UINT64_MAX}, 8, "18446744073709551615", "18446744073709551615");
	done();
}
END_TEST

START_TEST(strings)
{
	uint32_t chr, array, typedefed, letters, bytes, byte;

	btf_start(&b, false);
	chr = add_int(&b, "char", 1, 1);
	array = add_array(&b, chr, chr, 8);
	byte = add_int(&b, "unsigned char", 1, 0);
	bytes = add_array(&b, byte, chr, 3);
	typedefed = add_typedef(&b, "letter", add_modifier(&b, PBPF_KIND_CONST, chr));
	letters = add_array(&b, typedefed, chr, 4);
	finish();
	prints(array, "sh\0junk!", 8, "\"sh\"", "\"sh\"");
	prints(array, "12345678", 8, "\"12345678\"", "\"12345678\"");
	prints(array, "a\"\\\n\x7f\0\0", 8, "\"a\\\"\\\\\\x0a\\x7f\"",
	       "\"a\\\"\\\\\\u000a\\u007f\"");
	prints(array, "\xc3\xa9\xe2\x82\xac\xff\0", 8, "\"\\xc3\\xa9\\xe2\\x82\\xac\\xff\"",
	       "\"\xc3\xa9\xe2\x82\xac\\u00ff\"");
	/* a character that steers terminals stays that character */
	prints(array, "\xc2\x9b\xc2\xa0\x9b\0\0", 8, "\"\\xc2\\x9b\\xc2\\xa0\\x9b\"",
	       "\"\\u009b\xc2\xa0\\u009b\"");
	/* too long a form, a surrogate, and cut in the middle */
	prints(array, "\xc0\x80\xed\xa0\x80\xf0\x9f\x98", 8,
	       "\"\\xc0\\x80\\xed\\xa0\\x80\\xf0\\x9f\\x98\"",
	       "\"\\u00c0\\u0080\\u00ed\\u00a0\\u0080\\u00f0\\u009f\\u0098\"");
	prints(letters, "abcd", 4, "\"abcd\"", "\"abcd\"");
	prints(bytes, "\x01\x02\x03", 3, "[1, 2, 3]", "[1,2,3]");
	done();
}
END_TEST

START_TEST(structs)
{
	struct {
		uint32_t pid;
		union {
			uint32_t a;
			int32_t b;
		};
		char comm[4];
		uint32_t pad;
		uint64_t next; /* a pointer of BPF */
		uint32_t list[2];
	} event = {17, {.b = -1}, "sh", 0, 0xabc0, {1, 2}};
	uint32_t u32, s32, chr, comm, list, anonymous, ptr, id, empty, outer;

	btf_start(&b, false);
	u32 = add_int(&b, "unsigned int", 4, 0);
	s32 = add_int(&b, "int", 4, 1);
	chr = add_int(&b, "char", 1, 1);
	comm = add_array(&b, chr, u32, 4);
	list = add_array(&b, u32, u32, 2);
	ptr = add_ptr(&b, 0);
	anonymous = add_union(&b, "", 4);
	add_member(&b, "a", u32, 0);
	add_member(&b, "b", s32, 0);
	id = add_struct(&b, "event", 32);
	add_member(&b, "pid", u32, 0);
	add_member(&b, "", anonymous, 32);
	add_member(&b, "comm", comm, 64);
	add_member(&b, "next", ptr, 128);
	add_member(&b, "list", list, 192);
	empty = add_struct(&b, "empty", 0);
	outer = add_struct(&b, "outer", 40);
	add_member(&b, "", empty, 0);
	add_member(&b, "none", empty, 0);
	add_member(&b, "event", id, 0);
	add_member(&b, "tail", u32, 256);
	finish();
	ck_assert_uint_eq(sizeof(event), 32);
	prints(id, &event, sizeof(event),
	       "{pid=17, a=4294967295, b=-1, comm=\"sh\", next=0xabc0, list=[1, 2]}",
	       "{\"pid\":17,\"a\":4294967295,\"b\":-1,\"comm\":\"sh\",\"next\":\"0xabc0\","
	       "\"list\":[1,2]}");
	prints(outer, (char[40]){0}, 40,
	       "{none={}, event={pid=0, a=0, b=0, comm=\"\", next=0x0, list=[0, 0]}, tail=0}",
	       "{\"none\":{},\"event\":{\"pid\":0,\"a\":0,\"b\":0,\"comm\":\"\",\"next\":\"0x0\","
	       "\"list\":[0,0]},\"tail\":0}");
	done();
}
END_TEST

START_TEST(bitfields)
{
	struct {
		unsigned int a : 3;
		int b : 5;
		unsigned int c : 20;
		unsigned int d : 4;
		unsigned int hole; /* on a machine of 32 bits there is none by itself */
		unsigned long long e : 33;
	} bits = {5, -3, 0xabcde, 9, 0, 0x123456789};
	uint32_t u32, s32, u64, id;
	bool big = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;

	btf_start(&b, big);
	u32 = add_int(&b, "unsigned int", 4, 0);
	s32 = add_int(&b, "int", 4, 1);
	u64 = add_int(&b, "unsigned long long", 8, 0);
	id = add_struct(&b, "bits", sizeof(bits));
	add_bitfield(&b, "a", u32, 0, 3);
	add_bitfield(&b, "b", s32, 3, 5);
	add_bitfield(&b, "c", u32, 8, 20);
	add_bitfield(&b, "d", u32, 28, 4);
	add_bitfield(&b, "e", u64, 64, 33);
	finish();
	prints(id, &bits, sizeof(bits), "{a=5, b=-3, c=703710, d=9, e=4886718345}",
	       "{\"a\":5,\"b\":-3,\"c\":703710,\"d\":9,\"e\":4886718345}");
	done();
}
END_TEST

START_TEST(variables)
{
	uint32_t s32, section, var;

	btf_start(&b, false);
	s32 = add_int(&b, "int", 4, 1);
	var = add_var(&b, "counter", s32, 1);
	add_var(&b, "limit", s32, 1);
	section = add_datasec(&b, ".data", 12);
	add_variable(&b, var, 0, 4);
	add_variable(&b, var + 1, 8, 4);
	finish();
	prints(var, (int32_t[]){-4}, 4, "-4", "-4");
	prints(section, (int32_t[]){1, 2, 3}, 12, "{counter=1, limit=3}",
	       "{\"counter\":1,\"limit\":3}");
	done();
}
END_TEST

START_TEST(names_are_escaped)
{
	uint32_t s32, id;

	btf_start(&b, false);
	s32 = add_int(&b, "int", 4, 1);
	id = add_struct(&b, "s", 4);
	add_member(&b, "a\x1b\" b", s32, 0);
	finish();
	prints(id, (int32_t[]){1}, 4, "{a\\x1b\"\\x20b=1}", "{\"a\\u001b\\\" b\":1}");
	done();
}
END_TEST

static int print(uint32_t id, size_t size, struct output *out)
{
	struct pbpf_writer writer = {write_output, out};
	void *data = calloc(1, size ? size : 1);
	int err = pbpf_btf_print_value(btf, id, data, size, PBPF_STYLE_TEXT, &writer);

	free(data);
	return err;
}

START_TEST(sizes)
{
	struct output out = {0};
	uint32_t s32, section, var, proto;

	btf_start(&b, false);
	s32 = add_int(&b, "int", 4, 1);
	var = add_var(&b, "v", s32, 1);
	section = add_datasec(&b, ".data", 0);
	add_variable(&b, var, 0, 4);
	proto = add_proto(&b, 0);
	finish();
	ck_assert_int_eq(print(s32, 3, &out), -ERANGE);
	ck_assert_int_eq(print(s32, 8, &out), 0);	    /* a ring rounds up */
	ck_assert_int_eq(print(section, 0, &out), -ERANGE); /* not placed yet */
	ck_assert_int_eq(print(0, 8, &out), -EINVAL);
	ck_assert_int_eq(print(proto, 8, &out), -EINVAL);
	ck_assert_int_eq(print(9999, 8, &out), -EINVAL);
	done();
}
END_TEST

START_TEST(the_writer_can_stop)
{
	struct output out = {.stop = -7};

	btf_start(&b, false);
	add_int(&b, "int", 4, 1);
	finish();
	ck_assert_int_eq(print(1, 4, &out), -7);
	done();
}
END_TEST

static int count_output(void *ctx, const char *text, size_t size)
{
	(void)text;
	*(size_t *)ctx += size;
	return 0;
}

/* 2^60 integers in four bytes, and 2^32 nothings. */
START_TEST(the_amount_of_text_is_bounded)
{
	size_t written = 0;
	struct pbpf_writer writer = {count_output, &written};
	uint32_t data = 0, last = 1, nothing;

	btf_start(&b, false);
	add_int(&b, "int", 4, 1);
	for (int i = 0; i < 60; i++) {
		uint32_t next = add_union(&b, "u", 4);

		add_member(&b, "a", last, 0);
		add_member(&b, "b", last, 0);
		last = next;
	}
	nothing = add_array(&b, add_struct(&b, "empty", 0), 1, UINT32_MAX);
	finish();
	ck_assert_int_eq(
		pbpf_btf_print_value(btf, last, &data, sizeof(data), PBPF_STYLE_JSON, &writer),
		-ERANGE);
	ck_assert_uint_lt(written, 1 << 20);
	written = 0;
	ck_assert_int_eq(pbpf_btf_print_value(btf, nothing, &data, 0, PBPF_STYLE_JSON, &writer), 0);
	ck_assert_uint_eq(written, 2);
	done();
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("btf_value");
	TCase *t = tcase_create("print");

	tcase_add_test(t, integers);
	tcase_add_test(t, floats);
	tcase_add_test(t, enumerations);
	tcase_add_test(t, strings);
	tcase_add_test(t, structs);
	tcase_add_test(t, bitfields);
	tcase_add_test(t, variables);
	tcase_add_test(t, names_are_escaped);
	tcase_add_test(t, sizes);
	tcase_add_test(t, the_writer_can_stop);
	tcase_add_test(t, the_amount_of_text_is_bounded);
	suite_add_tcase(s, t);
	return s;
}
