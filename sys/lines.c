/* SPDX-License-Identifier: MIT */
/*
 * Reading a file line by line, in constant memory: /proc/kallsyms has five megabytes on a usual machine.
 */
#include "sys/kernel.h"

#include <string.h>

#define LINE_ROOM 4096

struct line_reader {
	int (*fn)(void *ctx, const char *line);
	void *ctx;
	size_t used;
	bool cut; /* the beginning of this line has been handed on, the rest is skipped */
	char bytes[LINE_ROOM];
};

/* Hands on the whole lines of what is there, and moves the rest to the front. */
static int take_lines(struct line_reader *reader)
{
	char *line = reader->bytes, *const end = reader->bytes + reader->used, *newline;

	while ((newline = memchr(line, '\n', (size_t)(end - line)))) {
		int stop = 0;

		*newline = '\0';
		if (!reader->cut)
			stop = reader->fn(reader->ctx, line);
		if (stop)
			return stop;
		reader->cut = false;
		line = newline + 1;
	}
	reader->used = (size_t)(end - line);
	memmove(reader->bytes, line, reader->used);
	return 0;
}

/* What is there is a line of its own: the last one, or the beginning of one that is too long. */
static int take_rest(struct line_reader *reader)
{
	int stop = 0;

	reader->bytes[reader->used] = '\0';
	if (reader->used && !reader->cut)
		stop = reader->fn(reader->ctx, reader->bytes);
	reader->used = 0;
	reader->cut = true;
	return stop;
}

static int read_lines(const struct pbpf_env *env, int fd, struct line_reader *reader)
{
	for (;;) {
		char *to = reader->bytes + reader->used;
		size_t room = sizeof(reader->bytes) - 1 - reader->used;
		int calls = 0, stop;
		long got;

		do
			got = KERNEL(env, read)(KERNEL_CTX(env), fd, to, room);
		while (sys_interrupted(got, &calls));
		if (got < 0)
			return (int)got;
		reader->used += (size_t)got;
		stop = take_lines(reader);
		if (!stop && (!got || reader->used == sizeof(reader->bytes) - 1))
			stop = take_rest(reader);
		if (stop || !got)
			return stop;
	}
}

int pbpf_sys_each_line(const struct pbpf_env *env, const char *path,
		       int (*fn)(void *ctx, const char *line), void *ctx)
{
	struct line_reader reader = {.fn = fn, .ctx = ctx};
	int fd = pbpf_sys_open(env, path);
	int err;

	if (fd < 0)
		return fd;
	err = read_lines(env, fd, &reader);
	pbpf_sys_close(env, fd);
	return err;
}
