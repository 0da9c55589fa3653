/* SPDX-License-Identifier: MIT */
/*
 * What is attached where, as the kernel tells it, is what the test attached.
 */
#include "link/pbpf_link_query.h"
#include "net_fixture.h"
#include "relo/pbpf_insn.h"

static uint32_t prog_id(const struct live *live, const char *name)
{
	struct pbpf_prog_info info = {0};
	uint32_t size = sizeof(info);

	ck_assert_int_eq(pbpf_sys_obj_info(NULL, prog_fd(live, name), &info, &size), 0);
	return info.id;
}

static uint32_t link_id(const struct pbpf_link *link)
{
	struct pbpf_link_info info = {0};

	ck_assert_int_eq(pbpf_link_info(link, &info), 0);
	return info.id;
}

/* What a walk has found. */
struct found {
	unsigned int count;
	struct pbpf_xdp_interface left, right;
	struct pbpf_tc_filter filters[4];
	int stop; /* what the walk is told at the first */
};

static int find_interface(void *ctx, const struct pbpf_xdp_interface *interface)
{
	struct found *found = ctx;

	if (!strcmp(interface->name, "left"))
		found->left = *interface;
	if (!strcmp(interface->name, "right"))
		found->right = *interface;
	found->count++;
	return found->stop;
}

START_TEST(xdp_by_interface)
{
	struct pbpf_link_options opts = {.flags = PBPF_XDP_GENERIC};
	struct pbpf_link *link = NULL, *driver = NULL;
	struct found found = {0}, one = {0}, stopped = {.stop = -ECANCELED};
	struct live *live;
	uint32_t left, right;

	NEEDS_NETWORK();
	left = if_nametoindex("left");
	right = if_nametoindex("right");
	live = live_load_what_may("attach.bpf");
	opts.env = &live->env;
	ck_assert_int_eq(pbpf_link_xdp(&link, prog_fd(live, "count_xdp"), left, &opts), 0);
	opts.flags = PBPF_XDP_DRIVER;
	ck_assert_int_eq(pbpf_link_xdp(&driver, prog_fd(live, "drop_xdp"), right, &opts), 0);

	ck_assert_int_eq(pbpf_xdp_each(0, find_interface, &found, &live->env), 0);
	ck_assert_uint_ge(found.count, 3); /* lo too */
	ck_assert_uint_eq(found.left.ifindex, left);
	ck_assert_int_eq(found.left.state, PBPF_XDP_IN_STACK);
	ck_assert_uint_eq(found.left.generic_id, prog_id(live, "count_xdp"));
	ck_assert_uint_eq(found.left.driver_id, 0);
	ck_assert_int_eq(found.right.state, PBPF_XDP_IN_DRIVER);
	ck_assert_uint_eq(found.right.driver_id, prog_id(live, "drop_xdp"));
	pbpf_link_close(driver);

	ck_assert_int_eq(pbpf_xdp_each(right, find_interface, &one, &live->env), 0);
	ck_assert_uint_eq(one.count, 1);
	ck_assert_int_eq(one.right.state, PBPF_XDP_NONE);
	ck_assert_int_eq(pbpf_xdp_each(0, find_interface, &stopped, &live->env), -ECANCELED);
	ck_assert_uint_eq(stopped.count, 1);
	ck_assert_uint_eq(live->host.messages[PBPF_ERROR], 0);
	ck_assert_int_eq(pbpf_xdp_each(9999, find_interface, &one, &live->env), -ENODEV);
	ck_assert_uint_eq(live->host.messages[PBPF_ERROR], 1);
	pbpf_link_close(link);
	live_close(live);
}
END_TEST

static int find_filter(void *ctx, const struct pbpf_tc_filter *filter)
{
	struct found *found = ctx;

	ck_assert_uint_lt(found->count, 4);
	found->filters[found->count++] = *filter;
	return found->stop;
}

START_TEST(filters_of_traffic_control)
{
	struct pbpf_link_options opts = {0};
	struct pbpf_link *links[3] = {NULL};
	struct pbpf_tc in = {0}, first = {.priority = 7}, out = {.egress = true};
	struct found found = {0}, none = {0}, stopped = {.stop = -ECANCELED};
	struct live *live;

	NEEDS_NETWORK();
	live = live_load_what_may("attach.bpf");
	opts.env = &live->env;
	in.ifindex = first.ifindex = out.ifindex = if_nametoindex("left");
	ck_assert_int_eq(pbpf_link_tc(&links[0], prog_fd(live, "count_tcx"), &in, &opts), 0);
	ck_assert_int_eq(pbpf_link_tc(&links[1], prog_fd(live, "count_first"), &first, &opts), 0);
	ck_assert_int_eq(pbpf_link_tc(&links[2], prog_fd(live, "count_tcx"), &out, &opts), 0);

	ck_assert_int_eq(pbpf_tc_each(0, find_filter, &found, &live->env), 0);
	ck_assert_uint_eq(found.count, 3);
	ck_assert_uint_eq(found.filters[0].ifindex, in.ifindex);
	ck_assert_uint_eq(found.filters[0].parent, PBPF_TC_INGRESS);
	ck_assert_uint_eq(found.filters[0].priority, 7);
	ck_assert_uint_eq(found.filters[0].handle, first.handle);
	ck_assert_uint_eq(found.filters[0].protocol, 3);
	ck_assert_uint_eq(found.filters[0].prog_id, prog_id(live, "count_first"));
	ck_assert_str_eq(found.filters[0].name, "plainbpf");
	ck_assert(found.filters[0].direct);
	ck_assert_uint_eq(found.filters[1].prog_id, prog_id(live, "count_tcx"));
	ck_assert_uint_eq(found.filters[2].parent, PBPF_TC_EGRESS);
	ck_assert_int_eq(pbpf_tc_each(if_nametoindex("right"), find_filter, &none, &live->env), 0);
	ck_assert_uint_eq(none.count, 0);
	ck_assert_int_eq(pbpf_tc_each(0, find_filter, &stopped, &live->env), -ECANCELED);
	for (int i = 0; i < 3; i++)
		pbpf_link_close(links[i]);
	live_close(live);
}
END_TEST

/* Is the list one of these programs and links, in this order? */
static void must_list(struct live *live, int target, uint32_t attach_type, uint32_t count,
		      const uint32_t *programs, struct pbpf_link *const *links)
{
	struct pbpf_attached_list list;
	int err = pbpf_attached_query(&list, target, attach_type, 0, &live->env);

	ck_assert_msg(!err, "%s", pbpf_error_name(err));
	ck_assert_uint_eq(list.count, count);
	for (uint32_t i = 0; i < count; i++) {
		ck_assert_uint_eq(list.programs[i].prog_id, programs[i]);
		if (links)
			ck_assert_uint_eq(list.programs[i].link_id, link_id(links[i]));
	}
	pbpf_attached_free(&list, &live->env);
}

START_TEST(lists_of_interfaces)
{
	struct pbpf_link_options opts = {.flags = PBPF_F_BEFORE};
	struct pbpf_link *links[2] = {NULL};
	uint32_t ids[2], left;
	struct live *live;

	NEEDS_NETWORK();
	NEEDS_LINUX(6, 6);
	left = if_nametoindex("left");
	live = live_load_what_may("attach.bpf");
	opts.env = &live->env;
	must_list(live, (int)left, PBPF_TCX_INGRESS, 0, NULL, NULL);
	/* A program may be in the list once; each new one is put in front. */
	ids[1] = prog_id(live, "count_tcx");
	ck_assert_int_eq(
		pbpf_link_tcx(&links[1], prog_fd(live, "count_tcx"), left, PBPF_TCX_INGRESS, &opts),
		0);
	must_list(live, (int)left, PBPF_TCX_INGRESS, 1, ids + 1, links + 1);
	ids[0] = prog_id(live, "count_first");
	ck_assert_int_eq(pbpf_link_tcx(&links[0], prog_fd(live, "count_first"), left,
				       PBPF_TCX_INGRESS, &opts),
			 0);
	must_list(live, (int)left, PBPF_TCX_INGRESS, 2, ids, links);
	pbpf_link_close(links[0]);
	pbpf_link_close(links[1]);
	must_list(live, (int)left, PBPF_TCX_INGRESS, 0, NULL, NULL);
	live_close(live);
}
END_TEST

/* More programs than there is room for at first. */
START_TEST(long_lists)
{
	enum { MANY = 40 };
	static const struct pbpf_insn insns[2] = {{.code = 0xb7, .imm = -1},
						  {.code = PBPF_OP_EXIT}};
	struct pbpf_prog_attr attr = {.type = PBPF_PROG_TYPE_SCHED_CLS,
				      .insns = insns,
				      .insn_count = 2,
				      .license = "GPL"};
	struct pbpf_link_options opts = {0};
	struct pbpf_link *links[MANY] = {NULL};
	uint32_t ids[MANY], left, size;
	struct live *live;

	NEEDS_NETWORK();
	NEEDS_LINUX(6, 6);
	left = if_nametoindex("left");
	live = live_load_what_may("attach.bpf");
	opts.env = &live->env;
	for (int i = 0; i < MANY; i++) {
		struct pbpf_prog_info info = {0};
		int fd = pbpf_sys_prog_load(NULL, &attr, NULL);

		size = sizeof(info);
		ck_assert_int_eq(pbpf_sys_obj_info(NULL, fd, &info, &size), 0);
		ids[i] = info.id;
		ck_assert_int_eq(pbpf_link_tcx(&links[i], fd, left, PBPF_TCX_EGRESS, &opts), 0);
		close(fd);
	}
	must_list(live, (int)left, PBPF_TCX_EGRESS, MANY, ids, links);
	for (int i = 0; i < MANY; i++)
		pbpf_link_close(links[i]);
	live_close(live);
}
END_TEST

START_TEST(lists_of_a_cgroup)
{
	struct pbpf_link_options opts = {0};
	struct pbpf_attached_list list;
	struct pbpf_link *link = NULL;
	struct live *live;
	uint32_t id;
	int fd;

	NEEDS_NETWORK();
	fd = make_cgroup();
	if (fd < 0)
		SKIP("there is no cgroup2 to make a group in");
	live = live_load_what_may("attach.bpf");
	opts.env = &live->env;
	must_list(live, fd, PBPF_CGROUP_INET_EGRESS, 0, NULL, NULL);
	ck_assert_int_eq(pbpf_link_cgroup(&link, prog_fd(live, "count_egress"), fd,
					  PBPF_CGROUP_INET_EGRESS, &opts),
			 0);
	id = prog_id(live, "count_egress");
	must_list(live, fd, PBPF_CGROUP_INET_EGRESS, 1, &id, NULL);
	ck_assert_int_eq(pbpf_attached_query(&list, fd, PBPF_CGROUP_INET_EGRESS,
					     PBPF_F_QUERY_EFFECTIVE, &live->env),
			 0);
	ck_assert_uint_ge(list.count, 1);
	pbpf_attached_free(&list, &live->env);
	ck_assert_int_eq(pbpf_attached_query(&list, fd, 9999, 0, &live->env), -EINVAL);
	pbpf_link_close(link);
	live_close(live);
	close(fd);
	ck_assert_int_eq(rmdir(cgroup_path), 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("live: what is attached");
	TCase *c = tcase_create("query");

	tcase_set_timeout(c, 60);
	tcase_add_test(c, xdp_by_interface);
	tcase_add_test(c, filters_of_traffic_control);
	tcase_add_test(c, lists_of_interfaces);
	tcase_add_test(c, long_lists);
	tcase_add_test(c, lists_of_a_cgroup);
	suite_add_tcase(s, c);
	return s;
}
