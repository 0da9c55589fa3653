/* SPDX-License-Identifier: MIT */
/*
 * Kinds of programs that see packets and sockets, in a network namespace of the test's own.
 */
#include "kinds.h"
#include "net_rules.h"

/* --- What makes programs run ----------------------------------------------------------------- */

static int sockets[2]; /* that a filter of sockets is attached to */

static void send_to_socket(void)
{
	ck_assert_int_eq(send(sockets[0], "x", 1, 0), 1);
}

/* Either way through the pair. */
static void send_frames(void)
{
	send_frame_from("right");
	send_frame_from("left");
}

/* A new connection each time, as what is in the map keeps the programs that it was put there with. */
static void send_through_sockmap(void)
{
	uint32_t key = 0;
	char byte;

	connect_stream();
	for (int end = 0; end < 2; end++) {
		ck_assert_int_eq(
			pbpf_sys_map_update(NULL, fd_of_map("sockets"), &key, &stream[end], 0), 0);
		send_in_stream();
		ck_assert_int_eq(recv(stream[1], &byte, 1, 0), 1);
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

/* To where the routes go; whether it arrives does not matter. */
static void send_along_routes(void)
{
	static const char *const to[] = {"10.78.0.1", "10.79.0.1"};
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(9)};

	for (size_t i = 0; i < 2; i++) {
		int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

		ck_assert_int_eq(inet_pton(AF_INET, to[i], &address.sin_addr), 1);
		sendto(fd, "x", 1, 0, (struct sockaddr *)&address, sizeof(address));
		close(fd);
	}
	usleep(20000);
}

/* A frame of IPv6 that has come to the first of its two segments (RFC 8754). */
static void send_segments(void)
{
	static const unsigned char frame[14 + 40 + 8 + 32] = {
		[0] = 0xff,
		[1] = 0xff,
		[2] = 0xff,
		[3] = 0xff,
		[4] = 0xff,
		[5] = 0xff,
		[6] = 2,
		[11] = 1,
		[12] = 0x86,
		[13] = 0xdd,
		/* IPv6: 40 bytes of a routing header, which is the last one; from fd00:77::2 to ::1 */
		[14] = 0x60,
		[19] = 40,
		[20] = 43,
		[21] = 64,
		[22] = 0xfd,
		[25] = 0x77,
		[37] = 2,
		[38] = 0xfd,
		[41] = 0x77,
		[53] = 1,
		/* Type 4, one segment left: fd00:77::9, and the one where it is */
		[54] = 59,
		[55] = 4,
		[56] = 4,
		[57] = 1,
		[58] = 1,
		[62] = 0xfd,
		[65] = 0x77,
		[77] = 9,
		[78] = 0xfd,
		[81] = 0x77,
		[93] = 1,
	};
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_ifindex = (int)if_nametoindex("right"),
		.sll_halen = 6,
	};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	ck_assert_int_eq(sendto(fd, frame, sizeof(frame), 0, (struct sockaddr *)&to, sizeof(to)),
			 sizeof(frame));
	close(fd);
	usleep(20000);
}

/* --- How programs are attached --------------------------------------------------------------- */

static uint32_t attach_type(void)
{
	return pbpf_program_attr(now.prog)->expected_attach_type;
}

static int to_xdp(void)
{
	return pbpf_link_xdp(&now.link, fd_of_program(), if_nametoindex("left"), &now.opts);
}

/* In a map, to where another program redirects all frames. The driver sends redirected frames only to where
 * somebody receives frames before they are packets. */
static int in_map(const char *map, const char *redirects, uint32_t where)
{
	struct pbpf_link_options opts = {.env = &now.live->env, .flags = PBPF_XDP_DRIVER};
	struct {
		uint32_t where; /* struct bpf_devmap_val, struct bpf_cpumap_val */
		int fd;
	} entry = {where, fd_of_program()};
	uint32_t key = 0;
	int err = refused_by(pbpf_sys_map_update(NULL, fd_of_map(map), &key, &entry, 0),
			     "the map refuses it");

	if (!err)
		err = pbpf_link_xdp(&now.beside, fd_of("passes_frames"), if_nametoindex("right"),
				    &opts);
	if (!err)
		err = pbpf_link_xdp(&now.link, fd_of(redirects), if_nametoindex("left"), &opts);
	return err;
}

static int to_device(void)
{
	return in_map("devices", "redirects_to_device", if_nametoindex("left"));
}

static int to_device_of_frags(void)
{
	return in_map("devices_of_frags", "redirects_frags_to_device", if_nametoindex("left"));
}

enum { QUEUE = 64 };

static int to_cpu(void)
{
	return in_map("cpus", "redirects_to_cpu", QUEUE);
}

static int to_cpu_of_frags(void)
{
	return in_map("cpus_of_frags", "redirects_frags_to_cpu", QUEUE);
}

static int to_clsact(void)
{
	struct pbpf_tc at = {.ifindex = if_nametoindex("left")};

	return pbpf_link_tc(&now.link, fd_of_program(), &at, &now.opts);
}

static int to_action(void)
{
	return refused_by(add_filter(if_nametoindex("left"), fd_of("matches"), fd_of_program()),
			  "a filter with an action");
}

static void from_action(void)
{
	ck_assert_int_eq(pbpf_tc_destroy(if_nametoindex("left"), &now.live->env), 0);
}

static int to_tcx(void)
{
	return pbpf_link_tcx(&now.link, fd_of_program(), if_nametoindex("left"), attach_type(),
			     &now.opts);
}

static int to_netfilter(void)
{
	struct pbpf_netfilter in = {.family = 2, .hook = 1, .priority = -10};

	return pbpf_link_netfilter(&now.link, fd_of_program(), &in, &now.opts);
}

static int to_netns(void)
{
	int ns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	int err = pbpf_link_netns(&now.link, fd_of_program(), ns, attach_type(), &now.opts);

	close(ns);
	return err;
}

static int to_sockmap_as(struct pbpf_link **link, const char *program, uint32_t type)
{
	if (type == PBPF_SK_SKB_STREAM_VERDICT && running_linux() < PBPF_LINUX(5, 10))
		return refused_by(-ENOTSUP, "a verdict runs only behind a parser");
	return pbpf_link_sockmap(link, fd_of(program), fd_of_map("sockets"), type, &now.opts);
}

static int to_sockmap(void)
{
	return to_sockmap_as(&now.link, pbpf_program_name(now.prog), attach_type());
}

/* A section that does not say which. */
static int to_sockmap_as_verdict(void)
{
	return to_sockmap_as(&now.link, pbpf_program_name(now.prog), PBPF_SK_SKB_STREAM_VERDICT);
}

/* What is parsed is for a verdict. Linux 5.10 never comes back from the first byte that it parses. */
static int to_sockmap_with_verdict(void)
{
	int err;

	if (running_linux() < PBPF_LINUX(5, 12))
		return refused_by(-EDEADLK, "not tried, as this kernel would lock up");
	err = to_sockmap_as(&now.beside, "passes_stream", PBPF_SK_SKB_STREAM_VERDICT);
	return err ? err : to_sockmap();
}

static int to_socket(void)
{
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, sockets), 0);
	return pbpf_socket_attach(sockets[1], fd_of_program(), &now.live->env);
}

static void from_socket(void)
{
	ck_assert_int_eq(pbpf_socket_detach(sockets[1], &now.live->env), 0);
}

static int to_port(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t size = sizeof(address);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	sockets[0] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	sockets[1] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	setsockopt(sockets[1], SOL_SOCKET, SO_REUSEPORT, &(int){1}, sizeof(int));
	ck_assert_int_eq(bind(sockets[1], (struct sockaddr *)&address, size), 0);
	ck_assert_int_eq(getsockname(sockets[1], (struct sockaddr *)&address, &size), 0);
	ck_assert_int_eq(connect(sockets[0], (struct sockaddr *)&address, size), 0);
	return pbpf_reuseport_attach(sockets[1], fd_of_program(), &now.live->env);
}

static void from_port(void)
{
	ck_assert_int_eq(pbpf_reuseport_detach(sockets[1], &now.live->env), 0);
}

static int to_infrared(void)
{
	int receiver = open("/dev/lirc0", O_RDWR | O_CLOEXEC);
	int err = receiver < 0 ? refused_by(-errno, "/dev/lirc0")
			       : pbpf_link_lirc(&now.link, fd_of_program(), receiver, &now.opts);

	close(receiver);
	return err;
}

/* --- Routes through programs ----------------------------------------------------------------- */

static const struct own_route by_out = {
	"10.78.0.0",	    AF_INET,	 16, RTN_UNICAST, RT_TABLE_MAIN, "left",
	LWTUNNEL_ENCAP_BPF, LWT_BPF_OUT,
};
static const struct own_route by_xmit = {
	"10.78.0.0",	    AF_INET,	  16, RTN_UNICAST, RT_TABLE_MAIN, "left",
	LWTUNNEL_ENCAP_BPF, LWT_BPF_XMIT,
};
static const struct own_route by_in = {
	"10.79.0.1", AF_INET, 32, RTN_LOCAL, RT_TABLE_LOCAL, "lo", LWTUNNEL_ENCAP_BPF, LWT_BPF_IN,
};
static const struct own_route by_segment = {
	"fd00:77::1",
	AF_INET6,
	128,
	RTN_UNICAST,
	RT_TABLE_MAIN,
	"left",
	LWTUNNEL_ENCAP_SEG6_LOCAL,
	SEG6_LOCAL_BPF,
};

#define ROUTE(to_name, from_name, route)                                               \
	static int to_name(void)                                                       \
	{                                                                              \
		give_address("left", "10.77.0.1");                                     \
		return refused_by(change_route(&(route), fd_of_program()), "a route"); \
	}                                                                              \
	static void from_name(void)                                                    \
	{                                                                              \
		ck_assert_int_eq(change_route(&(route), -1), 0);                       \
	}

ROUTE(to_route_out, from_route_out, by_out)
ROUTE(to_route_xmit, from_route_xmit, by_xmit)
ROUTE(to_route_in, from_route_in, by_in)
ROUTE(to_segment, from_segment, by_segment)

/* --- The kinds ------------------------------------------------------------------------------- */

#define OF_OBJECT(object, name, program, attach, act, needs, detach, ...)         \
	{                                                                         \
		name, object, #program, attach, act, needs, {__VA_ARGS__}, detach \
	}
#define PLAIN(name, program, attach, act) \
	OF_OBJECT("kinds_net", name, program, attach, act, IN_NETWORK, NULL, NULL)
#define WITHOUT_LINK(name, program, attach, act, detach, ...) \
	OF_OBJECT("kinds_net", name, program, attach, act, IN_NETWORK, detach, __VA_ARGS__)
#define OF_MAP(name, program, attach, redirects)                                    \
	OF_OBJECT("kinds_net", name, program, attach, send_frame, IN_NETWORK, NULL, \
		  "passes_frames", redirects)
#define OF_NETKIT(name, program) \
	OF_OBJECT("kinds_net", name, program, to_tcx, send_frames, IN_NETKIT, NULL, NULL)

static const struct kind kinds[] = {
	PLAIN("xdp", xdp, to_xdp, send_frame),
	PLAIN("xdp.frags", xdp_frags, to_xdp, send_frame),
	OF_MAP("xdp/devmap", xdp_devmap, to_device, "redirects_to_device"),
	OF_MAP("xdp/cpumap", xdp_cpumap, to_cpu, "redirects_to_cpu"),
	OF_MAP("xdp.frags/devmap", xdp_frags_devmap, to_device_of_frags,
	       "redirects_frags_to_device"),
	OF_MAP("xdp.frags/cpumap", xdp_frags_cpumap, to_cpu_of_frags, "redirects_frags_to_cpu"),
	PLAIN("tc", tc, to_clsact, send_frame),
	PLAIN("classifier", classifier, to_clsact, send_frame),
	WITHOUT_LINK("action", action, to_action, send_frame, from_action, "matches"),
	PLAIN("tc/ingress", tc_ingress, to_tcx, send_frames),
	PLAIN("tc/egress", tc_egress, to_tcx, send_frames),
	PLAIN("tc/ingress:clsact", tc_ingress, to_clsact, send_frames),
	PLAIN("tcx/ingress", tcx_ingress, to_tcx, send_frames),
	PLAIN("tcx/egress", tcx_egress, to_tcx, send_frames),
	OF_NETKIT("netkit/primary", netkit_primary),
	OF_NETKIT("netkit/peer", netkit_peer),
	OF_OBJECT("kinds_module", "kfunc:module", kfunc_of_module, to_clsact, send_frame,
		  IN_NETWORK, NULL, NULL),
	PLAIN("netfilter", netfilter, to_netfilter, send_datagram),
	WITHOUT_LINK("lwt_in", lwt_in, to_route_in, send_along_routes, from_route_in, NULL),
	WITHOUT_LINK("lwt_out", lwt_out, to_route_out, send_along_routes, from_route_out, NULL),
	WITHOUT_LINK("lwt_xmit", lwt_xmit, to_route_xmit, send_along_routes, from_route_xmit, NULL),
	WITHOUT_LINK("lwt_seg6local", lwt_seg6local, to_segment, send_segments, from_segment, NULL),
	WITHOUT_LINK("socket", socket_filter, to_socket, send_to_socket, from_socket, NULL),
	WITHOUT_LINK("sk_reuseport", sk_reuseport, to_port, send_to_socket, from_port, NULL),
	WITHOUT_LINK("sk_reuseport/migrate", sk_reuseport_migrate, to_port, send_to_socket,
		     from_port, NULL),
	PLAIN("sk_lookup", sk_lookup, to_netns, send_datagram),
	PLAIN("flow_dissector", flow_dissector, to_netns, dissect_flow),
	PLAIN("sk_skb", sk_skb, to_sockmap_as_verdict, send_through_sockmap),
	OF_OBJECT("kinds_net", "sk_skb/stream_parser", sk_skb_stream_parser,
		  to_sockmap_with_verdict, send_through_sockmap, IN_NETWORK, NULL, "passes_stream"),
	PLAIN("sk_skb/stream_verdict", sk_skb_stream_verdict, to_sockmap, send_through_sockmap),
	PLAIN("sk_skb/verdict", sk_skb_verdict, to_sockmap, send_through_sockmap),
	PLAIN("sk_msg", sk_msg, to_sockmap, send_through_sockmap),
	PLAIN("lirc_mode2", lirc_mode2, to_infrared, send_frame),
};

START_TEST(runs_and_ends)
{
	prove_kind(&kinds[_i]);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("live: a program of each kind for packets and sockets");
	TCase *c = tcase_create("kinds");

	tcase_set_timeout(c, 60);
	tcase_add_loop_test(c, runs_and_ends, 0, (int)(sizeof(kinds) / sizeof(kinds[0])));
	suite_add_tcase(s, c);
	return s;
}
