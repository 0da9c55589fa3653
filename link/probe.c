/* SPDX-License-Identifier: MIT */
/*
 * The perf event of a kprobe or uprobe:
 *
 *	/sys/bus/event_source/devices/kprobe/type             "8"         attr.type
 *	/sys/bus/event_source/devices/kprobe/format/retprobe  "config:0"  the bit in attr.config
 */
#include "link/probe.h"

#include <stdio.h>
#include <string.h>

#define PMU_FILE_MAX	32 /* bytes */
#define SEMAPHORE_SHIFT 32 /* format/ref_ctr_offset: "config:32-63" */

/* Reads the number that follows `prefix` in a file of the PMU. */
static int read_pmu_number(const struct pbpf_env *env, const char *pmu, const char *file,
			   const char *prefix, uint32_t *number)
{
	char path[96];
	void *text;
	size_t size, skip = strlen(prefix);
	int err;

	snprintf(path, sizeof(path), "/sys/bus/event_source/devices/%s/%s", pmu, file);
	err = pbpf_sys_read_file(env, path, &text, &size, PMU_FILE_MAX);
	if (err)
		return err;
	if (strncmp(text, prefix, skip) || !link_parse_number((const char *)text + skip, number))
		err = -EINVAL;
	pbpf_sys_free_file(env, text, size);
	return err;
}

int probe_find_pmu(const struct pbpf_env *env, struct probe *probe)
{
	uint32_t bit = 0;
	int err = read_pmu_number(env, probe->pmu, "type", "", &probe->type);

	if (!err && probe->at_return)
		err = read_pmu_number(env, probe->pmu, "format/retprobe", "config:", &bit);
	if (!err && bit > 31)
		err = -EINVAL;
	if (!err) {
		probe->return_flag = probe->at_return ? 1u << bit : 0;
		return 0;
	}
	if (err == -ENOMEM)
		return env_no_memory(env, STAGE_LINK, "a file of sysfs");
	if (err == -ENOENT) {
		probe->no_pmu = true;
		return 0;
	}
	return env_fail(env, err, AT(STAGE_LINK, probe->name, 0), NULL,
			"what sysfs says of the PMU '%s' cannot be used: %s", probe->pmu,
			pbpf_error_name(err));
}

int probe_open(const struct pbpf_env *env, struct probe *probe)
{
	struct pbpf_perf_attr attr = {
		.type = probe->type,
		.size = sizeof(attr),
		.config = probe->return_flag | (uint64_t)probe->semaphore << SEMAPHORE_SHIFT,
		.config1 = PBPF_ADDRESS(probe->name),
		.config2 = probe->offset,
	};

	if (probe->no_pmu)
		return probe_open_tracepoint(env, probe);
	/* The call demands a CPU where it is not given a process; the program runs on all. */
	return probe->pid ? pbpf_sys_perf_event_open(env, &attr, probe->pid, -1, -1, 0)
			  : pbpf_sys_perf_event_open(env, &attr, -1, 0, -1, 0);
}

int probe_not_there(const struct pbpf_env *env, const struct probe *probe)
{
	return env_fail(
		env, -ENOTSUP, AT(STAGE_LINK, probe->name, 0),
		"CONFIG_KPROBE_EVENTS, CONFIG_UPROBE_EVENTS; are sysfs and tracefs mounted?",
		"this kernel has no perf events for %ss", probe->pmu);
}

int probe_link(struct pbpf_link **link, int fd, struct probe *probe, const struct link_kind *kind,
	       const char *target, const struct pbpf_env *env)
{
	if (fd == -ENOTSUP && probe->no_pmu && !probe->event)
		return probe_not_there(env, probe);
	if (!probe->event)
		return link_made(link, fd, kind, target, env);
	if (fd >= 0)
		return probe_link_tracepoint(link, fd, probe, env);
	probe_remove_tracepoint(env, probe);
	return link_refused(env, fd, kind, target, NULL);
}
