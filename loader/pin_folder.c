/* SPDX-License-Identifier: MIT */
/*
 * Names are made safe first, then the kernel is asked; and folders that were made for a pin go with it.
 */
#include "loader/object.h"

#include <string.h>

#define NAME_LONGEST 255 /* NAME_MAX of Linux */

/* What is wrong with a name that shall be one in a folder; NULL: nothing. */
static const char *wrong_pin_name(const char *name)
{
	size_t length = strnlen(name, NAME_LONGEST + 1);

	if (!length)
		return "is empty";
	if (length > NAME_LONGEST)
		return "is longer than 255 bytes";
	if (strspn(name, ".") == length)
		return "is nothing but dots";
	for (const char *c = name; *c; c++) {
		if (*c == '/')
			return "has a '/' in it";
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			return "has a control character in it";
	}
	return NULL;
}

/* Without slashes at its end: what is in "/pins/" is in "/pins". */
static size_t folder_length(const char *folder)
{
	size_t length = strlen(folder);

	while (length && folder[length - 1] == '/')
		length--;
	return length;
}

bool is_right_in(const char *path, const char *folder)
{
	size_t length = folder_length(folder);

	return !strncmp(path, folder, length) && path[length] == '/' &&
	       !strchr(path + length + 1, '/');
}

int make_pin_path(char **path, const struct pin_folder *folder, const char *name)
{
	const char *wrong = wrong_pin_name(name);
	size_t length = folder_length(folder->path);
	char *made;

	if (wrong)
		return env_fail(folder->env, -EINVAL, AT(STAGE_PIN, name, 0), "choose another name",
				"'%s' cannot be pinned: the name %s", name, wrong);
	made = env_alloc(folder->env, length + 1 + strlen(name) + 1, 1);
	if (!made)
		return env_no_memory(folder->env, STAGE_PIN, "the path of a pin");
	memcpy(made, folder->path, length);
	made[length] = '/';
	strcpy(made + length + 1, name);
	for (char *c = made + length + 1; *c; c++)
		if (*c == '.')
			*c = '_';
	*path = made;
	return 0;
}

void free_pin_path(const struct pbpf_env *env, char *path)
{
	env_free(env, path, strlen(path) + 1, 1);
}

int refuse_pin(const struct pbpf_env *env, int err, const char *what, const char *path)
{
	const char *hint = NULL;

	if (err == -ENOENT)
		hint = "check the path; a bpffs is mounted with: mount -t bpf bpf /sys/fs/bpf";
	else if (err == -EPERM || err == -EACCES)
		hint = "the folder must be in a bpffs (mount -t bpf bpf /sys/fs/bpf), and this "
		       "process may need to be root";
	else if (err == -EEXIST)
		hint = "unpin what is there, or choose another path";
	return env_fail(env, err, AT(STAGE_PIN, path, 0), hint, "cannot %s '%s': %s", what, path,
			pbpf_error_name(err));
}

/* --- The folder itself ------------------------------------------------------------------------ */

struct pin_folder name_pin_folder(const struct pbpf_env *env, const char *path)
{
	return (struct pin_folder){.env = env, .path = path, .fd = -1};
}

struct pin_folder open_pin_folder(const struct pbpf_env *env, const char *path)
{
	struct pin_folder folder = name_pin_folder(env, path);

	folder.fd = pbpf_sys_open(env, path);
	return folder;
}

void close_pin_folder(struct pin_folder *folder, int err)
{
	pbpf_sys_close(folder->env, folder->fd);
	if (err && folder->made)
		pbpf_sys_rmdir(folder->env, folder->path);
	*folder = name_pin_folder(folder->env, folder->path);
}

/* The name of a pin for the kernel, beside the folder's fd. */
static const char *pin_name(const struct pin_folder *folder, const char *path)
{
	return folder->fd < 0 ? path : strrchr(path, '/') + 1;
}

/* Was the fd refused, as before Linux 6.5? Then the path does from now on. */
static bool go_by_path(struct pin_folder *folder, int err)
{
	if (err != -EINVAL || folder->fd < 0)
		return false;
	pbpf_sys_close(folder->env, folder->fd);
	folder->fd = -1;
	return true;
}

/* Makes the last folder of its path, for the owner alone. */
static bool make_pin_folder(struct pin_folder *folder)
{
	if (folder->fd >= 0 || folder->made || pbpf_sys_mkdir(folder->env, folder->path))
		return false;
	*folder = open_pin_folder(folder->env, folder->path);
	folder->made = true;
	env_step(folder->env, AT(STAGE_PIN, folder->path, 0), "folder '%s' is made for pins",
		 folder->path);
	return true;
}

int pin_there(struct pin_folder *folder, int fd, const char *path)
{
	int err;

	do
		err = pbpf_sys_obj_pin(folder->env, fd, folder->fd, pin_name(folder, path), 0);
	while (go_by_path(folder, err) || (err == -ENOENT && make_pin_folder(folder)));
	return err;
}

int open_pin(struct pin_folder *folder, const char *path, uint32_t flags)
{
	int fd;

	do
		fd = pbpf_sys_obj_get(folder->env, folder->fd, pin_name(folder, path), flags);
	while (go_by_path(folder, fd));
	return fd;
}

int unlink_pin(const struct pin_folder *folder, const char *path)
{
	if (folder->fd < 0)
		return pbpf_sys_unlink(folder->env, path);
	return pbpf_sys_unlinkat(folder->env, folder->fd, pin_name(folder, path));
}
