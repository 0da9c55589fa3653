/* SPDX-License-Identifier: MIT */
/*
 * Positions in the rings count bytes and never go back: what is behind 4 GiB must be as good as what is
 * before, for a process of 32 bits, too, whose words are shorter than the kernel's.
 *
 * Records are large, and only their ends are written and read, so 5 GiB pass quickly.
 */
#include "live.h"
#include "ringbuf/pbpf_overwrite.h"
#include "ringbuf/pbpf_perfbuf.h"
#include "ringbuf/pbpf_ringbuf.h"
#include "ringbuf/pbpf_user_ringbuf.h"

#include <sched.h>

#define RING_SIZE (4u << 20)
#define BEYOND	  (UINT64_C(5) << 30)

/* As in tests/data/ring_positions.bpf.c. */
#define SMALL  16
#define LARGE  200000
#define SAMPLE 65000

struct seen {
	uint64_t next; /* number of the next record */
	uint64_t wrong;
};

/* Each record begins and ends with its number. (A ck_assert() that passes takes long.) */
static int check_record(void *ctx, const void *record, size_t size)
{
	const uint64_t *words = record;
	struct seen *seen = ctx;

	seen->wrong += (size != SMALL && size != LARGE) || words[0] != seen->next ||
		       words[size / 8 - 1] != seen->next;
	seen->next++;
	return 0;
}

static void drain(struct pbpf_ringbuf *rb, struct seen *seen)
{
	int count;

	do
		count = pbpf_ringbuf_consume(rb, 0, check_record, seen);
	while (count > 0);
	ck_assert_int_eq(count, 0);
	ck_assert_uint_eq(seen->wrong, 0);
}

/* One lap of producer and consumer. Does each side see the whole of the other's position? */
static void once_around(struct live *live, struct pbpf_ringbuf *rb, struct seen *seen)
{
	uint64_t before = rb->pos, behind;

	live_run(live, "produce");
	ck_assert_int_eq(pbpf_ringbuf_wait(rb, 10000), 1);
	ck_assert_uint_eq(before + pbpf_ringbuf_available(rb), live_variable(live, "produced"));
	drain(rb, seen);
	ck_assert_uint_eq(rb->pos, live_variable(live, "produced"));
	ck_assert_uint_eq(seen->next, live_variable(live, "written"));

	behind = before - live_variable(live, "consumed");
	ck_assert_uint_le(behind, rb->policy.publish == PBPF_RINGBUF_EACH ? 0 : RING_SIZE / 2);
}

START_TEST(a_ring)
{
	const struct pbpf_ringbuf_policy *policies[] = {&pbpf_ringbuf_balanced,
							&pbpf_ringbuf_plain};
	struct seen seen = {0, 0};
	struct pbpf_ringbuf rb;
	struct live *live;
	uint64_t pos;
	int fd;

	NEEDS_BPF();
	NEEDS_LINUX(5, 8);
	live = live_load("ring_positions.bpf");
	fd = pbpf_map_fd(pbpf_object_map(live->obj, "ring"));
	ck_assert_int_eq(pbpf_ringbuf_open(&rb, fd, RING_SIZE), 0);
	rb.policy = *policies[(size_t)_i];
	while (rb.pos < BEYOND)
		once_around(live, &rb, &seen);
	ck_assert_uint_eq(rb.stats.bytes, rb.pos);
	ck_assert_uint_gt(rb.stats.discarded, 1000);

	/* A successor goes on where this one ends. */
	pos = rb.pos;
	pbpf_ringbuf_close(&rb);
	ck_assert_int_eq(pbpf_ringbuf_open(&rb, fd, RING_SIZE), 0);
	ck_assert_uint_eq(rb.pos, pos);
	once_around(live, &rb, &seen);
	pbpf_ringbuf_close(&rb);
	live_close(live);
}
END_TEST

/* Opens an object whose map `name` is to have RING_SIZE bytes, and these flags. */
static struct live *load_with(const char *object, const char *name, uint32_t flags)
{
	struct live *live = live_open(object);
	struct pbpf_map *map = pbpf_object_map(live->obj, name);
	struct pbpf_map_attr attr = *pbpf_map_attr(map);

	attr.max_entries = RING_SIZE;
	attr.flags |= flags;
	ck_assert_int_eq(pbpf_map_set_attr(map, &attr), 0);
	ck_assert_msg(!pbpf_object_load(live->obj), "%s", live->host.text);
	return live;
}

/* Sends what finds room, and takes each third record back. Returns the number of the next one. */
static uint64_t fill(struct pbpf_user_ringbuf *rb, uint64_t number)
{
	void *record;

	for (int i = 1; !pbpf_user_ringbuf_reserve(rb, LARGE, 0, &record); i++) {
		memcpy(record, &number, sizeof(number));
		if (i % 3) {
			pbpf_user_ringbuf_submit(rb, record);
			number++;
		} else {
			pbpf_user_ringbuf_discard(rb, record);
		}
	}
	return number;
}

START_TEST(a_user_ring)
{
	struct pbpf_user_ringbuf rb;
	struct live *live;
	uint64_t number = 0, pos;
	int fd;

	NEEDS_BPF();
	NEEDS_JIT();
	NEEDS_LINUX(6, 1);
	live = load_with("user_ring.bpf", "numbers", 0);
	fd = pbpf_map_fd(pbpf_object_map(live->obj, "numbers"));
	ck_assert_int_eq(pbpf_user_ringbuf_open(&rb, fd, RING_SIZE), 0);
	while (rb.pos < BEYOND) {
		number = fill(&rb, number);
		live_run(live, "drain");
		ck_assert_uint_eq(live_variable(live, "taken"), number);
	}
	pos = rb.pos;
	pbpf_user_ringbuf_close(&rb);
	ck_assert_int_eq(pbpf_user_ringbuf_open(&rb, fd, RING_SIZE), 0);
	ck_assert_uint_eq(rb.pos, pos);
	number = fill(&rb, number);
	live_run(live, "drain");
	ck_assert_uint_eq(live_variable(live, "taken"), number);
	ck_assert_uint_eq(live_variable(live, "out_of_order"), 0);
	pbpf_user_ringbuf_close(&rb);
	live_close(live);
}
END_TEST

/* Copies of each record its first word; the numbers rise, up to the newest. */
static void read_newest(struct pbpf_overwrite *rb, uint64_t *next)
{
	uint64_t number;
	size_t size;
	int err;

	while ((err = pbpf_overwrite_copy(rb, &number, sizeof(number), &size)) > 0) {
		if (number < *next || (size != SMALL && size != LARGE))
			ck_abort_msg("%zu bytes, number %llu after %llu", size,
				     (unsigned long long)number, (unsigned long long)*next);
		*next = number + 1;
	}
	ck_assert_int_eq(err, 0);
}

START_TEST(a_ring_that_overwrites)
{
	struct pbpf_overwrite rb;
	struct live *live;
	uint64_t next = 0;
	int fd;

	NEEDS_BPF();
	NEEDS_LINUX(6, 19);
	live = load_with("ring_positions.bpf", "ring", PBPF_F_RB_OVERWRITE);
	fd = pbpf_map_fd(pbpf_object_map(live->obj, "ring"));
	ck_assert_int_eq(pbpf_overwrite_open(&rb, fd, RING_SIZE), 0);
	while (rb.pos < BEYOND) {
		live_run(live, "produce");
		read_newest(&rb, &next);
		ck_assert_uint_eq(next, live_variable(live, "written"));
		ck_assert_uint_eq(rb.pos, live_variable(live, "produced"));
	}
	ck_assert_uint_gt(rb.skipped, 0);
	pbpf_overwrite_close(&rb);
	live_close(live);
}
END_TEST

static int check_sample(void *ctx, const void *sample, size_t size)
{
	struct seen *seen = ctx;
	uint64_t first, last;

	memcpy(&first, sample, sizeof(first)); /* 4-byte aligned */
	memcpy(&last, (const char *)sample + SAMPLE - sizeof(last), sizeof(last));
	seen->wrong += size < SAMPLE || first != seen->next || last != seen->next;
	seen->next++;
	return 0;
}

/* Here the kernel copies every byte. */
START_TEST(a_perf_buffer)
{
	struct seen seen = {0, 0};
	struct pbpf_perfbuf pb;
	struct live *live;
	cpu_set_t first;
	uint32_t key = 0;
	int fd, event;

	NEEDS_BPF();
	NEEDS_LINUX(5, 8);
	CPU_ZERO(&first);
	CPU_SET(0, &first);
	ck_assert_int_eq(sched_setaffinity(0, sizeof(first), &first), 0);
	live = live_load("ring_positions.bpf");
	fd = pbpf_map_fd(pbpf_object_map(live->obj, "events"));
	event = pbpf_perfbuf_event(0, 1);
	ck_assert_int_gt(event, 2);
	ck_assert_int_eq(pbpf_perfbuf_open(&pb, event, RING_SIZE), 0);
	ck_assert_int_eq(pbpf_sys_map_update(NULL, fd, &key, &event, 0), 0);
	while (pb.pos < UINT32_MAX + (uint64_t)RING_SIZE) {
		live_run(live, "output");
		ck_assert_int_gt(pbpf_perfbuf_consume(&pb, 0, check_sample, &seen), 0);
		ck_assert_uint_eq(seen.next, live_variable(live, "written"));
		ck_assert_uint_eq(seen.wrong, 0);
	}
	ck_assert_uint_gt(pb.stats.wrapped, 0);
	pbpf_perfbuf_close(&pb);
	pbpf_sys_close(NULL, event);
	live_close(live);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("live: positions beyond 4 GiB");
	TCase *t = tcase_create("positions");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, a_ring, 0, 2);
	tcase_add_test(t, a_user_ring);
	tcase_add_test(t, a_ring_that_overwrites);
	tcase_add_test(t, a_perf_buffer);
	suite_add_tcase(s, t);
	return s;
}
