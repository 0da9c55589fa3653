/* SPDX-License-Identifier: MIT */
/*
 * XDP before Linux 5.9, which knows no link to it: by netlink. The program stays on the interface until
 * it is taken off; closing the link does.
 */
#include "link/netlink.h"
#include "link/pbpf_link_net.h"

enum {
	XDP_SET_LINK = 19, /* RTM_SETLINK */
	XDP_FD = 1,	   /* in NETLINK_XDP */
	XDP_FLAGS = 3,
	XDP_IF_NOEXIST = 1, /* a flag */
};

/* prog_fd -1: takes off what is there. */
static struct netlink_request xdp_request(int ifindex, int prog_fd, uint32_t flags)
{
	struct link_body body = {.ifindex = ifindex};
	struct netlink_request r = netlink_request(XDP_SET_LINK, 0, &body, sizeof(body));
	size_t nest = netlink_nest(&r, NETLINK_XDP | NETLINK_NESTED);

	netlink_put(&r, XDP_FD, &prog_fd, sizeof(prog_fd));
	netlink_put(&r, XDP_FLAGS, &flags, sizeof(flags));
	netlink_nest_end(&r, nest);
	return r;
}

static int undo_xdp(const struct pbpf_env *env, const struct link_undo *undo)
{
	struct netlink_request r = xdp_request(undo->target, -1, undo->flags);

	return netlink_exchange(env, &r, NULL, NULL);
}

int link_xdp_compat(struct pbpf_link **link, int prog_fd, int ifindex, uint32_t mode,
		    const char *target, const struct pbpf_env *env)
{
	struct link_undo undo = {
		.end = undo_xdp,
		.target = ifindex,
		.prog_fd = -1,
		.flags = mode,
	};
	struct netlink_request r = xdp_request(ifindex, prog_fd, mode | XDP_IF_NOEXIST);
	int err = netlink_exchange(env, &r, NULL, NULL);

	if (err)
		return link_refused(env, err, LINK_NETWORK("XDP"), target, r.said);
	env_step(env, AT(STAGE_LINK, target, 0),
		 "attached to XDP %s, by netlink as this kernel has no link to it", target);
	return link_of_undo(link, -1, &undo, env);
}

int pbpf_xdp_detach(uint32_t ifindex, uint32_t flags, const struct pbpf_env *env)
{
	struct netlink_request r = xdp_request((int)ifindex, -1, flags);
	int err = netlink_exchange(env, &r, NULL, NULL);
	char hint[HINT_MAX];

	if (!err)
		return 0;
	return env_fail(env, err, AT(STAGE_LINK, NULL, 0),
			err == -EBUSY ? "a link has it: detach the link"
				      : refusal_hint_of_link(err, NEEDS_NET_ADMIN, hint),
			"the program of XDP cannot be taken off interface %u: %s %s", ifindex,
			pbpf_error_name(err), r.said);
}
