/* SPDX-License-Identifier: MIT */
/*
 * plainbpf map create, map pin: a map with a name in a bpffs, which keeps it.
 */
#include "tools/map.h"

#include "loader/pbpf_loader.h"
#include "tools/bpffs.h"

#include <stdlib.h>
#include <string.h>

static int run_map_pin(struct cli *cli)
{
	return bpffs_pin_words(cli, PBPF_OBJECT_MAP);
}

const struct command map_pin_command = {
	.name = "map pin",
	.run = run_map_pin,
	.summary = "give it a name in a bpffs, which keeps it",
	.operands = "MAP PATH",
	.operands_min = 2,
	.operands_max = 3,
	.options = "mv",
	.details =
		"Pins the map: it stays in the kernel for as long as the path is there, and 'rm PATH' lets\n"
		"go of it. MAP is id N, name NAME, pinned PATH, or for short N, NAME or PATH.\n\n"
		"exit codes: 0 pinned; 1 there is no such map, or no bpffs there; 2 the command line was\n"
		"not understood.",
};

/* --- Creating -------------------------------------------------------------------------------- */

struct creation {
	struct words words;
	struct pbpf_map_attr attr;
	struct found inner;
};

#define TYPES_MAX 64

static int read_type(struct creation *creation)
{
	const char *names[TYPES_MAX] = {NULL}, *word;
	size_t count = 0;
	int code = words_need(&creation->words, "a type", &word);

	for (uint32_t type = 1; !code && type < TYPES_MAX; type++) {
		const char *name = pbpf_map_type_name(type);

		if (!name)
			continue;
		if (!strcmp(name, word)) {
			creation->attr.type = type;
			return 0;
		}
		names[count++] = name;
	}
	return code ? code
		    : usage_error(creation->words.cli->command->name, "type of map", word, names);
}

static int read_size(struct creation *creation, const char *what, uint32_t *to)
{
	uint64_t number;
	int code = words_number(&creation->words, what, UINT32_MAX, &number);

	if (!code)
		*to = (uint32_t)number;
	return code;
}

static int read_inner(struct creation *creation)
{
	int code = select_open(&creation->words, PBPF_OBJECT_MAP, PBPF_F_RDONLY, &creation->inner);

	if (!code)
		creation->attr.inner_map_fd = creation->inner.fd;
	return code;
}

static int read_creation(struct creation *creation)
{
	static const char *const names[] = {"type",  "key",	  "value", "entries",
					    "flags", "inner_map", "name",  NULL};
	struct words *words = &creation->words;
	struct pbpf_map_attr *attr = &creation->attr;
	int code = 0;

	while (!code && words_peek(words)) {
		if (words_skip(words, "type"))
			code = read_type(creation);
		else if (words_skip(words, "key"))
			code = read_size(creation, "the bytes of a key", &attr->key_size);
		else if (words_skip(words, "value"))
			code = read_size(creation, "the bytes of a value", &attr->value_size);
		else if (words_skip(words, "entries"))
			code = read_size(creation, "a number of entries", &attr->max_entries);
		else if (words_skip(words, "flags"))
			code = read_size(creation, "flags as a number", &attr->flags);
		else if (words_skip(words, "name"))
			code = words_need(words, "a name", &attr->name);
		else if (words_skip(words, "inner_map"))
			code = read_inner(creation);
		else
			code = words_end(words, names);
	}
	if (code || attr->type)
		return code;
	words->next = (char *const[]){NULL};
	return words_need(words, "'type'", &attr->name);
}

static int create_and_pin(struct cli *cli, const struct creation *creation, const char *path)
{
	int fd = pbpf_sys_map_create(&cli->env, &creation->attr), code;

	if (fd < 0)
		return env_fail(&cli->env, fd, AT(cli->command->name, NULL, 0),
				"check sizes, entries and flags against what the type takes; "
				"'plainbpf doctor' tells which types this kernel has",
				"the kernel refused to create the map: %s", pbpf_error_name(fd));
	code = bpffs_pin(cli, fd, path);
	pbpf_sys_close(&cli->env, fd);
	return code;
}

static int run_map_create(struct cli *cli)
{
	struct creation creation = {.words = words_of(cli), .inner.fd = -1};
	const char *path;
	int code = words_need(&creation.words, "a path", &path);

	if (!code)
		code = read_creation(&creation);
	if (!code)
		code = create_and_pin(cli, &creation, path);
	select_close(cli, &creation.inner);
	return code;
}

const struct command map_create_command = {
	.name = "map create",
	.run = run_map_create,
	.summary = "a new map, pinned",
	.operands =
		"PATH type T [key BYTES] [value BYTES] [entries N] [flags N] [name NAME] [inner_map MAP]",
	.operands_min = 3,
	.operands_max = INT32_MAX,
	.options = "mv",
	.details =
		"Creates a map of type T ('hash', 'array', ... as 'map show' names them) and pins it at\n"
		"PATH, in a bpffs, which keeps it. A map of maps needs an example of what it will hold:\n"
		"id N, name NAME or pinned PATH.\n\n"
		"exit codes: 0 created; 1 the kernel refused it, or there is no bpffs; 2 the command line\n"
		"was not understood.",
};
