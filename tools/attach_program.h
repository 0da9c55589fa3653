/* SPDX-License-Identifier: MIT */
/*
 * The program to attach or detach: one that is in the kernel, or one of an object file.
 */
#ifndef TOOLS_ATTACH_PROGRAM_H
#define TOOLS_ATTACH_PROGRAM_H

#include "tools/select.h"

struct chosen {
	int fd;		    /* the program's; of struct_ops the map's */
	struct found found; /* in the kernel: fd is -1 when it is of an object */
	struct pbpf_object *obj;
	struct pbpf_program *prog; /* NULL when it was in the kernel */
};

/*
 * Reads "PROG" or "OBJ [prog NAME]", and opens it: of an object that program alone is loaded. `kind` is that of PROG:
 * a map of struct_ops takes the place of a program. 0, or an exit code, or after a message a negative errno. Close
 * in any case.
 */
int choose_program(struct words *words, enum pbpf_object_kind kind, struct chosen *chosen);
void chosen_close(struct cli *cli, struct chosen *chosen);

#endif
