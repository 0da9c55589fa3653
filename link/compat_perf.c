/* SPDX-License-Identifier: MIT */
/*
 * Perf events before Linux 5.15, which knows no link to them and refuses it with -EINVAL. The
 * program is set on the event by ioctl(2), and stays for as long as the event's fd is open.
 */
#include "link/link.h"

int link_perf_event_compat(const struct pbpf_env *env, int perf_fd, int prog_fd)
{
	int err = pbpf_sys_ioctl(env, perf_fd, PBPF_PERF_IOC_SET_BPF, (unsigned long)prog_fd);

	if (err < 0)
		return err;
	env_step(env, AT(STAGE_LINK, NULL, 0),
		 "no link to a perf event on this kernel: the program is set on the event itself");
	return perf_fd;
}
