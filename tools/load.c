/* SPDX-License-Identifier: MIT */
/*
 * plainbpf load: the whole way into the kernel, and what the kernel made of it.
 */
#include "tools/choose.h"
#include "tools/text.h"

#include "sys/pbpf_info.h"

#include <stdlib.h>
#include <time.h>

/* --- A stopwatch beside the kernel ---------------------------------------------------------- */

/* How long the kernel took to verify and compile one program. */
struct prog_time {
	int fd;
	double ms;
};

struct stopwatch {
	struct pbpf_env host;	   /* whose words and memory go on as before */
	struct pbpf_kernel kernel; /* the running one, with bpf() timed */
	struct prog_time *times;
	size_t count;
};

static double milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void note_time(struct stopwatch *watch, int fd, double ms)
{
	struct prog_time *grown = realloc(watch->times, (watch->count + 1) * sizeof(*grown));

	if (!grown)
		return;
	watch->times = grown;
	grown[watch->count++] = (struct prog_time){.fd = fd, .ms = ms};
}

static long timed_bpf(void *ctx, int cmd, void *attr, unsigned int size)
{
	double start = milliseconds();
	long result = pbpf_sys_running_kernel()->bpf(NULL, cmd, attr, size);

	if (cmd == PBPF_PROG_LOAD && result >= 0)
		note_time(ctx, (int)result, milliseconds() - start);
	return result;
}

static void pass_report(void *ctx, const struct pbpf_msg *msg)
{
	struct stopwatch *watch = ctx;

	watch->host.report(watch->host.ctx, msg);
}

/* Puts the stopwatch between the library and the running kernel. A kernel in memory takes no time
 * worth telling. */
static void start_stopwatch(struct stopwatch *watch, struct cli *cli)
{
	watch->host = cli->env;
	if (cli->dry_run)
		return;
	watch->kernel.bpf = timed_bpf;
	cli->env.kernel = &watch->kernel;
	cli->env.report = pass_report;
	cli->env.ctx = watch;
}

static void stop_stopwatch(struct stopwatch *watch, struct cli *cli)
{
	cli->env = watch->host;
	free(watch->times);
}

static void put_time(FILE *to, const struct stopwatch *watch, int fd)
{
	for (size_t i = watch->count; i-- > 0;) {
		if (watch->times[i].fd == fd) {
			fprintf(to, "%.2f", watch->times[i].ms);
			return;
		}
	}
	fprintf(to, "-");
}

/* --- What was loaded ------------------------------------------------------------------------ */

/* Ids of 0 do not exist: the kernel did not tell. */
static void put_number(FILE *to, uint32_t number)
{
	if (number)
		fprintf(to, "\t%u", number);
	else
		fprintf(to, "\t-");
}

static void put_map(const struct cli *cli, FILE *to, const struct pbpf_map *map)
{
	const struct pbpf_map_attr *attr = pbpf_map_attr(map);
	const char *type = pbpf_map_type_name(attr->type);
	struct pbpf_map_info info = {0};
	uint32_t size = sizeof(info);
	int fd = pbpf_map_fd(map);

	if (pbpf_sys_obj_info(&cli->env, fd, &info, &size) < 0)
		info.id = 0;
	put_name(to, pbpf_map_name(map));
	fprintf(to, "\t%s\t%u\t%u\t%u\t%d", type ? type : "unknown", attr->key_size,
		attr->value_size, attr->max_entries, fd);
	put_number(to, info.id);
	fputc('\n', to);
}

static size_t print_maps(const struct cli *cli, const struct pbpf_object *obj)
{
	struct pbpf_map *map = NULL;
	struct table t;
	size_t count = 0;

	table_begin(&t);
	fprintf(t.rows, "MAP\tTYPE\tKEY\tVALUE\tENTRIES\tFD\tID\n");
	while ((map = pbpf_object_next_map(obj, map))) {
		if (pbpf_map_fd(map) < 0)
			continue;
		put_map(cli, t.rows, map);
		count++;
	}
	table_end(&t, stdout);
	return count;
}

static void put_program(const struct cli *cli, FILE *to, const struct pbpf_program *prog,
			const struct stopwatch *watch)
{
	const char *type = pbpf_program_type_name(pbpf_program_type(prog));
	struct pbpf_prog_info info = {0};
	uint32_t size = sizeof(info);
	int fd = pbpf_program_fd(prog);

	if (pbpf_sys_obj_info(&cli->env, fd, &info, &size) < 0)
		info = (struct pbpf_prog_info){0};
	put_name(to, pbpf_program_name(prog));
	fputc('\t', to);
	put_name(to, pbpf_program_section(prog));
	fprintf(to, "\t%s\t%d", type ? type : "unknown", fd);
	put_number(to, info.id);
	put_number(to, pbpf_program_insn_count(prog));
	put_number(to, info.verified_insns);
	fputc('\t', to);
	put_time(to, watch, fd);
	fputc('\n', to);
}

static size_t print_programs(const struct cli *cli, const struct pbpf_object *obj,
			     const struct stopwatch *watch)
{
	struct pbpf_program *prog = NULL;
	struct table t;
	size_t count = 0;

	table_begin(&t);
	fprintf(t.rows, "PROGRAM\tSECTION\tTYPE\tFD\tID\tINSTRUCTIONS\tWALKED\tTIME (ms)\n");
	while ((prog = pbpf_object_next_program(obj, prog))) {
		if (pbpf_program_fd(prog) < 0)
			continue;
		put_program(cli, t.rows, prog, watch);
		count++;
	}
	table_end(&t, stdout);
	return count;
}

static void print_loaded(const struct cli *cli, const struct pbpf_object *obj,
			 const struct stopwatch *watch, double ms)
{
	size_t maps = print_maps(cli, obj), programs;

	if (maps)
		printf("\n");
	programs = print_programs(cli, obj, watch);
	print_skipped(stdout, obj);
	printf("%s%s%zu map%s and %zu program%s loaded in %.2f ms\n", programs ? "\n" : "",
	       cli->dry_run ? "dry run: " : "", maps, maps == 1 ? "" : "s", programs,
	       programs == 1 ? "" : "s", ms);
}

static int load_object(struct cli *cli, struct pbpf_object *obj, const struct stopwatch *watch)
{
	int code = choose_programs(cli, obj);
	double start;

	if (code)
		return code;
	start = milliseconds();
	if (pbpf_object_load(obj) < 0) {
		cli_show_logs(cli, obj);
		return CLI_FAILED;
	}
	print_loaded(cli, obj, watch, milliseconds() - start);
	return CLI_OK;
}

static int run_load(struct cli *cli)
{
	struct stopwatch watch = {0};
	struct pbpf_object *obj;
	int code = CLI_FAILED;

	start_stopwatch(&watch, cli);
	if (cli_open_object(cli, cli->operands[0], &obj) >= 0) {
		code = load_object(cli, obj, &watch);
		pbpf_object_close(obj);
	}
	stop_stopwatch(&watch, cli);
	return code;
}

const struct command load_command = {
	.name = "load",
	.run = run_load,
	.summary = "load an object, show its maps and programs, unload it",
	.operands = "OBJ",
	.operands_min = 1,
	.operands_max = 1,
	.options = "O1bknv",
	.details =
		"Loads the object, prints its maps and programs as the kernel has them, and unloads\n"
		"everything at exit. INSTRUCTIONS counts those of the program with the subprograms that\n"
		"it calls, WALKED those that the verifier walked over all paths, TIME what the\n"
		"kernel took to verify and compile.\n\n"
		"An optional program that fails is left out, and so are those behind the first of a\n"
		"--first that loads; each is told with the reason.\n\n"
		"exit codes: 0 everything was loaded; 1 it was not, and nothing was left behind;\n"
		"2 the command line was not understood.",
};
