/* SPDX-License-Identifier: MIT */
/*
 * overwrite: the newest bytes from a BPF program, through a BPF_MAP_TYPE_RINGBUF map that was made
 * with BPF_F_RB_OVERWRITE. There the producer never finds the ring full: it drops the oldest
 * records. Good for a flight recorder, which is read only when something has gone wrong.
 *
 *	   oldest kept                                         producer
 *	   v                                                   v
 *	---+----------+--------+--------+----------------------+---
 *	...| record   | record | record | record               |      the producer drops from the left
 *	---+----------+--------+--------+----------------------+---
 *	       ^
 *	       reader: what it reads may be overwritten meanwhile
 *
 * So records are copied out, never handed out in place: copy, full fence, then look where the
 * oldest kept record now begins. When that is behind the copied one, the copy is good; when it has
 * passed, the copy is thrown away, and reading goes on at the oldest.
 *
 * Where the kernel keeps that position is no part of its ABI, and it has moved: it is the second or
 * the third word of the producer's page, beside the position of the oldest record not yet
 * submitted. The oldest record kept is never younger than that one, so of the two words the reader
 * takes the one further behind the producer, every time it looks. When neither can be a position,
 * it says -ENOTSUP.
 *
 *	while ((err = pbpf_overwrite_copy(&rb, buf, sizeof(buf), &size)) > 0)
 *		print_event(buf, size);
 *
 * Interface, in order of use:
 *	pbpf_overwrite_open, _init  over a map's fd; over plain memory
 *	pbpf_overwrite_copy         the oldest record that is still there
 *	pbpf_overwrite_wait         until there may be one
 *	pbpf_overwrite_close
 *
 * Guarantees. For any content of the shared memory nothing outside the ring is read, and every call
 * ends. What it does not do: say how many records were overwritten (`skipped` counts their bytes).
 *
 * Errors are negative errno codes. One ring may be used by one thread at a time.
 */
#ifndef PBPF_OVERWRITE_H
#define PBPF_OVERWRITE_H

#include "ringbuf/pbpf_ringbuf.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A ring. Read `records`, `skipped` and `pos`; the rest is private. */
struct pbpf_overwrite {
	struct pbpf_ringmap map;
	uint64_t pos;	  /* first byte not yet read */
	uint64_t records; /* copied out */
	uint64_t skipped; /* bytes overwritten before they were read */
};

/*
 * As pbpf_ringbuf_open() and pbpf_ringbuf_init(), and with their errors; `producer` points to three
 * words. Reading begins at the oldest record that is there.
 */
int pbpf_overwrite_open(struct pbpf_overwrite *rb, int map_fd, size_t size);
int pbpf_overwrite_init(struct pbpf_overwrite *rb, void *consumer, const void *producer,
			const void *data, size_t size);
void pbpf_overwrite_close(struct pbpf_overwrite *rb);

/*
 * Copies the oldest record that is there: 1, with its length in *size, of which at most `room`
 * bytes are in buf; 0 when there is none; -ENOTSUP: this kernel keeps its positions elsewhere;
 * -EBADMSG: the ring cannot be; -EAGAIN: the producer was faster 64 times running.
 */
int pbpf_overwrite_copy(struct pbpf_overwrite *rb, void *buf, size_t room, size_t *size);

/* Waits up to timeout_ms (-1: no end). 1: there may be something to read, 0: time is up, -EINTR. */
int pbpf_overwrite_wait(struct pbpf_overwrite *rb, int timeout_ms);

#ifdef __cplusplus
}
#endif

#endif
