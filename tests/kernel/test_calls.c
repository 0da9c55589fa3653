/* SPDX-License-Identifier: MIT */
/*
 * What a load costs on the running kernel: each bpf() is counted on its way, and there is none but those
 * that the object needs. No probe, no attempt that is refused.
 */
#include "live.h"

struct counter {
	struct host *host;
	unsigned int commands[PBPF_PROG_STREAM_READ_BY_FD + 1];
	unsigned int refused;
	int refuse;	    /* this command ... */
	unsigned int times; /* ... so often, before it comes to the kernel */
};

static long count_bpf(void *ctx, int cmd, void *attr, unsigned int size)
{
	struct counter *counter = ctx;
	long result;

	ck_assert_int_lt(cmd, (int)(sizeof(counter->commands) / sizeof(counter->commands[0])));
	counter->commands[cmd]++;
	if (counter->times && cmd == counter->refuse) {
		counter->times--;
		return -EINVAL;
	}
	result = pbpf_sys_running_kernel()->bpf(NULL, cmd, attr, size);
	counter->refused += result < 0;
	return result;
}

static void count_report(void *ctx, const struct pbpf_msg *msg)
{
	struct counter *counter = ctx;

	snprintf(counter->host->text, sizeof(counter->host->text), "%s", msg->text);
}

static unsigned int programs_of(const struct pbpf_object *obj)
{
	unsigned int count = 0;

	for (struct pbpf_program *prog = NULL; (prog = pbpf_object_next_program(obj, prog));)
		count += pbpf_program_autoload(prog);
	return count;
}

/* Maps; of these, those with bytes to begin with; and those that are frozen. */
static void count_maps(const struct pbpf_object *obj, unsigned int counts[3])
{
	for (struct pbpf_map *map = NULL; (map = pbpf_object_next_map(obj, map));) {
		const char *name = pbpf_map_name(map);
		const struct pbpf_section *section =
			*name == '.' ? pbpf_elf_section(pbpf_object_elf(obj), name) : NULL;

		counts[0]++;
		counts[1] += section && section->data;
		counts[2] += section && pbpf_map_attr(map)->flags & PBPF_F_RDONLY_PROG;
	}
}

static const char *const objects[] = {
	"minimal.bpf", "counter.bpf", "globals.bpf",
	"nodebug.bpf", "types.bpf",   "cross_section.bpf",
};
#define OBJECTS ((int)(sizeof(objects) / sizeof(objects[0])))

START_TEST(a_load_costs_what_the_object_needs)
{
	static const struct pbpf_kernel kernel = {.bpf = count_bpf};
	struct host host = {0};
	struct counter counter = {.host = &host};
	struct pbpf_env env = {
		.report = count_report, .kernel = &kernel, .level = PBPF_ERROR, .ctx = &counter};
	struct pbpf_options options = {.env = &env};
	unsigned int maps[3] = {0}, sum = 0, programs;
	struct pbpf_object *obj;
	char path[128];

	NEEDS_BPF();
	NEEDS_LINUX(6, 11); /* where nothing has to be adapted */
	snprintf(path, sizeof(path), "tests/data/%s.o", objects[_i]);
	ck_assert_int_eq(pbpf_object_open_file(&obj, path, &options), 0);
	ck_assert_msg(!pbpf_object_load(obj), "%s: %s", objects[_i], host.text);
	count_maps(obj, maps);
	programs = programs_of(obj);
	ck_assert_uint_eq(counter.commands[PBPF_BTF_LOAD], pbpf_object_btf(obj) != NULL);
	ck_assert_uint_eq(counter.commands[PBPF_MAP_CREATE], maps[0]);
	ck_assert_uint_eq(counter.commands[PBPF_MAP_UPDATE_ELEM], maps[1]);
	ck_assert_uint_eq(counter.commands[PBPF_MAP_FREEZE], maps[2]);
	ck_assert_uint_eq(counter.commands[PBPF_PROG_LOAD], programs);
	for (size_t i = 0; i < sizeof(counter.commands) / sizeof(counter.commands[0]); i++)
		sum += counter.commands[i];
	ck_assert_uint_eq(sum,
			  (pbpf_object_btf(obj) != NULL) + maps[0] + maps[1] + maps[2] + programs);
	ck_assert_uint_eq(counter.refused, 0);
	pbpf_object_close(obj);
}
END_TEST

/* When this kernel refuses something once, it is asked what it lacks. It lacks nothing, so none of these trials
 * may fail: each must be something that a kernel with the feature takes. */
static const struct {
	int refuse;
	unsigned int times;
	const char *object;
	const char *left_out; /* a program of it that is not loaded, or NULL */
	unsigned int
		calls; /* of that command: the refused, the trials, and what loads in the end */
	int err;
} trials[] = {
	{PBPF_BTF_LOAD, 1, "compat.bpf", "reads", 1 + 8 + 1, 0},
	{PBPF_MAP_CREATE, 1, "globals.bpf", NULL, 1 + 1 + 5, 0},
	/* without a log and with one; records, attach type and name are there, so it stays refused */
	{PBPF_PROG_LOAD, 2, "compat.bpf", "reads", 2 + 2, -EINVAL},
};

START_TEST(what_is_tried_is_sound)
{
	static const struct pbpf_kernel kernel = {.bpf = count_bpf};
	struct host host = {0};
	struct counter counter = {
		.host = &host, .refuse = trials[_i].refuse, .times = trials[_i].times};
	struct pbpf_env env = {
		.report = count_report, .kernel = &kernel, .level = PBPF_ERROR, .ctx = &counter};
	struct pbpf_options options = {.env = &env};
	struct pbpf_object *obj;
	char path[128];

	NEEDS_BPF();
	NEEDS_LINUX(6, 11);
	snprintf(path, sizeof(path), "tests/data/%s.o", trials[_i].object);
	ck_assert_int_eq(pbpf_object_open_file(&obj, path, &options), 0);
	if (trials[_i].left_out)
		pbpf_program_set_autoload(pbpf_object_program(obj, trials[_i].left_out), false);
	ck_assert_int_eq(pbpf_object_load(obj), trials[_i].err);
	ck_assert_uint_eq(counter.commands[trials[_i].refuse], trials[_i].calls);
	ck_assert_uint_eq(counter.refused, 0);
	pbpf_object_close(obj);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("kernel: calls");
	TCase *all = tcase_create("all");

	tcase_add_loop_test(all, a_load_costs_what_the_object_needs, 0, OBJECTS);
	tcase_add_loop_test(all, what_is_tried_is_sound, 0, sizeof(trials) / sizeof(trials[0]));
	suite_add_tcase(s, all);
	return s;
}
