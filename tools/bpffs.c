/* SPDX-License-Identifier: MIT */
/*
 * Where pins go.
 */
#include "tools/bpffs.h"

#include "loader/pbpf_pin.h"
#include "tools/select.h"

#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define BPFFS_MAGIC 0xcafe4a11u /* BPF_FS_MAGIC of linux/magic.h */

bool in_bpffs(const char *path)
{
	struct statfs fs;

	return statfs(path, &fs) == 0 && (uint32_t)fs.f_type == BPFFS_MAGIC;
}

static bool below_usual(const char *path)
{
	size_t size = strlen(PBPF_PIN_FOLDER);

	return !strncmp(path, PBPF_PIN_FOLDER, size) && (!path[size] || path[size] == '/');
}

static int cannot_mount(struct cli *cli, const char *where, int err)
{
	const char *hint = "is it a folder?";

	if (err == EPERM || err == EACCES)
		hint = "mounting needs CAP_SYS_ADMIN: run it as root";
	else if (err == ENODEV)
		hint = "the kernel was built without CONFIG_BPF_SYSCALL";
	return env_fail(&cli->env, -err, AT(cli->command->name, NULL, 0), hint,
			"cannot mount a bpffs at '%s': %s", where, strerror(err));
}

static int in_no_bpffs(struct cli *cli, const char *folder)
{
	return env_fail(&cli->env, -EPERM, AT(cli->command->name, NULL, 0),
			"--mount mounts one; or give a path below " PBPF_PIN_FOLDER,
			"'%s' is in no bpffs, and pins can be in nothing else", folder);
}

/* Where a bpffs will be mounted over it, it may be anywhere. */
static int make_folder(struct cli *cli, const char *folder, bool anywhere)
{
	char *copy = strdup(folder);
	bool fits = copy && (anywhere || in_bpffs(dirname(copy)));

	free(copy);
	if (access(folder, F_OK) == 0)
		return 0;
	if (!fits)
		return in_no_bpffs(cli, folder);
	if (mkdir(folder, 0700) == 0 || errno == EEXIST)
		return 0;
	return env_fail(&cli->env, -errno, AT(cli->command->name, NULL, 0),
			"the folder that it is in must be there, and yours to write",
			"cannot make the folder '%s': %s", folder, strerror(errno));
}

static int mount_for(struct cli *cli, const char *folder)
{
	const char *where = below_usual(folder) ? PBPF_PIN_FOLDER : folder;

	if (in_bpffs(where))
		return 0;
	if (mount("bpf", where, "bpf", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0700") == 0)
		return 0;
	return cannot_mount(cli, where, errno);
}

int bpffs_ready(struct cli *cli, const char *folder, bool make)
{
	bool usual = below_usual(folder);
	int err = 0;

	/* Below the usual place the folder is one of the bpffs, else the bpffs is mounted over it. */
	if (cli->mount && usual)
		err = mount_for(cli, folder);
	if (!err && make)
		err = make_folder(cli, folder, cli->mount && !usual);
	if (!err && cli->mount && !usual)
		err = mount_for(cli, folder);
	if (err < 0 || in_bpffs(folder))
		return err;
	if (access(folder, F_OK) != 0)
		return env_fail(&cli->env, -errno, AT(cli->command->name, NULL, 0),
				"check the path; --mount mounts a bpffs", "cannot pin in '%s': %s",
				folder, strerror(errno));
	return in_no_bpffs(cli, folder);
}

int bpffs_pin(struct cli *cli, int fd, const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder;
	int err;

	if (!slash)
		folder = strdup(".");
	else
		folder = strndup(path, slash == path ? 1 : (size_t)(slash - path));
	if (!folder)
		return env_no_memory(&cli->env, cli->command->name, "a path");
	err = bpffs_ready(cli, folder, false);
	if (err >= 0)
		err = pbpf_pin(&cli->env, fd, folder, slash ? slash + 1 : path);
	free(folder);
	return err;
}

int bpffs_pin_words(struct cli *cli, enum pbpf_object_kind kind)
{
	struct words words = words_of(cli);
	struct found found;
	const char *path;
	int code = select_open(&words, kind, 0, &found);

	if (code)
		return code;
	code = words_need(&words, "a path", &path);
	if (!code)
		code = words_end(&words, NULL);
	if (!code)
		code = bpffs_pin(cli, found.fd, path);
	select_close(cli, &found);
	return code;
}
