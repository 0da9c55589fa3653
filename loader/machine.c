/* SPDX-License-Identifier: MIT */
/*
 * Reads what the kernel's files say about this machine and this process. Each file has one function that
 * takes its text; what it does not find there stays unknown.
 */
#include "loader/machine.h"
#include "loader/externs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_LIMIT ((size_t)64 << 10)

/* The text behind `label` at the start of a line, or NULL. */
static const char *after_label(const char *text, const char *label)
{
	size_t length = strlen(label);

	while (text) {
		if (!strncmp(text, label, length))
			return text + length;
		text = strchr(text, '\n');
		text = text ? text + 1 : NULL;
	}
	return NULL;
}

/* A number of 0 to INT_MAX; *value stays as it is when there is none. A negative one counts as 0, which
 * means the same for the settings that are read here: no restriction. */
static void take_setting(int *value, const char *text)
{
	char *end;
	long long number = strtoll(text, &end, 10);

	if (end == text || number > INT32_MAX)
		return;
	*value = number < 0 ? 0 : (int)number;
}

/* /proc/self/status: "CapEff:\t000001ffffffffff", "Seccomp:\t0" */
static void take_status(struct machine *machine, const char *text)
{
	const char *effective = after_label(text, "CapEff:");
	const char *seccomp = after_label(text, "Seccomp:");

	if (effective) {
		machine->capabilities = strtoull(effective, NULL, 16);
		machine->has_status = true;
	}
	if (seccomp)
		take_setting(&machine->seccomp, seccomp);
}

/* /proc/self/uid_map: the first user namespace maps all ids to themselves. */
static void take_uid_map(struct machine *machine, const char *text)
{
	char *end;
	unsigned long inside = strtoul(text, &end, 10), outside = strtoul(end, &end, 10);

	machine->user_namespace = inside || outside || strtoul(end, NULL, 10) < UINT32_MAX;
}

/* /proc/self/limits: "Max locked memory         8388608              8388608              bytes" */
static void take_limits(struct machine *machine, const char *text)
{
	const char *limit = after_label(text, "Max locked memory");
	long long bytes;
	char *end;

	if (!limit)
		return;
	limit += strspn(limit, " ");
	bytes = strtoll(limit, &end, 10);
	if (!strncmp(limit, "unlimited", 9))
		machine->memlock = INT64_MAX;
	else if (end != limit && bytes >= 0)
		machine->memlock = bytes;
}

/* /sys/kernel/security/lockdown: "none [integrity] confidentiality" */
static void take_lockdown(struct machine *machine, const char *text)
{
	if (strstr(text, "[none]"))
		machine->lockdown = LOCKDOWN_NONE;
	else if (strstr(text, "[integrity]"))
		machine->lockdown = LOCKDOWN_INTEGRITY;
	else if (strstr(text, "[confidentiality]"))
		machine->lockdown = LOCKDOWN_CONFIDENTIALITY;
}

/* /sys/kernel/security/lsm: "lockdown,capability,yama,bpf" */
static void take_lsm(struct machine *machine, const char *text)
{
	machine->bpf_lsm = 0;
	while (*text) {
		size_t length = strcspn(text, ",\n");

		if (length == 3 && !memcmp(text, "bpf", 3))
			machine->bpf_lsm = 1;
		text += length + (text[length] != '\0');
	}
}

/* One line of /proc/self/mounts: "bpf /sys/fs/bpf bpf rw,nosuid 0 0"; the first of a kind counts. */
static void take_mount(struct machine *machine, const char *line)
{
	struct mount_place place = {""}, *to = NULL;
	char type[16] = "";

	if (sscanf(line, "%*s %63s %15s", place.path, type) != 2)
		return;
	if (!strcmp(type, "bpf"))
		to = &machine->bpffs;
	else if (!strcmp(type, "tracefs"))
		to = &machine->tracefs;
	else if (!strcmp(type, "cgroup2"))
		to = &machine->cgroup2;
	if (to && !*to->path)
		*to = place;
}

static void take_mounts(struct machine *machine, const char *text)
{
	while (text && *text) {
		take_mount(machine, text);
		text = strchr(text, '\n');
		text = text ? text + 1 : NULL;
	}
}

#define SETTING(name)                                                      \
	static void take_##name(struct machine *machine, const char *text) \
	{                                                                  \
		take_setting(&machine->name, text);                        \
	}
SETTING(unprivileged_disabled)
SETTING(perf_paranoid)
SETTING(kptr_restrict)
SETTING(jit)
SETTING(jit_harden)
SETTING(ftrace)

static const struct {
	const char *path;
	void (*take)(struct machine *machine, const char *text);
} machine_files[] = {
	{"/proc/self/status", take_status},
	{"/proc/self/uid_map", take_uid_map},
	{"/proc/self/limits", take_limits},
	{"/proc/self/mounts", take_mounts},
	{"/sys/kernel/security/lockdown", take_lockdown},
	{"/sys/kernel/security/lsm", take_lsm},
	{"/proc/sys/kernel/unprivileged_bpf_disabled", take_unprivileged_disabled},
	{"/proc/sys/kernel/perf_event_paranoid", take_perf_paranoid},
	{"/proc/sys/kernel/kptr_restrict", take_kptr_restrict},
	{"/proc/sys/kernel/ftrace_enabled", take_ftrace},
	{"/proc/sys/net/core/bpf_jit_enable", take_jit},
	{"/proc/sys/net/core/bpf_jit_harden", take_jit_harden},
};

static void take_file(struct machine *machine, size_t i, const struct pbpf_env *env)
{
	size_t size;
	void *text;

	if (pbpf_sys_read_file(env, machine_files[i].path, &text, &size, FILE_LIMIT))
		return;
	machine_files[i].take(machine, text);
	pbpf_sys_free_file(env, text, size);
}

void read_machine(struct machine *machine, const struct pbpf_env *env)
{
	*machine = (struct machine){
		.seccomp = MACHINE_UNKNOWN,
		.user_namespace = MACHINE_UNKNOWN,
		.memlock = MACHINE_UNKNOWN,
		.lockdown = MACHINE_UNKNOWN,
		.bpf_lsm = MACHINE_UNKNOWN,
		.unprivileged_disabled = MACHINE_UNKNOWN,
		.perf_paranoid = MACHINE_UNKNOWN,
		.kptr_restrict = MACHINE_UNKNOWN,
		.jit = MACHINE_UNKNOWN,
		.jit_harden = MACHINE_UNKNOWN,
		.ftrace = MACHINE_UNKNOWN,
	};
	if (!pbpf_sys_uname(env, &machine->kernel))
		machine->version = running_version(env);
	for (size_t i = 0; i < sizeof(machine_files) / sizeof(machine_files[0]); i++)
		take_file(machine, i, env);
}
