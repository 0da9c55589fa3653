/* SPDX-License-Identifier: MIT */
/*
 * One table describes every option of every command: getopt_long() is fed from it, and --help
 * printed from it. A command names the letters that it takes.
 */
#include "tools/options.h"
#include "tools/hex.h"

#include "tools/text.h"
#include "tools/words.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

struct option_text {
	char letter;
	const char *name;
	const char *argument; /* NULL when it takes none */
	const char *help;
};

static const struct option_text option_texts[] = {
	{'e', "event", "MAP=TYPE", "print the records of MAP as TYPE: 'struct NAME' or a typedef"},
	{'j', "json", NULL, "print JSON instead of text"},
	{'p', "policy", "NAME", "how to wait for events: balanced, frugal, busy or plain"},
	{'r', "rate", NULL, "tell each second how many events come, and how full the rings are"},
	{'s', "seconds", "N", "stop after N seconds (without it: on Ctrl-C)"},
	{'t', "tsv", NULL, "print lines with a tab between the fields, for scripts"},
	{'f', "format", "raw|c", "records as bpftool prints them (raw), or C declarations"},
	{'b', "btf", "FILE", "the kernel's types (without it: the running kernel's)"},
	{'k', "kconfig", "FILE", "lines CONFIG_X=value, which go before the running kernel's"},
	{'B', "base-btf", "FILE", "what a split BTF stands on (a module's: vmlinux)"},
	{'F', "bpffs", NULL, "tell where they are pinned"},
	{'P', "pids", NULL, "tell which processes hold them"},
	{'E', "effective", NULL, "also what comes from the cgroups above"},
	{'o', "pin", "PATH", "pin the link there, in a bpffs: it then outlives this command"},
	{'X', "expect", "PROG", "only if it runs PROG: id, name or path"},
	{'w', "wait", NULL, "stay until Ctrl-C, and then detach"},
	{'a', "attach", NULL, "attach all programs, and pin the links too"},
	{'m', "mount", NULL, "mount a bpffs there, or at /sys/fs/bpf, if there is none"},
	{'c', "cookie", "N", "what bpf_get_attach_cookie() tells this attachment"},
	{'d', "data", "FILE", "the packet to run the program on"},
	{'H', "hex", "BYTES", "the same as digits: 'ff 00 0a'"},
	{'C', "ctx", "FILE", "the context to run the program on"},
	{'R', "repeat", "N", "run it so often, and tell the mean duration"},
	{'O', "optional", "PROGRAM", "go on without it, if it cannot be loaded or attached"},
	{'1', "first", "A,B", "load the first of these programs that can be loaded"},
	{'n', "dry-run", NULL, "use a kernel that exists in memory only; needs no privilege"},
	{'x', "explain", NULL, "tell of each refusal at length: where, why, and the way out"},
	{'v', "verbose", NULL, "say more; -vv tells every step and shows verifier logs in full"},
	{'h', "help", NULL, "print this"},
};
#define LISTED_MAX   12 /* names in a hint */
#define OPTION_COUNT (sizeof(option_texts) / sizeof(option_texts[0]))

static bool takes(const struct command *command, const struct option_text *text)
{
	return text->letter == 'h' || strchr(command->options, text->letter);
}

/* A letter tells an option apart from all others; some are typed as another one, which no command takes
 * as well. */
static char typed_letter(const struct option_text *text)
{
	switch (text->letter) {
	case 'F': return 'f'; /* as of bpftool */
	case 'E': return 'e';
	case 'o': return 'p';
	default: return text->letter;
	}
}

/* The option that the command takes under a letter of the command line. */
static int option_of(const struct command *command, int typed)
{
	for (size_t i = 0; i < OPTION_COUNT; i++)
		if (takes(command, &option_texts[i]) && typed_letter(&option_texts[i]) == typed)
			return option_texts[i].letter;
	return typed;
}

static void print_help(const struct command *command)
{
	printf("usage: plainbpf %s [options] %s\n\n%s\n\noptions:\n", command->name,
	       command->operands, command->details);
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		const struct option_text *text = &option_texts[i];
		char name[32];

		if (!takes(command, text))
			continue;
		snprintf(name, sizeof(name), "%s%s%s", text->name, text->argument ? " " : "",
			 text->argument ? text->argument : "");
		printf("  -%c, --%-17s  %s\n", typed_letter(text), name, text->help);
	}
}

/* The name that is a slip of the pen away, or NULL. */
static const char *nearest(const char *word, const char *const *names)
{
	const char *found = NULL;
	size_t best = strlen(word) / 3 + 2;

	for (; *names; names++) {
		size_t distance = word_distance(word, *names);

		if (distance < best) {
			best = distance;
			found = *names;
		}
	}
	return found;
}

/* "there is: a, b, c; ", if it is not too much for a hint. */
static void list_few(const char *const *names)
{
	size_t count = 0;

	while (names[count])
		count++;
	if (!count || count > LISTED_MAX)
		return;
	fprintf(stderr, "there is: ");
	for (size_t i = 0; i < count; i++) {
		fputs(i ? ", " : "", stderr);
		put_name(stderr, names[i]);
	}
	fprintf(stderr, "; ");
}

int usage_error(const char *command, const char *what, const char *word, const char *const *names)
{
	const char *name = nearest(word, names);

	fprintf(stderr, "plainbpf: unknown %s '", what);
	put_name(stderr, word);
	fprintf(stderr, "'\n  hint: ");
	if (name) {
		fprintf(stderr, "did you mean '");
		put_name(stderr, name);
		fprintf(stderr, "'? ");
	} else {
		list_few(names);
	}
	fprintf(stderr, "see 'plainbpf %s%s--help'\n", command, *command ? " " : "");
	return CLI_USAGE;
}

static int wrong_option(const struct cli *cli, const char *word, const char *problem)
{
	fprintf(stderr, "plainbpf: option '");
	put_name(stderr, word);
	fprintf(stderr, "' %s\n  hint: see 'plainbpf %s --help'\n", problem, cli->command->name);
	return CLI_USAGE;
}

static int unknown_option(const struct cli *cli, char *word)
{
	char *value = strchr(word, '=');
	char dashed[OPTION_COUNT][32];
	const char *names[OPTION_COUNT + 1] = {NULL};
	size_t count = 0;

	for (size_t i = 0; i < OPTION_COUNT; i++) {
		if (!takes(cli->command, &option_texts[i]))
			continue;
		snprintf(dashed[count], sizeof(dashed[count]), "--%s", option_texts[i].name);
		names[count] = dashed[count];
		count++;
	}
	if (value)
		*value = '\0';
	for (size_t i = 0; value && i < count; i++)
		if (!strcmp(names[i], word))
			return wrong_option(cli, word, "takes no value");
	return usage_error(cli->command->name, "option", word, names);
}

static int set_seconds(struct cli *cli, const char *value)
{
	char *end;

	cli->seconds = strtod(value, &end);
	if (*end || end == value || !(cli->seconds > 0) || !(cli->seconds <= 1e9))
		return wrong_option(cli, "--seconds", "needs a number above 0");
	return -1;
}

static int add_event(struct cli *cli, const char *value)
{
	const char *equals = strchr(value, '=');

	if (!equals || equals == value || !equals[1])
		return wrong_option(cli, value, "is not of the form MAP=TYPE");
	if (cli->event_count == CLI_EVENTS_MAX)
		return wrong_option(cli, "--event", "was given too often");
	cli->events[cli->event_count++] = value;
	return -1;
}

static int set_cookie(struct cli *cli, const char *value)
{
	if (!parse_number(value, UINT64_MAX, &cli->cookie))
		return wrong_option(cli, "--cookie", "needs a number");
	return -1;
}

static int add_name(const struct cli *cli, const char *option, const char **names, size_t *count,
		    const char *value)
{
	if (*count == CLI_NAMES_MAX)
		return wrong_option(cli, option, "was given too often");
	names[(*count)++] = value;
	return -1;
}

static int set_repeat(struct cli *cli, const char *value)
{
	uint64_t repeat;

	if (!parse_number(value, INT32_MAX, &repeat) || !repeat)
		return wrong_option(cli, "--repeat", "needs a number above 0");
	cli->repeat = (uint32_t)repeat;
	return -1;
}

static int set_hex(struct cli *cli, char *value)
{
	if (!parse_hex(value, (unsigned char *)value, &cli->hex_size))
		return wrong_option(cli, "--hex",
				    "needs bytes in hexadecimal, two digits each: 'ff 00 0a'");
	cli->hex = value;
	return -1;
}

static int set_option(struct cli *cli, int letter, char *value)
{
	switch (letter) {
	case 'e': return add_event(cli, value);
	case 's': return set_seconds(cli, value);
	case 'b': cli->kernel_btf = value; return -1;
	case 'k': cli->kconfig = value; return -1;
	case 'B': cli->base_btf = value; return -1;
	case 'f': cli->format = value; return -1;
	case 'j': cli->json = true; return -1;
	case 'F': cli->pins = true; return -1;
	case 'P': cli->processes = true; return -1;
	case 'E': cli->effective = true; return -1;
	case 'o': cli->pin = value; return -1;
	case 'X': cli->expected = value; return -1;
	case 'w': cli->wait = true; return -1;
	case 'a': cli->attach = true; return -1;
	case 'm': cli->mount = true; return -1;
	case 'c': return set_cookie(cli, value);
	case 'd': cli->data = value; return -1;
	case 'H': return set_hex(cli, value);
	case 'C': cli->context = value; return -1;
	case 'R': return set_repeat(cli, value);
	case 'O': return add_name(cli, "--optional", cli->optional, &cli->optional_count, value);
	case '1': return add_name(cli, "--first", cli->first, &cli->first_count, value);
	case 'n': cli->dry_run = true; return -1;
	case 'p': cli->policy = value; return -1;
	case 'r': cli->rate = true; return -1;
	case 't': cli->tsv = true; return -1;
	case 'x': cli->explain = true; return -1;
	case 'v':
		if (cli->env.level < PBPF_STEP)
			cli->env.level++;
		return -1;
	default: print_help(cli->command); return CLI_OK;
	}
}

/* What getopt_long() wants to know of the options that a command takes. */
struct getopt_tables {
	struct option longs[OPTION_COUNT + 1];
	char letters[2 * OPTION_COUNT + 2];
};

static void fill_tables(struct getopt_tables *tables, const struct command *command)
{
	struct option *option = tables->longs;
	char *letter = tables->letters;

	*letter++ = ':'; /* errors are told here, and a missing argument apart from the others */
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		const struct option_text *text = &option_texts[i];

		if (!takes(command, text))
			continue;
		*option++ = (struct option){
			.name = text->name,
			.has_arg = text->argument ? required_argument : no_argument,
			.val = typed_letter(text),
		};
		*letter++ = typed_letter(text);
		if (text->argument)
			*letter++ = ':';
	}
}

static int take_operands(struct cli *cli, int count, char **operands)
{
	const struct command *command = cli->command;

	cli->operands = operands;
	cli->operand_count = count;
	if (count >= command->operands_min && count <= command->operands_max)
		return -1;
	fprintf(stderr,
		"plainbpf: %s takes %s, and was given %s\n  hint: see 'plainbpf %s --help'\n",
		command->name, command->operands,
		!count				? "nothing"
		: count < command->operands_min ? "less"
						: "more",
		command->name);
	return CLI_USAGE;
}

int read_options(struct cli *cli, int argc, char **argv)
{
	struct getopt_tables tables = {0};
	int letter, code = -1;

	fill_tables(&tables, cli->command);
	opterr = 0;
	while (code < 0) {
		letter = getopt_long(argc, argv, tables.letters, tables.longs, NULL);
		if (letter == -1)
			return take_operands(cli, argc - optind, argv + optind);
		if (letter == ':')
			code = wrong_option(cli, argv[optind - 1], "needs a value");
		else if (letter == '?')
			code = unknown_option(cli, argv[optind - 1]);
		else
			code = set_option(cli, option_of(cli->command, letter), optarg);
	}
	return code;
}
