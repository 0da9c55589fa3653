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

int count_cpus(const struct pbpf_env *env, uint32_t *count)
{
	uint32_t cpus;
	void *text;
	size_t size;
	int err = pbpf_sys_read_file(env, POSSIBLE, &text, &size, 4096);

	if (err)
		return env_fail(env, err, AT(STAGE_LOAD, POSSIBLE, 0),
				"mount sysfs: mount -t sysfs sysfs /sys",
				"cannot read how many CPUs there are from " POSSIBLE ": %s",
				pbpf_error_name(err));
	cpus = after_last_number(text);
	pbpf_sys_free_file(env, text, size);
	if (!cpus)
		return env_fail(env, -EINVAL, AT(STAGE_LOAD, POSSIBLE, 0), NULL,
				POSSIBLE " makes no sense");
	*count = cpus;
	return 0;
}
