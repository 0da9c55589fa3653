/* SPDX-License-Identifier: MIT */
/*
 * Netlink answers of any bytes, by way of all that asks by netlink: each ends, with a result or one
 * message, and leaves nothing behind. The first byte says how the answer is cut into datagrams.
 */
#include "fuzz/host.h"
#include "link/pbpf_link_net.h"
#include "link/pbpf_link_query.h"

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

static long answer_option(void *ctx, int fd, int level, int name, const void *value, size_t size)
{
	(void)ctx;
	(void)level;
	(void)name;
	(void)value;
	MUST(fd == 10 && size == sizeof(int));
	return 0;
}

static const struct pbpf_kernel answering_kernel = {
	.socket = answer_socket,
	.setsockopt = answer_option,
	.close = answer_close,
	.write = answer_write,
	.read = answer_read,
};

static int look_at_interface(void *ctx, const struct pbpf_xdp_interface *interface)
{
	(void)ctx;
	MUST(memchr(interface->name, 0, sizeof(interface->name)));
	return 0;
}

static int look_at_filter(void *ctx, const struct pbpf_tc_filter *filter)
{
	(void)ctx;
	MUST(memchr(filter->name, 0, sizeof(filter->name)));
	MUST(filter->prog_id && filter->handle);
	return 0;
}

/* Each of these gets the same answers. */
static void ask(struct answering *a, const struct pbpf_env *env)
{
	const struct answering begin = *a;
	unsigned int errors = a->host.errors;
	int err = pbpf_xdp_each(0, look_at_interface, NULL, env);

	MUST(a->host.errors - errors == (err < 0));
	a->data = begin.data;
	a->size = begin.size;
	errors = a->host.errors;
	err = pbpf_tc_each(0, look_at_filter, NULL, env);
	MUST(a->host.errors - errors == (err < 0));
	a->data = begin.data;
	a->size = begin.size;
}

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
	ask(&a, &env);
	a.host.errors = 0;
	err = pbpf_tc_query(&at, &id, &env);
	MUST(a.host.errors == (err < 0));
	err = pbpf_link_tc(&link, 5, &at, &opts);
	MUST((err < 0) == !link);
	pbpf_link_close(link);
	MUST(!a.host.blocks && !a.fds);
	return 0;
}
