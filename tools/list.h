/* SPDX-License-Identifier: MIT */
/*
 * What `show` of programs, maps and links have in common: one that was named exactly is told at length; several
 * are a table, or a list of JSON.
 */
#ifndef TOOLS_LIST_H
#define TOOLS_LIST_H

#include "tools/json.h"
#include "tools/select.h"
#include "tools/text.h"

struct listing {
	struct json *json;
	struct table *table;
	uint32_t flags;	     /* as of select_each() */
	const char *columns; /* above the table, between tabs; who holds the objects is added */
};

/* Calls fn() for each of the selection, and prints what is around it. Returns as select_each(). */
int list_selected(struct cli *cli, const struct listing *listing, const struct selection *selection,
		  int (*fn)(void *ctx, struct found *found), void *ctx);

#endif
