/* SPDX-License-Identifier: MIT */
/*
 * The tree of cgroups (cgroup2), to which programs can be attached.
 */
#ifndef TOOLS_CGROUPS_H
#define TOOLS_CGROUPS_H

#include "tools/cli.h"

/* Where the first cgroup2 is mounted; false: nowhere. */
bool cgroup_mount(char *path, size_t size);

/* The path of the cgroup with that id; false: there is none, or it may not be seen (CAP_DAC_READ_SEARCH). */
bool cgroup_path(uint64_t id, char *path, size_t size);

/* Its folder, open; on failure a message was given. */
int cgroup_open(struct cli *cli, const char *path);

#endif
