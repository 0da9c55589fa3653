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
};

static long count_bpf(void *ctx, int cmd, void *attr, unsigned int size)
{
	struct counter *counter = ctx;
	long result = pbpf_sys_running_kernel()->bpf(NULL, cmd, attr, size);

	ck_assert_int_lt(cmd, (int)(sizeof(counter->commands) / sizeof(counter->commands[0])));
	counter->commands[cmd]++;
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

Suite *suite(void)
{
	Suite *s = suite_create("kernel: calls");
	TCase *all = tcase_create("all");

	tcase_add_loop_test(all, a_load_costs_what_the_object_needs, 0, OBJECTS);
	suite_add_tcase(s, all);
	return s;
}
