/* SPDX-License-Identifier: MIT */
/*
 * XDP: a program sees the packets of an interface as the driver receives them.
 */
#include "link/link.h"
#include "link/pbpf_link_net.h"

#include <stdio.h>

int pbpf_link_xdp(struct pbpf_link **link, int prog_fd, uint32_t ifindex,
		  const struct pbpf_link_options *opts)
{
	const struct pbpf_env *env = link_env(opts);
	struct pbpf_link_attr attr = {
		.prog_fd = prog_fd,
		.target_fd = (int)ifindex,
		.attach_type = PBPF_XDP,
		.flags = opts ? opts->flags : 0,
	};
	int fd = pbpf_sys_link_create(env, &attr);
	char target[32];

	snprintf(target, sizeof(target), "of interface %u", ifindex);
	if (fd == -EINVAL)
		return link_xdp_compat(link, prog_fd, attr.target_fd, attr.flags, target, env);
	return link_made(link, fd, LINK_NETWORK("XDP"), target, env);
}
