/* SPDX-License-Identifier: MIT */
/*
 * The command line: from argv to the settings of struct cli, and the help that describes them.
 */
#ifndef TOOLS_OPTIONS_H
#define TOOLS_OPTIONS_H

#include "tools/cli.h"

/* Fills the settings. Gives -1 when the command is to run, else the exit code to leave with: help
 * was printed, or an error told. */
int read_options(struct cli *cli, int argc, char **argv);

#endif
