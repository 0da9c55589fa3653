/* SPDX-License-Identifier: MIT */
/*
 * Control groups: a program sees what the processes of a cgroup, and of those below it, do.
 */
#include "link/link.h"
#include "link/pbpf_link_net.h"

/* A kernel before 5.7 knows neither links nor an order; and with an order asked for, only a link
 * will do. */
static bool link_may_be_left_out(const struct pbpf_link_options *opts)
{
	return !opts || (!(opts->flags & ~(uint32_t)PBPF_F_ALLOW_OVERRIDE) && !opts->relative_fd &&
			 !opts->expected_revision);
}

int pbpf_link_cgroup(struct pbpf_link **link, int prog_fd, int cgroup_fd, uint32_t attach_type,
		     const struct pbpf_link_options *opts)
{
	const struct pbpf_env *env = link_env(opts);
	bool override = opts && opts->flags & PBPF_F_ALLOW_OVERRIDE;
	struct pbpf_link_attr attr = {
		.prog_fd = prog_fd,
		.target_fd = cgroup_fd,
		.attach_type = attach_type,
		.flags = opts ? opts->flags : 0,
		.relative_fd = opts ? opts->relative_fd : 0,
		.expected_revision = opts ? opts->expected_revision : 0,
	};
	struct pbpf_attach_attr old = {
		.target_fd = cgroup_fd,
		.prog_fd = prog_fd,
		.attach_type = attach_type,
		.flags = override ? PBPF_F_ALLOW_OVERRIDE : PBPF_F_ALLOW_MULTI,
	};
	/* EPERM is either of the two (hierarchy_allows_attach() in kernel/bpf/cgroup.c). */
	const struct link_kind cgroup = {"cgroup", NEEDS_NET_ADMIN
					 "; if you are, programs there, or above it, "
					 "allow no others beside them (override)"};
	int fd = override ? -EINVAL : pbpf_sys_link_create(env, &attr);
	char target[LINK_TARGET_MAX];

	link_name_target(target, "", (uint32_t)cgroup_fd, attach_type);
	if (fd == -EINVAL && link_may_be_left_out(opts))
		return link_prog_attach(link, &old, &cgroup, target, env);
	return link_made(link, fd, &cgroup, target, env);
}
