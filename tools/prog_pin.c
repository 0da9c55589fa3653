/* SPDX-License-Identifier: MIT */
/*
 * plainbpf prog pin: a name in a bpffs, which keeps the program.
 */
#include "tools/prog.h"

#include "tools/bpffs.h"

static int run_prog_pin(struct cli *cli)
{
	return bpffs_pin_words(cli, PBPF_OBJECT_PROG);
}

const struct command prog_pin_command = {
	.name = "prog pin",
	.run = run_prog_pin,
	.summary = "give it a name in a bpffs, which keeps it",
	.operands = "PROG PATH",
	.operands_min = 2,
	.operands_max = 3,
	.options = "mv",
	.details =
		"Pins the program: it stays in the kernel for as long as the path is there, and 'rm PATH'\n"
		"lets go of it. PROG is id N, name NAME, tag TAG, pinned PATH, or for short N, NAME\n"
		"or PATH.\n\n"
		"exit codes: 0 pinned; 1 there is no such program, or no bpffs there; 2 the command\n"
		"line was not understood.",
};
