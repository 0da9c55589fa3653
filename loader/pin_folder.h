/* SPDX-License-Identifier: MIT */
/*
 * The folder that pins are made in, for as long as that takes.
 *
 *	struct pin_folder folder = open_pin_folder(env, "/sys/fs/bpf/app");
 *
 *	err = make_pin_path(&path, &folder, "counts");      "/sys/fs/bpf/app/counts"
 *	err = pin_there(&folder, fd, path);
 *	close_pin_folder(&folder, err);
 *
 * An opened folder stays the one that was opened, whoever puts another in its place meanwhile; that takes
 * BPF_F_PATH_FD (Linux 6.5). Before, and where it cannot be opened, its path stands for it.
 */
#ifndef LOADER_PIN_FOLDER_H
#define LOADER_PIN_FOLDER_H

#include "base/env.h"

#define STAGE_PIN "pin"

struct pin_folder {
	const struct pbpf_env *env;
	const char *path;
	int fd;	   /* -1: known by its path */
	bool made; /* since it was not there */
};

/* A folder that is known by its path, and one that is opened if it can be. `path` must outlive it. */
struct pin_folder name_pin_folder(const struct pbpf_env *env, const char *path);
struct pin_folder open_pin_folder(const struct pbpf_env *env, const char *path);

/* With an error the folder is removed again, if it was made. */
void close_pin_folder(struct pin_folder *folder, int err);

/* FOLDER/NAME, to be freed with free_pin_path(). -EINVAL, and a message: a name that may not be one. */
int make_pin_path(char **path, const struct pin_folder *folder, const char *name);
void free_pin_path(const struct pbpf_env *env, char *path);

/* Is `path` right in this folder? */
bool is_right_in(const char *path, const char *folder);

/* What the kernel says, of a path of this folder; no message. pin_there() makes the folder if it is not there. */
int pin_there(struct pin_folder *folder, int fd, const char *path);
int open_pin(struct pin_folder *folder, const char *path, uint32_t flags);
int unlink_pin(const struct pin_folder *folder, const char *path);

/* pin.c: under a name, with a message. Unpinning refuses the pin of another than `owner`, if that is an fd. */
int pin_in_folder(struct pin_folder *folder, int fd, const char *name);
int unpin_in_folder(struct pin_folder *folder, const char *name, int owner);

/* The message for what the kernel refused; returns err. */
int refuse_pin(const struct pbpf_env *env, int err, const char *what, const char *path);

#endif
