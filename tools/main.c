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
	&test_command,	 /* sys/: one program, on input of the user's */
	&elf_command,	 /* elf/: sections, symbols, relocations */
	&btf_command,	 /* btf/: types */
	&relo_command,	 /* relo/: what becomes of each instruction */
	&doctor_command, /* loader/: what this machine can do */
	&prog_command,	 /* sys/: programs in the kernel */
	&map_command,	 /* sys/: maps in the kernel, and what is in them */
	&link_command,	 /* sys/: attachments in the kernel */
	&attach_command, /* link/: any program to any target */
	&detach_command, /* link/: and off it again */
	&pin_command,	 /* loader/: a whole object in a bpffs */
	&unpin_command,	 /* loader/: and out of it again */
	&cgroup_command, /* link/: what is attached to cgroups */
	&net_command,	 /* link/: what is attached to interfaces */
};
#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))
#define FAMILY_MAX    32

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

/* The last word of a command's name. */
static const char *last_word(const char *name)
{
	const char *space = strrchr(name, ' ');

	return space ? space + 1 : name;
}

static void print_family(FILE *to, const struct command *family)
{
	fprintf(to, "usage: plainbpf %s COMMAND [options] ...\n\n%s\n\ncommands:\n", family->name,
		family->summary);
	for (size_t i = 0; family->family[i]; i++) {
		const struct command *command = family->family[i];
		char name[40];

		snprintf(name, sizeof(name), "%s%s%s", last_word(command->name),
			 command->alias ? ", " : "",
			 command->alias ? last_word(command->alias) : "");
		fprintf(to, "  %-14s%s\n", name, command->summary);
	}
	fprintf(to,
		"\n  plainbpf %s COMMAND --help   what it takes, what it prints, its exit codes\n",
		family->name);
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	return NULL;
}

static bool is_named(const struct command *command, const char *word)
{
	return !strcmp(last_word(command->name), word) ||
	       (command->alias && !strcmp(last_word(command->alias), word));
}

/* What a word of help is at the place of a command. */
static bool wants_help(const char *word)
{
	return !strcmp(word, "--help") || !strcmp(word, "-h") || !strcmp(word, "help");
}

/* What bpftool calls otherwise: its word, and the command that does here what it does there. */
static bool known_elsewhere(const char *family, const char *word)
{
	static const char *const words[][3] = {
		{"", "feature", "doctor"},	{"", "iter", "attach"},
		{"", "perf", "link"},		{"", "struct_ops", "attach"},
		{"prog", "run", "test"},	{"prog", "attach", "attach"},
		{"prog", "detach", "detach"},	{"net", "attach", "attach"},
		{"net", "detach", "detach"},	{"cgroup", "attach", "attach"},
		{"cgroup", "detach", "detach"}, {"map", "event_pipe", "run"},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(words[i][0], family) != 0 || strcmp(words[i][1], word) != 0)
			continue;
		fprintf(stderr,
			"plainbpf: unknown command '%s'\n"
			"  hint: what it is in bpftool is 'plainbpf %s' here\n",
			word, words[i][2]);
		return true;
	}
	return false;
}

static int unknown_word(const char *word)
{
	const char *const options[] = {"--help", "--version", "--json", NULL};
	const char *names[COMMAND_COUNT + 1] = {NULL};

	if (known_elsewhere("", word))
		return CLI_USAGE;

	if (!strcmp(word, "-j") || !strcmp(word, "--json")) {
		fprintf(stderr,
			"plainbpf: option '%s' needs a command behind it\n"
			"  hint: see 'plainbpf --help'\n",
			word);
		return CLI_USAGE;
	}
	if (*word == '-')
		return usage_error("", "option", word, options);
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		names[i] = commands[i]->name;
	return usage_error("", "command", word, names);
}

static int unknown_in_family(const struct command *family, const char *word)
{
	const char *names[2 * FAMILY_MAX + 1] = {NULL};
	size_t count = 0;

	if (known_elsewhere(family->name, word))
		return CLI_USAGE;
	for (size_t i = 0; i < FAMILY_MAX && family->family[i]; i++) {
		names[count++] = last_word(family->family[i]->name);
		if (family->family[i]->alias)
			names[count++] = last_word(family->family[i]->alias);
	}
	return usage_error(family->name, "command", word, names);
}

/* bpftool has its options before the command, too: "-j prog show" and "prog -j show" become "prog show --json". */
static void move_json_options(int argc, char **argv)
{
	static const char *const words[] = {"-j", "--json", "-p", "--pretty", NULL};
	static char json[] = "--json";
	size_t i;

	for (int left = argc - 2; left > 0; left--) {
		for (i = 0; words[i] && strcmp(argv[1], words[i]) != 0; i++)
			;
		if (!words[i])
			return;
		memmove(&argv[1], &argv[2], (size_t)(argc - 2) * sizeof(*argv));
		argv[argc - 1] = json;
	}
}

/* argv[0] is the family's name. Without a word, or with options alone, its first command is meant. */
static int family_main(const struct command *family, int argc, char **argv)
{
	const char *word;

	move_json_options(argc, argv);
	word = argc > 1 ? argv[1] : NULL;
	if (word && wants_help(word)) {
		print_family(stdout, family);
		return CLI_OK;
	}
	if (!word || *word == '-')
		return command_main(family->family[0], argc, argv);
	for (size_t i = 0; family->family[i]; i++)
		if (is_named(family->family[i], word))
			return command_main(family->family[i], argc - 1, argv + 1);
	return unknown_in_family(family, word);
}

int main(int argc, char **argv)
{
	const struct command *command;
	const char *word;

	move_json_options(argc, argv);
	word = argc > 1 ? argv[1] : NULL;
	if (!word) {
		print_overview(stderr);
		return CLI_USAGE;
	}
	if (wants_help(word)) {
		print_overview(stdout);
		return CLI_OK;
	}
	if (!strcmp(word, "--version") || !strcmp(word, "-V") || !strcmp(word, "version")) {
		printf("plainbpf %s\n", pbpf_version());
		return CLI_OK;
	}
	command = find_command(word);
	if (!command)
		return unknown_word(word);
	return (command->family ? family_main : command_main)(command, argc - 1, argv + 1);
}
