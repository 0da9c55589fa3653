/* SPDX-License-Identifier: MIT */
/*
 * Every section name of the ecosystem, and what it says. The list is written down here once more, in another
 * order than the loader's, so that a slip in either shows.
 */
#include "harness.h"
#include "loader/object.h"

#define TYPE(type) PBPF_PROG_TYPE_##type
#define TO(attach) PBPF_##attach

/* '+' may be followed by "/anything", 's' sleepable, 'x' takes packets in fragments, 'o' old kernels do without
 * the attach type. */
static const struct {
	const char *name;
	uint32_t type, attach_type;
	const char *marks;
} sections[] = {
	{"socket", TYPE(SOCKET_FILTER), 0, ""},
	{"sk_reuseport/migrate", TYPE(SK_REUSEPORT), TO(SK_REUSEPORT_SELECT_OR_MIGRATE), ""},
	{"sk_reuseport", TYPE(SK_REUSEPORT), TO(SK_REUSEPORT_SELECT), ""},
	{"kprobe", TYPE(KPROBE), 0, "+"},
	{"kretprobe", TYPE(KPROBE), 0, "+"},
	{"uprobe", TYPE(KPROBE), 0, "+"},
	{"uprobe.s", TYPE(KPROBE), 0, "+s"},
	{"uretprobe", TYPE(KPROBE), 0, "+"},
	{"uretprobe.s", TYPE(KPROBE), 0, "+s"},
	{"kprobe.multi", TYPE(KPROBE), TO(TRACE_KPROBE_MULTI), "+"},
	{"kretprobe.multi", TYPE(KPROBE), TO(TRACE_KPROBE_MULTI), "+"},
	{"kprobe.session", TYPE(KPROBE), TO(TRACE_KPROBE_SESSION), "+"},
	{"uprobe.multi", TYPE(KPROBE), TO(TRACE_UPROBE_MULTI), "+"},
	{"uretprobe.multi", TYPE(KPROBE), TO(TRACE_UPROBE_MULTI), "+"},
	{"uprobe.session", TYPE(KPROBE), TO(TRACE_UPROBE_SESSION), "+"},
	{"uprobe.multi.s", TYPE(KPROBE), TO(TRACE_UPROBE_MULTI), "+s"},
	{"uretprobe.multi.s", TYPE(KPROBE), TO(TRACE_UPROBE_MULTI), "+s"},
	{"uprobe.session.s", TYPE(KPROBE), TO(TRACE_UPROBE_SESSION), "+s"},
	{"ksyscall", TYPE(KPROBE), 0, "+"},
	{"kretsyscall", TYPE(KPROBE), 0, "+"},
	{"usdt", TYPE(KPROBE), TO(TRACE_UPROBE_MULTI), "+o"},
	{"usdt.s", TYPE(KPROBE), TO(TRACE_UPROBE_MULTI), "+so"},
	{"tc/ingress", TYPE(SCHED_CLS), TO(TCX_INGRESS), ""},
	{"tc/egress", TYPE(SCHED_CLS), TO(TCX_EGRESS), ""},
	{"tcx/ingress", TYPE(SCHED_CLS), TO(TCX_INGRESS), ""},
	{"tcx/egress", TYPE(SCHED_CLS), TO(TCX_EGRESS), ""},
	{"tc", TYPE(SCHED_CLS), 0, ""},
	{"classifier", TYPE(SCHED_CLS), 0, ""},
	{"netkit/primary", TYPE(SCHED_CLS), TO(NETKIT_PRIMARY), ""},
	{"netkit/peer", TYPE(SCHED_CLS), TO(NETKIT_PEER), ""},
	{"action", TYPE(SCHED_ACT), 0, ""},
	{"tracepoint", TYPE(TRACEPOINT), 0, "+"},
	{"tp", TYPE(TRACEPOINT), 0, "+"},
	{"tracepoint.s", TYPE(TRACEPOINT), 0, "+s"},
	{"tp.s", TYPE(TRACEPOINT), 0, "+s"},
	{"raw_tracepoint", TYPE(RAW_TRACEPOINT), 0, "+"},
	{"raw_tp", TYPE(RAW_TRACEPOINT), 0, "+"},
	{"raw_tracepoint.s", TYPE(RAW_TRACEPOINT), 0, "+s"},
	{"raw_tp.s", TYPE(RAW_TRACEPOINT), 0, "+s"},
	{"raw_tracepoint.w", TYPE(RAW_TRACEPOINT_WRITABLE), 0, "+"},
	{"raw_tp.w", TYPE(RAW_TRACEPOINT_WRITABLE), 0, "+"},
	{"tp_btf", TYPE(TRACING), TO(TRACE_RAW_TP), "+"},
	{"tp_btf.s", TYPE(TRACING), TO(TRACE_RAW_TP), "+s"},
	{"fentry", TYPE(TRACING), TO(TRACE_FENTRY), "+"},
	{"fmod_ret", TYPE(TRACING), TO(MODIFY_RETURN), "+"},
	{"fexit", TYPE(TRACING), TO(TRACE_FEXIT), "+"},
	{"fentry.s", TYPE(TRACING), TO(TRACE_FENTRY), "+s"},
	{"fmod_ret.s", TYPE(TRACING), TO(MODIFY_RETURN), "+s"},
	{"fexit.s", TYPE(TRACING), TO(TRACE_FEXIT), "+s"},
	{"fsession", TYPE(TRACING), TO(TRACE_FSESSION), "+"},
	{"fsession.s", TYPE(TRACING), TO(TRACE_FSESSION), "+s"},
	{"fsession.multi", TYPE(TRACING), TO(TRACE_FSESSION_MULTI), "+"},
	{"fsession.multi.s", TYPE(TRACING), TO(TRACE_FSESSION_MULTI), "+s"},
	{"fentry.multi", TYPE(TRACING), TO(TRACE_FENTRY_MULTI), "+"},
	{"fexit.multi", TYPE(TRACING), TO(TRACE_FEXIT_MULTI), "+"},
	{"fentry.multi.s", TYPE(TRACING), TO(TRACE_FENTRY_MULTI), "+s"},
	{"fexit.multi.s", TYPE(TRACING), TO(TRACE_FEXIT_MULTI), "+s"},
	{"freplace", TYPE(EXT), 0, "+"},
	{"lsm", TYPE(LSM), TO(LSM_MAC), "+"},
	{"lsm.s", TYPE(LSM), TO(LSM_MAC), "+s"},
	{"lsm_cgroup", TYPE(LSM), TO(LSM_CGROUP), "+"},
	{"iter", TYPE(TRACING), TO(TRACE_ITER), "+"},
	{"iter.s", TYPE(TRACING), TO(TRACE_ITER), "+s"},
	{"syscall", TYPE(SYSCALL), 0, "s"},
	{"xdp.frags/devmap", TYPE(XDP), TO(XDP_DEVMAP), "x"},
	{"xdp/devmap", TYPE(XDP), TO(XDP_DEVMAP), ""},
	{"xdp.frags/cpumap", TYPE(XDP), TO(XDP_CPUMAP), "x"},
	{"xdp/cpumap", TYPE(XDP), TO(XDP_CPUMAP), ""},
	{"xdp.frags", TYPE(XDP), TO(XDP), "x"},
	{"xdp", TYPE(XDP), TO(XDP), "o"},
	{"perf_event", TYPE(PERF_EVENT), 0, ""},
	{"lwt_in", TYPE(LWT_IN), 0, ""},
	{"lwt_out", TYPE(LWT_OUT), 0, ""},
	{"lwt_xmit", TYPE(LWT_XMIT), 0, ""},
	{"lwt_seg6local", TYPE(LWT_SEG6LOCAL), 0, ""},
	{"sockops", TYPE(SOCK_OPS), TO(CGROUP_SOCK_OPS), "o"},
	{"sk_skb/stream_parser", TYPE(SK_SKB), TO(SK_SKB_STREAM_PARSER), "o"},
	{"sk_skb/stream_verdict", TYPE(SK_SKB), TO(SK_SKB_STREAM_VERDICT), "o"},
	{"sk_skb/verdict", TYPE(SK_SKB), TO(SK_SKB_VERDICT), "o"},
	{"sk_skb", TYPE(SK_SKB), 0, ""},
	{"sk_msg", TYPE(SK_MSG), TO(SK_MSG_VERDICT), "o"},
	{"lirc_mode2", TYPE(LIRC_MODE2), TO(LIRC_MODE2), "o"},
	{"flow_dissector", TYPE(FLOW_DISSECTOR), TO(FLOW_DISSECTOR), "o"},
	{"cgroup_skb/ingress", TYPE(CGROUP_SKB), TO(CGROUP_INET_INGRESS), "o"},
	{"cgroup_skb/egress", TYPE(CGROUP_SKB), TO(CGROUP_INET_EGRESS), "o"},
	{"cgroup/skb", TYPE(CGROUP_SKB), 0, ""},
	{"cgroup/sock_create", TYPE(CGROUP_SOCK), TO(CGROUP_INET_SOCK_CREATE), ""},
	{"cgroup/sock_release", TYPE(CGROUP_SOCK), TO(CGROUP_INET_SOCK_RELEASE), ""},
	{"cgroup/sock", TYPE(CGROUP_SOCK), TO(CGROUP_INET_SOCK_CREATE), "o"},
	{"cgroup/post_bind4", TYPE(CGROUP_SOCK), TO(CGROUP_INET4_POST_BIND), ""},
	{"cgroup/post_bind6", TYPE(CGROUP_SOCK), TO(CGROUP_INET6_POST_BIND), ""},
	{"cgroup/bind4", TYPE(CGROUP_SOCK_ADDR), TO(CGROUP_INET4_BIND), ""},
	{"cgroup/bind6", TYPE(CGROUP_SOCK_ADDR), TO(CGROUP_INET6_BIND), ""},
	{"cgroup/connect4", TYPE(CGROUP_SOCK_ADDR), TO(CGROUP_INET4_CONNECT), ""},
	{"cgroup/connect6", TYPE(CGROUP_SOCK_ADDR), TO(CGROUP_INET6_CONNECT), ""},
	{"cgroup/connect_unix", TYPE(CGROUP_SOCK_ADDR), TO(CGROUP_UNIX_CONNECT), ""},
	{"cgroup/sendmsg4", TYPE(CGROUP_SOCK_ADDR), TO(CGROUP_UDP4_SENDMSG), ""},
	{"cgroup/sendmsg6", TYPE(CGROUP_SOCK_ADDR), TO(CGROUP_UDP6_SENDMSG), ""},
	{"cgroup/sendmsg_unix", TYPE(CGROUP_SOCK_ADDR), TO(CGROUP_UNIX_SENDMSG), ""},
	{"cgroup/recvmsg4", TYPE(CGROUP_SOCK_ADDR), TO(CGROUP_UDP4_RECVMSG), ""},
	{"cgroup/recvmsg6", TYPE(CGROUP_SOCK_ADDR), TO(CGROUP_UDP6_RECVMSG), ""},
	{"cgroup/recvmsg_unix", TYPE(CGROUP_SOCK_ADDR), TO(CGROUP_UNIX_RECVMSG), ""},
	{"cgroup/getpeername4", TYPE(CGROUP_SOCK_ADDR), TO(CGROUP_INET4_GETPEERNAME), ""},
	{"cgroup/getpeername6", TYPE(CGROUP_SOCK_ADDR), TO(CGROUP_INET6_GETPEERNAME), ""},
	{"cgroup/getpeername_unix", TYPE(CGROUP_SOCK_ADDR), TO(CGROUP_UNIX_GETPEERNAME), ""},
	{"cgroup/getsockname4", TYPE(CGROUP_SOCK_ADDR), TO(CGROUP_INET4_GETSOCKNAME), ""},
	{"cgroup/getsockname6", TYPE(CGROUP_SOCK_ADDR), TO(CGROUP_INET6_GETSOCKNAME), ""},
	{"cgroup/getsockname_unix", TYPE(CGROUP_SOCK_ADDR), TO(CGROUP_UNIX_GETSOCKNAME), ""},
	{"cgroup/sysctl", TYPE(CGROUP_SYSCTL), TO(CGROUP_SYSCTL), ""},
	{"cgroup/getsockopt", TYPE(CGROUP_SOCKOPT), TO(CGROUP_GETSOCKOPT), ""},
	{"cgroup/setsockopt", TYPE(CGROUP_SOCKOPT), TO(CGROUP_SETSOCKOPT), ""},
	{"cgroup/dev", TYPE(CGROUP_DEVICE), TO(CGROUP_DEVICE), "o"},
	{"struct_ops", TYPE(STRUCT_OPS), 0, "+"},
	{"struct_ops.s", TYPE(STRUCT_OPS), 0, "+s"},
	{"sk_lookup", TYPE(SK_LOOKUP), TO(SK_LOOKUP), ""},
	{"netfilter", TYPE(NETFILTER), TO(NETFILTER), ""},
};
#define COUNT (sizeof(sections) / sizeof(sections[0]))

static bool is_marked(size_t i, char mark)
{
	return strchr(sections[i].marks, mark) != NULL;
}

START_TEST(each_name_says_what_it_says)
{
	char name[64];

	for (size_t i = 0; i < COUNT; i++) {
		const struct section_kind *kind = find_section_kind(sections[i].name);

		ck_assert_msg(kind != NULL, "'%s' is not known", sections[i].name);
		ck_assert_str_eq(kind->name, sections[i].name);
		ck_assert_msg(kind->type == sections[i].type, "type of '%s'", kind->name);
		ck_assert_msg(kind->attach_type == sections[i].attach_type, "attach type of '%s'",
			      kind->name);
		ck_assert_msg(!!(kind->flags & SECTION_SLEEPABLE) == is_marked(i, 's'),
			      "'%s': does it sleep?", kind->name);
		ck_assert_msg(!!(kind->flags & SECTION_XDP_FRAGS) == is_marked(i, 'x'),
			      "'%s': fragments?", kind->name);
		ck_assert_msg(!!(kind->flags & SECTION_ATTACH_OPT) == is_marked(i, 'o'),
			      "'%s': can it do without?", kind->name);
		snprintf(name, sizeof(name), "%s/more", sections[i].name);
		ck_assert_msg((find_section_kind(name) == kind) == is_marked(i, '+'),
			      "'%s' may%s be followed", kind->name,
			      is_marked(i, '+') ? "" : " not");
	}
}
END_TEST

START_TEST(there_are_no_others)
{
	size_t count = 0;

	while (section_kind_at(count))
		count++;
	ck_assert_uint_eq(count, COUNT);
	ck_assert_uint_eq(COUNT, 116);
}
END_TEST

START_TEST(slips_of_the_pen)
{
	static const char *const slips[][2] = {
		{"kprob/do_exit", "kprobe"},
		{"tracpoint/a/b", "tracepoint"},
		{"cgroup/conect4", "cgroup/connect4"},
		{"xdp.frag", "xdp.frags"},
		{"fentyr/x", "fentry"},
		{"struct_op/x", "struct_ops"},
		{"xdp_drop_all", "xdp"},
		{"socket1", "socket"},
		{"cgroup_skb/ingress_count", "cgroup_skb/ingress"},
	};

	for (size_t i = 0; i < sizeof(slips) / sizeof(slips[0]); i++) {
		ck_assert_ptr_null(find_section_kind(slips[i][0]));
		ck_assert_str_eq(nearest_section_name(slips[i][0]), slips[i][1]);
	}
	ck_assert_ptr_null(nearest_section_name("nothing like any of them"));
	ck_assert_ptr_null(find_section_kind(""));
	ck_assert_ptr_null(find_section_kind("kprobes"));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("loader: section names");
	TCase *c = tcase_create("names");

	tcase_add_test(c, each_name_says_what_it_says);
	tcase_add_test(c, there_are_no_others);
	tcase_add_test(c, slips_of_the_pen);
	suite_add_tcase(s, c);
	return s;
}
