/* SPDX-License-Identifier: MIT */
/*
 * Names of attach types and link types, as bpftool prints them.
 */
#include "sys/pbpf_objects.h"

#include "sys/pbpf_abi.h"

static const char *const attach_types[] = {
	[PBPF_CGROUP_INET_INGRESS] = "cgroup_inet_ingress",
	[PBPF_CGROUP_INET_EGRESS] = "cgroup_inet_egress",
	[PBPF_CGROUP_INET_SOCK_CREATE] = "cgroup_inet_sock_create",
	[PBPF_CGROUP_SOCK_OPS] = "cgroup_sock_ops",
	[PBPF_SK_SKB_STREAM_PARSER] = "sk_skb_stream_parser",
	[PBPF_SK_SKB_STREAM_VERDICT] = "sk_skb_stream_verdict",
	[PBPF_CGROUP_DEVICE] = "cgroup_device",
	[PBPF_SK_MSG_VERDICT] = "sk_msg_verdict",
	[PBPF_CGROUP_INET4_BIND] = "cgroup_inet4_bind",
	[PBPF_CGROUP_INET6_BIND] = "cgroup_inet6_bind",
	[PBPF_CGROUP_INET4_CONNECT] = "cgroup_inet4_connect",
	[PBPF_CGROUP_INET6_CONNECT] = "cgroup_inet6_connect",
	[PBPF_CGROUP_INET4_POST_BIND] = "cgroup_inet4_post_bind",
	[PBPF_CGROUP_INET6_POST_BIND] = "cgroup_inet6_post_bind",
	[PBPF_CGROUP_UDP4_SENDMSG] = "cgroup_udp4_sendmsg",
	[PBPF_CGROUP_UDP6_SENDMSG] = "cgroup_udp6_sendmsg",
	[PBPF_LIRC_MODE2] = "lirc_mode2",
	[PBPF_FLOW_DISSECTOR] = "flow_dissector",
	[PBPF_CGROUP_SYSCTL] = "cgroup_sysctl",
	[PBPF_CGROUP_UDP4_RECVMSG] = "cgroup_udp4_recvmsg",
	[PBPF_CGROUP_UDP6_RECVMSG] = "cgroup_udp6_recvmsg",
	[PBPF_CGROUP_GETSOCKOPT] = "cgroup_getsockopt",
	[PBPF_CGROUP_SETSOCKOPT] = "cgroup_setsockopt",
	[PBPF_TRACE_RAW_TP] = "trace_raw_tp",
	[PBPF_TRACE_FENTRY] = "trace_fentry",
	[PBPF_TRACE_FEXIT] = "trace_fexit",
	[PBPF_MODIFY_RETURN] = "modify_return",
	[PBPF_LSM_MAC] = "lsm_mac",
	[PBPF_TRACE_ITER] = "trace_iter",
	[PBPF_CGROUP_INET4_GETPEERNAME] = "cgroup_inet4_getpeername",
	[PBPF_CGROUP_INET6_GETPEERNAME] = "cgroup_inet6_getpeername",
	[PBPF_CGROUP_INET4_GETSOCKNAME] = "cgroup_inet4_getsockname",
	[PBPF_CGROUP_INET6_GETSOCKNAME] = "cgroup_inet6_getsockname",
	[PBPF_XDP_DEVMAP] = "xdp_devmap",
	[PBPF_CGROUP_INET_SOCK_RELEASE] = "cgroup_inet_sock_release",
	[PBPF_XDP_CPUMAP] = "xdp_cpumap",
	[PBPF_SK_LOOKUP] = "sk_lookup",
	[PBPF_XDP] = "xdp",
	[PBPF_SK_SKB_VERDICT] = "sk_skb_verdict",
	[PBPF_SK_REUSEPORT_SELECT] = "sk_reuseport_select",
	[PBPF_SK_REUSEPORT_SELECT_OR_MIGRATE] = "sk_reuseport_select_or_migrate",
	[PBPF_PERF_EVENT] = "perf_event",
	[PBPF_TRACE_KPROBE_MULTI] = "trace_kprobe_multi",
	[PBPF_LSM_CGROUP] = "lsm_cgroup",
	[PBPF_STRUCT_OPS] = "struct_ops",
	[PBPF_NETFILTER] = "netfilter",
	[PBPF_TCX_INGRESS] = "tcx_ingress",
	[PBPF_TCX_EGRESS] = "tcx_egress",
	[PBPF_TRACE_UPROBE_MULTI] = "trace_uprobe_multi",
	[PBPF_CGROUP_UNIX_CONNECT] = "cgroup_unix_connect",
	[PBPF_CGROUP_UNIX_SENDMSG] = "cgroup_unix_sendmsg",
	[PBPF_CGROUP_UNIX_RECVMSG] = "cgroup_unix_recvmsg",
	[PBPF_CGROUP_UNIX_GETPEERNAME] = "cgroup_unix_getpeername",
	[PBPF_CGROUP_UNIX_GETSOCKNAME] = "cgroup_unix_getsockname",
	[PBPF_NETKIT_PRIMARY] = "netkit_primary",
	[PBPF_NETKIT_PEER] = "netkit_peer",
	[PBPF_TRACE_KPROBE_SESSION] = "trace_kprobe_session",
	[PBPF_TRACE_UPROBE_SESSION] = "trace_uprobe_session",
	[PBPF_TRACE_FSESSION] = "trace_fsession",
	[PBPF_TRACE_FENTRY_MULTI] = "trace_fentry_multi",
	[PBPF_TRACE_FEXIT_MULTI] = "trace_fexit_multi",
	[PBPF_TRACE_FSESSION_MULTI] = "trace_fsession_multi",
};

static const char *const link_types[] = {
	[PBPF_LINK_TYPE_RAW_TRACEPOINT] = "raw_tracepoint",
	[PBPF_LINK_TYPE_TRACING] = "tracing",
	[PBPF_LINK_TYPE_CGROUP] = "cgroup",
	[PBPF_LINK_TYPE_ITER] = "iter",
	[PBPF_LINK_TYPE_NETNS] = "netns",
	[PBPF_LINK_TYPE_XDP] = "xdp",
	[PBPF_LINK_TYPE_PERF_EVENT] = "perf_event",
	[PBPF_LINK_TYPE_KPROBE_MULTI] = "kprobe_multi",
	[PBPF_LINK_TYPE_STRUCT_OPS] = "struct_ops",
	[PBPF_LINK_TYPE_NETFILTER] = "netfilter",
	[PBPF_LINK_TYPE_TCX] = "tcx",
	[PBPF_LINK_TYPE_UPROBE_MULTI] = "uprobe_multi",
	[PBPF_LINK_TYPE_NETKIT] = "netkit",
	[PBPF_LINK_TYPE_SOCKMAP] = "sockmap",
	[PBPF_LINK_TYPE_TRACING_MULTI] = "tracing_multi",
};

const char *pbpf_attach_type_name(uint32_t type)
{
	return type < sizeof(attach_types) / sizeof(attach_types[0]) ? attach_types[type] : NULL;
}

const char *pbpf_link_type_name(uint32_t type)
{
	return type < sizeof(link_types) / sizeof(link_types[0]) ? link_types[type] : NULL;
}
