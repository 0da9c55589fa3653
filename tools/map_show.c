/* SPDX-License-Identifier: MIT */
/*
 * plainbpf map show, map list: what the kernel says of its maps.
 */
#include "tools/list.h"
#include "tools/map.h"

#include "loader/pbpf_loader.h"
#include "tools/holders.h"
#include "tools/text.h"

struct show_maps {
	struct cli *cli;
	struct table table;
	struct json json;
	struct holders holders;
	bool at_length;
};

static const char *map_type_text(uint32_t type, char number[16])
{
	const char *name = pbpf_map_type_name(type);

	snprintf(number, 16, "type %u", type);
	return name ? name : number;
}

static bool is_held_shown(const struct show_maps *show)
{
	return show->cli->pins || show->cli->processes;
}

static void put_map_row(struct show_maps *show, const struct found *found,
			const struct pbpf_fd_info *more)
{
	const struct pbpf_map_info *info = &found->info.map;
	FILE *to = show->table.rows;
	char number[16];

	fprintf(to, "%u\t%s\t", info->id, map_type_text(info->type, number));
	put_chars(to, *info->name ? info->name : "-", sizeof(info->name));
	fprintf(to, "\t%u\t%u\t%u\t%#x\t%llu\t%s\t", info->key_size, info->value_size,
		info->max_entries, info->map_flags, (unsigned long long)more->memlock,
		more->frozen ? "yes" : "no");
	if (info->btf_id)
		fprintf(to, "%u", info->btf_id);
	else
		fputc('-', to);
	if (is_held_shown(show)) {
		fputc('\t', to);
		holders_put(to, &show->holders, PBPF_OBJECT_MAP, info->id);
	}
	fputc('\n', to);
}

static void put_map_long(struct show_maps *show, const struct found *found,
			 const struct pbpf_fd_info *more)
{
	const struct pbpf_map_info *info = &found->info.map;
	char number[16];

	printf("map %u: ", info->id);
	put_chars(stdout, *info->name ? info->name : "(no name)", sizeof(info->name));
	printf(", %s%s\n  key          %u bytes\n  value        %u bytes\n  entries      %u at most\n",
	       map_type_text(info->type, number), more->frozen ? ", frozen" : "", info->key_size,
	       info->value_size, info->max_entries);
	if (info->map_flags)
		printf("  flags        %#x\n", info->map_flags);
	if (info->map_extra)
		printf("  extra        %#llx\n", (unsigned long long)info->map_extra);
	printf("  memory       %llu bytes\n", (unsigned long long)more->memlock);
	if (info->btf_id)
		printf("  BTF          %u\n", info->btf_id);
	if (more->owner_prog_type)
		printf("  programs     %s\n",
		       pbpf_program_type_name(more->owner_prog_type)
			       ? pbpf_program_type_name(more->owner_prog_type)
			       : "of an unknown type");
	if (!is_held_shown(show))
		return;
	printf("  held by      ");
	holders_put(stdout, &show->holders, PBPF_OBJECT_MAP, info->id);
	printf("\n");
}

static void put_owner(struct json *json, const struct pbpf_fd_info *more)
{
	const char *type = pbpf_program_type_name(more->owner_prog_type);

	if (!more->owner_prog_type)
		return;
	if (type)
		json_string(json, "owner_prog_type", type);
	else
		json_number(json, "owner_prog_type", more->owner_prog_type);
	json_bool(json, "owner_jited", more->owner_jited);
}

/* With bpftool's keys. */
static void put_map_json(struct show_maps *show, const struct found *found,
			 const struct pbpf_fd_info *more)
{
	const struct pbpf_map_info *info = &found->info.map;
	const char *type = pbpf_map_type_name(info->type);
	struct json *json = &show->json;

	json_open(json, NULL, '{');
	json_number(json, "id", info->id);
	if (type)
		json_string(json, "type", type);
	else
		json_number(json, "type", info->type);
	if (*info->name)
		json_chars(json, "name", info->name, sizeof(info->name));
	json_number(json, "flags", info->map_flags);
	json_number(json, "bytes_key", info->key_size);
	json_number(json, "bytes_value", info->value_size);
	json_number(json, "max_entries", info->max_entries);
	json_number(json, "bytes_memlock", more->memlock);
	put_owner(json, more);
	json_number(json, "frozen", more->frozen);
	if (info->btf_id)
		json_number(json, "btf_id", info->btf_id);
	if (info->map_extra)
		json_number(json, "map_extra", info->map_extra);
	holders_put_json(json, &show->holders, PBPF_OBJECT_MAP, info->id);
	json_close(json, '}');
}

static int show_map(void *ctx, struct found *found)
{
	struct show_maps *show = ctx;
	struct pbpf_fd_info more = {.memlock = 0};

	pbpf_sys_fd_info(&show->cli->env, 0, found->fd, &more);
	if (show->cli->json)
		put_map_json(show, found, &more);
	else
		(show->at_length ? put_map_long : put_map_row)(show, found, &more);
	return 0;
}

static int show_maps(struct show_maps *show, const struct selection *selection)
{
	const struct listing listing = {
		.json = &show->json,
		.table = &show->table,
		.flags = PBPF_F_RDONLY,
		.columns = "ID\tTYPE\tNAME\tKEY\tVALUE\tENTRIES\tFLAGS\tMEMLOCK\tFROZEN\tBTF",
	};

	return list_selected(show->cli, &listing, selection, show_map, show);
}

static int run_map_show(struct cli *cli)
{
	struct show_maps show = {.cli = cli, .json = json_to(stdout)};
	struct words words = words_of(cli);
	struct selection selection;
	int code = select_words(&selection, &words, PBPF_OBJECT_MAP);

	if (!code)
		code = words_end(&words, NULL);
	if (code)
		return code;
	show.at_length = select_exactly(&selection);
	code = holders_find(cli, &show.holders);
	if (!code)
		code = show_maps(&show, &selection);
	holders_free(&show.holders);
	return code;
}

const struct command map_show_command = {
	.name = "map show",
	.alias = "map list",
	.run = run_map_show,
	.summary = "what there is, or one: id N, name NAME, pinned PATH",
	.operands = "[MAP]",
	.operands_max = 2,
	.options = "FPjv",
	.details =
		"Prints what the kernel says of all maps, or of MAP: id N, name NAME, pinned PATH, or for\n"
		"short N, NAME or PATH. KEY, VALUE and MEMLOCK are bytes. One that is named by id or path\n"
		"is shown at length. The keys of --json are bpftool's. Ids need CAP_SYS_ADMIN, paths do\n"
		"not.\n\n"
		"exit codes: 0 printed; 1 there is no such map, or the kernel does not tell; 2 the command\n"
		"line was not understood.",
};
