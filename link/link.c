/* SPDX-License-Identifier: MIT */
/*
 * The link: an fd that holds an attachment, and what can be done with it.
 */
#include "link/link.h"

#include <stdio.h>

struct pbpf_link {
	struct pbpf_env env;
	int fd;
};

static const struct pbpf_env no_env;

const struct pbpf_env *link_env(const struct pbpf_link_options *opts)
{
	return opts && opts->env ? opts->env : &no_env;
}

int link_of_fd(struct pbpf_link **link, int fd, const struct pbpf_env *env)
{
	struct pbpf_link *l = env_alloc(env, 1, sizeof(*l));

	if (!l) {
		pbpf_sys_close(env, fd);
		return env_no_memory(env, STAGE_LINK, "a link");
	}
	l->env = *env;
	l->fd = fd;
	*link = l;
	return 0;
}

static const char *refusal_hint_of_link(int err)
{
	switch (err) {
	case -EPERM:
	case -EACCES:
		return "run it as root, or with CAP_PERFMON (tracing) or CAP_NET_ADMIN (networking)";
	case -EINVAL:
		return "is the program of the type that goes there, and the kernel new enough?";
	case -EBADF: return "is the program loaded, and its fd still open?";
	case -EBUSY:
	case -EEXIST: return "something is attached there already: `bpftool link` lists it";
	case -ENOENT: return "what it would attach to is not in this kernel";
	default: return NULL;
	}
}

int link_refused(const struct pbpf_env *env, int err, const char *kind, const char *target)
{
	return env_fail(env, err, AT(STAGE_LINK, target, 0), refusal_hint_of_link(err),
			"the kernel refused to attach the program to %s %s: %s", kind, target,
			pbpf_error_name(err));
}

int pbpf_link_create(struct pbpf_link **link, const struct pbpf_link_attr *attr,
		     const struct pbpf_link_options *opts)
{
	const struct pbpf_env *env = link_env(opts);
	int fd = pbpf_sys_link_create(env, attr);
	char target[64];

	if (fd >= 0)
		return link_of_fd(link, fd, env);
	snprintf(target, sizeof(target), "%d (attach type %u)", attr->target_fd, attr->attach_type);
	return link_refused(env, fd, "target", target);
}

int pbpf_link_fd(const struct pbpf_link *link)
{
	return link->fd;
}

/* Passes on the result of a command about the link, with a message when it is a refusal. */
static int link_done(const struct pbpf_link *link, int err, const char *what, const char *hint)
{
	if (err >= 0)
		return 0;
	return env_fail(&link->env, err, AT(STAGE_LINK, NULL, 0), hint,
			"the kernel refused to %s the link: %s", what, pbpf_error_name(err));
}

int pbpf_link_update(struct pbpf_link *link, int prog_fd)
{
	return link_done(link, pbpf_sys_link_update(&link->env, link->fd, prog_fd, 0, 0), "update",
			 "not every kind of link can change its program: attach the other, then "
			 "close this one");
}

int pbpf_link_pin(const struct pbpf_link *link, int dir_fd, const char *path)
{
	return link_done(link, pbpf_sys_obj_pin(&link->env, link->fd, dir_fd, path, 0), "pin",
			 "a pin is a new name in a bpffs, often mounted at /sys/fs/bpf; a "
			 "tracepoint can be pinned since Linux 5.15");
}

int pbpf_link_detach(struct pbpf_link *link)
{
	return link_done(link, pbpf_sys_link_detach(&link->env, link->fd), "detach",
			 "not every kind of link can be detached: close it instead");
}

void pbpf_link_close(struct pbpf_link *link)
{
	struct pbpf_env env;

	if (!link)
		return;
	env = link->env;
	pbpf_sys_close(&env, link->fd);
	env_free(&env, link, 1, sizeof(*link));
}
