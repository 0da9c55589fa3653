/* SPDX-License-Identifier: MIT */
/*
 * The kinds of networking that are one BPF_LINK_CREATE: interfaces, network namespaces, netfilter,
 * sockmaps.
 */
#include "link/link.h"
#include "link/pbpf_link_net.h"

#include <stdio.h>

int pbpf_link_tcx(struct pbpf_link **link, int prog_fd, uint32_t ifindex, uint32_t attach_type,
		  const struct pbpf_link_options *opts)
{
	bool netkit = attach_type == PBPF_NETKIT_PRIMARY || attach_type == PBPF_NETKIT_PEER;
	struct pbpf_link_attr attr = {
		.prog_fd = prog_fd,
		.target_fd = (int)ifindex,
		.attach_type = attach_type,
	};
	char target[LINK_TARGET_MAX];

	link_name_target(target, "of interface ", ifindex, attach_type);
	return link_of_create(link, &attr, LINK_NETWORK(netkit ? "netkit" : "tcx"), target, opts);
}

int pbpf_link_netns(struct pbpf_link **link, int prog_fd, int netns_fd, uint32_t attach_type,
		    const struct pbpf_link_options *opts)
{
	struct pbpf_link_attr attr = {
		.prog_fd = prog_fd,
		.target_fd = netns_fd,
		.attach_type = attach_type,
	};
	char target[LINK_TARGET_MAX];

	link_name_target(target, "", (uint32_t)netns_fd, attach_type);
	return link_of_create(link, &attr, LINK_NETWORK("network namespace"), target, opts);
}

int pbpf_link_netfilter(struct pbpf_link **link, int prog_fd, const struct pbpf_netfilter *at,
			const struct pbpf_link_options *opts)
{
	struct pbpf_link_attr attr = {
		.prog_fd = prog_fd,
		.attach_type = PBPF_NETFILTER,
		.netfilter = {at->family, at->hook, at->priority, at->flags},
	};
	char target[64];

	snprintf(target, sizeof(target), "family %u, hook %u, priority %d", at->family, at->hook,
		 at->priority);
	return link_of_create(link, &attr, LINK_NETWORK("netfilter"), target, opts);
}

int pbpf_link_sockmap(struct pbpf_link **link, int prog_fd, int map_fd, uint32_t attach_type,
		      const struct pbpf_link_options *opts)
{
	const struct pbpf_env *env = link_env(opts);
	struct pbpf_link_attr attr = {
		.prog_fd = prog_fd,
		.target_fd = map_fd,
		.attach_type = attach_type,
	};
	struct pbpf_attach_attr old = {
		.target_fd = map_fd,
		.prog_fd = prog_fd,
		.attach_type = attach_type,
	};
	int fd = pbpf_sys_link_create(env, &attr);
	char target[LINK_TARGET_MAX];

	link_name_target(target, "", (uint32_t)map_fd, attach_type);
	if (fd == -EINVAL)
		return link_prog_attach(link, &old, LINK_NETWORK("sockmap"), target, env);
	return link_made(link, fd, LINK_NETWORK("sockmap"), target, env);
}

int pbpf_link_lirc(struct pbpf_link **link, int prog_fd, int lirc_fd,
		   const struct pbpf_link_options *opts)
{
	struct pbpf_attach_attr attr = {
		.target_fd = lirc_fd,
		.prog_fd = prog_fd,
		.attach_type = PBPF_LIRC_MODE2,
	};
	char target[16];

	snprintf(target, sizeof(target), "%d", lirc_fd);
	return link_prog_attach(link, &attr, LINK_NETWORK("lirc device"), target, link_env(opts));
}
