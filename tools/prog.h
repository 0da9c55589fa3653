/* SPDX-License-Identifier: MIT */
/*
 * plainbpf prog: a family of commands, one file each.
 */
#ifndef TOOLS_PROG_H
#define TOOLS_PROG_H

#include "tools/select.h"

/* prog_show.c, prog_dump.c, prog_load.c, prog_pin.c, prog_stats.c, prog_tracelog.c */
extern const struct command prog_show_command, prog_dump_command, prog_load_command,
	prog_loadall_command, prog_pin_command, prog_stats_command, prog_tracelog_command;

#endif
