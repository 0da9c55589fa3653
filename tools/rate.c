/* SPDX-License-Identifier: MIT */
/*
 * plainbpf run --rate: a line a second on standard error, while the events go to standard output.
 *
 *	12034 events/s, 1.2 MB/s, 0 lost/s, rings at most 3 % full
 *
 * The lost are left out when nobody counts them (see losses.c).
 */
#include "tools/run.h"

#include <stdio.h>

static struct run_counts counts_now(const struct run *run)
{
	struct run_counts now = {.time = seconds_now()};

	for (size_t i = 0; i < run->source_count; i++) {
		now.events += run->sources[i].events;
		now.bytes += run->sources[i].bytes;
	}
	now.lost_known = read_lost(run, &now.lost);
	return now;
}

static unsigned int fullest(const struct run *run)
{
	unsigned int most = 0;

	for (size_t i = 0; i < run->source_count; i++)
		if (source_fullest(&run->sources[i]) > most)
			most = source_fullest(&run->sources[i]);
	return most;
}

static void print_bytes(double bytes)
{
	if (bytes < 1e3)
		fprintf(stderr, "%.0f B/s", bytes);
	else if (bytes < 1e6)
		fprintf(stderr, "%.1f KB/s", bytes / 1e3);
	else
		fprintf(stderr, "%.1f MB/s", bytes / 1e6);
}

void start_rate(struct run *run)
{
	run->last = counts_now(run);
}

double rate_due(const struct run *run)
{
	return run->last.time + 1 - seconds_now();
}

void tell_rate(struct run *run)
{
	struct run_counts now, *last = &run->last;
	double time;

	if (rate_due(run) > 0)
		return;
	now = counts_now(run);
	time = now.time - last->time;
	fprintf(stderr, "%.0f events/s, ", (double)(now.events - last->events) / time);
	print_bytes((double)(now.bytes - last->bytes) / time);
	if (now.lost_known && last->lost_known)
		fprintf(stderr, ", %.0f lost/s", (double)(now.lost - last->lost) / time);
	fprintf(stderr, ", rings at most %u %% full\n", fullest(run));
	run->last = now;
}
