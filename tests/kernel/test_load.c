/* SPDX-License-Identifier: MIT */
/*
 * The loader on the running kernel: what it loads really runs, and what the kernel refuses leaves
 * nothing behind.
 */
#include "live.h"

#include <sys/syscall.h>

START_TEST(every_section_name_loads)
{
	struct live *live;

	NEEDS_BPF();
	live = live_open("sections.bpf");
	if (running_linux() < PBPF_LINUX(5, 18))
		pbpf_program_set_autoload(pbpf_object_program(live->obj, "run_xdp_frags"), false);
	if (running_linux() < PBPF_LINUX(5, 14))
		pbpf_program_set_autoload(pbpf_object_program(live->obj, "run_syscall"), false);
	ck_assert_msg(!pbpf_object_load(live->obj), "%s", live->host.text);
	for (const struct pbpf_program *prog = NULL;
	     (prog = pbpf_object_next_program(live->obj, prog));) {
		struct pbpf_prog_info info = {0};
		uint32_t size = sizeof(info);

		if (!pbpf_program_autoload(prog))
			continue;
		ck_assert_int_eq(pbpf_sys_obj_info(NULL, pbpf_program_fd(prog), &info, &size), 0);
		ck_assert_uint_eq(info.type, pbpf_program_type(prog));
		ck_assert_uint_ne(info.btf_id, 0);
	}
	live_close(live);
}
END_TEST

START_TEST(every_kind_of_map_is_created)
{
	struct live *live;

	NEEDS_BPF();
	NEEDS_LINUX(5, 8);
	live = live_load("maps.bpf");
	for (const struct pbpf_map *map = NULL; (map = pbpf_object_next_map(live->obj, map));) {
		const struct pbpf_map_attr *attr = pbpf_map_attr(map);
		struct pbpf_map_info info = {0};
		uint32_t size = sizeof(info);

		ck_assert_int_eq(pbpf_sys_obj_info(NULL, pbpf_map_fd(map), &info, &size), 0);
		ck_assert_uint_eq(info.type, attr->type);
		ck_assert_uint_eq(info.key_size, attr->key_size);
		ck_assert_uint_eq(info.value_size, attr->value_size);
		ck_assert_uint_eq(info.max_entries, attr->max_entries);
	}
	ck_assert_uint_eq(live->host.messages[PBPF_WARNING], 0);
	live_close(live);
}
END_TEST

START_TEST(globals_have_their_initial_values)
{
	struct live *live;

	NEEDS_BPF();
	live = live_load("globals.bpf");
	ck_assert_uint_eq(live_run(live, "sum_of_initial_values"),
			  0x11223344 + 42 + 7 + 100 + 200 + 's' + 4);
	ck_assert_uint_eq(live_run(live, "use_globals"), (7 + 200) + (100 + 't' + 't') - 1);
	live_close(live);
}
END_TEST

START_TEST(rodata_is_frozen)
{
	uint32_t key = 0;
	char value[64] = "";
	struct live *live;
	int fd;

	NEEDS_BPF();
	live = live_load("globals.bpf");
	fd = pbpf_map_fd(pbpf_object_map(live->obj, ".rodata"));
	ck_assert_uint_le(pbpf_map_attr(pbpf_object_map(live->obj, ".rodata"))->value_size,
			  sizeof(value));
	ck_assert_int_eq(pbpf_sys_map_update(NULL, fd, &key, value, PBPF_ANY), -EPERM);
	live_close(live);
}
END_TEST

START_TEST(subprograms_and_callbacks_run)
{
	struct live *live;

	NEEDS_BPF();
	NEEDS_JIT();
	NEEDS_LINUX(5, 17); /* bpf_loop() */
	live = live_load("subprogs.bpf");
	ck_assert_uint_eq(live_run(live, "first"), 13);
	ck_assert_uint_eq(live_run(live, "second"), 10);
	ck_assert_uint_eq(live_run(live, "third"), 2); /* XDP_PASS */
	ck_assert_uint_eq(live_run(live, "with_loop"), 45);
	ck_assert_uint_eq(live_run(live, "with_elements"), 4);
	live_close(live);
}
END_TEST

START_TEST(programs_without_btf_load)
{
	struct live *live;

	NEEDS_BPF();
	live = live_load("nodebug.bpf");
	live_close(live);
}
END_TEST

/* Each is refused by the verifier; the message names the line, and nothing is left in the kernel. */
static const struct {
	const char *name, *text, *hint;
} refused[] = {
	{"null_check.bpf", "null_check.bpf.c:28): R0 invalid mem access 'map_value_or_null'",
	 "bpf_map_lookup_elem()"},
	{"no_license.bpf", "cannot call GPL-restricted function", "SEC(\"license\")"},
	{"no_result.bpf", "R0 !read_ok", "on every path"},
	{"bad_context.bpf", "invalid bpf_context access", ""},
	{"unknown_section.bpf", "did you mean 'tracepoint'?", "SEC("},
};

START_TEST(refusals_are_explained)
{
	struct live *live;
	int err;

	NEEDS_BPF();
	live = live_open(refused[_i].name);
	err = pbpf_object_load(live->obj);
	ck_assert_int_lt(err, 0);
	ck_assert_int_eq(live->host.err, err);
	ck_assert_uint_eq(live->host.messages[PBPF_ERROR], 1);
	ck_assert_msg(strstr(live->host.text, refused[_i].text), "%s", live->host.text);
	ck_assert_msg(strstr(live->host.hint, refused[_i].hint), "%s", live->host.hint);
	live_close(live);
}
END_TEST

/* Counts the calls of bpf(2), and makes them. */
static long counting_bpf(void *ctx, int cmd, void *attr, unsigned int size)
{
	struct host *host = ctx;
	long result = syscall(SYS_bpf, cmd, attr, size);

	++*(unsigned int *)host->kernel_state;
	return result < 0 ? -errno : result;
}

START_TEST(a_load_makes_no_call_too_many)
{
	static const struct pbpf_kernel counting = {.bpf = counting_bpf};
	struct host host = {.kernel = &counting};
	struct pbpf_env env = host_env(&host);
	struct pbpf_options options = {.env = &env, .raise_memlock = true};
	struct pbpf_object *obj = NULL;
	unsigned int calls = 0;

	NEEDS_BPF();
	NEEDS_LINUX(5, 8);
	host.kernel_state = &calls;
	ck_assert_int_eq(pbpf_object_open_file(&obj, "tests/data/globals.bpf.o", &options), 0);
	ck_assert_uint_eq(calls, 0);
	ck_assert_int_eq(pbpf_object_load(obj), 0);
	/* the BTF, five maps, four initial values (.bss has none), two freezes, two programs */
	ck_assert_uint_eq(calls, 1 + 5 + 4 + 2 + 2);
	pbpf_object_close(obj);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("live: load");
	TCase *load = tcase_create("load");

	tcase_set_timeout(load, 30);
	tcase_add_test(load, every_section_name_loads);
	tcase_add_test(load, every_kind_of_map_is_created);
	tcase_add_test(load, globals_have_their_initial_values);
	tcase_add_test(load, rodata_is_frozen);
	tcase_add_test(load, subprograms_and_callbacks_run);
	tcase_add_test(load, programs_without_btf_load);
	tcase_add_test(load, a_load_makes_no_call_too_many);
	tcase_add_loop_test(load, refusals_are_explained, 0, sizeof(refused) / sizeof(refused[0]));
	suite_add_tcase(s, load);
	return s;
}
