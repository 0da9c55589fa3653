/* SPDX-License-Identifier: MIT */
/*
 * plainbpf prog show, prog list: what the kernel says of its programs.
 */
#include "tools/list.h"
#include "tools/prog.h"

#include "loader/pbpf_loader.h"
#include "tools/holders.h"
#include "tools/json.h"
#include "tools/program_name.h"
#include "tools/text.h"

#include <stdlib.h>
#include <time.h>

/* What a walk over programs carries along. */
struct show {
	struct cli *cli;
	struct table table;
	struct json json;
	int64_t boot; /* ns since the epoch, when the machine started */
	uint32_t *maps;
	uint32_t map_room;
	struct holders holders;
	struct types_cache cache;
	bool at_length;
};

/* --- What the kernel says beyond a plain info ------------------------------------------------- */

/* When the machine started, in nanoseconds since the epoch. */
static int64_t boot_time(void)
{
	struct timespec now, up;

	clock_gettime(CLOCK_REALTIME, &now);
	clock_gettime(CLOCK_BOOTTIME, &up);
	return (int64_t)(now.tv_sec - up.tv_sec) * 1000000000 + (now.tv_nsec - up.tv_nsec);
}

/* The ids of the program's maps, in show->maps; the count is 0 when it is gone. */
static uint32_t ask_maps(struct show *show, const struct found *found)
{
	uint32_t size = sizeof(struct pbpf_prog_info), count = found->info.prog.nr_map_ids;
	struct pbpf_prog_info info = {.nr_map_ids = count};

	if (count > show->map_room) {
		uint32_t *grown = realloc(show->maps, count * sizeof(*grown));

		if (!grown)
			return 0;
		show->maps = grown;
		show->map_room = count;
	}
	info.map_ids = PBPF_ADDRESS(show->maps);
	if (!count || pbpf_sys_obj_info(&show->cli->env, found->fd, &info, &size) < 0)
		return 0;
	return info.nr_map_ids < count ? info.nr_map_ids : count;
}

/* --- Text ------------------------------------------------------------------------------------- */

static int64_t load_seconds(const struct show *show, const struct pbpf_prog_info *info)
{
	return (show->boot + (int64_t)info->load_time) / 1000000000;
}

static void put_time(FILE *to, int64_t seconds)
{
	time_t loaded = (time_t)seconds;
	struct tm local;
	char text[32] = "-";

	if (localtime_r(&loaded, &local))
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &local);
	fputs(text, to);
}

static void put_type(FILE *to, uint32_t type)
{
	const char *name = pbpf_program_type_name(type);

	if (name)
		fputs(name, to);
	else
		fprintf(to, "type %u", type);
}

static void put_row(struct show *show, const struct found *found, uint64_t memlock)
{
	const struct pbpf_prog_info *info = &found->info.prog;
	uint32_t maps = ask_maps(show, found);
	FILE *to = show->table.rows;
	char name[PROGRAM_NAME_MAX];

	fprintf(to, "%u\t", info->id);
	put_type(to, info->type);
	fputc('\t', to);
	whole_program_name(show->cli, &show->cache, found->fd, info, name);
	put_name(to, *name ? name : "-");
	fputc('\t', to);
	put_hex(to, info->tag, sizeof(info->tag));
	fprintf(to, "\t%s\t", info->gpl_compatible ? "yes" : "no");
	put_time(to, load_seconds(show, info));
	fprintf(to, "\t%u\t%u\t%u\t%llu\t", info->created_by_uid, info->xlated_prog_len,
		info->jited_prog_len, (unsigned long long)memlock);
	for (uint32_t i = 0; i < maps; i++)
		fprintf(to, "%s%u", i ? "," : "", show->maps[i]);
	fprintf(to, "%s\t", maps ? "" : "-");
	if (info->btf_id)
		fprintf(to, "%u", info->btf_id);
	else
		fputc('-', to);
	if (show->cli->pins || show->cli->processes) {
		fputc('\t', to);
		holders_put(to, &show->holders, PBPF_OBJECT_PROG, info->id);
	}
	fputc('\n', to);
}

/* --- One program at length -------------------------------------------------------------------- */

static void put_target(FILE *to, struct show *show, const struct pbpf_prog_info *info)
{
	const struct pbpf_btf *btf = cached_types(show->cli, &show->cache, info->attach_btf_obj_id);
	const char *name = btf ? pbpf_btf_type(btf, info->attach_btf_id).name : "";

	fputs("  made for     ", to);
	if (*name)
		put_name(to, name);
	else
		fprintf(to, "type %u", info->attach_btf_id);
	fprintf(to, " of BTF %u\n", info->attach_btf_obj_id);
}

static void put_maps(FILE *to, struct show *show, const struct found *found)
{
	uint32_t maps = ask_maps(show, found);

	fputs("  maps         ", to);
	for (uint32_t i = 0; i < maps; i++)
		fprintf(to, "%s%u", i ? ", " : "", show->maps[i]);
	fprintf(to, "%s\n", maps ? "" : "none");
}

static void put_long(struct show *show, const struct found *found, uint64_t memlock)
{
	const struct pbpf_prog_info *info = &found->info.prog;
	FILE *to = stdout;
	char name[PROGRAM_NAME_MAX];

	fprintf(to, "program %u: ", info->id);
	whole_program_name(show->cli, &show->cache, found->fd, info, name);
	put_name(to, *name ? name : "(no name)");
	fputs(", ", to);
	put_type(to, info->type);
	fputs("\n  tag          ", to);
	put_hex(to, info->tag, sizeof(info->tag));
	fprintf(to, "\n  license      %s\n  loaded       ",
		info->gpl_compatible ? "GPL compatible" : "not GPL compatible");
	put_time(to, load_seconds(show, info));
	fprintf(to, " by user %u\n  code         %u instructions, %u bytes compiled\n",
		info->created_by_uid, info->xlated_prog_len / 8, info->jited_prog_len);
	if (info->verified_insns)
		fprintf(to, "  verified     %u instructions walked\n", info->verified_insns);
	fprintf(to, "  memory       %llu bytes\n", (unsigned long long)memlock);
	put_maps(to, show, found);
	if (info->btf_id)
		fprintf(to, "  BTF          %u\n", info->btf_id);
	if (info->attach_btf_id)
		put_target(to, show, info);
	if (info->run_cnt)
		fprintf(to, "  ran          %llu times, %llu ns\n",
			(unsigned long long)info->run_cnt, (unsigned long long)info->run_time_ns);
	if (info->recursion_misses)
		fprintf(to, "  left out     %llu times, as it ran already\n",
			(unsigned long long)info->recursion_misses);
	if (show->cli->pins || show->cli->processes) {
		fputs("  held by      ", to);
		holders_put(to, &show->holders, PBPF_OBJECT_PROG, info->id);
		fputc('\n', to);
	}
}

/* --- JSON ------------------------------------------------------------------------------------- */

static void put_json_type(struct json *json, uint32_t type)
{
	const char *name = pbpf_program_type_name(type);

	if (name)
		json_string(json, "type", name);
	else
		json_number(json, "type", type);
}

/* With bpftool's keys, so that what reads the one reads the other. */
static void put_json(struct show *show, const struct found *found, uint64_t memlock)
{
	const struct pbpf_prog_info *info = &found->info.prog;
	uint32_t maps = ask_maps(show, found);
	struct json *json = &show->json;
	char name[PROGRAM_NAME_MAX];

	json_open(json, NULL, '{');
	json_number(json, "id", info->id);
	put_json_type(json, info->type);
	whole_program_name(show->cli, &show->cache, found->fd, info, name);
	if (*name)
		json_string(json, "name", name);
	json_hex(json, "tag", info->tag, sizeof(info->tag));
	json_bool(json, "gpl_compatible", info->gpl_compatible);
	json_signed(json, "loaded_at", load_seconds(show, info));
	json_number(json, "uid", info->created_by_uid);
	if (info->run_cnt) {
		json_number(json, "run_time_ns", info->run_time_ns);
		json_number(json, "run_cnt", info->run_cnt);
	}
	if (info->recursion_misses)
		json_number(json, "recursion_misses", info->recursion_misses);
	json_number(json, "bytes_xlated", info->xlated_prog_len);
	json_bool(json, "jited", info->jited_prog_len);
	if (info->jited_prog_len)
		json_number(json, "bytes_jited", info->jited_prog_len);
	json_number(json, "bytes_memlock", memlock);
	if (maps)
		json_open(json, "map_ids", '[');
	for (uint32_t i = 0; i < maps; i++)
		json_number(json, NULL, show->maps[i]);
	if (maps)
		json_close(json, ']');
	if (info->btf_id)
		json_number(json, "btf_id", info->btf_id);
	if (info->attach_btf_id) {
		json_number(json, "attach_btf_obj_id", info->attach_btf_obj_id);
		json_number(json, "attach_btf_id", info->attach_btf_id);
	}
	if (info->verified_insns)
		json_number(json, "verified_insns", info->verified_insns);
	holders_put_json(json, &show->holders, PBPF_OBJECT_PROG, info->id);
	json_close(json, '}');
}

static int show_program(void *ctx, struct found *found)
{
	struct show *show = ctx;
	struct pbpf_fd_info more = {.memlock = 0};

	pbpf_sys_fd_info(&show->cli->env, 0, found->fd, &more);
	if (show->cli->json)
		put_json(show, found, more.memlock);
	else
		(show->at_length ? put_long : put_row)(show, found, more.memlock);
	return 0;
}

static int show_programs(struct show *show, const struct selection *selection)
{
	const struct listing listing = {
		.json = &show->json,
		.table = &show->table,
		.columns =
			"ID\tTYPE\tNAME\tTAG\tGPL\tLOADED\tUID\tXLATED\tJITED\tMEMLOCK\tMAPS\tBTF",
	};

	return list_selected(show->cli, &listing, selection, show_program, show);
}

static int run_prog_show(struct cli *cli)
{
	struct show show = {.cli = cli, .json = json_to(stdout), .boot = boot_time()};
	struct words words = words_of(cli);
	struct selection selection;
	int code = select_words(&selection, &words, PBPF_OBJECT_PROG);

	if (!code)
		code = words_end(&words, NULL);
	if (code)
		return code;
	show.at_length = select_exactly(&selection);
	code = holders_find(cli, &show.holders);
	if (!code)
		code = show_programs(&show, &selection);
	holders_free(&show.holders);
	close_cached_types(&show.cache);
	free(show.maps);
	return code;
}

const struct command prog_show_command = {
	.name = "prog show",
	.alias = "prog list",
	.run = run_prog_show,
	.summary = "what there is, or one: id N, name NAME, tag TAG, pinned PATH",
	.operands = "[PROG]",
	.operands_max = 2,
	.options = "FPjv",
	.details =
		"Prints what the kernel says of all programs, or of PROG: id N, name NAME, tag TAG,\n"
		"pinned PATH, or for short N, NAME or PATH. Sizes are bytes: XLATED of BPF code, JITED of\n"
		"machine code, MEMLOCK of memory. One that is named by id or path is shown at length.\n"
		"The keys of --json are bpftool's. Ids need CAP_SYS_ADMIN, paths do not.\n\n"
		"exit codes: 0 printed; 1 there is no such program, or the kernel does not tell;\n"
		"2 the command line was not understood.",
};
