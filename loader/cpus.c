/* SPDX-License-Identifier: MIT */
/*
 * How many CPUs the kernel can have: per-CPU maps have that many values, and a perf event array wants
 * that many entries.
 *
 * /sys/devices/system/cpu/possible is a list of ranges, "0-3,8" (Documentation/admin-guide/cputopology.rst
 * of Linux); CPUs are counted up to the highest.
 */
#include "loader/object.h"

#define POSSIBLE "/sys/devices/system/cpu/possible"

/* One more than the last number of the text. */
static uint32_t after_last_number(const char *text)
{
	uint64_t number = 0;
	bool in_number = false;

	for (; *text; text++) {
		bool digit = *text >= '0' && *text <= '9';

		if (digit)
			number = (in_number ? number * 10 : 0) + (uint64_t)(*text - '0');
		in_number = digit;
		if (number > UINT16_MAX)
			return 0;
	}
	return (uint32_t)number + 1;
}

/* A file of sysfs, a page at most, is given whole by one read. */
static long read_sysfs(const struct pbpf_env *env, const char *path, char *text, size_t size)
{
	int fd = pbpf_sys_open(env, path);
	long got;

	if (fd < 0)
		return fd;
	got = pbpf_sys_read(env, fd, text, size);
	pbpf_sys_close(env, fd);
	return got;
}

int count_cpus(const struct pbpf_env *env, uint32_t *count)
{
	uint32_t cpus;
	char text[4097];
	long got = read_sysfs(env, POSSIBLE, text, sizeof(text) - 1);

	if (got < 0)
		return env_fail(env, (int)got, AT(STAGE_LOAD, POSSIBLE, 0),
				"mount sysfs: mount -t sysfs sysfs /sys",
				"cannot read how many CPUs there are from " POSSIBLE ": %s",
				pbpf_error_name((int)got));
	text[got] = '\0';
	cpus = after_last_number(text);
	if (!cpus)
		return env_fail(env, -EINVAL, AT(STAGE_LOAD, POSSIBLE, 0), NULL,
				POSSIBLE " makes no sense");
	*count = cpus;
	return 0;
}
