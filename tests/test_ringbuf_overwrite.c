/* SPDX-License-Identifier: MIT */
/*
 * The reader of a ring in overwrite mode: over plain memory, in both of the kernel's layouts, and
 * against a producer on another thread that does not wait for anybody.
 */
#include "harness.h"
#include "ringbuf/pbpf_overwrite.h"

#include <pthread.h>
#include <stdatomic.h>

#define SIZE	4096
#define BUSY	(UINT32_C(1) << 31)
#define DISCARD (UINT32_C(1) << 30)

static struct {
	_Alignas(64) uint64_t consumer;
	/* The producer's position, then the oldest record kept and the oldest not submitted, in the
	 * order of `layout`. */
	_Alignas(64) _Atomic uint64_t words[3];
	_Alignas(64) _Atomic uint32_t data[2 * SIZE / 4];
} shared;
static struct pbpf_overwrite rb;
static int layout; /* the place of the oldest record's position: 1 or 2 */

static void start(int place, uint64_t pos)
{
	memset(&shared, 0, sizeof(shared));
	layout = place;
	shared.consumer = pos;
	for (int i = 0; i < 3; i++)
		shared.words[i] = pos;
	ck_assert_int_eq(
		pbpf_overwrite_init(&rb, &shared.consumer, shared.words, shared.data, SIZE), 0);
}

static uint64_t step_of(uint32_t header)
{
	return ((header & ~(BUSY | DISCARD)) + 15) & ~UINT64_C(7);
}

/* As the kernel: drops what is oldest, then writes. All of a record's words are `fill`. */
static void produce(uint32_t header, uint32_t fill)
{
	uint64_t begin = shared.words[0], end = begin + step_of(header);
	uint64_t oldest = shared.words[layout];
	_Atomic uint32_t *at = shared.data + begin % SIZE / 4;

	while (end - oldest > SIZE - 1)
		oldest += step_of(shared.data[oldest % SIZE / 4]);
	atomic_store(&shared.words[layout], oldest);
	atomic_store(&shared.words[3 - layout], begin);
	atomic_store(&at[0], header | BUSY);
	atomic_store(&shared.words[0], end);
	for (uint64_t i = 2; i < (end - begin) / 4; i++)
		atomic_store_explicit(&at[i], fill, memory_order_relaxed);
	atomic_store(&at[0], header);
}

static int copy(uint32_t *first, size_t *size)
{
	uint32_t buf[SIZE / 4];
	int err = pbpf_overwrite_copy(&rb, buf, sizeof(buf), size);

	for (size_t i = 0; err > 0 && i < *size / 4; i++)
		ck_assert_uint_eq(buf[i], buf[0]);
	*first = buf[0];
	return err;
}

START_TEST(nothing_is_overwritten_in_time)
{
	uint32_t fill;
	size_t size;

	for (int place = 1; place <= 2; place++) {
		start(place, UINT64_MAX - 4095);
		for (uint32_t i = 0; i < 1000; i++) {
			produce(4 * (i % 50 + 1), i);
			produce(8 | DISCARD, 0);
			ck_assert_int_eq(copy(&fill, &size), 1);
			ck_assert_uint_eq(fill, i);
			ck_assert_uint_eq(size, 4 * (i % 50 + 1));
			ck_assert_int_eq(copy(&fill, &size), 0);
		}
		ck_assert_uint_eq(rb.records, 1000);
		ck_assert_uint_eq(rb.skipped, 0);
	}
}
END_TEST

START_TEST(the_oldest_that_is_there)
{
	uint32_t fill, want;
	size_t size;

	for (int place = 1; place <= 2; place++) {
		start(place, 0);
		for (uint32_t i = 0; i < 1000; i++)
			produce(104, i); /* 36 records of 112 bytes fit */
		for (want = 1000 - 36; want < 1000; want++) {
			ck_assert_int_eq(copy(&fill, &size), 1);
			ck_assert_uint_eq(fill, want);
		}
		ck_assert_int_eq(copy(&fill, &size), 0);
		ck_assert_uint_eq(rb.skipped, 112 * (1000 - 36));
		/* A second reader starts at what is there. */
		ck_assert_int_eq(
			pbpf_overwrite_init(&rb, &shared.consumer, shared.words, shared.data, SIZE),
			0);
		ck_assert_uint_eq(rb.pos, 112 * (1000 - 36));
	}
}
END_TEST

START_TEST(busy_truncated_and_bad)
{
	uint32_t small[2] = {0, 99};
	size_t size = 0;

	start(2, 0);
	ck_assert_int_eq(pbpf_overwrite_wait(&rb, -1), 0);
	produce(100, 7);
	ck_assert_int_eq(pbpf_overwrite_wait(&rb, -1), 1);
	ck_assert_int_eq(pbpf_overwrite_copy(&rb, small, 4, &size), 1);
	ck_assert_uint_eq(size, 100);
	ck_assert_uint_eq(small[0], 7);
	ck_assert_uint_eq(small[1], 99);
	produce(8, 8);
	shared.data[112 / 4] = 8 | BUSY;
	ck_assert_int_eq(pbpf_overwrite_copy(&rb, small, 8, &size), 0);
	shared.data[112 / 4] = 16;
	ck_assert_int_eq(pbpf_overwrite_copy(&rb, small, 8, &size), -EBADMSG);
	shared.words[1] = shared.words[2] = 1 << 20;
	ck_assert_int_eq(pbpf_overwrite_copy(&rb, small, 8, &size), -ENOTSUP);
	ck_assert_uint_eq(size, 100);
	pbpf_overwrite_close(&rb);
}
END_TEST

static void *produce_many(void *arg)
{
	for (uint32_t i = 1; i <= 200000; i++) {
		produce(4 * (i % 50 + 1), i);
		for (volatile int pause = 0; pause < 300; pause++)
			;
	}
	atomic_store((atomic_bool *)arg, true);
	return NULL;
}

START_TEST(never_torn)
{
	uint32_t fill, last = 0;
	atomic_bool done = false;
	pthread_t thread;
	size_t size;
	int err;

	start(2, 0);
	ck_assert_int_eq(pthread_create(&thread, NULL, produce_many, &done), 0);
	do {
		bool end = atomic_load(&done);

		err = copy(&fill, &size);
		ck_assert(err >= 0 || err == -EAGAIN);
		if (err > 0) {
			ck_assert_uint_gt(fill, last);
			ck_assert_uint_eq(size, 4 * (fill % 50 + 1));
			last = fill;
		}
		if (end && !err)
			break;
	} while (1);
	pthread_join(thread, NULL);
	ck_assert_uint_eq(last, 200000);
	printf("%llu of 200000 records read\n", (unsigned long long)rb.records);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("ringbuf_overwrite");
	TCase *t = tcase_create("overwrite");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, nothing_is_overwritten_in_time);
	tcase_add_test(t, the_oldest_that_is_there);
	tcase_add_test(t, busy_truncated_and_bad);
	tcase_add_test(t, never_torn);
	suite_add_tcase(s, t);
	return s;
}
