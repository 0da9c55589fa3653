/* SPDX-License-Identifier: MIT */
/*
 * Pins: maps that are shared by name, whole objects, and names that no path may be made of.
 */
#include "elf_builder.h"
#include "loader_fixture.h"

#define FOLDER "/sys/fs/bpf/app"

/* The object of pinned.bpf, opened with this policy in FOLDER. */
static struct fixture *opened(enum pbpf_pin_policy policy)
{
	struct fixture *f = fixture_new("pinned.bpf");

	f->options.pin_folder = FOLDER;
	f->options.pin_policy = policy;
	ck_assert_int_eq(open_object(f), 0);
	return f;
}

/* Closes the object, and opens its file anew in the same kernel. */
static void open_again(struct fixture *f, enum pbpf_pin_policy policy)
{
	pbpf_object_close(f->obj);
	f->obj = NULL;
	f->options.pin_policy = policy;
	ck_assert_int_eq(open_object(f), 0);
}

static unsigned int pin_count(const struct fixture *f)
{
	unsigned int count = 0;

	for (size_t i = 0; i < FAKE_PINS; i++)
		count += f->kernel.pins[i].path != NULL;
	return count;
}

static bool is_pinned(const struct fixture *f, const char *path)
{
	for (size_t i = 0; i < FAKE_PINS; i++)
		if (f->kernel.pins[i].path && !strcmp(f->kernel.pins[i].path, path))
			return true;
	return false;
}

START_TEST(maps_are_shared_by_name)
{
	struct fixture *f = opened(PBPF_PIN_REUSE);
	unsigned int created;
	int first;

	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_uint_eq(pin_count(f), 2);
	ck_assert(is_pinned(f, FOLDER "/shared"));
	ck_assert(is_pinned(f, FOLDER "/devices"));
	first = pbpf_map_fd(pbpf_object_map(f->obj, "shared"));
	created = f->kernel.commands[PBPF_MAP_CREATE];

	open_again(f, PBPF_PIN_REUSE);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_uint_eq(f->kernel.commands[PBPF_MAP_CREATE], created + 1); /* only own */
	ck_assert_int_eq(
		fake_kernel_object(&f->kernel, pbpf_map_fd(pbpf_object_map(f->obj, "shared")))
			->same_as,
		first);
	fixture_free(f);
}
END_TEST

START_TEST(another_map_is_not_taken)
{
	struct fixture *f = opened(PBPF_PIN_REUSE);
	struct pbpf_map_attr attr;
	struct pbpf_map *map;

	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	open_again(f, PBPF_PIN_REUSE);
	map = pbpf_object_map(f->obj, "shared");
	attr = *pbpf_map_attr(map);
	attr.type = PBPF_MAP_TYPE_ARRAY;
	attr.value_size = 4;
	attr.max_entries = 17;
	attr.flags = PBPF_F_MMAPABLE;
	ck_assert_int_eq(pbpf_map_set_attr(map, &attr), 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), -EINVAL);
	ck_assert_str_eq(f->host.text,
			 "map 'shared' differs from " FOLDER
			 "/shared: type hash there, array here; value size 8 there, 4 here; "
			 "max_entries 16 there, 17 here; flags 0 there, 0x400 here");
	ck_assert_ptr_nonnull(strstr(f->host.hint, "PBPF_PIN_RECREATE"));
	ck_assert_uint_eq(pin_count(f), 2);
	fixture_free(f);
}
END_TEST

/* The same sizes, and not the same in them. */
START_TEST(a_map_of_other_types_is_not_taken)
{
	struct fixture *f = opened(PBPF_PIN_REUSE);
	struct pbpf_map_attr attr;
	struct pbpf_map *map;

	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	open_again(f, PBPF_PIN_REUSE);
	map = pbpf_object_map(f->obj, "shared");
	attr = *pbpf_map_attr(map);
	attr.btf_value_type =
		(uint32_t)pbpf_btf_find(pbpf_object_btf(f->obj), "__sk_buff", PBPF_KIND_STRUCT);
	ck_assert_int_eq(pbpf_map_set_attr(map, &attr), 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), -EINVAL);
	ck_assert_str_eq(f->host.text, "map 'shared' differs from " FOLDER
				       "/shared: value: kind 'INT' there, 'STRUCT' here");
	ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 1);
	fixture_free(f);
}
END_TEST

/* A newer compiler's may be of kinds that are not known here. */
START_TEST(types_that_cannot_be_read_are_not_compared)
{
	struct fixture *f = opened(PBPF_PIN_REUSE);

	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	f->env.level = PBPF_NOTE;
	open_again(f, PBPF_PIN_REUSE);
	fake_kernel_nth(&f->kernel, FAKE_BTF, 0)->bytes[24 + (HOST_BIG ? 4 : 7)] =
		0x1f; /* the first kind */
	ck_assert_msg(!pbpf_object_load(f->obj), "%s", f->host.text);
	ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 0);
	ck_assert_ptr_nonnull(strstr(f->host.notes, "only its sizes are compared"));
	fixture_free(f);
}
END_TEST

START_TEST(what_the_kernel_changes_is_no_difference)
{
	struct fixture *f = opened(PBPF_PIN_REUSE);
	int fd;

	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	fd = pbpf_map_fd(pbpf_object_map(f->obj, "devices"));
	f->kernel.objects[fd - FAKE_FIRST_FD].map.map_flags |= PBPF_F_RDONLY_PROG;
	open_again(f, PBPF_PIN_REUSE);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	fixture_free(f);
}
END_TEST

START_TEST(a_policy_refuses_or_replaces)
{
	struct fixture *f = opened(PBPF_PIN_FAIL);
	int first;

	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	first = pbpf_map_fd(pbpf_object_map(f->obj, "shared"));
	open_again(f, PBPF_PIN_FAIL);
	ck_assert_int_eq(pbpf_object_load(f->obj), -EEXIST);
	ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 1);
	ck_assert_str_eq(f->host.text, "cannot pin '" FOLDER "/shared': EEXIST");
	open_again(f, PBPF_PIN_RECREATE);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_int_ne(pbpf_map_fd(pbpf_object_map(f->obj, "shared")), first);
	ck_assert_int_eq(
		fake_kernel_object(&f->kernel, pbpf_map_fd(pbpf_object_map(f->obj, "shared")))
			->same_as,
		0);
	ck_assert_uint_eq(pin_count(f), 2);
	fixture_free(f);
}
END_TEST

START_TEST(a_race_for_the_name_is_run_again)
{
	struct fixture *f = opened(PBPF_PIN_REUSE);

	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	open_again(f, PBPF_PIN_REUSE);
	f->kernel.unseen_pins = 2;
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 0);
	open_again(f, PBPF_PIN_REUSE);
	f->kernel.unseen_pins = 100;
	ck_assert_int_eq(pbpf_object_load(f->obj), -EEXIST);
	ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 1);
	fixture_free(f);
}
END_TEST

START_TEST(a_failed_load_takes_its_pins_back)
{
	struct fixture *f = opened(PBPF_PIN_REUSE);

	f->kernel.refuse[PBPF_PROG_LOAD] = EPERM;
	ck_assert_int_eq(pbpf_object_load(f->obj), -EPERM);
	ck_assert_uint_eq(pin_count(f), 0);
	f->kernel.refuse[PBPF_PROG_LOAD] = 0;
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	pbpf_object_unload(f->obj);
	ck_assert_uint_eq(pin_count(f), 2); /* that load went well: they stay */
	f->kernel.refuse[PBPF_PROG_LOAD] = EPERM;
	ck_assert_int_eq(pbpf_object_load(f->obj), -EPERM);
	ck_assert_uint_eq(pin_count(f), 2); /* and were not made by this one */
	fixture_free(f);
}
END_TEST

/* Taking them back needs no memory, and says nothing more. */
START_TEST(pins_are_taken_back_without_memory)
{
	bool done = false;

	for (unsigned int n = 1; !done; n++) {
		struct fixture *f = opened(PBPF_PIN_REUSE);

		f->kernel.refuse[PBPF_PROG_LOAD] = EPERM;
		f->host.fail_at = f->host.allocations + n;
		ck_assert_int_lt(pbpf_object_load(f->obj), 0);
		ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 1);
		ck_assert_uint_eq(pin_count(f), 0);
		done = f->host.allocations < f->host.fail_at;
		fixture_free(f);
	}
}
END_TEST

START_TEST(a_missing_folder_has_a_hint)
{
	struct fixture *f = opened(PBPF_PIN_REUSE);

	f->kernel.missing = "/app/";
	ck_assert_int_eq(pbpf_object_load(f->obj), -ENOENT);
	ck_assert_ptr_nonnull(strstr(f->host.hint, "mount -t bpf"));
	fixture_free(f);
}
END_TEST

START_TEST(a_folder_is_made_and_goes_with_its_pins)
{
	struct fixture *f = opened(PBPF_PIN_REUSE);

	f->kernel.no_folder = true;
	f->kernel.refuse[PBPF_PROG_LOAD] = EPERM;
	ck_assert_int_eq(pbpf_object_load(f->obj), -EPERM);
	ck_assert_uint_eq(f->kernel.folders_made, 1);
	ck_assert_uint_eq(f->kernel.folders_removed, 1);
	f->kernel.refuse[PBPF_PROG_LOAD] = 0;
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_uint_eq(f->kernel.folders_made, 2);
	ck_assert_uint_eq(f->kernel.folders_removed, 1);
	ck_assert_uint_eq(pin_count(f), 2);
	/* what was there stays */
	pbpf_object_unload(f->obj);
	f->kernel.refuse[PBPF_PROG_LOAD] = EPERM;
	ck_assert_int_eq(pbpf_object_load(f->obj), -EPERM);
	ck_assert_uint_eq(f->kernel.folders_removed, 1);
	fixture_free(f);
}
END_TEST

START_TEST(a_folder_is_made_for_one_pin_or_all)
{
	struct fixture *f = loaded("globals.bpf");
	int fd = pbpf_map_fd(pbpf_object_map(f->obj, ".rodata"));

	f->kernel.no_folder = true;
	f->kernel.refuse[PBPF_OBJ_PIN] = ENOENT; /* the folder above it is not there, either */
	ck_assert_int_eq(pbpf_pin(&f->env, fd, FOLDER, "one"), -ENOENT);
	ck_assert_uint_eq(f->kernel.folders_removed, f->kernel.folders_made);
	f->kernel.refuse[PBPF_OBJ_PIN] = 0;
	f->kernel.no_folder = true;
	ck_assert_int_eq(pbpf_pin(&f->env, fd, FOLDER, "sum_of_initial_values"), 0);
	f->kernel.no_folder = true;
	ck_assert_int_eq(pbpf_object_pin(f->obj, FOLDER), -EEXIST);
	ck_assert(f->kernel.no_folder);
	ck_assert_uint_eq(pin_count(f), 1);
	f->kernel.folders_made = 0;
	ck_assert_int_eq(pbpf_object_pin(f->obj, FOLDER "/x"), 0);
	ck_assert_uint_eq(f->kernel.folders_made, 1);
	fixture_free(f);
}
END_TEST

/* By an fd of the folder from Linux 6.5 on; by its path before, and that is asked once. */
START_TEST(a_folder_is_opened_once)
{
	static const uint32_t versions[] = {PBPF_LINUX(6, 4), PBPF_LINUX(6, 5), 0};

	for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
		struct fixture *f = opened(PBPF_PIN_REUSE);

		f->kernel.version = versions[i];
		ck_assert_int_eq(pbpf_object_load(f->obj), 0);
		ck_assert(is_pinned(f, FOLDER "/shared"));
		ck_assert_uint_eq(f->kernel.by_folder, i ? 4 : 0);
		ck_assert_uint_eq(f->kernel.commands[PBPF_OBJ_GET], i ? 2 : 3);
		ck_assert_uint_eq(f->kernel.commands[PBPF_OBJ_PIN], 2);
		open_again(f, PBPF_PIN_RECREATE);
		ck_assert_int_eq(pbpf_object_load(f->obj), 0);
		ck_assert_uint_eq(pin_count(f), 2);
		fixture_free(f);
	}
}
END_TEST

START_TEST(an_object_is_pinned_whole_or_not)
{
	struct fixture *f = loaded("globals.bpf");
	struct pbpf_map *rodata = pbpf_object_map(f->obj, ".rodata");

	ck_assert_int_eq(pbpf_object_pin(f->obj, "/x"), 0);
	ck_assert_uint_eq(pin_count(f), 5 + 2);
	ck_assert(is_pinned(f, "/x/_rodata"));
	ck_assert(is_pinned(f, "/x/use_globals"));
	ck_assert_int_eq(pbpf_object_unpin(f->obj, "/x"), 0);
	ck_assert_uint_eq(pin_count(f), 0);

	ck_assert_int_eq(pbpf_pin(&f->env, pbpf_map_fd(rodata), "/x", "sum_of_initial_values"), 0);
	ck_assert_int_eq(pbpf_object_pin(f->obj, "/x"), -EEXIST);
	ck_assert_str_eq(f->host.text, "cannot pin '/x/sum_of_initial_values': EEXIST");
	ck_assert_uint_eq(pin_count(f), 1); /* that of somebody else */
	ck_assert_int_eq(
		pbpf_program_unpin(pbpf_object_program(f->obj, "sum_of_initial_values"), "/x"),
		-EINVAL);
	ck_assert_ptr_nonnull(strstr(f->host.text, "something else is pinned there"));
	ck_assert_int_eq(pbpf_unpin(&f->env, "/x", "sum_of_initial_values"), 0);
	ck_assert_uint_eq(pin_count(f), 0);
	fixture_free(f);
}
END_TEST

START_TEST(a_pin_by_name_is_not_made_twice)
{
	struct fixture *f = opened(PBPF_PIN_REUSE);

	ck_assert_int_eq(pbpf_map_pin(pbpf_object_map(f->obj, "own"), NULL), -EINVAL);
	ck_assert_str_eq(f->host.text, "map 'own' is not loaded");
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_int_eq(pbpf_object_pin(f->obj, NULL), 0);
	ck_assert_uint_eq(pin_count(f), 4);
	ck_assert_int_eq(pbpf_map_unpin(pbpf_object_map(f->obj, "shared"), NULL), 0);
	ck_assert_uint_eq(pin_count(f), 3);
	fixture_free(f);
}
END_TEST

/* What was there already counts as well, and so does another way to write the folder. */
START_TEST(a_pin_that_was_found_is_not_made_twice)
{
	struct fixture *f = opened(PBPF_PIN_REUSE);

	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	open_again(f, PBPF_PIN_REUSE);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_int_eq(pbpf_object_pin(f->obj, FOLDER "//"), 0);
	ck_assert_uint_eq(pin_count(f), 4);
	ck_assert(is_pinned(f, FOLDER "/own"));
	ck_assert_int_eq(pbpf_map_unpin(pbpf_object_map(f->obj, "shared"), NULL), 0);
	ck_assert_int_eq(pbpf_map_unpin(pbpf_object_map(f->obj, "own"), NULL), 0);
	ck_assert_int_eq(pbpf_program_unpin(pbpf_object_program(f->obj, "count_runs"), NULL), 0);
	ck_assert_int_eq(pbpf_object_pin(f->obj, NULL), 0);
	ck_assert_uint_eq(pin_count(f), 4);
	fixture_free(f);
}
END_TEST

/* Two maps of before BTF, "a.b" and "a_b". */
START_TEST(two_maps_with_one_pin_are_refused)
{
	static const uint32_t maps[10] = {PBPF_MAP_TYPE_ARRAY, 4, 4, 1, 0,
					  PBPF_MAP_TYPE_ARRAY, 4, 4, 1, 0};
	struct fixture *f = fixture_new("pinned.bpf");
	struct elf_builder b;
	struct elf_built image;
	uint32_t section;

	build_start(&b, HOST_BIG);
	section = build_section(&b, "maps", PBPF_SHT_PROGBITS, 3, maps, sizeof(maps));
	build_symbol(&b, "a.b", PBPF_STB_GLOBAL << 4 | PBPF_STT_OBJECT, section, 0, 20);
	build_symbol(&b, "a_b", PBPF_STB_GLOBAL << 4 | PBPF_STT_OBJECT, section, 20, 20);
	image = build_finish(&b);
	free(f->image);
	f->image = image.bytes;
	f->size = image.size;
	ck_assert_int_eq(open_object(f), 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_int_eq(pbpf_object_pin(f->obj, FOLDER), -EINVAL);
	ck_assert_ptr_nonnull(strstr(f->host.text, "'a.b' and map 'a_b' cannot both be pinned"));
	ck_assert_uint_eq(pin_count(f), 0);
	fixture_free(f);
}
END_TEST

START_TEST(names_that_lead_elsewhere_are_refused)
{
	static const char *const names[] = {"",	  ".",	 "..",	  "...",   "a/b",  "../x",
					    "/x", "a\n", "\033[", "a\177", "a/..", "./x"};
	struct fixture *f = fixture_new("minimal.bpf");
	char longest[257] = "";
	int fd;

	memset(longest, 'x', 256);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		ck_assert_int_eq(pbpf_pin(&f->env, 3, "/x", names[i]), -EINVAL);
	ck_assert_int_eq(pbpf_pin_open(&f->env, "/x", "../y", 0), -EINVAL);
	ck_assert_int_eq(pbpf_unpin(&f->env, "/x", "../y"), -EINVAL);
	ck_assert_int_eq(pbpf_pin(&f->env, 3, "/x", longest), -EINVAL);
	ck_assert_uint_eq(f->kernel.calls, 0);

	ck_assert_int_eq(open_object(f), 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	longest[255] = '\0';
	fd = pbpf_program_fd(pbpf_object_next_program(f->obj, NULL));
	ck_assert_int_eq(pbpf_pin(&f->env, fd, "/x", longest), 0);
	fd = pbpf_pin_open(&f->env, "/x", longest, 0);
	ck_assert_int_ge(fd, 3);
	pbpf_sys_close(&f->env, fd);
	fixture_free(f);
}
END_TEST

/* Loads, pins all, unpins all; gives the first error. */
static int pinned_life(struct fixture *f)
{
	int err = open_object(f);

	if (!err)
		err = pbpf_object_load(f->obj);
	if (!err)
		err = pbpf_object_pin(f->obj, "/y");
	if (!err)
		err = pbpf_object_unpin(f->obj, "/y");
	return err;
}

START_TEST(nothing_leaks_whatever_fails)
{
	for (unsigned int n = 1;; n++) {
		struct fixture *f = fixture_new("pinned.bpf");
		bool memory = _i != 0, done;
		int err;

		f->options.pin_folder = FOLDER;
		*(memory ? &f->host.fail_at : &f->kernel.fail_at) = n;
		err = pinned_life(f);
		done = n > (memory ? f->host.allocations : f->kernel.calls);
		ck_assert_int_eq(err<0, f->host.messages[PBPF_ERROR]> 0);
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
	Suite *s = suite_create("loader: pins");
	TCase *load = tcase_create("by name");
	TCase *pins = tcase_create("pins");

	tcase_add_test(load, maps_are_shared_by_name);
	tcase_add_test(load, another_map_is_not_taken);
	tcase_add_test(load, a_map_of_other_types_is_not_taken);
	tcase_add_test(load, types_that_cannot_be_read_are_not_compared);
	tcase_add_test(load, what_the_kernel_changes_is_no_difference);
	tcase_add_test(load, a_policy_refuses_or_replaces);
	tcase_add_test(load, a_race_for_the_name_is_run_again);
	tcase_add_test(load, a_failed_load_takes_its_pins_back);
	tcase_add_test(load, pins_are_taken_back_without_memory);
	tcase_add_test(load, a_missing_folder_has_a_hint);
	suite_add_tcase(s, load);
	tcase_add_test(pins, a_folder_is_made_and_goes_with_its_pins);
	tcase_add_test(pins, a_folder_is_made_for_one_pin_or_all);
	tcase_add_test(pins, a_folder_is_opened_once);
	tcase_add_test(pins, an_object_is_pinned_whole_or_not);
	tcase_add_test(pins, a_pin_by_name_is_not_made_twice);
	tcase_add_test(pins, a_pin_that_was_found_is_not_made_twice);
	tcase_add_test(pins, two_maps_with_one_pin_are_refused);
	tcase_add_test(pins, names_that_lead_elsewhere_are_refused);
	tcase_add_loop_test(pins, nothing_leaks_whatever_fails, 0, 2);
	suite_add_tcase(s, pins);
	return s;
}
