/* SPDX-License-Identifier: MIT */
/*
 * Asks for a program's code and all that explains it.
 */
#include "tools/prog_code.h"

#include "tools/insn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TAIL_CALL 12 /* the kernel shows it by its number, other helpers by address */

/* Room for what the first answer says there is. */
static int make_room(struct prog_code *code)
{
	const struct pbpf_prog_info *info = &code->info;

	code->insns = calloc(info->xlated_prog_len / PBPF_INSN_SIZE + 1, PBPF_INSN_SIZE);
	code->functions = calloc(info->nr_func_info + 1u, sizeof(*code->functions));
	code->lines = calloc(info->nr_line_info + 1u, sizeof(*code->lines));
	code->map_ids = calloc(info->nr_map_ids + 1u, sizeof(*code->map_ids));
	code->maps = calloc(info->nr_map_ids + 1u, sizeof(*code->maps));
	code->jited = calloc(info->jited_prog_len + 1u, 1);
	code->ksyms = calloc(info->nr_jited_ksyms + 1u, sizeof(*code->ksyms));
	code->jited_sizes = calloc(info->nr_jited_func_lens + 1u, sizeof(*code->jited_sizes));
	return code->insns && code->functions && code->lines && code->map_ids && code->maps &&
			       code->jited && code->ksyms && code->jited_sizes
		       ? 0
		       : -ENOMEM;
}

/* A question for everything. Records of another size than is known here are left out. */
static struct pbpf_prog_info question(const struct prog_code *code)
{
	struct pbpf_prog_info ask = {
		.xlated_prog_len = code->info.xlated_prog_len,
		.xlated_prog_insns = PBPF_ADDRESS(code->insns),
		.nr_map_ids = code->info.nr_map_ids,
		.map_ids = PBPF_ADDRESS(code->map_ids),
		.jited_prog_len = code->info.jited_prog_len,
		.jited_prog_insns = PBPF_ADDRESS(code->jited),
		.nr_jited_ksyms = code->info.nr_jited_ksyms,
		.jited_ksyms = PBPF_ADDRESS(code->ksyms),
		.nr_jited_func_lens = code->info.nr_jited_func_lens,
		.jited_func_lens = PBPF_ADDRESS(code->jited_sizes),
	};

	if (code->info.func_info_rec_size == sizeof(*code->functions)) {
		ask.func_info_rec_size = sizeof(*code->functions);
		ask.nr_func_info = code->info.nr_func_info;
		ask.func_info = PBPF_ADDRESS(code->functions);
	}
	if (code->info.line_info_rec_size == sizeof(*code->lines)) {
		ask.line_info_rec_size = sizeof(*code->lines);
		ask.nr_line_info = code->info.nr_line_info;
		ask.line_info = PBPF_ADDRESS(code->lines);
	}
	return ask;
}

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* The counts and sizes of the answer, none above what there was room for. */
static void take_answer(struct prog_code *code, const struct pbpf_prog_info *asked,
			const struct pbpf_prog_info *answer)
{
	struct pbpf_prog_info *info = &code->info;

	*info = *answer;
	info->xlated_prog_len = least(answer->xlated_prog_len, asked->xlated_prog_len);
	info->nr_map_ids = least(answer->nr_map_ids, asked->nr_map_ids);
	info->jited_prog_len = least(answer->jited_prog_len, asked->jited_prog_len);
	info->nr_jited_ksyms = least(answer->nr_jited_ksyms, asked->nr_jited_ksyms);
	info->nr_jited_func_lens = least(answer->nr_jited_func_lens, asked->nr_jited_func_lens);
	info->nr_func_info = least(answer->nr_func_info, asked->nr_func_info);
	info->nr_line_info = least(answer->nr_line_info, asked->nr_line_info);
	/* An address that the kernel zeroed says that it did not fill the room (no privilege). */
	if (!answer->xlated_prog_insns)
		info->xlated_prog_len = 0;
	if (!answer->jited_prog_insns)
		info->jited_prog_len = 0;
	code->insn_count = info->xlated_prog_len / PBPF_INSN_SIZE;
}

static int ask_code(struct cli *cli, const struct found *found, struct prog_code *code)
{
	struct pbpf_prog_info asked, answer;
	uint32_t size = sizeof(answer);
	int err;

	code->info = found->info.prog;
	err = make_room(code);
	if (err < 0)
		return env_no_memory(&cli->env, cli->command->name, "the program's code");
	asked = answer = question(code);
	err = pbpf_sys_obj_info(&cli->env, found->fd, &answer, &size);
	if (err < 0)
		return cannot_list(cli, PBPF_OBJECT_PROG, err);
	take_answer(code, &asked, &answer);
	return 0;
}

/* --- Names ------------------------------------------------------------------------------------ */

static bool calls_kernel(const struct pbpf_insn *insn)
{
	return insn->code == PBPF_OP_CALL && pbpf_insn_src(insn) != PBPF_CALL_LOCAL;
}

static uint64_t called_address(const struct prog_code *code, const struct pbpf_insn *insn)
{
	return code->call_base + (uint64_t)(int64_t)insn->imm;
}

static int find_names(struct cli *cli, struct prog_code *code)
{
	int err = 0;

	code->call_base = symbols_call_base(&cli->env);
	for (size_t i = 0; code->call_base && i < code->insn_count && !err; i++) {
		const struct pbpf_insn *insn = &code->insns[i];

		if (calls_kernel(insn))
			err = symbols_want(&code->symbols, called_address(code, insn));
		i += insn->code == PBPF_OP_LD_IMM64;
	}
	for (size_t i = 0; i < code->info.nr_jited_ksyms && !err; i++)
		err = symbols_want(&code->symbols, code->ksyms[i]);
	if (!err)
		err = symbols_find(&code->symbols, &cli->env);
	return err ? env_no_memory(&cli->env, cli->command->name, "the names of functions") : 0;
}

/* The names of its maps, which each of them may lack or have been given after another. */
static void find_maps(struct cli *cli, struct prog_code *code)
{
	for (uint32_t i = 0; i < code->info.nr_map_ids; i++) {
		struct pbpf_map_info info = {.id = 0};
		uint32_t size = sizeof(info);
		int fd = pbpf_sys_map_fd_by_id(&cli->env, code->map_ids[i], PBPF_F_RDONLY);

		if (fd < 0)
			continue;
		if (pbpf_sys_obj_info(&cli->env, fd, &info, &size) >= 0) {
			struct prog_map *map = &code->maps[code->map_count++];

			map->id = info.id;
			memcpy(map->name, info.name, sizeof(map->name));
		}
		pbpf_sys_close(&cli->env, fd);
	}
}

/* Types make it readable and no more: without them it is shown all the same. */
static void open_prog_types(struct cli *cli, struct prog_code *code)
{
	cli_hold(cli);
	if (open_types_by_id(cli, code->info.btf_id, &code->types) < 0) {
		close_types(&code->types);
		code->types = (struct types){NULL, NULL};
	}
	cli_tell(cli, !code->types.btf);
}

int prog_code_read(struct cli *cli, const struct found *found, struct prog_code *code)
{
	int err = ask_code(cli, found, code);

	if (err >= 0 && code->info.btf_id)
		open_prog_types(cli, code);
	if (err >= 0)
		find_maps(cli, code);
	return err < 0 ? err : find_names(cli, code);
}

void prog_code_close(struct prog_code *code)
{
	free(code->insns);
	free(code->functions);
	free(code->lines);
	free(code->map_ids);
	free(code->maps);
	free(code->jited);
	free(code->ksyms);
	free(code->jited_sizes);
	close_types(&code->types);
	symbols_free(&code->symbols);
}

/* Both tables ascend by insn_off, which is their first member. */
static const void *record_at(const void *table, size_t count, size_t size, size_t insn)
{
	const uint8_t *records = table;
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		uint32_t at;

		memcpy(&at, records + middle * size, sizeof(at));
		if (at == insn)
			return records + middle * size;
		if (at < insn)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const char *prog_function_at(const struct prog_code *code, size_t insn)
{
	const struct pbpf_func_info *function =
		record_at(code->functions, code->info.nr_func_info, sizeof(*code->functions), insn);

	if (!function || !code->types.btf)
		return NULL;
	return pbpf_btf_type(code->types.btf, function->type).name;
}

const struct pbpf_line_info *prog_line_at(const struct prog_code *code, size_t insn)
{
	if (!code->types.btf)
		return NULL;
	return record_at(code->lines, code->info.nr_line_info, sizeof(*code->lines), insn);
}

/* --- Text ------------------------------------------------------------------------------------- */

static void kernel_call_text(char *text, size_t size, const struct prog_code *code,
			     const struct pbpf_insn *insn)
{
	const char *name = symbols_name(&code->symbols, called_address(code, insn));

	if (!name && insn->imm == TAIL_CALL)
		name = "bpf_tail_call";
	snprintf(text, size, "call %s#%d", name ? name : "unknown", insn->imm);
}

/* The kernel keeps the distance of a local call in `off`, and something of its own in `imm`. */
static void local_call_text(char *text, size_t size, const struct prog_code *code, size_t at)
{
	int off = code->insns[at].off;
	const char *name = prog_function_at(code, (size_t)((int64_t)at + off + 1));

	snprintf(text, size, "call pc%+d%s%s", off, name ? "#" : "", name ? name : "");
}

static void map_text(char *text, size_t size, const struct prog_code *code,
		     const struct pbpf_insn *insn)
{
	char at[24] = "", name[PBPF_OBJ_NAME_LEN + 4] = "";

	if (pbpf_insn_src(insn) == PBPF_PSEUDO_MAP_VALUE)
		snprintf(at, sizeof(at), "[0]+%d", insn[1].imm);
	for (size_t i = 0; i < code->map_count; i++)
		if (code->maps[i].id == (uint32_t)insn->imm && *code->maps[i].name)
			snprintf(name, sizeof(name), " (%.*s)", PBPF_OBJ_NAME_LEN,
				 code->maps[i].name);
	snprintf(text, size, "r%u = map[id:%d]%s%s", pbpf_insn_dst(insn), insn->imm, at, name);
}

static void constant_text(char *text, size_t size, const struct prog_code *code, size_t at)
{
	const struct pbpf_insn *insn = &code->insns[at];
	unsigned int dst = pbpf_insn_dst(insn);
	const char *name;

	switch (pbpf_insn_src(insn)) {
	case PBPF_PSEUDO_MAP_FD:
	case PBPF_PSEUDO_MAP_VALUE: map_text(text, size, code, insn); break;
	case PBPF_PSEUDO_FUNC:
		name = prog_function_at(code, (size_t)((int64_t)at + insn->imm + 1));
		snprintf(text, size, "r%u = subprog[%+d]%s%s", dst, insn->imm, name ? "#" : "",
			 name ? name : "");
		break;
	default: insn_text(text, size, insn);
	}
}

void prog_insn_text(char *text, size_t size, const struct prog_code *code, size_t insn)
{
	const struct pbpf_insn *at = &code->insns[insn];

	if (calls_kernel(at))
		kernel_call_text(text, size, code, at);
	else if (at->code == PBPF_OP_CALL)
		local_call_text(text, size, code, insn);
	else if (at->code == PBPF_OP_LD_IMM64)
		constant_text(text, size, code, insn);
	else
		insn_text(text, size, at);
}
