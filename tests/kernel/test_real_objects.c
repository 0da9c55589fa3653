/* SPDX-License-Identifier: MIT */
/*
 * Objects that nobody here wrote: those of xdp-tools and libbpf-tools, from Debian's packages. Each must
 * open, and each whose needs this loader can meet must load. What is left is listed with what it needs.
 */
#include "live.h"

#include <dirent.h>

#define OBJECTS 76 /* 15 of libxdp1, 61 of libbpf-tools */

/* Fetches the objects into `folder`; gives the script's reason when it cannot. */
static bool fetch_objects(char *folder, size_t folder_size, char *reason, size_t reason_size)
{
	const char *build = getenv("BUILD");
	char command[512];
	FILE *script;

	snprintf(folder, folder_size, "%s/objects", build ? build : "build");
	snprintf(command, sizeof(command), "tests/kernel/fetch_objects.sh '%s'", folder);
	script = popen(command, "r");
	ck_assert_ptr_nonnull(script);
	if (!fgets(reason, (int)reason_size, script))
		reason[0] = '\0';
	reason[strcspn(reason, "\n")] = '\0';
	return pclose(script) == 0;
}

struct tally {
	int opened, loaded, left, refused;
};

/* What this kernel lacks or forbids; no loader can help it. */
static bool kernel_says_no(int err, const char *text)
{
	return strstr(text, "on this kernel") || strstr(text, "this kernel has no ") ||
	       (err == -EPERM && strstr(text, "(fentry")) ||
	       (err == -EPERM && strstr(text, "(fexit"));
}

/* What the program of an object would do before it loads: give sizes to maps that leave theirs open. */
static void size_maps(struct pbpf_object *obj)
{
	for (struct pbpf_map *map = NULL; (map = pbpf_object_next_map(obj, map));) {
		struct pbpf_map_attr attr = *pbpf_map_attr(map);

		if (attr.type == PBPF_MAP_TYPE_STACK_TRACE && !attr.value_size)
			attr.value_size = 127 * sizeof(uint64_t);
		if (!attr.max_entries && attr.type != PBPF_MAP_TYPE_PERF_EVENT_ARRAY)
			attr.max_entries = 1024;
		ck_assert_int_eq(pbpf_map_set_attr(map, &attr), 0);
	}
}

/* Opens one object and, when `load`, loads it; what it needs and this loader lacks is printed. */
static void try_object(struct tally *tally, const char *path, bool load)
{
	struct host host = {0};
	struct pbpf_env env = host_env(&host);
	struct pbpf_options options = {
		.env = &env, .pin_policy = PBPF_PIN_RECREATE, .raise_memlock = true};
	struct pbpf_object *obj = NULL;
	int err;

	env.level = PBPF_ERROR;
	err = pbpf_object_open_file(&obj, path, &options);
	tally->opened += !err;
	if (!err && load) {
		size_maps(obj);
		err = pbpf_object_load(obj);
	}
	if (err == -ENOTSUP) {
		tally->left++;
		printf("left: %s: %s\n", strrchr(path, '/') + 1, host.text);
	} else if (err && load && kernel_says_no(err, host.text)) {
		tally->refused++;
		printf("refused by this kernel: %s: %s\n", strrchr(path, '/') + 1, host.text);
	} else {
		ck_assert_msg(!err, "%s: %s", path, host.text);
		tally->loaded += load;
	}
	pbpf_object_close(obj);
	ck_assert_uint_eq(host.blocks, 0);
}

static int try_all(struct tally *tally, const char *folder, bool load)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;
	char path[1024];
	int count = 0;

	ck_assert_ptr_nonnull(dir);
	while ((entry = readdir(dir))) {
		size_t length = strlen(entry->d_name);

		if (length < 2 || strcmp(entry->d_name + length - 2, ".o") != 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		try_object(tally, path, load);
		count++;
	}
	closedir(dir);
	return count;
}

START_TEST(objects_of_others_load)
{
	char folder[256], reason[256];
	struct tally tally = {0};
	const char *why_not = why_no_bpf();
	int count;

	if (!fetch_objects(folder, sizeof(folder), reason, sizeof(reason)))
		SKIP("%s", reason);
	if (!why_not)
		why_not = why_no_bpffs();
	count = try_all(&tally, folder, !why_not);
	ck_assert_int_ge(count, OBJECTS);
	if (why_not)
		SKIP("%d objects open; loading them: %s", tally.opened, why_not);
	printf("%d objects: %d loaded, %d need what this kernel does not have, %d left\n", count,
	       tally.loaded, tally.refused, tally.left);
	ck_assert_int_gt(tally.loaded, 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("live: objects of others");
	TCase *objects = tcase_create("objects");

	tcase_set_timeout(objects, 120);
	tcase_add_test(objects, objects_of_others_load);
	suite_add_tcase(s, objects);
	return s;
}
