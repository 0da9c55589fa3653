/* SPDX-License-Identifier: MIT */
/*
 * What the benchmarks of the ring share: a kernel that produces, and one run of a producer against
 * a consumer, ours or libbpf's.
 */
#ifndef BENCH_RINGBUF_RUN_H
#define BENCH_RINGBUF_RUN_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MAX_SAMPLES 200000

extern const int sizes[4]; /* of a record, in bytes */
extern int run_ms;	   /* length of a run */
extern int run_tries;	   /* how often a run is repeated in which a CPU was taken away */

uint64_t now(void); /* ns */
_Noreturn void die(const char *what, int err);
void pin_to(int cpu);

struct work { /* as in ringbuf.bpf.c */
	uint64_t count, sequence, lost;
	uint32_t flags, stamp;
};

struct kernel {
	struct bpf_object *obj;
	int map_fd;
	int prog_fd[4];
	uint32_t ring_size;
};

void kernel_open(struct kernel *k, const char *path, uint32_t ring_size);
void produce(const struct kernel *k, int size, struct work *work);

struct seen {
	uint64_t next;	   /* of numbered records: the number that comes next */
	uint64_t *latency; /* of stamped records: how old each was */
	bool wrong;
};

static inline void see(struct seen *seen, const void *record)
{
	uint64_t value;

	memcpy(&value, record, sizeof(value));
	if (seen->latency && seen->next < MAX_SAMPLES)
		seen->latency[seen->next] = now() - value;
	else if (value != seen->next)
		seen->wrong = true;
	seen->next++;
}

enum mode { BUSY, EPOLL };

struct run {
	const struct kernel *k;
	int size;		 /* index into sizes */
	uint64_t burst;		 /* records per test run */
	uint64_t period_ns;	 /* from one burst's start to the next; 0: at once */
	uint64_t calls, call_ns; /* how often and how long the traced task was in the kernel */
	struct work work;
	_Atomic bool go, done;
	_Atomic uint64_t preempted;
};

/* The producer's side alone: a thread's function over a struct run. */
void *producer_thread(void *run);

/* Runs to the end, undisturbed if possible; the time from start to when the last record was read. */
uint64_t run_consumer(struct run *r, bool own, enum mode mode, struct seen *seen);

#endif
