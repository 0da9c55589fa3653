/* SPDX-License-Identifier: MIT */
/*
 * rtnetlink messages, both ways. A message is a header of 16 bytes and a body; attributes, of a header
 * of 4 bytes and data, follow the body's fixed part. All of them begin at multiples of 4.
 *
 *	size 4 | type 2 | flags 2 | sequence 4 | port 4 | body ... | size 2, type 2, data ... | ...
 */
#include "link/netlink.h"

#include <string.h>

#define HEADER_SIZE    16
#define ATTRIBUTE_SIZE 4
#define ANSWER_MAX     32768 /* bytes; the kernel makes no larger ones */
#define ANSWERS_MAX    4096
#define FLAG_REQUEST   1

enum {
	SOCKET_NETLINK = 16, /* AF_NETLINK */
	SOCKET_RAW = 3,
	SOCKET_LEVEL = 270, /* SOL_NETLINK, and its options: */
	OPTION_SHORT = 10,  /* NETLINK_CAP_ACK (4.3): do not send the request back */
	OPTION_WORDS = 11,  /* NETLINK_EXT_ACK (4.12): say why */
	MESSAGE_ERROR = 2,  /* NLMSG_ERROR; of error 0, an acknowledgement */
	MESSAGE_DONE = 3,
	FLAG_SHORT = 0x100, /* of these two: NLM_F_CAPPED, NLM_F_ACK_TLVS */
	FLAG_WORDS = 0x200,
	ATTRIBUTE_WORDS = 1, /* NLMSGERR_ATTR_MSG */
};

static size_t aligned(size_t size)
{
	return (size + 3) & ~(size_t)3;
}

/* Adds bytes, then zeroes up to a multiple of 4. What does not fit is a fault of the caller's: sizes
 * here are those of structs and short names. */
static void put_bytes(struct netlink_request *r, const void *data, size_t size)
{
	if (aligned(size) > sizeof(r->bytes) - r->size)
		return;
	if (size)
		memcpy(r->bytes + r->size, data, size);
	r->size += aligned(size);
}

struct netlink_request netlink_request(uint16_t type, uint16_t flags, const void *body, size_t size)
{
	struct netlink_request r = {0};
	const uint16_t kind[2] = {type, (uint16_t)(flags | FLAG_REQUEST | NETLINK_ACK)};

	memcpy(r.bytes + 4, kind, sizeof(kind));
	r.size = HEADER_SIZE;
	put_bytes(&r, body, size);
	return r;
}

void netlink_put(struct netlink_request *r, uint16_t type, const void *data, size_t size)
{
	const uint16_t header[2] = {(uint16_t)(ATTRIBUTE_SIZE + size), type};

	put_bytes(r, header, sizeof(header));
	put_bytes(r, data, size);
}

size_t netlink_nest(struct netlink_request *r, uint16_t type)
{
	size_t at = r->size;

	netlink_put(r, type, NULL, 0);
	return at;
}

void netlink_nest_end(struct netlink_request *r, size_t nest)
{
	uint16_t size = (uint16_t)(r->size - nest);

	memcpy(r->bytes + nest, &size, sizeof(size));
}

bool netlink_next(struct reader *body, uint16_t *type, struct reader *data)
{
	size_t size = read_u16(body), padding;
	const uint8_t *bytes;

	*type = (uint16_t)(read_u16(body) & ~(NETLINK_NESTED | 0x4000));
	if (body->failed || size < ATTRIBUTE_SIZE)
		return false;
	bytes = read_bytes(body, size - ATTRIBUTE_SIZE);
	if (!bytes)
		return false;
	*data = reader_of(bytes, size - ATTRIBUTE_SIZE, body->big_endian);
	padding = aligned(size) - size;
	reader_skip(body, padding < reader_left(body) ? padding : reader_left(body));
	return true;
}

void netlink_text(struct reader *data, char *text, size_t room)
{
	size_t left = reader_left(data), size = left < room ? left : room - 1;
	const uint8_t *bytes = read_bytes(data, size);

	if (size)
		memcpy(text, bytes, size);
	text[size] = '\0';
}

struct answers {
	int (*look_at)(void *ctx, uint16_t type, struct reader *body);
	void *ctx;
	char *said;
	bool ended;
};

/*
 * The end of an answer. An acknowledgement is: error 4 | header of the request 16 | the rest of the
 * request, unless it was left out | attributes. The end of a list is: error 4 | attributes.
 */
static int read_end(struct answers *a, uint16_t type, uint16_t flags, struct reader *body)
{
	bool list = type == MESSAGE_DONE;
	int err = list && reader_left(body) < sizeof(uint32_t) ? 0 : (int)read_u32(body);
	struct reader data;

	a->ended = true;
	if (body->failed || err > 0 || err < -4095)
		return -EBADMSG;
	if (!err || !(flags & FLAG_WORDS))
		return err;
	if (!list) {
		uint32_t size = read_u32(body);

		reader_skip(body, HEADER_SIZE - sizeof(size));
		if (!(flags & FLAG_SHORT))
			reader_skip(body, aligned(size) - HEADER_SIZE);
	}
	while (netlink_next(body, &type, &data))
		if (type == ATTRIBUTE_WORDS)
			netlink_text(&data, a->said, NETLINK_SAID_MAX);
	return err;
}

/* Looks at one message; takes it out of the datagram. */
static int read_message(struct answers *a, struct reader *datagram)
{
	size_t size = read_u32(datagram), padding;
	uint16_t type = read_u16(datagram), flags = read_u16(datagram);
	struct reader body;
	const uint8_t *bytes;

	reader_skip(datagram, HEADER_SIZE - 8);
	if (datagram->failed || size < HEADER_SIZE)
		return -EBADMSG;
	bytes = read_bytes(datagram, size - HEADER_SIZE);
	if (!bytes)
		return -EBADMSG;
	body = reader_of(bytes, size - HEADER_SIZE, host_big_endian());
	padding = aligned(size) - size;
	reader_skip(datagram, padding < reader_left(datagram) ? padding : reader_left(datagram));
	if (type == MESSAGE_DONE || type == MESSAGE_ERROR)
		return read_end(a, type, flags, &body);
	return a->look_at ? a->look_at(a->ctx, type, &body) : 0;
}

static int read_answers(const struct pbpf_env *env, int fd, struct answers *a, void *buf)
{
	int err = 0;

	for (int n = 0; n < ANSWERS_MAX && !a->ended && err >= 0; n++) {
		long got = pbpf_sys_read(env, fd, buf, ANSWER_MAX);
		struct reader datagram =
			reader_of(buf, got > 0 ? (size_t)got : 0, host_big_endian());

		if (got <= 0)
			return got ? (int)got : -EBADMSG;
		while (!a->ended && err >= 0 && reader_left(&datagram))
			err = read_message(a, &datagram);
	}
	return a->ended || err < 0 ? err : -EBADMSG;
}

/* A socket that tells why, where the kernel can. */
static int open_netlink(const struct pbpf_env *env)
{
	static const int on = 1;
	int fd = pbpf_sys_socket(env, SOCKET_NETLINK, SOCKET_RAW, 0);

	if (fd < 0)
		return fd;
	pbpf_sys_setsockopt(env, fd, SOCKET_LEVEL, OPTION_SHORT, &on, sizeof(on));
	pbpf_sys_setsockopt(env, fd, SOCKET_LEVEL, OPTION_WORDS, &on, sizeof(on));
	return fd;
}

int netlink_exchange(const struct pbpf_env *env, struct netlink_request *r,
		     int (*look_at)(void *ctx, uint16_t type, struct reader *body), void *ctx)
{
	struct answers answers = {look_at, ctx, r->said, false};
	uint32_t size = (uint32_t)r->size;
	void *buf = env_alloc(env, ANSWER_MAX, 1);
	long sent;
	int err, fd;

	if (!buf)
		return -ENOMEM;
	memcpy(r->bytes, &size, sizeof(size));
	fd = err = open_netlink(env);
	if (fd >= 0) {
		sent = pbpf_sys_write(env, fd, r->bytes, r->size);
		err = sent < 0 ? (int)sent : read_answers(env, fd, &answers, buf);
		pbpf_sys_close(env, fd);
	}
	env_free(env, buf, ANSWER_MAX, 1);
	return err < 0 ? err : 0;
}
