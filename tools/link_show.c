/* SPDX-License-Identifier: MIT */
/*
 * plainbpf link show, link list: which program runs where.
 */
#include "tools/holders.h"
#include "tools/link.h"
#include "tools/list.h"
#include "tools/text.h"

struct show_links {
	struct cli *cli;
	struct table table;
	struct json json;
	struct holders holders;
	struct types_cache cache;
	bool at_length;
};

static const char *type_of(const struct found *found, char number[16])
{
	const char *name = pbpf_link_type_name(found->info.link.type);

	snprintf(number, 16, "type %u", found->info.link.type);
	return name ? name : number;
}

static void put_link_row(struct show_links *show, const struct found *found)
{
	struct fields fields = {.text = show->table.rows};
	FILE *to = show->table.rows;
	char number[16];

	fprintf(to, "%u\t%s\t%u\t", found->id, type_of(found, number), found->info.link.prog_id);
	link_describe(show->cli, &show->cache, found, false, &fields);
	if (!fields.any)
		fputc('-', to);
	if (show->cli->pins || show->cli->processes) {
		fputc('\t', to);
		holders_put(to, &show->holders, PBPF_OBJECT_LINK, found->id);
	}
	fputc('\n', to);
}

static void put_link_long(struct show_links *show, const struct found *found)
{
	struct fields fields = {.text = stdout};
	char number[16];

	printf("link %u: %s, runs program %u\n  ", found->id, type_of(found, number),
	       found->info.link.prog_id);
	link_describe(show->cli, &show->cache, found, true, &fields);
	printf("\n");
	if (!show->cli->pins && !show->cli->processes)
		return;
	printf("  held by ");
	holders_put(stdout, &show->holders, PBPF_OBJECT_LINK, found->id);
	printf("\n");
}

static void put_link_json(struct show_links *show, const struct found *found)
{
	struct fields fields = {.json = &show->json};
	const char *type = pbpf_link_type_name(found->info.link.type);
	struct json *json = &show->json;

	json_open(json, NULL, '{');
	json_number(json, "id", found->id);
	if (type)
		json_string(json, "type", type);
	else
		json_number(json, "type", found->info.link.type);
	json_number(json, "prog_id", found->info.link.prog_id);
	link_describe(show->cli, &show->cache, found, show->at_length, &fields);
	holders_put_json(json, &show->holders, PBPF_OBJECT_LINK, found->id);
	json_close(json, '}');
}

static int show_link(void *ctx, struct found *found)
{
	struct show_links *show = ctx;

	if (show->cli->json)
		put_link_json(show, found);
	else
		(show->at_length ? put_link_long : put_link_row)(show, found);
	return 0;
}

static int show_links(struct show_links *show, const struct selection *selection)
{
	const struct listing listing = {
		.json = &show->json,
		.table = &show->table,
		.columns = "ID\tTYPE\tPROG\tWHERE",
	};

	return list_selected(show->cli, &listing, selection, show_link, show);
}

static int run_link_show(struct cli *cli)
{
	struct show_links show = {.cli = cli, .json = json_to(stdout)};
	struct words words = words_of(cli);
	struct selection selection;
	int code = select_words(&selection, &words, PBPF_OBJECT_LINK);

	if (!code)
		code = words_end(&words, NULL);
	if (code)
		return code;
	show.at_length = select_exactly(&selection);
	code = holders_find(cli, &show.holders);
	if (!code)
		code = show_links(&show, &selection);
	close_cached_types(&show.cache);
	holders_free(&show.holders);
	return code;
}

const struct command link_show_command = {
	.name = "link show",
	.alias = "link list",
	.run = run_link_show,
	.summary = "what there is, or one: id N, pinned PATH",
	.operands = "[LINK]",
	.operands_max = 2,
	.options = "FPjv",
	.details =
		"Prints what the kernel says of all links, or of LINK: id N, pinned PATH, or for short N\n"
		"or PATH: which program runs where. One that is named is shown at length, with all its\n"
		"functions. An interface of another network namespace is told by the name that its number\n"
		"has in this one. Attachments without a link are shown by 'cgroup' and 'net'. The keys of\n"
		"--json are bpftool's.\n\n"
		"exit codes: 0 printed; 1 there is no such link, or the kernel does not tell;\n"
		"2 the command line was not understood.",
};
