/* SPDX-License-Identifier: MIT */
/*
 * What the two halves of the consumer share: ringbuf.c, which only reads and writes memory, and
 * map.c, which makes the system calls.
 */
#ifndef RINGBUF_RING_H
#define RINGBUF_RING_H

#include "ringbuf/pbpf_ringbuf.h"

/* Starts over the memory that rb's pointers, size and wrap name. */
int ring_start(struct pbpf_ringbuf *rb);

/* Loads the producer position: 0 or more, the bytes there are, or -EBADMSG. */
int ring_look(struct pbpf_ringbuf *rb);

/* As ring_look() after the pauses that are due: 1 when the head can be read, 0, -EBADMSG. */
int ring_ready(struct pbpf_ringbuf *rb);

/* Stores the consumer position. */
void ring_publish(struct pbpf_ringbuf *rb, uint64_t pos);

/* Makes epoll_fd tell of `fd`, edge-triggered. */
int ring_watch(int epoll_fd, int fd);

#endif
