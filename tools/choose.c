/* SPDX-License-Identifier: MIT */
/*
 * Which programs of an object may fail: --optional NAME, --first A,B,C.
 */
#include "tools/choose.h"

#include "tools/text.h"

#include <string.h>

#define NAMES_MAX 64

/* The program of that name, which is then to be loaded; NULL after a message. */
static struct pbpf_program *wanted_program(struct pbpf_object *obj, const char *option,
					   const char *name)
{
	struct pbpf_program *found = pbpf_object_program(obj, name), *prog = NULL;
	const char *names[NAMES_MAX + 1] = {NULL};
	size_t count = 0;

	if (found) {
		pbpf_program_set_autoload(found, true);
		return found;
	}
	while (count < NAMES_MAX && (prog = pbpf_object_next_program(obj, prog)))
		names[count++] = pbpf_program_name(prog);
	usage_error(option, "program", name, names);
	return NULL;
}

/* "A,B,C": B is the fallback of A, and C that of B. */
static int choose_first(const struct cli *cli, struct pbpf_object *obj, const char *list)
{
	struct pbpf_program *before = NULL;

	while (*list) {
		size_t length = strcspn(list, ",");
		struct pbpf_program *prog;
		char name[256];

		if (length >= sizeof(name))
			length = sizeof(name) - 1;
		memcpy(name, list, length);
		name[length] = '\0';
		prog = wanted_program(obj, cli->command->name, name);
		if (!prog)
			return CLI_USAGE;
		if (before && pbpf_program_set_fallback(before, prog))
			return CLI_FAILED;
		before = prog;
		list += length + (list[length] == ',');
	}
	return 0;
}

int choose_programs(const struct cli *cli, struct pbpf_object *obj)
{
	int code = 0;

	for (size_t i = 0; i < cli->first_count && !code; i++)
		code = choose_first(cli, obj, cli->first[i]);
	for (size_t i = 0; i < cli->optional_count && !code; i++) {
		struct pbpf_program *prog =
			wanted_program(obj, cli->command->name, cli->optional[i]);

		code = prog ? 0 : CLI_USAGE;
		if (prog && pbpf_program_set_optional(prog, true))
			code = CLI_FAILED;
	}
	return code;
}

void print_skipped(FILE *to, const struct pbpf_object *obj)
{
	struct pbpf_program *prog = NULL;

	while ((prog = pbpf_object_next_program(obj, prog))) {
		if (!pbpf_program_skipped(prog))
			continue;
		fprintf(to, "left out: ");
		put_name(to, pbpf_program_name(prog));
		fprintf(to, ": %s\n", pbpf_program_skipped(prog));
	}
}
