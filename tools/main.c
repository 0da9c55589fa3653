/* SPDX-License-Identifier: MIT */
/*
 * plainbpf, the command: one subcommand per file, each showing what a stage of the library sees.
 * Read a subcommand's file beside the public header of its stage.
 */
#include "tools/cli.h"

#include <stdio.h>
#include <string.h>

static const struct command *const commands[] = {
	&load_command,	 /* loader/: the whole way into the kernel */
	&verify_command, /* loader/: what the verifier says of each program */
	&run_command,	 /* link/ and ringbuf/: events on the screen */
	&elf_command,	 /* elf/: sections, symbols, relocations */
	&btf_command,	 /* btf/: types */
	&relo_command,	 /* relo/: what becomes of each instruction */
};
#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static void print_overview(FILE *to)
{
	fprintf(to, "plainbpf loads eBPF object files and shows every stage of it.\n\n"
		    "usage: plainbpf COMMAND [options] ...\n\ncommands:\n");
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		fprintf(to, "  %-8s%s\n", commands[i]->name, commands[i]->summary);
	fprintf(to, "\n  plainbpf COMMAND --help   what it takes, what it prints, its exit codes\n"
		    "  plainbpf --version\n\n"
		    "exit codes: 0 done; 1 failed, and a message on standard error says why;\n"
		    "2 the command line was not understood. A command's help says more.\n");
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	return NULL;
}

static int unknown_word(const char *word)
{
	const char *const options[] = {"--help", "--version", NULL};
	const char *names[COMMAND_COUNT + 1] = {NULL};

	if (*word == '-')
		return usage_error("", "option", word, options);
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		names[i] = commands[i]->name;
	return usage_error("", "command", word, names);
}

int main(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : NULL;
	const struct command *command;

	if (!word) {
		print_overview(stderr);
		return CLI_USAGE;
	}
	if (!strcmp(word, "--help") || !strcmp(word, "-h") || !strcmp(word, "help")) {
		print_overview(stdout);
		return CLI_OK;
	}
	if (!strcmp(word, "--version")) {
		printf("plainbpf %s\n", pbpf_version());
		return CLI_OK;
	}
	command = find_command(word);
	return command ? command_main(command, argc - 1, argv + 1) : unknown_word(word);
}
