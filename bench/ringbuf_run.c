/* SPDX-License-Identifier: MIT */
/*
 * One run: a BPF program produces on one CPU, a consumer reads on another.
 */
#include "bench/ringbuf_run.h"

#include "ringbuf/pbpf_ringbuf.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

const int sizes[4] = {8, 64, 256, 1024};
int run_ms = 200, run_tries = 20;

uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

_Noreturn void die(const char *what, int err)
{
	fprintf(stderr, "bench/ringbuf: %s: %s\n", what, strerror(err < 0 ? -err : errno));
	exit(1);
}

void pin_to(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		die("sched_setaffinity", 0);
}

/* --- The producer ---------------- */

void kernel_open(struct kernel *k, const char *path, uint32_t ring_size)
{
	char name[32];

	k->obj = bpf_object__open_file(path, NULL);
	if (!k->obj)
		die(path, 0);
	bpf_map__set_max_entries(bpf_object__find_map_by_name(k->obj, "ring"), ring_size);
	if (bpf_object__load(k->obj))
		die("load", 0);
	k->map_fd = bpf_object__find_map_fd_by_name(k->obj, "ring");
	k->ring_size = ring_size;
	for (int i = 0; i < 4; i++) {
		snprintf(name, sizeof(name), "produce_%d", sizes[i]);
		k->prog_fd[i] = bpf_program__fd(bpf_object__find_program_by_name(k->obj, name));
	}
}

void produce(const struct kernel *k, int size, struct work *work)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = work, .ctx_size_in = sizeof(*work));

	if (bpf_prog_test_run_opts(k->prog_fd[size], &opts))
		die("BPF_PROG_TEST_RUN", 0);
}

/* --- The consumers ---------------- */

static int see_own(void *ctx, const void *record, size_t size)
{
	(void)size;
	see(ctx, record);
	return 0;
}

static int see_libbpf(void *ctx, void *record, size_t size)
{
	(void)size;
	see(ctx, record);
	return 0;
}

struct consumer {
	bool own;
	enum mode mode;
	struct pbpf_ringbuf rb;
	struct ring_buffer *libbpf;
};

static void consumer_open(struct consumer *c, bool own, enum mode mode, const struct kernel *k,
			  struct seen *seen)
{
	int err;

	memset(c, 0, sizeof(*c));
	c->own = own;
	c->mode = mode;
	if (own) {
		err = pbpf_ringbuf_open(&c->rb, k->map_fd, k->ring_size);
		if (err)
			die("pbpf_ringbuf_open", err);
	} else {
		c->libbpf = ring_buffer__new(k->map_fd, see_libbpf, seen, NULL);
		if (!c->libbpf)
			die("ring_buffer__new", 0);
	}
}

static void consumer_close(struct consumer *c)
{
	if (c->own)
		pbpf_ringbuf_close(&c->rb);
	else
		ring_buffer__free(c->libbpf);
}

/* One turn of the consumer's loop. */
static void consumer_turn(struct consumer *c, struct seen *seen)
{
	int err = 0;

	if (!c->own) {
		err = c->mode == BUSY ? ring_buffer__consume(c->libbpf)
				      : ring_buffer__poll(c->libbpf, 10);
	} else {
		err = pbpf_ringbuf_consume(&c->rb, 0, see_own, seen);
		if (err >= 0 && c->mode == EPOLL)
			err = pbpf_ringbuf_wait(&c->rb, 10);
	}
	if (err < 0 && err != -EINTR)
		die("consume", err);
}

/* --- One run: a producer thread, a consumer ---------------- */

/* How often somebody else took this thread's CPU away. */
static uint64_t times_preempted(void)
{
	struct rusage usage;

	getrusage(RUSAGE_THREAD, &usage);
	return (uint64_t)usage.ru_nivcsw;
}

void *producer_thread(void *arg)
{
	struct run *r = arg;
	uint64_t start, stop, next, t;

	pin_to(0);
	while (!atomic_load(&r->go))
		;
	start = next = now();
	stop = start + (uint64_t)run_ms * 1000000;
	while ((t = now()) < stop) {
		if (t < next)
			continue;
		next = r->period_ns ? (next + r->period_ns > t ? next + r->period_ns : t) : t;
		r->work.count = r->burst;
		produce(r->k, r->size, &r->work);
		r->call_ns += now() - t;
		r->calls++;
	}
	atomic_fetch_add(&r->preempted, times_preempted());
	atomic_store(&r->done, true);
	return NULL;
}

static uint64_t run_once(struct run *r, bool own, enum mode mode, struct seen *seen)
{
	struct consumer c;
	pthread_t thread;
	uint64_t start, last = 0, count = 0;

	consumer_open(&c, own, mode, r->k, seen);
	if (pthread_create(&thread, NULL, producer_thread, r))
		die("pthread_create", 0);
	pin_to(1);
	atomic_fetch_sub(&r->preempted, times_preempted());
	start = now();
	atomic_store(&r->go, true);
	while (!atomic_load_explicit(&r->done, memory_order_acquire) ||
	       seen->next != r->work.sequence) {
		consumer_turn(&c, seen);
		if (seen->next != count)
			last = now();
		count = seen->next;
	}
	atomic_fetch_add(&r->preempted, times_preempted());
	pthread_join(thread, NULL);
	consumer_close(&c);
	if (seen->wrong && !seen->latency)
		die("records out of order", -EIO);
	return last - start;
}

uint64_t run_consumer(struct run *r, bool own, enum mode mode, struct seen *seen)
{
	const struct seen blank = *seen;
	uint64_t ns;

	for (int tries = 0;; tries++) {
		ns = run_once(r, own, mode, seen);
		if (!atomic_load(&r->preempted) || tries == run_tries)
			return ns;
		*seen = blank;
		r->work.sequence = r->work.lost = r->calls = r->call_ns = 0;
		atomic_store(&r->preempted, 0);
		atomic_store(&r->done, false);
		atomic_store(&r->go, false);
	}
}
