/* SPDX-License-Identifier: MIT */
/*
 * ringbuf: bytes from a BPF program, through a BPF_MAP_TYPE_RINGBUF map (kernel 5.8).
 *
 * The consumer half: memory shared with the kernel, one position written by each side, no lock, and
 * no system call while there is something to read. It needs no other module and no heap.
 *
 *	struct pbpf_ringbuf rb;
 *	int err = pbpf_ringbuf_open(&rb, map_fd, max_entries);
 *
 *	while (!err && running) {
 *		err = pbpf_ringbuf_consume(&rb, 0, print_event, NULL);
 *		if (err >= 0)
 *			err = pbpf_ringbuf_wait(&rb, 1000);
 *	}
 *	pbpf_ringbuf_close(&rb);
 *
 * The memory, as open() maps it from the map's fd (a page is the running kernel's):
 *
 *	page 0           page 1              data, `size` bytes      the same data again
 *	+--------------+ +-----------------+ +---------------------+ +---------------------+
 *	| consumer pos | | producer pos    | |  ...records...      | |  ...records...      |
 *	+--------------+ +-----------------+ +---------------------+ +---------------------+
 *	 we write         the kernel writes   so a record that wraps is still in one piece
 *
 * Positions count bytes since the map was made and never go back; a record lies at position
 * modulo size. Between the two positions:
 *
 *	    consumer                                             producer
 *	    v                                                    v
 *	----+--------+---------------+------+--------------------+-------
 *	free| record | record        |BUSY  | record             | free      all 8-byte aligned
 *	----+--------+---------------+------+--------------------+-------
 *	     |
 *	     +-- u32: bit 31 BUSY (reserved, not submitted yet), bit 30 DISCARD (to be skipped),
 *	     |        bits 0-29 the length of the data
 *	     +-- u32: the kernel's own
 *	     +-- data, padded to a multiple of 8
 *
 * A BUSY record holds back those behind it, so records come in the order of their reservation.
 *
 * Interface, in order of use:
 *	pbpf_ringbuf_open, _init     over a map's fd; over plain memory (tests, other rings)
 *	pbpf_ringbuf_consume         a callback per record
 *	pbpf_ringbuf_peek, _release  one record at a time, in place
 *	pbpf_ringbuf_peek_batch      many at a time, in place: the fastest
 *	pbpf_ringbuf_wait, _join     until there is something, in one ring or in several
 *	pbpf_ringbuf_arm, _fd        the same, for an event loop of one's own
 *	pbpf_ringbuf_available       bytes not yet consumed
 *	pbpf_ringbuf_close
 *
 * Publishing. The kernel reuses a record's bytes once the consumer position has passed it, and it
 * wakes the consumer when a record is submitted at exactly that position. The wake-up is paid by
 * the traced task, some microseconds, whether anybody sleeps or not: a consumer that publishes
 * its true position after each record, and keeps up, makes every record cost one. So by default
 * (PBPF_RINGBUF_LATE) the position told to the kernel, as long as the consumer is awake, stays at
 * the start of the last record read, or behind: never where a record can be submitted, so nobody
 * raises a wake-up. The cost: until the consumer sleeps, the last record's bytes and, between two
 * catch-ups, up to a quarter of the ring (with a record at its end) are given back late.
 *
 * Why no wake-up is lost. Both sides write one word and then read the other's:
 *
 *	producer (in the kernel)               consumer, before it sleeps (arm)
 *	  clear BUSY in the header               store its true position
 *	  full barrier                           full barrier (seq_cst fence)
 *	  load the consumer position             load the producer position and the head's header
 *	  equal to this record's: wake up        a record that can be read: do not sleep
 *
 * With both barriers, at least one side sees what the other wrote: the producer finds the consumer
 * at this record and wakes it, or the consumer finds the record and stays awake. Release and
 * acquire alone would not do: they let the store wait while the load runs ahead, on x86 too.
 * A BUSY head is safe to sleep on for the same reason: its submission is at the published position.
 * tests/model/ checks all this exhaustively, and fails when either barrier is taken out.
 *
 * Guarantees. For any content of the shared memory, nothing outside the ring is read, and every
 * call ends. A record is handed out once, whole, in order. After -EBADMSG the ring stays where it
 * was: `pos` is the position of the record that cannot be (longer than what was produced, or
 * positions further apart than the ring is long, or unaligned).
 * A consumer that starts anew on the same map goes on from the published position: nothing is
 * lost, and after a crash up to a quarter ring of records may come again.
 *
 * What it does not do: count records that found the ring full (the kernel does not tell, so the
 * program has to count), copy records, or allow two consumers of one map. One ring may be used by
 * one thread at a time. Errors are negative errno codes.
 */
#ifndef PBPF_RINGBUF_H
#define PBPF_RINGBUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* When the consumer position is told to the kernel while the consumer is awake. */
enum pbpf_ringbuf_publish {
	PBPF_RINGBUF_LATE,  /* at most the start of the last record read; per eighth of the ring */
	PBPF_RINGBUF_BATCH, /* the true one, each time nothing is left; per eighth of the ring */
	PBPF_RINGBUF_EACH,  /* the true one, after each release */
};

/*
 * How the consumer spends its time. A look loads the producer position, which takes that cache line
 * away from the producer; pauses (the CPU's own, some 10 to 40 ns each) keep looks apart.
 */
struct pbpf_ringbuf_policy {
	enum pbpf_ringbuf_publish publish;
	uint32_t pauses;  /* CPU pauses from a look that found something to the next; else an 8th */
	uint32_t spins;	  /* looks that wait() makes before it sleeps */
	bool never_sleep; /* wait() returns 0 after `spins` looks instead of sleeping */
};

/*
 * The named policies; a ring begins with the first. Set `rb.policy` between any two calls.
 *
 *	balanced  LATE, looks for some 30 us, then sleeps. Under load nobody raises wake-ups; at
 *	          low rates a record costs the consumer those 30 us of CPU.
 *	frugal    LATE, sleeps at once: the least CPU, a wake-up per burst
 *	busy      LATE, never sleeps: a CPU for the consumer, no wake-up ever
 *	plain     EACH, sleeps at once, no pauses: the textbook's way
 */
extern const struct pbpf_ringbuf_policy pbpf_ringbuf_balanced;
extern const struct pbpf_ringbuf_policy pbpf_ringbuf_frugal;
extern const struct pbpf_ringbuf_policy pbpf_ringbuf_busy;
extern const struct pbpf_ringbuf_policy pbpf_ringbuf_plain;

struct pbpf_ringbuf_stats {
	uint64_t records;   /* released by the caller */
	uint64_t bytes;	    /* with headers and padding */
	uint64_t discarded; /* skipped, because the program discarded them */
	uint64_t backlog;   /* the most bytes ever found waiting at one look */
	uint64_t looks;	    /* loads of the producer position */
	uint64_t publishes; /* stores of the consumer position */
	uint64_t sleeps;    /* times that wait() went to sleep */
	uint64_t wakeups;   /* of these, how many ended before the time was up */
};

/* One record, in place: valid until it is released. 8-byte aligned, in one piece. */
struct pbpf_record {
	const void *data;
	size_t size;
};

/* The memory shared with the kernel, and what open() got from it. Private. */
struct pbpf_ringmap {
	void *consumer, *producer; /* the position words */
	uint8_t *data;		   /* `size` bytes, and the same again */
	uint64_t size;
	uint64_t wrap; /* positions are modulo wrap + 1: 2^64, or 2^32 on a 32-bit kernel */
	size_t page;   /* 0: plain memory */
	int fd, epoll_fd;
};

/* A ring. Set `policy`, read `stats` and `pos`; the rest is private. Do not move or copy it. */
struct pbpf_ringbuf {
	struct pbpf_ringbuf_policy policy;
	struct pbpf_ringbuf_stats stats;
	uint64_t pos; /* first byte not yet released; what the kernel knows may be behind */
	struct pbpf_ringmap map;

	/* What we know, never read back from memory that others can write. */
	uint64_t end;	     /* the producer position at the last look */
	uint64_t taken;	     /* bytes from `pos` to where the peeked records end */
	uint64_t taken_last; /* and to the start of the last of them */
	uint64_t last;	     /* start of the last record released */
	uint64_t published;  /* the position that the kernel knows */
	uint32_t alike;	 /* the last record's header; a record with the same has the same step */
	uint32_t step;	 /* its length with header and padding */
	uint32_t peeked; /* records up to `next`, and discarded ones among them */
	uint32_t peeked_discarded;
	uint32_t backoff; /* pauses due before the next look */
	bool blocked;	  /* the head was BUSY when last seen */
	struct pbpf_ringbuf *joined;
};

/*
 * Maps the ring of `map_fd`, whose max_entries is `size` bytes, and goes on from its stored
 * position. The fd is borrowed: it stays open until after close. -EINVAL when size is not a power
 * of two or not the map's, or the map is no ring, -EBADMSG when the positions cannot be a ring's, -EPERM, -ENOMEM and
 * others from mmap(2) and epoll(7).
 */
int pbpf_ringbuf_open(struct pbpf_ringbuf *rb, int map_fd, size_t size);

/*
 * A ring over plain memory: the two position words, 8 bytes each and aligned, and 2 * size bytes
 * of data, 8-byte aligned. Without a second mapping a record that wraps simply runs on behind
 * `size`, if its writer did the same. It has no fd, so wait() never sleeps.
 */
int pbpf_ringbuf_init(struct pbpf_ringbuf *rb, void *consumer, const void *producer,
		      const void *data, size_t size);

/* Publishes the true position and unmaps. Rings joined to this one are not closed. */
void pbpf_ringbuf_close(struct pbpf_ringbuf *rb);

/*
 * Calls fn for each record, at most `max` (0: no limit), until what was there at one look is read.
 * Returns how many records were consumed. fn returns 0 to go on; more than 0 stops after this
 * record; less than 0 stops too and is what consume returns. The record counts as consumed in all
 * three cases. fn must not use the ring. -EBADMSG only when no record came before the bad one.
 */
int pbpf_ringbuf_consume(struct pbpf_ringbuf *rb, int max,
			 int (*fn)(void *ctx, const void *record, size_t size), void *ctx);

/*
 * The oldest record, in place: 1, or 0 when there is none that can be read, or -EBADMSG. Until
 * release(), it gives the same record again.
 */
int pbpf_ringbuf_peek(struct pbpf_ringbuf *rb, const void **record, size_t *size);

/*
 * Up to `max` of the oldest records, in place. Returns how many, or as peek. Less than max means
 * that the reader has caught up with the last look.
 */
int pbpf_ringbuf_peek_batch(struct pbpf_ringbuf *rb, struct pbpf_record *records, int max);

/* Gives back everything that the last peek gave. */
void pbpf_ringbuf_release(struct pbpf_ringbuf *rb);

/*
 * Waits, as rb->policy says, for up to timeout_ms (-1: no end). 1: there may be something to read,
 * 0: time is up, -EINTR: a signal came, -EBADMSG. A record submitted with BPF_RB_NO_WAKEUP while
 * the consumer sleeps is seen after at most a second.
 */
int pbpf_ringbuf_wait(struct pbpf_ringbuf *rb, int timeout_ms);

/*
 * From now on wait(rb), by rb's policy, also returns when `other`, which must stay open, may have
 * something. Any number of rings can be joined to one.
 */
int pbpf_ringbuf_join(struct pbpf_ringbuf *rb, struct pbpf_ringbuf *other);

/*
 * For an event loop: the map's fd, which is readable while the published position is behind the
 * producer's. Before each sleep, call arm(): 1 means that there is something to read and the loop
 * must not sleep, 0 that it may. Watch it edge-triggered (EPOLLET), else a record that is reserved
 * and not yet submitted makes the loop turn.
 */
int pbpf_ringbuf_fd(const struct pbpf_ringbuf *rb);
int pbpf_ringbuf_arm(struct pbpf_ringbuf *rb);

/* Bytes produced and not yet released, with headers and padding, as of now. */
uint64_t pbpf_ringbuf_available(const struct pbpf_ringbuf *rb);

#ifdef __cplusplus
}
#endif

#endif
