/* SPDX-License-Identifier: MIT */
/*
 * Kinds of programs that belong to a cgroup: the test's own, in which a child of it does all that they look at.
 */
#include "kinds.h"
#include "net_fixture.h"

#include <sys/un.h>

static int to_cgroup(void)
{
	return pbpf_link_cgroup(&now.link, fd_of_program(), now.cgroup,
				pbpf_program_attr(now.prog)->expected_attach_type, &now.opts);
}

/* Programs of cgroup/skb go both ways, and do not say which. */
static int to_cgroup_egress(void)
{
	return pbpf_link_cgroup(&now.link, fd_of_program(), now.cgroup, PBPF_CGROUP_INET_EGRESS,
				&now.opts);
}

/* --- What a process does --------------------------------------------------------------------- */

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	struct sockaddr_un local;
	struct sockaddr_storage room;
};

/* Where to listen: on the loopback, or at a name without a file. */
static socklen_t own_address(union address *at, sa_family_t family)
{
	memset(at, 0, sizeof(*at));
	at->any.sa_family = family;
	if (family == AF_INET) {
		at->v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		return sizeof(at->v4);
	}
	if (family == AF_INET6) {
		at->v6.sin6_addr = in6addr_loopback;
		return sizeof(at->v6);
	}
	snprintf(at->local.sun_path + 1, sizeof(at->local.sun_path) - 1, "plainbpf-%d", getpid());
	return sizeof(at->local);
}

/* Binds and names a socket of each end, and sends from one to the other. False: no such sockets. */
static bool exchange(sa_family_t family, int type)
{
	union address at, peer;
	socklen_t size = own_address(&at, family), peer_size = sizeof(peer);
	int in = socket(family, type | SOCK_CLOEXEC, 0),
	    out = socket(family, type | SOCK_CLOEXEC, 0);
	int end = in;
	char byte;
	bool good = !bind(in, &at.any, size) && !getsockname(in, &at.any, &size);

	if (type == SOCK_STREAM) {
		good = good && !listen(in, 1) && !connect(out, &at.any, size) &&
		       !getpeername(out, &peer.any, &peer_size);
		end = good ? accept(in, NULL, NULL) : -1;
		good = good && send(out, "x", 1, 0) == 1;
	} else {
		good = good && sendto(out, "x", 1, 0, &at.any, size) == 1;
	}
	peer_size = sizeof(peer);
	good = good && recvfrom(end, &byte, 1, 0, &peer.any, &peer_size) == 1;
	if (end != in)
		close(end);
	close(in);
	close(out);
	return good;
}

static void ask_system(void)
{
	int value = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t size = sizeof(value);
	char byte;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &value, size);
	getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, &size);
	close(fd);
	close(open("/dev/null", O_RDONLY | O_CLOEXEC));
	fd = open("/proc/sys/kernel/pid_max", O_RDONLY | O_CLOEXEC);
	(void)!read(fd, &byte, 1);
	close(fd);
}

static void live_in_cgroup(void)
{
	static const sa_family_t families[] = {AF_INET, AF_INET6, AF_UNIX};
	pid_t pid = fork();
	int status = -1;

	if (!pid) {
		if (!enter_cgroup())
			_exit(1);
		for (size_t i = 0; i < 3; i++)
			if (!exchange(families[i], SOCK_STREAM) ||
			    !exchange(families[i], SOCK_DGRAM))
				_exit(2);
		ask_system();
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}

/* --- The kinds ------------------------------------------------------------------------------- */

#define ATTACHED(name, program, attach)                                                         \
	{                                                                                       \
		name, "kinds_cgroup", #program, attach, live_in_cgroup, IN_NETWORK | IN_CGROUP, \
			{NULL}, NULL                                                            \
	}
#define OF_CGROUP(what) ATTACHED("cgroup/" #what, cgroup_##what, to_cgroup)

static const struct kind kinds[] = {
	ATTACHED("sockops", sock_ops, to_cgroup),
	ATTACHED("lsm_cgroup", lsm_cgroup, to_cgroup),
	ATTACHED("cgroup/skb", cgroup_skb, to_cgroup_egress),
	ATTACHED("cgroup_skb/ingress", cgroup_skb_ingress, to_cgroup),
	ATTACHED("cgroup_skb/egress", cgroup_skb_egress, to_cgroup),
	OF_CGROUP(sock),
	OF_CGROUP(sock_create),
	OF_CGROUP(sock_release),
	OF_CGROUP(post_bind4),
	OF_CGROUP(post_bind6),
	OF_CGROUP(bind4),
	OF_CGROUP(bind6),
	OF_CGROUP(connect4),
	OF_CGROUP(connect6),
	OF_CGROUP(connect_unix),
	OF_CGROUP(sendmsg4),
	OF_CGROUP(sendmsg6),
	OF_CGROUP(sendmsg_unix),
	OF_CGROUP(recvmsg4),
	OF_CGROUP(recvmsg6),
	OF_CGROUP(recvmsg_unix),
	OF_CGROUP(getpeername4),
	OF_CGROUP(getpeername6),
	OF_CGROUP(getpeername_unix),
	OF_CGROUP(getsockname4),
	OF_CGROUP(getsockname6),
	OF_CGROUP(getsockname_unix),
	OF_CGROUP(sysctl),
	OF_CGROUP(getsockopt),
	OF_CGROUP(setsockopt),
	OF_CGROUP(dev),
};

START_TEST(runs_and_ends)
{
	prove_kind(&kinds[_i]);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("live: a program of each kind for cgroups");
	TCase *c = tcase_create("kinds");

	tcase_set_timeout(c, 60);
	tcase_add_loop_test(c, runs_and_ends, 0, (int)(sizeof(kinds) / sizeof(kinds[0])));
	suite_add_tcase(s, c);
	return s;
}
