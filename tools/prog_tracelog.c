/* SPDX-License-Identifier: MIT */
/*
 * plainbpf prog tracelog: what programs say with bpf_printk(), as it comes; or what one program wrote to its
 * streams.
 */
#include "tools/prog.h"

#include "tools/signals.h"
#include "tools/text.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int open_pipe(struct cli *cli)
{
	int fd = open("/sys/kernel/tracing/trace_pipe", O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0 && errno == ENOENT)
		fd = open("/sys/kernel/debug/tracing/trace_pipe",
			  O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd >= 0)
		return fd;
	return env_fail(&cli->env, -errno, AT("prog tracelog", NULL, 0),
			errno == ENOENT	 ? "mount -t tracefs tracefs /sys/kernel/tracing"
			: errno == EBUSY ? "who reads it now must stop first"
					 : "run it as root",
			"cannot open trace_pipe: %s", strerror(errno));
}

static void put_log(const char *text, size_t size)
{
	put_lines(stdout, text, size);
	fflush(stdout);
}

/* Between two reads it looks at the clock and for Ctrl-C: the log of a busy machine never ends. */
static int follow_pipe(struct cli *cli)
{
	struct pollfd poll_fd = {.fd = open_pipe(cli), .events = POLLIN};
	double start = seconds_now();
	char text[4096];

	if (poll_fd.fd < 0)
		return poll_fd.fd;
	block_signals();
	while (!signal_came() && !(cli->seconds > 0 && seconds_now() - start >= cli->seconds)) {
		ssize_t got;

		poll(&poll_fd, 1, 100);
		got = read(poll_fd.fd, text, sizeof(text));
		if (got > 0)
			put_log(text, (size_t)got);
	}
	close(poll_fd.fd);
	return 0;
}

/* bpf_stream_printk() and what the kernel itself says of a program's faults. */
static int read_stream(struct cli *cli, struct words *words, uint32_t stream)
{
	struct found found;
	char text[4096];
	int got, code = select_open(words, PBPF_OBJECT_PROG, 0, &found);

	if (code)
		return code;
	code = words_end(words, NULL);
	while (!code &&
	       (got = pbpf_sys_prog_stream_read(&cli->env, found.fd, stream, text, sizeof(text)))) {
		if (got < 0)
			code = env_fail(&cli->env, got, AT("prog tracelog", NULL, 0),
					"it needs Linux 6.17", "the kernel gives no stream: %s",
					pbpf_error_name(got));
		else
			put_log(text, (size_t)got);
	}
	select_close(cli, &found);
	return code;
}

static int run_prog_tracelog(struct cli *cli)
{
	static const char *const streams[] = {"stdout", "stderr", NULL};
	struct words words = words_of(cli);

	for (uint32_t i = 0; streams[i]; i++)
		if (words_skip(&words, streams[i]))
			return read_stream(cli, &words, i + 1);
	return words_end(&words, streams) ? CLI_USAGE : follow_pipe(cli);
}

const struct command prog_tracelog_command = {
	.name = "prog tracelog",
	.run = run_prog_tracelog,
	.summary = "what they print, as it comes",
	.operands = "[stdout|stderr PROG]",
	.operands_max = 3,
	.options = "sv",
	.details =
		"Prints what programs say with bpf_printk(), until Ctrl-C or for --seconds. There is one\n"
		"such log for the whole system, and who reads it takes the lines out of it. With stdout or\n"
		"stderr: what the program wrote to that stream so far (Linux 6.17).\n\n"
		"exit codes: 0 printed; 1 the log cannot be opened; 2 the command line was not\n"
		"understood.",
};
