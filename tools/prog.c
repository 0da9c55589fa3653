/* SPDX-License-Identifier: MIT */
/*
 * plainbpf prog: the programs in the kernel, whoever loaded them.
 */
#include "tools/prog.h"

static const struct command *const prog_commands[] = {
	&prog_show_command, &prog_dump_command,	 &prog_load_command,	 &prog_loadall_command,
	&prog_pin_command,  &prog_stats_command, &prog_tracelog_command, NULL,
};

const struct command prog_command = {
	.name = "prog",
	.family = prog_commands,
	.summary = "programs in the kernel: list, dump, load, pin, count runs",
};
