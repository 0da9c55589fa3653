/* SPDX-License-Identifier: MIT */
/*
 * Cgroups by path and by id.
 */
#include "tools/cgroups.h"

#include <fcntl.h>
#include <mntent.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#define CGROUP2_MAGIC 0x63677270u /* of linux/magic.h */
#define FILEID_KERNFS 0xfe	  /* of linux/exportfs.h: a handle that is the inode's number */

bool cgroup_mount(char *path, size_t size)
{
	FILE *mounts = setmntent("/proc/self/mounts", "r");
	struct mntent *mount;
	bool found = false;

	while (mounts && !found && (mount = getmntent(mounts)))
		if (!strcmp(mount->mnt_type, "cgroup2"))
			found = (size_t)snprintf(path, size, "%s", mount->mnt_dir) < size;
	if (mounts)
		endmntent(mounts);
	return found;
}

/* An id is the inode's number, and that a file handle. */
bool cgroup_path(uint64_t id, char *path, size_t size)
{
	union {
		struct file_handle handle;
		char room[sizeof(struct file_handle) + sizeof(id)];
	} of = {.handle = {.handle_bytes = sizeof(id), .handle_type = FILEID_KERNFS}};
	char mount[4096], link[64];
	int mount_fd, fd;
	ssize_t got;

	if (!cgroup_mount(mount, sizeof(mount)))
		return false;
	mount_fd = open(mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (mount_fd < 0)
		return false;
	memcpy(of.handle.f_handle, &id, sizeof(id));
	fd = open_by_handle_at(mount_fd, &of.handle, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	close(mount_fd);
	if (fd < 0)
		return false;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	got = readlink(link, path, size - 1);
	close(fd);
	if (got < 0)
		return false;
	path[got] = '\0';
	return true;
}

int cgroup_open(struct cli *cli, const char *path)
{
	const char *hint = "give a folder of a mounted cgroup2; 'mount | grep cgroup2' shows where";
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct statfs fs;

	if (fd < 0)
		return env_fail(&cli->env, -errno, AT(cli->command->name, NULL, 0), hint,
				"cannot open the cgroup '%s': %s", path, strerror(errno));
	if (fstatfs(fd, &fs) == 0 && (uint32_t)fs.f_type == CGROUP2_MAGIC)
		return fd;
	close(fd);
	return env_fail(&cli->env, -EINVAL, AT(cli->command->name, NULL, 0), hint,
			"'%s' is no cgroup of cgroup2", path);
}
