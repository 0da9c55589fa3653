/* SPDX-License-Identifier: MIT */
/*
 * The kernel's functions: names of addresses, in /proc/kallsyms.
 *
 * The file has some 200,000 lines, so all that is wanted is asked for at once:
 *
 *	struct symbols s = {0};
 *
 *	symbols_want(&s, address);              as often as there are addresses
 *	symbols_find(&s, env);
 *	name = symbols_name(&s, address);
 *	symbols_free(&s);
 *
 * Who may not see addresses (kernel.kptr_restrict) finds no names.
 */
#ifndef TOOLS_SYMBOLS_H
#define TOOLS_SYMBOLS_H

#include "base/pbpf_base.h"

struct symbol {
	uint64_t address;
	char *name; /* NULL: not found */
};

struct symbols {
	struct symbol *array;
	size_t count, room;
};

/* 0 or -ENOMEM, both. */
int symbols_want(struct symbols *symbols, uint64_t address);
int symbols_find(struct symbols *symbols, const struct pbpf_env *env);

/* Or NULL. */
const char *symbols_name(const struct symbols *symbols, uint64_t address);
void symbols_free(struct symbols *symbols);

/* The address of __bpf_call_base, or 0. */
uint64_t symbols_call_base(const struct pbpf_env *env);

#endif
