/* SPDX-License-Identifier: MIT */
/*
 * Programs by id.
 */
#include "tools/attached.h"

#include <string.h>

void program_name(struct cli *cli, uint32_t id, char name[PBPF_OBJ_NAME_LEN])
{
	struct pbpf_prog_info info = {.id = 0};
	uint32_t size = sizeof(info);
	int fd = pbpf_sys_prog_fd_by_id(&cli->env, id);

	name[0] = '\0';
	if (fd < 0)
		return;
	if (pbpf_sys_obj_info(&cli->env, fd, &info, &size) >= 0)
		memcpy(name, info.name, PBPF_OBJ_NAME_LEN);
	name[PBPF_OBJ_NAME_LEN - 1] = '\0';
	pbpf_sys_close(&cli->env, fd);
}
