/* SPDX-License-Identifier: MIT */
/*
 * Which programs are filters of traffic control: first the qdiscs are asked for, then the filters at each
 * of them.
 */
#include "link/tc.h"

#include <string.h>

#define QDISCS_MAX 65536 /* far more than interfaces have */

/* --- One filter -------------------------------------------------------------------------------- */

static void read_bpf_options(struct reader *options, struct pbpf_tc_filter *filter)
{
	const uint8_t *tag;
	struct reader data;
	uint16_t type;

	while (netlink_next(options, &type, &data))
		switch (type) {
		case TC_BPF_ID: filter->prog_id = read_u32(&data); break;
		case TC_BPF_NAME: netlink_text(&data, filter->name, sizeof(filter->name)); break;
		case TC_BPF_FLAGS: filter->direct = read_u32(&data) & TC_BPF_DIRECT_ACTION; break;
		case TC_BPF_TAG:
			tag = read_bytes(&data, sizeof(filter->tag));
			if (tag)
				memcpy(filter->tag, tag, sizeof(filter->tag));
			break;
		default: break;
		}
}

/* The numbers of the attributes in TC_OPTIONS are another kind's where the kind is not "bpf". */
int tc_read_filter(struct reader *body, struct pbpf_tc_filter *filter)
{
	struct pbpf_tc_filter f = {0};
	struct reader data, options = {.failed = true};
	char kind[16] = "bpf";
	uint32_t info;
	uint16_t type;

	read_u32(body); /* family */
	f.ifindex = read_u32(body);
	f.handle = read_u32(body);
	f.parent = read_u32(body);
	info = read_u32(body);
	if (body->failed)
		return -EBADMSG;
	f.priority = info >> 16;
	/* In the network's byte order. */
	f.protocol = host_big_endian() ? (uint16_t)info : __builtin_bswap16((uint16_t)info);
	while (netlink_next(body, &type, &data))
		if (type == TC_KIND)
			netlink_text(&data, kind, sizeof(kind));
		else if (type == TC_OPTIONS)
			options = data;
	if (!strcmp(kind, "bpf") && !options.failed)
		read_bpf_options(&options, &f);
	*filter = f;
	return 0;
}

/* --- All --------------------------------------------------------------------------------------- */

struct qdisc {
	uint32_t ifindex, handle;
	bool clsact;
};

struct qdisc_list {
	const struct pbpf_env *env;
	uint32_t ifindex; /* the one that is asked for; 0: all */
	struct qdisc *list;
	size_t count, room;
};

static int add_qdisc(struct qdisc_list *qdiscs, const struct qdisc *qdisc)
{
	size_t room = qdiscs->room ? qdiscs->room * 2 : 16;
	struct qdisc *grown;

	if (qdiscs->count == QDISCS_MAX)
		return -E2BIG;
	if (qdiscs->count == qdiscs->room) {
		grown = env_resize(qdiscs->env, qdiscs->list, qdiscs->room, room, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		qdiscs->list = grown;
		qdiscs->room = room;
	}
	qdiscs->list[qdiscs->count++] = *qdisc;
	return 0;
}

static int look_at_qdisc(void *ctx, uint16_t message, struct reader *body)
{
	struct qdisc_list *qdiscs = ctx;
	struct qdisc qdisc;
	struct reader data;
	char kind[16] = "";
	uint16_t type;

	if (message != TC_NEW_QDISC)
		return 0;
	read_u32(body); /* family */
	qdisc.ifindex = read_u32(body);
	qdisc.handle = read_u32(body);
	reader_skip(body, 8);
	if (body->failed)
		return -EBADMSG;
	while (netlink_next(body, &type, &data))
		if (type == TC_KIND)
			netlink_text(&data, kind, sizeof(kind));
	qdisc.clsact = !strcmp(kind, "clsact");
	/* One without a handle is the default, which cannot have filters. */
	if (!qdisc.handle || (qdiscs->ifindex && qdisc.ifindex != qdiscs->ifindex))
		return 0;
	return add_qdisc(qdiscs, &qdisc);
}

struct tc_walk {
	int (*fn)(void *ctx, const struct pbpf_tc_filter *filter);
	void *ctx;
	bool stopped; /* by fn() */
};

static int pass_filter(void *ctx, uint16_t message, struct reader *body)
{
	struct tc_walk *walk = ctx;
	struct pbpf_tc_filter filter;
	int err = message == TC_NEW_FILTER ? tc_read_filter(body, &filter) : 1;

	/* Ahead of its filters, the kernel tells of each priority with handle 0. */
	if (err || !filter.handle || !filter.prog_id)
		return err < 0 ? err : 0;
	err = walk->fn(walk->ctx, &filter);
	walk->stopped = err < 0;
	return err;
}

static int dump_filters(const struct pbpf_env *env, const struct qdisc *qdisc, uint32_t parent,
			struct tc_walk *walk)
{
	struct tc_body body = {.ifindex = (int32_t)qdisc->ifindex, .parent = parent};
	struct netlink_request r =
		netlink_request(TC_GET_FILTER, NETLINK_DUMP, &body, sizeof(body));

	return netlink_exchange(env, &r, pass_filter, walk);
}

static int each_of_qdisc(const struct pbpf_env *env, const struct qdisc *qdisc,
			 struct tc_walk *walk)
{
	int err;

	if (!qdisc->clsact)
		return dump_filters(env, qdisc, qdisc->handle, walk);
	err = dump_filters(env, qdisc, PBPF_TC_INGRESS, walk);
	return err < 0 ? err : dump_filters(env, qdisc, PBPF_TC_EGRESS, walk);
}

int pbpf_tc_each(uint32_t ifindex, int (*fn)(void *ctx, const struct pbpf_tc_filter *filter),
		 void *ctx, const struct pbpf_env *env)
{
	struct tc_body body = {.ifindex = (int32_t)ifindex};
	struct netlink_request r = netlink_request(TC_GET_QDISC, NETLINK_DUMP, &body, sizeof(body));
	struct qdisc_list qdiscs = {.env = env, .ifindex = ifindex};
	struct tc_walk walk = {fn, ctx, false};
	int err = netlink_exchange(env, &r, look_at_qdisc, &qdiscs);

	for (size_t i = 0; i < qdiscs.count && err >= 0; i++)
		err = each_of_qdisc(env, &qdiscs.list[i], &walk);
	env_free(env, qdiscs.list, qdiscs.room, sizeof(*qdiscs.list));
	if (err >= 0 || walk.stopped)
		return err < 0 ? err : 0;
	if (err == -ENOMEM)
		return env_no_memory(env, STAGE_LINK, "the filters of traffic control");
	return env_fail(env, err, AT(STAGE_LINK, NULL, 0), NULL,
			"netlink does not tell the filters of traffic control: %s",
			pbpf_error_name(err));
}
