/* SPDX-License-Identifier: MIT */
/*
 * Pinned maps on the running kernel. Pins go to a bpffs of the test's own, in a mount namespace of its own.
 */
#include "live.h"

static struct pbpf_object *open_pinned(struct host *host, struct pbpf_env *env,
				       enum pbpf_pin_policy policy)
{
	struct pbpf_options options = {.env = env, .pin_policy = policy, .raise_memlock = true};
	struct pbpf_object *obj = NULL;

	*env = host_env(host);
	env->level = PBPF_WARNING;
	ck_assert_int_eq(pbpf_object_open_file(&obj, "tests/data/pinned.bpf.o", &options), 0);
	return obj;
}

static uint32_t run_once(struct pbpf_object *obj)
{
	static const unsigned char packet[64];
	struct pbpf_test_run run = {.data_in = packet, .data_in_size = sizeof(packet)};
	int fd = pbpf_program_fd(pbpf_object_program(obj, "count_runs"));

	ck_assert_int_eq(pbpf_sys_prog_test_run(NULL, fd, &run), 0);
	return run.retval;
}

START_TEST(a_pinned_map_keeps_its_elements)
{
	struct host host = {0};
	struct pbpf_env env;
	struct pbpf_object *obj;
	const char *reason;

	NEEDS_BPF();
	reason = why_no_bpffs();
	if (reason)
		SKIP("%s", reason);
	for (uint32_t runs = 1; runs <= 3; runs++) {
		obj = open_pinned(&host, &env, PBPF_PIN_REUSE);
		ck_assert_msg(!pbpf_object_load(obj), "%s", host.text);
		ck_assert_uint_eq(run_once(obj), runs);
		pbpf_object_close(obj);
	}
	obj = open_pinned(&host, &env, PBPF_PIN_FAIL);
	ck_assert_int_eq(pbpf_object_load(obj), -EEXIST);
	pbpf_object_close(obj);
	obj = open_pinned(&host, &env, PBPF_PIN_RECREATE);
	ck_assert_msg(!pbpf_object_load(obj), "%s", host.text);
	ck_assert_uint_eq(run_once(obj), 1);
	ck_assert_int_eq(pbpf_map_unpin(pbpf_object_map(obj, "shared"), NULL), 0);
	ck_assert_int_eq(pbpf_map_unpin(pbpf_object_map(obj, "devices"), NULL), 0);
	pbpf_object_close(obj);
	ck_assert_uint_eq(host.blocks, 0);
}
END_TEST

START_TEST(another_map_is_refused_with_a_diff)
{
	struct host host = {0};
	struct pbpf_env env;
	struct pbpf_object *obj;
	struct pbpf_map_attr attr = {
		.type = PBPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 8, .max_entries = 16};
	const char *reason;
	int fd;

	NEEDS_BPF();
	reason = why_no_bpffs();
	if (reason)
		SKIP("%s", reason);
	obj = open_pinned(&host, &env, PBPF_PIN_REUSE);
	fd = pbpf_sys_map_create(NULL, &attr);
	ck_assert_int_eq(pbpf_pin(&env, fd, PBPF_PIN_FOLDER, "shared"), 0);
	ck_assert_int_eq(pbpf_pin(&env, fd, PBPF_PIN_FOLDER, "shared"), -EEXIST);
	ck_assert_int_eq(pbpf_object_load(obj), -EINVAL);
	ck_assert_msg(strstr(host.text, "type array there, hash here"), "%s", host.text);
	ck_assert_int_eq(pbpf_unpin(&env, PBPF_PIN_FOLDER, "shared"), 0);
	ck_assert_int_eq(pbpf_object_load(obj), 0);
	pbpf_sys_close(NULL, fd);
	pbpf_object_close(obj);
}
END_TEST

START_TEST(a_whole_object_is_pinned_and_unpinned)
{
	struct host host = {0};
	struct pbpf_env env;
	struct pbpf_object *obj;
	const char *reason;
	int fd;

	NEEDS_BPF();
	reason = why_no_bpffs();
	if (reason)
		SKIP("%s", reason);
	obj = open_pinned(&host, &env, PBPF_PIN_REUSE);
	ck_assert_int_eq(pbpf_object_load(obj), 0);
	ck_assert_msg(!pbpf_object_pin(obj, NULL), "%s", host.text);
	fd = pbpf_pin_open(&env, PBPF_PIN_FOLDER, "count_runs", 0);
	ck_assert_int_ge(fd, 3);
	pbpf_sys_close(NULL, fd);
	ck_assert_int_eq(pbpf_object_unpin(obj, NULL), 0);
	ck_assert_int_eq(pbpf_pin_open(&env, PBPF_PIN_FOLDER, "own", 0), -ENOENT);
	ck_assert_int_eq(pbpf_pin(&env, pbpf_map_fd(pbpf_object_map(obj, "own")), "/tmp", "pbpf"),
			 -EPERM);
	ck_assert_ptr_nonnull(strstr(host.hint, "mount -t bpf"));
	pbpf_object_close(obj);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("live: pins of maps");
	TCase *pins = tcase_create("pins");

	tcase_set_timeout(pins, 30);
	tcase_add_test(pins, a_pinned_map_keeps_its_elements);
	tcase_add_test(pins, another_map_is_refused_with_a_diff);
	tcase_add_test(pins, a_whole_object_is_pinned_and_unpinned);
	suite_add_tcase(s, pins);
	return s;
}
