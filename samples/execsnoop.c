// SPDX-License-Identifier: MIT
/*
 * You will see each program that is executed on this machine, until Ctrl-C:
 *
 *	# build/samples/execsnoop
 *	    PID    UID  COMMAND           FILE
 *	   4711      0  ls                /usr/bin/ls
 *	   4712      0  grep              /usr/bin/grep
 *
 * Events come through a ring buffer: memory that the program in the kernel writes and this process
 * reads in place. `plainbpf run execsnoop.bpf.o` shows the same without a line of C.
 */
#include "sample.h"

#include <errno.h>
#include <signal.h>

/* The same as in execsnoop.bpf.c. */
struct exec_event {
	uint64_t time;
	uint32_t pid;
	uint32_t uid;
	char comm[16];
	char filename[104];
};

static volatile sig_atomic_t stop;

static void on_signal(int number)
{
	(void)number;
	stop = 1;
}

static int print_event(void *ctx, const void *record, size_t size)
{
	const struct exec_event *event = record;

	(void)ctx;
	if (size < sizeof(*event))
		return -EINVAL;
	printf("%7u %6u  %-16.16s  %.104s\n", event->pid, event->uid, event->comm, event->filename);
	return 0;
}

static int print_events(const struct pbpf_map *map)
{
	struct pbpf_ringbuf ring;
	int err = pbpf_ringbuf_open(&ring, pbpf_map_fd(map), pbpf_map_attr(map)->max_entries);

	if (err)
		return err;
	printf("%7s %6s  %-16s  %s\n", "PID", "UID", "COMMAND", "FILE");
	while (err >= 0 && !stop) {
		err = pbpf_ringbuf_consume(&ring, 0, print_event, NULL);
		fflush(stdout);
		if (err >= 0)
			err = pbpf_ringbuf_wait(&ring, 1000);
	}
	pbpf_ringbuf_close(&ring);
	return err == -EINTR ? 0 : err;
}

int main(int argc, char **argv)
{
	const struct pbpf_options options = {.env = &env, .raise_memlock = true};
	struct pbpf_object *object = NULL;
	struct pbpf_link *link = NULL;
	int err;

	signal(SIGINT, on_signal);
	signal(SIGTERM, on_signal);
	err = pbpf_object_open_file(&object, object_path(argc, argv), &options);
	if (!err)
		err = pbpf_object_load(object);
	if (!err)
		err = pbpf_program_attach(pbpf_object_program(object, "on_exec"), &link);
	if (!err)
		err = print_events(pbpf_object_map(object, "events"));
	pbpf_link_close(link);
	pbpf_object_close(object);
	return err < 0 ? 1 : 0;
}
