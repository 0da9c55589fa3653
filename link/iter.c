/* SPDX-License-Identifier: MIT */
/*
 * Iterators: a program that the kernel calls for each of its objects of a kind, whenever a file is
 * read.
 *
 *	link ── pbpf_link_iter_fd() ──> fd ── read(2) ──> what the program wrote
 */
#include "link/link.h"
#include "link/pbpf_link_trace.h"

/* The kernel's union bpf_iter_link_info. A kernel that knows less of it takes it while the rest is
 * 0. */
union iter_info {
	struct {
		uint32_t map_fd;
	} map;
	struct {
		uint32_t order;
		uint32_t cgroup_fd;
		uint64_t cgroup_id;
	} cgroup;
	struct {
		uint32_t tid;
		uint32_t pid;
		uint32_t pid_fd;
	} task;
};

/* Writes what to walk; false when nothing is said about it. -EINVAL when too much is. */
static int fill_iter_info(union iter_info *info, const struct pbpf_iter *of)
{
	bool cgroup = of->cgroup_fd > 0 || of->cgroup_id || of->cgroup_order;
	bool task = of->tid || of->pid || of->pid_fd > 0;

	if ((of->map_fd > 0) + cgroup + task > 1)
		return -EINVAL;
	*info = (union iter_info){{0}};
	if (of->map_fd > 0) {
		info->map.map_fd = (uint32_t)of->map_fd;
	} else if (cgroup) {
		info->cgroup.order = of->cgroup_order;
		info->cgroup.cgroup_fd = of->cgroup_fd > 0 ? (uint32_t)of->cgroup_fd : 0;
		info->cgroup.cgroup_id = of->cgroup_id;
	} else if (task) {
		info->task.tid = of->tid;
		info->task.pid = of->pid;
		info->task.pid_fd = of->pid_fd > 0 ? (uint32_t)of->pid_fd : 0;
	}
	return of->map_fd > 0 || cgroup || task;
}

int pbpf_link_iter(struct pbpf_link **link, int prog_fd, const struct pbpf_iter *of,
		   const struct pbpf_link_options *opts)
{
	static const struct pbpf_iter everything;
	const struct pbpf_env *env = link_env(opts);
	struct pbpf_link_attr attr = {.prog_fd = prog_fd, .attach_type = PBPF_TRACE_ITER};
	union iter_info info;
	int limited = fill_iter_info(&info, of ? of : &everything);

	if (limited < 0)
		return env_fail(env, limited, AT(STAGE_LINK, NULL, 0),
				"name a map, a cgroup, or a task or process",
				"an iterator walks one thing, more than one is named");
	if (limited) {
		attr.iter.info = &info;
		attr.iter.size = sizeof(info);
	}
	return link_made(link, pbpf_sys_link_create(env, &attr), LINK_TRACING("iterator"), NULL,
			 env);
}

int pbpf_link_iter_fd(const struct pbpf_link *link)
{
	const struct pbpf_env *env = link_env_of(link);
	int fd = pbpf_sys_iter_create(env, pbpf_link_fd(link));

	if (fd >= 0)
		return fd;
	return env_fail(env, fd, AT(STAGE_LINK, NULL, 0),
			fd == -EINVAL ? "is it the link of an iterator?" : NULL,
			"the kernel refused to open the iterator for reading: %s",
			pbpf_error_name(fd));
}
