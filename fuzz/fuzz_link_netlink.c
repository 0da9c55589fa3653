/* SPDX-License-Identifier: MIT */
/*
 * Netlink answers of any bytes, by way of pbpf_tc_query() and pbpf_link_tc(): each ends, with a result
 * or one message, and leaves nothing behind. The first byte says how the answer is cut into datagrams.
 */
#include "fuzz/host.h"
#include "link/pbpf_link_net.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A kernel whose sockets answer with the input. */
struct answering {
	struct fuzz_host host;
	const uint8_t *data;
	size_t size, datagram;
	int fds;
};

static void *resize(void *ctx, void *ptr, size_t old_size, size_t new_size)
{
	return fuzz_resize(&((struct answering *)ctx)->host, ptr, old_size, new_size);
}

static void report(void *ctx, const struct pbpf_msg *msg)
{
	fuzz_report(&((struct answering *)ctx)->host, msg);
}

static long answer_socket(void *ctx, int domain, int type, int protocol)
{
	(void)domain;
	(void)type;
	(void)protocol;
	((struct answering *)ctx)->fds++;
	return 10;
}

static long answer_close(void *ctx, int fd)
{
	MUST(fd == 10);
	((struct answering *)ctx)->fds--;
	return 0;
}

static long answer_write(void *ctx, int fd, const void *buf, size_t size)
{
	uint32_t claimed;

	(void)ctx;
	(void)fd;
	memcpy(&claimed, buf, sizeof(claimed));
	MUST(claimed == size);
	return (long)size;
}

static long answer_read(void *ctx, int fd, void *buf, size_t size)
{
	struct answering *a = ctx;
	size_t got = a->size < a->datagram ? a->size : a->datagram;

	(void)fd;
	if (got > size)
		got = size;
	if (got)
		memcpy(buf, a->data, got);
	a->data += got;
	a->size -= got;
	return (long)got;
}

static const struct pbpf_kernel answering_kernel = {
	.socket = answer_socket,
	.close = answer_close,
	.write = answer_write,
	.read = answer_read,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct answering a = {.data = data, .size = size};
	struct pbpf_env env = {
		.resize = resize,
		.report = report,
		.kernel = &answering_kernel,
		.level = PBPF_STEP,
		.ctx = &a,
	};
	struct pbpf_link_options opts = {.env = &env};
	struct pbpf_tc at = {.ifindex = 1, .handle = 1, .priority = 1};
	struct pbpf_link *link = NULL;
	uint32_t id = 0;
	int err;

	if (!size)
		return 0;
	a.datagram = (size_t)data[0] * 8 + 8;
	a.data++;
	a.size--;
	err = pbpf_tc_query(&at, &id, &env);
	MUST(a.host.errors == (err < 0));
	err = pbpf_link_tc(&link, 5, &at, &opts);
	MUST((err < 0) == !link);
	pbpf_link_close(link);
	MUST(!a.host.blocks && !a.fds);
	return 0;
}
