/* SPDX-License-Identifier: MIT */
/*
 * Traffic control's messages: what attaching (tc.c) and asking (tc_query.c) share.
 */
#ifndef LINK_TC_H
#define LINK_TC_H

#include "link/netlink.h"
#include "link/pbpf_link_query.h"

/* From linux/rtnetlink.h, linux/pkt_sched.h and linux/pkt_cls.h. */
enum {
	TC_NEW_QDISC = 36,
	TC_DEL_QDISC = 37,
	TC_GET_QDISC = 38,
	TC_NEW_FILTER = 44,
	TC_DEL_FILTER = 45,
	TC_GET_FILTER = 46,
	TC_KIND = 1,
	TC_OPTIONS = 2,
	TC_BPF_FD = 6,
	TC_BPF_NAME = 7,
	TC_BPF_FLAGS = 8,
	TC_BPF_TAG = 10,
	TC_BPF_ID = 11,
	TC_BPF_DIRECT_ACTION = 1, /* what the program returns is done */
	TC_ALL_PROTOCOLS = 3,	  /* ETH_P_ALL */
};
#define TC_CLSACT      0xfffffff1u
#define TC_CLSACT_SELF 0xffff0000u

/* The kernel's struct tcmsg. */
struct tc_body {
	uint8_t family, hole[3];
	int32_t ifindex;
	uint32_t handle, parent, info;
};

/* Reads a message TC_NEW_FILTER. -EBADMSG: it is too short. A filter of another kind than "bpf" has
 * no prog_id. */
int tc_read_filter(struct reader *body, struct pbpf_tc_filter *filter);

#endif
