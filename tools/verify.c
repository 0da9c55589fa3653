/* SPDX-License-Identifier: MIT */
/*
 * plainbpf verify: what the verifier says of each program, loaded alone, so that one refusal hides
 * none of the others.
 */
#include "tools/cli.h"
#include "tools/explain.h"
#include "tools/text.h"

#include <stdlib.h>

/* CLI_USAGE's number means here: the object cannot be opened. */
#define OBJECT_NOT_OPENED 2

/* Loads this program and no other. An error's words are held in the cli. */
static int load_alone(struct cli *cli, struct pbpf_object *obj, struct pbpf_program *chosen)
{
	struct pbpf_program *prog = NULL;

	while ((prog = pbpf_object_next_program(obj, prog)))
		pbpf_program_set_autoload(prog, prog == chosen);
	cli_hold(cli);
	return pbpf_object_load(obj);
}

static const char *type_name(const struct pbpf_program *prog)
{
	const char *name = pbpf_program_type_name(pbpf_program_type(prog));

	return name ? name : "unknown";
}

/* A program that is in no struct_ops is left out, and nobody asked the verifier. */
static const char *verdict_of(const struct pbpf_program *prog, int err)
{
	if (err < 0)
		return pbpf_error_name(err);
	return pbpf_program_skipped(prog) ? "left out" : "ok";
}

/* program, section, type, ok or the error's name, instructions */
static void put_row(FILE *to, const struct pbpf_program *prog, int err)
{
	put_name(to, pbpf_program_name(prog));
	fputc('\t', to);
	put_name(to, pbpf_program_section(prog));
	fprintf(to, "\t%s\t%s\t%u", type_name(prog), verdict_of(prog, err),
		pbpf_program_insn_count(prog));
}

static void print_tsv(const struct cli *cli, const struct pbpf_program *prog, int err)
{
	put_row(stdout, prog, err);
	printf("\t%s\n", cli->held.line);
}

/* Verifies one program, and shows it in the way that was asked for; false when it was refused. */
static bool verify_program(struct cli *cli, struct pbpf_object *obj, struct pbpf_program *prog,
			   struct table *table)
{
	int err = load_alone(cli, obj, prog);
	const struct pbpf_log_verdict *verdict = err < 0 ? pbpf_program_verdict(prog) : NULL;
	bool explain = cli->explain && verdict && !cli->tsv;

	if (cli->tsv) {
		print_tsv(cli, prog, err);
	} else {
		put_row(table->rows, prog, err);
		fputc('\n', table->rows);
	}
	cli_tell(cli, !cli->tsv && !explain);
	if (explain)
		explain_verdict(prog, verdict, cli->held.line);
	cli_show_logs(cli, obj);
	pbpf_object_unload(obj);
	return err >= 0;
}

static void print_summary(size_t programs, size_t refused)
{
	if (!programs)
		printf("no programs in this object\n");
	else if (refused)
		printf("\n%zu of %zu programs refused\n", refused, programs);
	else
		printf("\n%zu program%s, all accepted\n", programs, programs == 1 ? "" : "s");
}

static size_t verify_programs(struct cli *cli, struct pbpf_object *obj)
{
	struct pbpf_program *prog = NULL;
	size_t programs = 0, refused = 0;
	struct table table;

	table_begin(&table);
	fprintf(table.rows, "PROGRAM\tSECTION\tTYPE\tVERDICT\tINSTRUCTIONS\n");
	while ((prog = pbpf_object_next_program(obj, prog))) {
		refused += !verify_program(cli, obj, prog, &table);
		programs++;
	}
	table_end(&table, stdout);
	if (!cli->tsv)
		print_summary(programs, refused);
	return refused;
}

static int run_verify(struct cli *cli)
{
	struct pbpf_object *obj;
	size_t refused;

	if (cli_open_object(cli, cli->operands[0], &obj) < 0)
		return OBJECT_NOT_OPENED;
	refused = verify_programs(cli, obj);
	pbpf_object_close(obj);
	return refused ? CLI_FAILED : CLI_OK;
}

const struct command verify_command = {
	.name = "verify",
	.run = run_verify,
	.summary = "ask the verifier about each program, one by one",
	.operands = "OBJ",
	.operands_min = 1,
	.operands_max = 1,
	.options = "xtbknv",
	.details =
		"Loads each program of the object alone, with the maps, and unloads it again; so every\n"
		"program gets its own verdict. --tsv prints, for each, the fields\n"
		"  program, section, type, ok or the error's name, instructions, message\n"
		"--explain tells of each refusal: the line of the verifier's log that decides, where that\n"
		"is in the source, what the registers hold, the path that led there, what it means, and\n"
		"what to do. All that it knows is in docs/errors.md.\n\n"
		"exit codes: 0 all were accepted; 1 at least one was refused; 2 the object cannot be\n"
		"opened, or the command line was not understood.",
};
