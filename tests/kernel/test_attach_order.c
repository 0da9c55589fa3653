/* SPDX-License-Identifier: MIT */
/*
 * Where several programs may be at one place: the order among them, the list's revision, replacing one by
 * another, what a cgroup below may do; and what is given to a program when it is attached.
 */
#include "link/pbpf_link_query.h"
#include "link/pbpf_link_trace.h"
#include "loader/pbpf_program.h"
#include "net_fixture.h"

#include <sys/syscall.h>

/* As in tests/data/order.bpf.c. */
struct seen {
	uint64_t order, cookie, pid;
};

static int seen_fd(const struct live *live)
{
	return pbpf_map_fd(pbpf_object_map(live->obj, ".bss"));
}

static struct seen seen(const struct live *live)
{
	struct seen seen;
	uint32_t key = 0;

	ck_assert_int_eq(pbpf_sys_map_lookup(NULL, seen_fd(live), &key, &seen, 0), 0);
	return seen;
}

/* The digits that programs write when `act` makes them run. */
static uint64_t order_by(const struct live *live, void (*act)(void))
{
	struct seen none = {.pid = (uint64_t)getpid()};
	uint32_t key = 0;

	ck_assert_int_eq(pbpf_sys_map_update(NULL, seen_fd(live), &key, &none, 0), 0);
	act();
	return seen(live).order;
}

static void send_left(void)
{
	send_frame_from("left");
}

/* --- Lists of interfaces ------------------------------------------------------------------------ */

/* A place with a list: tcx of one of the pair, or netkit's. */
struct place {
	struct live *live;
	struct pbpf_link_options opts;
	uint32_t ifindex, attach_type;
	void (*act)(void);
};

static struct pbpf_link *put_there(struct place *p, const char *program)
{
	struct pbpf_link *link = NULL;
	int err = pbpf_link_tcx(&link, prog_fd(p->live, program), p->ifindex, p->attach_type,
				&p->opts);

	ck_assert_msg(!err, "%s", p->live->host.text);
	p->opts = (struct pbpf_link_options){.env = &p->live->env};
	return link;
}

static uint64_t revision(const struct place *p)
{
	struct pbpf_attached_list list;
	uint64_t revision;

	ck_assert_int_eq(
		pbpf_attached_query(&list, (int)p->ifindex, p->attach_type, 0, &p->live->env), 0);
	revision = list.revision;
	pbpf_attached_free(&list, &p->live->env);
	return revision;
}

static uint32_t id_of(const struct pbpf_link *link)
{
	struct pbpf_link_info info = {0};

	ck_assert_int_eq(pbpf_link_info(link, &info), 0);
	return info.id;
}

/* Before, behind, first, last, by program, by link and by id. */
static void order_must_hold(struct place *p)
{
	struct pbpf_link *one, *two, *three, *four;

	one = put_there(p, "tc_1");
	ck_assert_uint_eq(order_by(p->live, p->act), 1);
	p->opts.flags = PBPF_F_BEFORE;
	p->opts.relative_fd = prog_fd(p->live, "tc_1");
	two = put_there(p, "tc_2");
	ck_assert_uint_eq(order_by(p->live, p->act), 21);
	p->opts.flags = PBPF_F_AFTER | PBPF_F_LINK;
	p->opts.relative_fd = pbpf_link_fd(two);
	three = put_there(p, "tc_3");
	ck_assert_uint_eq(order_by(p->live, p->act), 231);
	p->opts.flags = PBPF_F_BEFORE | PBPF_F_LINK | PBPF_F_ID;
	p->opts.relative_fd = (int)id_of(one);
	four = put_there(p, "tc_4");
	ck_assert_uint_eq(order_by(p->live, p->act), 2341);
	pbpf_link_close(three);
	ck_assert_uint_eq(order_by(p->live, p->act), 241);
	pbpf_link_close(four);
	p->opts.flags = PBPF_F_BEFORE; /* first */
	three = put_there(p, "tc_3");
	p->opts.flags = PBPF_F_AFTER; /* last */
	four = put_there(p, "tc_4");
	ck_assert_uint_eq(order_by(p->live, p->act), 3214);
	pbpf_link_close(one);
	pbpf_link_close(two);
	pbpf_link_close(three);
	pbpf_link_close(four);
	ck_assert_uint_eq(order_by(p->live, p->act), 0);
}

static void must_refuse(struct place *p, const char *program, int err)
{
	struct pbpf_link *link = NULL;

	ck_assert_int_eq(pbpf_link_tcx(&link, prog_fd(p->live, program), p->ifindex, p->attach_type,
				       &p->opts),
			 err);
	p->opts = (struct pbpf_link_options){.env = &p->live->env};
}

static void revision_must_hold(struct place *p)
{
	uint64_t before = revision(p);
	struct pbpf_link *one = put_there(p, "tc_1"), *two;

	ck_assert_uint_gt(revision(p), before);
	p->opts.expected_revision = before;
	must_refuse(p, "tc_2", -ESTALE);
	p->opts.expected_revision = revision(p);
	two = put_there(p, "tc_2");
	must_refuse(p, "tc_2", -EEXIST); /* is in the list already */
	p->opts.flags = PBPF_F_BEFORE;
	p->opts.relative_fd = prog_fd(p->live, "tc_4");
	must_refuse(p, "tc_3", -ENOENT); /* is relative to what is not */
	ck_assert_uint_eq(order_by(p->live, p->act), 12);
	pbpf_link_close(one);
	pbpf_link_close(two);
}

/* Another program takes its place in the list. */
static void replacing_must_hold(struct place *p)
{
	struct pbpf_link *one = put_there(p, "tc_1"), *two = put_there(p, "tc_2");

	ck_assert_int_eq(pbpf_link_update(one, prog_fd(p->live, "tc_3")), 0);
	ck_assert_uint_eq(order_by(p->live, p->act), 32);
	ck_assert_int_eq(pbpf_link_replace(one, prog_fd(p->live, "tc_4"), prog_fd(p->live, "tc_1")),
			 -EPERM);
	ck_assert_uint_eq(order_by(p->live, p->act), 32);
	ck_assert_int_eq(pbpf_link_replace(one, prog_fd(p->live, "tc_4"), prog_fd(p->live, "tc_3")),
			 0);
	ck_assert_uint_eq(order_by(p->live, p->act), 42);
	ck_assert_int_eq(pbpf_link_detach(one), 0);
	ck_assert_uint_eq(order_by(p->live, p->act), 2);
	pbpf_link_close(one);
	pbpf_link_close(two);
}

static void (*const list_rules[])(struct place *p) = {order_must_hold, revision_must_hold,
						      replacing_must_hold};

static void check_list(struct place *p, int rule)
{
	struct pbpf_attached_list list;

	p->live = live_load("order.bpf");
	p->opts.env = &p->live->env;
	p->ifindex = if_nametoindex("left");
	if (pbpf_attached_query(&list, (int)p->ifindex, p->attach_type, 0, NULL)) {
		live_close(p->live);
		SKIP("this kernel has no such lists (tcx: 6.6, netkit: 6.7)");
	}
	pbpf_attached_free(&list, NULL);
	list_rules[rule](p);
	live_close(p->live);
}

START_TEST(tcx)
{
	struct place p = {.attach_type = PBPF_TCX_INGRESS, .act = send_frame};

	NEEDS_NETWORK();
	NEEDS_LINUX(5, 9); /* its iterator over a map */
	check_list(&p, _i);
}
END_TEST

START_TEST(netkit)
{
	struct place p = {.attach_type = PBPF_NETKIT_PRIMARY, .act = send_left};

	NEEDS_BPF();
	if (unshare(CLONE_NEWNET) || make_pair("netkit"))
		SKIP("no interfaces of kind netkit");
	bring_up("left");
	bring_up("right");
	check_list(&p, _i);
}
END_TEST

/* --- One program at a place --------------------------------------------------------------------- */

START_TEST(xdp_is_replaced)
{
	struct pbpf_link_options opts = {.flags = PBPF_XDP_GENERIC};
	struct pbpf_link *link = NULL;
	struct live *live;
	int one, two;

	NEEDS_NETWORK();
	NEEDS_LINUX(5, 9); /* its iterator over a map */
	live = live_load("order.bpf");
	opts.env = &live->env;
	one = prog_fd(live, "xdp_1");
	two = prog_fd(live, "xdp_2");
	ck_assert_msg(!pbpf_link_xdp(&link, one, if_nametoindex("left"), &opts), "%s",
		      live->host.text);
	ck_assert_uint_eq(order_by(live, send_frame), 1);
	ck_assert_int_eq(pbpf_link_replace(link, two, two), -EPERM);
	ck_assert_uint_eq(order_by(live, send_frame), 1);
	ck_assert_int_eq(pbpf_link_replace(link, two, one), 0);
	ck_assert_uint_eq(order_by(live, send_frame), 2);
	pbpf_link_close(link);
	ck_assert_uint_eq(order_by(live, send_frame), 0);
	live_close(live);
}
END_TEST

/* --- Cgroups ------------------------------------------------------------------------------------ */

/* A group below the one that the test has made; an fd of it. */
static int make_below(char *path, size_t size)
{
	int fd;

	snprintf(path, size, "%s/below", cgroup_path);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	return fd;
}

/* From the group below: a child goes there, and sends itself a datagram. */
static void send_from_below(void)
{
	char path[640], *end;
	int status = -1;
	pid_t pid = fork();

	if (!pid) {
		snprintf(path, sizeof(path), "%s", cgroup_path);
		end = cgroup_path + strlen(cgroup_path);
		snprintf(end, sizeof(cgroup_path) - strlen(cgroup_path), "/below");
		if (!join_cgroup())
			_exit(1);
		send_datagram();
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}

static struct pbpf_link *put_in_cgroup(struct live *live, int fd, const char *program,
				       uint32_t flags, int relative_fd)
{
	struct pbpf_link_options opts = {
		.env = &live->env, .flags = flags, .relative_fd = relative_fd};
	struct pbpf_link *link = NULL;
	int err =
		pbpf_link_cgroup(&link, prog_fd(live, program), fd, PBPF_CGROUP_INET_EGRESS, &opts);

	ck_assert_msg(!err, "%s: %s", program, live->host.text);
	return link;
}

/* Several programs all run, those of the group itself before those of the group above. */
static void several_in_cgroups(struct live *live, int above, int below)
{
	struct pbpf_link *one = put_in_cgroup(live, above, "cgroup_1", 0, 0);
	struct pbpf_link *two = put_in_cgroup(live, above, "cgroup_2", 0, 0);
	struct pbpf_link *three = put_in_cgroup(live, below, "cgroup_3", 0, 0);

	ck_assert_uint_eq(order_by(live, send_from_cgroup), 12);
	ck_assert_uint_eq(order_by(live, send_from_below), 312);
	ck_assert_int_eq(pbpf_link_update(two, prog_fd(live, "cgroup_3")), 0);
	ck_assert_uint_eq(order_by(live, send_from_cgroup), 13);
	pbpf_link_close(one);
	pbpf_link_close(two);
	pbpf_link_close(three);
	ck_assert_uint_eq(order_by(live, send_from_below), 0);
}

/* The group below puts its own in its place. */
static void override_in_cgroups(struct live *live, int above, int below)
{
	struct pbpf_link *one = put_in_cgroup(live, above, "cgroup_1", PBPF_F_ALLOW_OVERRIDE, 0);
	struct pbpf_link *three;

	ck_assert_uint_eq(order_by(live, send_from_below), 1);
	three = put_in_cgroup(live, below, "cgroup_3", PBPF_F_ALLOW_OVERRIDE, 0);
	ck_assert_uint_eq(order_by(live, send_from_below), 3);
	ck_assert_uint_eq(order_by(live, send_from_cgroup), 1);
	pbpf_link_close(three);
	ck_assert_uint_eq(order_by(live, send_from_below), 1);
	pbpf_link_close(one);
	ck_assert_uint_eq(order_by(live, send_from_below), 0);
}

/* Linux 6.17. */
static void order_in_cgroups(struct live *live, int above, int below)
{
	struct pbpf_link_options opts = {.env = &live->env, .flags = PBPF_F_BEFORE | PBPF_F_LINK};
	struct pbpf_link *one = put_in_cgroup(live, above, "cgroup_1", 0, 0), *two = NULL;

	(void)below;
	opts.relative_fd = pbpf_link_fd(one);
	if (pbpf_link_cgroup(&two, prog_fd(live, "cgroup_2"), above, PBPF_CGROUP_INET_EGRESS,
			     &opts)) {
		pbpf_link_close(one);
		SKIP("this kernel keeps no order among the programs of a cgroup (6.17)");
	}
	ck_assert_uint_eq(order_by(live, send_from_cgroup), 21);
	pbpf_link_close(one);
	pbpf_link_close(two);
}

static void (*const cgroup_rules[])(struct live *live, int above, int below) = {
	several_in_cgroups, override_in_cgroups, order_in_cgroups};

START_TEST(cgroup)
{
	struct live *live;
	char path[640];
	int above, below;

	NEEDS_NETWORK();
	NEEDS_LINUX(5, 9); /* its iterator over a map */
	above = make_cgroup();
	if (above < 0)
		SKIP("there is no cgroup2 to make a group in");
	below = make_below(path, sizeof(path));
	live = live_load("order.bpf");
	cgroup_rules[_i](live, above, below);
	live_close(live);
	close(above);
	close(below);
	ck_assert_int_eq(rmdir(path), 0);
	ck_assert_int_eq(rmdir(cgroup_path), 0);
}
END_TEST

/* --- What is given to a program ----------------------------------------------------------------- */

static void call_getpgid(void)
{
	syscall(SYS_getpgid, getpid());
}

/* Loads one of the programs that old kernels do not take; NULL: nor does this one. */
static struct live *load_one(const char *program)
{
	struct live *live = live_open("order.bpf");

	pbpf_program_set_autoload(pbpf_object_program(live->obj, program), true);
	if (!pbpf_object_load(live->obj))
		return live;
	live_close(live);
	return NULL;
}

static int attach_tracepoint(struct pbpf_link **link, int fd, const struct pbpf_link_options *opts)
{
	return pbpf_link_tracepoint(link, fd, "syscalls", "sys_enter_getpgid", opts);
}

static int attach_raw_tracepoint(struct pbpf_link **link, int fd,
				 const struct pbpf_link_options *opts)
{
	return pbpf_link_raw_tracepoint(link, fd, "sys_enter", opts);
}

START_TEST(cookies)
{
	static const struct {
		const char *program;
		int (*attach)(struct pbpf_link **link, int fd,
			      const struct pbpf_link_options *opts);
	} kinds[] = {{"tracepoint", attach_tracepoint}, {"raw_tracepoint", attach_raw_tracepoint}};
	struct pbpf_link_options opts = {0};
	struct pbpf_link *link = NULL;
	struct live *live;

	NEEDS_BPF();
	NEEDS_TRACEFS();
	if (sizeof(void *) == 4 && kinds[_i].attach == attach_tracepoint)
		SKIP("the kernel does not trace calls of 32 bits there");
	live = load_one(kinds[_i].program);
	if (!live)
		SKIP("this kernel has no cookies for a %s", kinds[_i].program);
	opts.env = &live->env;
	for (opts.cookie = 0; opts.cookie < 3; opts.cookie++) {
		ck_assert_msg(!kinds[_i].attach(&link, prog_fd(live, kinds[_i].program), &opts),
			      "%s", live->host.text);
		order_by(live, call_getpgid);
		ck_assert_uint_eq(seen(live).cookie, opts.cookie);
		pbpf_link_close(link);
	}
	live_close(live);
}
END_TEST

START_TEST(iterator_over_a_map)
{
	static const uint32_t values[3] = {70, 80, 90};
	struct pbpf_link_options opts = {0};
	struct pbpf_iter of = {0};
	struct pbpf_link *link = NULL;
	uint32_t pairs[8][2], sum = 0;
	struct live *live;
	ssize_t got;
	int fd;

	NEEDS_BPF();
	NEEDS_LINUX(5, 9); /* its iterator over a map */
	live = live_load("order.bpf");
	opts.env = &live->env;
	of.map_fd = pbpf_map_fd(pbpf_object_map(live->obj, "elements"));
	for (uint32_t key = 0; key < 3; key++)
		ck_assert_int_eq(pbpf_sys_map_update(NULL, of.map_fd, &key, &values[key], 0), 0);
	ck_assert_msg(!pbpf_link_iter(&link, prog_fd(live, "list_elements"), &of, &opts), "%s",
		      live->host.text);
	fd = pbpf_link_iter_fd(link);
	ck_assert_int_ge(fd, 3);
	got = read(fd, pairs, sizeof(pairs));
	ck_assert_int_eq((int)got, 3 * (int)sizeof(pairs[0]));
	for (int i = 0; i < 3; i++) {
		ck_assert_uint_lt(pairs[i][0], 3);
		ck_assert_uint_eq(pairs[i][1], values[pairs[i][0]]);
		sum += pairs[i][0];
	}
	ck_assert_uint_eq(sum, 3);
	close(fd);
	pbpf_link_close(link);
	/* This one walks a map's elements: it must be said of which. */
	ck_assert_int_lt(pbpf_link_iter(&link, prog_fd(live, "list_elements"), NULL, &opts), 0);
	live_close(live);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("live: order and replacement");
	TCase *c = tcase_create("order");

	tcase_set_timeout(c, 60);
	tcase_add_loop_test(c, tcx, 0, 3);
	tcase_add_loop_test(c, netkit, 0, 3);
	tcase_add_test(c, xdp_is_replaced);
	tcase_add_loop_test(c, cgroup, 0, 3);
	tcase_add_loop_test(c, cookies, 0, 2);
	tcase_add_test(c, iterator_over_a_map);
	suite_add_tcase(s, c);
	return s;
}
