/* SPDX-License-Identifier: MIT */
/*
 * The user ring buffer over plain memory, with the consumer playing the kernel's part.
 */
#include "harness.h"
#include "ringbuf/pbpf_user_ringbuf.h"

#define SIZE 4096

static struct {
	_Alignas(64) uint64_t consumer;
	_Alignas(64) uint64_t producer;
	_Alignas(64) uint8_t data[2 * SIZE];
} shared;
static struct pbpf_user_ringbuf rb;
static struct pbpf_ringbuf kernel;

static void start_at(uint64_t pos)
{
	memset(&shared, 0, sizeof(shared));
	shared.consumer = shared.producer = pos;
	ck_assert_int_eq(
		pbpf_user_ringbuf_init(&rb, &shared.consumer, &shared.producer, shared.data, SIZE),
		0);
	ck_assert_int_eq(
		pbpf_ringbuf_init(&kernel, &shared.consumer, &shared.producer, shared.data, SIZE),
		0);
	kernel.policy = pbpf_ringbuf_plain;
}

static void expect(size_t size, int fill)
{
	const void *record;
	size_t got;

	ck_assert_int_eq(pbpf_ringbuf_peek(&kernel, &record, &got), 1);
	ck_assert_uint_eq(got, size);
	for (size_t i = 0; i < size; i++)
		ck_assert_int_eq(((const uint8_t *)record)[i], fill);
	pbpf_ringbuf_release(&kernel);
}

static void expect_nothing(void)
{
	const void *record;
	size_t size;

	ck_assert_int_eq(pbpf_ringbuf_peek(&kernel, &record, &size), 0);
}

static void *reserve(size_t size, int fill)
{
	void *record = NULL;

	ck_assert_int_eq(pbpf_user_ringbuf_reserve(&rb, size, 0, &record), 0);
	ck_assert_uint_eq((uintptr_t)record % 8, 0);
	memset(record, fill, size);
	return record;
}

START_TEST(records_arrive_in_order)
{
	static const uint64_t starts[] = {0, ((uint64_t)1 << 32) - 64, UINT64_MAX - 63};

	for (size_t s = 0; s < sizeof(starts) / sizeof(starts[0]); s++) {
		start_at(starts[s]);
		for (int i = 0; i < 1000; i++) {
			size_t size = (size_t)(i * 7 % 500);

			pbpf_user_ringbuf_submit(&rb, reserve(size, i % 256));
			pbpf_user_ringbuf_discard(&rb, reserve(8, 1));
			expect(size, i % 256);
			expect_nothing();
		}
	}
}
END_TEST

START_TEST(open_records_hold_back_what_is_behind)
{
	void *first, *second;

	start_at(0);
	first = reserve(8, 1);
	second = reserve(16, 2);
	pbpf_user_ringbuf_submit(&rb, second);
	expect_nothing();
	pbpf_user_ringbuf_submit(&rb, first);
	expect(8, 1);
	expect(16, 2);
}
END_TEST

START_TEST(a_full_ring)
{
	void *record = &rb;

	start_at(0);
	for (int i = 0; i < SIZE / 64; i++)
		pbpf_user_ringbuf_submit(&rb, reserve(56, i));
	ck_assert_int_eq(pbpf_user_ringbuf_reserve(&rb, 0, 0, &record), -ENOSPC);
	ck_assert_int_eq(pbpf_user_ringbuf_reserve(&rb, 0, -1, &record), -ENOSPC);
	expect(56, 0);
	ck_assert_int_eq(pbpf_user_ringbuf_reserve(&rb, 57, 0, &record), -ENOSPC);
	ck_assert_ptr_eq(record, &rb);
	pbpf_user_ringbuf_submit(&rb, reserve(56, 77));
	for (int i = 1; i < SIZE / 64; i++)
		expect(56, i);
	expect(56, 77);
}
END_TEST

START_TEST(what_cannot_be)
{
	void *record = &rb;

	start_at(0);
	ck_assert_int_eq(pbpf_user_ringbuf_reserve(&rb, SIZE - 7, 0, &record), -E2BIG);
	ck_assert_int_eq(pbpf_user_ringbuf_reserve(&rb, SIZE_MAX, 0, &record), -E2BIG);
	shared.consumer = 8; /* ahead of us */
	ck_assert_int_eq(pbpf_user_ringbuf_reserve(&rb, 8, 0, &record), -EBADMSG);
	shared.consumer = 0;
	shared.producer = SIZE + 8;
	ck_assert_int_eq(
		pbpf_user_ringbuf_init(&rb, &shared.consumer, &shared.producer, shared.data, SIZE),
		-EBADMSG);
	ck_assert_int_eq(pbpf_user_ringbuf_open(&rb, -1, 65536), -EBADF);
	ck_assert_ptr_eq(record, &rb);
	pbpf_user_ringbuf_close(&rb);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("ringbuf_user");
	TCase *t = tcase_create("user");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, records_arrive_in_order);
	tcase_add_test(t, open_records_hold_back_what_is_behind);
	tcase_add_test(t, a_full_ring);
	tcase_add_test(t, what_cannot_be);
	suite_add_tcase(s, t);
	return s;
}
