// SPDX-License-Identifier: MIT
/*
 * You will see who made how many system calls in three seconds:
 *
 *	# build/samples/counter
 *	    1042  sshd
 *	     311  bash
 *
 * The program in the kernel writes a hash map; here it is read, key by key, while it changes.
 */
#include "sample.h"

#include <errno.h>
#include <unistd.h>

struct name {
	char comm[16];
};

/* A walk over a map that changes may start over, so it is bounded by the map's size. */
static int print_counts(const struct pbpf_map *map)
{
	uint32_t left = pbpf_map_attr(map)->max_entries;
	int fd = pbpf_map_fd(map), err;
	struct name name = {0};
	uint64_t count;

	err = pbpf_sys_map_next_key(&env, fd, NULL, &name);
	while (!err && left--) {
		if (pbpf_sys_map_lookup(&env, fd, &name, &count, 0) == 0)
			printf("%8llu  %.16s\n", (unsigned long long)count, name.comm);
		err = pbpf_sys_map_next_key(&env, fd, &name, &name);
	}
	return err == -ENOENT ? 0 : err; /* the end is not an error */
}

int main(int argc, char **argv)
{
	const struct pbpf_options options = {.env = &env, .raise_memlock = true};
	struct pbpf_object *object = NULL;
	struct pbpf_link *link = NULL;
	int err;

	err = pbpf_object_open_file(&object, object_path(argc, argv), &options);
	if (!err)
		err = pbpf_object_load(object);
	if (!err)
		err = pbpf_program_attach(pbpf_object_program(object, "on_system_call"), &link);
	if (!err) {
		sleep(3);
		err = print_counts(pbpf_object_map(object, "calls"));
	}
	pbpf_link_close(link);
	pbpf_object_close(object);
	return err ? 1 : 0;
}
