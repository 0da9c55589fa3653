/* SPDX-License-Identifier: MIT */
/*
 * plainbpf run, in four files:
 *
 *	run.c      the command: load, attach, detach, say how it went
 *	watch.c    the time in between: sleep, read, print
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
	struct pbpf_link **links; /* room for one of each program */
	size_t link_count;
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

/* Prints events until the time is up or a signal came. */
int watch(struct run *run);

/* Prints what is in the rings now. */
int drain(struct run *run);

/* rate.c: tells the rate since the last time, when a second is over; the seconds until then. */
void start_rate(struct run *run);
void tell_rate(struct run *run);
double rate_due(const struct run *run);

/* losses.c: how many events the program says were lost; false when it does not count them. */
bool read_lost(const struct run *run, uint64_t *lost);

/* Prints "N events, N lost, N.N s"; fails when events were lost. */
int summarize(const struct run *run);

#endif
