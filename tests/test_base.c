/* SPDX-License-Identifier: MIT */
#include "base/env.h"
#include "base/reader.h"
#include "base/sort.h"
#include "base/spell.h"
#include "harness.h"

START_TEST(range_ok_never_overflows)
{
	ck_assert(range_ok(0, 0, 0));
	ck_assert(range_ok(3, 5, 8));
	ck_assert(!range_ok(4, 5, 8));
	ck_assert(!range_ok(9, 0, 8));
	ck_assert(!range_ok(UINT64_MAX, 2, 8));
	ck_assert(!range_ok(2, UINT64_MAX, 8));
	ck_assert(range_ok(0, UINT64_MAX, UINT64_MAX));
}
END_TEST

START_TEST(reader_reads_both_byte_orders)
{
	static const uint8_t bytes[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
	struct reader little = reader_of(bytes, sizeof(bytes), false);
	struct reader big = reader_of(bytes, sizeof(bytes), true);

	ck_assert_uint_eq(read_u8(&little), 1);
	ck_assert_uint_eq(read_u16(&little), 0x0302);
	ck_assert_uint_eq(read_u32(&little), 0x07060504);
	ck_assert_uint_eq(read_u64(&little), 0x0f0e0d0c0b0a0908);
	ck_assert_uint_eq(reader_left(&little), 0);
	ck_assert(!little.failed);

	ck_assert_uint_eq(read_u8(&big), 1);
	ck_assert_uint_eq(read_u16(&big), 0x0203);
	ck_assert_uint_eq(read_u32(&big), 0x04050607);
	ck_assert_uint_eq(read_u64(&big), 0x08090a0b0c0d0e0f);
}
END_TEST

START_TEST(reader_is_sticky)
{
	static const uint8_t bytes[] = {1, 2, 3};
	struct reader r = reader_of(bytes, sizeof(bytes), false);

	ck_assert_uint_eq(read_u16(&r), 0x0201);
	ck_assert_uint_eq(read_u32(&r), 0);
	ck_assert(r.failed);
	ck_assert_uint_eq(r.at, 2);
	ck_assert_uint_eq(read_u8(&r),
			  0); /* one byte is left, but a field before it was not whole */
	ck_assert_uint_eq(reader_left(&r), 0);
	ck_assert_ptr_null(read_bytes(&r, 0));
}
END_TEST

START_TEST(memory_is_zeroed_and_counted)
{
	struct host host = {0};
	struct pbpf_env env = host_env(&host);
	uint32_t *array = env_alloc(&env, 4, sizeof(*array));

	ck_assert_uint_eq(array[3], 0);
	array[3] = 7;
	array = env_resize(&env, array, 4, 8, sizeof(*array));
	ck_assert_uint_eq(array[3], 7);
	ck_assert_uint_eq(array[7], 0);
	ck_assert_uint_eq(host.bytes, 32);
	env_free(&env, array, 8, sizeof(*array));
	ck_assert_uint_eq(host.blocks, 0);
	ck_assert_uint_eq(host.bytes, 0);
}
END_TEST

START_TEST(memory_of_nothing_is_not_failure)
{
	struct host host = {0};
	struct pbpf_env env = host_env(&host);
	void *nothing = env_alloc(&env, 0, 16);

	ck_assert_ptr_nonnull(nothing);
	env_free(&env, nothing, 0, 16);
	ck_assert_uint_eq(host.bytes, 0);
}
END_TEST

START_TEST(memory_sizes_do_not_overflow)
{
	struct host host = {0};
	struct pbpf_env env = host_env(&host);

	ck_assert_ptr_null(env_alloc(&env, SIZE_MAX / 2, 3));
	ck_assert_uint_eq(host.allocations, 0);
	ck_assert_ptr_null(env_alloc(NULL, SIZE_MAX, 16));
}
END_TEST

START_TEST(a_failure_is_one_message)
{
	struct host host = {0};
	struct pbpf_env env = host_env(&host);
	int err = env_fail(&env, -EINVAL, AT("elf", "sec\x1b[31m", 24), "a hint", "bad\n%s %d",
			   "\x7f", 5);

	ck_assert_int_eq(err, -EINVAL);
	ck_assert_int_eq(host.err, -EINVAL);
	ck_assert_uint_eq(host.messages[PBPF_ERROR], 1);
	ck_assert_str_eq(host.stage, "elf");
	ck_assert_str_eq(host.where, "sec\\x1b[31m");
	ck_assert_str_eq(host.text, "bad\\x0a\\x7f 5");
	ck_assert_str_eq(host.hint, "a hint");
	ck_assert_uint_eq(host.offset, 24);
}
END_TEST

START_TEST(a_long_message_is_cut)
{
	struct host host = {0};
	struct pbpf_env env = host_env(&host);
	static char hostile[4096];

	memset(hostile, 1, sizeof(hostile) - 1);
	env_fail(&env, -EINVAL, AT("elf", hostile, 0), NULL, "%s", hostile);
	ck_assert_uint_lt(strlen(host.text), sizeof(host.text));
	ck_assert_str_eq(host.text + strlen(host.text) - 3, "...");
	ck_assert_str_eq(host.where + strlen(host.where) - 3, "...");
}
END_TEST

START_TEST(levels_are_kept)
{
	struct host host = {0};
	struct pbpf_env env = host_env(&host);

	env.level = PBPF_WARNING;
	env_step(&env, AT("elf", NULL, 0), "a step");
	env_note(&env, AT("elf", NULL, 0), NULL, "a note");
	env_warn(&env, AT("elf", NULL, 0), NULL, "a warning");
	ck_assert_str_eq(host.notes, "a warning\n");
	ck_assert(!env_wants(NULL, PBPF_ERROR));
	ck_assert_int_eq(env_fail(NULL, -ENOENT, AT("elf", NULL, 0), NULL, "silent"), -ENOENT);
}
END_TEST

/* Also where nobody listens; warnings go on as before. */
START_TEST(errors_can_be_kept)
{
	struct host host = {0};
	struct pbpf_kept_words kept = {.on = true};
	struct pbpf_env env = host_env(&host), silent = {.kept = &kept};

	env.kept = &kept;
	ck_assert_int_eq(
		env_fail(&env, -ENOENT, AT("load", "x", 0), "the way out", "no '%s'", "x\n"),
		-ENOENT);
	env_warn(&env, AT("load", "x", 0), NULL, "a warning");
	ck_assert_uint_eq(host.messages[PBPF_ERROR], 0);
	ck_assert_uint_eq(host.messages[PBPF_WARNING], 1);
	ck_assert_str_eq(kept.text, "no 'x\\x0a'");
	ck_assert_str_eq(kept.hint, "the way out");
	ck_assert_int_eq(env_fail(&silent, -EPERM, AT("load", "y", 0), NULL, "no y"), -EPERM);
	ck_assert_str_eq(kept.text, "no y");
	ck_assert_str_eq(kept.hint, "");
	kept.on = false;
	env_fail(&env, -ENOENT, AT("load", "x", 0), NULL, "told");
	ck_assert_uint_eq(host.messages[PBPF_ERROR], 1);
	ck_assert_str_eq(kept.text, "no y");
}
END_TEST

START_TEST(errors_have_names)
{
	ck_assert_str_eq(pbpf_error_name(-EINVAL), "EINVAL");
	ck_assert_str_eq(pbpf_error_name(ENOENT), "ENOENT");
	ck_assert_str_eq(pbpf_error_name(-524), "ENOTSUPP");
	ck_assert_str_eq(pbpf_error_name(-ENOLINK), "ENOLINK");
	ck_assert_str_eq(pbpf_error_name(-EBADFD), "EBADFD");
	ck_assert_str_eq(pbpf_error_name(-99999), "EUNKNOWN");
	ck_assert_str_eq(pbpf_error_name(0), "OK");
}
END_TEST

static bool number_before(const void *a, const void *b)
{
	return *(const int *)a < *(const int *)b;
}

START_TEST(any_order_is_sorted)
{
	uint32_t seed = 1;

	for (size_t count = 0; count < 200; count++) {
		int numbers[200];

		for (size_t i = 0; i < count; i++) {
			seed = seed * 1664525u + 1013904223u;
			numbers[i] = (int)(seed >> 16) % 50;
		}
		sort_array(numbers, count, sizeof(numbers[0]), number_before);
		for (size_t i = 1; i < count; i++)
			ck_assert_int_le(numbers[i - 1], numbers[i]);
	}
}
END_TEST

static const char *nearest(const char *wanted, const char *a, const char *b)
{
	struct spell spell = spell_for(wanted);

	spell_try(&spell, a);
	spell_try(&spell, b);
	return spell.nearest;
}

START_TEST(the_nearest_name_is_found)
{
	ck_assert_str_eq(nearest("max_entires", "map_flags", "max_entries"), "max_entries");
	ck_assert_str_eq(nearest("xpd", "xdp", "tc"), "xdp");
	ck_assert_ptr_null(nearest("something_else", "xdp", "tc"));
	ck_assert_ptr_null(nearest("", "xdp", "tc"));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("base");
	TCase *reader = tcase_create("reader");
	TCase *order = tcase_create("order");
	TCase *env = tcase_create("env");

	tcase_add_test(reader, range_ok_never_overflows);
	tcase_add_test(reader, reader_reads_both_byte_orders);
	tcase_add_test(reader, reader_is_sticky);
	suite_add_tcase(s, reader);
	tcase_add_test(order, any_order_is_sorted);
	tcase_add_test(order, the_nearest_name_is_found);
	suite_add_tcase(s, order);
	tcase_add_test(env, memory_is_zeroed_and_counted);
	tcase_add_test(env, memory_of_nothing_is_not_failure);
	tcase_add_test(env, memory_sizes_do_not_overflow);
	tcase_add_test(env, a_failure_is_one_message);
	tcase_add_test(env, a_long_message_is_cut);
	tcase_add_test(env, levels_are_kept);
	tcase_add_test(env, errors_can_be_kept);
	tcase_add_test(env, errors_have_names);
	suite_add_tcase(s, env);
	return s;
}
