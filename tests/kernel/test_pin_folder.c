/* SPDX-License-Identifier: MIT */
/*
 * Folders of pins on the running kernel: made when they are missing, removed with what failed, and the same
 * one throughout, even if somebody puts another in its place. All in a bpffs of the test's own.
 */
#include "harness.h"
#include "live.h"
#include "plainbpf.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER PBPF_PIN_FOLDER "/app"
#define MOVED  PBPF_PIN_FOLDER "/moved"

static struct host host;
static struct pbpf_env env;
static bool refuse_programs;
static int swap_at; /* the command before which another folder comes into its place, or -1 */

/* Puts an empty folder in the place of that which is there. */
static long swap_and_call(void *ctx, int cmd, void *attr, unsigned int size)
{
	if (cmd == swap_at) {
		swap_at = -1;
		ck_assert_int_eq(rename(FOLDER, MOVED), 0);
		ck_assert_int_eq(mkdir(FOLDER, 0700), 0);
	}
	if (cmd == PBPF_PROG_LOAD && refuse_programs)
		return -EPERM;
	return pbpf_sys_running_kernel()->bpf(ctx, cmd, attr, size);
}

static const struct pbpf_kernel swapping = {.bpf = swap_and_call};

static struct pbpf_object *open_in_folder(void)
{
	struct pbpf_options options = {.env = &env, .pin_folder = FOLDER, .raise_memlock = true};
	struct pbpf_object *obj = NULL;

	memset(&host, 0, sizeof(host));
	host.kernel = &swapping;
	env = host_env(&host);
	ck_assert_int_eq(pbpf_object_open_file(&obj, "tests/data/pinned.bpf.o", &options), 0);
	return obj;
}

static bool exists(const char *path)
{
	return access(path, F_OK) == 0;
}

static void needs_bpffs(void)
{
	const char *reason;

	NEEDS_BPF();
	refuse_programs = false;
	swap_at = -1;
	reason = why_no_bpffs();
	if (reason)
		SKIP("%s", reason);
}

START_TEST(a_folder_is_made)
{
	struct pbpf_object *obj;
	struct stat folder;
	int fd;

	needs_bpffs();
	obj = open_in_folder();
	ck_assert_msg(!pbpf_object_load(obj), "%s", host.text);
	ck_assert_int_eq(stat(FOLDER, &folder), 0);
	ck_assert_uint_eq(folder.st_mode & 07777, 0700);
	ck_assert(exists(FOLDER "/shared"));
	fd = pbpf_map_fd(pbpf_object_map(obj, "own"));
	ck_assert_int_eq(pbpf_pin(&env, fd, FOLDER "/deeper", "own"), 0);
	ck_assert(exists(FOLDER "/deeper/own"));
	ck_assert_int_eq(pbpf_pin(&env, fd, FOLDER "/no/where", "own"), -ENOENT);
	ck_assert(!exists(FOLDER "/no"));
	/* in no bpffs: it is made, and removed again */
	ck_assert_int_eq(pbpf_pin(&env, fd, "/tmp/plainbpf-no-bpffs", "own"), -EPERM);
	ck_assert(!exists("/tmp/plainbpf-no-bpffs"));
	pbpf_object_close(obj);
}
END_TEST

START_TEST(a_folder_goes_with_a_failed_load)
{
	struct pbpf_map_attr attr = {
		.type = PBPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 8, .max_entries = 16};
	struct pbpf_object *obj;
	int fd;

	needs_bpffs();
	obj = open_in_folder();
	fd = pbpf_sys_map_create(&env, &attr);
	ck_assert_int_ge(fd, 0);
	/* of two pinned maps the second does not fit */
	ck_assert_int_eq(pbpf_pin(&env, fd, FOLDER, "devices"), 0);
	ck_assert_int_eq(pbpf_object_load(obj), -EINVAL);
	ck_assert(!exists(FOLDER "/shared"));
	ck_assert(exists(FOLDER "/devices")); /* not its own */
	ck_assert_int_eq(pbpf_unpin(&env, FOLDER, "devices"), 0);
	ck_assert_int_eq(rmdir(FOLDER), 0);
	ck_assert_int_eq(pbpf_object_load(obj), 0);
	ck_assert_int_eq(pbpf_pin(&env, fd, FOLDER, "own"), 0);
	ck_assert_int_eq(pbpf_object_pin(obj, FOLDER), -EEXIST);
	ck_assert(!exists(FOLDER "/count_runs"));
	pbpf_sys_close(&env, fd);
	pbpf_object_close(obj);
}
END_TEST

/* Whatever is in its place when the pin is made: BPF_F_PATH_FD. */
START_TEST(a_folder_stays_the_one_that_was_opened)
{
	struct pbpf_object *obj;

	NEEDS_LINUX(6, 5);
	needs_bpffs();
	ck_assert_int_eq(mkdir(FOLDER, 0700), 0);
	obj = open_in_folder();
	swap_at = PBPF_OBJ_PIN;
	ck_assert_msg(!pbpf_object_load(obj), "%s", host.text);
	ck_assert(exists(MOVED "/shared"));
	ck_assert(exists(MOVED "/devices"));
	ck_assert_int_eq(rmdir(FOLDER), 0); /* it is empty */
	pbpf_object_close(obj);
	unlink(MOVED "/shared");
	unlink(MOVED "/devices");
	/* a failed load takes back what it pinned there */
	ck_assert_int_eq(rename(MOVED, FOLDER), 0);
	obj = open_in_folder();
	refuse_programs = true;
	swap_at = PBPF_OBJ_PIN;
	ck_assert_int_eq(pbpf_object_load(obj), -EPERM);
	ck_assert(!exists(MOVED "/shared"));
	ck_assert(!exists(MOVED "/devices"));
	ck_assert_int_eq(rmdir(MOVED), 0);
	ck_assert_int_eq(rmdir(FOLDER), 0);
	pbpf_object_close(obj);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("live: folders of pins");
	TCase *t = tcase_create("folders");

	tcase_add_test(t, a_folder_is_made);
	tcase_add_test(t, a_folder_goes_with_a_failed_load);
	tcase_add_test(t, a_folder_stays_the_one_that_was_opened);
	suite_add_tcase(s, t);
	return s;
}
