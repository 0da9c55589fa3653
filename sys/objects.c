/* SPDX-License-Identifier: MIT */
/*
 * All objects of a kind, one after the other, and what /proc tells of an fd (fs/proc/fd.c and the
 * show_fdinfo() functions in kernel/bpf/ of Linux).
 */
#include "sys/pbpf_objects.h"

#include "sys/kernel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is asked for comes first in such a file; that of a link to many functions may be long. */
#define FD_INFO_MAX 2048

int pbpf_sys_object_by_id(const struct pbpf_env *env, enum pbpf_object_kind kind, uint32_t id,
			  uint32_t flags)
{
	switch (kind) {
	case PBPF_OBJECT_PROG: return pbpf_sys_prog_fd_by_id(env, id);
	case PBPF_OBJECT_MAP: return pbpf_sys_map_fd_by_id(env, id, flags);
	case PBPF_OBJECT_LINK: return pbpf_sys_link_fd_by_id(env, id);
	case PBPF_OBJECT_BTF: return pbpf_sys_btf_fd_by_id(env, id);
	case PBPF_OBJECT_NONE: break;
	}
	return -EINVAL;
}

static int next_object_id(const struct pbpf_env *env, enum pbpf_object_kind kind, uint32_t *id)
{
	switch (kind) {
	case PBPF_OBJECT_PROG: return pbpf_sys_prog_next_id(env, *id, id);
	case PBPF_OBJECT_MAP: return pbpf_sys_map_next_id(env, *id, id);
	case PBPF_OBJECT_LINK: return pbpf_sys_link_next_id(env, *id, id);
	case PBPF_OBJECT_BTF: return pbpf_sys_btf_next_id(env, *id, id);
	case PBPF_OBJECT_NONE: break;
	}
	return -EINVAL;
}

int pbpf_sys_next_object(const struct pbpf_env *env, enum pbpf_object_kind kind, uint32_t *id)
{
	uint32_t next = *id;
	int fd;

	do {
		int err = next_object_id(env, kind, &next);

		if (err < 0)
			return err;
		fd = pbpf_sys_object_by_id(env, kind, next, PBPF_F_RDONLY);
	} while (fd == -ENOENT);
	if (fd >= 0)
		*id = next;
	return fd;
}

#define BTF_SIZE_MAX (16u << 20) /* BTF_MAX_SIZE in linux/btf.h */

int pbpf_sys_btf_read(const struct pbpf_env *env, int fd, void **bytes, uint32_t *size)
{
	struct pbpf_btf_info info = {0};
	uint32_t info_size = sizeof(info), count;
	int err = pbpf_sys_obj_info(env, fd, &info, &info_size);
	void *room;

	count = info.btf_size;
	if (!err && count > BTF_SIZE_MAX)
		err = -EFBIG;
	if (err)
		return err;
	room = env_alloc(env, count, 1);
	if (!room)
		return -ENOMEM;
	info = (struct pbpf_btf_info){.btf = PBPF_ADDRESS(room), .btf_size = count};
	info_size = sizeof(info);
	err = pbpf_sys_obj_info(env, fd, &info, &info_size);
	if (err) {
		env_free(env, room, count, 1);
		return err;
	}
	*bytes = room;
	*size = count;
	return 0;
}

/* --- /proc/PID/fdinfo/FD ---------------------------------------------------------------------- */

/* The file's text in `text`; of a longer one its beginning. */
static int read_fd_info(const struct pbpf_env *env, uint32_t pid, int fd, char *text, size_t room)
{
	char path[64];
	int file, calls = 0;
	long got;

	if (pid)
		snprintf(path, sizeof(path), "/proc/%u/fdinfo/%d", pid, fd);
	else
		snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	file = sys_keep_fd(env, (int)KERNEL(env, open)(KERNEL_CTX(env), path));
	if (file < 0)
		return file;
	do
		got = pbpf_sys_read(env, file, text, room - 1);
	while (sys_interrupted(got, &calls));
	pbpf_sys_close(env, file);
	if (got < 0)
		return (int)got;
	text[got] = '\0';
	return 0;
}

/* The line that tells what an fd is of, and the one with its id. The file of a link tells its program's id
 * too, so an id counts behind its own type only; of BTF there is but the id. */
static const struct {
	const char *type, *id;
	enum pbpf_object_kind kind;
} fd_kinds[] = {
	{"prog_type:", "prog_id:", PBPF_OBJECT_PROG},
	{"map_type:", "map_id:", PBPF_OBJECT_MAP},
	{"link_type:", "link_id:", PBPF_OBJECT_LINK},
	{"btf_id:", "btf_id:", PBPF_OBJECT_BTF},
};

/* Is it that line? Then what comes behind its name. */
static const char *behind(const char *line, const char *name)
{
	size_t size = strlen(name);

	return strncmp(line, name, size) ? NULL : line + size;
}

static void take_fd_line(struct pbpf_fd_info *info, const char *line)
{
	const char *value;

	for (size_t i = 0; i < sizeof(fd_kinds) / sizeof(fd_kinds[0]); i++) {
		if (info->kind == PBPF_OBJECT_NONE && behind(line, fd_kinds[i].type))
			info->kind = fd_kinds[i].kind;
		if (info->kind == fd_kinds[i].kind && (value = behind(line, fd_kinds[i].id)))
			info->id = (uint32_t)strtoul(value, NULL, 10);
	}
	if ((value = behind(line, "memlock:")))
		info->memlock = strtoull(value, NULL, 10);
	else if ((value = behind(line, "frozen:")))
		info->frozen = (uint32_t)strtoul(value, NULL, 10);
	else if ((value = behind(line, "owner_prog_type:")))
		info->owner_prog_type = (uint32_t)strtoul(value, NULL, 10);
	else if ((value = behind(line, "owner_jited:")))
		info->owner_jited = (uint32_t)strtoul(value, NULL, 10);
}

int pbpf_sys_fd_info(const struct pbpf_env *env, uint32_t pid, int fd, struct pbpf_fd_info *info)
{
	struct pbpf_fd_info found = {.kind = PBPF_OBJECT_NONE};
	char text[FD_INFO_MAX];
	int err = read_fd_info(env, pid, fd, text, sizeof(text));

	if (err < 0)
		return err;
	for (char *line = text; *line;) {
		size_t size = strcspn(line, "\n");
		bool last = !line[size];

		line[size] = '\0';
		take_fd_line(&found, line);
		line += size + !last;
	}
	*info = found;
	return 0;
}
