/* SPDX-License-Identifier: MIT */
/*
 * Perf events of the fake kernel: probes and tracepoints, which hold a program and never happen.
 */
#include "tools/fake_command.h"

long fake_perf_open(struct fake_kernel *fake, const void *attr, int pid, int cpu, int group_fd,
		    unsigned long flags)
{
	struct fake_object *event;
	struct pbpf_perf_attr perf;
	const char *name;
	bool probe;
	long fd;

	memcpy(&perf, attr, sizeof(perf));
	if (perf.size < sizeof(perf) || (pid < 0 && cpu < 0) || group_fd != -1 || !flags)
		return fake_refuse(fake, EINVAL, "arguments of perf_event_open");
	probe = perf.type == FAKE_KPROBE_TYPE || perf.type == FAKE_UPROBE_TYPE;
	name = probe ? at_address(perf.config1) : NULL;
	if (name && fake->missing && !strcmp(name, fake->missing))
		return -ENOENT;
	fd = fake_fd(fake, FAKE_PERF, name, name ? strlen(name) + 1 : 0, &event);
	if (fd >= 0)
		event->perf = perf;
	return fd;
}

long fake_perf_ioctl(struct fake_kernel *fake, int fd, unsigned long request,
		     unsigned long argument)
{
	struct fake_object *event = fake_find(fake, (uint32_t)fd, FAKE_PERF);

	if (!event)
		return -EBADF;
	switch (request) {
	case PBPF_PERF_IOC_ENABLE: event->enabled = true; return 0;
	case PBPF_PERF_IOC_DISABLE: event->enabled = false; return 0;
	case PBPF_PERF_IOC_SET_BPF:
		if (!fake_find(fake, (uint32_t)argument, FAKE_PROG))
			return -EBADF;
		event->prog_fd = (int)argument;
		return 0;
	default: return -ENOTTY;
	}
}
