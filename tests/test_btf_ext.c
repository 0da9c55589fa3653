/* SPDX-License-Identifier: MIT */
#include "btf/pbpf_btf.h"
#include "btf_builder.h"
#include "harness.h"

/* Types of every test: 1 int, 2 func_proto, 3 func "main", 4 struct "s". */
static struct btf_builder types;
static struct ext_builder b;
static struct pbpf_btf *btf;
static struct btf_bytes bytes;

static void start(bool big_endian)
{
	btf_start(&types, big_endian);
	add_int(&types, "int", 4, 1);
	add_proto(&types, 0);
	add_func(&types, "main", 2, 1);
	add_struct(&types, "s", 0);
	ext_start(&b, &types);
}

static void finish(void)
{
	struct btf_bytes built;

	bytes = ext_finish(&b);
	built = btf_finish(&types);
	ck_assert_int_eq(pbpf_btf_parse(&btf, built.bytes, built.size, NULL, NULL), 0);
	free(built.bytes);
}

/* func_info at 36: rec_size; 40: name, count, records. line_info and core_relo follow. */
static void good(bool big_endian)
{
	start(big_endian);
	ext_section(&b, "xdp");
	ext_func(&b, 0, 3);
	ext_line(&b, 0, "x.c", "int main()", 7, 3);
	ext_line(&b, 16, "x.c", "return 0;", 8, 1);
	ext_section(&b, "tc");
	ext_core(&b, 8, 4, "0:1", 2);
	finish();
}

static void done(void)
{
	free(bytes.bytes);
	pbpf_btf_free(btf);
}

static void refused(int code, const char *text)
{
	struct host host = {0};
	struct pbpf_env env = host_env(&host);
	struct pbpf_btf_ext *ext = NULL;
	unsigned char *exact = malloc(bytes.size ? bytes.size : 1);

	if (bytes.size)
		memcpy(exact, bytes.bytes, bytes.size);
	ck_assert_int_eq(pbpf_btf_ext_parse(&ext, exact, bytes.size, btf, &env), code);
	ck_assert_int_eq(host.err, code);
	ck_assert_ptr_null(ext);
	ck_assert_str_eq(host.text, text);
	ck_assert_uint_eq(host.messages[PBPF_ERROR], 1);
	ck_assert_str_eq(host.stage, "btf");
	ck_assert_str_eq(host.where, ".BTF.ext");
	ck_assert_int_eq(pbpf_btf_ext_parse_in_place(&ext, exact, bytes.size, btf, &env), code);
	ck_assert_str_eq(host.text, text);
	ck_assert_uint_eq(host.blocks, 0);
	free(exact);
	done();
}

static void good_with(size_t offset, uint32_t word, int code, const char *text)
{
	good(false);
	btf_put(&bytes, offset, word);
	refused(code, text);
}

static bool in_place; /* the bytes are written over */

static struct pbpf_btf_ext *parse(struct host *host)
{
	struct pbpf_env env = host_env(host);
	struct pbpf_btf_ext *ext = NULL;

	if (in_place)
		ck_assert_msg(
			!pbpf_btf_ext_parse_in_place(&ext, bytes.bytes, bytes.size, btf, &env),
			"%s", host->text);
	else
		ck_assert_msg(!pbpf_btf_ext_parse(&ext, bytes.bytes, bytes.size, btf, &env), "%s",
			      host->text);
	return ext;
}

static void check_good(bool big_endian)
{
	struct host host = {0};
	struct pbpf_btf_ext *ext;
	const struct pbpf_line_info *lines;
	size_t count;

	good(big_endian);
	ext = parse(&host);
	ck_assert_uint_eq(pbpf_btf_ext_funcs(ext, "xdp", &count)[0].type, 3);
	ck_assert_uint_eq(count, 1);
	lines = pbpf_btf_ext_lines(ext, "xdp", &count);
	ck_assert_uint_eq(count, 2);
	ck_assert_uint_eq(lines[1].insn_off, 16);
	ck_assert_uint_eq(lines[1].line_col, 8 << 10 | 1);
	ck_assert_str_eq(pbpf_btf_string(btf, lines[1].line), "return 0;");
	ck_assert_uint_eq(pbpf_btf_ext_core(ext, "tc", &count)[0].kind, 2);
	ck_assert_uint_eq(count, 1);
	pbpf_btf_ext_core(ext, "xdp", &count);
	ck_assert_uint_eq(count, 0);
	pbpf_btf_ext_funcs(NULL, "xdp", &count);
	ck_assert_uint_eq(count, 0);
	pbpf_btf_ext_free(ext);
	ck_assert_uint_eq(host.blocks, 0);
	done();
}

START_TEST(records_by_section)
{
	in_place = _i;
	check_good(false);
	check_good(true);
}
END_TEST

START_TEST(empty_is_fine)
{
	struct host host = {0};
	struct pbpf_btf_ext *ext;
	size_t count;

	start(false);
	finish();
	ext = parse(&host);
	pbpf_btf_ext_lines(ext, "xdp", &count);
	ck_assert_uint_eq(count, 0);
	pbpf_btf_ext_free(ext);
	/* a header of 24 bytes has no CO-RE part */
	bytes.size = 24;
	btf_put(&bytes, 4, 24);
	ext = parse(&host);
	pbpf_btf_ext_free(ext);
	done();
}
END_TEST

START_TEST(longer_records_are_fine)
{
	struct host host = {0};
	struct pbpf_btf_ext *ext;
	const struct pbpf_func_info *funcs;
	size_t count;

	in_place = _i;
	start(false);
	ext_section(&b, "xdp");
	ext_func(&b, 0, 3);
	ext_func(&b, 0xffff, 0xffff); /* the first record's tail, once it is 16 bytes long */
	ext_func(&b, 8, 3);
	ext_func(&b, 0xffff, 0xffff);
	finish();
	btf_put(&bytes, 32, 16);
	btf_put(&bytes, 40, 2);
	ext = parse(&host);
	funcs = pbpf_btf_ext_funcs(ext, "xdp", &count);
	ck_assert_uint_eq(count, 2);
	ck_assert_uint_eq(funcs[1].insn_off, 8);
	pbpf_btf_ext_free(ext);
	done();
}
END_TEST

START_TEST(header)
{
	good(false);
	bytes.size = 7;
	refused(-EINVAL, "shorter than its header");
	good_with(0, 0x1234, -EINVAL, "does not begin with BTF's magic number");
	good_with(0, 0x0003eb9f, -ENOTSUP, "its version is not 1");
	good_with(0, 0x0101eb9f, -ENOTSUP, "its header has unknown flags");
	good_with(4, 8, -EINVAL, "the header says that it has 8 bytes, of 124 in all");
	good_with(4, 125, -EINVAL, "the header says that it has 125 bytes, of 124 in all");
	/* too short for the CO-RE fields: what follows is then read from elsewhere, in bounds */
	good_with(4, 28, -EINVAL,
		  "func_info block at offset 32: section name 8, 12 records of 28 bytes, 8 bytes "
		  "left");
}
END_TEST

START_TEST(byte_orders_differ)
{
	struct btf_bytes little;
	struct pbpf_btf *little_btf;

	good(false);
	little = bytes;
	little_btf = btf;
	good(true);
	free(bytes.bytes);
	bytes = little;
	refused(-EINVAL, "its byte order is not that of .BTF");
	pbpf_btf_free(little_btf);
}
END_TEST

START_TEST(parts_past_the_end)
{
	good_with(8, 0xfffffff0, -EINVAL,
		  "func_info (20 bytes at 4294967312) passes the end at 124, or is not a multiple "
		  "of 4");
	good_with(12, UINT32_MAX, -EINVAL,
		  "func_info (4294967295 bytes at 32) passes the end at 124, or is not a multiple "
		  "of 4");
	good_with(12, 19, -EINVAL,
		  "func_info (19 bytes at 32) passes the end at 124, or is not a multiple of 4");
	good_with(24, 2, -EINVAL,
		  "core_relo (28 bytes at 34) passes the end at 124, or is not a multiple of 4");
}
END_TEST

START_TEST(record_sizes)
{
	static const uint32_t wrong[] = {0, 3, 7, 4, 9, UINT32_MAX};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		char text[80];

		good(false);
		btf_put(&bytes, 32, wrong[i]);
		snprintf(text, sizeof(text), "func_info records of %u bytes, where 8 are the least",
			 wrong[i]);
		refused(-EINVAL, text);
	}
	good_with(52, 12, -EINVAL, "line_info records of 12 bytes, where 16 are the least");
}
END_TEST

START_TEST(record_counts)
{
	good_with(40, 0, -EINVAL,
		  "func_info block at offset 36: section name 12, 0 records of 8 bytes, 8 bytes "
		  "left");
	good_with(40, UINT32_MAX, -EINVAL,
		  "func_info block at offset 36: section name 12, 4294967295 records of 8 bytes, 8 "
		  "bytes left");
	good_with(40, 0x20000000, -EINVAL,
		  "func_info block at offset 36: section name 12, 536870912 records of 8 bytes, 8 "
		  "bytes left");
	good_with(40, 2, -EINVAL,
		  "func_info block at offset 36: section name 12, 2 records of 8 bytes, 8 bytes "
		  "left");
}
END_TEST

START_TEST(section_names)
{
	good_with(36, 9999, -EINVAL,
		  "func_info block at offset 36: section name 9999, 1 records of 8 bytes, 8 bytes "
		  "left");
	good_with(36, 0, -EINVAL,
		  "func_info block at offset 36: section name 0, 1 records of 8 bytes, 8 bytes "
		  "left");
	start(false);
	ext_section(&b, "xdp");
	ext_func(&b, 0, 3);
	ext_section(&b, "tc");
	ext_func(&b, 0, 3);
	ext_section(&b, "xdp");
	ext_func(&b, 8, 3);
	finish();
	refused(-EINVAL, "func_info block at offset 68: section 'xdp' comes twice");
}
END_TEST

START_TEST(instructions)
{
	good_with(44, 4, -EINVAL,
		  "func_info #0 of section 'xdp' at offset 44: no instruction begins at byte 4");
	for (uint32_t second = 0; second < 2; second++) {
		char text[160];

		start(false);
		ext_section(&b, "xdp");
		ext_line(&b, 8, "x.c", "a", 1, 1);
		ext_line(&b, second * 8, "x.c", "b", 2, 1);
		finish();
		snprintf(text, sizeof(text),
			 "line_info #1 of section 'xdp' at offset 60: it does not come after the "
			 "record before it, byte %u",
			 second * 8);
		refused(-EINVAL, text);
	}
}
END_TEST

START_TEST(strings_and_types)
{
	good_with(48, 1, -EINVAL,
		  "func_info #0 of section 'xdp' at offset 44: it is no FUNC, type 1");
	good_with(48, 0, -EINVAL, "func_info #0 of section 'xdp' at offset 44: there is no type 0");
	good_with(48, 5, -EINVAL, "func_info #0 of section 'xdp' at offset 44: there is no type 5");
	good_with(68, 9999, -EINVAL,
		  "line_info #0 of section 'xdp' at offset 64: there is no string at 9999");
	good_with(72, 9999, -EINVAL,
		  "line_info #0 of section 'xdp' at offset 64: there is no string at 9999");
	good_with(112, UINT32_MAX, -EINVAL,
		  "core_relo #0 of section 'tc' at offset 108: there is no type 4294967295");
	good_with(116, 9999, -EINVAL,
		  "core_relo #0 of section 'tc' at offset 108: there is no string at 9999");
}
END_TEST

START_TEST(no_memory_is_an_error_and_no_leak)
{
	good(false);
	for (unsigned int n = 1;; n++) {
		struct host host = {.fail_at = n};
		struct pbpf_env env = host_env(&host);
		struct pbpf_btf_ext *ext = NULL;
		int err = pbpf_btf_ext_parse(&ext, bytes.bytes, bytes.size, btf, &env);

		pbpf_btf_ext_free(ext);
		ck_assert_uint_eq(host.blocks, 0);
		if (!err)
			break;
		ck_assert_int_eq(err, -ENOMEM);
		ck_assert_uint_eq(host.messages[PBPF_ERROR], 1);
		ck_assert_uint_le(n, 20);
	}
	done();
}
END_TEST

START_TEST(every_prefix_and_word)
{
	static const uint32_t words[] = {0, 1, 2, 0x7fffffff, 0x80000000, 0xfffffffc, UINT32_MAX};

	good(false);
	for (size_t at = 0; at + 4 <= bytes.size; at++) {
		unsigned char kept[4];

		memcpy(kept, bytes.bytes + at, 4);
		for (size_t i = 0; i <= sizeof(words) / sizeof(words[0]); i++) {
			bool cut = i == sizeof(words) / sizeof(words[0]);
			size_t size = cut ? at : bytes.size;
			unsigned char *exact = malloc(size ? size : 1);
			struct host host = {0};
			struct pbpf_env env = host_env(&host);
			struct pbpf_btf_ext *ext = NULL;

			if (!cut)
				btf_put(&bytes, at, words[i]);
			memcpy(exact, bytes.bytes, size);
			pbpf_btf_ext_parse(&ext, exact, size, btf, &env);
			pbpf_btf_ext_free(ext);
			ck_assert_uint_eq(host.blocks, 0);
			free(exact);
			memcpy(bytes.bytes + at, kept, 4);
		}
	}
	done();
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("btf_ext");
	TCase *t = tcase_create("records");

	tcase_add_loop_test(t, records_by_section, 0, 2);
	tcase_add_test(t, empty_is_fine);
	tcase_add_loop_test(t, longer_records_are_fine, 0, 2);
	tcase_add_test(t, header);
	tcase_add_test(t, byte_orders_differ);
	tcase_add_test(t, parts_past_the_end);
	tcase_add_test(t, record_sizes);
	tcase_add_test(t, record_counts);
	tcase_add_test(t, section_names);
	tcase_add_test(t, instructions);
	tcase_add_test(t, strings_and_types);
	tcase_add_test(t, no_memory_is_an_error_and_no_leak);
	tcase_add_test(t, every_prefix_and_word);
	suite_add_tcase(s, t);
	return s;
}
