/* SPDX-License-Identifier: MIT */
/*
 * Rules of the kernel's network that run a program, made by netlink as ip(8) and tc(8) do: a route through one
 * (lwt_*), and a filter with one as its action. The library attaches neither.
 */
#ifndef TESTS_KERNEL_NET_RULES_H
#define TESTS_KERNEL_NET_RULES_H

#include "net_fixture.h"

#include <linux/lwtunnel.h>
#include <linux/pkt_cls.h>
#include <linux/seg6_local.h>
#include <linux/tc_act/tc_bpf.h>

/* The program's fd, and the name that the kernel wants beside it. */
static inline void put_program(struct request *r, unsigned short fd_type, unsigned short name_type,
			       int fd)
{
	put(r, fd_type, &fd, sizeof(fd));
	put(r, name_type, "test", 5);
}

struct own_route {
	const char *to; /* an address */
	unsigned char family, bits, type, table;
	const char *device;
	unsigned short encap; /* LWTUNNEL_ENCAP_*, and in it ... */
	unsigned short hook;  /* ... the attribute that holds the program */
};

/* Makes the route through a program, or with an fd of -1 removes it. */
static inline int change_route(const struct own_route *route, int fd)
{
	struct request r = {
		.header = {.nlmsg_len = NLMSG_LENGTH(sizeof(struct rtmsg)),
			   .nlmsg_type = fd < 0 ? RTM_DELROUTE : RTM_NEWROUTE,
			   .nlmsg_flags = fd < 0 ? 0 : NLM_F_CREATE | NLM_F_EXCL},
		.u.route = {.rtm_family = route->family,
			    .rtm_dst_len = route->bits,
			    .rtm_table = route->table,
			    .rtm_protocol = RTPROT_STATIC,
			    .rtm_scope = route->type == RTN_LOCAL ? RT_SCOPE_HOST : RT_SCOPE_LINK,
			    .rtm_type = route->type},
	};
	unsigned int device = if_nametoindex(route->device), action = SEG6_LOCAL_ACTION_END_BPF;
	unsigned char to[16];
	struct rtattr *encap, *hook;

	ck_assert_int_eq(inet_pton(route->family, route->to, to), 1);
	put(&r, RTA_DST, to, route->family == AF_INET ? 4 : 16);
	put(&r, RTA_OIF, &device, sizeof(device));
	if (fd >= 0) {
		put(&r, RTA_ENCAP_TYPE, &route->encap, sizeof(route->encap));
		encap = put(&r, RTA_ENCAP, NULL, 0);
		if (route->encap == LWTUNNEL_ENCAP_SEG6_LOCAL)
			put(&r, SEG6_LOCAL_ACTION, &action, sizeof(action));
		hook = put(&r, route->hook, NULL, 0);
		put_program(&r, LWT_BPF_PROG_FD, LWT_BPF_PROG_NAME, fd); /* SEG6_LOCAL_BPF_*, too */
		end(&r, hook);
		end(&r, encap);
	}
	return ask(&r);
}

/* Gives an interface an address, and by that a route to all of 10.0.0.0/8. */
static inline void give_address(const char *name, const char *address)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq request = {0};
	struct sockaddr_in at = {.sin_family = AF_INET};

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	ck_assert_int_eq(inet_pton(AF_INET, address, &at.sin_addr), 1);
	memcpy(&request.ifr_addr, &at, sizeof(at));
	ck_assert_int_eq(ioctl(fd, SIOCSIFADDR, &request), 0);
	close(fd);
}

/* A qdisc clsact on the interface, and on its way in a filter: a program that says which packets it is for, and
 * one that is what is done with them. */
static inline int add_filter(uint32_t ifindex, int classifier, int action)
{
	static const struct tc_act_bpf parameters = {.action = TC_ACT_OK};
	struct request qdisc = {
		.header = {.nlmsg_len = NLMSG_LENGTH(sizeof(struct tcmsg)),
			   .nlmsg_type = RTM_NEWQDISC,
			   .nlmsg_flags = NLM_F_CREATE},
		.u.tc = {.tcm_ifindex = (int)ifindex,
			 .tcm_parent = TC_H_CLSACT,
			 .tcm_handle = TC_H_MAKE(TC_H_CLSACT, 0)},
	};
	struct request filter = {
		.header = {.nlmsg_len = NLMSG_LENGTH(sizeof(struct tcmsg)),
			   .nlmsg_type = RTM_NEWTFILTER,
			   .nlmsg_flags = NLM_F_CREATE | NLM_F_EXCL},
		.u.tc = {.tcm_ifindex = (int)ifindex,
			 .tcm_parent = TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS),
			 .tcm_info = TC_H_MAKE(1 << 16, htons(ETH_P_ALL))},
	};
	struct rtattr *options, *actions, *first, *own;
	int err;

	put(&qdisc, TCA_KIND, "clsact", 7);
	err = ask(&qdisc);
	put(&filter, TCA_KIND, "bpf", 4);
	options = put(&filter, TCA_OPTIONS, NULL, 0);
	put_program(&filter, TCA_BPF_FD, TCA_BPF_NAME, classifier);
	actions = put(&filter, TCA_BPF_ACT, NULL, 0);
	first = put(&filter, 1, NULL, 0);
	put(&filter, TCA_ACT_KIND, "bpf", 4);
	own = put(&filter, TCA_ACT_OPTIONS, NULL, 0);
	put(&filter, TCA_ACT_BPF_PARMS, &parameters, sizeof(parameters));
	put_program(&filter, TCA_ACT_BPF_FD, TCA_ACT_BPF_NAME, action);
	end(&filter, own);
	end(&filter, first);
	end(&filter, actions);
	end(&filter, options);
	return err ? err : ask(&filter);
}

#endif
