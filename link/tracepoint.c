/* SPDX-License-Identifier: MIT */
/*
 * Tracepoints. An ordinary one is a perf event, named by a number that tracefs tells:
 *
 *	/sys/kernel/tracing/events/sched/sched_process_exec/id ──> "312" ──> perf event ──> link
 *
 * A raw one has a command of its own and needs neither.
 */
#include "link/link.h"

#include <stdio.h>
#include <string.h>

#define NAME_LENGTH_MAX 127			  /* far above the longest in the kernel */
#define TRACEPOINT_MAX	(2 * NAME_LENGTH_MAX + 2) /* "category/name" and NUL */
#define ID_FILE_MAX	32			  /* bytes */
#define HEADER_PAGE_MAX 4096			  /* bytes; it has about 200 */

/* Where tracefs is: its own place since Linux 4.1, and where it is found when only debugfs is
 * mounted. */
static const char *const tracefs[] = {"/sys/kernel/tracing", "/sys/kernel/debug/tracing"};
#define TRACEFS_COUNT (sizeof(tracefs) / sizeof(tracefs[0]))

/* Names become part of a path, so they are held to what names in the kernel consist of. */
static bool tracepoint_name_ok(const char *name)
{
	static const char allowed[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
	size_t length = strspn(name, allowed);

	return length && length <= NAME_LENGTH_MAX && !name[length];
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

/* Reads events/FILE of tracefs, wherever that is mounted. */
static int read_tracefs(const struct pbpf_env *env, const char *file, void **data, size_t *size,
			size_t limit)
{
	char path[TRACEPOINT_MAX + 64];
	int err = -ENOENT;

	for (size_t i = 0; i < TRACEFS_COUNT && err == -ENOENT; i++) {
		snprintf(path, sizeof(path), "%s/events/%s", tracefs[i], file);
		err = pbpf_sys_read_file(env, path, data, size, limit);
	}
	return err;
}

/* Is tracefs mounted? Asked only after something in it was not found; this file is always there. */
static bool tracefs_mounted(const struct pbpf_env *env)
{
	void *data;
	size_t size;
	int err = read_tracefs(env, "header_page", &data, &size, HEADER_PAGE_MAX);

	if (!err)
		pbpf_sys_free_file(env, data, size);
	return err != -ENOENT;
}

/* The message for a number that could not be read. */
static int no_tracepoint_id(const struct pbpf_env *env, int err, const char *tracepoint)
{
	const struct env_place *at = AT(STAGE_LINK, tracepoint, 0);

	switch (err) {
	case -ENOMEM: return env_no_memory(env, STAGE_LINK, "a tracepoint's number");
	case -ENOENT:
		if (!tracefs_mounted(env))
			return env_fail(
				env, err, at, "mount -t tracefs nodev /sys/kernel/tracing",
				"tracepoint %s: tracefs, which tells its number, is not mounted",
				tracepoint);
		return env_fail(env, err, at,
				"/sys/kernel/tracing/events lists them, as does `perf list`",
				"there is no tracepoint %s in this kernel", tracepoint);
	case -EACCES:
	case -EPERM:
		return env_fail(env, err, at,
				"run it as root; raw tracepoints (raw_tp) need no tracefs",
				"tracepoint %s: tracefs, which tells its number, may not be read",
				tracepoint);
	default:
		return env_fail(env, err, at, NULL,
				"the number of tracepoint %s cannot be read: %s", tracepoint,
				pbpf_error_name(err));
	}
}

/* Asks tracefs for the number of a tracepoint "category/name". */
static int tracepoint_id(const struct pbpf_env *env, const char *tracepoint, uint32_t *id)
{
	char file[TRACEPOINT_MAX + sizeof("/id")];
	void *text;
	size_t size;
	int err;

	snprintf(file, sizeof(file), "%s/id", tracepoint);
	err = read_tracefs(env, file, &text, &size, ID_FILE_MAX);
	if (err)
		return no_tracepoint_id(env, err, tracepoint);
	if (!link_parse_number(text, id))
		err = env_fail(env, -EINVAL, AT(STAGE_LINK, tracepoint, 0), NULL,
			       "tracefs says '%s' where the number of tracepoint %s should be",
			       (const char *)text, tracepoint);
	pbpf_sys_free_file(env, text, size);
	return err;
}

/*
 * A perf event on a tracepoint, which counts and records nothing. It is opened on one CPU, since
 * the call demands one; the program nevertheless runs on all of them, as it is called by the
 * tracepoint before any event is looked at (kernel/trace/trace_event_perf.c,
 * perf_trace_run_bpf_submit()).
 */
static int open_tracepoint_event(const struct pbpf_env *env, uint32_t id)
{
	struct pbpf_perf_attr attr = {
		.type = PBPF_PERF_TYPE_TRACEPOINT,
		.size = sizeof(attr),
		.config = id,
	};

	return pbpf_sys_perf_event_open(env, &attr, -1, 0, -1, 0);
}

int pbpf_link_tracepoint(struct pbpf_link **link, int prog_fd, const char *category,
			 const char *name, const struct pbpf_link_options *opts)
{
	const struct pbpf_env *env = link_env(opts);
	uint64_t cookie = opts ? opts->cookie : 0;
	char tracepoint[TRACEPOINT_MAX];
	uint32_t id = 0;
	int fd, err;

	if (!tracepoint_name_ok(category) || !tracepoint_name_ok(name))
		return env_fail(env, -EINVAL, AT(STAGE_LINK, name, 0),
				"a tracepoint is a category and a name, as sched and sched_switch",
				"'%s/%s' cannot be a tracepoint", category, name);
	snprintf(tracepoint, sizeof(tracepoint), "%s/%s", category, name);
	err = tracepoint_id(env, tracepoint, &id);
	if (err)
		return err;
	fd = open_tracepoint_event(env, id);
	if (fd >= 0)
		fd = link_perf_event(env, fd, prog_fd, cookie);
	if (fd < 0)
		return link_refused(env, fd, LINK_TRACING("tracepoint"), tracepoint, NULL);
	env_step(env, AT(STAGE_LINK, tracepoint, 0), "attached to tracepoint %s, number %u",
		 tracepoint, id);
	return link_of_fd(link, fd, env);
}

int pbpf_link_raw_tracepoint(struct pbpf_link **link, int prog_fd, const char *name,
			     const struct pbpf_link_options *opts)
{
	const struct pbpf_env *env = link_env(opts);
	int fd = pbpf_sys_raw_tracepoint_open(env, prog_fd, name, opts ? opts->cookie : 0);

	if (fd < 0)
		return link_refused(env, fd, LINK_TRACING("raw tracepoint"),
				    name ? name : "that it was loaded for", NULL);
	env_step(env, AT(STAGE_LINK, name, 0), "attached to raw tracepoint %s", name ? name : "");
	return link_of_fd(link, fd, env);
}
