/* SPDX-License-Identifier: MIT */
/*
 * plainbpf map update, push, delete, freeze: changes.
 */
#include "tools/map.h"

#include <stdlib.h>
#include <string.h>

struct map_change {
	struct map_element one;
	uint64_t flags;
	int64_t cpu; /* -1: all */
};

static int begin_change(struct map_change *change, struct cli *cli)
{
	*change = (struct map_change){.cpu = -1};
	return map_begin(&change->one, cli, 0);
}

/* "any", "noexist", "exist", "cpu N", in any order. */
static int read_flags(struct map_change *change)
{
	static const char *const names[] = {"any", "noexist", "exist", "cpu", NULL};
	struct words *words = &change->one.words;
	uint64_t cpu;
	int code;

	while (words_peek(words)) {
		if (words_skip(words, "any")) {
			change->flags = PBPF_ANY;
		} else if (words_skip(words, "noexist")) {
			change->flags = PBPF_NOEXIST;
		} else if (words_skip(words, "exist")) {
			change->flags = PBPF_EXIST;
		} else if (words_skip(words, "cpu")) {
			code = words_number(words, "a CPU's number", change->one.map.cpus - 1,
					    &cpu);
			if (code)
				return code;
			change->cpu = (int64_t)cpu;
		} else {
			return words_end(words, names);
		}
	}
	return 0;
}

/* Of one CPU: the others keep theirs. The kernel takes all of them together. */
static int keep_other_cpus(struct map_change *change)
{
	struct map_ref *map = &change->one.map;
	size_t stride = map->room / map->cpus;
	char *now;
	int err;

	if (change->cpu < 0 || map->cpus == 1)
		return 0;
	now = map_new_value(map);
	err = pbpf_sys_map_lookup(&map->cli->env, map->found.fd, change->one.key, now, 0);
	if (err == -ENOENT) /* all others begin with 0 */
		err = 0;
	if (!err) {
		memcpy(now + (size_t)change->cpu * stride, change->one.value, stride);
		memcpy(change->one.value, now, map->room);
	}
	free(now);
	return err ? map_refused(map, err, "the values of the other CPUs cannot be read") : 0;
}

static int run_map_update(struct cli *cli)
{
	struct map_change change;
	int code = begin_change(&change, cli), err;

	if (!code && change.one.map.info->key_size)
		code = map_need_key(&change.one);
	if (!code)
		code = map_need_value(&change.one);
	if (!code)
		code = read_flags(&change);
	if (!code)
		code = keep_other_cpus(&change);
	if (code)
		return map_end(&change.one, code);
	err = pbpf_sys_map_update(&cli->env, change.one.map.found.fd,
				  change.one.map.info->key_size ? change.one.key : NULL,
				  change.one.value, change.flags);
	if (err)
		code = map_refused(&change.one.map, err, "the element cannot be set");
	return map_end(&change.one, code);
}

const struct command map_update_command = {
	.name = "map update",
	.run = run_map_update,
	.summary = "set the value of a key",
	.operands = "MAP [key KEY] value VALUE [any|exist|noexist] [cpu N]",
	.operands_min = 3,
	.operands_max = INT32_MAX,
	.options = "v",
	.details =
		"Sets an element. " WHICH_MAP
		"KEY and VALUE are as many bytes as the map's have, decimal or with 0x: '0x01 2 0xff 0',\n"
		"or 'hex 01 02 ff 00'; or one word, a value of their type: '{\"pid\": 5}', 5, TASK_DEAD;\n"
		"members that are not named are 0. A map of maps, or of programs, takes as VALUE id N,\n"
		"name NAME or pinned PATH.\n"
		"  any      add or replace (this is the default)\n"
		"  exist    replace only\n"
		"  noexist  add only\n"
		"  cpu N    of a per-CPU map: the value of this CPU; without it, of all of them\n\n"
		"exit codes: 0 done; 1 the kernel refused it; 2 the command line was not understood.",
};

static int run_map_push(struct cli *cli)
{
	struct map_change change;
	int code = begin_change(&change, cli), err;

	if (!code)
		code = map_need_value(&change.one);
	if (!code)
		code = read_flags(&change);
	if (code)
		return map_end(&change.one, code);
	err = pbpf_sys_map_update(&cli->env, change.one.map.found.fd, NULL, change.one.value,
				  change.flags);
	if (err)
		code = map_refused(&change.one.map, err, "the value cannot be put there");
	return map_end(&change.one, code);
}

const struct command map_push_command = {
	.name = "map push",
	.alias = "map enqueue",
	.run = run_map_push,
	.summary = "put a value into a queue or stack",
	.operands = "MAP value VALUE [any|exist]",
	.operands_min = 3,
	.operands_max = INT32_MAX,
	.options = "v",
	.details =
		"Puts VALUE in; with 'exist' also when it is full: the oldest goes. " WHICH_MAP
		"VALUE is as of 'map update'.\n\n"
		"exit codes: 0 done; 1 the kernel refused it; 2 the command line was not understood.",
};

static int run_map_delete(struct cli *cli)
{
	struct map_change change;
	int code = begin_change(&change, cli), err;

	if (!code)
		code = map_need_key(&change.one);
	if (!code)
		code = words_end(&change.one.words, NULL);
	if (code)
		return map_end(&change.one, code);
	err = pbpf_sys_map_delete(&cli->env, change.one.map.found.fd, change.one.key);
	if (err)
		code = map_refused(&change.one.map, err, "the element cannot be deleted");
	return map_end(&change.one, code);
}

const struct command map_delete_command = {
	.name = "map delete",
	.run = run_map_delete,
	.summary = "take the element of a key out",
	.operands = "MAP key KEY",
	.operands_min = 3,
	.operands_max = INT32_MAX,
	.options = "v",
	.details =
		"Deletes an element; those of arrays cannot be. " WHICH_MAP
		"KEY is as of 'map lookup'.\n\n"
		"exit codes: 0 done; 1 there was none, or the kernel refused it; 2 the command line was\n"
		"not understood.",
};

static int run_map_freeze(struct cli *cli)
{
	struct words words = words_of(cli);
	struct map_ref map;
	int code = map_open(&map, &words, 0), err;

	if (!code)
		code = words_end(&words, NULL);
	if (!code) {
		err = pbpf_sys_map_freeze(&cli->env, map.found.fd);
		if (err == -EBUSY)
			code = env_fail(
				&cli->env, err, AT("map", NULL, 0),
				"nothing is to be done if it is frozen already",
				"map %u is frozen already, or somewhere mapped to be written",
				map.found.id);
		else if (err)
			code = map_refused(&map, err, "it cannot be frozen");
	}
	map_close(&map);
	return code;
}

const struct command map_freeze_command = {
	.name = "map freeze",
	.run = run_map_freeze,
	.summary = "no changes from user space from now on",
	.operands = "MAP",
	.operands_min = 1,
	.operands_max = 2,
	.options = "v",
	.details =
		"Freezes the map, for good; programs can still write it. " WHICH_MAP "\n"
		"exit codes: 0 done; 1 the kernel refused it; 2 the command line was not understood.",
};
