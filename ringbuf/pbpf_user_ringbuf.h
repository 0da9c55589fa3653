/* SPDX-License-Identifier: MIT */
/*
 * user_ringbuf: bytes to a BPF program, through a BPF_MAP_TYPE_USER_RINGBUF map (kernel 6.1).
 *
 * The ring buffer with the roles exchanged: this process reserves, fills and submits records, and a
 * program takes them with bpf_user_ringbuf_drain(). Memory and records look as in pbpf_ringbuf.h;
 * here we write the producer's page and the data, and only read the consumer's.
 *
 *	struct pbpf_user_ringbuf rb;
 *	struct command *command;
 *
 *	pbpf_user_ringbuf_open(&rb, map_fd, max_entries);
 *	if (!pbpf_user_ringbuf_reserve(&rb, sizeof(*command), 1000, (void **)&command)) {
 *		command->pid = pid;
 *		pbpf_user_ringbuf_submit(&rb, command);
 *	}
 *	pbpf_user_ringbuf_close(&rb);
 *
 * Interface, in order of use:
 *	pbpf_user_ringbuf_open, _init       over a map's fd; over plain memory
 *	pbpf_user_ringbuf_reserve           room for one record, at once or waiting for it
 *	pbpf_user_ringbuf_submit, _discard  give it to the program, or take it back
 *	pbpf_user_ringbuf_close
 *
 * Several records may be reserved at once and submitted in any order; the program sees them in the
 * order of their reservation, and none behind one that is still open. Submitting does not run the
 * program: it drains whenever it is run. There is no wake-up towards the kernel, and none is missed
 * on the way back: the kernel raises one after every drain that took something, so after a look
 * that found no room the next one cannot be slept through.
 *
 * Errors are negative errno codes. One ring may be used by one thread at a time.
 */
#ifndef PBPF_USER_RINGBUF_H
#define PBPF_USER_RINGBUF_H

#include "ringbuf/pbpf_ringbuf.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A ring. Private. */
struct pbpf_user_ringbuf {
	struct pbpf_ringmap map;
	uint64_t pos; /* where the next record goes: what the producer's word says */
};

/* As pbpf_ringbuf_open() and pbpf_ringbuf_init(), and with their errors. The fd is borrowed. */
int pbpf_user_ringbuf_open(struct pbpf_user_ringbuf *rb, int map_fd, size_t size);
int pbpf_user_ringbuf_init(struct pbpf_user_ringbuf *rb, const void *consumer, void *producer,
			   void *data, size_t size);
/* Records that are still reserved stay so, and block the program's drains: end them before. */
void pbpf_user_ringbuf_close(struct pbpf_user_ringbuf *rb);

/*
 * Room for `size` bytes, 8-byte aligned and in one piece, in *record. When there is none: waits
 * until the program has made some, or took nothing for timeout_ms (0: does not wait, -1: no end),
 * and then gives -ENOSPC. -E2BIG: it will never fit. -EINTR: a signal came. -EBADMSG: the program's
 * position cannot be.
 */
int pbpf_user_ringbuf_reserve(struct pbpf_user_ringbuf *rb, size_t size, int timeout_ms,
			      void **record);

/* Ends a reservation: the program will see the record, or skip it. */
void pbpf_user_ringbuf_submit(struct pbpf_user_ringbuf *rb, void *record);
void pbpf_user_ringbuf_discard(struct pbpf_user_ringbuf *rb, void *record);

#ifdef __cplusplus
}
#endif

#endif
