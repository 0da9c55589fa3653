/* SPDX-License-Identifier: MIT */
/*
 * What is attached where, against a kernel that answers with canned bytes: those of the fuzz target's files for
 * netlink, and a list of programs for BPF_PROG_QUERY, of which an old kernel tells less.
 */
#include "harness.h"
#include "link/pbpf_link_net.h"
#include "link/pbpf_link_query.h"
#include "sys/abi.h"

#define ANSWERS "fuzz/corpus/fuzz_link_netlink/"

static struct host host;
static struct pbpf_env env;

/* What the kernel answers, and what it knows. */
static struct {
	unsigned char *answer;
	size_t size;
	int refuse_option; /* as before 4.12 */
	uint32_t programs; /* in the list; the n-th has id n + 100, its link n + 200 */
	bool no_links, no_flags;
	unsigned int queries;
	int open;
} kernel;

static long open_socket(void *ctx, int domain, int type, int protocol)
{
	(void)ctx;
	(void)domain;
	(void)type;
	(void)protocol;
	kernel.open++;
	return 10;
}

static long close_socket(void *ctx, int fd)
{
	(void)ctx;
	ck_assert_int_eq(fd, 10);
	kernel.open--;
	return 0;
}

static long set_option(void *ctx, int fd, int level, int name, const void *value, size_t size)
{
	(void)ctx;
	(void)name;
	(void)value;
	ck_assert(fd == 10 && level == 270 && size == sizeof(int));
	return -kernel.refuse_option;
}

static long take_request(void *ctx, int fd, const void *buf, size_t size)
{
	(void)ctx;
	(void)fd;
	(void)buf;
	return (long)size;
}

/* All that is left: the walks end at the first end of an answer, and go on with the next. */
static long give_answer(void *ctx, int fd, void *buf, size_t size)
{
	uint32_t at = 0, length;
	uint16_t type = 0;

	(void)ctx;
	(void)fd;
	while (at + 16 <= kernel.size && type != 2 && type != 3) {
		memcpy(&length, kernel.answer + at, sizeof(length));
		memcpy(&type, kernel.answer + at + 4, sizeof(type));
		at += (length + 3) & ~3u;
	}
	if (at > kernel.size || at > size)
		at = (uint32_t)kernel.size;
	memcpy(buf, kernel.answer, at);
	memmove(kernel.answer, kernel.answer + at, kernel.size - at);
	kernel.size -= at;
	return (long)at;
}

static long prog_query(void *ctx, int cmd, void *attr, unsigned int size)
{
	struct abi_prog_query *a = attr;
	uint32_t room = a->count;

	(void)ctx;
	ck_assert(cmd == PBPF_PROG_QUERY && size == sizeof(*a));
	kernel.queries++;
	if ((kernel.no_links && (a->link_ids || a->link_attach_flags)) ||
	    (kernel.no_flags && a->prog_attach_flags))
		return -EINVAL;
	a->count = kernel.programs;
	a->revision = 5;
	a->attach_flags = 2;
	for (uint32_t i = 0; i < kernel.programs && i < room; i++) {
		((uint32_t *)(uintptr_t)a->prog_ids)[i] = i + 100;
		if (a->link_ids)
			((uint32_t *)(uintptr_t)a->link_ids)[i] = i + 200;
		if (a->prog_attach_flags)
			((uint32_t *)(uintptr_t)a->prog_attach_flags)[i] = i + 300;
	}
	return kernel.programs > room ? -ENOSPC : 0;
}

static const struct pbpf_kernel table = {
	.bpf = prog_query,
	.socket = open_socket,
	.close = close_socket,
	.setsockopt = set_option,
	.write = take_request,
	.read = give_answer,
};

static void setup(void)
{
	memset(&host, 0, sizeof(host));
	memset(&kernel, 0, sizeof(kernel));
	env = host_env(&host);
	env.kernel = &table;
}

static void teardown(void)
{
	free(kernel.answer);
	ck_assert_uint_eq(host.blocks, 0);
	ck_assert_int_eq(kernel.open, 0);
}

/* The fuzz target's first byte is not the kernel's. */
static void answer_with(const char *file)
{
	char path[128];

	snprintf(path, sizeof(path), ANSWERS "%s", file);
	free(kernel.answer);
	kernel.answer = read_test_file(path, &kernel.size);
	memmove(kernel.answer, kernel.answer + 1, --kernel.size);
}

/* --- netlink ------------------------------------------------------------------------------------ */

/* The kernel's answers are in its own byte order. */
#define NEEDS_ITS_ORDER()                                                             \
	do {                                                                          \
		if (HOST_BIG)                                                         \
			SKIP("the answers were recorded on a little-endian machine"); \
	} while (0)

static int keep_interface(void *ctx, const struct pbpf_xdp_interface *interface)
{
	*(struct pbpf_xdp_interface *)ctx = *interface;
	return 0;
}

START_TEST(an_interface)
{
	struct pbpf_xdp_interface seen = {0};

	NEEDS_ITS_ORDER();
	answer_with("interface");
	ck_assert_int_eq(pbpf_xdp_each(0, keep_interface, &seen, &env), 0);
	ck_assert_uint_eq(seen.ifindex, 2);
	ck_assert_str_eq(seen.name, "left");
	ck_assert_int_eq(seen.state, PBPF_XDP_SEVERAL);
	ck_assert_uint_eq(seen.driver_id, 7);
	ck_assert_uint_eq(seen.generic_id, 8);
	ck_assert_uint_eq(seen.offload_id, 0);
}
END_TEST

static int keep_filter(void *ctx, const struct pbpf_tc_filter *filter)
{
	*(struct pbpf_tc_filter *)ctx = *filter;
	return 0;
}

START_TEST(a_filter)
{
	struct pbpf_tc_filter seen = {0};

	NEEDS_ITS_ORDER();
	answer_with("qdiscs");
	/* The answers are: qdiscs, a filter at ingress; at egress and at the other qdisc nothing comes. */
	ck_assert_int_eq(pbpf_tc_each(0, keep_filter, &seen, &env), -EBADMSG);
	ck_assert_uint_eq(host.messages[PBPF_ERROR], 1);
	ck_assert_uint_eq(seen.ifindex, 2);
	ck_assert_uint_eq(seen.parent, PBPF_TC_INGRESS);
	ck_assert_uint_eq(seen.handle, 1);
	ck_assert_uint_eq(seen.priority, 0xc000);
	ck_assert_uint_eq(seen.prog_id, 77);
	ck_assert_str_eq(seen.name, "name");
	ck_assert(seen.direct);
	ck_assert(!memcmp(seen.tag, "12345678", 8));
}
END_TEST

static void expect_words(const char *file, int err, const char *words)
{
	struct pbpf_link_options opts = {.env = &env};
	struct pbpf_link *link = NULL;
	struct pbpf_tc at = {.ifindex = 2};

	answer_with(file);
	ck_assert_int_eq(pbpf_link_tc(&link, 5, &at, &opts), err);
	ck_assert_msg(strstr(host.text, words) != NULL, "%s", host.text);
}

START_TEST(the_kernels_words)
{
	NEEDS_ITS_ORDER();
	expect_words("words", -EBUSY, "EBUSY (XDP program already attached)");
	/* With the request sent back, and where the kernel cannot leave it out. */
	kernel.refuse_option = ENOPROTOOPT;
	expect_words("words_long", -EINVAL, "EINVAL (words)");
	/* The end of a list may be an error, too. */
	expect_words("done_error", -EPERM, "EPERM (no)");
	ck_assert_ptr_nonnull(strstr(host.hint, "CAP_NET_ADMIN"));
}
END_TEST

/* --- BPF_PROG_QUERY ----------------------------------------------------------------------------- */

static void must_list(uint32_t flags, uint32_t link_id, uint32_t prog_flags, unsigned int queries)
{
	struct pbpf_attached_list list;

	kernel.queries = 0;
	ck_assert_int_eq(pbpf_attached_query(&list, 3, PBPF_TCX_INGRESS, flags, &env), 0);
	ck_assert_uint_eq(kernel.queries, queries);
	ck_assert_uint_eq(list.count, kernel.programs);
	ck_assert_uint_eq(list.revision, 5);
	ck_assert_uint_eq(list.attach_flags, 2);
	for (uint32_t i = 0; i < list.count; i++) {
		ck_assert_uint_eq(list.programs[i].prog_id, i + 100);
		ck_assert_uint_eq(list.programs[i].link_id, link_id ? link_id + i : 0);
		ck_assert_uint_eq(list.programs[i].prog_flags, prog_flags ? prog_flags + i : 0);
	}
	pbpf_attached_free(&list, &env);
}

START_TEST(lists)
{
	must_list(0, 200, 300, 1);
	kernel.programs = 3;
	must_list(0, 200, 300, 1);
	kernel.programs = 1000; /* the second time there is room */
	must_list(0, 200, 300, 2);
	/* The flags are not asked for of what comes from above. */
	must_list(PBPF_F_QUERY_EFFECTIVE, 0, 0, 2);
}
END_TEST

START_TEST(lists_of_old_kernels)
{
	kernel.programs = 3;
	kernel.no_links = true;
	must_list(0, 0, 300, 2);
	kernel.no_flags = true;
	must_list(0, 0, 0, 3);
}
END_TEST

START_TEST(nothing_leaks_without_memory)
{
	struct pbpf_attached_list list;
	struct pbpf_xdp_interface seen;
	int err;

	NEEDS_ITS_ORDER();
	kernel.programs = 100;
	for (unsigned int n = 1; n < 4; n++) {
		host.allocations = 0;
		host.fail_at = n;
		err = pbpf_attached_query(&list, 3, PBPF_TCX_INGRESS, 0, &env);
		ck_assert_int_eq(err, -ENOMEM);
	}
	host.allocations = 0;
	host.fail_at = 1;
	answer_with("interface");
	ck_assert_int_eq(pbpf_xdp_each(0, keep_interface, &seen, &env), -ENOMEM);
	for (unsigned int n = 1; n < 4; n++) {
		answer_with("qdiscs");
		host.allocations = 0;
		host.fail_at = n;
		ck_assert_int_eq(pbpf_tc_each(0, keep_filter, &seen, &env), -ENOMEM);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("link: what is attached");
	TCase *c = tcase_create("query");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, an_interface);
	tcase_add_test(c, a_filter);
	tcase_add_test(c, the_kernels_words);
	tcase_add_test(c, lists);
	tcase_add_test(c, lists_of_old_kernels);
	tcase_add_test(c, nothing_leaks_without_memory);
	suite_add_tcase(s, c);
	return s;
}
