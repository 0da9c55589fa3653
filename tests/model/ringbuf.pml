/* SPDX-License-Identifier: MIT */
/*
 * The ring's protocol under a weak memory model: one consumer (ringbuf.c) and one CPU that produces
 * (the kernel's algorithm), checked over every interleaving and every value that a load may return.
 *
 * Memory. Each word has one writer, so a load may return any of the writer's values, from the newest
 * that the reader must know of on. What it must know of:
 *	- what it has read from the same word before                        (coherence)
 *	- what came before a release store whose value it read by acquire    `floor`
 *	- what the other side knew at its last full barrier, when the reader has made one since
 *	                                                                    `sc_p`, `sc_c`
 * The producer's stores are numbered in program order (`seq`); the consumer stores only its position
 * (`cval[]`, the newest is `ct`). A release or acquire that is left out by a -D below simply does not
 * raise `floor`.
 *
 * Ring. SLOTS records of equal size, RECORDS of them in all, each reserved, filled with its number and
 * submitted; up to two are open at once, and are submitted in either order. As in the kernel, the ring
 * is never completely full, and a wake-up is raised when a record is submitted where the consumer is.
 *
 * Checked:
 *	assert            each record is read once, in order, with its own data
 *	no dead end       the consumer, once asleep, is woken while there is a record (spin's invalid
 *	                  end state); the edge-triggered epoll may drop wake-ups that come too early
 *
 * Variants: LATE, BATCH or EACH for the publish policy, and to break it: NO_FENCE, NO_RECHECK (in the
 * consumer's arm), NO_BARRIER (in the producer's submit), RELAXED_HEADER, RELAXED_POSITION (loads),
 * RELAXED_PUBLISH (the store of the consumer position).
 */
#ifndef RECORDS
#define RECORDS 4
#endif
#define SLOTS 3
#define NONE  255

/* When the producer did it, as a store's number; 0: not yet. */
byte reserved_at[RECORDS];  /* header = BUSY */
byte moved_at[RECORDS];     /* producer position = record + 1 */
byte filled_at[RECORDS];    /* data = the record's number */
byte submitted_at[RECORDS]; /* header without BUSY */
byte seq;

byte cval[RECORDS * 3 + 2]; /* the consumer positions stored, the newest at ct */
byte ct;

byte sc_p, sc_c; /* what a full barrier makes known */
bool wake;       /* a wake-up is pending at the consumer's epoll */

#define MAX(a, b) ((a) > (b) -> (a) : (b))

/* --- The producer ----------------------------------------------------------------------------- */

byte known_c; /* the oldest consumer position that it may still read */

inline producer_barrier() {
#ifndef NO_BARRIER
	known_c = MAX(known_c, sc_c);
	sc_c = known_c;
	sc_p = seq;
#endif
	skip
}

/* Waits for room, then: header = BUSY; position, by release. */
inline reserve(r) {
	atomic {
		r + 1 - cval[ct] <= SLOTS - 1;
		/* The load that saw the room. */
		do
		:: r + 1 - cval[known_c] > SLOTS - 1 -> known_c++
		:: else -> break
		od
	};
	atomic { seq++; reserved_at[r] = seq };
	atomic { seq++; moved_at[r] = seq }
}

/* Data; full barrier around header without BUSY; load of the consumer position. */
inline submit(r) {
	atomic { seq++; filled_at[r] = seq };
	atomic { producer_barrier(); seq++; submitted_at[r] = seq; producer_barrier() };
	atomic {
		do
		:: known_c < ct -> known_c++
		:: break
		od;
		if
		:: cval[known_c] % SLOTS == (r) % SLOTS -> wake = true
		:: else
		fi
	}
}

active proctype producer() {
	byte n = 0;

	do
	:: n == RECORDS -> break
	:: n < RECORDS -> reserve(n); submit(n); n++
	:: n + 1 < RECORDS ->
		reserve(n);
		reserve(n + 1);
		if
		:: submit(n + 1); submit(n)
		:: submit(n); submit(n + 1)
		fi;
		n = n + 2
	od
}

/* --- The consumer ----------------------------------------------------------------------------- */

byte floor; /* all of the producer's stores up to this one must be seen */
byte end;   /* the producer position at the last look, and the newest one read */
byte head;  /* what the last load of a header gave: the record that it belongs to, or NONE ... */
bool busy;  /* ... and whether it was BUSY */
byte head_read[SLOTS]; /* by slot: 2 * record + 1 + submitted, of the newest header read */
byte data;
byte owed = NONE; /* a record whose data is still to be loaded */

#define DONE(at) ((at) != 0)
#define KNOWN(at) ((at) != 0 && (at) <= floor)

/* Loads the producer position. */
inline look() {
	atomic {
		do /* what it must know of, then any that is there */
		:: end < RECORDS && KNOWN(moved_at[end]) -> end++
		:: else -> break
		od;
		do
		:: end < RECORDS && DONE(moved_at[end]) -> end++
		:: break
		od;
#ifndef RELAXED_POSITION
		if
		:: end > 0 -> floor = MAX(floor, moved_at[end - 1])
		:: else
		fi
#endif
	}
}

/* Loads the header in the slot of record r: any from the newest that it must know of on. */
inline load_header(r) {
	atomic {
		i = head_read[(r) % SLOTS];
		k = (r) % SLOTS;
		do /* 2k + 1: reserved, 2k + 2: submitted, for each record k of this slot */
		:: k < RECORDS ->
			if
			:: KNOWN(reserved_at[k]) -> i = MAX(i, 2 * k + 1)
			:: else
			fi;
			if
			:: KNOWN(submitted_at[k]) -> i = MAX(i, 2 * k + 2)
			:: else
			fi;
			k = k + SLOTS
		:: else -> break
		od;
		k = (r) % SLOTS;
		do
		:: k < RECORDS ->
			if
			:: DONE(reserved_at[k]) && 2 * k + 1 > i -> i = 2 * k + 1
			:: true
			fi;
			if
			:: DONE(submitted_at[k]) && 2 * k + 2 > i -> i = 2 * k + 2
			:: true
			fi;
			k = k + SLOTS
		:: else -> break
		od;
		head_read[(r) % SLOTS] = i;
		if
		:: i == 0 -> head = NONE; busy = false
		:: else -> head = (i - 1) / 2; busy = i % 2
		fi;
#ifndef RELAXED_HEADER
		if
		:: i > 0 && !busy -> floor = MAX(floor, submitted_at[head])
		:: else
		fi
#endif
	}
}

/* Loads the data in the slot of record r, likewise. */
inline load_data(r) {
	atomic {
		data = NONE;
		k = (r) % SLOTS;
		do
		:: k < RECORDS && KNOWN(filled_at[k]) -> data = k; k = k + SLOTS
		:: else -> break
		od;
		do
		:: k < RECORDS && DONE(filled_at[k]) ->
			if
			:: data = k
			:: true
			fi;
			k = k + SLOTS
		:: else -> break
		od
	}
}

inline publish(p) {
	atomic {
		if
		:: p > cval[ct] -> ct++; cval[ct] = p
		:: else
		fi
	}
}

inline check_data(r) {
	load_data(r);
	assert(data == r)
}

/* A record's data must be its own. Nothing but the release in publish() keeps this load before it:
 * with RELAXED_PUBLISH it may be done at any later time. */
inline read_record(r) {
#ifdef RELAXED_PUBLISH
	if
	:: owed == NONE -> owed = r
	:: true -> check_data(r)
	fi
#else
	check_data(r)
#endif
}

inline consumer_fence() {
#ifndef NO_FENCE
	atomic {
		floor = MAX(floor, sc_p);
		sc_p = floor;
		sc_c = MAX(sc_c, ct)
	}
#endif
	skip
}

/* Sleeps in epoll_wait: a pending edge is dropped when the kernel finds the ring empty. */
inline sleep() {
	do
	:: atomic { wake -> wake = false };
		if
		:: pos < RECORDS && DONE(moved_at[pos]) -> break
		:: !(pos < RECORDS && DONE(moved_at[pos]))
		fi
	od
}

active proctype consumer() {
	byte pos = 0, last = 0, before = 0, i = 0, k = 0;

	do
	:: pos == RECORDS -> break
	:: else ->
		look();
		before = pos;
		do
		:: pos < end ->
			load_header(pos);
			if
			:: busy -> break
			:: else
			fi;
			read_record(pos);
			last = pos;
			pos++;
#ifdef EACH
			publish(pos)
#else
			if /* the bound on what is held back */
			:: pos - cval[ct] > 1 ->
#ifdef LATE
				publish(last)
#else
				publish(pos)
#endif
			:: else
			fi
#endif
		:: else -> break
		od;
		if
		:: pos != before || pos == RECORDS
		:: else -> /* nothing to read: look again, or sleep */
#ifdef LATE
			publish(last);
#else
			publish(pos);
#endif
			if
			:: true
			:: true ->
				publish(pos);
				consumer_fence();
#ifndef NO_RECHECK
				look();
				busy = true;
				if
				:: pos < end -> load_header(pos)
				:: else
				fi;
#else
				busy = true;
#endif
				if
				:: busy -> sleep()
				:: else
				fi
			fi
		fi
	od;
	if
	:: owed != NONE -> check_data(owed)
	:: else
	fi
}
