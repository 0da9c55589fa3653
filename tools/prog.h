/* SPDX-License-Identifier: MIT */
/*
 * plainbpf prog: a family of commands, one file each.
 */
#ifndef TOOLS_PROG_H
#define TOOLS_PROG_H

#include "tools/select.h"

/* prog_show.c */
extern const struct command prog_show_command;

#endif
