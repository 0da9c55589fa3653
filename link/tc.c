/* SPDX-License-Identifier: MIT */
/*
 * Traffic control by way of a qdisc: what there was before tcx, and still is.
 *
 *	interface ── qdisc "clsact" ─┬─ ingress ── filter "bpf", priority 1, handle 1 ── program
 *	                             └─ egress  ── filters, by ascending priority
 */
#include "link/netlink.h"
#include "link/pbpf_link_net.h"

#include <stdio.h>
#include <string.h>

/* From linux/rtnetlink.h, linux/pkt_sched.h and linux/pkt_cls.h. */
enum {
	TC_NEW_QDISC = 36,
	TC_DEL_QDISC = 37,
	TC_NEW_FILTER = 44,
	TC_DEL_FILTER = 45,
	TC_GET_FILTER = 46,
	TC_KIND = 1,
	TC_OPTIONS = 2,
	TC_BPF_FD = 6,
	TC_BPF_NAME = 7,
	TC_BPF_FLAGS = 8,
	TC_BPF_ID = 11,
	TC_BPF_DIRECT_ACTION = 1, /* what the program returns is done */
	TC_ALL_PROTOCOLS = 3,	  /* ETH_P_ALL */
};
#define TC_CLSACT      0xfffffff1u
#define TC_CLSACT_SELF 0xffff0000u
#define TC_INGRESS     0xfffffff2u
#define TC_EGRESS      0xfffffff3u

/* The kernel's struct tcmsg. */
struct tc_body {
	uint8_t family, hole[3];
	int32_t ifindex;
	uint32_t handle, parent, info;
};

static struct netlink_request qdisc_request(uint16_t type, uint16_t flags, uint32_t ifindex)
{
	struct tc_body body = {
		.ifindex = (int32_t)ifindex,
		.handle = TC_CLSACT_SELF,
		.parent = TC_CLSACT,
	};
	struct netlink_request r = netlink_request(type, flags, &body, sizeof(body));

	netlink_put(&r, TC_KIND, "clsact", sizeof("clsact"));
	return r;
}

static struct netlink_request filter_request(uint16_t type, uint16_t flags,
					     const struct pbpf_tc *at)
{
	uint16_t protocol = host_big_endian() ? TC_ALL_PROTOCOLS : TC_ALL_PROTOCOLS << 8;
	struct tc_body body = {
		.ifindex = (int32_t)at->ifindex,
		.handle = at->handle,
		.parent = at->egress ? TC_EGRESS : TC_INGRESS,
		.info = at->priority << 16 | protocol,
	};
	struct netlink_request r = netlink_request(type, flags, &body, sizeof(body));

	netlink_put(&r, TC_KIND, "bpf", sizeof("bpf"));
	return r;
}

/* What the kernel tells of a filter. */
struct tc_seen {
	bool any;
	uint32_t handle, priority, prog_id;
};

static int look_at_filter(void *ctx, uint16_t message, struct reader *body)
{
	struct tc_seen *seen = ctx;
	struct reader attribute, option;
	uint16_t type;

	if (message != TC_NEW_FILTER)
		return 0;
	reader_skip(body, 8);
	seen->handle = read_u32(body);
	read_u32(body); /* parent */
	seen->priority = read_u32(body) >> 16;
	if (body->failed)
		return -EBADMSG;
	seen->any = true;
	while (netlink_next(body, &type, &attribute))
		while (type == TC_OPTIONS && netlink_next(&attribute, &type, &option)) {
			if (type == TC_BPF_ID)
				seen->prog_id = read_u32(&option);
			type = TC_OPTIONS;
		}
	return 0;
}

static void tc_words(const struct pbpf_tc *at, char *words, size_t size)
{
	snprintf(words, size, "%s of interface %u", at->egress ? "egress" : "ingress", at->ifindex);
}

static int undo_tc(const struct pbpf_env *env, const struct link_undo *undo)
{
	struct pbpf_tc at = {
		.ifindex = (uint32_t)undo->target,
		.egress = undo->flags,
		.handle = undo->handle,
		.priority = undo->priority,
	};
	struct netlink_request r = filter_request(TC_DEL_FILTER, 0, &at);

	return netlink_exchange(env, &r, NULL, NULL);
}

/* Adds or replaces the filter; fills in the handle and priority that the kernel chose. */
static int add_filter(const struct pbpf_env *env, int prog_fd, const struct pbpf_tc *at,
		      struct tc_seen *seen)
{
	uint16_t flags =
		NETLINK_CREATE | NETLINK_ECHO | (at->replace ? NETLINK_REPLACE : NETLINK_EXCL);
	struct netlink_request r = filter_request(TC_NEW_FILTER, flags, at);
	size_t options = netlink_nest(&r, TC_OPTIONS | NETLINK_NESTED);
	uint32_t direct = TC_BPF_DIRECT_ACTION, fd = (uint32_t)prog_fd;

	netlink_put(&r, TC_BPF_FD, &fd, sizeof(fd));
	netlink_put(&r, TC_BPF_NAME, "plainbpf", sizeof("plainbpf"));
	netlink_put(&r, TC_BPF_FLAGS, &direct, sizeof(direct));
	netlink_nest_end(&r, options);
	return netlink_exchange(env, &r, look_at_filter, seen);
}

int pbpf_link_tc(struct pbpf_link **link, int prog_fd, struct pbpf_tc *at,
		 const struct pbpf_link_options *opts)
{
	const struct pbpf_env *env = link_env(opts);
	struct netlink_request qdisc =
		qdisc_request(TC_NEW_QDISC, NETLINK_CREATE | NETLINK_EXCL, at->ifindex);
	struct tc_seen seen = {.handle = at->handle, .priority = at->priority};
	struct link_undo undo;
	char target[48];
	int err = netlink_exchange(env, &qdisc, NULL, NULL);

	if (!err || err == -EEXIST)
		err = add_filter(env, prog_fd, at, &seen);
	tc_words(at, target, sizeof(target));
	if (err)
		return link_refused(env, err, "tc", target);
	undo = (struct link_undo){
		.end = undo_tc,
		.target = (int)at->ifindex,
		.prog_fd = -1,
		.flags = at->egress,
		.handle = seen.handle,
		.priority = seen.priority,
	};
	err = link_of_undo(link, -1, &undo, env);
	if (err)
		return err;
	env_step(env, AT(STAGE_LINK, target, 0), "attached to tc %s, priority %u, handle %u",
		 target, seen.priority, seen.handle);
	at->handle = seen.handle;
	at->priority = seen.priority;
	return 0;
}

int pbpf_tc_query(const struct pbpf_tc *at, uint32_t *prog_id, const struct pbpf_env *env)
{
	struct netlink_request r = filter_request(TC_GET_FILTER, NETLINK_ECHO, at);
	struct tc_seen seen = {0};
	char target[48];
	int err = netlink_exchange(env, &r, look_at_filter, &seen);

	/* Without any filter there is no list to look into, and the kernel says -EINVAL
	 * (net/sched/cls_api.c, tc_get_tfilter()). */
	if (err == -EINVAL || (!err && !seen.any))
		err = -ENOENT;
	tc_words(at, target, sizeof(target));
	if (err)
		return env_fail(env, err, AT(STAGE_LINK, target, 0),
				"`tc filter show` lists them, with priority (pref) and handle",
				"the kernel does not tell about filter %u of priority %u at %s: %s",
				at->handle, at->priority, target, pbpf_error_name(err));
	*prog_id = seen.prog_id;
	return 0;
}

int pbpf_tc_destroy(uint32_t ifindex, const struct pbpf_env *env)
{
	struct netlink_request r = qdisc_request(TC_DEL_QDISC, 0, ifindex);
	int err = netlink_exchange(env, &r, NULL, NULL);

	if (!err)
		return 0;
	return env_fail(env, err, AT(STAGE_LINK, NULL, 0), refusal_hint_of_link(err),
			"the qdisc clsact of interface %u cannot be removed: %s", ifindex,
			pbpf_error_name(err));
}
