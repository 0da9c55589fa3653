/* SPDX-License-Identifier: MIT */
/*
 * Probes and perf events really call their program, and no more when their link ends. All of them are
 * in this process, whose id the programs compare.
 */
#include "link/pbpf_link_trace.h"
#include "live.h"

#include <sys/wait.h>
#include <time.h>

/* As in tests/data/attach.bpf.c. */
enum { UPROBE = 8, URETPROBE, EVENT, COUNTERS };
struct globals {
	uint64_t runs[COUNTERS];
	uint64_t first_saw;
	uint64_t cookie;
	uint64_t pid;
};

static struct globals globals(const struct live *live)
{
	const struct pbpf_map *map = pbpf_object_map(live->obj, ".bss");
	struct globals g;
	uint32_t key = 0;

	ck_assert_uint_eq(pbpf_map_attr(map)->value_size, sizeof(g));
	ck_assert_int_eq(pbpf_sys_map_lookup(NULL, pbpf_map_fd(map), &key, &g, 0), 0);
	return g;
}

/* Loads the programs, for this process alone. */
static struct live *load(struct pbpf_link_options *opts)
{
	struct live *live = live_load_what_may("attach.bpf");
	struct globals g = globals(live);
	uint32_t key = 0;

	g.pid = (uint64_t)getpid();
	ck_assert_int_eq(pbpf_sys_map_update(NULL, pbpf_map_fd(pbpf_object_map(live->obj, ".bss")),
					     &key, &g, 0),
			 0);
	*opts = (struct pbpf_link_options){.env = &live->env};
	return live;
}

static int prog_fd(const struct live *live, const char *name)
{
	return pbpf_program_fd(pbpf_object_program(live->obj, name));
}

/* The functions that are probed. */
int traced_one(int a);
int traced_two(int a);
static volatile int told;

PROBED int traced_one(int a)
{
	told = a;
	return a + 1;
}

PROBED int traced_two(int a)
{
	told = a;
	return a + 2;
}

/* How often a program runs when each of the functions is called once. */
static uint64_t runs_of(const struct live *live, int counter)
{
	uint64_t before = globals(live).runs[counter];

	traced_one(1);
	traced_two(2);
	return globals(live).runs[counter] - before;
}

static void uprobe_must_work(struct live *live, const struct pbpf_uprobe *at,
			     const struct pbpf_link_options *opts)
{
	int counter = at->at_return ? URETPROBE : UPROBE;
	const char *program = at->at_return ? "count_uretprobe" : "count_uprobe";
	struct pbpf_link *link = NULL;

	ck_assert_msg(!pbpf_link_uprobe(&link, prog_fd(live, program), at, opts), "%s",
		      live->host.text);
	ck_assert_uint_eq(runs_of(live, counter), 1);
	pbpf_link_close(link);
	ck_assert_uint_eq(runs_of(live, counter), 0);
}

START_TEST(uprobe)
{
	struct pbpf_uprobe at = {.path = "/proc/self/exe", .symbol = "traced_one"};
	struct pbpf_link_options opts;
	struct live *live;

	NEEDS_BPF();
	NEEDS_LINUX(5, 15); /* its cookie */
	live = load(&opts);
	opts.cookie = 4711;
	uprobe_must_work(live, &at, &opts);
	ck_assert_uint_eq(globals(live).cookie, 4711);
	opts.cookie = 0;
	at.at_return = true;
	uprobe_must_work(live, &at, &opts);
	at.at_return = false;
	at.pid = getpid();
	uprobe_must_work(live, &at, &opts);
	at.root_of = getpid();
	uprobe_must_work(live, &at, &opts);
	live_close(live);
}
END_TEST

/* As a kernel before 4.17, which has uprobes in tracefs only. */
static long no_pmu(void *ctx, const char *path)
{
	if (strstr(path, "devices/uprobe"))
		return -ENOENT;
	return pbpf_sys_running_kernel()->open(ctx, path);
}

/* How many tracepoints of ours are there? */
static int count_ours(void *ctx, const char *line)
{
	*(int *)ctx += strstr(line, "plainbpf/") != NULL;
	return 0;
}

START_TEST(uprobe_by_tracefs)
{
	struct pbpf_kernel kernel = {.open = no_pmu};
	struct pbpf_uprobe at = {.symbol = "traced_one"};
	struct pbpf_link_options opts;
	struct pbpf_env env;
	struct live *live;
	int before = 0, after = 0;
	char self[128];

	NEEDS_BPF();
	NEEDS_LINUX(5, 15); /* its cookie */
	NEEDS_TRACEFS();
	if (access("/sys/kernel/tracing/uprobe_events", W_OK))
		SKIP("this kernel has no uprobe_events");
	/* /proc/self is another process's, when the kernel looks at it later. */
	ck_assert_int_gt((int)readlink("/proc/self/exe", memset(self, 0, sizeof(self)), 127), 0);
	at.path = self;
	live = load(&opts);
	env = live->env;
	env.kernel = &kernel;
	opts.env = &env;
	pbpf_sys_each_line(NULL, "/sys/kernel/tracing/uprobe_events", count_ours, &before);
	for (int i = 0; i < 2; i++, at.at_return = true, opts.cookie = 0) {
		opts.cookie = i ? 0 : 4711;
		uprobe_must_work(live, &at, &opts);
	}
	ck_assert_uint_eq(globals(live).cookie, 4711);
	pbpf_sys_each_line(NULL, "/sys/kernel/tracing/uprobe_events", count_ours, &after);
	ck_assert_int_eq(after, before);
	live_close(live);
}
END_TEST

START_TEST(uprobe_in_a_library)
{
	struct pbpf_uprobe at = {.path = "libc.so.6", .symbol = "getpgid"};
	struct pbpf_link_options opts;
	struct pbpf_link *link = NULL;
	struct live *live;

	NEEDS_BPF();
	NEEDS_LINUX(5, 15); /* its cookie */
	if (access("/lib/x86_64-linux-gnu/libc.so.6", R_OK))
		SKIP("no libc.so.6 where Debian has it");
	live = load(&opts);
	at.pid = getpid();
	ck_assert_msg(!pbpf_link_uprobe(&link, prog_fd(live, "count_uprobe"), &at, &opts), "%s",
		      live->host.text);
	getpgid(0);
	ck_assert_uint_eq(globals(live).runs[UPROBE], 1);
	pbpf_link_close(link);
	live_close(live);
}
END_TEST

START_TEST(uprobes_by_pattern)
{
	struct pbpf_uprobe_multi at = {.path = "/proc/self/exe", .pattern = "traced_*"};
	struct pbpf_link_options opts;
	struct pbpf_link *link = NULL;
	struct pbpf_link_info info = {0};
	struct live *live;
	int prog;

	NEEDS_BPF();
	NEEDS_LINUX(6, 6);
	live = load(&opts);
	prog = prog_fd(live, "count_multi");
	ck_assert_msg(!pbpf_link_uprobe_multi(&link, prog, &at, &opts), "%s", live->host.text);
	ck_assert_uint_eq(runs_of(live, UPROBE), 2);
	ck_assert_int_eq(pbpf_link_info(link, &info), 0);
	ck_assert_uint_eq(info.type, PBPF_LINK_TYPE_UPROBE_MULTI);
	ck_assert_uint_eq(info.u.uprobe_multi.count, 2);
	pbpf_link_close(link);
	ck_assert_uint_eq(runs_of(live, UPROBE), 0);

	at.pattern = "no_such_function_*";
	ck_assert_int_eq(pbpf_link_uprobe_multi(&link, prog, &at, &opts), -ENOENT);
	live_close(live);
}
END_TEST

START_TEST(near_names)
{
	struct pbpf_uprobe at = {.path = "/proc/self/exe", .symbol = "traced_onr"};
	struct pbpf_link_options opts;
	struct pbpf_link *link = NULL;
	struct live *live;

	NEEDS_BPF();
	NEEDS_LINUX(5, 15); /* its cookie */
	live = load(&opts);
	ck_assert_int_eq(pbpf_link_uprobe(&link, prog_fd(live, "count_uprobe"), &at, &opts),
			 -ENOENT);
	ck_assert_str_eq(live->host.hint, "did you mean 'traced_one'?");
	live_close(live);
}
END_TEST

START_TEST(all_of_an_object)
{
	struct pbpf_link_options opts;
	struct pbpf_program *xdp;
	struct live *live;

	NEEDS_BPF();
	NEEDS_LINUX(6, 6);
	live = load(&opts);
	for (int round = 0; round < 2; round++) {
		ck_assert_msg(!pbpf_object_attach(live->obj), "%s", live->host.text);
		ck_assert_uint_eq(runs_of(live, UPROBE), 2); /* uprobe.multi of traced_* */
		ck_assert_uint_eq(runs_of(live, URETPROBE), 1);
		xdp = pbpf_object_program(live->obj, "count_xdp");
		ck_assert_ptr_null(pbpf_program_link(xdp));
		pbpf_object_detach(live->obj);
		ck_assert_uint_eq(runs_of(live, UPROBE), 0);
		ck_assert_uint_eq(runs_of(live, URETPROBE), 0);
	}
	ck_assert_int_eq(pbpf_object_attach(live->obj), 0); /* closing detaches too */
	live_close(live);
}
END_TEST

/* Computes for a while. */
static void burn(void)
{
	clock_t end = clock() + CLOCKS_PER_SEC / 5;

	while (clock() < end)
		told++;
}

START_TEST(perf_event)
{
	struct pbpf_perf_attr attr = {
		.type = PBPF_PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.sample_period = 1000000, /* of the CPU clock: nanoseconds */
	};
	struct pbpf_link_options opts;
	struct pbpf_link *link = NULL;
	struct live *live;
	uint64_t runs;
	int event;

	NEEDS_BPF();
	live = load(&opts);
	event = pbpf_sys_perf_event_open(NULL, &attr, 0, -1, -1, 0);
	ck_assert_int_ge(event, 3);
	ck_assert_msg(!pbpf_link_perf_event(&link, prog_fd(live, "count_event"), event, &opts),
		      "%s", live->host.text);
	close(event);
	burn();
	runs = globals(live).runs[EVENT];
	ck_assert_uint_gt(runs, 0);
	pbpf_link_close(link);
	runs = globals(live).runs[EVENT];
	burn();
	ck_assert_uint_eq(globals(live).runs[EVENT], runs);
	live_close(live);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("live: attaching to code");
	TCase *c = tcase_create("attach");

	tcase_set_timeout(c, 60);
	tcase_add_test(c, uprobe);
	tcase_add_test(c, uprobe_by_tracefs);
	tcase_add_test(c, uprobe_in_a_library);
	tcase_add_test(c, uprobes_by_pattern);
	tcase_add_test(c, near_names);
	tcase_add_test(c, all_of_an_object);
	tcase_add_test(c, perf_event);
	suite_add_tcase(s, c);
	return s;
}
