/* SPDX-License-Identifier: MIT */
/*
 * The header of .BTF: sections that cannot be where it says; and any file that is cut or has one word wrong.
 */
#include "btf_refused.h"

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
	Suite *s = suite_create("btf_header");
	TCase *t;

	t = tcase_create("header");
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
	t = tcase_create("anything");
	tcase_add_test(t, every_prefix_and_word);
	suite_add_tcase(s, t);
	return s;
}
