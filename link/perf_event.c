/* SPDX-License-Identifier: MIT */
/*
 * Attaching to a perf event, the way to the older kinds of tracing: the event says where, the link
 * says what runs there.
 */
#include "link/link.h"
#include "link/pbpf_link_trace.h"

#include <stdio.h>

int link_perf_event(const struct pbpf_env *env, int perf_fd, int prog_fd, uint64_t cookie)
{
	struct pbpf_link_attr attr = {
		.prog_fd = prog_fd,
		.target_fd = perf_fd,
		.attach_type = PBPF_PERF_EVENT,
		.cookie = cookie,
	};
	int fd = pbpf_sys_link_create(env, &attr);
	int err;

	if (fd == -EINVAL && !cookie)
		fd = link_perf_event_compat(env, perf_fd, prog_fd);
	err = fd < 0 ? fd : pbpf_sys_ioctl(env, perf_fd, PBPF_PERF_IOC_ENABLE, 0);
	/* The link holds the event. */
	if (fd != perf_fd)
		pbpf_sys_close(env, perf_fd);
	if (err < 0) {
		pbpf_sys_close(env, fd);
		return err;
	}
	return fd;
}

int pbpf_link_perf_event(struct pbpf_link **link, int prog_fd, int perf_fd,
			 const struct pbpf_link_options *opts)
{
	const struct pbpf_env *env = link_env(opts);
	int fd = pbpf_sys_dup(env, perf_fd);
	char target[16];

	if (fd >= 0)
		fd = link_perf_event(env, fd, prog_fd, opts ? opts->cookie : 0);
	snprintf(target, sizeof(target), "%d", perf_fd);
	return link_made(link, fd, LINK_TRACING("perf event"), target, env);
}
