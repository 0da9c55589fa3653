/* SPDX-License-Identifier: MIT */
/*
 * Which programs are at the XDP of interfaces: netlink tells them among all that it knows about one.
 */
#include "link/netlink.h"
#include "link/pbpf_link_query.h"

#include <string.h>

enum {
	LINK_NEW = 16, /* RTM_NEWLINK, RTM_GETLINK */
	LINK_GET = 18,
	LINK_NAME = 3, /* IFLA_IFNAME; and in NETLINK_XDP: */
	XDP_STATE = 2,
	XDP_PROG = 4,
	XDP_DRIVER_PROG = 5,
	XDP_GENERIC_PROG = 6,
	XDP_OFFLOAD_PROG = 7,
};

struct xdp_walk {
	int (*fn)(void *ctx, const struct pbpf_xdp_interface *interface);
	void *ctx;
	bool stopped; /* by fn() */
};

static void read_xdp(struct reader *body, struct pbpf_xdp_interface *interface)
{
	struct reader data;
	uint32_t only = 0;
	uint16_t type;

	while (netlink_next(body, &type, &data))
		switch (type) {
		case XDP_STATE: interface->state = read_u8(&data); break;
		case XDP_PROG: only = read_u32(&data); break;
		case XDP_DRIVER_PROG: interface->driver_id = read_u32(&data); break;
		case XDP_GENERIC_PROG: interface->generic_id = read_u32(&data); break;
		case XDP_OFFLOAD_PROG: interface->offload_id = read_u32(&data); break;
		default: break;
		}
	/* Before Linux 4.20 there is one program, and one attribute for it. */
	if (interface->state == PBPF_XDP_IN_DRIVER && !interface->driver_id)
		interface->driver_id = only;
	if (interface->state == PBPF_XDP_IN_STACK && !interface->generic_id)
		interface->generic_id = only;
	if (interface->state == PBPF_XDP_IN_DEVICE && !interface->offload_id)
		interface->offload_id = only;
}

static int look_at_interface(void *ctx, uint16_t message, struct reader *body)
{
	struct xdp_walk *walk = ctx;
	struct pbpf_xdp_interface interface = {0};
	struct reader data;
	uint16_t type;
	int err;

	if (message != LINK_NEW)
		return 0;
	read_u32(body); /* family and type */
	interface.ifindex = read_u32(body);
	read_u32(body);
	read_u32(body);
	if (body->failed)
		return -EBADMSG;
	while (netlink_next(body, &type, &data))
		if (type == LINK_NAME)
			netlink_text(&data, interface.name, sizeof(interface.name));
		else if (type == NETLINK_XDP)
			read_xdp(&data, &interface);
	err = walk->fn(walk->ctx, &interface);
	walk->stopped = err < 0;
	return err;
}

int pbpf_xdp_each(uint32_t ifindex,
		  int (*fn)(void *ctx, const struct pbpf_xdp_interface *interface), void *ctx,
		  const struct pbpf_env *env)
{
	struct link_body body = {.ifindex = (int32_t)ifindex};
	struct netlink_request r =
		netlink_request(LINK_GET, ifindex ? 0 : NETLINK_DUMP, &body, sizeof(body));
	struct xdp_walk walk = {fn, ctx, false};
	int err = netlink_exchange(env, &r, look_at_interface, &walk);

	if (!err || walk.stopped)
		return err;
	return env_fail(
		env, err, AT(STAGE_LINK, NULL, 0),
		err == -ENODEV ? "`ip link` lists the interfaces of this network namespace" : NULL,
		"netlink does not tell about interface %u: %s", ifindex, pbpf_error_name(err));
}
