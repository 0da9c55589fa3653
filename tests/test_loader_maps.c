/* SPDX-License-Identifier: MIT */
/*
 * Maps: what they hold, and what is refused. Definitions are in test_loader_map_definitions.c, those of before BTF in
 * test_loader_map_legacy.c.
 */
#include "loader_fixture.h"

/* What the fake kernel holds in a map under a 32-bit key, 0 when there is nothing. */
static uint32_t held(const struct fixture *f, const char *map, uint32_t key)
{
	const struct fake_object *object =
		fake_kernel_object(&f->kernel, pbpf_map_fd(pbpf_object_map(f->obj, map)));

	ck_assert_ptr_nonnull(object);
	for (size_t at = 0; at + 8 <= object->size; at += 8) {
		uint32_t element[2];

		memcpy(element, object->bytes + at, sizeof(element));
		if (element[0] == key)
			return element[1];
	}
	return 0;
}

static uint32_t fd_of(const struct fixture *f, const char *map)
{
	return (uint32_t)pbpf_map_fd(pbpf_object_map(f->obj, map));
}

static uint32_t program_fd(const struct fixture *f, const char *program)
{
	return (uint32_t)pbpf_program_fd(pbpf_object_program(f->obj, program));
}

START_TEST(an_inner_map_is_made_and_closed)
{
	struct fixture *f = fixture_new("values.bpf");
	const struct pbpf_map_attr *inner;
	const struct fake_object *map;

	ck_assert_int_eq(open_object(f), 0);
	inner = pbpf_map_inner(pbpf_object_map(f->obj, "by_colour"));
	ck_assert_uint_eq(inner->type, PBPF_MAP_TYPE_ARRAY);
	ck_assert_uint_eq(inner->max_entries, 4);
	ck_assert_uint_eq(pbpf_map_attr(pbpf_object_map(f->obj, "by_colour"))->value_size, 4);
	ck_assert_ptr_null(pbpf_map_inner(pbpf_object_map(f->obj, "jumps")));
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	map = fake_kernel_object(&f->kernel, (int)fd_of(f, "by_colour"));
	map = fake_kernel_object(&f->kernel, (int)map->map.inner_map_fd);
	ck_assert(!map->open);
	ck_assert_uint_eq(map->map.value_size, 8);
	ck_assert_uint_ne(map->map.btf_value_type_id, 0);
	map = fake_kernel_object(&f->kernel, (int)fd_of(f, "rings"));
	map = fake_kernel_object(&f->kernel, (int)map->map.inner_map_fd);
	ck_assert_uint_eq(map->map.max_entries % 4096, 0);
	fixture_free(f);
}
END_TEST

START_TEST(slots_are_filled)
{
	struct fixture *f = loaded("values.bpf");

	ck_assert_uint_eq(held(f, "by_colour", 1), fd_of(f, "red"));
	ck_assert_uint_eq(held(f, "by_colour", 5), fd_of(f, "blue"));
	ck_assert_uint_eq(held(f, "by_number", 7), fd_of(f, "blue"));
	ck_assert_uint_eq(held(f, "jumps", 0), program_fd(f, "returns_ten"));
	ck_assert_uint_eq(held(f, "jumps", 2), program_fd(f, "returns_twenty"));
	ck_assert_uint_eq(held(f, "jumps", 3), 0); /* its program is not loaded */
	ck_assert_uint_eq(f->kernel.commands[PBPF_MAP_UPDATE_ELEM], 3 + 2 + 1); /* and .rodata */
	fixture_free(f);
}
END_TEST

START_TEST(a_slot_beyond_the_end_has_a_hint)
{
	struct fixture *f = fixture_new("values.bpf");
	struct pbpf_map_attr attr;

	ck_assert_int_eq(open_object(f), 0);
	attr = *pbpf_map_attr(pbpf_object_map(f->obj, "by_colour"));
	attr.max_entries = 2;
	ck_assert_int_eq(pbpf_map_set_attr(pbpf_object_map(f->obj, "by_colour"), &attr), 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), -E2BIG);
	ck_assert_str_eq(f->host.text, "map 'by_colour' cannot take 'blue' in slot 5: E2BIG");
	ck_assert_str_eq(f->host.hint, "raise max_entries");
	fixture_free(f);
}
END_TEST

START_TEST(the_callers_inner_map_goes_first)
{
	struct fixture *f = fixture_new("values.bpf");
	struct pbpf_map *map;
	struct pbpf_map_attr attr = {
		.type = PBPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 8, .max_entries = 4};
	int fd = pbpf_sys_map_create(&f->env, &attr);

	ck_assert_int_eq(open_object(f), 0);
	map = pbpf_object_map(f->obj, "by_colour");
	attr = *pbpf_map_attr(map);
	attr.inner_map_fd = fd;
	ck_assert_int_eq(pbpf_map_set_attr(map, &attr), 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_int_eq((int)fake_kernel_object(&f->kernel, pbpf_map_fd(map))->map.inner_map_fd,
			 fd);
	ck_assert_int_eq(pbpf_map_set_attr(map, &attr), -EINVAL);
	ck_assert_str_eq(f->host.text, "map 'by_colour' is loaded");
	pbpf_sys_close(&f->env, fd);
	fixture_free(f);
}
END_TEST

START_TEST(a_map_can_be_left_out)
{
	struct fixture *f = fixture_new("values.bpf");

	ck_assert_int_eq(open_object(f), 0);
	ck_assert(pbpf_map_autocreate(pbpf_object_map(f->obj, "blue")));
	ck_assert_int_eq(pbpf_map_set_autocreate(pbpf_object_map(f->obj, "blue"), false), 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), -EINVAL);
	ck_assert_ptr_nonnull(strstr(f->host.text, "has 'blue' in slot 5, which is not created"));
	pbpf_map_set_autocreate(pbpf_object_map(f->obj, "by_colour"), false);
	pbpf_map_set_autocreate(pbpf_object_map(f->obj, "by_number"), false);
	pbpf_program_set_autoload(pbpf_object_program(f->obj, "count_colours"), false);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_int_eq(pbpf_map_fd(pbpf_object_map(f->obj, "blue")), -ENOENT);
	fixture_free(f);
}
END_TEST

/* --- Refused ---------------------------------------------------------------------------------- */

static const struct {
	uint32_t type, max_entries;
	const char *hint;
} rules[] = {
	{PBPF_MAP_TYPE_TASK_STORAGE, 0, "BPF_F_NO_PREALLOC, no max_entries"},
	{PBPF_MAP_TYPE_CGROUP_STORAGE, 0, "bpf_cgroup_storage_key"},
	{PBPF_MAP_TYPE_LPM_TRIE, 1, "BPF_F_NO_PREALLOC"},
	{PBPF_MAP_TYPE_RINGBUF, 1, "neither key nor value"},
	{PBPF_MAP_TYPE_QUEUE, 1, "no key"},
	{PBPF_MAP_TYPE_ARRAY, 1, "its key is a __u32"},
	{PBPF_MAP_TYPE_PROG_ARRAY, 1, "a file descriptor"},
	{PBPF_MAP_TYPE_ARENA, 1, "BPF_F_MMAPABLE"},
	{PBPF_MAP_TYPE_HASH, 0, "set max_entries"},
	{PBPF_MAP_TYPE_HASH_OF_MAPS, 1, "say what it holds"},
	{77, 1, "check type"},
};

/* The kernel says EINVAL, and nothing else. */
START_TEST(a_refused_map_has_the_rule_of_its_type)
{
	struct fixture *f = fixture_new("counter.bpf");
	struct pbpf_map_attr attr;
	struct pbpf_map *map;

	ck_assert_int_eq(open_object(f), 0);
	map = pbpf_object_next_map(f->obj, NULL);
	attr = *pbpf_map_attr(map);
	attr.type = rules[_i].type;
	attr.max_entries = rules[_i].max_entries;
	ck_assert_int_eq(pbpf_map_set_attr(map, &attr), 0);
	f->kernel.refuse[PBPF_MAP_CREATE] = EINVAL;
	ck_assert_int_eq(pbpf_object_load(f->obj), -EINVAL);
	ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 1);
	ck_assert_msg(strstr(f->host.hint, rules[_i].hint), "'%s' lacks '%s'", f->host.hint,
		      rules[_i].hint);
	ck_assert(attr.type != 77 || strstr(f->host.text, "(type 77, "));
	fixture_free(f);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("loader: maps");
	TCase *t;

	t = tcase_create("values");
	tcase_add_test(t, an_inner_map_is_made_and_closed);
	tcase_add_test(t, slots_are_filled);
	tcase_add_test(t, a_slot_beyond_the_end_has_a_hint);
	tcase_add_test(t, the_callers_inner_map_goes_first);
	tcase_add_test(t, a_map_can_be_left_out);
	suite_add_tcase(s, t);
	t = tcase_create("refused");
	tcase_add_loop_test(t, a_refused_map_has_the_rule_of_its_type, 0,
			    sizeof(rules) / sizeof(rules[0]));
	suite_add_tcase(s, t);
	return s;
}
