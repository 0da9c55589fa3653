/* SPDX-License-Identifier: MIT */
/*
 * Looks through every bpffs and every process for what holds objects.
 */
#include "tools/holders.h"

#include "sys/pbpf_sys.h"
#include "tools/text.h"

#include <dirent.h>
#include <mntent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PINS_DEPTH_MAX 32 /* folders within folders of a bpffs */

static int add_holder(struct holders *holders, const struct pbpf_fd_info *of, uint32_t pid,
		      const char *name)
{
	struct holder *holder;

	if (holders->count == holders->room) {
		size_t room = holders->room ? 2 * holders->room : 64;
		struct holder *grown = realloc(holders->array, room * sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		holders->array = grown;
		holders->room = room;
	}
	holder = &holders->array[holders->count];
	*holder = (struct holder){of->kind, of->id, pid, strdup(name)};
	if (!holder->name)
		return -ENOMEM;
	holders->count++;
	return 0;
}

/* --- Pins ------------------------------------------------------------------------------------- */

static int add_pin(struct cli *cli, struct holders *holders, const char *path)
{
	struct pbpf_fd_info of;
	int fd = pbpf_sys_obj_get(&cli->env, -1, path, 0), err;

	if (fd == -EACCES || fd == -EPERM)
		fd = pbpf_sys_obj_get(&cli->env, -1, path, PBPF_F_RDONLY);
	if (fd < 0)
		return 0;
	err = pbpf_sys_fd_info(&cli->env, 0, fd, &of);
	pbpf_sys_close(&cli->env, fd);
	return err < 0 || of.kind == PBPF_OBJECT_NONE ? 0 : add_holder(holders, &of, 0, path);
}

static int walk_pins(struct cli *cli, struct holders *holders, const char *folder, int depth);

static int take_entry(struct cli *cli, struct holders *holders, const char *folder,
		      const char *name, int depth)
{
	struct stat is = {.st_mode = 0};
	char *path;
	int err = 0;

	if (!strcmp(name, ".") || !strcmp(name, ".."))
		return 0;
	if (asprintf(&path, "%s/%s", folder, name) < 0)
		return -ENOMEM;
	lstat(path, &is);
	if (S_ISDIR(is.st_mode))
		err = walk_pins(cli, holders, path, depth - 1);
	else if (S_ISREG(is.st_mode))
		err = add_pin(cli, holders, path);
	free(path);
	return err;
}

/* What cannot be read is left out. */
static int walk_pins(struct cli *cli, struct holders *holders, const char *folder, int depth)
{
	DIR *dir = depth ? opendir(folder) : NULL;
	struct dirent *entry;
	int err = 0;

	if (!dir)
		return 0;
	while (!err && (entry = readdir(dir)))
		err = take_entry(cli, holders, folder, entry->d_name, depth);
	closedir(dir);
	return err;
}

static int find_pins(struct cli *cli, struct holders *holders)
{
	FILE *mounts = setmntent("/proc/self/mounts", "r");
	struct mntent *mount;
	int err = 0;

	if (!mounts)
		return 0;
	while (!err && (mount = getmntent(mounts)))
		if (!strcmp(mount->mnt_type, "bpf"))
			err = walk_pins(cli, holders, mount->mnt_dir, PINS_DEPTH_MAX);
	endmntent(mounts);
	return err;
}

/* --- Processes -------------------------------------------------------------------------------- */

/* Is /proc/PID/fd/FD one of bpf(2)'s? "anon_inode:bpf-prog", "anon_inode:bpf_link" ... */
static bool is_bpf_fd(const char *folder, const char *fd)
{
	static const char start[] = "anon_inode:";
	char path[400], target[64] = "";

	snprintf(path, sizeof(path), "%s/%s", folder, fd);
	return readlink(path, target, sizeof(target) - 1) > 0 &&
	       !strncmp(target, start, sizeof(start) - 1) && strstr(target, "bpf");
}

static void read_comm(struct cli *cli, uint32_t pid, char comm[64])
{
	char path[64];
	void *data;
	size_t size;

	snprintf(path, sizeof(path), "/proc/%u/comm", pid);
	snprintf(comm, 64, "?");
	if (pbpf_sys_read_file(&cli->env, path, &data, &size, 4096) < 0)
		return;
	snprintf(comm, 64, "%.*s", (int)strcspn(data, "\n"), (const char *)data);
	pbpf_sys_free_file(&cli->env, data, size);
}

/* Each object once, although the process may have several fds of it. */
static bool is_known(const struct holders *holders, size_t first, const struct pbpf_fd_info *of)
{
	for (size_t i = first; i < holders->count; i++)
		if (holders->array[i].kind == of->kind && holders->array[i].id == of->id)
			return true;
	return false;
}

static int take_process(struct cli *cli, struct holders *holders, uint32_t pid)
{
	size_t first = holders->count;
	char folder[64], comm[64];
	struct pbpf_fd_info of;
	struct dirent *entry;
	int err = 0;
	DIR *dir;

	snprintf(folder, sizeof(folder), "/proc/%u/fd", pid);
	dir = opendir(folder);
	if (!dir)
		return 0;
	while (!err && (entry = readdir(dir))) {
		if (!is_bpf_fd(folder, entry->d_name) ||
		    pbpf_sys_fd_info(&cli->env, pid, atoi(entry->d_name), &of) < 0 ||
		    of.kind == PBPF_OBJECT_NONE || is_known(holders, first, &of))
			continue;
		if (holders->count == first)
			read_comm(cli, pid, comm);
		err = add_holder(holders, &of, pid, comm);
	}
	closedir(dir);
	return err;
}

static int find_processes(struct cli *cli, struct holders *holders)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	int err = 0;

	if (!dir)
		return 0;
	while (!err && (entry = readdir(dir))) {
		uint32_t pid = (uint32_t)strtoul(entry->d_name, NULL, 10);

		if (pid && pid != (uint32_t)getpid())
			err = take_process(cli, holders, pid);
	}
	closedir(dir);
	return err;
}

/* --- All of them ------------------------------------------------------------------------------ */

static int by_object(const void *a, const void *b)
{
	const struct holder *x = a, *y = b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return strcmp(x->name, y->name);
}

int holders_find(struct cli *cli, struct holders *holders)
{
	int err = cli->pins ? find_pins(cli, holders) : 0;

	if (!err && cli->processes)
		err = find_processes(cli, holders);
	if (err)
		return env_no_memory(&cli->env, cli->command->name, "pins and processes");
	if (holders->count)
		qsort(holders->array, holders->count, sizeof(*holders->array), by_object);
	return 0;
}

void holders_free(struct holders *holders)
{
	for (size_t i = 0; i < holders->count; i++)
		free(holders->array[i].name);
	free(holders->array);
}

const struct holder *holders_of(const struct holders *holders, enum pbpf_object_kind kind,
				uint32_t id, size_t *count)
{
	size_t low = 0, high = holders->count, end;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct holder *at = &holders->array[middle];

		if (at->kind < kind || (at->kind == kind && at->id < id))
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < holders->count && holders->array[end].kind == kind &&
			holders->array[end].id == id;)
		end++;
	*count = end - low;
	return holders->array ? &holders->array[low] : NULL;
}

void holders_put(FILE *to, const struct holders *holders, enum pbpf_object_kind kind, uint32_t id)
{
	size_t count;
	const struct holder *holder = holders_of(holders, kind, id, &count);

	if (!count)
		fputc('-', to);
	for (size_t i = 0; i < count; i++) {
		fputs(i ? ", " : "", to);
		put_name(to, holder[i].name);
		if (holder[i].pid)
			fprintf(to, " (%u)", holder[i].pid);
	}
}

void holders_put_json(struct json *json, const struct holders *holders, enum pbpf_object_kind kind,
		      uint32_t id)
{
	size_t count, pins = 0;
	const struct holder *holder = holders_of(holders, kind, id, &count);

	while (pins < count && !holder[pins].pid)
		pins++;
	if (pins)
		json_open(json, "pinned", '[');
	for (size_t i = 0; i < pins; i++)
		json_string(json, NULL, holder[i].name);
	if (pins)
		json_close(json, ']');
	if (pins == count)
		return;
	json_open(json, "pids", '[');
	for (size_t i = pins; i < count; i++) {
		json_open(json, NULL, '{');
		json_number(json, "pid", holder[i].pid);
		json_string(json, "comm", holder[i].name);
		json_close(json, '}');
	}
	json_close(json, ']');
}
