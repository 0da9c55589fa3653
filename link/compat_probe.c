/* SPDX-License-Identifier: MIT */
/*
 * Probes before Linux 4.17: a line in a file of tracefs makes a tracepoint of a place, another takes it away.
 *
 *	kprobe_events   "p:plainbpf/p_812_55d0 do_exit+4"    events/plainbpf/p_812_55d0/id ──> perf event
 *	uprobe_events   "r:plainbpf/r_812_55e8 /bin/sh:0x4710"
 *	                "-:plainbpf/r_812_55e8"
 *
 * Such a tracepoint is the kernel's, not a process's: one that ends without closing its links leaves it
 * there, where it does nothing.
 */
#include "link/probe.h"
#include "link/tracefs.h"

#include <stdio.h>
#include <string.h>

#define EVENT_MAX     64   /* bytes of "plainbpf/NAME", with its NUL */
#define LINE_MAX_SIZE 4500 /* with a path */
#define STAT_MAX      1024 /* bytes of /proc/self/stat */

/* A process has its number, and the memory of each of its probes an address. */
static int name_event(const struct pbpf_env *env, const struct probe *probe)
{
	uint32_t pid = 0;
	void *stat;
	size_t size;
	int err = pbpf_sys_read_file(env, "/proc/self/stat", &stat, &size, STAT_MAX);

	if (err)
		return err;
	for (const char *c = stat; *c >= '0' && *c <= '9'; c++)
		pid = pid * 10 + (uint32_t)(*c - '0');
	pbpf_sys_free_file(env, stat, size);
	snprintf(probe->event, EVENT_MAX, "plainbpf/%c_%u_%llx", probe->at_return ? 'r' : 'p', pid,
		 (unsigned long long)(uintptr_t)probe->event);
	return 0;
}

static const char *events_file(const struct probe *probe)
{
	return strcmp(probe->pmu, "kprobe") ? "uprobe_events" : "kprobe_events";
}

/* A line has no way to say these. */
static bool fits_in_a_line(const char *name)
{
	return *name && !strpbrk(name, " \t\n\r;#\"\\") && strlen(name) < LINE_MAX_SIZE - 256;
}

static int write_event(const struct pbpf_env *env, const struct probe *probe)
{
	char type = probe->at_return ? 'r' : 'p', line[LINE_MAX_SIZE];

	if (!fits_in_a_line(probe->name) || probe->semaphore)
		return -EINVAL;
	if (!strcmp(probe->pmu, "uprobe"))
		snprintf(line, sizeof(line), "%c:%s %s:0x%llx\n", type, probe->event, probe->name,
			 (unsigned long long)probe->offset);
	else
		snprintf(line, sizeof(line), "%c:%s %s+%llu\n", type, probe->event, probe->name,
			 (unsigned long long)probe->offset);
	return tracefs_append(env, events_file(probe), line);
}

/* Without the file, the kernel cannot do it at all; else it is the function that is missing. */
static bool has_events_file(const struct pbpf_env *env, const struct probe *probe)
{
	void *text;
	size_t size;
	int err = tracefs_read(env, events_file(probe), &text, &size, 16u << 20);

	if (!err)
		pbpf_sys_free_file(env, text, size);
	return err != -ENOENT;
}

int probe_open_tracepoint(const struct pbpf_env *env, struct probe *probe)
{
	uint32_t id = 0;
	int err, fd;

	probe->event = env_alloc(env, EVENT_MAX, 1);
	if (!probe->event)
		return -ENOMEM;
	err = name_event(env, probe);
	if (!err)
		err = write_event(env, probe);
	if (err) {
		env_free(env, probe->event, EVENT_MAX, 1);
		probe->event = NULL;
		return err == -ENOENT && !has_events_file(env, probe) ? -ENOTSUP : err;
	}
	err = tracepoint_number(env, probe->event, &id);
	fd = err ? err : tracepoint_event(env, id, probe->pid);
	if (fd < 0)
		probe_remove_tracepoint(env, probe);
	return fd;
}

void probe_remove_tracepoint(const struct pbpf_env *env, struct probe *probe)
{
	char line[EVENT_MAX + 8];

	snprintf(line, sizeof(line), "-:%s\n", probe->event);
	tracefs_append(env, events_file(probe), line);
	env_free(env, probe->event, EVENT_MAX, 1);
	probe->event = NULL;
}

/* The tracepoint is in use until its perf event is closed. */
static int undo_tracepoint(const struct pbpf_env *env, const struct link_undo *undo)
{
	struct probe probe = {.pmu = undo->flags ? "kprobe" : "uprobe", .event = undo->state};

	pbpf_sys_close(env, undo->target);
	probe_remove_tracepoint(env, &probe);
	return 0;
}

int probe_link_tracepoint(struct pbpf_link **link, int fd, struct probe *probe,
			  const struct pbpf_env *env)
{
	struct link_undo undo = {
		.end = undo_tracepoint,
		.target = fd,
		.prog_fd = -1,
		.flags = !strcmp(probe->pmu, "kprobe"),
		.state = probe->event,
	};

	env_step(env, AT(STAGE_LINK, probe->name, 0),
		 "attached by the tracepoint %s, as this kernel has no perf events for %ss",
		 probe->event, probe->pmu);
	probe->event = NULL;
	return link_of_undo(link, -1, &undo, env);
}
