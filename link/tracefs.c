/* SPDX-License-Identifier: MIT */
/*
 * Files of tracefs, and the perf events of its tracepoints.
 */
#include "link/tracefs.h"

#include <stdio.h>
#include <string.h>

#define TRACEFS_PATH_MAX 512
#define TRACEFS_FILE_MAX 448  /* below the folder where it is mounted */
#define HEADER_PAGE_MAX	 4096 /* bytes; it has about 200 */
#define NUMBER_FILE_MAX	 32   /* bytes */

static const char *const tracefs[] = {"/sys/kernel/tracing", "/sys/kernel/debug/tracing"};
#define TRACEFS_COUNT (sizeof(tracefs) / sizeof(tracefs[0]))

int tracefs_read(const struct pbpf_env *env, const char *file, void **data, size_t *size,
		 size_t limit)
{
	char path[TRACEFS_PATH_MAX];
	int err = -ENOENT;

	for (size_t i = 0; i < TRACEFS_COUNT && err == -ENOENT; i++) {
		snprintf(path, sizeof(path), "%s/%s", tracefs[i], file);
		err = pbpf_sys_read_file(env, path, data, size, limit);
	}
	return err;
}

int tracefs_append(const struct pbpf_env *env, const char *file, const char *line)
{
	char path[TRACEFS_PATH_MAX];
	long done = -ENOENT;

	/* What the line names may be missing as well; the other place then says the same. */
	for (size_t i = 0; i < TRACEFS_COUNT && done == -ENOENT; i++) {
		snprintf(path, sizeof(path), "%s/%s", tracefs[i], file);
		done = pbpf_sys_append(env, path, line, strlen(line));
	}
	return done < 0 ? (int)done : 0;
}

/* This file is always there. */
bool tracefs_mounted(const struct pbpf_env *env)
{
	void *data;
	size_t size;
	int err = tracefs_read(env, "events/header_page", &data, &size, HEADER_PAGE_MAX);

	if (!err)
		pbpf_sys_free_file(env, data, size);
	return err != -ENOENT;
}

bool link_parse_number(const char *text, uint32_t *number)
{
	uint64_t value = 0;
	const char *c;

	for (c = text; *c >= '0' && *c <= '9' && value <= INT32_MAX; c++)
		value = value * 10 + (uint64_t)(*c - '0');
	if (c == text || strcmp(c, "\n") || value > INT32_MAX)
		return false;
	*number = (uint32_t)value;
	return true;
}

int tracepoint_number(const struct pbpf_env *env, const char *tracepoint, uint32_t *number)
{
	char file[TRACEFS_FILE_MAX];
	void *text;
	size_t size;
	int err;

	snprintf(file, sizeof(file), "events/%s/id", tracepoint);
	err = tracefs_read(env, file, &text, &size, NUMBER_FILE_MAX);
	if (err)
		return err;
	if (!link_parse_number(text, number))
		err = -EINVAL;
	pbpf_sys_free_file(env, text, size);
	return err;
}

int tracepoint_event(const struct pbpf_env *env, uint32_t id, int pid)
{
	struct pbpf_perf_attr attr = {
		.type = PBPF_PERF_TYPE_TRACEPOINT,
		.size = sizeof(attr),
		.config = id,
	};

	return pid ? pbpf_sys_perf_event_open(env, &attr, pid, -1, -1, 0)
		   : pbpf_sys_perf_event_open(env, &attr, -1, 0, -1, 0);
}
