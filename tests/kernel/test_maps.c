/* SPDX-License-Identifier: MIT */
/*
 * Maps on the running kernel.
 */
#include "live.h"

static struct pbpf_variable variable(struct live *live, const char *name)
{
	struct pbpf_variable found = {0};

	ck_assert_int_eq(pbpf_object_variable(live->obj, name, &found), 0);
	return found;
}

static void load(struct live *live)
{
	ck_assert_msg(!pbpf_object_load(live->obj), "%s", live->host.text);
}

/* Why there can be no arena here, or NULL. Linux 7.2 has none for a machine of one processor, and 6.12 on ppc64
 * has the map alone. */
static const char *why_no_arena(void)
{
	struct pbpf_map_attr attr = {
		.type = PBPF_MAP_TYPE_ARENA, .max_entries = 1, .flags = PBPF_F_MMAPABLE};
	struct live *live;
	bool no_jit;
	int fd;

	if (why_no_jit())
		return why_no_jit();
	fd = pbpf_sys_map_create(NULL, &attr);
	if (fd == -EINVAL)
		return "this kernel has no arenas";
	if (fd == -ENOMEM && sysconf(_SC_NPROCESSORS_ONLN) == 1)
		return "this kernel has no arenas on one processor";
	ck_assert_int_ge(fd, 0);
	pbpf_sys_close(NULL, fd);
	live = live_open("arena.bpf");
	pbpf_object_load(live->obj);
	no_jit = strstr(live->host.text, "JIT doesn't support arena") != NULL;
	live_close(live);
	return no_jit ? "this machine's JIT has no arenas" : NULL;
}

/* --- Maps that hold maps and programs, and old definitions ------------------------------------ */

START_TEST(slots_hold_what_the_file_says)
{
	struct live *live;

	NEEDS_BPF();
	NEEDS_LINUX(5, 8); /* ring buffers */
	live = live_load("values.bpf");
	ck_assert_uint_eq(live_run(live, "jump_to_2"), 20);
	ck_assert_uint_eq(live_run(live, "jump_to_3"), 1); /* empty: no tail call */
	ck_assert_uint_eq(live_run(live, "count_colours"), 1 + 1 + 2);
	ck_assert_uint_eq(live_run(live, "count_colours"), 2 + 3 + 4);
	live_close(live);
}
END_TEST

START_TEST(old_definitions_work)
{
	struct live *live;

	NEEDS_BPF();
	NEEDS_LINUX(4, 18); /* a value of a map as a key */
	live = live_load("legacy_maps.bpf");
	live_run(live, "use_old_maps");
	live_close(live);
}
END_TEST

/* --- Every type -------------------------------------------------------------------------------- */

/* Does the kernel take types for the key and value of such a map? */
static bool kernel_takes_btf(const struct pbpf_object *obj, const struct pbpf_map_attr *attr,
			     int btf_fd)
{
	const struct pbpf_map_attr *inner = attr->type == PBPF_MAP_TYPE_ARRAY_OF_MAPS ||
							    attr->type == PBPF_MAP_TYPE_HASH_OF_MAPS
						    ? pbpf_map_attr(pbpf_object_map(obj, "hash"))
						    : NULL;
	struct pbpf_map_attr with = *attr;
	int fd;

	if (inner)
		with.inner_map_fd = pbpf_sys_map_create(NULL, inner);
	with.btf_fd = btf_fd;
	if (!with.btf_value_type) {
		with.btf_key_type =
			(uint32_t)pbpf_btf_find(pbpf_object_btf(obj), "int", PBPF_KIND_INT);
		with.btf_value_type = with.btf_key_type;
	}
	fd = pbpf_sys_map_create(NULL, &with);
	pbpf_sys_close(NULL, fd);
	if (inner)
		pbpf_sys_close(NULL, with.inner_map_fd);
	return fd >= 0;
}

START_TEST(every_type_is_created)
{
	struct pbpf_btf_attr attr = {0};
	struct live *live;
	size_t size;
	int btf_fd;

	NEEDS_BPF();
	NEEDS_LINUX(5, 8); /* values of 8 bytes in a devmap */
	allow_locked_memory();
	live = live_open("map_types.bpf");
	for (struct pbpf_map *map = NULL; (map = pbpf_object_next_map(live->obj, map));)
		if (pbpf_since_map_type(pbpf_map_attr(map)->type) > running_linux() ||
		    (pbpf_map_attr(map)->type == PBPF_MAP_TYPE_ARENA && why_no_arena()) ||
		    /* which needs the BPF LSM, and that a JIT */
		    (pbpf_map_attr(map)->type == PBPF_MAP_TYPE_INODE_STORAGE && why_no_jit()))
			ck_assert_int_eq(pbpf_map_set_autocreate(map, false), 0);
	ck_assert_msg(!pbpf_object_load(live->obj), "%s", live->host.text);
	ck_assert_msg(!live->host.messages[PBPF_WARNING], "%s", live->host.notes);
	attr.data = pbpf_btf_image(pbpf_object_btf(live->obj), &size);
	attr.size = (uint32_t)size;
	btf_fd = pbpf_sys_btf_load(NULL, &attr, NULL);
	ck_assert_int_ge(btf_fd, 0);
	for (const struct pbpf_map *map = NULL; (map = pbpf_object_next_map(live->obj, map));) {
		bool takes = kernel_takes_btf(live->obj, pbpf_map_attr(map), btf_fd);
		struct pbpf_map_info info = {0};
		uint32_t info_size = sizeof(info);

		if (pbpf_map_fd(map) < 0)
			continue;
		ck_assert_int_eq(pbpf_sys_obj_info(NULL, pbpf_map_fd(map), &info, &info_size), 0);
		printf("# %-16s types: %s, %s\n", pbpf_map_type_name(info.type),
		       takes ? "taken" : "refused", info.btf_id ? "sent" : "not sent");
		if (pbpf_map_attr(map)->value_size)
			ck_assert_msg(takes == (info.btf_id != 0), "%s", pbpf_map_name(map));
	}
	pbpf_sys_close(NULL, btf_fd);
	live_close(live);
}
END_TEST

/* Their definitions hold arrays of 4 GiB, which no kernel takes in BTF. Before Linux 5.11 a map was charged for all
 * entries that it may have, and none was for 4 GiB (bpf_map_charge_init()). */
START_TEST(maps_of_very_many_entries)
{
	struct pbpf_map_info info = {0};
	uint32_t size = sizeof(info);
	struct live *live;

	NEEDS_BPF();
	NEEDS_LINUX(5, 11);
	allow_locked_memory();
	live = live_open("many_entries.bpf");
	load(live);
	ck_assert_msg(!live->host.messages[PBPF_WARNING], "%s", live->host.notes);
	ck_assert_int_eq(pbpf_sys_obj_info(NULL, pbpf_map_fd(pbpf_object_map(live->obj, "routes")),
					   &info, &size),
			 0);
	ck_assert_uint_eq(info.max_entries, 1u << 30);
	ck_assert_uint_ne(info.btf_id, 0);
	live_close(live);
}
END_TEST

START_TEST(an_arena_has_variables)
{
	struct pbpf_map *arena;
	struct live *live;
	unsigned char *memory;
	void *address;
	uint64_t first;
	size_t size;

	NEEDS_BPF();
	if (why_no_arena())
		SKIP("%s", why_no_arena());
	live = live_open("arena.bpf");
	arena = pbpf_object_map(live->obj, "arena");
	load(live);
	ck_assert_uint_eq(live_run(live, "sum_in_arena"), 42);
	ck_assert_uint_eq(live_run(live, "sum_in_arena"), 43);
	ck_assert_int_eq(pbpf_map_memory(arena, &address, &size), 0);
	memory = address;
	ck_assert_uint_eq(size, 100 * pbpf_sys_page_size(NULL));
	memcpy(&first, memory + size - pbpf_sys_page_size(NULL), sizeof(first));
	ck_assert_uint_eq(first, 42);
	live_close(live);
}
END_TEST

START_TEST(an_arena_lies_where_it_shall)
{
	struct pbpf_map_attr attr;
	struct pbpf_map *arena;
	struct live *live;
	void *address;
	size_t size;

	NEEDS_BPF();
	if (sizeof(void *) == 4)
		SKIP("the address is not one of a process of 32 bits");
	if (why_no_arena())
		SKIP("%s", why_no_arena());
	live = live_open("arena.bpf");
	arena = pbpf_object_map(live->obj, "arena");
	attr = *pbpf_map_attr(arena);
	attr.extra = (uint64_t)1 << 44;
	ck_assert_int_eq(pbpf_map_set_attr(arena, &attr), 0);
	load(live);
	ck_assert_int_eq(pbpf_map_memory(arena, &address, &size), 0);
	ck_assert_uint_eq((uintptr_t)address, (uint64_t)1 << 44);
	ck_assert_uint_eq(live_run(live, "sum_in_arena"), 42);
	live_close(live);
}
END_TEST

START_TEST(a_map_may_be_missing_where_it_is_not_used)
{
	const uint32_t no = 0;
	struct pbpf_variable use;
	struct live *live;

	NEEDS_BPF();
	live = live_open("arena.bpf");
	pbpf_program_set_autoload(pbpf_object_program(live->obj, "sum_in_arena"), false);
	pbpf_map_set_autocreate(pbpf_object_map(live->obj, "arena"), false);
	load(live);
	ck_assert_uint_eq(live_run(live, "use_it_or_not"), 2);
	pbpf_object_unload(live->obj);
	pbpf_map_set_autocreate(pbpf_object_map(live->obj, "optional"), false);
	ck_assert_int_lt(pbpf_object_load(live->obj), 0); /* it would use it */
	use = variable(live, "use_optional");
	ck_assert_int_eq(pbpf_variable_set(&use, &no, sizeof(no)), 0);
	load(live);
	ck_assert_uint_eq(live_run(live, "use_it_or_not"), 1);
	live_close(live);
}
END_TEST

/* --- What is in maps ---------------------------------------------------------------------------- */

START_TEST(a_longer_table_is_summed)
{
	const uint32_t length = 500;
	struct pbpf_variable sum;
	struct live *live;
	uint64_t *table, total = 0;
	void *memory;
	size_t size;

	NEEDS_BPF();
	NEEDS_LINUX(5, 5); /* arrays that can be mapped */
	live = live_open("grown.bpf");
	sum = variable(live, "length");
	ck_assert_int_eq(pbpf_variable_set(&sum, &length, sizeof(length)), 0);
	ck_assert_int_eq(pbpf_map_resize(pbpf_object_map(live->obj, ".data.table"), 8 * length), 0);
	ck_assert_int_eq(pbpf_map_memory(pbpf_object_map(live->obj, ".data.table"), &memory, &size),
			 0);
	table = memory;
	ck_assert_uint_eq(table[0], 5);
	for (uint32_t i = 0; i < length; i++)
		table[i] = i;
	load(live);
	ck_assert_uint_eq(live->host.messages[PBPF_WARNING], 0); /* its BTF was taken */
	ck_assert_uint_eq(live_run(live, "sum_table"), length * (length - 1) / 2);
	sum = variable(live, "sum");
	ck_assert_int_eq(pbpf_variable_get(&sum, &total, sizeof(total)), 0);
	ck_assert_uint_eq(total, length * (length - 1) / 2);

	/* And after load, in the map's own memory. */
	ck_assert_int_eq(pbpf_map_memory(pbpf_object_map(live->obj, ".data.table"), &memory, &size),
			 0);
	((volatile uint64_t *)memory)[0] = 1000;
	ck_assert_uint_eq(live_run(live, "sum_table"), 1000 + length * (length - 1) / 2);
	ck_assert_int_eq(pbpf_variable_get(&sum, &total, sizeof(total)), 0);
	ck_assert_uint_eq(total, 1000 + length * (length - 1) / 2);
	live_close(live);
}
END_TEST

START_TEST(rodata_is_mapped_to_read)
{
	struct pbpf_variable limit;
	struct live *live;
	uint32_t value = 0;

	NEEDS_BPF();
	live = live_load("globals.bpf");
	limit = variable(live, "limit");
	ck_assert_int_eq(pbpf_variable_get(&limit, &value, sizeof(value)), 0);
	ck_assert_uint_eq(value, 42);
	ck_assert_int_eq(pbpf_variable_set(&limit, &value, sizeof(value)), -EPERM);
	live_close(live);
}
END_TEST

START_TEST(an_array_in_memory)
{
	uint32_t key = 2, value = 7;
	struct live *live;
	void *memory;
	size_t size;

	NEEDS_BPF();
	NEEDS_LINUX(5, 5); /* arrays that can be mapped */
	live = live_load("grown.bpf");
	ck_assert_int_eq(
		pbpf_map_update(pbpf_object_map(live->obj, "plain"), &key, 4, &value, 4, 0), 0);
	ck_assert_int_eq(pbpf_map_memory(pbpf_object_map(live->obj, "plain"), &memory, &size), 0);
	ck_assert_uint_eq(size, 24);
	ck_assert_uint_eq(((uint32_t *)memory)[4], 7); /* each has 8 bytes */
	ck_assert_int_eq(pbpf_map_memory(pbpf_object_map(live->obj, "hash"), &memory, &size),
			 -ENOTSUP);
	live_close(live);
}
END_TEST

START_TEST(each_cpu_has_a_value)
{
	uint32_t key = 1, cpus, sum = 0;
	struct pbpf_map *map;
	struct live *live;
	size_t room;
	void *value;

	NEEDS_BPF();
	NEEDS_LINUX(5, 5); /* arrays that can be mapped */
	live = live_load("grown.bpf");
	map = pbpf_object_map(live->obj, "per_cpu");
	for (int i = 0; i < 5; i++)
		live_run(live, "count_cpu");
	ck_assert_int_eq(pbpf_map_value_room(map, &room), 0);
	ck_assert_int_eq(pbpf_map_cpus(map, &cpus), 0);
	ck_assert_uint_eq(room, 8 * (size_t)cpus);
	value = calloc(1, room);
	ck_assert_int_eq(pbpf_map_lookup(map, &key, sizeof(key), value, room, 0), 0);
	for (uint32_t cpu = 0; cpu < cpus; cpu++)
		sum += *(const uint32_t *)pbpf_map_cpu_value(map, value, cpu);
	ck_assert_uint_eq(sum, 5);
	ck_assert_ptr_null(pbpf_map_cpu_value(map, value, cpus));
	ck_assert_int_eq(pbpf_map_lookup(map, &key, sizeof(key), value, 4, 0), -EINVAL);
	free(value);
	live_close(live);
}
END_TEST

/* Walks over a hash of 2000 elements, deleting some; each that stays is seen exactly once. */
static void walk_hash(uint32_t batch, bool delete)
{
	enum { ELEMENTS = 2000 };
	static unsigned char seen[ELEMENTS];
	struct live *live = live_load("grown.bpf");
	struct pbpf_map *map = pbpf_object_map(live->obj, "hash");
	struct pbpf_map_walk *walk = NULL;
	const void *key, *value;
	int err;

	memset(seen, 0, sizeof(seen));
	for (uint32_t i = 0; i < ELEMENTS; i++) {
		uint64_t square = (uint64_t)i * i;

		ck_assert_int_eq(pbpf_map_update(map, &i, 4, &square, 8, 0), 0);
	}
	ck_assert_int_eq(pbpf_map_walk_open(&walk, map, batch), 0);
	while ((err = pbpf_map_walk_next(walk, &key, &value)) > 0) {
		uint32_t i = *(const uint32_t *)key;

		ck_assert_uint_lt(i, ELEMENTS);
		ck_assert_uint_eq(*(const uint64_t *)value, (uint64_t)i * i);
		seen[i]++;
		if (delete)
			pbpf_map_delete(map, &i, 4);
	}
	ck_assert_msg(!err, "%s", live->host.text);
	for (uint32_t i = 0; i < ELEMENTS; i++)
		ck_assert_uint_eq(seen[i], 1);
	pbpf_map_walk_close(walk);
	live_close(live);
}

START_TEST(a_walk_sees_all)
{
	static const uint32_t batches[] = {0, 1, 2, 7, 2000};

	NEEDS_BPF();
	NEEDS_LINUX(5, 5); /* arrays that can be mapped */
	for (size_t i = 0; i < sizeof(batches) / sizeof(batches[0]); i++) {
		walk_hash(batches[i], false);
		walk_hash(batches[i], true);
	}
}
END_TEST

START_TEST(the_callers_map_is_used)
{
	struct pbpf_map_attr attr = {
		.type = PBPF_MAP_TYPE_HASH, .key_size = 4, .value_size = 8, .max_entries = 2000};
	struct live *live;
	int fd;

	NEEDS_BPF();
	NEEDS_LINUX(5, 5); /* arrays that can be mapped */
	allow_locked_memory();
	live = live_open("grown.bpf");
	fd = pbpf_sys_map_create(NULL, &attr);
	ck_assert_int_eq(pbpf_map_reuse_fd(pbpf_object_map(live->obj, "queue"), fd), -EINVAL);
	ck_assert_ptr_nonnull(strstr(live->host.text, "type hash there, queue here"));
	ck_assert_int_eq(pbpf_map_reuse_fd(pbpf_object_map(live->obj, "hash"), fd), 0);
	pbpf_sys_close(NULL, fd);
	load(live);
	live_close(live);
}
END_TEST

/* The kernel tells of a program in the same bytes, which would be the oddest map. */
START_TEST(a_program_is_no_map)
{
	struct live *live;
	int fd;

	NEEDS_BPF();
	NEEDS_LINUX(5, 5); /* arrays that can be mapped */
	allow_locked_memory();
	live = live_open("grown.bpf");
	load(live);
	fd = pbpf_sys_dup(NULL, pbpf_program_fd(pbpf_object_next_program(live->obj, NULL)));
	pbpf_object_unload(live->obj);
	ck_assert_int_eq(pbpf_map_reuse_fd(pbpf_object_map(live->obj, "hash"), fd), -EINVAL);
	ck_assert_msg(strstr(live->host.text, "which is no map"), "%s", live->host.text);
	pbpf_sys_close(NULL, fd);
	live_close(live);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("live: maps");
	TCase *values = tcase_create("values");
	TCase *data = tcase_create("what is in maps");

	tcase_set_timeout(values, 30);
	tcase_add_test(values, slots_hold_what_the_file_says);
	tcase_add_test(values, old_definitions_work);
	tcase_add_test(values, every_type_is_created);
	tcase_add_test(values, maps_of_very_many_entries);
	tcase_add_test(values, an_arena_has_variables);
	tcase_add_test(values, an_arena_lies_where_it_shall);
	tcase_add_test(values, a_map_may_be_missing_where_it_is_not_used);
	suite_add_tcase(s, values);
	tcase_set_timeout(data, 30);
	tcase_add_test(data, a_longer_table_is_summed);
	tcase_add_test(data, rodata_is_mapped_to_read);
	tcase_add_test(data, an_array_in_memory);
	tcase_add_test(data, each_cpu_has_a_value);
	tcase_add_test(data, a_walk_sees_all);
	tcase_add_test(data, the_callers_map_is_used);
	tcase_add_test(data, a_program_is_no_map);
	suite_add_tcase(s, data);
	return s;
}
