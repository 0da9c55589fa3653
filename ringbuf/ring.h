/* SPDX-License-Identifier: MIT */
/*
 * What the files of this module share: the position words, and the mapping of a ring.
 */
#ifndef RINGBUF_RING_H
#define RINGBUF_RING_H

#include "ringbuf/pbpf_ringbuf.h"

#include <stdatomic.h>

#define RING_BUSY    (UINT32_C(1) << 31)
#define RING_DISCARD (UINT32_C(1) << 30)
#define RING_HEADER  8u

/* A record with its header and padding. */
static inline uint32_t ring_step(uint32_t header)
{
	return ((header & ~(RING_BUSY | RING_DISCARD)) + RING_HEADER + 7) & ~7u;
}

/*
 * A position word is the kernel's unsigned long: 64 bits wide, or 32 where `wrap` says so. A load
 * is an acquire, a store a release.
 */
static inline uint64_t ring_load(const void *word, uint64_t wrap)
{
	if (wrap == UINT64_MAX)
		return atomic_load_explicit((const _Atomic uint64_t *)word, memory_order_acquire);
	return atomic_load_explicit((const _Atomic uint32_t *)word, memory_order_acquire);
}

static inline void ring_store(void *word, uint64_t wrap, uint64_t pos)
{
	if (wrap == UINT64_MAX)
		atomic_store_explicit((_Atomic uint64_t *)word, pos, memory_order_release);
	else
		atomic_store_explicit((_Atomic uint32_t *)word, (uint32_t)pos,
				      memory_order_release);
}

static inline uint32_t ring_header(const uint8_t *at)
{
	return atomic_load_explicit((const _Atomic uint32_t *)(const void *)at,
				    memory_order_acquire);
}

/* Sets a map over plain memory, or -EINVAL when it is not aligned or no power of two. */
int ring_plain(struct pbpf_ringmap *map, void *consumer, void *producer, void *data, size_t size);

/* --- ringbuf.c ---------------------------------------------------------------------------- */

/* Starts over the memory that rb's pointers, size and wrap name. */
int ring_start(struct pbpf_ringbuf *rb);

/* Looks after the pauses that are due: 1 when the head can be read, 0, -EBADMSG. */
int ring_ready(struct pbpf_ringbuf *rb);

/* Stores the consumer position, when that is a step ahead. */
void ring_publish(struct pbpf_ringbuf *rb, uint64_t pos);

/* --- map.c: the system calls -------------------------------------------------------------- */

/*
 * Maps fd's ring of `size` bytes, of which this process writes the consumer's or the producer's
 * side, and watches the fd for `events`. On failure nothing is left mapped.
 */
enum ring_side { RING_CONSUMER, RING_PRODUCER };
int ring_open(struct pbpf_ringmap *map, int fd, size_t size, enum ring_side side, uint32_t events);
void ring_close(struct pbpf_ringmap *map);

/* Makes epoll_fd tell of `fd`, edge-triggered. */
int ring_watch(int epoll_fd, int fd, uint32_t events);

/* Sleeps until epoll_fd tells of something (1) or the time is up (0), or -errno. */
int ring_sleep(int epoll_fd, int timeout_ms);

#endif
