/* SPDX-License-Identifier: MIT */
/*
 * Links of networking, against the fake kernel: what it is asked for, the way without a link, and that
 * nothing is left behind.
 */
#include "link/pbpf_link_net.h"
#include "link_fixture.h"

#define IFINDEX	  7
#define TARGET_FD 9

/* The first link that the kernel was asked for. */
static const struct abi_link_create *made(void)
{
	const struct fake_object *link = fake_kernel_nth(&fake, FAKE_LINK, 0);

	ck_assert_ptr_nonnull(link);
	return &link->link;
}

static void close_and_check(struct pbpf_link *link)
{
	pbpf_link_close(link);
	nothing_is_left();
	ck_assert_uint_eq(host.messages[PBPF_ERROR], 0);
}

START_TEST(tcx_in_order)
{
	struct pbpf_link *link = NULL;

	opts.flags = PBPF_F_BEFORE;
	opts.relative_fd = prog_fd;
	opts.expected_revision = 4;
	ck_assert_int_eq(pbpf_link_tcx(&link, prog_fd, IFINDEX, PBPF_TCX_EGRESS, &opts), 0);
	ck_assert_uint_eq(made()->prog_fd, (uint32_t)prog_fd);
	ck_assert_uint_eq(made()->target_fd, IFINDEX);
	ck_assert_uint_eq(made()->attach_type, PBPF_TCX_EGRESS);
	ck_assert_uint_eq(made()->flags, PBPF_F_BEFORE);
	ck_assert_uint_eq(made()->target.number, (uint32_t)prog_fd);
	ck_assert_uint_eq(made()->target.value, 4);
	close_and_check(link);
}
END_TEST

START_TEST(xdp_mode)
{
	struct pbpf_link *link = NULL;

	opts.flags = PBPF_XDP_GENERIC;
	ck_assert_int_eq(pbpf_link_xdp(&link, prog_fd, IFINDEX, &opts), 0);
	ck_assert_uint_eq(made()->attach_type, PBPF_XDP);
	ck_assert_uint_eq(made()->target_fd, IFINDEX);
	ck_assert_uint_eq(made()->flags, PBPF_XDP_GENERIC);
	close_and_check(link);
}
END_TEST

START_TEST(netns_and_netfilter)
{
	struct pbpf_netfilter at = {.family = 2, .hook = 1, .priority = -5, .flags = 1};
	struct pbpf_link *link = NULL;
	const struct fake_object *second;

	ck_assert_int_eq(pbpf_link_netns(&link, prog_fd, TARGET_FD, PBPF_SK_LOOKUP, &opts), 0);
	ck_assert_uint_eq(made()->attach_type, PBPF_SK_LOOKUP);
	ck_assert_uint_eq(made()->target_fd, TARGET_FD);
	pbpf_link_close(link);
	ck_assert_int_eq(pbpf_link_netfilter(&link, prog_fd, &at, &opts), 0);
	second = fake_kernel_nth(&fake, FAKE_LINK, 1);
	ck_assert_uint_eq(second->link.netfilter.pf, 2);
	ck_assert_uint_eq(second->link.netfilter.hooknum, 1);
	ck_assert_int_eq(second->link.netfilter.priority, -5);
	ck_assert_uint_eq(second->link.netfilter.flags, 1);
	close_and_check(link);
}
END_TEST

/* A map stands for the cgroup: the fake kernel can copy its fd. */
static int target(void)
{
	struct pbpf_map_attr attr = {
		.type = PBPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1};

	return pbpf_sys_map_create(&env, &attr);
}

static int attach_cgroup(struct pbpf_link **link, int fd)
{
	return pbpf_link_cgroup(link, prog_fd, fd, PBPF_CGROUP_INET_EGRESS, &opts);
}

static int attach_sockmap(struct pbpf_link **link, int fd)
{
	return pbpf_link_sockmap(link, prog_fd, fd, PBPF_SK_SKB_VERDICT, &opts);
}

static int attach_lirc(struct pbpf_link **link, int fd)
{
	return pbpf_link_lirc(link, prog_fd, fd, &opts);
}

static int (*const ways[])(struct pbpf_link **link, int fd) = {attach_cgroup, attach_sockmap,
							       attach_lirc};
#define WAYS 3

START_TEST(by_link)
{
	struct pbpf_link *link = NULL;

	ck_assert_int_eq(ways[_i](&link, TARGET_FD), 0);
	ck_assert_uint_eq(made()->target_fd, TARGET_FD);
	ck_assert_uint_eq(fake.commands[PBPF_PROG_ATTACH], 0);
	close_and_check(link);
	ck_assert_uint_eq(fake.commands[PBPF_PROG_DETACH], 0);
}
END_TEST

START_TEST(without_link)
{
	struct pbpf_link *link = NULL;
	int fd = target();

	fake.refuse[PBPF_LINK_CREATE] = EINVAL;
	ck_assert_int_eq(ways[_i](&link, fd), 0);
	ck_assert_uint_eq(fake.commands[PBPF_PROG_ATTACH], 1);
	ck_assert_uint_eq(fake.commands[PBPF_PROG_DETACH], 0);
	ck_assert_ptr_nonnull(strstr(host.notes, "without a link of the kernel's"));
	ck_assert_int_eq(pbpf_link_detach(link), 0);
	ck_assert_uint_eq(fake.commands[PBPF_PROG_DETACH], 1);
	pbpf_sys_close(&env, fd);
	close_and_check(link);
	ck_assert_uint_eq(fake.commands[PBPF_PROG_DETACH], 1);
}
END_TEST

START_TEST(closing_detaches)
{
	struct pbpf_link *link = NULL;
	int fd = target();

	fake.refuse[PBPF_LINK_CREATE] = EINVAL;
	ck_assert_int_eq(ways[_i](&link, fd), 0);
	pbpf_sys_close(&env, fd);
	close_and_check(link);
	ck_assert_uint_eq(fake.commands[PBPF_PROG_DETACH], 1);
}
END_TEST

START_TEST(an_override_is_never_a_link)
{
	struct pbpf_link *link = NULL;
	int fd = target();

	opts.flags = PBPF_F_ALLOW_OVERRIDE;
	ck_assert_int_eq(attach_cgroup(&link, fd), 0);
	ck_assert_uint_eq(fake.commands[PBPF_LINK_CREATE], 0);
	ck_assert_uint_eq(fake.commands[PBPF_PROG_ATTACH], 1);
	pbpf_sys_close(&env, fd);
	close_and_check(link);
}
END_TEST

START_TEST(an_order_needs_a_link)
{
	struct pbpf_link *link = NULL;

	opts.flags = PBPF_F_BEFORE;
	fake.refuse[PBPF_LINK_CREATE] = EINVAL;
	ck_assert_int_eq(attach_cgroup(&link, TARGET_FD), -EINVAL);
	ck_assert_uint_eq(fake.commands[PBPF_PROG_ATTACH], 0);
	ck_assert_uint_eq(host.messages[PBPF_ERROR], 1);
	ck_assert_ptr_null(link);
	nothing_is_left();
}
END_TEST

/* The n-th call or allocation fails; expects one message, and nothing left. */
START_TEST(nothing_leaks)
{
	for (unsigned int memory = 0; memory < 2; memory++) {
		bool failed = true;

		for (unsigned int n = 1; failed || n < 8; n++) {
			struct pbpf_link *link = NULL;
			int fd = target();

			fake.refuse[PBPF_LINK_CREATE] = EINVAL;
			host.allocations = fake.calls = 0;
			host.fail_at = memory ? n : 0;
			fake.fail_at = memory ? 0 : n;
			memset(host.messages, 0, sizeof(host.messages));
			failed = ways[_i](&link, fd) < 0;
			ck_assert(failed == !link);
			ck_assert_uint_eq(host.messages[PBPF_ERROR], failed);
			host.fail_at = fake.fail_at = 0;
			pbpf_link_close(link);
			pbpf_sys_close(&env, fd);
			nothing_is_left();
		}
		ck_assert_uint_ge(fake.commands[PBPF_PROG_DETACH], 1);
	}
}
END_TEST

/* --- By netlink ---------------------------------------------------------------------------------- */

enum { SET_LINK = 19, NEW_QDISC = 36, DEL_QDISC = 37, NEW_FILTER = 44, DEL_FILTER = 45 };

static uint32_t u32_of_request(size_t at)
{
	uint32_t value;

	memcpy(&value, fake.request + at, sizeof(value));
	return value;
}

static int attach_tc(struct pbpf_link **link, struct pbpf_tc *at)
{
	*at = (struct pbpf_tc){.ifindex = IFINDEX, .egress = true};
	return pbpf_link_tc(link, prog_fd, at, &opts);
}

START_TEST(tc)
{
	struct pbpf_link *link = NULL;
	struct pbpf_tc at;
	uint32_t id = 0;

	fake.refuse_netlink[NEW_QDISC] = EEXIST; /* that is no failure */
	ck_assert_int_eq(attach_tc(&link, &at), 0);
	ck_assert_uint_eq(at.handle, 1);
	ck_assert_uint_eq(at.priority, 0xc000);
	ck_assert_uint_eq(u32_of_request(20), IFINDEX);
	ck_assert_uint_eq(u32_of_request(28), 0xfffffff3);
	ck_assert_int_eq(pbpf_tc_query(&at, &id, &env), 0);
	ck_assert_uint_eq(id, 77);
	ck_assert_int_eq(pbpf_link_fd(link), -1);
	close_and_check(link);
	ck_assert_uint_eq(fake.netlink[DEL_FILTER], 1);
	ck_assert_uint_eq(u32_of_request(24), 1); /* that filter */
	ck_assert_int_eq(pbpf_tc_destroy(IFINDEX, &env), 0);
	ck_assert_uint_eq(fake.netlink[DEL_QDISC], 1);
	nothing_is_left();
}
END_TEST

START_TEST(tc_refused)
{
	struct pbpf_link *link = NULL;
	struct pbpf_tc at;

	fake.refuse_netlink[NEW_FILTER] = EEXIST;
	ck_assert_int_eq(attach_tc(&link, &at), -EEXIST);
	ck_assert_ptr_nonnull(strstr(host.text, "tc egress of interface 7: EEXIST"));
	fake.refuse_netlink[NEW_QDISC] = ENODEV;
	ck_assert_int_eq(attach_tc(&link, &at), -ENODEV);
	ck_assert_uint_eq(fake.netlink[NEW_FILTER], 1);
	ck_assert_uint_eq(host.messages[PBPF_ERROR], 2);
	ck_assert_ptr_null(link);
	nothing_is_left();
}
END_TEST

START_TEST(xdp_before_links)
{
	struct pbpf_link *link = NULL;

	fake.refuse[PBPF_LINK_CREATE] = EINVAL;
	opts.flags = PBPF_XDP_GENERIC;
	ck_assert_int_eq(pbpf_link_xdp(&link, prog_fd, IFINDEX, &opts), 0);
	ck_assert_uint_eq(fake.netlink[SET_LINK], 1);
	ck_assert_uint_eq(u32_of_request(20), IFINDEX);
	ck_assert_uint_eq(u32_of_request(40), (uint32_t)prog_fd);
	ck_assert_uint_eq(u32_of_request(48), PBPF_XDP_GENERIC | 1);
	close_and_check(link);
	ck_assert_uint_eq(fake.netlink[SET_LINK], 2);
	ck_assert_uint_eq(u32_of_request(40), UINT32_MAX);
	ck_assert_uint_eq(u32_of_request(48), PBPF_XDP_GENERIC);
}
END_TEST

/* Each call and each allocation fails in turn. */
START_TEST(netlink_leaks_nothing)
{
	for (unsigned int n = 1; n < 40; n++) {
		struct pbpf_link *link = NULL;
		struct pbpf_tc at;
		bool failed;

		fake.refuse[PBPF_LINK_CREATE] = EINVAL;
		memset(host.messages, 0, sizeof(host.messages));
		host.allocations = fake.calls = 0;
		host.fail_at = n > 20 ? n - 20 : 0;
		fake.fail_at = n > 20 ? 0 : n;
		failed = (_i ? pbpf_link_xdp(&link, prog_fd, IFINDEX, &opts)
			     : attach_tc(&link, &at)) < 0;
		ck_assert(failed == !link);
		ck_assert_uint_eq(host.messages[PBPF_ERROR], failed);
		host.fail_at = fake.fail_at = 0;
		pbpf_link_close(link);
		nothing_is_left();
	}
}
END_TEST

START_TEST(sockets)
{
	ck_assert_int_eq(pbpf_socket_attach(5, prog_fd, &env), 0);
	ck_assert_int_eq(pbpf_socket_detach(5, &env), 0);
	ck_assert_int_eq(pbpf_reuseport_attach(5, prog_fd, &env), 0);
	ck_assert_int_eq(pbpf_reuseport_detach(5, &env), 0);
	ck_assert_uint_eq(fake.socket_options, 4);
	ck_assert_int_eq(pbpf_socket_attach(-1, prog_fd, &env), -EINVAL);
	ck_assert_str_eq(host.text, "the kernel refused to attach a filter to socket -1: EINVAL");
	nothing_is_left();
}
END_TEST

START_TEST(refusals_are_explained)
{
	struct pbpf_link *link = NULL;

	fake.refuse[PBPF_LINK_CREATE] = ENODEV;
	ck_assert_int_eq(pbpf_link_xdp(&link, prog_fd, IFINDEX, &opts), -ENODEV);
	ck_assert_str_eq(host.text,
			 "the kernel refused to attach the program to XDP of interface 7: ENODEV");
	ck_assert_ptr_nonnull(strstr(host.hint, "interface"));
	ck_assert_int_eq(pbpf_link_tcx(&link, prog_fd, IFINDEX, PBPF_NETKIT_PEER, &opts), -ENODEV);
	ck_assert_ptr_nonnull(strstr(host.text, "netkit of interface 7 (netkit_peer)"));
	fake.refuse[PBPF_LINK_CREATE] = EPERM;
	ck_assert_int_eq(attach_cgroup(&link, TARGET_FD), -EPERM);
	ck_assert_ptr_nonnull(strstr(host.text, "(cgroup_inet_egress): EPERM"));
	ck_assert_ptr_nonnull(strstr(host.hint, "CAP_NET_ADMIN"));
	ck_assert_ptr_nonnull(strstr(host.hint, "override"));
	ck_assert_ptr_null(link);
	nothing_is_left();
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("link: networking");
	TCase *c = tcase_create("net");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, tcx_in_order);
	tcase_add_test(c, xdp_mode);
	tcase_add_test(c, netns_and_netfilter);
	tcase_add_loop_test(c, by_link, 0, WAYS - 1);
	tcase_add_loop_test(c, without_link, 0, WAYS);
	tcase_add_loop_test(c, closing_detaches, 0, WAYS);
	tcase_add_test(c, an_override_is_never_a_link);
	tcase_add_test(c, an_order_needs_a_link);
	tcase_add_loop_test(c, nothing_leaks, 0, WAYS);
	tcase_add_test(c, tc);
	tcase_add_test(c, tc_refused);
	tcase_add_test(c, xdp_before_links);
	tcase_add_loop_test(c, netlink_leaks_nothing, 0, 2);
	tcase_add_test(c, sockets);
	tcase_add_test(c, refusals_are_explained);
	suite_add_tcase(s, c);
	return s;
}
