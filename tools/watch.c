/* SPDX-License-Identifier: MIT */
/*
 * One epoll holds the rings and a signalfd for Ctrl-C, so a signal is an event like the others: no
 * handler, no global, no race.
 */
#include "tools/run.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define SLEEP_MAX 1.0 /* seconds: a record sent without wake-up is seen then */

int watch_fd(struct run *run, int fd)
{
	struct epoll_event event = {.events = EPOLLIN | EPOLLET};

	if (!epoll_ctl(run->epoll_fd, EPOLL_CTL_ADD, fd, &event))
		return 0;
	return env_fail(&run->cli->env, -errno, AT("run", NULL, 0), NULL, "epoll_ctl: %s",
			strerror(errno));
}

/* The signals that end the run arrive through an fd; blocked, they do nothing else. */
static int open_signals(struct run *run)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	run->signal_fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	run->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (run->signal_fd < 0 || run->epoll_fd < 0)
		return env_fail(&run->cli->env, -errno, AT("run", NULL, 0), NULL,
				"signalfd, epoll_create1: %s", strerror(errno));
	return watch_fd(run, run->signal_fd);
}

int open_watch(struct run *run)
{
	int err = open_signals(run);

	for (size_t i = 0; err >= 0 && i < run->source_count; i++)
		err = source_open(run, &run->sources[i]);
	return err;
}

void close_watch(struct run *run)
{
	for (size_t i = 0; i < run->source_count; i++)
		source_close(&run->sources[i]);
	if (run->epoll_fd >= 0)
		close(run->epoll_fd);
	if (run->signal_fd >= 0)
		close(run->signal_fd);
}

int drain(struct run *run)
{
	for (size_t i = 0; i < run->source_count; i++) {
		int err = source_drain(run, &run->sources[i]);

		if (err < 0)
			return err;
	}
	return fflush(stdout) ? -EIO : 0;
}

/* Waits as the policy says, up to where it would sleep; gives the milliseconds to sleep for then: 0 when
 * there is something to read, or the policy is not to sleep. */
static int sleep_time(const struct run *run)
{
	double left = SLEEP_MAX;

	if (look_around(run) || run->policy->never_sleep)
		return 0;
	if (run->cli->seconds > 0 && run->started + run->cli->seconds - seconds_now() < left)
		left = run->started + run->cli->seconds - seconds_now();
	if (run->cli->rate && rate_due(run) < left)
		left = rate_due(run);
	return left > 0 ? (int)(left * 1000) + 1 : 0;
}

static bool time_is_up(const struct run *run)
{
	return run->cli->seconds > 0 && seconds_now() >= run->started + run->cli->seconds;
}

static bool told_to_stop(const struct run *run)
{
	struct signalfd_siginfo signal;

	return read(run->signal_fd, &signal, sizeof(signal)) == sizeof(signal);
}

int watch(struct run *run)
{
	struct epoll_event event;
	int err;

	start_rate(run);
	do {
		err = drain(run);
		if (err < 0)
			return err;
		if (epoll_wait(run->epoll_fd, &event, 1, sleep_time(run)) < 0 && errno != EINTR)
			return env_fail(&run->cli->env, -errno, AT("run", NULL, 0), NULL,
					"epoll_wait: %s", strerror(errno));
		if (run->cli->rate)
			tell_rate(run);
	} while (!time_is_up(run) && !told_to_stop(run));
	return 0;
}
