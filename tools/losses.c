/* SPDX-License-Identifier: MIT */
/*
 * What did not get through. Of a perf event array the kernel counts it. Of a ring buffer it does not, so
 * the program has to: "lost" is its variable of that name.
 */
#include "tools/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOST_VARIABLE "lost"

/* The program's own count of the events that found no room, a variable that is called "lost". */
static const struct pbpf_symbol *find_lost(const struct pbpf_object *obj)
{
	const struct pbpf_elf *elf = pbpf_object_elf(obj);

	for (uint32_t i = 0; i < elf->symbol_count; i++) {
		const struct pbpf_symbol *symbol = &elf->symbols[i];

		if (symbol->type == PBPF_STT_OBJECT && symbol->section < elf->section_count &&
		    (symbol->size == 4 || symbol->size == 8) &&
		    !strcmp(symbol->name, LOST_VARIABLE))
			return symbol;
	}
	return NULL;
}

/* The map that a section's variables live in, or NULL. */
static struct pbpf_map *data_map(const struct pbpf_object *obj, const char *section)
{
	struct pbpf_map *map = NULL;

	while ((map = pbpf_object_next_map(obj, map)))
		if (pbpf_map_section(map) && !strcmp(pbpf_map_section(map), section))
			break;
	return map;
}

/* Reads a variable of 4 or 8 bytes out of its map's only element. */
static int read_variable(const struct run *run, const struct pbpf_symbol *symbol, uint64_t *value)
{
	const struct pbpf_elf *elf = pbpf_object_elf(run->obj);
	struct pbpf_map *map = data_map(run->obj, elf->sections[symbol->section].name);
	size_t size = map ? pbpf_map_attr(map)->value_size : 0;
	uint32_t zero = 0, half;
	uint8_t *bytes;
	int err;

	if (symbol->value > size || symbol->size > size - symbol->value)
		return -ENOENT;
	bytes = malloc(size);
	err = bytes ? pbpf_sys_map_lookup(&run->cli->env, pbpf_map_fd(map), &zero, bytes, 0)
		    : -ENOMEM;
	if (err >= 0 && symbol->size == 8) {
		memcpy(value, bytes + symbol->value, 8);
	} else if (err >= 0) {
		memcpy(&half, bytes + symbol->value, 4);
		*value = half;
	}
	free(bytes);
	return err < 0 ? err : 0;
}

bool read_lost(const struct run *run, uint64_t *lost)
{
	const struct pbpf_symbol *counter = find_lost(run->obj);
	bool known = counter && read_variable(run, counter, lost) >= 0, rings = false;

	for (size_t i = 0; i < run->source_count; i++) {
		*lost += source_lost(&run->sources[i]);
		rings = rings || !source_is_perf(&run->sources[i]);
	}
	return known || (!rings && run->source_count);
}

static const struct source *full_source(const struct run *run)
{
	for (size_t i = 0; i < run->source_count; i++)
		if (source_was_full(&run->sources[i]))
			return &run->sources[i];
	return NULL;
}

/* Tells of losses, which are a failure. */
static int tell_losses(const struct run *run, uint64_t lost, bool counted)
{
	const char *hint = "raise max_entries of the map, or let the program send less";
	const struct source *full = full_source(run);
	const char *name = full ? pbpf_map_name(full->map) : NULL;

	if (lost)
		return env_fail(&run->cli->env, -ENOBUFS, AT("run", name, 0), hint,
				"%llu events were lost: the ring buffer was full",
				(unsigned long long)lost);
	if (full && !counted)
		return env_fail(&run->cli->env, -ENOBUFS, AT("run", name, 0), hint,
				"the ring buffer was full, so events may have been lost");
	return 0;
}

/* On standard output, but for JSON, whose reader wants nothing else there. */
int summarize(const struct run *run)
{
	FILE *to = run->cli->json ? stderr : stdout;
	uint64_t events = 0, lost = 0;
	bool counted = read_lost(run, &lost);

	for (size_t i = 0; i < run->source_count; i++)
		events += run->sources[i].events;
	fprintf(to, "%llu events, %llu lost, %.1f s%s\n", (unsigned long long)events,
		(unsigned long long)lost, run->stopped - run->started,
		counted || !run->source_count
			? ""
			: " (lost: not counted, the object has no variable '" LOST_VARIABLE "')");
	fflush(to);
	return tell_losses(run, lost, counted);
}
