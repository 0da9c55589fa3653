/* SPDX-License-Identifier: MIT */
/*
 * The names of programs in the kernel. It keeps the first 15 characters; the whole name is that of the function,
 * in the program's BTF.
 */
#ifndef TOOLS_PROGRAM_NAME_H
#define TOOLS_PROGRAM_NAME_H

#include "tools/btf.h"
#include "tools/cli.h"

#define PROGRAM_NAME_MAX 128

/* Of a program that is open and was asked for its info. */
void whole_program_name(struct cli *cli, struct types_cache *cache, int fd,
			const struct pbpf_prog_info *info, char name[PROGRAM_NAME_MAX]);

/* By id; "" when it has none, is gone, or may not be asked. */
void program_name(struct cli *cli, struct types_cache *cache, uint32_t id,
		  char name[PROGRAM_NAME_MAX]);

#endif
