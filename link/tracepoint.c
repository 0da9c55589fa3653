/* SPDX-License-Identifier: MIT */
/*
 * Tracepoints. An ordinary one is a perf event, named by a number that tracefs tells:
 *
 *	/sys/kernel/tracing/events/sched/sched_process_exec/id ──> "312" ──> perf event ──> link
 *
 * A raw one has a command of its own and needs neither.
 */
#include "link/tracefs.h"

#include <stdio.h>
#include <string.h>

#define NAME_LENGTH_MAX 127			  /* far above the longest in the kernel */
#define TRACEPOINT_MAX	(2 * NAME_LENGTH_MAX + 2) /* "category/name" and NUL */

/* Names become part of a path, so they are held to what names in the kernel consist of. */
static bool tracepoint_name_ok(const char *name)
{
	static const char allowed[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
	size_t length = strspn(name, allowed);

	return length && length <= NAME_LENGTH_MAX && !name[length];
}

/* The message for a number that could not be read. */
static int no_tracepoint_number(const struct pbpf_env *env, int err, const char *tracepoint)
{
	const struct env_place *at = AT(STAGE_LINK, tracepoint, 0);

	switch (err) {
	case -EINVAL:
		return env_fail(env, err, at, NULL,
				"tracefs has something else where the number of tracepoint %s "
				"should be",
				tracepoint);
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
	err = tracepoint_number(env, tracepoint, &id);
	if (err)
		return no_tracepoint_number(env, err, tracepoint);
	fd = tracepoint_event(env, id, 0);
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

	return link_made(link, fd, LINK_TRACING(name ? "raw tracepoint" : "place"), name, env);
}
