/* SPDX-License-Identifier: MIT */
/*
 * Elements of maps: their sizes, walks over them that survive deletions, and maps of the caller.
 */
#include "loader_fixture.h"

START_TEST(elements_have_the_right_sizes)
{
	struct fixture *f = fixture_new("grown.bpf");
	uint32_t key = 1, next = 0;
	uint64_t value = 2;
	struct pbpf_map *map;

	ck_assert_int_eq(open_object(f), 0);
	map = pbpf_object_map(f->obj, "hash");
	ck_assert_int_eq(pbpf_map_lookup(map, &key, 4, &value, 8, 0), -EINVAL);
	ck_assert_str_eq(f->host.text, "map 'hash' is not loaded");
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_int_eq(pbpf_map_lookup(map, &key, 8, &value, 8, 0), -EINVAL);
	ck_assert_str_eq(f->host.text, "map 'hash' has keys of 4 bytes, not of 8");
	ck_assert_int_eq(pbpf_map_update(map, &key, 4, &value, 4, 0), -EINVAL);
	ck_assert_str_eq(f->host.text, "map 'hash' has values of 8 bytes, not of 4");
	ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 3);
	ck_assert_int_eq(pbpf_map_lookup(map, &key, 4, &value, 8, 0), -ENOENT);
	ck_assert_int_eq(pbpf_map_update(map, &key, 4, &value, 8, PBPF_NOEXIST), 0);
	value = 0;
	ck_assert_int_eq(pbpf_map_lookup(map, &key, 4, &value, 8, 0), 0);
	ck_assert_uint_eq(value, 2);
	ck_assert_int_eq(pbpf_map_next_key(map, NULL, &next, 4), 0);
	ck_assert_uint_eq(next, 1);
	ck_assert_int_eq(pbpf_map_delete(map, &key, 4), 0);
	ck_assert_int_eq(pbpf_map_delete(map, &key, 4), -ENOENT);
	ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 3); /* these come without words */
	ck_assert_int_eq(pbpf_map_freeze(map), 0);
	ck_assert_int_eq(pbpf_map_freeze(map), -EBUSY);
	fixture_free(f);
}
END_TEST

/* A map of `count` elements, key i with value 10 * i. */
static struct pbpf_map *filled(struct fixture *f, uint32_t count)
{
	struct pbpf_map *map = pbpf_object_map(f->obj, "hash");

	for (uint32_t i = 1; i <= count; i++) {
		uint64_t value = 10 * (uint64_t)i;

		ck_assert_int_eq(pbpf_map_update(map, &i, sizeof(i), &value, sizeof(value), 0), 0);
	}
	return map;
}

static void delete_key(struct pbpf_map *map, uint32_t key)
{
	pbpf_map_delete(map, &key, sizeof(key));
}

/* What another process does while the walk is at `key`. */
enum meddling { NOTHING, DELETE_THIS, DELETE_NEXT, DELETE_THIS_AND_NEXT, DELETE_ALL };

static void meddle(struct pbpf_map *map, enum meddling what, uint32_t key)
{
	if (what == DELETE_THIS || what == DELETE_THIS_AND_NEXT)
		delete_key(map, key);
	if (what == DELETE_NEXT || what == DELETE_THIS_AND_NEXT)
		delete_key(map, key + 1);
	if (what == DELETE_ALL)
		for (uint32_t i = 1; i <= 20; i++)
			delete_key(map, i);
}

START_TEST(a_walk_survives_deletions)
{
	static const unsigned int seen_at_least[] = {20, 20, 10, 7, 1};
	struct fixture *f = loaded("grown.bpf");
	struct pbpf_map *map = filled(f, 20);
	struct pbpf_map_walk *walk = NULL;
	const void *key, *value;
	unsigned int seen = 0;
	int err;

	ck_assert_int_eq(pbpf_map_walk_open(&walk, map, 0), 0);
	while ((err = pbpf_map_walk_next(walk, &key, &value)) > 0) {
		uint64_t number;
		uint32_t i;

		memcpy(&i, key, sizeof(i));
		memcpy(&number, value, sizeof(number));
		ck_assert_uint_eq(number, 10 * (uint64_t)i);
		seen++;
		meddle(map, (enum meddling)_i, i);
	}
	ck_assert_int_eq(err, 0);
	ck_assert_uint_ge(seen, seen_at_least[_i]);
	ck_assert_int_eq(pbpf_map_walk_next(walk, &key, &value), 0);
	pbpf_map_walk_close(walk);
	fixture_free(f);
}
END_TEST

START_TEST(a_walk_needs_no_object)
{
	struct fixture *f = loaded("maps.bpf");
	struct pbpf_map *map = pbpf_object_map(f->obj, "hash");
	struct pbpf_map_walk *walk = NULL;
	uint64_t key[2] = {0}, value[2] = {0};
	const void *at_key, *at_value;
	uint32_t count = 0;
	int err;

	for (uint32_t i = 0; i < 5; i++) {
		key[0] = i;
		ck_assert_int_eq(pbpf_map_update(map, key, 8, value, 16, PBPF_ANY), 0);
	}
	ck_assert_int_eq(pbpf_map_walk_open_fd(&walk, pbpf_map_fd(map), 0, &f->env), 0);
	while ((err = pbpf_map_walk_next(walk, &at_key, &at_value)) > 0)
		count++;
	ck_assert_int_eq(err, 0);
	ck_assert_uint_eq(count, 5);
	pbpf_map_walk_close(walk);
	map = pbpf_object_map(f->obj, "queue");
	ck_assert_int_eq(pbpf_map_walk_open_fd(&walk, pbpf_map_fd(map), 0, &f->env), -ENOTSUP);
	ck_assert_str_eq(f->host.text, "map 'queue' has no keys, so there is no walk over them");
	ck_assert_str_eq(f->host.hint, "a queue or stack gives its values one by one");
	ck_assert_int_eq(pbpf_map_walk_open_fd(&walk, 1000, 0, &f->env), -EBADF);
	f->kernel.bad_fds = 0;
	fixture_free(f);
}
END_TEST

START_TEST(what_cannot_be_walked_says_so)
{
	struct fixture *f = fixture_new("grown.bpf");
	struct pbpf_map_walk *walk = NULL;
	const void *key, *value;

	ck_assert_int_eq(open_object(f), 0);
	ck_assert_int_eq(pbpf_map_walk_open(&walk, pbpf_object_map(f->obj, "hash"), 0), -EINVAL);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_int_eq(pbpf_map_walk_open(&walk, pbpf_object_map(f->obj, "queue"), 0), -ENOTSUP);
	ck_assert_int_eq(pbpf_map_walk_open(&walk, pbpf_object_map(f->obj, "hash"), 1), 0);
	f->kernel.refuse[PBPF_MAP_GET_NEXT_KEY] = EPERM;
	ck_assert_int_eq(pbpf_map_walk_next(walk, &key, &value), -EPERM);
	ck_assert_str_eq(f->host.text, "map 'hash' cannot be walked over: EPERM");
	pbpf_map_walk_close(walk);
	pbpf_map_walk_close(NULL);
	fixture_free(f);
}
END_TEST

START_TEST(the_callers_map_is_used)
{
	struct fixture *f = fixture_new("grown.bpf");
	struct pbpf_map_attr attr = {
		.type = PBPF_MAP_TYPE_HASH, .key_size = 4, .value_size = 4, .max_entries = 2000};
	int wrong = pbpf_sys_map_create(&f->env, &attr), fd;
	struct pbpf_map *map;

	attr.value_size = 8;
	fd = pbpf_sys_map_create(&f->env, &attr);
	ck_assert_int_eq(open_object(f), 0);
	map = pbpf_object_map(f->obj, "hash");
	ck_assert_int_eq(pbpf_map_reuse_fd(map, wrong), -EINVAL);
	ck_assert_str_eq(f->host.text,
			 "map 'hash' differs from the map of fd 3: value size 4 there, 8 here");
	ck_assert_int_eq(pbpf_map_reuse_fd(map, 1), -EBADF);
	f->kernel.bad_fds = 0;
	ck_assert_int_eq(pbpf_map_reuse_fd(map, fd), 0);
	ck_assert_int_eq(pbpf_map_reuse_fd(map, fd), 0);
	attr = *pbpf_map_attr(map);
	attr.value_size = 4; /* the kernel would write 8 bytes to where there are 4 */
	ck_assert_int_eq(pbpf_map_set_attr(map, &attr), -EINVAL);
	ck_assert_str_eq(f->host.text, "map 'hash' is a map of the caller, which stays as it is");
	pbpf_sys_close(&f->env, wrong);
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(pbpf_map_fd(map), -ENOENT);
		ck_assert_int_eq(pbpf_object_load(f->obj), 0);
		ck_assert_int_eq(fake_kernel_object(&f->kernel, pbpf_map_fd(map))->same_as, fd);
		pbpf_object_unload(f->obj);
	}
	pbpf_sys_close(&f->env, fd);
	fixture_free(f);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("loader: elements of maps");
	TCase *t = tcase_create("elements");

	tcase_add_test(t, elements_have_the_right_sizes);
	tcase_add_loop_test(t, a_walk_survives_deletions, 0, 5);
	tcase_add_test(t, a_walk_needs_no_object);
	tcase_add_test(t, what_cannot_be_walked_says_so);
	tcase_add_test(t, the_callers_map_is_used);
	suite_add_tcase(s, t);
	return s;
}
