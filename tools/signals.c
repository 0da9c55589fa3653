/* SPDX-License-Identifier: MIT */
/*
 * Ctrl-C and its kin, taken when there is time for them.
 */
#include "tools/signals.h"

#include <signal.h>
#include <stddef.h>
#include <time.h>

static sigset_t stop_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	return set;
}

void block_signals(void)
{
	sigset_t set = stop_signals();

	sigprocmask(SIG_BLOCK, &set, NULL);
}

bool signal_came(void)
{
	sigset_t set;

	return sigpending(&set) == 0 && (sigismember(&set, SIGINT) || sigismember(&set, SIGTERM));
}

double seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

double wait_for_signal(double seconds)
{
	sigset_t set = stop_signals();
	struct timespec limit;
	double start;

	limit.tv_sec = (time_t)seconds;
	limit.tv_nsec = (long)((seconds - (double)limit.tv_sec) * 1e9);
	block_signals();
	start = seconds_now();
	sigtimedwait(&set, NULL, seconds > 0 ? &limit : NULL);
	return seconds_now() - start;
}
