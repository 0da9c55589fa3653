/* SPDX-License-Identifier: MIT */
/*
 * The perf buffer's reader over plain memory, laid out as the kernel does.
 */
#include "harness.h"
#include "ringbuf/pbpf_perfbuf.h"

#define SIZE   4096
#define LOST   2
#define SAMPLE 9

static struct {
	_Alignas(64) uint8_t page[4096];
	_Alignas(64) uint8_t data[SIZE + PBPF_PERFBUF_SPARE];
} shared;
static struct pbpf_perfbuf pb;

static uint64_t *word(size_t offset)
{
	return (uint64_t *)(void *)(shared.page + offset);
}
#define HEAD word(1024)
#define TAIL word(1032)

static void start_at(uint64_t pos)
{
	memset(&shared, 0, sizeof(shared));
	*HEAD = *TAIL = pos;
	ck_assert_int_eq(pbpf_perfbuf_init(&pb, shared.page, shared.data, SIZE), 0);
}

static void append(const void *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		shared.data[(*HEAD)++ % SIZE] = ((const uint8_t *)bytes)[i];
}

static void produce(uint32_t type, uint32_t size, const void *body)
{
	struct {
		uint32_t type;
		uint16_t misc, size;
	} header = {type, 0, (uint16_t)(size + 8)};

	append(&header, sizeof(header));
	append(body, size);
}

/* A sample of `size` bytes of `fill`, padded as the kernel does; gives the size as it is told. */
static uint32_t sample(uint32_t size, int fill)
{
	uint32_t raw = ((size + 4 + 7) & ~7u) - 4;
	uint8_t body[65536];

	memcpy(body, &raw, sizeof(raw));
	memset(body + 4, fill, raw);
	produce(SAMPLE, raw + 4, body);
	return raw;
}

struct seen {
	int count, fill, stop_at, result;
	size_t bytes;
};

static int see(void *ctx, const void *data, size_t size)
{
	struct seen *seen = ctx;
	size_t wrong = 0;

	for (size_t i = 0; i < size; i++)
		wrong += ((const uint8_t *)data)[i] != seen->fill % 256;
	ck_assert_uint_eq(wrong, 0);
	ck_assert_uint_eq((uintptr_t)data % 4, 0);
	seen->fill++;
	seen->bytes += size;
	return ++seen->count == seen->stop_at ? seen->result : 0;
}

START_TEST(samples_wrap)
{
	static const uint64_t starts[] = {0, SIZE - 8, ((uint64_t)1 << 32) - 64, UINT64_MAX - 63};

	for (size_t s = 0; s < sizeof(starts) / sizeof(starts[0]); s++) {
		struct seen seen = {0};
		size_t bytes = 0;

		start_at(starts[s]);
		for (int i = 0; i < 500; i++) {
			bytes += sample((uint32_t)(i * 7 % 1000), i);
			ck_assert_int_eq(pbpf_perfbuf_consume(&pb, 0, see, &seen), 1);
			ck_assert_uint_eq(*TAIL, *HEAD);
		}
		ck_assert_uint_eq(seen.bytes, bytes);
		ck_assert_uint_eq(pb.stats.records, 500);
		ck_assert_uint_gt(pb.stats.wrapped, 10);
	}
}
END_TEST

START_TEST(lost_samples_are_counted)
{
	struct seen seen = {0};
	uint64_t lost[2] = {77, 5};

	start_at(0);
	sample(8, 0);
	produce(LOST, sizeof(lost), lost);
	produce(3, 16, lost); /* some other kind */
	sample(8, 1);
	lost[1] = 7;
	produce(LOST, sizeof(lost), lost);
	ck_assert_int_eq(pbpf_perfbuf_consume(&pb, 0, see, &seen), 2);
	ck_assert_uint_eq(pb.stats.lost, 12);
	ck_assert_uint_eq(pb.stats.others, 1);
	ck_assert_uint_eq(*TAIL, *HEAD);
}
END_TEST

START_TEST(consume_counts_and_stops)
{
	struct seen seen = {.stop_at = 5, .result = 1};

	start_at(0);
	ck_assert_int_eq(pbpf_perfbuf_wait(&pb, -1), 0);
	ck_assert_int_eq(pbpf_perfbuf_consume(&pb, 0, see, &seen), 0);
	for (int i = 0; i < 20; i++)
		sample(4, i);
	ck_assert_int_eq(pbpf_perfbuf_wait(&pb, -1), 1);
	ck_assert_int_eq(pbpf_perfbuf_consume(&pb, 3, see, &seen), 3);
	ck_assert_int_eq(pbpf_perfbuf_consume(&pb, 0, see, &seen), 2);
	seen.stop_at = 6;
	seen.result = -42;
	ck_assert_int_eq(pbpf_perfbuf_consume(&pb, 0, see, &seen), -42);
	ck_assert_int_eq(pbpf_perfbuf_consume(&pb, 0, see, &seen), 14);
	ck_assert_uint_eq(*TAIL, *HEAD);
}
END_TEST

START_TEST(what_cannot_be)
{
	struct seen seen = {0};
	static const uint16_t sizes[] = {0, 4, 7, 9, 12, 40, 65528};
	static const uint32_t raws[] = {13, 20, 0x7fffffff, 0xffffffff};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		start_at(0);
		sample(8, 0);
		sample(8, 0);
		seen.fill = 0;
		memcpy(shared.data + 24 + 6, &sizes[i], 2); /* the second one's length */
		ck_assert_int_eq(pbpf_perfbuf_consume(&pb, 0, see, &seen), 1);
		ck_assert_int_eq(pbpf_perfbuf_consume(&pb, 0, see, &seen), -EBADMSG);
		ck_assert_uint_eq(pb.pos, 24);
	}
	for (size_t i = 0; i < sizeof(raws) / sizeof(raws[0]); i++) {
		start_at(0);
		sample(8, 0);
		memcpy(shared.data + 8, &raws[i], 4);
		ck_assert_int_eq(pbpf_perfbuf_consume(&pb, 0, see, &seen), -EBADMSG);
		ck_assert_uint_eq(pb.pos, 0);
	}
	for (uint16_t size = 8; size < 24; size += 8) { /* no room for what a LOST record tells */
		start_at(0);
		produce(LOST, size - 8u, raws);
		ck_assert_int_eq(pbpf_perfbuf_consume(&pb, 0, see, &seen), -EBADMSG);
	}
}
END_TEST

START_TEST(positions_that_cannot_be)
{
	static const uint64_t bad[] = {SIZE + 8, UINT64_MAX, 1, 12, (uint64_t)1 << 63};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		start_at(0);
		*HEAD = bad[i];
		ck_assert_int_eq(pbpf_perfbuf_consume(&pb, 0, NULL, NULL), -EBADMSG);
		ck_assert_int_eq(pbpf_perfbuf_wait(&pb, -1), -EBADMSG);
		ck_assert_int_eq(pbpf_perfbuf_init(&pb, shared.page, shared.data, SIZE), -EBADMSG);
	}
	*HEAD = *TAIL = 4;
	ck_assert_int_eq(pbpf_perfbuf_init(&pb, shared.page, shared.data, SIZE), -EBADMSG);
	ck_assert_int_eq(pbpf_perfbuf_init(&pb, shared.page, shared.data, SIZE - 8), -EINVAL);
	ck_assert_int_eq(pbpf_perfbuf_open(&pb, -1, 65536), -EBADF);
	ck_assert_int_eq(pbpf_perfbuf_open(&pb, -1, 65537), -EINVAL);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("ringbuf_perf");
	TCase *t = tcase_create("perfbuf");

	tcase_add_test(t, samples_wrap);
	tcase_add_test(t, lost_samples_are_counted);
	tcase_add_test(t, consume_counts_and_stops);
	tcase_add_test(t, what_cannot_be);
	tcase_add_test(t, positions_that_cannot_be);
	suite_add_tcase(s, t);
	return s;
}
