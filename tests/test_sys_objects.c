/* SPDX-License-Identifier: MIT */
/*
 * The walk over all objects of a kind, and what /proc tells of an fd, against a kernel that is made up here.
 */
#include "harness.h"

#include "sys/abi.h"
#include "sys/pbpf_objects.h"
#include "sys/pbpf_sys.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Objects 3, 5 and 9, of which 5 goes away between the two questions. Everything that is asked is noted. */
static struct {
	int next_cmd, open_cmd;
	uint32_t flags;
	long refusal; /* of opening 9 */
	const char *text;
	char path[64];
	size_t at;
	int closed;
} kernel;

static long fake_bpf(void *ctx, int cmd, void *attr, unsigned int size)
{
	struct abi_id *a = attr;

	(void)ctx;
	ck_assert_uint_ge(size, sizeof(uint32_t) * 2);
	switch (cmd) {
	case PBPF_PROG_GET_NEXT_ID:
	case PBPF_MAP_GET_NEXT_ID:
	case PBPF_LINK_GET_NEXT_ID:
	case PBPF_BTF_GET_NEXT_ID:
		kernel.next_cmd = cmd;
		a->next_id = a->id < 3 ? 3 : a->id < 5 ? 5 : 9;
		return a->id < 9 ? 0 : -ENOENT;
	default: break;
	}
	kernel.open_cmd = cmd;
	kernel.flags = cmd == PBPF_MAP_GET_FD_BY_ID ? a->open_flags : 0;
	if (a->id == 9 && kernel.refusal)
		return kernel.refusal;
	return a->id == 3 || a->id == 9 ? (long)a->id + 100 : -ENOENT;
}

static long fake_open(void *ctx, const char *path)
{
	(void)ctx;
	snprintf(kernel.path, sizeof(kernel.path), "%s", path);
	kernel.at = 0;
	return kernel.text ? 7 : -ENOENT;
}

static long fake_read(void *ctx, int fd, void *buf, size_t size)
{
	size_t left = strlen(kernel.text) - kernel.at, got = left < size ? left : size;

	(void)ctx;
	ck_assert_int_eq(fd, 7);
	memcpy(buf, kernel.text + kernel.at, got);
	kernel.at += got;
	return (long)got;
}

static long fake_close(void *ctx, int fd)
{
	(void)ctx;
	kernel.closed = fd;
	return 0;
}

static const struct pbpf_kernel table = {
	.bpf = fake_bpf,
	.open = fake_open,
	.read = fake_read,
	.close = fake_close,
};
static const struct pbpf_env env = {.kernel = &table};

START_TEST(what_goes_away_is_passed_over)
{
	static const struct {
		enum pbpf_object_kind kind;
		int next_cmd, open_cmd;
	} kinds[] = {
		{PBPF_OBJECT_PROG, PBPF_PROG_GET_NEXT_ID, PBPF_PROG_GET_FD_BY_ID},
		{PBPF_OBJECT_MAP, PBPF_MAP_GET_NEXT_ID, PBPF_MAP_GET_FD_BY_ID},
		{PBPF_OBJECT_LINK, PBPF_LINK_GET_NEXT_ID, PBPF_LINK_GET_FD_BY_ID},
		{PBPF_OBJECT_BTF, PBPF_BTF_GET_NEXT_ID, PBPF_BTF_GET_FD_BY_ID},
	};

	memset(&kernel, 0, sizeof(kernel));
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		uint32_t id = 0;

		ck_assert_int_eq(pbpf_sys_next_object(&env, kinds[i].kind, &id), 103);
		ck_assert_uint_eq(id, 3);
		ck_assert_int_eq(kernel.next_cmd, kinds[i].next_cmd);
		ck_assert_int_eq(kernel.open_cmd, kinds[i].open_cmd);
		ck_assert_uint_eq(kernel.flags,
				  kinds[i].kind == PBPF_OBJECT_MAP ? PBPF_F_RDONLY : 0);
		ck_assert_int_eq(pbpf_sys_next_object(&env, kinds[i].kind, &id), 109);
		ck_assert_uint_eq(id, 9);
		ck_assert_int_eq(pbpf_sys_next_object(&env, kinds[i].kind, &id), -ENOENT);
		ck_assert_uint_eq(id, 9);
	}
}
END_TEST

START_TEST(a_refusal_ends_the_walk)
{
	uint32_t id = 3;

	memset(&kernel, 0, sizeof(kernel));
	kernel.refusal = -EPERM;
	ck_assert_int_eq(pbpf_sys_next_object(&env, PBPF_OBJECT_PROG, &id), -EPERM);
	ck_assert_uint_eq(id, 3); /* written on success only */
	ck_assert_int_eq(pbpf_sys_next_object(&env, PBPF_OBJECT_NONE, &id), -EINVAL);
	ck_assert_int_eq(pbpf_sys_object_by_id(&env, PBPF_OBJECT_NONE, 3, 0), -EINVAL);
}
END_TEST

static struct pbpf_fd_info ask(const char *text)
{
	struct pbpf_fd_info info = {.kind = PBPF_OBJECT_NONE};

	memset(&kernel, 0, sizeof(kernel));
	kernel.text = text;
	ck_assert_int_eq(pbpf_sys_fd_info(&env, 0, 4, &info), 0);
	ck_assert_str_eq(kernel.path, "/proc/self/fdinfo/4");
	ck_assert_int_eq(kernel.closed, 7);
	return info;
}

START_TEST(fd_of_a_program)
{
	struct pbpf_fd_info info = ask("pos:\t0\nflags:\t02000002\nprog_type:\t5\nprog_jited:\t1\n"
				       "memlock:\t8192\nprog_id:\t17\nrun_cnt:\t3\n");

	ck_assert_int_eq(info.kind, PBPF_OBJECT_PROG);
	ck_assert_uint_eq(info.id, 17);
	ck_assert_uint_eq(info.memlock, 8192);
}
END_TEST

START_TEST(fd_of_a_map)
{
	struct pbpf_fd_info info = ask("map_type:\t3\nmemlock:\t17179869184\nmap_id:\t4294967295\n"
				       "frozen:\t1\nowner_prog_type:\t6\nowner_jited:\t1\n");

	ck_assert_int_eq(info.kind, PBPF_OBJECT_MAP);
	ck_assert_uint_eq(info.id, 4294967295u);
	ck_assert(info.memlock == 17179869184ull);
	ck_assert_uint_eq(info.frozen, 1);
	ck_assert_uint_eq(info.owner_prog_type, 6);
	ck_assert_uint_eq(info.owner_jited, 1);
}
END_TEST

/* A link's file tells its program's id, too. */
START_TEST(fd_of_a_link)
{
	struct pbpf_fd_info info = ask("link_type:\ttracing\nlink_id:\t8\nprog_tag:\t00\n"
				       "prog_id:\t17\nattach_type:\t24\n");

	ck_assert_int_eq(info.kind, PBPF_OBJECT_LINK);
	ck_assert_uint_eq(info.id, 8);
	info = ask("btf_id:\t2\n");
	ck_assert_int_eq(info.kind, PBPF_OBJECT_BTF);
	ck_assert_uint_eq(info.id, 2);
}
END_TEST

START_TEST(fd_of_something_else)
{
	static const char *const texts[] = {
		"",    "\n", "\n\n\n", "pos:\t0", "prog_id:\t3\n", "prog_type", "xprog_type:\t1\n",
		":\n",
	};
	struct pbpf_fd_info info;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		info = ask(texts[i]);
		ck_assert_int_eq(info.kind, PBPF_OBJECT_NONE);
		ck_assert_uint_eq(info.id, 0);
	}
	kernel.text = NULL;
	ck_assert_int_eq(pbpf_sys_fd_info(&env, 12, 4, &info), -ENOENT);
	ck_assert_str_eq(kernel.path, "/proc/12/fdinfo/4");
}
END_TEST

/* A link to many functions has a file of any length: its beginning counts. */
START_TEST(a_long_file)
{
	static char text[100000];
	struct pbpf_fd_info info;

	memset(text, 'x', sizeof(text) - 1);
	memcpy(text, "link_type:\tkprobe_multi\nlink_id:\t8\n", 35);
	info = ask(text);
	ck_assert_int_eq(info.kind, PBPF_OBJECT_LINK);
	ck_assert_uint_eq(info.id, 8);
}
END_TEST

START_TEST(names_of_types)
{
	ck_assert_str_eq(pbpf_attach_type_name(PBPF_CGROUP_INET_INGRESS), "cgroup_inet_ingress");
	ck_assert_str_eq(pbpf_attach_type_name(PBPF_TRACE_FENTRY), "trace_fentry");
	ck_assert_str_eq(pbpf_link_type_name(PBPF_LINK_TYPE_TCX), "tcx");
	for (uint32_t i = 0; i <= PBPF_TRACE_UPROBE_SESSION; i++)
		ck_assert_ptr_nonnull(pbpf_attach_type_name(i));
	ck_assert_ptr_null(pbpf_attach_type_name(1000));
	ck_assert_ptr_null(pbpf_attach_type_name(UINT32_MAX));
	ck_assert_ptr_null(pbpf_link_type_name(0));
	ck_assert_ptr_null(pbpf_link_type_name(UINT32_MAX));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("sys");
	TCase *tests = tcase_create("objects");

	tcase_add_test(tests, what_goes_away_is_passed_over);
	tcase_add_test(tests, a_refusal_ends_the_walk);
	tcase_add_test(tests, fd_of_a_program);
	tcase_add_test(tests, fd_of_a_map);
	tcase_add_test(tests, fd_of_a_link);
	tcase_add_test(tests, fd_of_something_else);
	tcase_add_test(tests, a_long_file);
	tcase_add_test(tests, names_of_types);
	suite_add_tcase(s, tests);
	return s;
}
