/* SPDX-License-Identifier: MIT */
/*
 * plainbpf prog load, loadall: one program of an object, or all of it, into the kernel and a bpffs.
 */
#include "tools/prog.h"

#include "tools/attach_program.h"
#include "tools/bpffs.h"

#include <stdio.h>

static int run_prog_load(struct cli *cli)
{
	struct words words = words_of(cli);
	struct chosen chosen;
	const char *path;
	int code = choose_program(&words, PBPF_OBJECT_PROG, &chosen);

	if (!code)
		code = words_need(&words, "a path", &path);
	if (!code)
		code = words_end(&words, NULL);
	if (!code && cli->dry_run)
		printf("dry run: would be pinned\n");
	else if (!code)
		code = bpffs_pin(cli, chosen.fd, path);
	chosen_close(cli, &chosen);
	return code;
}

const struct command prog_load_command = {
	.name = "prog load",
	.run = run_prog_load,
	.summary = "load one program of an object, and pin it",
	.operands = "OBJ [prog NAME] PATH",
	.operands_min = 2,
	.operands_max = 4,
	.options = "mbknv",
	.details =
		"Loads one program of an object file, with the maps that it uses, and pins it: it stays\n"
		"in the kernel for as long as the path is there. An object of several programs needs\n"
		"NAME. 'plainbpf attach PATH ...' puts it to work.\n\n"
		"exit codes: 0 pinned; 1 not loaded, or no bpffs there; 2 the command line was not\n"
		"understood.",
};

static int run_prog_loadall(struct cli *cli)
{
	return pin_command.run(cli);
}

const struct command prog_loadall_command = {
	.name = "prog loadall",
	.run = run_prog_loadall,
	.summary = "load an object, and pin its maps and programs: as 'pin'",
	.operands = "OBJ FOLDER",
	.operands_min = 2,
	.operands_max = 2,
	.options = "ambknv",
	.details =
		"Does what 'plainbpf pin OBJ FOLDER' does.\n\n"
		"exit codes: 0 pinned; 1 not loaded, not attached, or there is no bpffs; 2 the command\n"
		"line was not understood.",
};
