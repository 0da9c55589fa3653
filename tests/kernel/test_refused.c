/* SPDX-License-Identifier: MIT */
/*
 * The gallery of refused programs on the running kernel: each is refused, and for the reason that it is
 * named after.
 *
 * With PBPF_RECORD=FOLDER in the environment the logs are written there, as tests/data/logs has them.
 */
#include "live.h"
#include "loader/pbpf_verifier_log.h"

#include <linux/capability.h>
#include <sys/syscall.h>

/* Those that are allowed to a process with CAP_PERFMON. */
static bool needs_fewer_rights(const char *name)
{
	return !strcmp(name, "pointer_leak") || !strcmp(name, "pointer_compare") ||
	       !strcmp(name, "stack_uninitialized");
}

/* Check runs each test in a process of its own, so these rights come back. */
static void keep_cap_bpf_only(void)
{
	struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct caps[2] = {{0}, {0}};

	caps[CAP_BPF / 32].effective = caps[CAP_BPF / 32].permitted = 1u << CAP_BPF % 32;
	ck_assert_int_eq(syscall(SYS_capset, &header, caps), 0);
}

/* Some are refused for other reasons by older kernels, or not any more by newer ones. */
static bool other_kernels_than_this(const char *name)
{
	static const struct {
		const char *name;
		uint32_t since, until; /* 0: to this day */
	} only[] = {
		{"stack_uninitialized", PBPF_LINUX(5, 8), 0},
		{"pointer_leak", PBPF_LINUX(5, 8),
		 0}, /* and CAP_BPF, which is left of the rights */
		{"pointer_compare", PBPF_LINUX(5, 8), 0},
		{"leaked_reference", PBPF_LINUX(5, 8), 0},
		{"map_value_argument", PBPF_LINUX(5, 8), 0},
		{"wrong_map_type", PBPF_LINUX(5, 8), 0},
		{"global_function_argument", PBPF_LINUX(5, 6), 0},
		{"global_function", PBPF_LINUX(5, 13), 0},
		{"pointer_or_null", PBPF_LINUX(5, 17), 0},
		{"kfunc", PBPF_LINUX(5, 13), 0},
		{"dynptr", PBPF_LINUX(5, 19), 0},
		{"dynptr_reuse", PBPF_LINUX(5, 19), 0},
		{"iterator", PBPF_LINUX(6, 4), 0},
		{"sleepable", PBPF_LINUX(6, 12), 0},
		{"too_many_jumps", 0, PBPF_LINUX(7, 0)},
		{"call_depth", 0, PBPF_LINUX(7, 0)},
	};

	for (size_t i = 0; i < sizeof(only) / sizeof(only[0]); i++)
		if (!strcmp(name, only[i].name))
			return running_linux() < only[i].since ||
			       (only[i].until && running_linux() >= only[i].until);
	return false;
}

static void record(const char *name, const char *log)
{
	const char *folder = getenv("PBPF_RECORD");
	char path[512];
	FILE *file;

	if (!folder)
		return;
	snprintf(path, sizeof(path), "%s/%s.log", folder, name);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fputs(log, file);
	ck_assert_int_eq(fclose(file), 0);
}

/* The log of the program that was refused. */
static const char *log_of(const struct pbpf_object *obj)
{
	const struct pbpf_program *prog = NULL;

	while ((prog = pbpf_object_next_program(obj, prog)))
		if (*pbpf_program_log(prog))
			return pbpf_program_log(prog);
	return "";
}

/* What has to happen besides, where the program alone would be fine. */
static void prepare(struct live *live, const char *name)
{
	if (!strcmp(name, "left_out_map"))
		pbpf_map_set_autocreate(pbpf_object_map(live->obj, "extras"), false);
}

/* The kernel would refuse it, and the loader does before: a file may not name file descriptors. */
START_TEST(numbers_of_the_process_are_refused_before)
{
	struct live *live;

	NEEDS_BPF();
	live = live_open("refused/not_a_map.bpf");
	ck_assert_int_eq(pbpf_object_load(live->obj), -EINVAL);
	ck_assert_ptr_nonnull(strstr(live->host.text, "a map by the file descriptor 999999"));
	ck_assert_ptr_nonnull(strstr(live->host.text, "not_a_map.bpf.c:11"));
	live_close(live);
}
END_TEST

START_TEST(each_is_refused_for_its_reason)
{
	const char *name = pbpf_explanations()[_i].name;
	struct pbpf_log_verdict verdict;
	struct live *live;
	char path[64];
	int err;

	NEEDS_BPF();
	if (!strcmp(name, "not_a_map"))
		return;
	if (!strcmp(name, "too_complex") && getenv("EMULATED"))
		SKIP("%s: an emulated machine takes minutes for it", name);
	if (why_no_jit() && (!strcmp(name, "kfunc") || !strcmp(name, "iterator")))
		SKIP("%s: %s", name, why_no_jit());
	if (other_kernels_than_this(name))
		SKIP("%s: this kernel refuses it for another reason, or not at all", name);
	if (needs_fewer_rights(name))
		keep_cap_bpf_only();
	snprintf(path, sizeof(path), "refused/%s.bpf", name);
	live = live_open(path);
	prepare(live, name);
	err = pbpf_object_load(live->obj);
	if (err == -ENOTSUP) {
		pbpf_object_close(live->obj);
		SKIP("%s: %s", name, live->host.text);
	}
	if (!strcmp(name, "scalar_dereference") && strstr(live->host.text, "misaligned access")) {
		pbpf_object_close(live->obj);
		SKIP("%s: this machine wants accesses aligned, and is asked that first", name);
	}
	ck_assert_msg(err < 0, "%s is accepted", name);
	ck_assert_uint_eq(live->host.messages[PBPF_ERROR], 1);
	pbpf_log_read(&verdict, log_of(live->obj), NULL);
	record(name, log_of(live->obj));
	ck_assert_msg(verdict.explanation && !strcmp(verdict.explanation->name, name), "%s: %s",
		      name, live->host.text);
	ck_assert_msg(strstr(live->host.hint, verdict.explanation->hint), "%s: hint '%s'", name,
		      live->host.hint);
	live_close(live);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("refused programs on the running kernel");
	TCase *tc = tcase_create("gallery");
	int count = 0;

	while (pbpf_explanations()[count].name)
		count++;
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, each_is_refused_for_its_reason, 0, count);
	tcase_add_test(tc, numbers_of_the_process_are_refused_before);
	suite_add_tcase(s, tc);
	return s;
}
