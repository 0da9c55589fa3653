/* SPDX-License-Identifier: MIT */
/*
 * The host that the command gives to the library, and the way its messages look.
 */
#include "tools/cli.h"

#include "tools/options.h"
#include "tools/text.h"

#include <stdio.h>
#include <string.h>

/* A file beyond this is no object of anybody's making. */
#define FILE_MAX_SIZE ((size_t)256 << 20)

/* The parsers' offsets are bytes; the other stages tell in their words where something is. */
static bool offset_is_bytes(const char *stage)
{
	return !strcmp(stage, "elf") || !strcmp(stage, "btf");
}

/* Does the text name the place itself, in quotes? What link attaches to, it always names, and without. */
static bool names_place(const struct pbpf_msg *msg)
{
	char quoted[260];

	if (!strcmp(msg->stage, "link"))
		return strstr(msg->text, msg->where) != NULL;
	snprintf(quoted, sizeof(quoted), "'%s'", msg->where);
	return strstr(msg->text, quoted) != NULL;
}

static void print_line(FILE *to, const struct pbpf_msg *msg)
{
	fprintf(to, "%s%s: ", msg->level == PBPF_WARNING ? "warning: " : "", msg->stage);
	if (msg->where && !names_place(msg)) {
		fprintf(to, "%s", msg->where);
		if (msg->offset && offset_is_bytes(msg->stage))
			fprintf(to, ", byte %llu", (unsigned long long)msg->offset);
		fprintf(to, ": ");
	}
	fprintf(to, "%s", msg->text);
}

/* The library escapes a message's text, and takes its hints from itself; escaped they are safe to
 * print whatever they come to hold. */
static void print_hint(const char *hint)
{
	fprintf(stderr, "  hint: ");
	put_name(stderr, hint);
	fprintf(stderr, "\n");
}

static void hold_message(struct held_message *held, const struct pbpf_msg *msg)
{
	FILE *to = fmemopen(held->line, sizeof(held->line), "w");

	held->line[0] = '\0';
	if (to) {
		print_line(to, msg);
		fclose(to);
	}
	held->line[sizeof(held->line) - 1] = '\0';
	snprintf(held->hint, sizeof(held->hint), "%s", msg->hint ? msg->hint : "");
}

static void report(void *ctx, const struct pbpf_msg *msg)
{
	struct cli *cli = ctx;

	if (cli->hold && msg->level == PBPF_ERROR) {
		hold_message(&cli->held, msg);
		return;
	}
	fflush(stdout);
	print_line(stderr, msg);
	fprintf(stderr, "\n");
	if (msg->hint)
		print_hint(msg->hint);
}

void cli_hold(struct cli *cli)
{
	cli->hold = true;
	cli->held = (struct held_message){{0}, {0}};
}

void cli_tell(struct cli *cli, bool print)
{
	cli->hold = false;
	if (!print || !cli->held.line[0])
		return;
	fflush(stdout);
	fprintf(stderr, "%s\n", cli->held.line);
	if (cli->held.hint[0])
		print_hint(cli->held.hint);
}

int cli_open_object(struct cli *cli, const char *path, struct pbpf_object **obj)
{
	struct pbpf_options options = {
		.env = &cli->env, .btf_path = cli->kernel_btf, .raise_memlock = true};
	void *kconfig = NULL;
	size_t size = 0;
	int err = cli->kconfig ? cli_read_file(cli, cli->kconfig, &kconfig, &size) : 0;

	if (err)
		return err;
	options.kconfig = kconfig;
	err = pbpf_object_open_file(obj, path, &options);
	if (kconfig)
		cli_free_file(cli, kconfig, size);
	return err;
}

int cli_read_file(struct cli *cli, const char *path, void **data, size_t *size)
{
	int err = pbpf_sys_read_file(&cli->env, path, data, size, FILE_MAX_SIZE);
	const char *hint = "is it the file that you mean?";

	if (err >= 0)
		return 0;
	if (err == -ENOENT)
		hint = "check the path";
	else if (err == -EISDIR)
		hint = "name a file in it";
	return env_fail(&cli->env, err, AT(cli->command->name, path, 0), hint,
			"cannot read '%s': %s", path, strerror(-err));
}

void cli_free_file(struct cli *cli, void *data, size_t size)
{
	pbpf_sys_free_file(&cli->env, data, size);
}

void cli_show_logs(const struct cli *cli, const struct pbpf_object *obj)
{
	struct pbpf_program *prog = NULL;

	if (cli->env.level < PBPF_STEP)
		return;
	while ((prog = pbpf_object_next_program(obj, prog))) {
		const char *log = pbpf_program_log(prog);

		if (!*log)
			continue;
		fprintf(stderr, "verifier log of '");
		put_name(stderr, pbpf_program_name(prog));
		fprintf(stderr, "':\n");
		put_lines(stderr, log, strlen(log));
		fputc('\n', stderr);
	}
}

/* What was printed into a closed pipe or a full disk was not printed. */
static int finish_output(struct cli *cli, int code)
{
	if (!fflush(stdout) && !ferror(stdout))
		return code;
	env_fail(&cli->env, -EIO, AT(cli->command->name, NULL, 0),
		 "is the disk full, or the reader gone?", "not all of the output could be written");
	return CLI_FAILED;
}

/* In a dry run every fd is counted: here is where one that was forgotten shows. */
static int check_fake_kernel(struct cli *cli, int code)
{
	const struct fake_kernel *fake = &cli->fake;

	if (!fake->open_fds && !fake->bad_fds)
		return code;
	env_fail(&cli->env, -EBADF, AT(cli->command->name, NULL, 0),
		 "this is a mistake of plainbpf: please report it",
		 "%u fds were left open, and %u calls were made on wrong ones", fake->open_fds,
		 fake->bad_fds);
	return CLI_FAILED;
}

int command_main(const struct command *command, int argc, char **argv)
{
	struct cli cli = {
		.command = command,
		.env = {.report = report, .level = PBPF_WARNING, .ctx = &cli},
		.fake = {.real_files = true},
	};
	struct pbpf_env host;
	int code = read_options(&cli, argc, argv);

	if (code < 0) {
		host = cli.env;
		if (cli.dry_run)
			cli.env = fake_kernel_env(&cli.fake, &host);
		code = command->run(&cli);
		if (code < 0)
			code = CLI_FAILED;
	}
	code = check_fake_kernel(&cli, finish_output(&cli, code));
	fake_kernel_free(&cli.fake);
	return code;
}
