/* SPDX-License-Identifier: MIT */
/*
 * Pins for the commands: pbpf_pin() by a whole path, and mounting a bpffs where the user asked for it.
 */
#ifndef TOOLS_BPFFS_H
#define TOOLS_BPFFS_H

#include "sys/pbpf_objects.h"
#include "tools/cli.h"

bool in_bpffs(const char *path);

/* Gives the object a name. With --mount, a bpffs is mounted first if the folder is in none: at /sys/fs/bpf
 * if the path is below it, else on the folder. On failure a message was given. */
int bpffs_pin(struct cli *cli, int fd, const char *path);

/* All of 'prog pin', 'map pin', 'link pin': the words name an object of the kernel, and the path. 0, an exit code, or
 * a negative errno; other than 0 after a message. */
int bpffs_pin_words(struct cli *cli, enum pbpf_object_kind kind);

/* The folder is in a bpffs; with --mount it is made one, and with `make` it is made. On failure a message was
 * given. */
int bpffs_ready(struct cli *cli, const char *folder, bool make);

#endif
