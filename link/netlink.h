/* SPDX-License-Identifier: MIT */
/*
 * rtnetlink: how interfaces are told what to do where bpf(2) does not.
 *
 *	struct netlink_request r = netlink_request(type, flags, &body, sizeof(body));
 *	netlink_put(&r, attribute, data, size);
 *	err = netlink_exchange(env, &r, look_at, ctx);
 */
#ifndef LINK_NETLINK_H
#define LINK_NETLINK_H

#include "base/reader.h"
#include "link/link.h"

#define NETLINK_REQUEST_MAX 256 /* bytes; the largest here has about 100 */
#define NETLINK_SAID_MAX    128 /* bytes, of the kernel's words; the longest have about 80 */

struct netlink_request {
	size_t size;
	uint8_t bytes[NETLINK_REQUEST_MAX];
	char said[NETLINK_SAID_MAX]; /* out: why the kernel refused it, in its own words, or "" */
};

enum {
	NETLINK_ACK = 0x004, /* flags of a request */
	NETLINK_ECHO = 0x008,
	NETLINK_REPLACE = 0x100,
	NETLINK_EXCL = 0x200,
	NETLINK_DUMP = 0x300, /* of a request that asks: tell all */
	NETLINK_CREATE = 0x400,
	NETLINK_NESTED = 0x8000, /* of an attribute's type */
};

/* The body of what is about an interface: the kernel's struct ifinfomsg. */
struct link_body {
	uint8_t family, hole;
	uint16_t type;
	int32_t ifindex;
	uint32_t flags, change;
};
#define NETLINK_XDP 43 /* IFLA_XDP, an attribute of it */

/* A request with its body; NETLINK_ACK is added to the flags. */
struct netlink_request netlink_request(uint16_t type, uint16_t flags, const void *body,
				       size_t size);

/* Adds an attribute. */
void netlink_put(struct netlink_request *r, uint16_t type, const void *data, size_t size);
/* Begins an attribute that holds others, and ends it. */
size_t netlink_nest(struct netlink_request *r, uint16_t type);
void netlink_nest_end(struct netlink_request *r, size_t nest);

/*
 * Sends a request and reads answers until the kernel has said how it ended. look_at (which may be
 * NULL) gets each message on the way: a reader of its body, which it may use up. Returns 0, what
 * look_at returned if that is less than 0, or the kernel's error, which r->said explains where the
 * kernel has words for it (4.12); -EBADMSG: an answer that breaks the format, or never ends. Reports
 * nothing.
 */
int netlink_exchange(const struct pbpf_env *env, struct netlink_request *r,
		     int (*look_at)(void *ctx, uint16_t type, struct reader *body), void *ctx);

/* Copies the text of an attribute, as far as there is room and up to its first NUL. */
void netlink_text(struct reader *data, char *text, size_t room);

/* The next attribute of a body: its type without flags, and a reader of its data. False at the end, or
 * where an attribute reaches beyond it. */
bool netlink_next(struct reader *body, uint16_t *type, struct reader *data);

#endif
