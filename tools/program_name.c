/* SPDX-License-Identifier: MIT */
/*
 * The names of programs in the kernel.
 */
#include "tools/program_name.h"

#include <stdio.h>
#include <string.h>

/* The name of the function that the program begins with. */
static const char *function_name(struct cli *cli, struct types_cache *cache, int fd,
				 const struct pbpf_prog_info *info)
{
	struct pbpf_func_info first = {0, 0};
	struct pbpf_prog_info ask = {
		.nr_func_info = 1,
		.func_info_rec_size = sizeof(first),
		.func_info = PBPF_ADDRESS(&first),
	};
	const struct pbpf_btf *btf;
	uint32_t size = sizeof(ask);

	if (info->func_info_rec_size != sizeof(first) || !info->nr_func_info ||
	    pbpf_sys_obj_info(&cli->env, fd, &ask, &size) < 0)
		return "";
	btf = cached_types(cli, cache, info->btf_id);
	return btf ? pbpf_btf_type(btf, first.type).name : "";
}

void whole_program_name(struct cli *cli, struct types_cache *cache, int fd,
			const struct pbpf_prog_info *info, char name[PROGRAM_NAME_MAX])
{
	bool cut = strnlen(info->name, sizeof(info->name)) == sizeof(info->name) - 1;
	const char *function = cut && info->btf_id ? function_name(cli, cache, fd, info) : "";

	if (*function)
		snprintf(name, PROGRAM_NAME_MAX, "%s", function);
	else
		snprintf(name, PROGRAM_NAME_MAX, "%.*s", (int)sizeof(info->name), info->name);
}

void program_name(struct cli *cli, struct types_cache *cache, uint32_t id,
		  char name[PROGRAM_NAME_MAX])
{
	struct pbpf_prog_info info = {.id = 0};
	uint32_t size = sizeof(info);
	int fd = pbpf_sys_prog_fd_by_id(&cli->env, id);

	name[0] = '\0';
	if (fd < 0)
		return;
	if (pbpf_sys_obj_info(&cli->env, fd, &info, &size) >= 0)
		whole_program_name(cli, cache, fd, &info, name);
	pbpf_sys_close(&cli->env, fd);
}
