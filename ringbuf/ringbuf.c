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

#define RING_CHUNK 32 /* records found before their callbacks are called */

const struct pbpf_ringbuf_policy pbpf_ringbuf_balanced = {
	.publish = PBPF_RINGBUF_LATE, .pauses = 64, .spins = 128};
const struct pbpf_ringbuf_policy pbpf_ringbuf_frugal = {.publish = PBPF_RINGBUF_LATE, .pauses = 64};
const struct pbpf_ringbuf_policy pbpf_ringbuf_busy = {
	.publish = PBPF_RINGBUF_LATE, .pauses = 64, .spins = 1, .never_sleep = true};
const struct pbpf_ringbuf_policy pbpf_ringbuf_plain = {.publish = PBPF_RINGBUF_EACH};

void ring_publish(struct pbpf_ringbuf *rb, uint64_t pos)
{
	if ((int64_t)(pos - rb->published) <= 0)
		return; /* never back */
	ring_store(rb->map.consumer, rb->map.wrap, pos);
	rb->published = pos;
	rb->stats.publishes++;
}

/* Bytes from `pos` to the producer position: by difference, never by order, as positions may wrap. */
static uint64_t ring_produced(const struct pbpf_ringbuf *rb)
{
	return (ring_load(rb->map.producer, rb->map.wrap) - rb->pos) & rb->map.wrap;
}

static int ring_look(struct pbpf_ringbuf *rb)
{
	uint64_t produced = ring_produced(rb);

	rb->backoff = produced ? rb->policy.pauses : rb->policy.pauses / 8;
	rb->stats.looks++;
	if (produced > rb->map.size || produced < rb->end - rb->pos || produced % 8)
		return -EBADMSG; /* too far, back, or unaligned */
	rb->blocked = false;
	rb->end = rb->pos + produced;
	if (produced > rb->stats.backlog)
		rb->stats.backlog = produced;
	return produced != 0;
}

int ring_start(struct pbpf_ringbuf *rb)
{
	uint64_t pos = ring_load(rb->map.consumer, rb->map.wrap);
	int err;

	rb->policy = pbpf_ringbuf_balanced;
	rb->pos = rb->end = rb->last = rb->published = pos;
	rb->step = RING_HEADER;
	if (pos % 8)
		return -EBADMSG;
	err = ring_look(rb);
	rb->backoff = 0;
	return err < 0 ? err : 0;
}

int ring_plain(struct pbpf_ringmap *map, void *consumer, void *producer, void *data, size_t size)
{
	uintptr_t addresses = (uintptr_t)data | (uintptr_t)consumer | (uintptr_t)producer;

	if (size < 8 || size & (size - 1) || addresses % 8)
		return -EINVAL;
	*map = (struct pbpf_ringmap){.consumer = consumer,
				     .producer = producer,
				     .data = data,
				     .size = size,
				     .wrap = UINT64_MAX,
				     .fd = -1,
				     .epoll_fd = -1};
	return 0;
}

int pbpf_ringbuf_init(struct pbpf_ringbuf *rb, void *consumer, const void *producer,
		      const void *data, size_t size)
{
	int err;

	memset(rb, 0, sizeof(*rb));
	err = ring_plain(&rb->map, consumer, (void *)(uintptr_t)producer, (void *)(uintptr_t)data,
			 size);
	return err ? err : ring_start(rb);
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
	if (found > 0 && ring_header(rb->map.data + (rb->pos & (rb->map.size - 1))) & RING_BUSY)
		found = 0;
	if (!found)
		ring_idle(rb);
	return found;
}

/* What is held back before it is published, and what consume() takes at a time: together not more
 * than a quarter of the ring. */
static uint64_t ring_hold(const struct pbpf_ringbuf *rb)
{
	return rb->map.size / 8;
}

/*
 * Finds up to `max` records that begin within `span` bytes of `pos`, and remembers where they end.
 *
 * A record's step comes out of its header, so each load would wait for the one before. Records are
 * mostly like their predecessor: then the branch is predicted, and `step`, which the loop already
 * holds, lets the CPU run ahead.
 */
static int ring_scan(struct pbpf_ringbuf *rb, struct pbpf_record *records, int max, uint64_t span)
{
	struct pbpf_record *record = records, *full = records + max;
	const uint8_t *data = rb->map.data, *at;
	uint64_t pos = rb->pos, last = pos, mask = rb->map.size - 1, room = rb->end - pos;
	uint64_t spare = span < room ? room - span : 0;
	uint32_t header, alike = rb->alike, step = rb->step, discarded = 0;
	int err = 0;

	while (record < full && room > spare) {
		at = data + (pos & mask);
		header = ring_header(at);
		if (header != alike) {
			if (header & RING_BUSY) {
				rb->blocked = true;
				break;
			}
			alike = header;
			step = ring_step(header);
		}
		if (step > room) {
			err = -EBADMSG;
			break;
		}
		if (header & RING_DISCARD) {
			discarded++;
		} else {
			record->data = at + RING_HEADER;
			record->size = header;
			record++;
		}
		last = pos;
		pos += step;
		room -= step;
	}
	rb->alike = alike;
	rb->step = step;
	rb->taken = pos - rb->pos;
	rb->taken_last = last - rb->pos;
	rb->peeked = (uint32_t)(record - records);
	rb->peeked_discarded = discarded;
	return record > records ? (int)(record - records) : err;
}

/* As ring_scan(), looking for new records where there are none, and skipping discarded ones. */
static int ring_peek(struct pbpf_ringbuf *rb, struct pbpf_record *records, int max, uint64_t span)
{
	int count, err;

	for (;;) {
		if (rb->pos == rb->end || rb->blocked) {
			err = ring_ready(rb);
			if (err <= 0)
				return err;
		}
		count = ring_scan(rb, records, max, span);
		if (count || !rb->taken)
			return count;
		pbpf_ringbuf_release(rb); /* nothing but discarded records, so go on behind */
	}
}

int pbpf_ringbuf_peek_batch(struct pbpf_ringbuf *rb, struct pbpf_record *records, int max)
{
	return max > 0 ? ring_peek(rb, records, max, UINT64_MAX) : -EINVAL;
}

/* Whether the head can be read and has the same header as the record before, which is the most
 * usual: a length, without BUSY or DISCARD. */
static bool ring_alike(const struct pbpf_ringbuf *rb, const uint8_t *at)
{
	return rb->end - rb->pos >= rb->step && ring_header(at) == rb->alike &&
	       !(rb->alike & RING_DISCARD);
}

int pbpf_ringbuf_peek(struct pbpf_ringbuf *rb, const void **record, size_t *size)
{
	const uint8_t *at = rb->map.data + (rb->pos & (rb->map.size - 1));
	struct pbpf_record view;
	int found;

	if (ring_alike(rb, at)) {
		rb->taken = rb->step;
		rb->taken_last = 0;
		rb->peeked = 1;
		rb->peeked_discarded = 0;
		*record = at + RING_HEADER;
		*size = rb->alike;
		return 1;
	}
	found = pbpf_ringbuf_peek_batch(rb, &view, 1);
	if (found > 0) {
		*record = view.data;
		*size = view.size;
	}
	return found;
}

void pbpf_ringbuf_release(struct pbpf_ringbuf *rb)
{
	bool late;

	if (!rb->taken)
		return;
	rb->stats.records += rb->peeked;
	rb->stats.discarded += rb->peeked_discarded;
	rb->stats.bytes += rb->taken;
	rb->last = rb->pos + rb->taken_last;
	rb->pos += rb->taken;
	rb->taken = 0;
	if (rb->policy.publish != PBPF_RINGBUF_EACH && rb->pos - rb->published <= ring_hold(rb))
		return;
	/* A last record that is itself longer than that must not wait either. */
	late = rb->policy.publish == PBPF_RINGBUF_LATE && rb->pos - rb->last <= ring_hold(rb);
	ring_publish(rb, late ? rb->last : rb->pos);
}

int pbpf_ringbuf_consume(struct pbpf_ringbuf *rb, int max,
			 int (*fn)(void *ctx, const void *record, size_t size), void *ctx)
{
	struct pbpf_record records[RING_CHUNK];
	int chunk = rb->policy.publish == PBPF_RINGBUF_EACH ? 1 : RING_CHUNK;
	int total = 0, count, stop = 0, i;

	if (max <= 0)
		max = INT_MAX;
	do {
		count = ring_peek(rb, records, max - total < chunk ? max - total : chunk,
				  ring_hold(rb));
		if (count <= 0)
			return total ? total : count;
		for (i = 0; i < count && !stop; i++)
			stop = fn(ctx, records[i].data, records[i].size);
		if (i < count)
			ring_scan(rb, records, i, UINT64_MAX); /* release only these */
		pbpf_ringbuf_release(rb);
		total += i;
		/* Having caught up, return: another look now would be too soon. */
	} while (!stop && total < max && rb->pos != rb->end);
	return stop < 0 ? stop : total;
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
	uint64_t produced = ring_produced(rb);

	return produced <= rb->map.size ? produced : 0;
}
