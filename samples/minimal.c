// SPDX-License-Identifier: MIT
/*
 * You will see the number of a program that now runs in the kernel; and, while this one waits for
 * Enter, a line in /sys/kernel/tracing/trace_pipe for each program that is executed anywhere:
 *
 *	# build/samples/minimal
 *	on_exec is program 4711 of the kernel, 22 instructions; press Enter to end
 *
 * The three steps of every loader: open (touches no kernel), load, attach. What the last two make
 * lives as long as someone holds its fd, so nothing is left when this process ends.
 */
#include "sample.h"

int main(int argc, char **argv)
{
	const struct pbpf_options options = {.env = &env};
	struct pbpf_object *object = NULL;
	struct pbpf_program *program;
	struct pbpf_link *link = NULL;
	struct pbpf_prog_info info = {0};
	uint32_t info_size = sizeof(info);
	int err;

	err = pbpf_object_open_file(&object, object_path(argc, argv), &options);
	if (err)
		goto out; /* print_message() has said why */

	err = pbpf_object_load(object);
	if (err)
		goto out;

	program = pbpf_object_program(object, "on_exec");
	err = pbpf_program_attach(program, &link);
	if (err)
		goto out;

	pbpf_sys_obj_info(&env, pbpf_program_fd(program), &info, &info_size);
	printf("%s is program %u of the kernel, %u instructions; press Enter to end\n",
	       pbpf_program_name(program), info.id, pbpf_program_insn_count(program));
	getchar();
out:
	pbpf_link_close(link);
	pbpf_object_close(object);
	return err ? 1 : 0;
}
