/* SPDX-License-Identifier: MIT */
/*
 * Looks addresses up in /proc/kallsyms, whose lines are "ffffffff81000000 T name" and, behind a tab, a
 * module's name.
 */
#include "tools/symbols.h"

#include "sys/pbpf_kernel.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define KALLSYMS_PATH "/proc/kallsyms"

int symbols_want(struct symbols *symbols, uint64_t address)
{
	if (symbols->count == symbols->room) {
		size_t room = symbols->room ? 2 * symbols->room : 64;
		struct symbol *grown = realloc(symbols->array, room * sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		symbols->array = grown;
		symbols->room = room;
	}
	symbols->array[symbols->count++] = (struct symbol){.address = address};
	return 0;
}

static int by_address(const void *a, const void *b)
{
	uint64_t x = ((const struct symbol *)a)->address, y = ((const struct symbol *)b)->address;

	return (x > y) - (x < y);
}

static void sort_symbols(struct symbols *symbols)
{
	size_t kept = 0;

	if (!symbols->count)
		return;
	qsort(symbols->array, symbols->count, sizeof(*symbols->array), by_address);
	for (size_t i = 1; i < symbols->count; i++)
		if (symbols->array[i].address != symbols->array[kept].address)
			symbols->array[++kept] = symbols->array[i];
	symbols->count = kept + 1;
}

static struct symbol *find_symbol(const struct symbols *symbols, uint64_t address)
{
	struct symbol key = {.address = address};

	if (!symbols->count)
		return NULL;
	return bsearch(&key, symbols->array, symbols->count, sizeof(key), by_address);
}

/* The name in a line, and its length. */
static const char *name_in_line(const char *line, uint64_t *address, size_t *size)
{
	char *end;

	*address = strtoull(line, &end, 16);
	if (*end != ' ' || !end[1] || end[2] != ' ')
		return NULL;
	*size = strcspn(end + 3, "\t");
	return end + 3;
}

static int take_symbol(void *ctx, const char *line)
{
	uint64_t address;
	size_t size;
	const char *name = name_in_line(line, &address, &size);
	struct symbol *symbol = name && address ? find_symbol(ctx, address) : NULL;

	if (!symbol || symbol->name)
		return 0;
	symbol->name = strndup(name, size);
	return symbol->name ? 0 : -ENOMEM;
}

int symbols_find(struct symbols *symbols, const struct pbpf_env *env)
{
	int err;

	sort_symbols(symbols);
	if (!symbols->count)
		return 0;
	err = pbpf_sys_each_line(env, KALLSYMS_PATH, take_symbol, symbols);
	return err == -ENOMEM ? err : 0;
}

const char *symbols_name(const struct symbols *symbols, uint64_t address)
{
	const struct symbol *symbol = find_symbol(symbols, address);

	return symbol ? symbol->name : NULL;
}

void symbols_free(struct symbols *symbols)
{
	for (size_t i = 0; i < symbols->count; i++)
		free(symbols->array[i].name);
	free(symbols->array);
}

static int take_call_base(void *ctx, const char *line)
{
	static const char wanted[] = "__bpf_call_base";
	uint64_t address;
	size_t size;
	const char *name = name_in_line(line, &address, &size);

	if (!name || size != sizeof(wanted) - 1 || memcmp(name, wanted, size) != 0)
		return 0;
	*(uint64_t *)ctx = address;
	return 1;
}

uint64_t symbols_call_base(const struct pbpf_env *env)
{
	uint64_t address = 0;

	pbpf_sys_each_line(env, KALLSYMS_PATH, take_call_base, &address);
	return address;
}
