/* SPDX-License-Identifier: MIT */
/*
 * A list of what is in the kernel, as JSON or as a table.
 */
#include "tools/list.h"

static void begin_list(const struct cli *cli, const struct listing *listing)
{
	if (cli->json) {
		json_open(listing->json, NULL, '[');
		return;
	}
	table_begin(listing->table);
	fprintf(listing->table->rows, "%s%s\n", listing->columns,
		cli->pins || cli->processes ? "\tHELD BY" : "");
}

static void end_list(const struct cli *cli, const struct listing *listing)
{
	if (cli->json)
		json_close(listing->json, ']');
	else
		table_end(listing->table, stdout);
}

int list_selected(struct cli *cli, const struct listing *listing, const struct selection *selection,
		  int (*fn)(void *ctx, struct found *found), void *ctx)
{
	bool several = !select_exactly(selection); /* bpftool too gives one alone, not in a list */
	int err;

	if (several)
		begin_list(cli, listing);
	err = select_each(cli, selection, listing->flags, fn, ctx);
	if (several)
		end_list(cli, listing);
	if (cli->json)
		putchar('\n');
	return err;
}
