/* SPDX-License-Identifier: MIT */
/*
 * plainbpf map lookup, getnext, peek, pop: one element.
 */
#include "tools/map.h"

#include <stdlib.h>

static void print_element(const struct map_element *one, const void *key)
{
	struct json json = json_to(stdout);

	if (!one->map.cli->json) {
		map_put_text(&one->map, key, one->value);
		return;
	}
	map_put_json(&json, &one->map, key, one->value);
	printf("\n");
}

static int run_map_lookup(struct cli *cli)
{
	struct map_element one;
	int code = map_begin(&one, cli, PBPF_F_RDONLY), err;

	if (!code)
		code = map_need_key(&one);
	if (!code)
		code = words_end(&one.words, NULL);
	if (code)
		return map_end(&one, code);
	err = pbpf_sys_map_lookup(&cli->env, one.map.found.fd, one.key, one.value, 0);
	if (err)
		return map_end(&one, map_refused(&one.map, err, "the element cannot be looked up"));
	print_element(&one, one.key);
	return map_end(&one, 0);
}

#define WHAT_KEY                                                                                 \
	"KEY is as many bytes as the map's keys have, decimal or with 0x: '0x01 2 0xff 0', or\n" \
	"'hex 01 02 ff 00'; or one word, a value of their type: '{\"pid\": 5}', 5, TASK_DEAD.\n"

const struct command map_lookup_command = {
	.name = "map lookup",
	.run = run_map_lookup,
	.summary = "the value of a key",
	.operands = "MAP key KEY",
	.operands_min = 3,
	.operands_max = INT32_MAX,
	.options = "jv",
	.details =
		"Prints the element. " WHICH_MAP WHAT_KEY
		"A per-CPU map has one value for each CPU.\n\n"
		"exit codes: 0 printed; 1 there is no such map, or no such key; 2 the command line was\n"
		"not understood.",
};

static void print_next_key(const struct map_element *one, const void *key, const void *next)
{
	struct json json = json_to(stdout);
	size_t size = one->map.info->key_size;

	if (!one->map.cli->json) {
		map_put_key_text(&one->map, "next key", next);
		printf("\n");
		return;
	}
	json_open(&json, NULL, '{');
	if (key) {
		map_put_bytes(&json, "key", key, size);
	} else {
		json_key(&json, "key");
		fputs("null", stdout);
	}
	map_put_bytes(&json, "next_key", next, size);
	json_close(&json, '}');
	printf("\n");
}

static int run_map_getnext(struct cli *cli)
{
	struct map_element one;
	int code = map_begin(&one, cli, PBPF_F_RDONLY), err;
	void *next, *key = NULL;

	if (!code && words_peek(&one.words)) {
		code = map_need_key(&one);
		key = one.key;
	}
	if (!code)
		code = words_end(&one.words, NULL);
	if (code)
		return map_end(&one, code);
	next = map_new_key(&one.map);
	err = pbpf_sys_map_next_key(&cli->env, one.map.found.fd, key, next);
	if (err)
		code = map_refused(&one.map, err,
				   key ? "the next key cannot be told"
				       : "the first key cannot be told");
	else
		print_next_key(&one, key, next);
	free(next);
	return map_end(&one, code);
}

const struct command map_getnext_command = {
	.name = "map getnext",
	.run = run_map_getnext,
	.summary = "the key behind a key, or the first",
	.operands = "MAP [key KEY]",
	.operands_min = 1,
	.operands_max = INT32_MAX,
	.options = "jv",
	.details =
		"Prints the key that comes behind KEY; without KEY, or when it is not there, the first\n"
		"one. " WHICH_MAP WHAT_KEY "\n"
		"exit codes: 0 printed; 1 there is no such map, or no more keys; 2 the command line was\n"
		"not understood.",
};

/* The next value of a queue or stack. */
static int take_value(struct cli *cli, bool remove)
{
	struct map_element one;
	int code = map_begin(&one, cli, remove ? 0 : PBPF_F_RDONLY), err;

	if (!code)
		code = words_end(&one.words, NULL);
	if (code)
		return map_end(&one, code);
	if (remove)
		err = pbpf_sys_map_lookup_and_delete(&cli->env, one.map.found.fd, NULL, one.value,
						     0);
	else
		err = pbpf_sys_map_lookup(&cli->env, one.map.found.fd, NULL, one.value, 0);
	if (err)
		code = map_refused(&one.map, err, "the value cannot be looked at");
	else
		print_element(&one, NULL);
	return map_end(&one, code);
}

static int run_map_peek(struct cli *cli)
{
	return take_value(cli, false);
}

static int run_map_pop(struct cli *cli)
{
	return take_value(cli, true);
}

const struct command map_peek_command = {
	.name = "map peek",
	.run = run_map_peek,
	.summary = "the next value of a queue or stack, which stays",
	.operands = "MAP",
	.operands_min = 1,
	.operands_max = 2,
	.options = "jv",
	.details =
		"Prints the value that 'map pop' would take. " WHICH_MAP "\n"
		"exit codes: 0 printed; 1 there is no such map, or it is empty; 2 the command line was\n"
		"not understood.",
};

const struct command map_pop_command = {
	.name = "map pop",
	.alias = "map dequeue",
	.run = run_map_pop,
	.summary = "the next value of a queue or stack, taken out",
	.operands = "MAP",
	.operands_min = 1,
	.operands_max = 2,
	.options = "jv",
	.details =
		"Takes a value out, and prints it. " WHICH_MAP "\n"
		"exit codes: 0 printed; 1 there is no such map, or it is empty; 2 the command line was\n"
		"not understood.",
};
