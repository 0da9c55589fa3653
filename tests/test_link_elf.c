/* SPDX-License-Identifier: MIT */
/*
 * Files that a uprobe may be put into, and that somebody made to hurt.
 */
#include "link/elf_functions.h"
#include "link/pbpf_link_trace.h"
#include "link_fixture.h"

#include <unistd.h>

/* Puts a number of `size` bytes into an image. */
static void put_number(unsigned char *image, size_t at, uint64_t number, size_t size)
{
	for (size_t i = 0; i < size; i++)
		image[at + i] = (unsigned char)(number >> 8 * i);
}

enum {
	LONG_NAME = 2 << 20,
	SYMBOLS = 80000,
	STRINGS_AT = 512,
	SYMBOLS_AT = STRINGS_AT + LONG_NAME
};
enum { IMAGE_SIZE = SYMBOLS_AT + SYMBOLS * 24 };

/* A file that is loaded whole, to be executed, with the sections 1, strings, and 2, symbols. */
static void put_headers(unsigned char *image, size_t size, size_t strings_at, size_t strings_size,
			size_t symbols_at, size_t symbols)
{
	memcpy(image, "\177ELF\2\1\1", 7);
	put_number(image, 32, 64, 8); /* segments, and sections: */
	put_number(image, 40, 128, 8);
	put_number(image, 54, 56, 2);
	put_number(image, 56, 1, 2);
	put_number(image, 58, 64, 2);
	put_number(image, 60, 3, 2);
	put_number(image, 64, 1 | 1ull << 32, 8); /* loaded, to be executed */
	put_number(image, 64 + 32, size, 8);
	put_number(image, 128 + 64 + 4, 3, 4); /* the strings */
	put_number(image, 128 + 64 + 24, strings_at, 8);
	put_number(image, 128 + 64 + 32, strings_size, 8);
	put_number(image, 128 + 128 + 4, 2, 4); /* the symbols */
	put_number(image, 128 + 128 + 24, symbols_at, 8);
	put_number(image, 128 + 128 + 32, symbols * 24, 8);
	put_number(image, 128 + 128 + 40, 1, 4);
}

static void put_function(unsigned char *symbol, size_t name, unsigned char other, size_t address)
{
	put_number(symbol, 0, name, 4);
	symbol[4] = 2;
	symbol[5] = other;
	put_number(symbol, 6, 1, 2);
	put_number(symbol, 8, address, 8);
}

/* Every function is named by a text of 2 MiB, which all of them share. */
static void write_long_names(FILE *file)
{
	unsigned char *image = calloc(IMAGE_SIZE, 1);

	put_headers(image, IMAGE_SIZE, STRINGS_AT, LONG_NAME, SYMBOLS_AT, SYMBOLS);
	memset(image + STRINGS_AT, 'x', LONG_NAME - 1);
	for (size_t i = 0; i < SYMBOLS; i++)
		put_function(image + SYMBOLS_AT + i * 24, i, 0, i);
	ck_assert_uint_eq(fwrite(image, 1, IMAGE_SIZE, file), IMAGE_SIZE);
	free(image);
}

START_TEST(functions_that_share_one_long_name)
{
	char path[] = "/tmp/plainbpf-long-XXXXXX";
	struct pbpf_uprobe one = {.path = path, .symbol = "y"};
	struct pbpf_uprobe_multi many = {.path = path, .pattern = "*y"};
	struct pbpf_link *link = NULL;
	int fd = mkstemp(path);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");

	ck_assert_ptr_nonnull(file);
	write_long_names(file);
	fclose(file);
	fake.real_files = true;
	ck_assert_int_eq(pbpf_link_uprobe(&link, prog_fd, &one, &opts), -ENOENT);
	ck_assert_int_eq(pbpf_link_uprobe_multi(&link, prog_fd, &many, &opts), -ENOENT);
	unlink(path);
	nothing_is_left();
}
END_TEST

static int count_entry(void *ctx, const struct elf_function *function)
{
	unsigned int *seen = ctx;

	seen[function->entry - function->offset]++;
	return 0;
}

/* On ppc64 a call from the same module comes in behind a function's first instructions. */
START_TEST(where_calls_come_in)
{
	unsigned char image[1024] = {0};
	unsigned int seen[128] = {0};

	put_headers(image, sizeof(image), 320, 2, 384, 8);
	for (size_t i = 0; i < 8; i++)
		put_function(image + 384 + i * 24, 0, (unsigned char)(i << 5 | 3), 800);
	ck_assert_int_eq(each_elf_function(image, sizeof(image), count_entry, seen), 0);
	ck_assert_uint_eq(seen[0], 8);
	put_number(image, 18, 21, 2); /* EM_PPC64 */
	ck_assert_int_eq(each_elf_function(image, sizeof(image), count_entry, seen), 0);
	ck_assert_uint_eq(seen[0], 8 + 3); /* 0 and 1 say that there is one entry, 7 says nothing */
	for (size_t distance = 4; distance <= 64; distance *= 2)
		ck_assert_uint_eq(seen[distance], 1);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("link: files");
	TCase *c = tcase_create("hostile");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, functions_that_share_one_long_name);
	tcase_add_test(c, where_calls_come_in);
	suite_add_tcase(s, c);
	return s;
}
