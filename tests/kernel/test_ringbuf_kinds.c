/* SPDX-License-Identifier: MIT */
/*
 * The other rings on the running kernel: numbers into a program through a user ring buffer, and the newest
 * out of one that overwrites.
 */
#include "live.h"
#include "ringbuf/pbpf_overwrite.h"
#include "ringbuf/pbpf_user_ringbuf.h"

#include <pthread.h>
#include <stdatomic.h>

#define RING_SIZE (64 * 1024)

/* --- The user ring buffer ------------------------------------------------------------------------- */

static struct live *user_ring(struct pbpf_user_ringbuf *rb)
{
	struct live *live = live_load("user_ring.bpf");
	const struct pbpf_map *map = pbpf_object_map(live->obj, "numbers");

	ck_assert_int_eq(pbpf_user_ringbuf_open(rb, pbpf_map_fd(map), RING_SIZE), 0);
	return live;
}

/* A record of `size` bytes that begins with a number; 0, or -ENOSPC when there is no room. */
static int send(struct pbpf_user_ringbuf *rb, uint64_t number, size_t size, int timeout_ms)
{
	void *record;
	int err = pbpf_user_ringbuf_reserve(rb, size, timeout_ms, &record);

	if (!err) {
		memcpy(record, &number, sizeof(number));
		pbpf_user_ringbuf_submit(rb, record);
	}
	return err;
}

/* Many times around the ring, sizes mixed, with records taken back and given out of order. */
START_TEST(a_program_takes_them_in_order)
{
	struct pbpf_user_ringbuf rb;
	struct live *live;
	uint64_t number = 0;
	void *first, *second, *third;

	NEEDS_BPF();
	NEEDS_JIT();
	NEEDS_LINUX(6, 1);
	live = user_ring(&rb);
	for (int round = 0; round < 200; round++) {
		for (int i = 0; i < 16; i++, number++)
			ck_assert_int_eq(send(&rb, number, 8 + 100 * (size_t)i, 0), 0);
		ck_assert_int_eq(pbpf_user_ringbuf_reserve(&rb, 8, 0, &first), 0);
		ck_assert_int_eq(pbpf_user_ringbuf_reserve(&rb, 64, 0, &second), 0);
		ck_assert_int_eq(pbpf_user_ringbuf_reserve(&rb, 9, 0, &third), 0);
		memcpy(first, &number, sizeof(number));
		number++;
		memcpy(third, &number, sizeof(number));
		number++;
		pbpf_user_ringbuf_submit(&rb, third);
		pbpf_user_ringbuf_discard(&rb, second);
		pbpf_user_ringbuf_submit(&rb, first);
		live_run(live, "drain");
		ck_assert_uint_eq(live_variable(live, "taken"), number);
	}
	ck_assert_uint_eq(live_variable(live, "out_of_order"), 0);
	pbpf_user_ringbuf_close(&rb);
	live_close(live);
}
END_TEST

START_TEST(a_full_user_ring_says_so)
{
	struct pbpf_user_ringbuf rb;
	struct live *live;
	uint64_t number = 0;

	NEEDS_BPF();
	NEEDS_JIT();
	NEEDS_LINUX(6, 1);
	live = user_ring(&rb);
	while (!send(&rb, number, 1000, 0))
		number++;
	ck_assert_uint_eq(number, RING_SIZE / 1008);
	ck_assert_int_eq(send(&rb, number, 1000, 20), -ENOSPC);
	ck_assert_int_eq(send(&rb, number, RING_SIZE, 0), -E2BIG);
	live_run(live, "drain");
	ck_assert_int_eq(send(&rb, number, 1000, 0), 0);
	live_run(live, "drain");
	ck_assert_uint_eq(live_variable(live, "taken"), number + 1);
	ck_assert_uint_eq(live_variable(live, "out_of_order"), 0);
	pbpf_user_ringbuf_close(&rb);
	live_close(live);
}
END_TEST

/* A program that another thread runs: without ck_assert(), which is for the test's own thread. */
struct other {
	struct live *live;
	atomic_bool stop;
};

static void run_quietly(const struct other *other, const char *program)
{
	static const unsigned char packet[64];
	struct pbpf_test_run run = {.data_in = packet, .data_in_size = sizeof(packet)};
	struct pbpf_program *prog = pbpf_object_program(other->live->obj, program);

	pbpf_sys_prog_test_run(NULL, pbpf_program_fd(prog), &run);
}

static void *drain_often(void *arg)
{
	struct other *drainer = arg;

	while (!atomic_load(&drainer->stop))
		run_quietly(drainer, "drain");
	return NULL;
}

/* The sender sleeps when there is no room, and each drain that makes some wakes it. */
START_TEST(the_sender_waits_for_room)
{
	const uint64_t wanted = 100000;
	struct pbpf_user_ringbuf rb;
	struct other drainer = {0};
	uint64_t number = 0;
	pthread_t thread;
	int err = 0;

	NEEDS_BPF();
	NEEDS_JIT();
	NEEDS_LINUX(6, 1);
	drainer.live = user_ring(&rb);
	ck_assert_int_eq(pthread_create(&thread, NULL, drain_often, &drainer), 0);
	while (!err && number < wanted) {
		err = send(&rb, number, 8 + number % 500, 10000);
		number += !err;
	}
	atomic_store(&drainer.stop, true);
	pthread_join(thread, NULL);
	ck_assert_int_eq(err, 0);
	live_run(drainer.live, "drain");
	ck_assert_uint_eq(live_variable(drainer.live, "taken"), wanted);
	ck_assert_uint_eq(live_variable(drainer.live, "out_of_order"), 0);
	pbpf_user_ringbuf_close(&rb);
	live_close(drainer.live);
}
END_TEST

/* --- Overwriting ---------------------------------------------------------------------------------- */

/* Since Linux 6.19. */
static const char *why_no_overwriting(void)
{
	struct pbpf_map_attr attr = {.type = PBPF_MAP_TYPE_RINGBUF,
				     .flags = PBPF_F_RB_OVERWRITE,
				     .max_entries = RING_SIZE};
	int fd = pbpf_sys_map_create(NULL, &attr);

	if (fd >= 0)
		pbpf_sys_close(NULL, fd);
	return fd == -EINVAL ? "this kernel has no ring buffer that overwrites" : NULL;
}

static struct live *overwritten_ring(struct pbpf_overwrite *rb)
{
	struct live *live = live_load("ring_overwrite.bpf");
	const struct pbpf_map *map = pbpf_object_map(live->obj, "ring");

	ck_assert_int_eq(pbpf_overwrite_open(rb, pbpf_map_fd(map), RING_SIZE), 0);
	return live;
}

/* Copies what is there; each record is whole, and its number follows that of the one before. */
static uint64_t read_all(struct pbpf_overwrite *rb, uint64_t *next)
{
	uint64_t words[125], number, count = 0;
	size_t size;
	int err;

	while ((err = pbpf_overwrite_copy(rb, words, sizeof(words), &size)) > 0) {
		number = words[0];
		if (size != (number % 2 ? 1000 : 16) || words[size / 8 - 1] != number ||
		    number < *next)
			ck_abort_msg("%zu bytes, number %llu after %llu", size,
				     (unsigned long long)number, (unsigned long long)*next);
		if (count && number != *next)
			ck_assert_uint_gt(rb->skipped, 0);
		*next = number + 1;
		count++;
	}
	ck_assert_msg(!err || err == -EAGAIN, "%s", pbpf_error_name(err));
	return count;
}

START_TEST(the_newest_stay)
{
	struct pbpf_overwrite rb;
	struct live *live;
	uint64_t next = 0;

	NEEDS_BPF();
	if (why_no_overwriting())
		SKIP("%s", why_no_overwriting());
	live = overwritten_ring(&rb);
	live_run(live, "produce");
	ck_assert_int_eq(pbpf_overwrite_wait(&rb, 1000), 1);
	ck_assert_uint_eq(read_all(&rb, &next), 64);
	ck_assert_uint_eq(rb.skipped, 0);
	for (int i = 0; i < 20; i++)
		live_run(live, "produce");
	ck_assert_uint_gt(read_all(&rb, &next), 64);
	ck_assert_uint_eq(next, live_variable(live, "written"));
	ck_assert_uint_gt(rb.skipped, RING_SIZE);
	ck_assert_uint_eq(live_variable(live, "refused"), 0);
	pbpf_overwrite_close(&rb);
	live_close(live);
}
END_TEST

static void *produce_often(void *arg)
{
	struct other *producer = arg;

	for (int i = 0; i < 20000; i++)
		run_quietly(producer, "produce");
	atomic_store(&producer->stop, true);
	return NULL;
}

/* What is overwritten while it is copied is never handed out. */
START_TEST(nothing_torn_while_it_is_written)
{
	struct pbpf_overwrite rb;
	struct other producer = {0};
	uint64_t next = 0, count = 0;
	pthread_t thread;

	NEEDS_BPF();
	if (why_no_overwriting())
		SKIP("%s", why_no_overwriting());
	producer.live = overwritten_ring(&rb);
	ck_assert_int_eq(pthread_create(&thread, NULL, produce_often, &producer), 0);
	while (!atomic_load(&producer.stop))
		count += read_all(&rb, &next);
	pthread_join(thread, NULL);
	count += read_all(&rb, &next);
	ck_assert_uint_eq(next, live_variable(producer.live, "written"));
	ck_assert_uint_eq(count, rb.records);
	pbpf_overwrite_close(&rb);
	live_close(producer.live);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("kernel_ringbuf_kinds");
	TCase *t = tcase_create("kinds");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_program_takes_them_in_order);
	tcase_add_test(t, a_full_user_ring_says_so);
	tcase_add_test(t, the_sender_waits_for_room);
	tcase_add_test(t, the_newest_stay);
	tcase_add_test(t, nothing_torn_while_it_is_written);
	suite_add_tcase(s, t);
	return s;
}
