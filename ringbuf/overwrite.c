/* SPDX-License-Identifier: MIT */
/*
 * The reader of a ring in overwrite mode: a seqlock whose sequence is the position of the oldest
 * record.
 */
#include "ringbuf/pbpf_overwrite.h"
#include "ringbuf/ring.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>

#define OVERWRITE_TRIES 64

/*
 * Finds the oldest record kept and the producer's position. 0; -ENOTSUP when neither word can be a
 * position; -EAGAIN when the producer moved all the time: the words belong together only while it
 * does not. (It moves the oldest before itself, so an oldest that is too new does no harm.)
 */
static int overwrite_look(const struct pbpf_overwrite *rb, uint64_t *oldest, uint64_t *end)
{
	const uint8_t *word = rb->map.producer;
	size_t width = rb->map.wrap == UINT64_MAX ? 8 : 4;
	uint64_t age[2], behind = 0, before;
	int tries = 0, known = 0;

	do {
		if (tries++ == OVERWRITE_TRIES)
			return -EAGAIN;
		before = ring_load(word, rb->map.wrap);
		age[0] = ring_load(word + width, rb->map.wrap);
		age[1] = ring_load(word + 2 * width, rb->map.wrap);
		*end = ring_load(word, rb->map.wrap);
	} while (*end != before);
	for (int i = 0; i < 2; i++) {
		age[i] = (*end - age[i]) & rb->map.wrap;
		if (age[i] > rb->map.size || age[i] % 8)
			continue;
		known++;
		if (age[i] > behind)
			behind = age[i];
	}
	*oldest = *end - behind;
	return known ? 0 : -ENOTSUP;
}

static int overwrite_start(struct pbpf_overwrite *rb)
{
	uint64_t oldest, end;
	int err = overwrite_look(rb, &oldest, &end);

	rb->records = rb->skipped = 0;
	if (err)
		return err;
	rb->pos = oldest;
	return end % 8 ? -EBADMSG : 0;
}

int pbpf_overwrite_init(struct pbpf_overwrite *rb, void *consumer, const void *producer,
			const void *data, size_t size)
{
	int err = ring_plain(&rb->map, consumer, (void *)(uintptr_t)producer,
			     (void *)(uintptr_t)data, size);

	return err ? err : overwrite_start(rb);
}

int pbpf_overwrite_open(struct pbpf_overwrite *rb, int map_fd, size_t size)
{
	int err = ring_open(&rb->map, map_fd, size, RING_CONSUMER, EPOLLIN);

	if (err)
		return err;
	err = overwrite_start(rb);
	if (err)
		ring_close(&rb->map);
	return err;
}

void pbpf_overwrite_close(struct pbpf_overwrite *rb)
{
	ring_close(&rb->map);
}

/* A record's bytes, while somebody may be writing there: word by word, each atomic by itself. */
static void overwrite_read(const struct pbpf_overwrite *rb, uint64_t pos, void *buf, size_t size)
{
	const uint8_t *at = rb->map.data + (pos & (rb->map.size - 1)) + RING_HEADER;
	uint8_t *to = buf;
	uint32_t word;

	for (size_t i = 0; i < size; i += sizeof(word)) {
		word = atomic_load_explicit((const _Atomic uint32_t *)(const void *)(at + i),
					    memory_order_relaxed);
		memcpy(to + i, &word, size - i < sizeof(word) ? size - i : sizeof(word));
	}
}

/* One attempt: as pbpf_overwrite_copy(), and -EAGAIN when the record was overwritten meanwhile. */
static int overwrite_try(struct pbpf_overwrite *rb, void *buf, size_t room, size_t *size)
{
	uint64_t oldest, end, left;
	uint32_t header;
	int err = overwrite_look(rb, &oldest, &end);

	if (err)
		return err;
	left = (end - rb->pos) & rb->map.wrap;
	if (left > ((end - oldest) & rb->map.wrap)) { /* by age: the oldest has passed us */
		rb->skipped += left - ((end - oldest) & rb->map.wrap);
		rb->pos = oldest;
		left = (end - oldest) & rb->map.wrap;
	}
	if (!left)
		return 0;
	header = ring_header(rb->map.data + (rb->pos & (rb->map.size - 1)));
	*size = header & ~(RING_BUSY | RING_DISCARD);
	if (!(header & RING_BUSY) && ring_step(header) <= left)
		overwrite_read(rb, rb->pos, buf, *size < room ? *size : room);
	atomic_thread_fence(memory_order_seq_cst);
	err = overwrite_look(rb, &oldest, &end);
	if (err)
		return err;
	if (((end - rb->pos) & rb->map.wrap) > ((end - oldest) & rb->map.wrap))
		return -EAGAIN;
	if (header & RING_BUSY)
		return 0;
	if (ring_step(header) > left)
		return -EBADMSG;
	rb->pos += ring_step(header);
	return header & RING_DISCARD ? -EAGAIN : 1;
}

int pbpf_overwrite_copy(struct pbpf_overwrite *rb, void *buf, size_t room, size_t *size)
{
	size_t length = 0;
	int err = -EAGAIN;

	for (int i = 0; i < OVERWRITE_TRIES && err == -EAGAIN; i++)
		err = overwrite_try(rb, buf, room, &length);
	if (err > 0) {
		rb->records++;
		*size = length;
	}
	return err;
}

/* As the consumer's arm(): publish, full fence, look; a record where we are then wakes us. */
int pbpf_overwrite_wait(struct pbpf_overwrite *rb, int timeout_ms)
{
	ring_store(rb->map.consumer, rb->map.wrap, rb->pos);
	atomic_thread_fence(memory_order_seq_cst);
	if (((ring_load(rb->map.producer, rb->map.wrap) - rb->pos) & rb->map.wrap) != 0)
		return 1;
	return rb->map.epoll_fd < 0 ? 0 : ring_sleep(rb->map.epoll_fd, timeout_ms);
}
