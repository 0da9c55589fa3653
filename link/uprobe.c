/* SPDX-License-Identifier: MIT */
/*
 * Uprobes: a program runs when a process comes to a place in an executable or a library. One place is
 * a perf event, many are one link of the kernel's (uprobe.multi).
 */
#include "link/binary.h"
#include "link/pbpf_link_trace.h"
#include "link/probe.h"

#include <stdio.h>
#include <string.h>

/* Where is it? Reads the file only if it must be searched, or searched for. */
static int find_place(const struct pbpf_env *env, const struct pbpf_uprobe *at,
		      struct binary *binary, uint64_t *offset)
{
	uint64_t place = at->offset;
	int err = 0;

	binary->image = NULL;
	if (!at->symbol && !at->root_of && strchr(at->path, '/')) {
		if (strlen(at->path) >= sizeof(binary->path))
			return env_fail(env, -ENAMETOOLONG, AT(STAGE_LINK, NULL, 0), NULL,
					"the path of the file is too long");
		strcpy(binary->path, at->path);
	} else {
		err = binary_open(env, at->path, at->root_of, binary);
	}
	if (!err && at->symbol)
		err = binary_function(env, binary, at->symbol, at->offset, &place);
	if (binary->image)
		binary_close(env, binary);
	if (!err)
		*offset = place;
	return err;
}

int pbpf_link_uprobe(struct pbpf_link **link, int prog_fd, const struct pbpf_uprobe *at,
		     const struct pbpf_link_options *opts)
{
	const struct pbpf_env *env = link_env(opts);
	struct binary binary;
	struct probe probe = {
		.pmu = "uprobe",
		.name = binary.path,
		.at_return = at->at_return,
		.pid = at->pid,
		.semaphore = at->semaphore,
	};
	char target[256];
	int fd = find_place(env, at, &binary, &probe.offset);

	if (!fd)
		fd = probe_find_pmu(env, &probe);
	if (fd)
		return fd;
	snprintf(target, sizeof(target), "%.200s+0x%llx", binary.path,
		 (unsigned long long)probe.offset);
	fd = probe_open(env, &probe);
	if (fd >= 0)
		fd = link_perf_event(env, fd, prog_fd, opts ? opts->cookie : 0);
	return probe_link(link, fd, &probe, LINK_TRACING(at->at_return ? "uretprobe" : "uprobe"),
			  target, env);
}

/* BPF_LINK_CREATE for places that are known. */
static int create_uprobe_multi(struct pbpf_link **link, int prog_fd, const char *path,
			       const struct pbpf_uprobe_multi *at, const uint64_t *offsets,
			       size_t count, const struct pbpf_env *env)
{
	struct pbpf_link_attr attr = {
		.prog_fd = prog_fd,
		.attach_type = at->session ? PBPF_TRACE_UPROBE_SESSION : PBPF_TRACE_UPROBE_MULTI,
		.multi =
			{
				.count = (uint32_t)count,
				.flags = at->at_return ? PBPF_F_UPROBE_MULTI_RETURN : 0,
				.path = path,
				.offsets = offsets,
				.cookies = at->pattern ? NULL : at->cookies,
				.pid = (uint32_t)at->pid,
			},
	};
	char target[256];

	snprintf(target, sizeof(target), "%zu places of %.200s", count, path);
	return link_made(link, pbpf_sys_link_create(env, &attr), LINK_TRACING("uprobes at"), target,
			 env);
}

int pbpf_link_uprobe_multi(struct pbpf_link **link, int prog_fd, const struct pbpf_uprobe_multi *at,
			   const struct pbpf_link_options *opts)
{
	const struct pbpf_env *env = link_env(opts);
	struct binary binary;
	uint64_t *offsets;
	size_t count;
	int err;

	if (!at->pattern == !at->offsets)
		return env_fail(
			env, -EINVAL, AT(STAGE_LINK, at->path, 0), NULL,
			"uprobes are placed by a pattern of names or by offsets, one of the "
			"two");
	err = binary_open(env, at->path, at->root_of, &binary);
	if (err)
		return err;
	if (!at->pattern) {
		err = create_uprobe_multi(link, prog_fd, binary.path, at, at->offsets, at->count,
					  env);
	} else {
		err = binary_functions(env, &binary, at->pattern, &offsets, &count);
		if (!err) {
			err = create_uprobe_multi(link, prog_fd, binary.path, at, offsets, count,
						  env);
			env_free(env, offsets, count, sizeof(*offsets));
		}
	}
	binary_close(env, &binary);
	return err;
}
