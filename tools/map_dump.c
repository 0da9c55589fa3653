/* SPDX-License-Identifier: MIT */
/*
 * plainbpf map dump: all elements, while others add and delete.
 */
#include "tools/map.h"

#include "loader/pbpf_map.h"

static int dump_elements(const struct map_ref *map, struct pbpf_map_walk *walk, struct json *json,
			 uint64_t *count)
{
	const void *key, *value;
	int got;

	while ((got = pbpf_map_walk_next(walk, &key, &value)) > 0) {
		if (map->cli->json)
			map_put_json(json, map, key, value);
		else
			map_put_text(map, key, value);
		++*count;
	}
	return got;
}

static int dump_map(const struct map_ref *map)
{
	struct json json = json_to(stdout);
	struct pbpf_map_walk *walk;
	uint64_t count = 0;
	int err = pbpf_map_walk_open_fd(&walk, map->found.fd, 0, &map->cli->env);

	if (err)
		return err;
	if (map->cli->json)
		json_open(&json, NULL, '[');
	err = dump_elements(map, walk, &json, &count);
	if (map->cli->json) {
		json_close(&json, ']');
		printf("\n");
	} else if (!err) {
		printf("%llu element%s\n", (unsigned long long)count, count == 1 ? "" : "s");
	}
	pbpf_map_walk_close(walk);
	return err;
}

static int run_map_dump(struct cli *cli)
{
	struct words words = words_of(cli);
	struct map_ref map;
	int code = map_open(&map, &words, PBPF_F_RDONLY);

	if (!code)
		code = words_end(&words, NULL);
	if (!code)
		code = dump_map(&map);
	map_close(&map);
	return code;
}

const struct command map_dump_command = {
	.name = "map dump",
	.run = run_map_dump,
	.summary = "all elements",
	.operands = "MAP",
	.operands_min = 1,
	.operands_max = 2,
	.options = "jv",
	.details =
		"Prints the elements of MAP: id N, name NAME, pinned PATH, or for short N, NAME or PATH.\n"
		"Keys and values are printed by their types, where the map has types, else as bytes; with\n"
		"--json as both, under bpftool's keys. Others may add and delete meanwhile: what is there\n"
		"all the time is printed once.\n\n"
		"exit codes: 0 printed; 1 there is no such map, or it cannot be read; 2 the command line\n"
		"was not understood.",
};
