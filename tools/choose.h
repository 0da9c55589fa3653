/* SPDX-License-Identifier: MIT */
/*
 * Programs that may fail: what load and run have in common.
 */
#ifndef TOOLS_CHOOSE_H
#define TOOLS_CHOOSE_H

#include "tools/cli.h"

#include <stdio.h>

/* Does with the object's programs what --optional and --first say. Gives 0, or an exit code after a message. */
int choose_programs(const struct cli *cli, struct pbpf_object *obj);

/* A line for each program that was left out, with the reason. */
void print_skipped(FILE *to, const struct pbpf_object *obj);

#endif
