/* SPDX-License-Identifier: MIT */
/*
 * What the name of a section says about the programs in it.
 *
 * The names are the ecosystem's: what compiles for other loaders loads here unchanged. A name is
 * matched as a whole, or, where SECTION_MORE stands, as a whole or up to a '/'; what follows the '/'
 * says where to attach. A leading '?' (not part of the name here) means "not unless asked for".
 */
#include "base/spell.h"
#include "loader/object.h"

#include <string.h>

#define MORE	   SECTION_MORE
#define SLEEPABLE  SECTION_SLEEPABLE
#define XDP_FRAGS  SECTION_XDP_FRAGS
#define ATTACH_OPT SECTION_ATTACH_OPT

#define TYPE(type) PBPF_PROG_TYPE_##type
#define TO(attach) PBPF_##attach

/* No two entries match the same section, so the order is the reader's. */
static const struct section_kind kinds[] = {
	{"socket", TYPE(SOCKET_FILTER), 0, 0, 0},
	{"sk_reuseport/migrate", TYPE(SK_REUSEPORT), TO(SK_REUSEPORT_SELECT_OR_MIGRATE), 0, 0},
	{"sk_reuseport", TYPE(SK_REUSEPORT), TO(SK_REUSEPORT_SELECT), 0, 0},

	{"kprobe", TYPE(KPROBE), 0, MORE, ATTACH_KPROBE},
	{"kretprobe", TYPE(KPROBE), 0, MORE, ATTACH_KPROBE},
	{"kprobe.multi", TYPE(KPROBE), TO(TRACE_KPROBE_MULTI), MORE, ATTACH_KPROBE_MULTI},
	{"kretprobe.multi", TYPE(KPROBE), TO(TRACE_KPROBE_MULTI), MORE, ATTACH_KPROBE_MULTI},
	{"kprobe.session", TYPE(KPROBE), TO(TRACE_KPROBE_SESSION), MORE, ATTACH_KPROBE_MULTI},
	{"ksyscall", TYPE(KPROBE), 0, MORE, ATTACH_KSYSCALL},
	{"kretsyscall", TYPE(KPROBE), 0, MORE, ATTACH_KSYSCALL},
	{"uprobe", TYPE(KPROBE), 0, MORE, ATTACH_UPROBE},
	{"uprobe.s", TYPE(KPROBE), 0, MORE | SLEEPABLE, ATTACH_UPROBE},
	{"uretprobe", TYPE(KPROBE), 0, MORE, ATTACH_UPROBE},
	{"uretprobe.s", TYPE(KPROBE), 0, MORE | SLEEPABLE, ATTACH_UPROBE},
	{"uprobe.multi", TYPE(KPROBE), TO(TRACE_UPROBE_MULTI), MORE, ATTACH_UPROBE_MULTI},
	{"uprobe.multi.s", TYPE(KPROBE), TO(TRACE_UPROBE_MULTI), MORE | SLEEPABLE,
	 ATTACH_UPROBE_MULTI},
	{"uretprobe.multi", TYPE(KPROBE), TO(TRACE_UPROBE_MULTI), MORE, ATTACH_UPROBE_MULTI},
	{"uretprobe.multi.s", TYPE(KPROBE), TO(TRACE_UPROBE_MULTI), MORE | SLEEPABLE,
	 ATTACH_UPROBE_MULTI},
	{"uprobe.session", TYPE(KPROBE), TO(TRACE_UPROBE_SESSION), MORE, ATTACH_UPROBE_MULTI},
	{"uprobe.session.s", TYPE(KPROBE), TO(TRACE_UPROBE_SESSION), MORE | SLEEPABLE,
	 ATTACH_UPROBE_MULTI},
	{"usdt", TYPE(KPROBE), TO(TRACE_UPROBE_MULTI), MORE | ATTACH_OPT, ATTACH_USDT},
	{"usdt.s", TYPE(KPROBE), TO(TRACE_UPROBE_MULTI), MORE | SLEEPABLE | ATTACH_OPT,
	 ATTACH_USDT},

	{"tc", TYPE(SCHED_CLS), 0, 0, 0},
	{"tc/ingress", TYPE(SCHED_CLS), TO(TCX_INGRESS), 0, 0},
	{"tc/egress", TYPE(SCHED_CLS), TO(TCX_EGRESS), 0, 0},
	{"tcx/ingress", TYPE(SCHED_CLS), TO(TCX_INGRESS), 0, 0},
	{"tcx/egress", TYPE(SCHED_CLS), TO(TCX_EGRESS), 0, 0},
	{"classifier", TYPE(SCHED_CLS), 0, 0, 0},
	{"netkit/primary", TYPE(SCHED_CLS), TO(NETKIT_PRIMARY), 0, 0},
	{"netkit/peer", TYPE(SCHED_CLS), TO(NETKIT_PEER), 0, 0},
	{"action", TYPE(SCHED_ACT), 0, 0, 0},

	{"tp", TYPE(TRACEPOINT), 0, MORE, ATTACH_TRACEPOINT},
	{"tracepoint", TYPE(TRACEPOINT), 0, MORE, ATTACH_TRACEPOINT},
	{"tp.s", TYPE(TRACEPOINT), 0, MORE | SLEEPABLE, ATTACH_TRACEPOINT},
	{"tracepoint.s", TYPE(TRACEPOINT), 0, MORE | SLEEPABLE, ATTACH_TRACEPOINT},
	{"raw_tp", TYPE(RAW_TRACEPOINT), 0, MORE, ATTACH_RAW_TRACEPOINT},
	{"raw_tracepoint", TYPE(RAW_TRACEPOINT), 0, MORE, ATTACH_RAW_TRACEPOINT},
	{"raw_tp.s", TYPE(RAW_TRACEPOINT), 0, MORE | SLEEPABLE, ATTACH_RAW_TRACEPOINT},
	{"raw_tracepoint.s", TYPE(RAW_TRACEPOINT), 0, MORE | SLEEPABLE, ATTACH_RAW_TRACEPOINT},
	{"raw_tp.w", TYPE(RAW_TRACEPOINT_WRITABLE), 0, MORE, ATTACH_RAW_TRACEPOINT},
	{"raw_tracepoint.w", TYPE(RAW_TRACEPOINT_WRITABLE), 0, MORE, ATTACH_RAW_TRACEPOINT},
	{"tp_btf", TYPE(TRACING), TO(TRACE_RAW_TP), MORE, ATTACH_TRACING},
	{"tp_btf.s", TYPE(TRACING), TO(TRACE_RAW_TP), MORE | SLEEPABLE, ATTACH_TRACING},
	{"fentry", TYPE(TRACING), TO(TRACE_FENTRY), MORE, ATTACH_TRACING},
	{"fentry.s", TYPE(TRACING), TO(TRACE_FENTRY), MORE | SLEEPABLE, ATTACH_TRACING},
	{"fmod_ret", TYPE(TRACING), TO(MODIFY_RETURN), MORE, ATTACH_TRACING},
	{"fmod_ret.s", TYPE(TRACING), TO(MODIFY_RETURN), MORE | SLEEPABLE, ATTACH_TRACING},
	{"fexit", TYPE(TRACING), TO(TRACE_FEXIT), MORE, ATTACH_TRACING},
	{"fexit.s", TYPE(TRACING), TO(TRACE_FEXIT), MORE | SLEEPABLE, ATTACH_TRACING},
	{"fsession", TYPE(TRACING), TO(TRACE_FSESSION), MORE, ATTACH_TRACING},
	{"fsession.s", TYPE(TRACING), TO(TRACE_FSESSION), MORE | SLEEPABLE, ATTACH_TRACING},
	{"fentry.multi", TYPE(TRACING), TO(TRACE_FENTRY_MULTI), MORE, ATTACH_TRACING_MULTI},
	{"fentry.multi.s", TYPE(TRACING), TO(TRACE_FENTRY_MULTI), MORE | SLEEPABLE,
	 ATTACH_TRACING_MULTI},
	{"fexit.multi", TYPE(TRACING), TO(TRACE_FEXIT_MULTI), MORE, ATTACH_TRACING_MULTI},
	{"fexit.multi.s", TYPE(TRACING), TO(TRACE_FEXIT_MULTI), MORE | SLEEPABLE,
	 ATTACH_TRACING_MULTI},
	{"fsession.multi", TYPE(TRACING), TO(TRACE_FSESSION_MULTI), MORE, ATTACH_TRACING_MULTI},
	{"fsession.multi.s", TYPE(TRACING), TO(TRACE_FSESSION_MULTI), MORE | SLEEPABLE,
	 ATTACH_TRACING_MULTI},
	{"iter", TYPE(TRACING), TO(TRACE_ITER), MORE, ATTACH_ITERATOR},
	{"iter.s", TYPE(TRACING), TO(TRACE_ITER), MORE | SLEEPABLE, ATTACH_ITERATOR},
	{"freplace", TYPE(EXT), 0, MORE, ATTACH_TRACING},
	{"lsm", TYPE(LSM), TO(LSM_MAC), MORE, ATTACH_TRACING},
	{"lsm.s", TYPE(LSM), TO(LSM_MAC), MORE | SLEEPABLE, ATTACH_TRACING},
	{"lsm_cgroup", TYPE(LSM), TO(LSM_CGROUP), MORE, 0},
	{"struct_ops", TYPE(STRUCT_OPS), 0, MORE, 0},
	{"struct_ops.s", TYPE(STRUCT_OPS), 0, MORE | SLEEPABLE, 0},
	{"perf_event", TYPE(PERF_EVENT), 0, 0, 0},
	{"syscall", TYPE(SYSCALL), 0, SLEEPABLE, 0},

	{"xdp", TYPE(XDP), TO(XDP), ATTACH_OPT, 0},
	{"xdp/devmap", TYPE(XDP), TO(XDP_DEVMAP), 0, 0},
	{"xdp/cpumap", TYPE(XDP), TO(XDP_CPUMAP), 0, 0},
	{"xdp.frags", TYPE(XDP), TO(XDP), XDP_FRAGS, 0},
	{"xdp.frags/devmap", TYPE(XDP), TO(XDP_DEVMAP), XDP_FRAGS, 0},
	{"xdp.frags/cpumap", TYPE(XDP), TO(XDP_CPUMAP), XDP_FRAGS, 0},
	{"lwt_in", TYPE(LWT_IN), 0, 0, 0},
	{"lwt_out", TYPE(LWT_OUT), 0, 0, 0},
	{"lwt_xmit", TYPE(LWT_XMIT), 0, 0, 0},
	{"lwt_seg6local", TYPE(LWT_SEG6LOCAL), 0, 0, 0},
	{"sockops", TYPE(SOCK_OPS), TO(CGROUP_SOCK_OPS), ATTACH_OPT, 0},
	{"sk_skb", TYPE(SK_SKB), 0, 0, 0},
	{"sk_skb/stream_parser", TYPE(SK_SKB), TO(SK_SKB_STREAM_PARSER), ATTACH_OPT, 0},
	{"sk_skb/stream_verdict", TYPE(SK_SKB), TO(SK_SKB_STREAM_VERDICT), ATTACH_OPT, 0},
	{"sk_skb/verdict", TYPE(SK_SKB), TO(SK_SKB_VERDICT), ATTACH_OPT, 0},
	{"sk_msg", TYPE(SK_MSG), TO(SK_MSG_VERDICT), ATTACH_OPT, 0},
	{"sk_lookup", TYPE(SK_LOOKUP), TO(SK_LOOKUP), 0, 0},
	{"flow_dissector", TYPE(FLOW_DISSECTOR), TO(FLOW_DISSECTOR), ATTACH_OPT, 0},
	{"netfilter", TYPE(NETFILTER), TO(NETFILTER), 0, 0},
	{"lirc_mode2", TYPE(LIRC_MODE2), TO(LIRC_MODE2), ATTACH_OPT, 0},

	{"cgroup_skb/ingress", TYPE(CGROUP_SKB), TO(CGROUP_INET_INGRESS), ATTACH_OPT, 0},
	{"cgroup_skb/egress", TYPE(CGROUP_SKB), TO(CGROUP_INET_EGRESS), ATTACH_OPT, 0},
	{"cgroup/skb", TYPE(CGROUP_SKB), 0, 0, 0},
	{"cgroup/sock", TYPE(CGROUP_SOCK), TO(CGROUP_INET_SOCK_CREATE), ATTACH_OPT, 0},
	{"cgroup/sock_create", TYPE(CGROUP_SOCK), TO(CGROUP_INET_SOCK_CREATE), 0, 0},
	{"cgroup/sock_release", TYPE(CGROUP_SOCK), TO(CGROUP_INET_SOCK_RELEASE), 0, 0},
	{"cgroup/post_bind4", TYPE(CGROUP_SOCK), TO(CGROUP_INET4_POST_BIND), 0, 0},
	{"cgroup/post_bind6", TYPE(CGROUP_SOCK), TO(CGROUP_INET6_POST_BIND), 0, 0},
	{"cgroup/bind4", TYPE(CGROUP_SOCK_ADDR), TO(CGROUP_INET4_BIND), 0, 0},
	{"cgroup/bind6", TYPE(CGROUP_SOCK_ADDR), TO(CGROUP_INET6_BIND), 0, 0},
	{"cgroup/connect4", TYPE(CGROUP_SOCK_ADDR), TO(CGROUP_INET4_CONNECT), 0, 0},
	{"cgroup/connect6", TYPE(CGROUP_SOCK_ADDR), TO(CGROUP_INET6_CONNECT), 0, 0},
	{"cgroup/connect_unix", TYPE(CGROUP_SOCK_ADDR), TO(CGROUP_UNIX_CONNECT), 0, 0},
	{"cgroup/sendmsg4", TYPE(CGROUP_SOCK_ADDR), TO(CGROUP_UDP4_SENDMSG), 0, 0},
	{"cgroup/sendmsg6", TYPE(CGROUP_SOCK_ADDR), TO(CGROUP_UDP6_SENDMSG), 0, 0},
	{"cgroup/sendmsg_unix", TYPE(CGROUP_SOCK_ADDR), TO(CGROUP_UNIX_SENDMSG), 0, 0},
	{"cgroup/recvmsg4", TYPE(CGROUP_SOCK_ADDR), TO(CGROUP_UDP4_RECVMSG), 0, 0},
	{"cgroup/recvmsg6", TYPE(CGROUP_SOCK_ADDR), TO(CGROUP_UDP6_RECVMSG), 0, 0},
	{"cgroup/recvmsg_unix", TYPE(CGROUP_SOCK_ADDR), TO(CGROUP_UNIX_RECVMSG), 0, 0},
	{"cgroup/getpeername4", TYPE(CGROUP_SOCK_ADDR), TO(CGROUP_INET4_GETPEERNAME), 0, 0},
	{"cgroup/getpeername6", TYPE(CGROUP_SOCK_ADDR), TO(CGROUP_INET6_GETPEERNAME), 0, 0},
	{"cgroup/getpeername_unix", TYPE(CGROUP_SOCK_ADDR), TO(CGROUP_UNIX_GETPEERNAME), 0, 0},
	{"cgroup/getsockname4", TYPE(CGROUP_SOCK_ADDR), TO(CGROUP_INET4_GETSOCKNAME), 0, 0},
	{"cgroup/getsockname6", TYPE(CGROUP_SOCK_ADDR), TO(CGROUP_INET6_GETSOCKNAME), 0, 0},
	{"cgroup/getsockname_unix", TYPE(CGROUP_SOCK_ADDR), TO(CGROUP_UNIX_GETSOCKNAME), 0, 0},
	{"cgroup/sysctl", TYPE(CGROUP_SYSCTL), TO(CGROUP_SYSCTL), 0, 0},
	{"cgroup/getsockopt", TYPE(CGROUP_SOCKOPT), TO(CGROUP_GETSOCKOPT), 0, 0},
	{"cgroup/setsockopt", TYPE(CGROUP_SOCKOPT), TO(CGROUP_SETSOCKOPT), 0, 0},
	{"cgroup/dev", TYPE(CGROUP_DEVICE), TO(CGROUP_DEVICE), ATTACH_OPT, 0},
};

#define KIND_COUNT (sizeof(kinds) / sizeof(kinds[0]))

const struct section_kind *find_section_kind(const char *name)
{
	for (size_t i = 0; i < KIND_COUNT; i++) {
		size_t length;

		if (*name != *kinds[i].name)
			continue;
		length = strlen(kinds[i].name);
		if (strncmp(name, kinds[i].name, length))
			continue;
		if (!name[length] || (kinds[i].flags & SECTION_MORE && name[length] == '/'))
			return &kinds[i];
	}
	return NULL;
}

const struct section_kind *section_kind_at(size_t i)
{
	return i < KIND_COUNT ? &kinds[i] : NULL;
}

const char *section_target(const struct section_kind *kind, const char *section)
{
	const char *rest = section + strlen(kind->name);

	return *rest == '/' ? rest + 1 : "";
}

/* The longest known name that this one begins with. Old loaders took what follows for the program's own
 * name: "xdp_drop", "socket1". */
static const char *beginning_of(const char *name)
{
	const char *longest = NULL;

	for (size_t i = 0; i < KIND_COUNT; i++) {
		size_t size = strlen(kinds[i].name);
		bool begins = !strncmp(name, kinds[i].name, size);
		char next = begins ? name[size] : 'a';

		if ((next < 'a' || next > 'z') && (!longest || size > strlen(longest)))
			longest = kinds[i].name;
	}
	return longest;
}

const char *nearest_section_name(const char *name)
{
	size_t kind_length = strcspn(name, "/");
	struct spell whole = spell_for(name), part;
	char kind[32] = "";

	if (kind_length < sizeof(kind))
		memcpy(kind, name, kind_length);
	part = spell_for(kind);
	for (size_t i = 0; i < KIND_COUNT; i++)
		spell_try(kinds[i].flags & SECTION_MORE ? &part : &whole, kinds[i].name);
	if (whole.nearest && whole.distance <= part.distance)
		return whole.nearest;
	return part.nearest ? part.nearest : beginning_of(name);
}
