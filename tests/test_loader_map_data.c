/* SPDX-License-Identifier: MIT */
/*
 * Global data and its variables, before load and after; arenas; maps that are left out. Elements are in
 * test_loader_map_elements.c.
 */
#include "loader_fixture.h"
#include "relo/pbpf_relo.h"

static struct pbpf_variable variable(struct fixture *f, const char *name)
{
	struct pbpf_variable found = {0};

	ck_assert_int_eq(pbpf_object_variable(f->obj, name, &found), 0);
	ck_assert_str_eq(found.name, name);
	return found;
}

static uint32_t get_u32(struct fixture *f, const char *name)
{
	struct pbpf_variable found = variable(f, name);
	uint32_t value = 0;

	ck_assert_int_eq(pbpf_variable_get(&found, &value, sizeof(value)), 0);
	return value;
}

static int set_u32(struct fixture *f, const char *name, uint32_t value)
{
	struct pbpf_variable found = variable(f, name);

	return pbpf_variable_set(&found, &value, sizeof(value));
}

/* The first value of a map in the fake kernel. */
static const unsigned char *held_value(struct fixture *f, const char *map)
{
	const struct fake_object *object =
		fake_kernel_object(&f->kernel, pbpf_map_fd(pbpf_object_map(f->obj, map)));

	ck_assert_uint_gt(object->size, 4);
	return object->bytes + 4;
}

START_TEST(variables_before_load)
{
	struct fixture *f = fixture_new("globals.bpf");
	uint32_t value;

	ck_assert_int_eq(open_object(f), 0);
	ck_assert_uint_eq(get_u32(f, "number"), 0x11223344);
	ck_assert_uint_eq(get_u32(f, "limit"), 42);
	ck_assert_uint_eq(get_u32(f, "hidden_number"), 7);
	ck_assert_uint_eq(get_u32(f, "zero"), 0);
	ck_assert_uint_eq(f->kernel.calls, 0);
	ck_assert_int_eq(set_u32(f, "limit", 43), 0);
	ck_assert_int_eq(set_u32(f, "zero", 9), 0);
	ck_assert_uint_eq(get_u32(f, "limit"), 43);
	ck_assert_uint_eq(get_u32(f, "number"), 0x11223344);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	memcpy(&value, held_value(f, ".rodata") + variable(f, "limit").offset, sizeof(value));
	ck_assert_uint_eq(value, 43);
	memcpy(&value, held_value(f, ".bss") + variable(f, "zero").offset, sizeof(value));
	ck_assert_uint_eq(value, 9);
	fixture_free(f);
}
END_TEST

START_TEST(variables_after_load)
{
	struct fixture *f = loaded("globals.bpf");

	ck_assert_uint_eq(get_u32(f, "number"), 0x11223344);
	ck_assert_int_eq(set_u32(f, "number", 5), 0);
	ck_assert_uint_eq(get_u32(f, "number"), 5);
	ck_assert_uint_eq(get_u32(f, "limit"), 42);
	ck_assert_int_eq(set_u32(f, "limit", 1), -EPERM);
	ck_assert_str_eq(f->host.text, "map '.rodata' is frozen, and so is variable 'limit'");
	ck_assert_uint_eq(f->kernel.commands[PBPF_MAP_LOOKUP_ELEM], 0);
	fixture_free(f);
}
END_TEST

START_TEST(variables_of_a_kernel_without_mmap)
{
	struct fixture *f = fixture_new("globals.bpf");

	ck_assert_int_eq(open_object(f), 0);
	for (struct pbpf_map *map = NULL; (map = pbpf_object_next_map(f->obj, map));) {
		struct pbpf_map_attr attr = *pbpf_map_attr(map);

		attr.flags &= ~(uint32_t)PBPF_F_MMAPABLE;
		ck_assert_int_eq(pbpf_map_set_attr(map, &attr), 0);
	}
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_uint_eq(get_u32(f, "number"), 0x11223344);
	ck_assert_int_eq(set_u32(f, "number", 5), 0);
	ck_assert_uint_eq(get_u32(f, "number"), 5);
	ck_assert_uint_eq(f->kernel.mapped, 0);
	ck_assert_uint_eq(f->kernel.commands[PBPF_MAP_LOOKUP_ELEM], 3);
	fixture_free(f);
}
END_TEST

START_TEST(an_old_kernel_gets_plain_maps)
{
	struct fixture *f = fixture_new("globals.bpf");

	f->kernel.version = PBPF_LINUX(5, 4);
	ck_assert_int_eq(open_object(f), 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_uint_eq(f->host.messages[PBPF_WARNING], 0);
	ck_assert_uint_eq(fake_kernel_nth(&f->kernel, FAKE_MAP, 0)->map.map_flags & PBPF_F_MMAPABLE,
			  0);
	ck_assert_uint_ne(fake_kernel_nth(&f->kernel, FAKE_MAP, 0)->map.btf_fd, 0);
	fixture_free(f);
}
END_TEST

START_TEST(wrong_uses_of_variables_are_refused)
{
	struct fixture *f = fixture_new("globals.bpf");
	struct pbpf_variable number;
	uint64_t big = 0;

	ck_assert_int_eq(open_object(f), 0);
	ck_assert_int_eq(pbpf_object_variable(f->obj, "limti", &number), -ENOENT);
	ck_assert_str_eq(f->host.text,
			 "there is no global variable 'limti'; did you mean 'limit'?");
	number = variable(f, "number");
	ck_assert_int_eq(pbpf_variable_get(&number, &big, sizeof(big)), -EINVAL);
	ck_assert_str_eq(f->host.text, "map '.data' has variable 'number' of 4 bytes, not of 8");
	ck_assert_int_eq(pbpf_variable_set(&number, &big, 0), -EINVAL);
	number.offset = UINT32_MAX;
	ck_assert_int_eq(pbpf_variable_get(&number, &big, 4), -EINVAL);
	fixture_free(f);
}
END_TEST

START_TEST(memory_of_global_data)
{
	struct fixture *f = fixture_new("globals.bpf");
	struct pbpf_map *data;
	void *memory, *again;
	size_t size;

	ck_assert_int_eq(open_object(f), 0);
	data = pbpf_object_map(f->obj, ".data");
	ck_assert_int_eq(pbpf_map_memory(data, &memory, &size), 0);
	ck_assert_uint_eq(size, pbpf_map_attr(data)->value_size);
	memset(memory, 0x55, size);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_uint_eq(held_value(f, ".data")[size - 1], 0x55);
	ck_assert_int_eq(pbpf_map_memory(data, &memory, &size), 0);
	ck_assert_uint_eq(*(unsigned char *)memory, 0x55);
	ck_assert_int_eq(pbpf_map_memory(data, &again, &size), 0);
	ck_assert_ptr_eq(again, memory);
	ck_assert_uint_gt(f->kernel.mapped, 0);
	pbpf_object_unload(f->obj);
	ck_assert_uint_eq(f->kernel.mapped, 0);
	fixture_free(f);
}
END_TEST

START_TEST(first_values_are_all_or_nothing)
{
	struct fixture *f = fixture_new("grown.bpf");
	const uint64_t table[1] = {77};
	struct pbpf_map *map;

	ck_assert_int_eq(open_object(f), 0);
	map = pbpf_object_map(f->obj, ".data.table");
	ck_assert_int_eq(pbpf_map_set_initial(map, table, 4), -EINVAL);
	ck_assert_int_eq(pbpf_map_set_initial(pbpf_object_map(f->obj, "hash"), table, 8), -EINVAL);
	ck_assert_ptr_nonnull(strstr(f->host.text, "no section of global data"));
	ck_assert_int_eq(pbpf_map_set_initial(map, table, sizeof(table)), 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_mem_eq(held_value(f, ".data.table"), table, sizeof(table));
	ck_assert_int_eq(pbpf_map_set_initial(map, table, sizeof(table)), -EINVAL);
	fixture_free(f);
}
END_TEST

START_TEST(an_array_at_the_end_grows)
{
	struct fixture *f = fixture_new("grown.bpf");
	struct pbpf_map *map;
	uint64_t table[10];

	ck_assert_int_eq(open_object(f), 0);
	map = pbpf_object_map(f->obj, ".data.table");
	ck_assert_int_eq(pbpf_map_resize(map, 4), -EINVAL);
	ck_assert_ptr_nonnull(strstr(f->host.text, "shorter than its type"));
	ck_assert_int_eq(pbpf_map_resize(map, 12), -EINVAL);
	ck_assert_ptr_nonnull(strstr(f->host.text, "whole elements"));
	ck_assert_int_eq(pbpf_map_resize(pbpf_object_map(f->obj, ".bss"), 16), -EINVAL);
	ck_assert_ptr_nonnull(strstr(f->host.text, "its last variable is no array"));
	ck_assert_int_eq(pbpf_map_resize(map, sizeof(table)), 0);
	ck_assert_uint_eq(variable(f, "table").size, sizeof(table));
	ck_assert_int_eq(pbpf_map_resize(map, sizeof(table) / 2), 0);
	ck_assert_int_eq(pbpf_map_resize(map, sizeof(table)), 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	memcpy(table, held_value(f, ".data.table"), sizeof(table));
	ck_assert_uint_eq(table[0], 5);
	ck_assert_uint_eq(table[9], 0);
	ck_assert_int_eq(pbpf_map_resize(map, 16), -EINVAL);
	fixture_free(f);
}
END_TEST

/* --- Arenas, and maps that are left out ------------------------------------------------------- */

/* How many instructions of a loaded program have this code, and, of calls, call this. */
static unsigned int count_insns(struct fixture *f, const char *program, uint8_t code, int32_t imm)
{
	const struct fake_object *prog = fake_kernel_object(
		&f->kernel, pbpf_program_fd(pbpf_object_program(f->obj, program)));
	unsigned int count = 0;

	for (uint32_t i = 0; i < prog->prog.insn_cnt; i++) {
		const struct pbpf_insn *insn = (const struct pbpf_insn *)prog->bytes + i;

		count += insn->code == code && (code != PBPF_OP_CALL || insn->imm == imm);
	}
	return count;
}

START_TEST(an_arena_has_its_variables_at_the_end)
{
	struct fixture *f = fixture_new("arena.bpf");
	const struct pbpf_insn *insn;
	struct pbpf_map *arena;
	unsigned int references = 0;
	const uint64_t *first;
	void *address;
	size_t size;

	f->kernel.page_size = 4096;
	ck_assert_int_eq(open_object(f), 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	arena = pbpf_object_map(f->obj, "arena");
	insn = (const void *)fake_kernel_object(
		       &f->kernel, pbpf_program_fd(pbpf_object_program(f->obj, "sum_in_arena")))
		       ->bytes;
	for (uint32_t i = 0; i < 10; i++) {
		if (insn[i].code != PBPF_OP_LD_IMM64 ||
		    pbpf_insn_src(&insn[i]) != PBPF_PSEUDO_MAP_VALUE)
			continue;
		ck_assert_int_eq(insn[i].imm, pbpf_map_fd(arena));
		ck_assert_int_eq(insn[i + 1].imm, 99 * 4096 + 8 * (int)references++);
	}
	ck_assert_uint_eq(references, 2);
	ck_assert_int_eq(pbpf_map_memory(arena, &address, &size), 0);
	ck_assert_uint_eq(size, 100 * 4096);
	first = (const uint64_t *)address + 99 * 4096 / sizeof(*first);
	ck_assert_uint_eq(*first, 40);
	fixture_free(f);
}
END_TEST

START_TEST(variables_need_room_in_an_arena)
{
	struct fixture *f = fixture_new("arena.bpf");
	struct pbpf_map_attr attr;
	struct pbpf_map *arena;

	ck_assert_int_eq(open_object(f), 0);
	arena = pbpf_object_map(f->obj, "arena");
	attr = *pbpf_map_attr(arena);
	attr.max_entries = UINT32_MAX;
	ck_assert_int_eq(pbpf_map_set_attr(arena, &attr), 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), -ERANGE);
	attr.max_entries = 1;
	attr.type = PBPF_MAP_TYPE_ARRAY;
	attr.key_size = attr.value_size = 4;
	ck_assert_int_eq(pbpf_map_set_attr(arena, &attr), 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), -EINVAL);
	ck_assert_ptr_nonnull(strstr(f->host.text, "is no arena any more"));
	fixture_free(f);
}
END_TEST

START_TEST(what_uses_a_missing_map_is_poisoned)
{
	struct fixture *f = fixture_new("arena.bpf");

	ck_assert_int_eq(open_object(f), 0);
	pbpf_map_set_autocreate(pbpf_object_map(f->obj, "optional"), false);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_uint_eq(count_insns(f, "use_it_or_not", PBPF_OP_CALL, PBPF_MAP_POISON + 1), 2);
	ck_assert_uint_eq(count_insns(f, "use_it_or_not", PBPF_OP_LD_IMM64, 0), 1);
	fixture_free(f);
}
END_TEST

START_TEST(the_use_of_a_missing_map_is_explained)
{
	struct fixture *f = fixture_new("arena.bpf");
	const struct pbpf_insn *insns;
	char log[128];
	int64_t at = 0;

	ck_assert_int_eq(open_object(f), 0);
	pbpf_map_set_autocreate(pbpf_object_map(f->obj, "optional"), false);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	insns = insns_of(f, "use_it_or_not");
	while (insns[at].code != PBPF_OP_CALL || insns[at].imm != PBPF_MAP_POISON + 1)
		at++;
	pbpf_object_unload(f->obj);
	snprintf(log, sizeof(log),
		 "%lld: (85) call unknown#2001000001\n"
		 "invalid func unknown#2001000001\n",
		 (long long)at);
	f->kernel.log = log;
	f->kernel.refuse[PBPF_PROG_LOAD] = EINVAL;
	f->kernel.refuse_prog = "use_it_or_not";
	ck_assert_int_eq(pbpf_object_load(f->obj), -EINVAL);
	ck_assert_msg(strstr(f->host.text, "uses the map 'optional', which was left out"), "%s",
		      f->host.text);
	fixture_free(f);
}
END_TEST

/* A life with everything above in it; gives the first error. */
static int life_with_data(struct fixture *f)
{
	struct pbpf_map_walk *walk = NULL;
	const void *key, *value;
	void *memory;
	size_t size;
	int err = open_object(f);

	if (!err)
		err = pbpf_map_resize(pbpf_object_map(f->obj, ".data.table"), 800);
	if (!err)
		err = pbpf_map_memory(pbpf_object_map(f->obj, ".bss"), &memory, &size);
	if (!err)
		err = pbpf_object_load(f->obj);
	if (!err)
		err = pbpf_map_memory(pbpf_object_map(f->obj, ".bss"), &memory, &size);
	if (!err)
		err = pbpf_map_walk_open(&walk, pbpf_object_map(f->obj, "plain"), 0);
	while (!err && (err = pbpf_map_walk_next(walk, &key, &value)) > 0)
		err = 0;
	pbpf_map_walk_close(walk);
	return err;
}

START_TEST(nothing_leaks_whatever_fails)
{
	for (unsigned int n = 1;; n++) {
		struct fixture *f = fixture_new("grown.bpf");
		bool memory = _i != 0, done;
		int err;

		*(memory ? &f->host.fail_at : &f->kernel.fail_at) = n;
		err = life_with_data(f);
		done = n > (memory ? f->host.allocations : f->kernel.calls);
		ck_assert_int_eq(err < 0, f->host.messages[PBPF_ERROR] == 1);
		f->host.fail_at = 0;
		fixture_free(f);
		if (done)
			break;
		ck_assert_uint_lt(n, 500);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("loader: global data");
	TCase *t;

	t = tcase_create("global data");
	tcase_add_test(t, variables_before_load);
	tcase_add_test(t, variables_after_load);
	tcase_add_test(t, variables_of_a_kernel_without_mmap);
	tcase_add_test(t, an_old_kernel_gets_plain_maps);
	tcase_add_test(t, wrong_uses_of_variables_are_refused);
	tcase_add_test(t, memory_of_global_data);
	tcase_add_test(t, first_values_are_all_or_nothing);
	tcase_add_test(t, an_array_at_the_end_grows);
	tcase_add_test(t, an_arena_has_its_variables_at_the_end);
	tcase_add_test(t, variables_need_room_in_an_arena);
	tcase_add_test(t, what_uses_a_missing_map_is_poisoned);
	tcase_add_test(t, the_use_of_a_missing_map_is_explained);
	suite_add_tcase(s, t);
	t = tcase_create("failing");
	tcase_add_loop_test(t, nothing_leaks_whatever_fails, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
