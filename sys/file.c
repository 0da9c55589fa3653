/* SPDX-License-Identifier: MIT */
/*
 * Reading a file whole. Most say how long they are, and take one read; those of proc say 0 and those of sysfs a
 * page, whatever they have, and are read to their end.
 */
#include "sys/kernel.h"

#define FILE_ROOM 16384 /* as much as most objects need */

/* What is being read: `used` bytes of `room`, of which one is kept for the NUL. */
struct growing_file {
	char *data;
	size_t used;
	size_t room;
	size_t size; /* as it says; 0: that is to be found out */
};

/* What cannot be is not believed. A table with an open() of its own, but not this, does not say. */
static size_t said_size(const struct pbpf_env *env, int fd, size_t limit)
{
	const struct pbpf_kernel *own = env ? env->kernel : NULL;
	long size = 0;

	if (!own || !own->open || own->file_size)
		size = KERNEL(env, file_size)(KERNEL_CTX(env), fd);
	return size > 0 && (size_t)size <= limit ? (size_t)size : 0;
}

static int grow_file(const struct pbpf_env *env, struct growing_file *file, size_t limit)
{
	size_t first = file->size ? file->size + 1 : FILE_ROOM;
	size_t room = file->room ? file->room + file->room / 2 : first;
	char *data;

	if (room <= file->room)
		return -ENOMEM;
	/* A byte beyond the limit tells a file that is too large from one that just fits. */
	if (room - 2 > limit)
		room = limit + 2;
	data = env_room(env, file->data, file->room, room);
	if (!data)
		return -ENOMEM;
	file->data = data;
	file->room = room;
	return 0;
}

/* The next piece of the file: its size, 0 at the end. */
static long read_piece(const struct pbpf_env *env, int fd, struct growing_file *file)
{
	int calls = 0;
	long got;

	do
		got = KERNEL(env, read)(KERNEL_CTX(env), fd, file->data + file->used,
					file->room - 1 - file->used);
	while (sys_interrupted(got, &calls));
	return got;
}

static int read_to_end(const struct pbpf_env *env, int fd, struct growing_file *file, size_t limit)
{
	file->size = said_size(env, fd, limit);
	while (!file->size || file->used != file->size) {
		int err = file->used + 1 < file->room ? 0 : grow_file(env, file, limit);
		long got;

		if (err)
			return err;
		got = read_piece(env, fd, file);
		if (got <= 0)
			return (int)got;
		file->used += (size_t)got;
		if (file->used > limit)
			return -EFBIG;
	}
	return 0;
}

/* Gives back the room that is left over, so that the size alone tells how to free the data. */
static int trim_file(const struct pbpf_env *env, struct growing_file *file)
{
	char *data = env_room(env, file->data, file->room, file->used + 1);

	if (!data)
		return -ENOMEM;
	data[file->used] = '\0';
	file->data = data;
	return 0;
}

int pbpf_sys_read_file(const struct pbpf_env *env, const char *path, void **data, size_t *size,
		       size_t limit)
{
	struct growing_file file = {0};
	int fd = pbpf_sys_open(env, path);
	int err;

	if (fd < 0)
		return fd;
	err = read_to_end(env, fd, &file, limit);
	pbpf_sys_close(env, fd);
	if (!err)
		err = trim_file(env, &file);
	if (err) {
		env_free(env, file.data, file.room, 1);
		return err;
	}
	*data = file.data;
	*size = file.used;
	return 0;
}

void pbpf_sys_free_file(const struct pbpf_env *env, void *data, size_t size)
{
	env_free(env, data, size + 1, 1);
}
