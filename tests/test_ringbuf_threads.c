/* SPDX-License-Identifier: MIT */
/*
 * The consumer against a producer on another thread that follows the kernel's algorithm
 * (kernel/bpf/ringbuf.c), with sleeping and waking, and every record checked.
 *
 *	test_ringbuf_threads              a few seconds, as a part of the suite
 *	RECORDS=1000000000 test_...       as many records per case as you like
 *
 * Meant for ThreadSanitizer too, which is why both sides use one mapping: it does not see a race
 * through two. What stands for the kernel's irq_work and wait queue is a mutex and a condition,
 * taken only where the kernel would raise a wake-up or sleep; so the order of everything else is
 * the ring's own.
 */
#include "harness.h"
#include "ringbuf/pbpf_ringbuf.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <time.h>

#define SIZE	4096
#define BUSY	(UINT32_C(1) << 31)
#define DISCARD (UINT32_C(1) << 30)

struct shared {
	_Alignas(64) _Atomic uint64_t consumer;
	_Alignas(64) _Atomic uint64_t producer;
	_Alignas(64) unsigned char data[2 * SIZE];
	_Alignas(64) uint64_t wanted; /* records to produce */
	uint64_t full;		      /* times that reserve found no room */
	uint64_t wakes;
	uint32_t longest;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	unsigned int woken; /* wake-ups raised so far */
	bool done;
};

/* A small generator of test data: xorshift. */
static uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* --- The producer, as the kernel does it -------------------------------------------------- */

static uint32_t *reserve(struct shared *s, uint32_t len)
{
	uint64_t consumer = atomic_load_explicit(&s->consumer, memory_order_acquire);
	uint64_t producer = atomic_load_explicit(&s->producer, memory_order_relaxed);
	uint64_t end = producer + ((len + 15) & ~UINT64_C(7));
	uint32_t *header = (uint32_t *)(void *)(s->data + producer % SIZE);

	if (end - consumer > SIZE - 1)
		return NULL;
	atomic_store_explicit((_Atomic uint32_t *)header, len | BUSY, memory_order_relaxed);
	atomic_store_explicit(&s->producer, end, memory_order_release);
	return header;
}

static void submit(struct shared *s, uint32_t *header, uint32_t flags)
{
	uint64_t place = (uint64_t)((unsigned char *)header - s->data);
	uint32_t value = (*header & ~BUSY) | flags;

	atomic_exchange_explicit((_Atomic uint32_t *)header, value, memory_order_seq_cst);
	if (atomic_load_explicit(&s->consumer, memory_order_acquire) % SIZE != place)
		return;
	pthread_mutex_lock(&s->lock);
	s->woken++;
	s->wakes++;
	pthread_cond_signal(&s->wake);
	pthread_mutex_unlock(&s->lock);
}

/* Record: its number, then bytes that follow from it. Every 16th is reserved, thrown away, and
 * done anew; now and then two are open at once and submitted in the wrong order. */
static void fill(uint32_t *header, uint64_t number)
{
	uint32_t len = *header & ~BUSY;
	unsigned char *data = (unsigned char *)(header + 2);

	memcpy(data, &number, sizeof(number));
	if (len > sizeof(number))
		memset(data + sizeof(number), (int)(number % 251), len - sizeof(number));
}

static uint32_t *reserve_one(struct shared *s, uint32_t *random)
{
	uint32_t len = 8 + next_random(random) % s->longest, *header;

	while (!(header = reserve(s, len))) {
		s->full++;
		sched_yield();
	}
	return header;
}

static void *produce(void *arg)
{
	struct shared *s = arg;
	uint32_t random = 12345, *first, *second;

	for (uint64_t n = 0; n < s->wanted;) {
		first = reserve_one(s, &random);
		if (next_random(&random) % 16 == 0) {
			submit(s, first, DISCARD);
			continue;
		}
		second = n + 1 < s->wanted && random % 5 == 0 ? reserve(s, 8) : NULL;
		if (second) {
			fill(second, n + 1);
			submit(s, second, 0);
		}
		fill(first, n);
		submit(s, first, 0);
		n += second ? 2 : 1;
		if (random % 64 == 0)
			sched_yield();
	}
	return NULL;
}

/* --- The consumer ------------------------------------------------------------------------- */

struct checked {
	uint64_t number;
	uint64_t wrong;
};

static int check_record(void *ctx, const void *record, size_t size)
{
	struct checked *checked = ctx;
	const unsigned char *data = record;
	uint64_t number;
	size_t i;

	memcpy(&number, data, sizeof(number));
	for (i = sizeof(number); i < size && data[i] == number % 251; i++)
		;
	checked->wrong += number != checked->number++ || i != size;
	return 0;
}

/* Sleeps as the kernel lets us, unless a wake-up came since `seen`. False: none within 10 s. */
static bool sleep_on(struct shared *s, unsigned int seen)
{
	struct timespec until;
	int err = 0;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 10;
	pthread_mutex_lock(&s->lock);
	while (s->woken == seen && !err)
		err = pthread_cond_timedwait(&s->wake, &s->lock, &until);
	pthread_mutex_unlock(&s->lock);
	return !err;
}

static unsigned int wakes_so_far(struct shared *s)
{
	unsigned int woken;

	pthread_mutex_lock(&s->lock);
	woken = s->woken;
	pthread_mutex_unlock(&s->lock);
	return woken;
}

static void consume(struct shared *s, struct pbpf_ringbuf *rb, struct checked *checked)
{
	while (checked->number < s->wanted) {
		int count = pbpf_ringbuf_consume(rb, 0, check_record, checked);
		unsigned int seen;

		ck_assert_int_ge(count, 0);
		if (count || checked->number == s->wanted)
			continue;
		/* What epoll does: it sleeps from the moment at which it is on the wait queue. */
		seen = wakes_so_far(s);
		if (!pbpf_ringbuf_arm(rb) && !sleep_on(s, seen))
			ck_abort_msg("a wake-up was lost at record %llu",
				     (unsigned long long)checked->number);
	}
}

static void run(const struct pbpf_ringbuf_policy *policy, uint64_t start, uint32_t longest)
{
	static struct shared s;
	const char *records = getenv("RECORDS");
	struct checked checked = {0, 0};
	struct pbpf_ringbuf rb;
	pthread_t thread;

	memset(&s, 0, sizeof(s));
	s.consumer = s.producer = start;
	s.wanted = records ? strtoull(records, NULL, 0) : 300000;
	s.longest = longest;
	pthread_mutex_init(&s.lock, NULL);
	pthread_cond_init(&s.wake, NULL);
	ck_assert_int_eq(pbpf_ringbuf_init(&rb, &s.consumer, &s.producer, s.data, SIZE), 0);
	rb.policy = *policy;
	ck_assert_int_eq(pthread_create(&thread, NULL, produce, &s), 0);
	consume(&s, &rb, &checked);
	pthread_join(thread, NULL);
	ck_assert_uint_eq(checked.number, s.wanted);
	ck_assert_uint_eq(checked.wrong, 0);
	ck_assert_uint_eq(rb.stats.records, s.wanted);
	printf("%llu records, %llu discarded, ring full %llu times, %llu wake-ups\n",
	       (unsigned long long)rb.stats.records, (unsigned long long)rb.stats.discarded,
	       (unsigned long long)s.full, (unsigned long long)s.wakes);
}

START_TEST(late)
{
	run(&pbpf_ringbuf_balanced, 0, 64);
}
END_TEST

START_TEST(late_without_pauses)
{
	struct pbpf_ringbuf_policy policy = pbpf_ringbuf_frugal;

	policy.pauses = 0;
	run(&policy, UINT64_MAX - 4095, 1);
}
END_TEST

START_TEST(batch)
{
	struct pbpf_ringbuf_policy policy = {.publish = PBPF_RINGBUF_BATCH};

	run(&policy, ((uint64_t)1 << 32) - 4096, 200);
}
END_TEST

START_TEST(each)
{
	run(&pbpf_ringbuf_plain, 0, 1000);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("ringbuf_threads");
	TCase *t = tcase_create("threads");

	tcase_set_timeout(t, getenv("RECORDS") ? 0 : 60);
	tcase_add_test(t, late);
	tcase_add_test(t, late_without_pauses);
	tcase_add_test(t, batch);
	tcase_add_test(t, each);
	suite_add_tcase(s, t);
	return s;
}
