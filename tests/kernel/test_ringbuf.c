/* SPDX-License-Identifier: MIT */
/*
 * The rings on the running kernel: a program produces on one CPU, the consumer reads on another,
 * and checks each record.
 *
 *	test_ringbuf                       a few seconds
 *	RECORDS=100000000 test_ringbuf     as many records in the long test as you like
 *
 * The programs are written as instructions, so that nothing but bpf(2) is needed.
 */
#include "live.h"
#include "ringbuf/pbpf_perfbuf.h"
#include "ringbuf/pbpf_ringbuf.h"
#include "sys/pbpf_sys.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <time.h>

#define RING_SIZE (64 * 1024)
#define LOOPS	  32

struct insn {
	uint8_t code, regs;
	int16_t off;
	int32_t imm;
};

enum { R0, R1, R2, R3, R4, R5, R6, R7, R10 = 10 };
/* The kernel has them as two bit fields, which begin where the machine's byte order says. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define REGS(dst, src) (uint8_t)((dst) | (src) << 4)
#else
#define REGS(dst, src) (uint8_t)((dst) << 4 | (src))
#endif
#define MOV(dst, src)                      \
	{                                  \
		0xbf, REGS(dst, src), 0, 0 \
	}
#define SET(dst, value)                        \
	{                                      \
		0xb7, REGS(dst, 0), 0, (value) \
	}
#define ADD(dst, value)                        \
	{                                      \
		0x07, REGS(dst, 0), 0, (value) \
	}
#define LOAD(dst, src, off)                    \
	{                                      \
		0x79, REGS(dst, src), (off), 0 \
	}
#define STORE(dst, off, src)                   \
	{                                      \
		0x7b, REGS(dst, src), (off), 0 \
	}
#define MAP(dst, fd)                   \
	{0x18, REGS(dst, 1), 0, (fd)}, \
	{                              \
		0, 0, 0, 0             \
	}
#define CALL(helper)                 \
	{                            \
		0x85, 0, 0, (helper) \
	}
#define JUMP(off)                 \
	{                         \
		0x05, 0, (off), 0 \
	}
#define IF_ZERO(dst, off)                    \
	{                                    \
		0x15, REGS(dst, 0), (off), 0 \
	}
#define IF_LESS(dst, than, off)                   \
	{                                         \
		0xa5, REGS(dst, 0), (off), (than) \
	}
#define EXIT                  \
	{                     \
		0x95, 0, 0, 0 \
	}
#define PERF_EVENT_OUTPUT 25
#define RINGBUF_RESERVE	  131
#define RINGBUF_SUBMIT	  132

/* What the program gets and gives back: its context. */
struct work {
	uint64_t sequence; /* the number of the next record that fits */
	uint64_t lost;
	uint64_t flags; /* of the submissions */
};

/* Reserves a record of `size` bytes, writes its number, and submits it; or counts the loss. */
#define RECORD(fd, size)                                                                      \
	MAP(R1, fd), SET(R2, size), SET(R3, 0), CALL(RINGBUF_RESERVE), IF_ZERO(R0, 8),        \
		LOAD(R1, R6, 0), STORE(R0, 0, R1), ADD(R1, 1), STORE(R6, 0, R1), MOV(R1, R0), \
		LOAD(R2, R6, 16), CALL(RINGBUF_SUBMIT), JUMP(3), LOAD(R1, R6, 8), ADD(R1, 1), \
		STORE(R6, 8, R1)
#define RECORD_INSNS 17

struct ring {
	int map_fd, prog_fd;
	struct pbpf_ringbuf rb;
};

static int load(uint32_t type, uint32_t flags, const struct insn *insns, size_t size)
{
	struct pbpf_prog_attr attr = {
		.type = type,
		.insns = insns,
		.insn_count = (uint32_t)(size / sizeof(*insns)),
		.license = "GPL",
		.name = "produce",
		.flags = flags,
	};
	int fd = pbpf_sys_prog_load(NULL, &attr, NULL);

	ck_assert_int_ge(fd, 0);
	return fd;
}

static void ring_make(struct ring *ring)
{
	struct pbpf_map_attr attr = {
		.type = PBPF_MAP_TYPE_RINGBUF, .max_entries = RING_SIZE, .name = "ring"};

	allow_locked_memory();
	ring->map_fd = pbpf_sys_map_create(NULL, &attr);
	ck_assert_int_ge(ring->map_fd, 0);
	{
		const struct insn insns[] = {
			MOV(R6, R1),
			SET(R7, 0),
			RECORD(ring->map_fd, 8),
			RECORD(ring->map_fd, 100),
			RECORD(ring->map_fd, 1000),
			ADD(R7, 1),
			IF_LESS(R7, LOOPS, -(3 * RECORD_INSNS + 2)),
			SET(R0, 0),
			EXIT,
		};

		ring->prog_fd =
			load(PBPF_PROG_TYPE_SYSCALL, PBPF_F_SLEEPABLE, insns, sizeof(insns));
	}
}

static void ring_start(struct ring *ring)
{
	ring_make(ring);
	ck_assert_int_eq(pbpf_ringbuf_open(&ring->rb, ring->map_fd, RING_SIZE), 0);
}

static void ring_end(struct ring *ring)
{
	pbpf_ringbuf_close(&ring->rb);
	pbpf_sys_close(NULL, ring->map_fd);
	pbpf_sys_close(NULL, ring->prog_fd);
}

static void produce(int prog_fd, struct work *work)
{
	struct pbpf_test_run run = {.ctx_in = work, .ctx_in_size = sizeof(*work)};

	ck_assert_int_eq(pbpf_sys_prog_test_run(NULL, prog_fd, &run), 0);
}

struct seen {
	uint64_t next; /* number of the next record */
	uint64_t wrong;
};

/* A lost record leaves no gap, so a number does not tell which of the sizes it has. */
static int check(void *ctx, const void *record, size_t size)
{
	struct seen *seen = ctx;
	uint64_t number;

	memcpy(&number, record, sizeof(number));
	seen->wrong += number != seen->next++ || (size != 8 && size != 100 && size != 1000);
	return 0;
}

static void drain(struct ring *ring, struct seen *seen)
{
	int count;

	do
		count = pbpf_ringbuf_consume(&ring->rb, 0, check, seen);
	while (count > 0);
	if (count || seen->wrong) /* a ck_assert() that passes writes to a pipe */
		ck_abort_msg("%d, %llu wrong", count, (unsigned long long)seen->wrong);
}

static void pin_to(size_t cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set); /* with one CPU only, they take turns */
}

struct producer {
	int prog_fd;
	uint64_t wanted;
	struct work work;
};

static void *produce_all(void *arg)
{
	struct producer *p = arg;

	pin_to(0);
	while (p->work.sequence < p->wanted)
		produce(p->prog_fd, &p->work);
	return NULL;
}

static void long_run(const struct pbpf_ringbuf_policy *policy)
{
	const char *records = getenv("RECORDS");
	struct producer p = {.wanted = records ? strtoull(records, NULL, 0) : 500000};
	struct seen seen = {0, 0};
	struct ring ring;
	pthread_t thread;
	int err = 1;

	ring_start(&ring);
	ring.rb.policy = *policy;
	p.prog_fd = ring.prog_fd;
	ck_assert_int_eq(pthread_create(&thread, NULL, produce_all, &p), 0);
	pin_to(1);
	while (seen.next < p.wanted && err >= !policy->never_sleep) {
		drain(&ring, &seen);
		if (seen.next < p.wanted)
			err = pbpf_ringbuf_wait(&ring.rb, 20000);
	}
	ck_assert_msg(seen.next >= p.wanted, "wait: %d: a wake-up was lost", err);
	pthread_join(thread, NULL);
	drain(&ring, &seen);
	ck_assert_uint_eq(seen.next, p.work.sequence);
	ck_assert_uint_eq(ring.rb.stats.records, seen.next);
	printf("%llu records, %llu found no room, %llu sleeps, %llu publishes\n",
	       (unsigned long long)seen.next, (unsigned long long)p.work.lost,
	       (unsigned long long)ring.rb.stats.sleeps,
	       (unsigned long long)ring.rb.stats.publishes);
	ring_end(&ring);
}

START_TEST(every_record_in_order)
{
	const struct pbpf_ringbuf_policy *policies[] = {&pbpf_ringbuf_balanced,
							&pbpf_ringbuf_frugal, &pbpf_ringbuf_busy,
							&pbpf_ringbuf_plain};

	NEEDS_BPF();
	NEEDS_LINUX(5, 14); /* programs of type syscall, which fill the rings */
	long_run(policies[(size_t)_i]);
}
END_TEST

START_TEST(a_full_ring_recovers)
{
	struct work work = {0};
	struct seen seen = {0, 0};
	struct ring ring;
	uint64_t lost;

	NEEDS_BPF();
	NEEDS_LINUX(5, 14);
	ring_start(&ring);
	for (int i = 0; i < 20; i++) {
		lost = work.lost;
		while (work.lost == lost)
			produce(ring.prog_fd, &work);
		drain(&ring, &seen);
		ck_assert_uint_eq(seen.next, work.sequence);
		ck_assert_int_eq(pbpf_ringbuf_arm(&ring.rb), 0);
		ck_assert_uint_eq(pbpf_ringbuf_available(&ring.rb), 0);
	}
	ck_assert_uint_gt(ring.rb.stats.backlog, RING_SIZE * 9 / 10);
	ring_end(&ring);
}
END_TEST

START_TEST(one_wait_for_two_rings)
{
	struct work work[2] = {{0}, {0}};
	struct seen seen[2] = {{0, 0}, {0, 0}};
	struct ring ring[2];

	NEEDS_BPF();
	NEEDS_LINUX(5, 14);
	ring_start(&ring[0]);
	ring_start(&ring[1]);
	ck_assert_int_eq(pbpf_ringbuf_join(&ring[0].rb, &ring[1].rb), 0);
	ck_assert_int_eq(pbpf_ringbuf_wait(&ring[0].rb, 10), 0);
	for (int i = 0; i < 10; i++) {
		produce(ring[i % 2].prog_fd, &work[i % 2]);
		ck_assert_int_eq(pbpf_ringbuf_wait(&ring[0].rb, 1000), 1);
		drain(&ring[i % 2], &seen[i % 2]);
	}
	ck_assert_int_eq(pbpf_ringbuf_wait(&ring[0].rb, 10), 0);
	ck_assert_uint_eq(seen[0].next, work[0].sequence);
	ck_assert_uint_eq(seen[1].next, work[1].sequence);
	ring_end(&ring[0]);
	ring_end(&ring[1]);
}
END_TEST

static void *produce_later(void *arg)
{
	struct producer *p = arg;
	struct timespec delay = {.tv_nsec = 50000000};

	nanosleep(&delay, NULL);
	produce(p->prog_fd, &p->work);
	return NULL;
}

/* Submitted while we sleep, with and without a wake-up. */
START_TEST(sleep_ends)
{
	static const uint64_t flags[] = {0, 2 /* BPF_RB_FORCE_WAKEUP */, 1 /* BPF_RB_NO_WAKEUP */};
	struct timespec before, after;
	struct producer p = {0};
	struct seen seen = {0, 0};
	struct ring ring;
	pthread_t thread;

	NEEDS_BPF();
	NEEDS_LINUX(5, 14);
	ring_start(&ring);
	p.prog_fd = ring.prog_fd;
	for (int i = 0; i < 3; i++) {
		p.work.flags = flags[i];
		ck_assert_int_eq(pthread_create(&thread, NULL, produce_later, &p), 0);
		clock_gettime(CLOCK_MONOTONIC, &before);
		ck_assert_int_eq(pbpf_ringbuf_wait(&ring.rb, -1), 1);
		clock_gettime(CLOCK_MONOTONIC, &after);
		pthread_join(thread, NULL);
		ck_assert_int_le(after.tv_sec - before.tv_sec, i == 2 ? 2 : 1);
		drain(&ring, &seen);
		ck_assert_uint_eq(seen.next, p.work.sequence);
	}
	ring_end(&ring);
}
END_TEST

/* A consumer that ends without a word: its successor misses nothing, and repeats a quarter ring at
 * most. */
START_TEST(a_killed_consumer_loses_nothing)
{
	struct work work = {0};
	struct seen seen = {0, 0};
	uint64_t first;
	const void *record;
	struct ring ring;
	size_t size;
	pid_t pid;
	int status;

	NEEDS_BPF();
	NEEDS_LINUX(5, 14);
	ring_make(&ring);
	produce(ring.prog_fd, &work);
	pid = fork();
	if (!pid) {
		if (pbpf_ringbuf_open(&ring.rb, ring.map_fd, RING_SIZE))
			_exit(1);
		_exit(pbpf_ringbuf_consume(&ring.rb, 50, check, &seen) == 50 ? 0 : 2);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(pbpf_ringbuf_open(&ring.rb, ring.map_fd, RING_SIZE), 0);
	ck_assert_int_eq(pbpf_ringbuf_peek(&ring.rb, &record, &size), 1);
	memcpy(&first, record, sizeof(first));
	ck_assert_uint_le(first, 50);
	ck_assert_uint_gt(first, 0);
	seen.next = first;
	drain(&ring, &seen);
	ck_assert_uint_eq(seen.next, work.sequence);
	ring_end(&ring);
}
END_TEST

START_TEST(what_is_not_a_ring)
{
	struct pbpf_map_attr attr = {
		.type = PBPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 8, .max_entries = 8192};
	struct pbpf_ringbuf rb;
	struct ring ring;
	int fd;

	NEEDS_BPF();
	NEEDS_LINUX(5, 14);
	fd = pbpf_sys_map_create(NULL, &attr);
	ck_assert_int_eq(pbpf_ringbuf_open(&rb, fd, RING_SIZE), -EINVAL);
	pbpf_sys_close(NULL, fd);
	ck_assert_int_eq(pbpf_ringbuf_open(&rb, fd, RING_SIZE), -EBADF);
	ring_make(&ring);
	ck_assert_int_eq(pbpf_ringbuf_open(&rb, ring.map_fd, 2 * RING_SIZE), -EINVAL);
	ck_assert_int_eq(pbpf_ringbuf_open(&rb, ring.map_fd, RING_SIZE / 2), -EINVAL);
	pbpf_sys_close(NULL, ring.map_fd);
	pbpf_sys_close(NULL, ring.prog_fd);
}
END_TEST

/* --- The perf buffer ---------------------------------------------------------------------- */

static int check_sample(void *ctx, const void *sample, size_t size)
{
	uint64_t *next = ctx, number;

	memcpy(&number, sample, sizeof(number));
	ck_assert_uint_ge(size, 24);
	ck_assert_uint_eq(number, *next % LOOPS);
	++*next;
	return 0;
}

/* A program that gives LOOPS numbered samples to the perf buffer of its CPU. */
static int load_sampler(int map_fd)
{
	const struct insn insns[] = {
		MOV(R6, R1),
		SET(R7, 0),
		SET(R0, 0),
		STORE(R10, -16, R0),
		STORE(R10, -8, R0),
		STORE(R10, -24, R7), /* the loop begins */
		MOV(R1, R6),
		MAP(R2, map_fd),
		{0xb4, REGS(R3, 0), 0, -1},
		MOV(R4, R10),
		ADD(R4, -24),
		SET(R5, 24),
		CALL(PERF_EVENT_OUTPUT),
		ADD(R7, 1),
		IF_LESS(R7, LOOPS, -11),
		SET(R0, 0),
		EXIT,
	};

	return load(PBPF_PROG_TYPE_RAW_TRACEPOINT, 0, insns, sizeof(insns));
}

/* A perf buffer of CPU 0, where this process stays, and the program that fills it. */
struct sampling {
	int map_fd, prog_fd, event_fd;
	struct pbpf_perfbuf pb;
};

static void sampling_begin(struct sampling *s)
{
	struct pbpf_map_attr attr = {.type = PBPF_MAP_TYPE_PERF_EVENT_ARRAY,
				     .key_size = 4,
				     .value_size = 4,
				     .max_entries = 1,
				     .name = "perf"};
	uint32_t key = 0;

	pin_to(0);
	s->map_fd = pbpf_sys_map_create(NULL, &attr);
	s->prog_fd = load_sampler(s->map_fd);
	s->event_fd = pbpf_perfbuf_event(0, 1);
	ck_assert_int_gt(s->event_fd, 2);
	ck_assert_int_eq(pbpf_perfbuf_open(&s->pb, s->event_fd, RING_SIZE), 0);
	ck_assert_int_eq(pbpf_sys_map_update(NULL, s->map_fd, &key, &s->event_fd, 0), 0);
}

static void sampling_end(struct sampling *s)
{
	pbpf_perfbuf_close(&s->pb);
	pbpf_sys_close(NULL, s->event_fd);
	pbpf_sys_close(NULL, s->prog_fd);
	pbpf_sys_close(NULL, s->map_fd);
}

/* Runs the program, whether or not its samples fit. */
static void run_sampler(const struct sampling *s)
{
	struct pbpf_test_run run = {0};

	ck_assert_int_eq(pbpf_sys_prog_test_run(NULL, s->prog_fd, &run), 0);
}

START_TEST(perf_samples_arrive)
{
	struct sampling s;
	uint64_t next = 0;

	NEEDS_BPF();
	NEEDS_LINUX(5, 14);
	sampling_begin(&s);
	ck_assert_int_eq(pbpf_perfbuf_wait(&s.pb, 10), 0);
	for (int i = 0; i < 200; i++) {
		run_sampler(&s);
		ck_assert_int_eq(pbpf_perfbuf_wait(&s.pb, 1000), 1);
		ck_assert_int_eq(pbpf_perfbuf_consume(&s.pb, 0, check_sample, &next), LOOPS);
	}
	ck_assert_uint_gt(s.pb.stats.wrapped, 1);
	ck_assert_uint_eq(s.pb.stats.lost, 0);
	sampling_end(&s);
}
END_TEST

/* What is lost are the last samples of a run, and whole runs. */
START_TEST(perf_samples_that_do_not_fit_are_counted)
{
	struct sampling s;
	uint64_t next = 0;

	NEEDS_BPF();
	NEEDS_LINUX(5, 14);
	sampling_begin(&s);
	for (int i = 0; i < 100; i++)
		run_sampler(&s);
	while (pbpf_perfbuf_consume(&s.pb, 0, check_sample, &next) > 0)
		;
	next = 0; /* the kernel says with the next sample how many were lost */
	run_sampler(&s);
	ck_assert_int_eq(pbpf_perfbuf_consume(&s.pb, 1, check_sample, &next), 1);
	ck_assert_uint_gt(s.pb.stats.lost, 0);
	ck_assert_uint_eq(s.pb.stats.records + s.pb.stats.lost, 100 * LOOPS + 1);
	sampling_end(&s);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("kernel_ringbuf");
	TCase *t = tcase_create("rings");

	tcase_set_timeout(t, getenv("RECORDS") ? 0 : 60);
	tcase_add_loop_test(t, every_record_in_order, 0, 4);
	tcase_add_test(t, a_full_ring_recovers);
	tcase_add_test(t, one_wait_for_two_rings);
	tcase_add_test(t, sleep_ends);
	tcase_add_test(t, a_killed_consumer_loses_nothing);
	tcase_add_test(t, what_is_not_a_ring);
	tcase_add_test(t, perf_samples_arrive);
	tcase_add_test(t, perf_samples_that_do_not_fit_are_counted);
	suite_add_tcase(s, t);
	return s;
}
