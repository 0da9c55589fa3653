/* SPDX-License-Identifier: MIT */
/*
 * Waiting until told to stop; the clock for it.
 */
#ifndef TOOLS_SIGNALS_H
#define TOOLS_SIGNALS_H

#include <stdbool.h>

/* Waits for so many seconds (0: without end), or until SIGINT or SIGTERM; gives the seconds that it took. The
 * signals stay blocked. */
double wait_for_signal(double seconds);

/* Seconds of a clock that only goes forward. */
double seconds_now(void);

/* Has such a signal come since block_signals()? */
void block_signals(void);
bool signal_came(void);

#endif
