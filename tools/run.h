/* SPDX-License-Identifier: MIT */
/*
 * plainbpf run, in five files:
 *
 *	run.c      the command: load, attach, detach, say how it went
 *	watch.c    the time in between: sleep, read, print
 *	source.c   the rings that events come through
 *	rate.c     how much comes, a line a second
 *	losses.c   the summary, and what did not get through
 *
 * and events.c, which knows how a record looks.
 */
#ifndef TOOLS_RUN_H
#define TOOLS_RUN_H

#include "tools/events.h"

/* What has come until some time. */
struct run_counts {
	double time;
	uint64_t events, bytes, lost;
	bool lost_known;
};

struct run {
	struct cli *cli;
	struct pbpf_object *obj;
	size_t attached; /* programs, and maps of struct_ops */
	struct source *sources;
	size_t source_count;
	const struct pbpf_ringbuf_policy *policy; /* of all rings */
	int epoll_fd;
	int signal_fd;
	double started;
	double stopped;
	struct run_counts last; /* when the rate was last told */
};

/* watch.c: maps the rings; from here on Ctrl-C arrives in an fd. On failure a message was given. */
int open_watch(struct run *run);
void close_watch(struct run *run);

/* From here on the wait ends when this fd is readable. */
int watch_fd(struct run *run, int fd);

/* Prints events until the time is up or a signal came. */
int watch(struct run *run);

/* Prints what is in the rings now. */
int drain(struct run *run);

/* source.c: is this a map that events come through? By one ring, or by one of each CPU? */
bool is_source(const struct pbpf_map *map);
bool source_is_perf(const struct source *source);

/* Maps the rings and watches them; prints what is in them. On failure a message was given. */
int source_open(struct run *run, struct source *source);
int source_drain(const struct run *run, struct source *source);
void source_close(struct source *source);

/* Looks at the ring buffers as the policy says, up to where it would sleep: not 0 when there is
 * something to read. */
int look_around(const struct run *run);

/* What the kernel counts as lost: of a perf event array only. */
uint64_t source_lost(const struct source *source);

/* Was the ring buffer ever seen so full that a record as large as the largest did not fit? */
bool source_was_full(const struct source *source);

/* The fullest that a ring was when it was looked at, in percent. */
unsigned int source_fullest(const struct source *source);

/* rate.c: tells the rate since the last time, when a second is over; the seconds until then. */
void start_rate(struct run *run);
void tell_rate(struct run *run);
double rate_due(const struct run *run);

/* losses.c: how many events were lost, as the kernel and the program count them; false when neither
 * does. */
bool read_lost(const struct run *run, uint64_t *lost);

/* Prints "N events, N lost, N.N s"; fails when events were lost. */
int summarize(const struct run *run);

#endif
