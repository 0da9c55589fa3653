// SPDX-License-Identifier: MIT
/* A program of each kind that sees what the processes of a cgroup do. */
#include <linux/bpf.h>

#include "kinds.h"

#define ADDRESS(what) NETWORK("cgroup/" #what, cgroup_##what, struct bpf_sock_addr, 1)

NETWORK("sockops", sock_ops, struct bpf_sock_ops, 1)
NETWORK("cgroup/skb", cgroup_skb, struct __sk_buff, 1)
NETWORK("cgroup_skb/ingress", cgroup_skb_ingress, struct __sk_buff, 1)
NETWORK("cgroup_skb/egress", cgroup_skb_egress, struct __sk_buff, 1)
NETWORK("cgroup/sock", cgroup_sock, struct bpf_sock, 1)
NETWORK("cgroup/sock_create", cgroup_sock_create, struct bpf_sock, 1)
NETWORK("cgroup/sock_release", cgroup_sock_release, struct bpf_sock, 1)
NETWORK("cgroup/post_bind4", cgroup_post_bind4, struct bpf_sock, 1)
NETWORK("cgroup/post_bind6", cgroup_post_bind6, struct bpf_sock, 1)
ADDRESS(bind4)
ADDRESS(bind6)
ADDRESS(connect4)
ADDRESS(connect6)
ADDRESS(connect_unix)
ADDRESS(sendmsg4)
ADDRESS(sendmsg6)
ADDRESS(sendmsg_unix)
ADDRESS(recvmsg4)
ADDRESS(recvmsg6)
ADDRESS(recvmsg_unix)
ADDRESS(getpeername4)
ADDRESS(getpeername6)
ADDRESS(getpeername_unix)
ADDRESS(getsockname4)
ADDRESS(getsockname6)
ADDRESS(getsockname_unix)
NETWORK("cgroup/sysctl", cgroup_sysctl, struct bpf_sysctl, 1)
NETWORK("cgroup/getsockopt", cgroup_getsockopt, struct bpf_sockopt, 1)
NETWORK("cgroup/setsockopt", cgroup_setsockopt, struct bpf_sockopt, 1)
NETWORK("cgroup/dev", cgroup_dev, struct bpf_cgroup_dev_ctx, 1)

SEC("?lsm_cgroup/socket_bind") int lsm_cgroup(void *ctx)
{
	return count(1);
}
