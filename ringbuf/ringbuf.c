/* SPDX-License-Identifier: MIT */
/*
 * The consumer, over memory: what to load and store in which order. No system call is made here.
 *
 * Orderings, each with its partner in the kernel (kernel/bpf/ringbuf.c):
 *	acquire load of the producer position   its header, BUSY, was written before
 *	acquire load of a header without BUSY   its data was written before
 *	release store of the consumer position  our reads of the data are done
 *	seq_cst fence in arm()                  see "Why no wake-up is lost" in the header
 */
#include "ringbuf/pbpf_ringbuf.h"
#include "ringbuf/ring.h"

#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <string.h>

#define RING_BUSY    (UINT32_C(1) << 31)
#define RING_DISCARD (UINT32_C(1) << 30)
#define RING_HEADER  8u

const struct pbpf_ringbuf_policy pbpf_ringbuf_balanced = {
	.publish = PBPF_RINGBUF_LATE, .pauses = 64, .spins = 16};
const struct pbpf_ringbuf_policy pbpf_ringbuf_frugal = {.publish = PBPF_RINGBUF_LATE, .pauses = 64};
const struct pbpf_ringbuf_policy pbpf_ringbuf_busy = {
	.publish = PBPF_RINGBUF_LATE, .pauses = 64, .spins = 1, .never_sleep = true};
const struct pbpf_ringbuf_policy pbpf_ringbuf_plain = {.publish = PBPF_RINGBUF_EACH};

/* The position words are 64 bits wide, except on a 32-bit kernel. */
static uint64_t ring_load(const struct pbpf_ringbuf *rb, const void *word)
{
	if (rb->wrap == UINT64_MAX)
		return atomic_load_explicit((const _Atomic uint64_t *)word, memory_order_acquire);
	return atomic_load_explicit((const _Atomic uint32_t *)word, memory_order_acquire);
}

void ring_publish(struct pbpf_ringbuf *rb, uint64_t pos)
{
	if ((int64_t)(pos - rb->published) <= 0)
		return; /* never back */
	if (rb->wrap == UINT64_MAX)
		atomic_store_explicit((_Atomic uint64_t *)rb->consumer, pos, memory_order_release);
	else
		atomic_store_explicit((_Atomic uint32_t *)rb->consumer, (uint32_t)pos,
				      memory_order_release);
	rb->published = pos;
	rb->stats.publishes++;
}

static uint32_t ring_header(const struct pbpf_ringbuf *rb, uint64_t pos)
{
	return atomic_load_explicit(
		(const _Atomic uint32_t *)(const void *)(rb->data + (pos & (rb->size - 1))),
		memory_order_acquire);
}

int ring_look(struct pbpf_ringbuf *rb)
{
	/* By difference, never by order: positions may wrap. */
	uint64_t produced = (ring_load(rb, rb->producer) - rb->pos) & rb->wrap;

	rb->backoff = rb->policy.pauses;
	rb->stats.looks++;
	if (produced > rb->size || produced % 8)
		return -EBADMSG;
	rb->blocked = false;
	rb->end = rb->pos + produced;
	if (produced > rb->stats.backlog)
		rb->stats.backlog = produced;
	return produced != 0;
}

int ring_start(struct pbpf_ringbuf *rb)
{
	uint64_t pos = ring_load(rb, rb->consumer);
	int err;

	rb->policy = pbpf_ringbuf_balanced;
	rb->pos = rb->end = rb->next = rb->last = rb->published = pos;
	rb->step = RING_HEADER;
	if (pos % 8)
		return -EBADMSG;
	err = ring_look(rb);
	rb->backoff = 0;
	return err < 0 ? err : 0;
}

int pbpf_ringbuf_init(struct pbpf_ringbuf *rb, void *consumer, const void *producer,
		      const void *data, size_t size)
{
	if (size < 8 || size & (size - 1) || (uintptr_t)data % 8 || (uintptr_t)consumer % 8 ||
	    (uintptr_t)producer % 8)
		return -EINVAL;
	memset(rb, 0, sizeof(*rb));
	rb->consumer = consumer;
	rb->producer = producer;
	rb->data = data;
	rb->size = size;
	rb->wrap = UINT64_MAX;
	rb->map_fd = rb->epoll_fd = -1;
	return ring_start(rb);
}

/* Gives the cache line of the producer position some time with the producer. */
static void ring_pause(struct pbpf_ringbuf *rb)
{
	for (uint32_t i = 0; i < rb->backoff; i++) {
#if defined(__x86_64__) || defined(__i386__)
		__builtin_ia32_pause();
#elif defined(__aarch64__)
		__asm__ volatile("isb" ::: "memory");
#else
		__asm__ volatile("" ::: "memory");
#endif
	}
}

/* There is nothing to read: gives back what can be given without inviting wake-ups. */
static void ring_idle(struct pbpf_ringbuf *rb)
{
	ring_publish(rb, rb->policy.publish == PBPF_RINGBUF_LATE ? rb->last : rb->pos);
}

int ring_ready(struct pbpf_ringbuf *rb)
{
	int found;

	ring_pause(rb);
	found = ring_look(rb);
	if (found > 0 && ring_header(rb, rb->pos) & RING_BUSY)
		found = 0;
	if (!found)
		ring_idle(rb);
	return found;
}

/*
 * Finds up to `max` records from `pos` on and remembers where they end.
 *
 * A record's step comes out of its header, so each load would wait for the one before. Records are
 * mostly like their predecessor: then the branch is predicted, and `step`, which the loop already
 * holds, lets the CPU run ahead.
 */
static inline int ring_scan(struct pbpf_ringbuf *rb, struct pbpf_record *records, int max)
{
	uint64_t pos = rb->pos, end = rb->end, last = rb->last, bytes = 0, discarded = 0;
	uint32_t seen = rb->header, step = rb->step, header;
	int count = 0, err = 0;

	while (count < max && pos != end) {
		header = ring_header(rb, pos);
		if (header != seen) {
			if (header & RING_BUSY) {
				rb->blocked = true;
				break;
			}
			seen = header;
			step = ((header & ~RING_DISCARD) + RING_HEADER + 7) & ~7u;
		}
		if (step > end - pos) {
			err = -EBADMSG;
			break;
		}
		if (header & RING_DISCARD) {
			discarded++;
		} else {
			records[count].data = rb->data + (pos & (rb->size - 1)) + RING_HEADER;
			records[count++].size = header;
			bytes += header;
		}
		last = pos;
		pos += step;
	}
	rb->header = seen;
	rb->step = step;
	rb->next = pos;
	rb->peeked.records = (uint64_t)count;
	rb->peeked.bytes = bytes;
	rb->peeked.discarded = discarded;
	rb->peeked.last = last;
	return count ? count : err;
}

int pbpf_ringbuf_peek_batch(struct pbpf_ringbuf *rb, struct pbpf_record *records, int max)
{
	int count, err;

	if (max <= 0)
		return -EINVAL;
	for (;;) {
		if (rb->pos == rb->end || rb->blocked) {
			err = ring_ready(rb);
			if (err <= 0)
				return err;
		}
		count = ring_scan(rb, records, max);
		if (count || rb->next == rb->pos)
			return count;
		pbpf_ringbuf_release(rb); /* nothing but discarded records, so go on behind */
	}
}

int pbpf_ringbuf_peek(struct pbpf_ringbuf *rb, const void **record, size_t *size)
{
	struct pbpf_record view;
	int err = pbpf_ringbuf_peek_batch(rb, &view, 1);

	if (err > 0) {
		*record = view.data;
		*size = view.size;
	}
	return err;
}

void pbpf_ringbuf_release(struct pbpf_ringbuf *rb)
{
	uint64_t quarter = rb->size / 4;

	if (rb->next == rb->pos)
		return;
	rb->stats.records += rb->peeked.records;
	rb->stats.bytes += rb->peeked.bytes;
	rb->stats.discarded += rb->peeked.discarded;
	rb->pos = rb->next;
	rb->last = rb->peeked.last;
	if (rb->policy.publish == PBPF_RINGBUF_EACH)
		ring_publish(rb, rb->pos);
	else if (rb->pos - rb->published > quarter)
		/* A last record that is itself longer than a quarter must not wait either. */
		ring_publish(rb, rb->policy.publish == PBPF_RINGBUF_LATE &&
						 rb->pos - rb->last <= quarter
					 ? rb->last
					 : rb->pos);
}

int pbpf_ringbuf_consume(struct pbpf_ringbuf *rb, int max,
			 int (*fn)(void *ctx, const void *record, size_t size), void *ctx)
{
	struct pbpf_record record;
	int count = 0, err, stop;

	if (max <= 0)
		max = INT_MAX;
	while (count < max) {
		err = pbpf_ringbuf_peek_batch(rb, &record, 1);
		if (err <= 0)
			return count ? count : err;
		stop = fn(ctx, record.data, record.size);
		pbpf_ringbuf_release(rb);
		count++;
		if (stop)
			return stop < 0 ? stop : count;
		if (rb->pos == rb->end)
			break; /* caught up: a look now would be too soon */
	}
	return count;
}

int pbpf_ringbuf_arm(struct pbpf_ringbuf *rb)
{
	int ready;

	ring_publish(rb, rb->pos);
	atomic_thread_fence(memory_order_seq_cst);
	rb->backoff = 0;
	ready = ring_ready(rb);
	rb->backoff = 0;
	return ready;
}

uint64_t pbpf_ringbuf_available(const struct pbpf_ringbuf *rb)
{
	uint64_t produced = (ring_load(rb, rb->producer) - rb->pos) & rb->wrap;

	return produced <= rb->size ? produced : 0;
}
