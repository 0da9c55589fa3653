/* SPDX-License-Identifier: MIT */
/*
 * The text of a kernel's configuration, and what its values are as C variables.
 */
#include "harness.h"
#include "loader/kconfig.h"

#ifndef PBPF_NO_ZLIB
#include <zlib.h>
#endif

/* The lines of a text, as "name=value;" */
static const char *lines_of(const char *bytes, size_t size)
{
	static char all[512];
	struct kconfig_text text = {bytes, size, 0};
	struct kconfig_line line;

	all[0] = '\0';
	while (kconfig_next(&text, &line))
		sprintf(all + strlen(all), "%.*s=%.*s;", (int)line.name_length, line.name,
			(int)line.value_length, line.value);
	return all;
}

START_TEST(lines_are_assignments)
{
	static const struct {
		const char *text, *lines;
	} cases[] = {
		{"", ""},
		{"\n\n", ""},
		{"CONFIG_A=y\nCONFIG_B=250\n", "CONFIG_A=y;CONFIG_B=250;"},
		{"# CONFIG_A is not set\n#CONFIG_B=y\nCONFIG_C=m", "CONFIG_C=m;"},
		{"CONFIG_A\nCONFIG_B=\"a=b # c\"\r\n", "CONFIG_B=\"a=b # c\";"},
		{"=\n=y\nCONFIG_A=\n", "=;=y;CONFIG_A=;"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ck_assert_str_eq(lines_of(cases[i].text, strlen(cases[i].text)), cases[i].lines);
	ck_assert_str_eq(lines_of("CONFIG_A=y", 9), "CONFIG_A=;"); /* it reads no further */
}
END_TEST

enum { BOOLEAN, TRISTATE, S8, U8, S16, U16, S32, U32, S64, U64, CHARS };
static const struct kconfig_type types[] = {
	[BOOLEAN] = {KCONFIG_BOOL, false, 1},  [TRISTATE] = {KCONFIG_TRISTATE, false, 4},
	[S8] = {KCONFIG_INT, true, 1},	       [U8] = {KCONFIG_INT, false, 1},
	[S16] = {KCONFIG_INT, true, 2},	       [U16] = {KCONFIG_INT, false, 2},
	[S32] = {KCONFIG_INT, true, 4},	       [U32] = {KCONFIG_INT, false, 4},
	[S64] = {KCONFIG_INT, true, 8},	       [U64] = {KCONFIG_INT, false, 8},
	[CHARS] = {KCONFIG_STRING, false, 16},
};

/* What a variable of `size` bytes holds. */
static uint64_t held(const unsigned char *bytes, uint32_t size)
{
	uint16_t half;
	uint32_t word;
	uint64_t all;

	memcpy(&half, bytes, sizeof(half));
	memcpy(&word, bytes, sizeof(word));
	memcpy(&all, bytes, sizeof(all));
	return size == 1 ? *bytes : size == 2 ? half : size == 4 ? word : all;
}

START_TEST(values_have_types)
{
	static const struct {
		int type;
		const char *text;
		int err;
		uint64_t value;
	} cases[] = {
		{BOOLEAN, "y", 0, 1},
		{BOOLEAN, "n", 0, 0},
		{BOOLEAN, "m", -EINVAL, 0},
		{BOOLEAN, "1", -EINVAL, 0},
		{TRISTATE, "y", 0, 1},
		{TRISTATE, "m", 0, 2},
		{TRISTATE, "n", 0, 0},
		{TRISTATE, "2", -EINVAL, 0},
		{S8, "m", 0, 'm'},
		{U8, "y", 0, 'y'},
		{S16, "y", -EINVAL, 0},
		{S8, "-128", 0, 0x80},
		{S8, "-129", -ERANGE, 0},
		{S8, "127", 0, 127},
		{S8, "128", -ERANGE, 0},
		{U8, "255", 0, 255},
		{U8, "256", -ERANGE, 0},
		{U8, "-1", -ERANGE, 0},
		{U8, "-0", 0, 0},
		{U16, "250", 0, 250},
		{U16, "65536", -ERANGE, 0},
		{S32, "-2147483648", 0, 0x80000000},
		{U32, "0x1000000", 0, 0x1000000},
		{U32, "0XfF", 0, 255},
		{U32, "0x", -EINVAL, 0},
		{U32, "0xg", -EINVAL, 0},
		{U32, "4294967296", -ERANGE, 0},
		{U32, "010", 0, 10},
		{S64, "0xdffffc0000000000", 0, 0xdffffc0000000000},
		{S64, "-1", 0, UINT64_MAX},
		{U64, "18446744073709551615", 0, UINT64_MAX},
		{U64, "18446744073709551616", -ERANGE, 0},
		{U64, "99999999999999999999999999", -ERANGE, 0},
		{U32, "", -EINVAL, 0},
		{U32, "-", -EINVAL, 0},
		{U32, "1 ", -EINVAL, 0},
		{U32, "\"1\"", -EINVAL, 0},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		unsigned char bytes[8] = {0};
		struct kconfig_type type = types[cases[i].type];
		int err = kconfig_value(bytes, type, cases[i].text, strlen(cases[i].text));

		ck_assert_msg(err == cases[i].err, "'%s': %d", cases[i].text, err);
		ck_assert_msg(held(bytes, type.size) == cases[i].value, "'%s': %#llx",
			      cases[i].text, (unsigned long long)held(bytes, type.size));
	}
}
END_TEST

START_TEST(strings_end)
{
	static const struct {
		const char *text, *value;
	} cases[] = {
		{"\"(none)\"", "(none)"},
		{"\"\"", ""},
		{"\"a \\\"b\\\" \\\\c\"", "a \"b\" \\c"},
		{"\"0123456789abcdefgh\"", "0123456789abcde"}, /* cut */
		{"\"a\\\"", "a\\"},
	};
	char value[17];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		memset(value, '#', sizeof(value));
		ck_assert_int_eq(
			kconfig_value(value, types[CHARS], cases[i].text, strlen(cases[i].text)),
			0);
		ck_assert_str_eq(value, cases[i].value);
		ck_assert_int_eq(value[16], '#');
	}
	ck_assert_int_eq(kconfig_value(value, types[CHARS], "\"", 1), -EINVAL);
	ck_assert_int_eq(kconfig_value(value, types[CHARS], "\"open", 5), -EINVAL);
	ck_assert_int_eq(kconfig_value(value, types[CHARS], "y", 1), -EINVAL);
	ck_assert_int_eq(kconfig_value(value, types[CHARS], "12", 2), -EINVAL);
	/* An array of one byte has room for the end alone. */
	ck_assert_int_eq(
		kconfig_value(value, (struct kconfig_type){KCONFIG_STRING, false, 1}, "\"x\"", 3),
		0);
	ck_assert_str_eq(value, "");
}
END_TEST

START_TEST(a_line_can_be_long)
{
	enum { LONG = 50000000 };
	char *bytes = malloc(LONG);
	struct kconfig_text text = {bytes, LONG, 0};
	struct kconfig_line line;
	char value[16];

	ck_assert_ptr_nonnull(bytes);
	memset(bytes, 'x', LONG);
	memcpy(bytes, "CONFIG_A=\"", 10);
	bytes[LONG - 1] = '"';
	ck_assert(kconfig_next(&text, &line));
	ck_assert_uint_eq(line.value_length, LONG - 9);
	ck_assert_int_eq(kconfig_value(value, types[CHARS], line.value, line.value_length), 0);
	ck_assert_str_eq(value, "xxxxxxxxxxxxxxx");
	ck_assert(!kconfig_next(&text, &line));
	free(bytes);
}
END_TEST

#ifndef PBPF_NO_ZLIB

/* gzip(1) of `size` bytes; its size in *packed_size. */
static unsigned char *pack(const void *bytes, size_t size, size_t *packed_size)
{
	z_stream stream = {0};
	unsigned char *packed = malloc(size + 1024);

	ck_assert_ptr_nonnull(packed);
	ck_assert_int_eq(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY),
			 Z_OK);
	stream.next_in = (unsigned char *)(uintptr_t)bytes;
	stream.avail_in = (unsigned int)size;
	stream.next_out = packed;
	stream.avail_out = (unsigned int)size + 1024;
	ck_assert_int_eq(deflate(&stream, Z_FINISH), Z_STREAM_END);
	*packed_size = stream.total_out;
	deflateEnd(&stream);
	return packed;
}

START_TEST(what_is_packed_is_unpacked)
{
	enum { SIZE = 300000 };
	unsigned char *bytes = malloc(SIZE), *packed;
	size_t packed_size, size = 0;
	struct host host = {0};
	struct pbpf_env env = host_env(&host);
	char *text = NULL;

	for (size_t i = 0; i < SIZE; i++)
		bytes[i] = (unsigned char)(i * i >> 7);
	packed = pack(bytes, SIZE, &packed_size);
	ck_assert_int_eq(kconfig_unpack(&env, packed, packed_size, &text, &size, SIZE), 0);
	ck_assert_uint_eq(size, SIZE);
	ck_assert_mem_eq(text, bytes, SIZE);
	env_free(&env, text, size, 1);

	ck_assert_int_eq(kconfig_unpack(&env, packed, packed_size, &text, &size, SIZE - 1), -EFBIG);
	for (size_t cut = 0; cut < packed_size; cut += packed_size / 50 + 1)
		ck_assert_int_eq(kconfig_unpack(&env, packed, cut, &text, &size, SIZE), -EINVAL);
	packed[packed_size - 6] ^= 1; /* the check sum */
	ck_assert_int_eq(kconfig_unpack(&env, packed, packed_size, &text, &size, SIZE), -EINVAL);
	ck_assert_int_eq(kconfig_unpack(&env, "no gzip", 7, &text, &size, SIZE), -EINVAL);
	ck_assert_uint_eq(host.blocks, 0);
	free(packed);
	free(bytes);
}
END_TEST

/* A hundred megabytes in a hundred kilobytes. */
START_TEST(a_bomb_does_not_go_off)
{
	enum { SIZE = 100 << 20, LIMIT = 1 << 20 };
	void *bytes = calloc(SIZE, 1);
	struct host host = {0};
	struct pbpf_env env = host_env(&host);
	size_t packed_size, size;
	unsigned char *packed = pack(bytes, SIZE, &packed_size);
	char *text;

	ck_assert_uint_lt(packed_size, SIZE / 500);
	ck_assert_int_eq(kconfig_unpack(&env, packed, packed_size, &text, &size, LIMIT), -EFBIG);
	ck_assert_uint_lt(host.peak, 2 * LIMIT);
	ck_assert_uint_eq(host.blocks, 0);
	free(packed);
	free(bytes);
}
END_TEST

START_TEST(unpacking_without_memory)
{
	static const char line[] = "CONFIG_A=y\n";
	size_t packed_size, size = 0;
	unsigned char *packed = pack(line, sizeof(line) - 1, &packed_size);

	for (unsigned int n = 1;; n++) {
		struct host host = {.fail_at = n};
		struct pbpf_env env = host_env(&host);
		char *text = NULL;
		int err = kconfig_unpack(&env, packed, packed_size, &text, &size, 1000);

		if (!err)
			env_free(&env, text, size, 1);
		else
			ck_assert_int_eq(err, -ENOMEM);
		ck_assert_uint_eq(host.blocks, 0);
		if (!err)
			break;
		ck_assert_uint_lt(n, 20);
	}
	free(packed);
}
END_TEST

#else

START_TEST(without_zlib_nothing_is_unpacked)
{
	size_t size;
	char *text;

	ck_assert_int_eq(kconfig_unpack(NULL, "", 0, &text, &size, 1), -ENOTSUP);
}
END_TEST

#endif

Suite *suite(void)
{
	Suite *s = suite_create("loader_kconfig");
	TCase *text = tcase_create("text");
	TCase *gzip = tcase_create("gzip");

	tcase_add_test(text, lines_are_assignments);
	tcase_add_test(text, values_have_types);
	tcase_add_test(text, strings_end);
	tcase_add_test(text, a_line_can_be_long);
	suite_add_tcase(s, text);
#ifndef PBPF_NO_ZLIB
	tcase_set_timeout(gzip, 60);
	tcase_add_test(gzip, what_is_packed_is_unpacked);
	tcase_add_test(gzip, a_bomb_does_not_go_off);
	tcase_add_test(gzip, unpacking_without_memory);
#else
	tcase_add_test(gzip, without_zlib_nothing_is_unpacked);
#endif
	suite_add_tcase(s, gzip);
	return s;
}
