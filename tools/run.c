/* SPDX-License-Identifier: MIT */
/*
 * plainbpf run: load, attach, and print what comes through the ring buffers and perf event
 * arrays until told to stop.
 *
 *	open ── types of the events ── load ── rings ── attach ── watch ── detach ── rest ── summary
 */
#include "tools/run.h"

#include "tools/choose.h"
#include "tools/text.h"

#include <stdlib.h>
#include <string.h>

/* --- Where events come from ----------------------------------------------------------------- */

/* Is there a source that "MAP=TYPE" can mean? */
static bool names_source(const struct run *run, const char *option)
{
	size_t size = strcspn(option, "=");

	for (size_t i = 0; i < run->source_count; i++) {
		const char *name = pbpf_map_name(run->sources[i].map);

		if (!strncmp(option, name, size) && !name[size])
			return true;
	}
	return false;
}

static int check_event_options(const struct run *run)
{
	for (size_t i = 0; i < run->cli->event_count; i++)
		if (!names_source(run, run->cli->events[i]))
			return env_fail(
				&run->cli->env, -ENOENT, AT("run", NULL, 0),
				"'plainbpf load --dry-run OBJ' lists its maps",
				"--event %s: the object has no such ring buffer or perf event array",
				run->cli->events[i]);
	return 0;
}

static int find_sources(struct run *run)
{
	struct pbpf_map *map = NULL;
	size_t count = 0;

	while ((map = pbpf_object_next_map(run->obj, map)))
		count += is_source(map);
	run->sources = calloc(count + 1, sizeof(*run->sources));
	if (!run->sources)
		return env_no_memory(&run->cli->env, "run", "the maps of events");
	while ((map = pbpf_object_next_map(run->obj, map))) {
		struct source *source = &run->sources[run->source_count];

		if (!is_source(map))
			continue;
		source->map = map;
		source->json = run->cli->json;
		if (source_find_type(run->cli, run->obj, source) < 0)
			return -ENOENT;
		run->source_count++;
	}
	return check_event_options(run);
}

/* --- Attaching ------------------------------------------------------------------------------ */

static size_t count_attached(const struct pbpf_object *obj)
{
	struct pbpf_program *prog = NULL;
	struct pbpf_map *map = NULL;
	size_t count = 0;

	while ((prog = pbpf_object_next_program(obj, prog)))
		count += pbpf_program_link(prog) != NULL;
	while ((map = pbpf_object_next_map(obj, map)))
		count += pbpf_struct_ops_link(map) != NULL;
	return count;
}

/* A section that does not say where its program goes leaves it to others: that is no failure, unless
 * nothing is left to run. */
static int attach_programs(struct run *run)
{
	int err = pbpf_object_attach(run->obj);

	if (err < 0)
		return err;
	run->attached = count_attached(run->obj);
	if (!run->attached)
		return env_fail(
			&run->cli->env, -ENOTSUP, AT("run", NULL, 0),
			"'run' is for sections such as tp/CATEGORY/NAME and raw_tp/NAME",
			"no program of the object says by its section name where to attach");
	return 0;
}

/* --- The whole ------------------------------------------------------------------------------ */

static void print_start(const struct run *run)
{
	print_skipped(stderr, run->obj);
	fprintf(stderr, "%zu program%s attached, %zu map%s of events; Ctrl-C ends\n", run->attached,
		run->attached == 1 ? "" : "s", run->source_count,
		run->source_count == 1 ? "" : "s");
}

/* A kernel in memory has no ring to map: say what would be read. */
static void print_dry_run(const struct run *run)
{
	printf("dry run: %zu program%s would be attached\n", run->attached,
	       run->attached == 1 ? "" : "s");
	for (size_t i = 0; i < run->source_count; i++) {
		const struct source *source = &run->sources[i];

		printf("dry run: would read %s '",
		       source_is_perf(source) ? "perf event array" : "ring buffer");
		put_name(stdout, pbpf_map_name(source->map));
		printf("' (%u %s), and print its records as ",
		       pbpf_map_attr(source->map)->max_entries,
		       source_is_perf(source) ? "CPUs" : "bytes");
		put_name(stdout, source->type ? source->type_text : "hex");
		printf("\n");
	}
}

static int run_object(struct run *run)
{
	int err = find_sources(run);

	if (err >= 0)
		err = pbpf_object_load(run->obj);
	if (err < 0)
		return err;
	run->started = run->stopped = seconds_now();
	if (!run->cli->dry_run)
		err = open_watch(run);
	if (err >= 0)
		err = attach_programs(run);
	if (err < 0)
		return err;
	if (run->cli->dry_run) {
		print_dry_run(run);
	} else {
		print_start(run);
		err = watch(run);
		run->stopped = seconds_now();
		pbpf_object_detach(run->obj);
		if (err >= 0)
			err = drain(run);
	}
	return err < 0 ? err : summarize(run);
}

static void close_run(struct run *run)
{
	close_watch(run);
	free(run->sources);
}

static const struct pbpf_ringbuf_policy *find_policy(const char *name)
{
	if (!strcmp(name, "balanced"))
		return &pbpf_ringbuf_balanced;
	if (!strcmp(name, "frugal"))
		return &pbpf_ringbuf_frugal;
	if (!strcmp(name, "busy"))
		return &pbpf_ringbuf_busy;
	return !strcmp(name, "plain") ? &pbpf_ringbuf_plain : NULL;
}

static int run_run(struct cli *cli)
{
	static const char *const policies[] = {"balanced", "frugal", "busy", "plain", NULL};
	struct run run = {.cli = cli, .epoll_fd = -1, .signal_fd = -1};
	int err;

	run.policy = find_policy(cli->policy ? cli->policy : "balanced");
	if (!run.policy)
		return usage_error("run", "policy", cli->policy, policies);
	if (cli_open_object(cli, cli->operands[0], &run.obj) < 0)
		return CLI_FAILED;
	err = choose_programs(cli, run.obj);
	if (err > 0) {
		pbpf_object_close(run.obj);
		return err;
	}
	err = run_object(&run);
	if (err < 0)
		cli_show_logs(cli, run.obj);
	close_run(&run);
	pbpf_object_close(run.obj);
	return err < 0 ? CLI_FAILED : CLI_OK;
}

const struct command run_command = {
	.name = "run",
	.run = run_run,
	.summary = "load and attach an object, print its events",
	.operands = "OBJ",
	.operands_min = 1,
	.operands_max = 1,
	.options = "ejprsO1bknv",
	.details =
		"Loads the object, attaches every program whose section name says where to (tp/...,\n"
		"raw_tp/...), and prints the records of every ring buffer and perf event array as they\n"
		"come: the time in seconds since the start, the map, the record. A record is shown by\n"
		"its type when --event names it, or when the map carries the declaration tag\n"
		"\"event:struct NAME\"; otherwise as hex. With --json each event is one line.\n\n"
		"--policy says how the time between events is spent: balanced (looks for some 30 us\n"
		"before it sleeps), frugal (sleeps at once: the least CPU), busy (never sleeps: no\n"
		"wake-up slows the traced task down), plain (a wake-up for each event, as is usual).\n"
		"--rate tells each second on standard error how many events and bytes came.\n\n"
		"The summary is 'N events, N lost, N.N s'. Of a perf event array the kernel counts what\n"
		"is lost. Of a ring buffer it does not: 'lost' is then what the program counted in a\n"
		"global variable of that name.\n\n"
		"exit codes: 0 ran until the time was up or Ctrl-C; 1 not loaded, not attached, or\n"
		"events were lost; 2 the command line was not understood.",
};
