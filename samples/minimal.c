// SPDX-License-Identifier: MIT
/*
 * You will see a program run in the kernel, once for each file that is executed anywhere on this
 * machine until you press Enter:
 *
 *	# build/samples/minimal
 *	on_exec is program 4711 of this kernel, of 2 instructions; press Enter to end
 *
 *	it ran 12 times and took 63 ns each time
 *
 * The three steps of every loader: open (touches no kernel), load, attach. What the last two make
 * lives as long as someone holds its fd, so nothing is left when this process ends.
 */
#include "sample.h"

/* What the kernel knows about the program. */
static struct pbpf_prog_info info_of(const struct pbpf_program *program)
{
	struct pbpf_prog_info info = {0};
	uint32_t size = sizeof(info);

	pbpf_sys_obj_info(&env, pbpf_program_fd(program), &info, &size);
	return info;
}

int main(int argc, char **argv)
{
	const struct pbpf_options options = {.env = &env, .raise_memlock = true};
	struct pbpf_object *object = NULL;
	struct pbpf_program *program;
	struct pbpf_link *link = NULL;
	struct pbpf_prog_info info;
	int statistics = -1, err;

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

	/* The kernel counts and times the runs of programs while this fd is open. */
	statistics = pbpf_sys_enable_stats(&env, 0);
	info = info_of(program);
	printf("%s is program %u of this kernel, of %u instructions; press Enter to end\n",
	       pbpf_program_name(program), info.id, pbpf_program_insn_count(program));
	getchar();
	info = info_of(program);
	printf("it ran %llu times and took %llu ns each time\n", (unsigned long long)info.run_cnt,
	       (unsigned long long)(info.run_cnt ? info.run_time_ns / info.run_cnt : 0));
out:
	pbpf_sys_close(&env, statistics);
	pbpf_link_close(link);
	pbpf_object_close(object);
	return err ? 1 : 0;
}
