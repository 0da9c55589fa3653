/* SPDX-License-Identifier: MIT */
/*
 * What needs the running kernel's own types: CO-RE relocations, and targets that have a number in its BTF.
 */
#include "link/pbpf_link.h"
#include "live.h"
#include "loader/pbpf_kernel_btf.h"

/* Ends the test with a SKIP where the kernel does not show its types. */
#define NEEDS_KERNEL_BTF()                                                \
	do {                                                              \
		if (access(PBPF_KERNEL_BTF_PATH, R_OK))                   \
			SKIP("this kernel has no " PBPF_KERNEL_BTF_PATH); \
	} while (0)

/* The place of an int variable among the object's global data. */
static void find_global(struct live *live, const char *name, const struct pbpf_map **map,
			uint32_t *offset)
{
	const struct pbpf_btf *btf = pbpf_object_btf(live->obj);

	for (*map = NULL; (*map = pbpf_object_next_map(live->obj, *map));) {
		struct pbpf_btf_type datasec = pbpf_btf_type(btf, pbpf_map_btf_id(*map));

		for (uint32_t i = 0; pbpf_map_section(*map) && i < datasec.vlen; i++) {
			struct pbpf_btf_variable variable = pbpf_btf_variable(btf, &datasec, i);

			if (strcmp(pbpf_btf_type(btf, variable.type).name, name) != 0)
				continue;
			*offset = variable.offset;
			return;
		}
	}
	ck_abort_msg("no variable '%s'", name);
}

static int32_t global(struct live *live, const char *name, const int32_t *set)
{
	const struct pbpf_map *map;
	uint32_t offset = 0, key = 0;
	unsigned char value[256];
	int32_t number;

	find_global(live, name, &map, &offset);
	ck_assert_uint_le(pbpf_map_attr(map)->value_size, sizeof(value));
	ck_assert_int_eq(pbpf_sys_map_lookup(NULL, pbpf_map_fd(map), &key, value, 0), 0);
	memcpy(&number, value + offset, sizeof(number));
	if (set) {
		memcpy(value + offset, set, sizeof(*set));
		ck_assert_int_eq(pbpf_sys_map_update(NULL, pbpf_map_fd(map), &key, value, PBPF_ANY),
				 0);
	}
	return number;
}

START_TEST(fields_are_where_this_kernel_has_them)
{
	struct pbpf_link *link = NULL;
	struct live *live;
	int tries = 0;

	NEEDS_BPF();
	NEEDS_LINUX(5, 5); /* a BTF without types that are there twice */
	NEEDS_KERNEL_BTF();
	live = live_load("core.bpf");
	ck_assert_int_eq(pbpf_program_attach(pbpf_object_program(live->obj, "use_core"), &link), 0);
	do { /* other processes execute programs too */
		run_child("exit 0");
	} while (global(live, "parent", NULL) != getpid() && ++tries < 100);
	ck_assert_int_lt(tries, 100);
	ck_assert_int_eq(global(live, "absent", NULL), 0);
	pbpf_link_close(link);
	live_close(live);
}
END_TEST

START_TEST(a_missing_field_is_named)
{
	struct live *live;

	NEEDS_BPF();
	NEEDS_KERNEL_BTF();
	live = live_open("missing_field.bpf");
	ck_assert_int_lt(pbpf_object_load(live->obj), 0);
	ck_assert_msg(strstr(live->host.text, "field 'task_struct.pidd' does not exist"), "%s",
		      live->host.text);
	ck_assert_msg(strstr(live->host.text, "near name: 'pid'"), "%s", live->host.text);
	ck_assert_msg(strstr(live->host.text, "missing_field.bpf.c:"), "%s", live->host.text);
	live_close(live);
}
END_TEST

START_TEST(targets_are_found_in_the_kernels_types)
{
	const int32_t self = getpid();
	struct pbpf_link *link = NULL;
	struct live *live;

	NEEDS_BPF();
	NEEDS_LINUX(5, 5);
	NEEDS_KERNEL_BTF();
	live = live_load("targets.bpf");
	global(live, "parent", &self);
	ck_assert_int_eq(pbpf_program_attach(pbpf_object_program(live->obj, "on_exec"), &link), 0);
	run_child("exit 0");
	ck_assert_int_eq(global(live, "executions", NULL), 1);
	pbpf_link_close(link);
	run_child("exit 0");
	ck_assert_int_eq(global(live, "executions", NULL), 1);
	link = NULL;
	ck_assert_int_eq(pbpf_program_attach(pbpf_object_program(live->obj, "each_task"), &link),
			 0);
	pbpf_link_close(link);
	live_close(live);
}
END_TEST

START_TEST(a_missing_target_is_named)
{
	struct live *live;

	NEEDS_BPF();
	NEEDS_LINUX(5, 5);
	NEEDS_KERNEL_BTF();
	live = live_open("unknown_target.bpf");
	ck_assert_int_eq(pbpf_object_load(live->obj), -ENOENT);
	ck_assert_msg(strstr(live->host.text, "did you mean 'sched_process_exec'?"), "%s",
		      live->host.text);
	live_close(live);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("live: the kernel's types");
	TCase *core = tcase_create("core");

	tcase_set_timeout(core, 30);
	tcase_add_test(core, fields_are_where_this_kernel_has_them);
	tcase_add_test(core, a_missing_field_is_named);
	tcase_add_test(core, targets_are_found_in_the_kernels_types);
	tcase_add_test(core, a_missing_target_is_named);
	suite_add_tcase(s, core);
	return s;
}
