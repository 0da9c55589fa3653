/* SPDX-License-Identifier: MIT */
/*
 * plainbpf prog stats: how often programs run and how long, counted by the kernel for as long as it is asked
 * to (BPF_ENABLE_STATS).
 */
#include "tools/prog.h"

#include "tools/json.h"
#include "tools/program_name.h"
#include "tools/signals.h"
#include "tools/text.h"

#include <stdlib.h>
#include <string.h>

/* What a program had run when counting began. */
struct before {
	uint32_t id;
	uint64_t runs, ns;
};

struct stats {
	struct cli *cli;
	struct selection selection;
	struct before *before; /* by ascending id */
	size_t count, room;
	double seconds; /* how long it was counted */
	struct types_cache cache;
	struct table table;
	struct json json;
};

static int note_before(void *ctx, struct found *found)
{
	const struct pbpf_prog_info *info = &found->info.prog;
	struct stats *stats = ctx;

	if (stats->count == stats->room) {
		size_t room = stats->room ? 2 * stats->room : 64;
		struct before *grown = realloc(stats->before, room * sizeof(*grown));

		if (!grown)
			return env_no_memory(&stats->cli->env, "prog stats", "the programs");
		stats->before = grown;
		stats->room = room;
	}
	stats->before[stats->count++] = (struct before){info->id, info->run_cnt, info->run_time_ns};
	return 0;
}

static int by_id(const void *a, const void *b)
{
	uint32_t x = ((const struct before *)a)->id, y = ((const struct before *)b)->id;

	return (x > y) - (x < y);
}

/* A program that was loaded meanwhile began at zero. */
static struct before find_before(const struct stats *stats, uint32_t id)
{
	struct before key = {.id = id}, *found = NULL;

	if (stats->count)
		found = bsearch(&key, stats->before, stats->count, sizeof(key), by_id);
	return found ? *found : key;
}

static void put_stats(struct stats *stats, const struct found *found, uint64_t runs, uint64_t ns)
{
	const struct pbpf_prog_info *info = &found->info.prog;
	const char *type = pbpf_program_type_name(info->type);
	FILE *to = stats->table.rows;
	char name[PROGRAM_NAME_MAX];

	if (type)
		fprintf(to, "%u\t%s\t", info->id, type);
	else
		fprintf(to, "%u\ttype %u\t", info->id, info->type);
	whole_program_name(stats->cli, &stats->cache, found->fd, info, name);
	put_name(to, *name ? name : "-");
	fprintf(to, "\t%llu\t%llu\t", (unsigned long long)runs, (unsigned long long)ns);
	if (runs)
		fprintf(to, "%.1f", (double)ns / (double)runs);
	else
		fputc('-', to);
	fprintf(to, "\t%.0f\t%.3f\t%llu\n", (double)runs / stats->seconds,
		(double)ns / stats->seconds / 1e7, (unsigned long long)info->recursion_misses);
}

static void put_json_stats(struct stats *stats, const struct found *found, uint64_t runs,
			   uint64_t ns)
{
	const struct pbpf_prog_info *info = &found->info.prog;
	struct json *json = &stats->json;
	char name[PROGRAM_NAME_MAX];

	json_open(json, NULL, '{');
	json_number(json, "id", info->id);
	whole_program_name(stats->cli, &stats->cache, found->fd, info, name);
	json_string(json, "name", name);
	json_number(json, "run_cnt", runs);
	json_number(json, "run_time_ns", ns);
	json_seconds(json, "seconds", stats->seconds);
	json_number(json, "recursion_misses", info->recursion_misses);
	json_close(json, '}');
}

static int show_stats(void *ctx, struct found *found)
{
	const struct pbpf_prog_info *info = &found->info.prog;
	struct stats *stats = ctx;
	struct before before = find_before(stats, info->id);

	(stats->cli->json ? put_json_stats : put_stats)(stats, found, info->run_cnt - before.runs,
							info->run_time_ns - before.ns);
	return 0;
}

static int count_runs(struct stats *stats)
{
	struct cli *cli = stats->cli;
	int err, fd = pbpf_sys_enable_stats(&cli->env, 0);

	if (fd < 0)
		return env_fail(&cli->env, fd, AT("prog stats", NULL, 0),
				fd == -EPERM ? "counting needs CAP_SYS_ADMIN: run it as root"
					     : "it needs Linux 5.8",
				"the kernel does not count runs: %s", pbpf_error_name(fd));
	err = select_each(cli, &stats->selection, PBPF_F_RDONLY, note_before, stats);
	if (!err)
		stats->seconds = wait_for_signal(cli->seconds);
	pbpf_sys_close(&cli->env, fd);
	return err;
}

static int print_stats(struct stats *stats)
{
	int err;

	if (stats->cli->json) {
		json_open(&stats->json, NULL, '[');
		err = select_each(stats->cli, &stats->selection, PBPF_F_RDONLY, show_stats, stats);
		json_close(&stats->json, ']');
		printf("\n");
		return err;
	}
	table_begin(&stats->table);
	fputs("ID\tTYPE\tNAME\tRUNS\tNS\tNS/RUN\tRUNS/S\tCPU %\tMISSED\n", stats->table.rows);
	err = select_each(stats->cli, &stats->selection, PBPF_F_RDONLY, show_stats, stats);
	table_end(&stats->table, stdout);
	return err;
}

static int run_prog_stats(struct cli *cli)
{
	struct stats stats = {.cli = cli, .json = json_to(stdout)};
	struct words words = words_of(cli);
	int code = select_words(&stats.selection, &words, PBPF_OBJECT_PROG);

	if (!code)
		code = words_end(&words, NULL);
	if (code)
		return code;
	code = count_runs(&stats);
	if (!code)
		code = print_stats(&stats);
	close_cached_types(&stats.cache);
	free(stats.before);
	return code;
}

const struct command prog_stats_command = {
	.name = "prog stats",
	.run = run_prog_stats,
	.summary = "how often they run, and how long",
	.operands = "[PROG]",
	.operands_max = 2,
	.options = "sjv",
	.details =
		"Has the kernel count the runs of all programs, until Ctrl-C or for --seconds, and\n"
		"prints for each (or for PROG) runs, nanoseconds, and how often it was left out because\n"
		"it was running there already. Counting makes each run some tens of nanoseconds longer.\n\n"
		"exit codes: 0 printed; 1 there is no such program, or the kernel does not count;\n"
		"2 the command line was not understood.",
};
