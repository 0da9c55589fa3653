/* SPDX-License-Identifier: MIT */
/*
 * Attaching without a link, by BPF_PROG_ATTACH: what cgroups knew before Linux 5.7 and sockmaps
 * before 6.10, and all that a lirc device knows. Such an attachment stays until it is detached, also
 * when the process ends; closing the link detaches it.
 */
#include "link/link.h"

static int undo_prog_attach(const struct pbpf_env *env, const struct link_undo *undo)
{
	struct pbpf_attach_attr attr = {
		.target_fd = undo->target,
		.prog_fd = undo->prog_fd,
		.attach_type = undo->attach_type,
	};

	return pbpf_sys_prog_detach(env, &attr);
}

/* The link needs both fds later, when the caller may have closed its own. */
static int keep_both(const struct pbpf_env *env, const struct pbpf_attach_attr *attr,
		     struct link_undo *undo)
{
	undo->target = pbpf_sys_dup(env, attr->target_fd);
	if (undo->target < 0)
		return undo->target;
	undo->prog_fd = pbpf_sys_dup(env, attr->prog_fd);
	if (undo->prog_fd >= 0)
		return 0;
	pbpf_sys_close(env, undo->target);
	return undo->prog_fd;
}

int link_prog_attach(struct pbpf_link **link, const struct pbpf_attach_attr *attr,
		     const struct link_kind *kind, const char *target, const struct pbpf_env *env)
{
	struct link_undo undo = {.end = undo_prog_attach, .attach_type = attr->attach_type};
	int err = keep_both(env, attr, &undo);

	if (err < 0)
		return link_refused(env, err, kind, target, NULL);
	err = pbpf_sys_prog_attach(env, attr);
	if (err < 0) {
		pbpf_sys_close(env, undo.prog_fd);
		pbpf_sys_close(env, undo.target);
		return link_refused(env, err, kind, target, NULL);
	}
	env_step(env, AT(STAGE_LINK, target, 0),
		 "attached to %s %s, without a link of the kernel's", kind->name, target);
	return link_of_undo(link, undo.target, &undo, env);
}
