/* SPDX-License-Identifier: MIT */
/*
 * What 'cgroup' and 'net' share: programs that are told by id.
 */
#ifndef TOOLS_ATTACHED_H
#define TOOLS_ATTACHED_H

#include "tools/cli.h"

/* The name of the program with that id; "" when it has none, is gone, or may not be asked. */
void program_name(struct cli *cli, uint32_t id, char name[PBPF_OBJ_NAME_LEN]);

#endif
