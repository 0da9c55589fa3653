// SPDX-License-Identifier: MIT
/* A program of each kind that sees packets or sockets. */
#include <linux/bpf.h>

#include "kinds.h"

struct bpf_nf_ctx;
NETWORK("xdp", xdp, struct xdp_md, XDP_PASS)
NETWORK("xdp.frags", xdp_frags, struct xdp_md, XDP_PASS)
NETWORK("xdp/devmap", xdp_devmap, struct xdp_md, XDP_PASS)
NETWORK("xdp/cpumap", xdp_cpumap, struct xdp_md, XDP_PASS)
NETWORK("xdp.frags/devmap", xdp_frags_devmap, struct xdp_md, XDP_PASS)
NETWORK("xdp.frags/cpumap", xdp_frags_cpumap, struct xdp_md, XDP_PASS)
NETWORK("tc", tc, struct __sk_buff, -1)
NETWORK("tc/ingress", tc_ingress, struct __sk_buff, -1)
NETWORK("tc/egress", tc_egress, struct __sk_buff, -1)
NETWORK("tcx/ingress", tcx_ingress, struct __sk_buff, -1)
NETWORK("tcx/egress", tcx_egress, struct __sk_buff, -1)
NETWORK("classifier", classifier, struct __sk_buff, -1)
NETWORK("action", action, struct __sk_buff, -1)
NETWORK("netkit/primary", netkit_primary, struct __sk_buff, -1)
NETWORK("netkit/peer", netkit_peer, struct __sk_buff, -1)
NETWORK("netfilter", netfilter, struct bpf_nf_ctx, 1)
NETWORK("lwt_in", lwt_in, struct __sk_buff, BPF_OK)
NETWORK("lwt_out", lwt_out, struct __sk_buff, BPF_OK)
NETWORK("lwt_xmit", lwt_xmit, struct __sk_buff, BPF_OK)
NETWORK("lwt_seg6local", lwt_seg6local, struct __sk_buff, BPF_OK)
NETWORK("socket", socket_filter, struct __sk_buff, -1)
NETWORK("sk_reuseport", sk_reuseport, struct sk_reuseport_md, SK_PASS)
NETWORK("sk_reuseport/migrate", sk_reuseport_migrate, struct sk_reuseport_md, SK_PASS)
NETWORK("sk_lookup", sk_lookup, struct bpf_sk_lookup, SK_PASS)
NETWORK("flow_dissector", flow_dissector, struct __sk_buff, BPF_OK)
NETWORK("sk_skb", sk_skb, struct __sk_buff, SK_PASS)
NETWORK("sk_skb/stream_verdict", sk_skb_stream_verdict, struct __sk_buff, SK_PASS)
NETWORK("sk_skb/verdict", sk_skb_verdict, struct __sk_buff, SK_PASS)
NETWORK("sk_msg", sk_msg, struct sk_msg_md, SK_PASS)
NETWORK("lirc_mode2", lirc_mode2, unsigned int, 0)

SEC("?sk_skb/stream_parser") int sk_skb_stream_parser(struct __sk_buff *skb)
{
	return count((int)skb->len);
}

/* What sees that a program is part of a map or a filter runs beside it, uncounted. */
SEC("?sk_skb/stream_verdict") int passes_stream(struct __sk_buff *skb)
{
	return SK_PASS;
}

SEC("?classifier") int matches(struct __sk_buff *skb)
{
	return -1;
}

SEC("?xdp") int passes_frames(struct xdp_md *ctx)
{
	return XDP_PASS;
}

struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} sockets SEC(".maps");

/* A map's programs and those that use it must agree on fragments. */
#define REDIRECT(section, name, map_type, map_name, value_type)       \
	struct {                                                      \
		__uint(type, map_type);                               \
		__uint(max_entries, 1);                               \
		__type(key, __u32);                                   \
		__type(value, value_type);                            \
	} map_name SEC(".maps");                                      \
	SEC("?" section) int name(struct xdp_md *ctx)                 \
	{                                                             \
		return (int)bpf_redirect_map(&map_name, 0, XDP_PASS); \
	}

REDIRECT("xdp", redirects_to_device, BPF_MAP_TYPE_DEVMAP, devices, struct bpf_devmap_val)
REDIRECT("xdp", redirects_to_cpu, BPF_MAP_TYPE_CPUMAP, cpus, struct bpf_cpumap_val)
REDIRECT("xdp.frags", redirects_frags_to_device, BPF_MAP_TYPE_DEVMAP, devices_of_frags,
	 struct bpf_devmap_val)
REDIRECT("xdp.frags", redirects_frags_to_cpu, BPF_MAP_TYPE_CPUMAP, cpus_of_frags,
	 struct bpf_cpumap_val)
