/* SPDX-License-Identifier: MIT */
/*
 * The user ring buffer: the producer's half of a ring, in user space (kernel/bpf/ringbuf.c,
 * __bpf_user_ringbuf_peek() is the other half).
 *
 * Orderings, each with its partner in the kernel:
 *	acquire load of the consumer position   the program has done with what it passed
 *	release store of the producer position  the header, BUSY, is there before
 *	release store of the header             the data are there before
 */
#include "ringbuf/pbpf_user_ringbuf.h"
#include "ringbuf/ring.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>

static int user_start(struct pbpf_user_ringbuf *rb)
{
	uint64_t used;

	rb->pos = ring_load(rb->map.producer, rb->map.wrap);
	used = (rb->pos - ring_load(rb->map.consumer, rb->map.wrap)) & rb->map.wrap;
	return used > rb->map.size || rb->pos % 8 ? -EBADMSG : 0;
}

int pbpf_user_ringbuf_init(struct pbpf_user_ringbuf *rb, const void *consumer, void *producer,
			   void *data, size_t size)
{
	int err = ring_plain(&rb->map, (void *)(uintptr_t)consumer, producer, data, size);

	return err ? err : user_start(rb);
}

int pbpf_user_ringbuf_open(struct pbpf_user_ringbuf *rb, int map_fd, size_t size)
{
	int err = ring_open(&rb->map, map_fd, size, RING_PRODUCER, EPOLLOUT);

	if (err)
		return err;
	err = user_start(rb);
	if (err)
		ring_close(&rb->map);
	return err;
}

void pbpf_user_ringbuf_close(struct pbpf_user_ringbuf *rb)
{
	ring_close(&rb->map);
}

static void user_set_header(void *header, uint32_t value)
{
	atomic_store_explicit((_Atomic uint32_t *)header, value, memory_order_release);
}

/* 0, -ENOSPC or -EBADMSG. */
static int user_has_room(const struct pbpf_user_ringbuf *rb, uint64_t step)
{
	uint64_t used = (rb->pos - ring_load(rb->map.consumer, rb->map.wrap)) & rb->map.wrap;

	if (used > rb->map.size)
		return -EBADMSG;
	return step > rb->map.size - used ? -ENOSPC : 0;
}

int pbpf_user_ringbuf_reserve(struct pbpf_user_ringbuf *rb, size_t size, int timeout_ms,
			      void **record)
{
	uint8_t *header = rb->map.data + (rb->pos & (rb->map.size - 1));
	int err, ready;

	if (size > rb->map.size - RING_HEADER || size >= RING_DISCARD)
		return -E2BIG;
	for (;;) {
		err = user_has_room(rb, ring_step((uint32_t)size));
		if (err != -ENOSPC || !timeout_ms || rb->map.epoll_fd < 0)
			break;
		ready = ring_sleep(rb->map.epoll_fd, timeout_ms);
		if (ready < 0)
			return ready;
		if (!ready)
			timeout_ms = 0; /* one last look */
	}
	if (err)
		return err;
	memset(header, 0, RING_HEADER);
	user_set_header(header, (uint32_t)size | RING_BUSY);
	rb->pos += ring_step((uint32_t)size);
	ring_store(rb->map.producer, rb->map.wrap, rb->pos);
	*record = header + RING_HEADER;
	return 0;
}

/* The header lies right before the record, in the first copy of the data. */
static void user_end(void *record, uint32_t flags)
{
	uint8_t *header = (uint8_t *)record - RING_HEADER;

	user_set_header(header, (ring_header(header) & ~RING_BUSY) | flags);
}

void pbpf_user_ringbuf_submit(struct pbpf_user_ringbuf *rb, void *record)
{
	(void)rb;
	user_end(record, 0);
}

void pbpf_user_ringbuf_discard(struct pbpf_user_ringbuf *rb, void *record)
{
	(void)rb;
	user_end(record, RING_DISCARD);
}
