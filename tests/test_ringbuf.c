/* SPDX-License-Identifier: MIT */
/*
 * The consumer over plain memory: every header, every way to wrap, every ring that cannot be.
 */
#include "harness.h"
#include "ringbuf/pbpf_ringbuf.h"

#define SIZE	4096
#define BUSY	(UINT32_C(1) << 31)
#define DISCARD (UINT32_C(1) << 30)

/* Shared memory as the kernel lays it out, and its producer. */
static struct {
	_Alignas(64) uint64_t consumer;
	_Alignas(64) uint64_t producer;
	_Alignas(64) unsigned char data[2 * SIZE];
} shared;
static struct pbpf_ringbuf rb;

static void start_at(uint64_t pos)
{
	memset(&shared, 0, sizeof(shared));
	shared.consumer = shared.producer = pos;
	ck_assert_int_eq(
		pbpf_ringbuf_init(&rb, &shared.consumer, &shared.producer, shared.data, SIZE), 0);
	rb.policy.pauses = 0;
}

static void start(void)
{
	start_at(0);
}

/* Appends a record with this header, whose data are all `fill`; gives back the header's place. */
static uint32_t *produce(uint32_t header, int fill)
{
	uint32_t len = header & ~(BUSY | DISCARD), word[2] = {header, 3};
	unsigned char *at = shared.data + shared.producer % SIZE;

	memcpy(at, word, sizeof(word));
	memset(at + 8, fill, len);
	shared.producer += (len + 15) & ~UINT64_C(7);
	return (uint32_t *)(void *)at;
}

/* Expects one record of `size` bytes of `fill`, and releases it. */
static void expect(size_t size, int fill)
{
	const void *record;
	size_t got;

	ck_assert_int_eq(pbpf_ringbuf_peek(&rb, &record, &got), 1);
	ck_assert_uint_eq(got, size);
	ck_assert_uint_eq((uintptr_t)record % 8, 0);
	for (size_t i = 0; i < size; i++)
		ck_assert_int_eq(((const unsigned char *)record)[i], fill);
	pbpf_ringbuf_release(&rb);
}

static void expect_nothing(int err)
{
	const void *record = &rb;
	size_t size = 77;

	ck_assert_int_eq(pbpf_ringbuf_peek(&rb, &record, &size), err);
	ck_assert_ptr_eq(record, &rb);
	ck_assert_uint_eq(size, 77);
}

START_TEST(records_come_in_order)
{
	start();
	expect_nothing(0);
	for (uint32_t size = 0; size < 40; size++)
		produce(size, (int)size);
	for (uint32_t size = 0; size < 40; size++)
		expect(size, (int)size);
	expect_nothing(0);
	ck_assert_uint_eq(rb.stats.records, 40);
	ck_assert_uint_eq(rb.stats.bytes, shared.producer);
	ck_assert_uint_eq(rb.stats.backlog, shared.producer);
	ck_assert_uint_eq(rb.pos, shared.producer);
}
END_TEST

START_TEST(peek_gives_the_same_record_until_released)
{
	const void *first, *second;
	size_t size;

	start();
	produce(8, 1);
	produce(8, 2);
	ck_assert_int_eq(pbpf_ringbuf_peek(&rb, &first, &size), 1);
	ck_assert_int_eq(pbpf_ringbuf_peek(&rb, &second, &size), 1);
	ck_assert_ptr_eq(first, second);
	pbpf_ringbuf_release(&rb);
	pbpf_ringbuf_release(&rb); /* nothing is peeked: nothing happens */
	expect(8, 2);
	ck_assert_uint_eq(rb.stats.records, 2);
}
END_TEST

START_TEST(busy_head_holds_back_what_is_behind)
{
	uint32_t *head;

	start();
	head = produce(8 | BUSY, 1);
	produce(8, 2);
	expect_nothing(0);
	ck_assert_int_eq(pbpf_ringbuf_arm(&rb), 0);
	ck_assert_int_eq(pbpf_ringbuf_wait(&rb, 0), 0);
	*head &= ~BUSY;
	ck_assert_int_eq(pbpf_ringbuf_arm(&rb), 1);
	expect(8, 1);
	expect(8, 2);
	expect_nothing(0);
}
END_TEST

START_TEST(busy_in_the_middle_stops_a_batch)
{
	struct pbpf_record records[8];
	uint32_t *middle;

	start();
	produce(8, 1);
	middle = produce(8 | BUSY, 2);
	produce(8, 3);
	ck_assert_int_eq(pbpf_ringbuf_peek_batch(&rb, records, 8), 1);
	pbpf_ringbuf_release(&rb);
	ck_assert_int_eq(pbpf_ringbuf_peek_batch(&rb, records, 8), 0);
	*middle = 8 | BUSY | DISCARD; /* never in the kernel, and still BUSY */
	ck_assert_int_eq(pbpf_ringbuf_peek_batch(&rb, records, 8), 0);
	*middle = 8 | DISCARD;
	ck_assert_int_eq(pbpf_ringbuf_peek_batch(&rb, records, 8), 1);
	ck_assert_int_eq(*(const unsigned char *)records[0].data, 3);
}
END_TEST

START_TEST(discarded_records_are_skipped)
{
	struct pbpf_record records[2];

	start();
	produce(100 | DISCARD, 1);
	produce(16, 2);
	produce(DISCARD, 3);
	produce(8 | DISCARD, 3);
	expect(16, 2);
	expect_nothing(0);
	ck_assert_uint_eq(rb.stats.discarded, 3);
	ck_assert_uint_eq(rb.stats.records, 1);
	ck_assert_uint_eq(rb.pos, shared.producer);
	produce(8 | DISCARD, 4);
	produce(8, 5);
	produce(8 | DISCARD, 6);
	produce(8, 7);
	ck_assert_int_eq(pbpf_ringbuf_peek_batch(&rb, records, 2), 2);
	ck_assert_int_eq(*(const unsigned char *)records[1].data, 7);
}
END_TEST

/* Each header that says other than "8 bytes, BUSY" must be a record within what was produced. */
START_TEST(every_bit_of_the_header)
{
	for (unsigned int bit = 0; bit < 32; bit++) {
		uint32_t header = UINT32_C(1) << bit, len = header & ~(BUSY | DISCARD);

		start();
		produce(8, 1);
		memcpy(shared.data, &header, sizeof(header));
		if (header == BUSY || header == DISCARD)
			shared.producer = 8;
		if (header == BUSY || header == DISCARD)
			expect_nothing(0);
		else if (len <= 8)
			expect(len, len == 8 ? 1 : shared.data[8]);
		else
			expect_nothing(-EBADMSG);
		if (len > 8) {
			ck_assert_uint_eq(rb.pos, 0);
			expect_nothing(-EBADMSG);
			ck_assert_uint_eq(rb.pos, 0);
		}
	}
}
END_TEST

/* All 2^16 values of each half of the header: the answer follows from the length alone. */
START_TEST(every_half_of_the_header)
{
	for (uint32_t i = 0; i < 0x20000; i++) {
		uint32_t header = i < 0x10000 ? i : i << 16, len = header & ~(BUSY | DISCARD);
		const void *record;
		size_t size;
		int want = header & BUSY ? 0 : len > SIZE - 8 ? -EBADMSG : header & DISCARD ? 0 : 1;

		start();
		shared.producer = SIZE;
		memcpy(shared.data, &header, sizeof(header));
		if (header & DISCARD && !(header & BUSY) && len <= SIZE - 8) {
			uint32_t busy = BUSY, step = (len + 15) & ~7u;

			if (step < SIZE)
				memcpy(shared.data + step, &busy, sizeof(busy));
		}
		ck_assert_int_eq(pbpf_ringbuf_peek(&rb, &record, &size), want);
	}
}
END_TEST

START_TEST(a_record_that_cannot_be)
{
	start();
	produce(8, 1);
	produce(64, 2);
	shared.producer -= 8; /* the second record ends behind what was produced */
	expect(8, 1);
	expect_nothing(-EBADMSG);
	ck_assert_uint_eq(rb.pos, 16);
	ck_assert_int_eq(pbpf_ringbuf_consume(&rb, 0, NULL, NULL), -EBADMSG);
	shared.producer += 8; /* what we know is from the last look */
	expect_nothing(-EBADMSG);
}
END_TEST

START_TEST(positions_that_cannot_be)
{
	static const uint64_t bad[] = {SIZE + 8,	  UINT64_MAX,	    1, 4, 7, SIZE - 1,
				       (uint64_t)1 << 32, (uint64_t)1 << 63};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		start();
		shared.producer = bad[i];
		expect_nothing(-EBADMSG);
		ck_assert_int_eq(pbpf_ringbuf_arm(&rb), -EBADMSG);
		ck_assert_int_eq(pbpf_ringbuf_wait(&rb, -1), -EBADMSG);
		ck_assert_int_eq(pbpf_ringbuf_init(&rb, &shared.consumer, &shared.producer,
						   shared.data, SIZE),
				 -EBADMSG);
	}
	start_at(4096);
	shared.producer = 4088; /* behind us */
	expect_nothing(-EBADMSG);
	shared.consumer = shared.producer = 12;
	ck_assert_int_eq(
		pbpf_ringbuf_init(&rb, &shared.consumer, &shared.producer, shared.data, SIZE),
		-EBADMSG);
}
END_TEST

/* A producer that goes back behind what was peeked and is released then. */
START_TEST(positions_never_go_back)
{
	const void *record;
	size_t size;

	start();
	produce(8, 1);
	produce(24, 2);
	ck_assert_int_eq(pbpf_ringbuf_peek(&rb, &record, &size), 1);
	shared.producer = 8;
	ck_assert_int_eq(pbpf_ringbuf_arm(&rb), -EBADMSG);
	pbpf_ringbuf_release(&rb);
	expect(24, 2); /* known from the look before */
	expect_nothing(-EBADMSG);
	ck_assert_uint_eq(rb.pos, 48);
}
END_TEST

START_TEST(arguments_that_cannot_be)
{
	struct pbpf_record record;

	start();
	for (size_t size = 0; size < 100; size++)
		if (size < 8 || size & (size - 1))
			ck_assert_int_eq(pbpf_ringbuf_init(&rb, &shared.consumer, &shared.producer,
							   shared.data, size),
					 -EINVAL);
	ck_assert_int_eq(pbpf_ringbuf_init(&rb, (char *)&shared.consumer + 4, &shared.producer,
					   shared.data, SIZE),
			 -EINVAL);
	start();
	ck_assert_int_eq(pbpf_ringbuf_peek_batch(&rb, &record, 0), -EINVAL);
	ck_assert_int_eq(pbpf_ringbuf_open(&rb, -1, SIZE * 3), -EINVAL);
	ck_assert_int_eq(pbpf_ringbuf_open(&rb, -1, 64), -EINVAL);
	ck_assert_int_eq(pbpf_ringbuf_open(&rb, -1, 65536), -EBADF);
}
END_TEST

/* Somebody else who holds the map's fd writes our word: it is not read again. */
START_TEST(consumer_word_is_not_read_back)
{
	start();
	produce(8, 1);
	expect(8, 1);
	shared.consumer = 0xdeadbeef;
	produce(8, 2);
	expect(8, 2);
	expect_nothing(0);
}
END_TEST

static void around(uint64_t pos)
{
	uint32_t sizes[] = {8, 1, 100, 1000, 24, 0};
	unsigned int n = sizeof(sizes) / sizeof(sizes[0]);

	start_at(pos);
	for (unsigned int i = 0; i < 200; i++) {
		produce(sizes[i % n], (int)(i % 251));
		produce(sizes[(i + 1) % n] | DISCARD, 0);
		expect(sizes[i % n], (int)(i % 251));
	}
	expect_nothing(0);
	ck_assert_uint_eq(rb.pos, shared.producer);
	pbpf_ringbuf_close(&rb);
	ck_assert_uint_eq(shared.consumer, shared.producer);
}

START_TEST(positions_wrap)
{
	around(0);
	around((UINT64_C(1) << 32) - 64);
	around((UINT64_C(1) << 32) - 16 * SIZE);
	around((UINT64_C(1) << 63) - 64);
	around(UINT64_MAX - 63);
}
END_TEST

/* A 32-bit kernel: words of 32 bits that wrap, with another word of the kernel's right behind. */
START_TEST(narrow_positions_wrap)
{
	struct {
		uint32_t pos, other;
	} consumer, producer;

	for (int i = 0; i < 2; i++) {
		start();
		rb.map.wrap = UINT32_MAX;
		rb.pos = rb.end = rb.last = rb.published = UINT32_MAX - 63;
		rb.map.consumer = &consumer;
		rb.map.producer = &producer;
		shared.producer = consumer.pos = producer.pos = UINT32_MAX - 63;
		consumer.other = producer.other = 0x12345678;
		for (int n = 0; n < 1000; n++) {
			produce(40, n % 100);
			producer.pos = (uint32_t)shared.producer;
			expect(40, n % 100);
			ck_assert_uint_eq(pbpf_ringbuf_available(&rb), 0);
			ck_assert_int_eq(pbpf_ringbuf_arm(&rb), 0);
			ck_assert_uint_eq(consumer.pos, producer.pos);
			ck_assert_uint_eq(consumer.other, 0x12345678);
		}
	}
}
END_TEST

START_TEST(full_ring_of_smallest_records)
{
	struct pbpf_record records[300];

	start();
	for (int i = 0; i < SIZE / 16 - 1; i++) /* the kernel leaves one byte free */
		produce(1, i % 256);
	ck_assert_uint_eq(pbpf_ringbuf_available(&rb), SIZE - 16);
	ck_assert_int_eq(pbpf_ringbuf_peek_batch(&rb, records, 300), SIZE / 16 - 1);
	for (int i = 0; i < SIZE / 16 - 1; i++) {
		ck_assert_uint_eq(records[i].size, 1);
		ck_assert_int_eq(*(const unsigned char *)records[i].data, i % 256);
	}
	pbpf_ringbuf_release(&rb);
	expect_nothing(0);
	ck_assert_uint_eq(pbpf_ringbuf_available(&rb), 0);
}
END_TEST

/* --- When the position is published ------------------------------------------------------- */

START_TEST(late_never_stops_where_a_record_may_be_submitted)
{
	start();
	for (int i = 0; i < 3000; i++) {
		uint64_t begin = shared.producer;

		produce(24, i % 256);
		expect(24, i % 256);
		ck_assert_uint_le(shared.consumer, begin);
		ck_assert_uint_le(rb.pos - shared.consumer, SIZE / 8);
	}
	ck_assert_uint_le(rb.stats.publishes, 3000 * 32 / (SIZE / 8) + 1);
	expect_nothing(0); /* nothing left: all but the last record is given back */
	ck_assert_uint_eq(shared.consumer, shared.producer - 32);
	ck_assert_int_eq(pbpf_ringbuf_arm(&rb), 0);
	ck_assert_uint_eq(shared.consumer, shared.producer);
	expect_nothing(0); /* and it does not go back */
	ck_assert_uint_eq(shared.consumer, shared.producer);
}
END_TEST

START_TEST(late_gives_back_a_long_record)
{
	start();
	for (int i = 0; i < 20; i++) {
		produce(SIZE / 2, i);
		expect(SIZE / 2, i);
		ck_assert_uint_eq(shared.consumer, shared.producer);
	}
}
END_TEST

START_TEST(batch_publishes_when_nothing_is_left)
{
	start();
	rb.policy.publish = PBPF_RINGBUF_BATCH;
	produce(8, 1);
	produce(8, 2);
	expect(8, 1);
	expect(8, 2);
	ck_assert_uint_eq(shared.consumer, 0);
	expect_nothing(0);
	ck_assert_uint_eq(shared.consumer, 32);
}
END_TEST

START_TEST(each_publishes_at_once)
{
	start();
	rb.policy = pbpf_ringbuf_plain;
	for (int i = 0; i < 300; i++) {
		produce(8, i % 256);
		expect(8, i % 256);
		ck_assert_uint_eq(shared.consumer, shared.producer);
	}
	ck_assert_uint_eq(rb.stats.publishes, 300);
}
END_TEST

START_TEST(a_new_consumer_goes_on_where_the_old_one_stopped)
{
	start();
	for (int i = 0; i < 60; i++)
		produce(8, i);
	for (int i = 0; i < 30; i++)
		expect(8, i);
	pbpf_ringbuf_close(&rb);
	ck_assert_int_eq(
		pbpf_ringbuf_init(&rb, &shared.consumer, &shared.producer, shared.data, SIZE), 0);
	for (int i = 30; i < 60; i++)
		expect(8, i);
}
END_TEST

/* --- Consume ------------------------------------------------------------------------------ */

struct seen {
	int count, stop_at, result;
};

static int see(void *ctx, const void *record, size_t size)
{
	struct seen *seen = ctx;

	ck_assert_uint_eq(size, 8);
	ck_assert_int_eq(*(const unsigned char *)record, seen->count++);
	return seen->count == seen->stop_at ? seen->result : 0;
}

START_TEST(consume_counts_and_stops)
{
	struct seen seen = {0, 5, 1};

	start();
	ck_assert_int_eq(pbpf_ringbuf_consume(&rb, 0, see, &seen), 0);
	for (int i = 0; i < 20; i++)
		produce(8, i);
	ck_assert_int_eq(pbpf_ringbuf_consume(&rb, 3, see, &seen), 3);
	ck_assert_int_eq(pbpf_ringbuf_consume(&rb, 0, see, &seen), 2);
	seen.stop_at = 6;
	seen.result = -42;
	ck_assert_int_eq(pbpf_ringbuf_consume(&rb, 0, see, &seen), -42);
	ck_assert_int_eq(pbpf_ringbuf_consume(&rb, -1, see, &seen), 14);
	ck_assert_int_eq(pbpf_ringbuf_consume(&rb, 0, see, &seen), 0);
	ck_assert_int_eq(seen.count, 20);
	ck_assert_uint_eq(rb.stats.records, 20);
}
END_TEST

START_TEST(wait_on_plain_memory_does_not_sleep)
{
	start();
	ck_assert_int_eq(pbpf_ringbuf_wait(&rb, -1), 0);
	produce(8, 1);
	ck_assert_int_eq(pbpf_ringbuf_wait(&rb, -1), 1);
	rb.policy = pbpf_ringbuf_busy;
	expect(8, 1);
	ck_assert_int_eq(pbpf_ringbuf_wait(&rb, -1), 0);
	ck_assert_int_eq(pbpf_ringbuf_fd(&rb), -1);
	ck_assert_int_eq(pbpf_ringbuf_join(&rb, &rb), -EINVAL);
	pbpf_ringbuf_close(&rb);
	pbpf_ringbuf_close(&rb); /* twice does no harm */
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("ringbuf");
	TCase *records = tcase_create("records"), *bad = tcase_create("bad"),
	      *publish = tcase_create("publish"), *consume = tcase_create("consume");

	tcase_set_timeout(records, 60); /* millions of checks, which Check makes slow */
	tcase_set_timeout(bad, 60);
	tcase_add_test(records, records_come_in_order);
	tcase_add_test(records, peek_gives_the_same_record_until_released);
	tcase_add_test(records, busy_head_holds_back_what_is_behind);
	tcase_add_test(records, busy_in_the_middle_stops_a_batch);
	tcase_add_test(records, discarded_records_are_skipped);
	tcase_add_test(records, positions_wrap);
	tcase_add_test(records, narrow_positions_wrap);
	tcase_add_test(records, full_ring_of_smallest_records);
	suite_add_tcase(s, records);
	tcase_add_test(bad, every_bit_of_the_header);
	tcase_add_test(bad, every_half_of_the_header);
	tcase_add_test(bad, a_record_that_cannot_be);
	tcase_add_test(bad, positions_that_cannot_be);
	tcase_add_test(bad, positions_never_go_back);
	tcase_add_test(bad, arguments_that_cannot_be);
	tcase_add_test(bad, consumer_word_is_not_read_back);
	suite_add_tcase(s, bad);
	tcase_add_test(publish, late_never_stops_where_a_record_may_be_submitted);
	tcase_add_test(publish, late_gives_back_a_long_record);
	tcase_add_test(publish, batch_publishes_when_nothing_is_left);
	tcase_add_test(publish, each_publishes_at_once);
	tcase_add_test(publish, a_new_consumer_goes_on_where_the_old_one_stopped);
	suite_add_tcase(s, publish);
	tcase_add_test(consume, consume_counts_and_stops);
	tcase_add_test(consume, wait_on_plain_memory_does_not_sleep);
	suite_add_tcase(s, consume);
	return s;
}
