/* SPDX-License-Identifier: MIT */
/*
 * A program of each kind loads, attaches, runs, and runs no more when its link ends. For each of them there
 * is a line, of which tests/vm/run.sh makes a table of kinds and kernels:
 *
 *	KIND fentry: ok
 *	KIND fentry: refused: what the kernel said
 *	KIND fentry: FAILED: what is wrong
 *
 * A kernel may refuse a kind, which is a SKIP here: what each of the kernels under QEMU may refuse is in
 * tests/vm/refusals.
 */
#include "link/pbpf_link_trace.h"
#include "net_fixture.h"

#include <sys/syscall.h>
#include <time.h>

/* The test of one kind; each has a process of its own. */
static struct {
	struct live *live;
	struct pbpf_program *prog;
	struct pbpf_link_options opts;
	struct pbpf_link *link;
	int cgroup;
	int sockets[2];	     /* that a filter of sockets is attached to */
	struct live *target; /* whose program is replaced */
} now;

/* --- What makes programs run ----------------------------------------------------------------- */

static void call_getpgid(void)
{
	syscall(SYS_getpgid, getpid());
}

static void open_a_file(void)
{
	close(open("/proc/self/stat", O_RDONLY | O_CLOEXEC));
}

long traced_function(long a, long b);
PROBED long traced_function(long a, long b)
{
	__asm__ volatile("" ::: "memory");
	return a + b;
}

static void call_traced(void)
{
	ck_assert_int_eq(traced_function(11, 22), 33);
}

/* Computes, for as long as a sample of the CPU clock takes. */
static void compute(void)
{
	clock_t end = clock() + CLOCKS_PER_SEC / 10;
	volatile int work = 0;

	while (clock() < end)
		work++;
}

static void read_iterator(void)
{
	char buf[256];
	int fd;

	if (!now.link)
		return;
	fd = pbpf_link_iter_fd(now.link);
	ck_assert_int_ge(fd, 0);
	while (read(fd, buf, sizeof(buf)) > 0)
		;
	close(fd);
}

static void run_it(void)
{
	struct pbpf_test_run run = {0};

	ck_assert_int_eq(pbpf_sys_prog_test_run(&now.live->env, pbpf_program_fd(now.prog), &run),
			 0);
}

static void run_target(void)
{
	ck_assert_uint_eq(live_run(now.target, "calls_replaced"), now.link ? 42 : 1);
}

/* A datagram, a connection, a file and a setting, by a process in the cgroup. */
static void live_in_cgroup(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t size = sizeof(address), value_size = sizeof(int);
	pid_t pid = fork();
	int status = -1, value, fd;
	char byte;

	if (!pid) {
		if (!join_cgroup())
			_exit(1);
		send_datagram();
		connect_stream();
		getsockname(stream[0], (struct sockaddr *)&address, &size);
		getsockopt(stream[0], SOL_SOCKET, SO_TYPE, &value, &value_size);
		close(open("/dev/null", O_RDONLY | O_CLOEXEC));
		fd = open("/proc/sys/kernel/pid_max", O_RDONLY | O_CLOEXEC);
		(void)!read(fd, &byte, 1);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}

static void send_to_socket(void)
{
	ck_assert_int_eq(send(now.sockets[0], "x", 1, 0), 1);
}

/* A new connection each time, as what is in the map keeps the programs that it was put there with. */
static void send_through_sockmap(void)
{
	int map = pbpf_map_fd(pbpf_object_map(now.live->obj, "sockets"));
	uint32_t key = 0;

	connect_stream();
	for (int end = 0; end < 2; end++) {
		ck_assert_int_eq(pbpf_sys_map_update(NULL, map, &key, &stream[end], 0), 0);
		send_in_stream();
	}
	close(stream[0]);
	close(stream[1]);
}

/* A packet socket of a group that chooses by flow, so that somebody wants to know the flow. */
static void dissect_flow(void)
{
	int group = PACKET_FANOUT_HASH << 16 | 77;
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_IP));

	ck_assert_int_eq(setsockopt(fd, SOL_PACKET, PACKET_FANOUT, &group, sizeof(group)), 0);
	send_datagram();
	close(fd);
}

static void send_to_netkit(void)
{
	send_frame_from("left");
}

/* --- How programs are attached --------------------------------------------------------------- */

static int fd_of_program(void)
{
	return pbpf_program_fd(now.prog);
}

/* What the section's name says. */
static int by_section(void)
{
	return pbpf_program_attach(now.prog, &now.link);
}

static int to_clock(void)
{
	struct pbpf_perf_attr attr = {
		.type = PBPF_PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.sample_period = 1000000, /* ns */
	};
	int event = pbpf_sys_perf_event_open(NULL, &attr, 0, -1, -1, 0), err;

	ck_assert_int_ge(event, 0);
	err = pbpf_link_perf_event(&now.link, fd_of_program(), event, &now.opts);
	close(event);
	return err;
}

static int to_xdp(void)
{
	return pbpf_link_xdp(&now.link, fd_of_program(), if_nametoindex("left"), &now.opts);
}

static int to_clsact(void)
{
	struct pbpf_tc at = {.ifindex = if_nametoindex("left")};

	return pbpf_link_tc(&now.link, fd_of_program(), &at, &now.opts);
}

static int to_tcx(void)
{
	return pbpf_link_tcx(&now.link, fd_of_program(), if_nametoindex("left"),
			     pbpf_program_attr(now.prog)->expected_attach_type, &now.opts);
}

static int to_netfilter(void)
{
	struct pbpf_netfilter in = {.family = 2, .hook = 1, .priority = -10};

	return pbpf_link_netfilter(&now.link, fd_of_program(), &in, &now.opts);
}

static int to_netns(void)
{
	int ns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	int err = pbpf_link_netns(&now.link, fd_of_program(), ns,
				  pbpf_program_attr(now.prog)->expected_attach_type, &now.opts);

	close(ns);
	return err;
}

static int to_cgroup(void)
{
	return pbpf_link_cgroup(&now.link, fd_of_program(), now.cgroup,
				pbpf_program_attr(now.prog)->expected_attach_type, &now.opts);
}

static int to_sockmap(void)
{
	return pbpf_link_sockmap(&now.link, fd_of_program(),
				 pbpf_map_fd(pbpf_object_map(now.live->obj, "sockets")),
				 pbpf_program_attr(now.prog)->expected_attach_type, &now.opts);
}

static int to_socket(void)
{
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, now.sockets), 0);
	return pbpf_socket_attach(now.sockets[1], fd_of_program(), &now.live->env);
}

static void from_socket(void)
{
	ck_assert_int_eq(pbpf_socket_detach(now.sockets[1], &now.live->env), 0);
}

static int to_port(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t size = sizeof(address);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	now.sockets[0] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	now.sockets[1] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	setsockopt(now.sockets[1], SOL_SOCKET, SO_REUSEPORT, &(int){1}, sizeof(int));
	ck_assert_int_eq(bind(now.sockets[1], (struct sockaddr *)&address, size), 0);
	ck_assert_int_eq(getsockname(now.sockets[1], (struct sockaddr *)&address, &size), 0);
	ck_assert_int_eq(connect(now.sockets[0], (struct sockaddr *)&address, size), 0);
	return pbpf_reuseport_attach(now.sockets[1], fd_of_program(), &now.live->env);
}

static void from_port(void)
{
	ck_assert_int_eq(pbpf_reuseport_detach(now.sockets[1], &now.live->env), 0);
}

static int nowhere(void)
{
	return 0;
}

/* --- The kinds ------------------------------------------------------------------------------- */

enum { NET = 1, CGROUP = 2, NETKIT = 4, FREPLACE = 8, KFUNC = 16, ONE_RUN = 32 };

#define TRACING(name, program, act)                      \
	{                                                \
		name, #program, by_section, act, 0, NULL \
	}
#define ON_NETWORK(name, program, attach, act)         \
	{                                              \
		name, #program, attach, act, NET, NULL \
	}
#define IN_CGROUP(name, program)                                              \
	{                                                                     \
		name, #program, to_cgroup, live_in_cgroup, NET | CGROUP, NULL \
	}

static const struct kind {
	const char *name;
	const char *program; /* in tests/data/kinds.bpf.c */
	int (*attach)(void);
	void (*act)(void);
	unsigned int needs;
	void (*detach)(void); /* where there is no link to close */
} kinds[] = {
	TRACING("kprobe", kprobe, call_getpgid),
	TRACING("kretprobe", kretprobe, call_getpgid),
	TRACING("kprobe.multi", kprobe_multi, call_getpgid),
	TRACING("kretprobe.multi", kretprobe_multi, call_getpgid),
	TRACING("kprobe.session", kprobe_session, call_getpgid),
	TRACING("ksyscall", ksyscall, call_getpgid),
	TRACING("kretsyscall", kretsyscall, call_getpgid),
	TRACING("fentry", fentry, call_getpgid),
	TRACING("fexit", fexit, call_getpgid),
	TRACING("fsession", fsession, call_getpgid),
	TRACING("fmod_ret", fmod_ret, call_getpgid),
	ON_NETWORK("fentry:module", fentry_of_module, by_section, send_frame),
	{"freplace", "freplace", by_section, run_target, FREPLACE, NULL},
	{"kfunc", "kfunc", by_section, call_getpgid, KFUNC, NULL},
	TRACING("lsm", lsm, call_getpgid),
	TRACING("lsm.s", lsm_sleepable, open_a_file),
	IN_CGROUP("lsm_cgroup", lsm_cgroup),
	TRACING("tp", tracepoint, call_getpgid),
	TRACING("raw_tp", raw_tracepoint, call_getpgid),
	TRACING("tp_btf", btf_tracepoint, call_getpgid),
	{"perf_event", "perf_event", to_clock, compute, 0, NULL},
	TRACING("iter", iterator, read_iterator),
	{"syscall", "syscall_program", nowhere, run_it, ONE_RUN, NULL},
	TRACING("uprobe", uprobe, call_traced),
	TRACING("uprobe:argument", uprobe_argument, call_traced),
	TRACING("uretprobe", uretprobe, call_traced),
	TRACING("uretprobe:result", uretprobe_result, call_traced),
	TRACING("uprobe.multi", uprobe_multi, call_traced),
	TRACING("uretprobe.multi", uretprobe_multi, call_traced),
	TRACING("uprobe.session", uprobe_session, call_traced),
	ON_NETWORK("xdp", xdp, to_xdp, send_frame),
	ON_NETWORK("xdp.frags", xdp_frags, to_xdp, send_frame),
	ON_NETWORK("tc:clsact", tc, to_clsact, send_frame),
	ON_NETWORK("tcx", tcx, to_tcx, send_frame),
	{"netkit", "netkit", to_tcx, send_to_netkit, NETKIT, NULL},
	ON_NETWORK("netfilter", netfilter, to_netfilter, send_datagram),
	{"socket", "socket_filter", to_socket, send_to_socket, 0, from_socket},
	{"sk_reuseport", "sk_reuseport", to_port, send_to_socket, NET, from_port},
	ON_NETWORK("sk_lookup", sk_lookup, to_netns, send_datagram),
	ON_NETWORK("flow_dissector", flow_dissector, to_netns, dissect_flow),
	ON_NETWORK("sk_skb", sk_skb, to_sockmap, send_through_sockmap),
	ON_NETWORK("sk_msg", sk_msg, to_sockmap, send_through_sockmap),
	IN_CGROUP("sockops", sock_ops),
	IN_CGROUP("cgroup_skb", cgroup_skb),
	IN_CGROUP("cgroup/sock", cgroup_sock),
	IN_CGROUP("cgroup/post_bind", cgroup_post_bind),
	IN_CGROUP("cgroup/bind", cgroup_bind),
	IN_CGROUP("cgroup/connect", cgroup_connect),
	IN_CGROUP("cgroup/sendmsg", cgroup_sendmsg),
	IN_CGROUP("cgroup/getsockname", cgroup_getsockname),
	IN_CGROUP("cgroup/sysctl", cgroup_sysctl),
	IN_CGROUP("cgroup/getsockopt", cgroup_getsockopt),
	IN_CGROUP("cgroup/dev", cgroup_device),
};

#define KINDS ((int)(sizeof(kinds) / sizeof(kinds[0])))

/* As in tests/data/kinds.bpf.c. */
struct seen {
	uint64_t runs;
	uint64_t pid;
};

static struct seen seen_now(void)
{
	const struct pbpf_map *map = pbpf_object_map(now.live->obj, ".bss");
	struct seen seen;
	uint32_t key = 0;

	ck_assert_int_eq(pbpf_sys_map_lookup(NULL, pbpf_map_fd(map), &key, &seen, 0), 0);
	return seen;
}

static void only_this_process(void)
{
	const struct pbpf_map *map = pbpf_object_map(now.live->obj, ".bss");
	struct seen seen = {.pid = (uint64_t)getpid()};
	uint32_t key = 0;

	ck_assert_int_eq(pbpf_sys_map_update(NULL, pbpf_map_fd(map), &key, &seen, 0), 0);
}

/* What is around the program; why there is none of it, or NULL. */
static const char *surroundings(unsigned int needs)
{
	if (needs & (NET | NETKIT) && unshare(CLONE_NEWNET))
		return "no new network namespace";
	if (needs & NET)
		bring_up("lo");
	if (needs & (NET | NETKIT)) {
		if (make_pair(needs & NETKIT ? "netkit" : "veth"))
			return "there are no such interfaces";
		bring_up("left");
		bring_up("right");
	}
	now.cgroup = needs & CGROUP ? make_cgroup() : -1;
	if (needs & CGROUP && now.cgroup < 0)
		return "there is no cgroup2 to make a group in";
	return why_no_tracefs();
}

/* Why a process of 32 bits on a kernel of 64 does not make a program of this kind run, or NULL. */
static const char *why_not_of_32_bits(const char *kind)
{
	static const struct {
		const char *kind, *reason;
	} otherwise[] = {
		{"ksyscall", "the arguments of a call of 32 bits are in other registers"},
		{"tp", "the kernel does not trace calls of 32 bits"},
		{"uprobe:argument", "the arguments of a function of 32 bits are on the stack"},
		{"cgroup/getsockopt", "the kernel does not ask about a call of 32 bits"},
	};

	if (sizeof(void *) == 8)
		return NULL;
	for (size_t i = 0; i < sizeof(otherwise) / sizeof(otherwise[0]); i++)
		if (!strcmp(kind, otherwise[i].kind))
			return otherwise[i].reason;
	return NULL;
}

/* Loads the program of a kind, alone. The kernel's error. */
static int load(const struct kind *kind)
{
	now.live = live_open(kind->needs & KFUNC ? "kinds_kfunc.bpf" : "kinds.bpf");
	now.opts.env = &now.live->env;
	now.prog = pbpf_object_program(now.live->obj, kind->program);
	ck_assert_msg(now.prog != NULL, "no program '%s'", kind->program);
	pbpf_program_set_autoload(now.prog, true);
	if (kind->needs & FREPLACE) {
		now.target = live_open("kinds.bpf");
		pbpf_program_set_autoload(pbpf_object_program(now.target->obj, "calls_replaced"),
					  true);
		ck_assert_int_eq(pbpf_object_load(now.target->obj), 0);
		ck_assert_int_eq(
			pbpf_program_set_attach_target(now.prog,
						       pbpf_program_fd(pbpf_object_program(
							       now.target->obj, "calls_replaced")),
						       NULL),
			0);
	}
	return pbpf_object_load(now.live->obj);
}

static void end_all(void)
{
	if (now.cgroup >= 0) {
		close(now.cgroup);
		rmdir(cgroup_path);
	}
	if (now.target)
		pbpf_object_close(now.target->obj);
	pbpf_object_close(now.live->obj);
}

/* What is wrong with a program that is attached, or NULL. */
static const char *why_bad(const struct kind *kind)
{
	uint64_t runs;

	only_this_process();
	kind->act();
	runs = seen_now().runs;
	if (!runs)
		return "it does not run";
	if (kind->needs & ONE_RUN)
		return NULL;
	if (kind->detach)
		kind->detach();
	pbpf_link_close(now.link);
	now.link = NULL;
	runs = seen_now().runs;
	kind->act();
	return seen_now().runs == runs ? NULL : "it runs on when its link has ended";
}

START_TEST(runs_and_ends)
{
	const struct kind *kind = &kinds[_i];
	const char *reason;

	NEEDS_BPF();
	reason = why_not_of_32_bits(kind->name);
	if (!reason)
		reason = surroundings(kind->needs);
	if (reason) {
		printf("KIND %s: refused: %s\n", kind->name, reason);
		SKIP("%s: %s", kind->name, reason);
	}
	if (load(kind) || kind->attach()) {
		printf("KIND %s: refused: %s\n", kind->name, now.live->host.text);
		printf("SKIP %s: %s\n", kind->name, now.live->host.text);
		end_all();
		return;
	}
	reason = why_bad(kind);
	end_all();
	if (reason)
		printf("KIND %s: FAILED: %s\n", kind->name, reason);
	else
		printf("KIND %s: ok\n", kind->name);
	ck_assert_msg(!reason, "%s: %s", kind->name, reason);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("live: a program of each kind");
	TCase *c = tcase_create("kinds");

	tcase_set_timeout(c, 60);
	tcase_add_loop_test(c, runs_and_ends, 0, KINDS);
	suite_add_tcase(s, c);
	return s;
}
