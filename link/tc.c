/* SPDX-License-Identifier: MIT */
/*
 * Traffic control by way of a qdisc: what there was before tcx, and still is.
 *
 *	interface ── qdisc "clsact" ─┬─ ingress ── filter "bpf", priority 1, handle 1 ── program
 *	                             └─ egress  ── filters, by ascending priority
 */
#include "link/tc.h"
#include "link/pbpf_link_net.h"

#include <stdio.h>

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
		.parent = at->egress ? PBPF_TC_EGRESS : PBPF_TC_INGRESS,
		.info = at->priority << 16 | protocol,
	};
	struct netlink_request r = netlink_request(type, flags, &body, sizeof(body));

	netlink_put(&r, TC_KIND, "bpf", sizeof("bpf"));
	return r;
}

static int look_at_filter(void *ctx, uint16_t message, struct reader *body)
{
	return message == TC_NEW_FILTER ? tc_read_filter(body, ctx) : 0;
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

static struct netlink_request new_filter_request(int prog_fd, const struct pbpf_tc *at)
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
	return r;
}

int pbpf_link_tc(struct pbpf_link **link, int prog_fd, struct pbpf_tc *at,
		 const struct pbpf_link_options *opts)
{
	const struct pbpf_env *env = link_env(opts);
	struct netlink_request r =
		qdisc_request(TC_NEW_QDISC, NETLINK_CREATE | NETLINK_EXCL, at->ifindex);
	/* The answer tells the handle and priority that the kernel chose. */
	struct pbpf_tc_filter seen = {.handle = at->handle, .priority = at->priority};
	struct link_undo undo;
	char target[48];
	int err = netlink_exchange(env, &r, NULL, NULL);

	if (!err || err == -EEXIST) {
		r = new_filter_request(prog_fd, at);
		err = netlink_exchange(env, &r, look_at_filter, &seen);
	}
	tc_words(at, target, sizeof(target));
	if (err)
		return link_refused(env, err, LINK_NETWORK("tc"), target, r.said);
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
	struct pbpf_tc_filter seen = {0};
	char target[48];
	int err = netlink_exchange(env, &r, look_at_filter, &seen);

	/* Without any filter there is no list to look into, and the kernel says -EINVAL
	 * (net/sched/cls_api.c, tc_get_tfilter()). */
	if (err == -EINVAL || (!err && !seen.ifindex))
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

int pbpf_tc_detach(const struct pbpf_tc *at, const struct pbpf_env *env)
{
	struct netlink_request r = filter_request(TC_DEL_FILTER, 0, at);
	int err = netlink_exchange(env, &r, NULL, NULL);
	char target[48], hint[HINT_MAX];

	if (!err)
		return 0;
	tc_words(at, target, sizeof(target));
	return env_fail(env, err, AT(STAGE_LINK, target, 0),
			err == -ENOENT || err == -EINVAL
				? "`tc filter show` lists them, with priority (pref) and handle"
				: refusal_hint_of_link(err, NEEDS_NET_ADMIN, hint),
			"filter %u of priority %u at %s cannot be removed: %s %s", at->handle,
			at->priority, target, pbpf_error_name(err), r.said);
}

int pbpf_tc_destroy(uint32_t ifindex, const struct pbpf_env *env)
{
	struct netlink_request r = qdisc_request(TC_DEL_QDISC, 0, ifindex);
	int err = netlink_exchange(env, &r, NULL, NULL);
	char hint[HINT_MAX];

	if (!err)
		return 0;
	return env_fail(env, err, AT(STAGE_LINK, NULL, 0),
			refusal_hint_of_link(err, NEEDS_NET_ADMIN, hint),
			"the qdisc clsact of interface %u cannot be removed: %s %s", ifindex,
			pbpf_error_name(err), r.said);
}
