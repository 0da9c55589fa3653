/* SPDX-License-Identifier: MIT */
/*
 * The link: an fd that holds an attachment, and what can be done with it.
 */
#include "link/link.h"
#include "sys/pbpf_objects.h"

#include <stdio.h>

struct pbpf_link {
	struct pbpf_env env;
	int fd;
	struct link_undo undo; /* without an end(): closing the fd ends the attachment */
};

static const struct pbpf_env no_env;

const struct pbpf_env *link_env(const struct pbpf_link_options *opts)
{
	return opts && opts->env ? opts->env : &no_env;
}

const struct pbpf_env *link_env_of(const struct pbpf_link *link)
{
	return &link->env;
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
	l->undo.prog_fd = -1;
	*link = l;
	return 0;
}

int link_of_undo(struct pbpf_link **link, int fd, const struct link_undo *undo,
		 const struct pbpf_env *env)
{
	struct pbpf_link *l = env_alloc(env, 1, sizeof(*l));

	if (!l) {
		undo->end(env, undo);
		pbpf_sys_close(env, undo->prog_fd);
		pbpf_sys_close(env, fd);
		return env_no_memory(env, STAGE_LINK, "a link");
	}
	l->env = *env;
	l->fd = fd;
	l->undo = *undo;
	*link = l;
	return 0;
}

const char *refusal_hint_of_link(int err, const char *capability, char words[HINT_MAX])
{
	switch (err) {
	case -EPERM:
	case -EACCES:
		if (!capability)
			return NULL;
		snprintf(words, HINT_MAX, "run it as root, or with %s", capability);
		return words;
	case -EINVAL:
		return "is the program of the type that goes there, and the kernel new enough?";
	case -EBADF: return "is the program loaded, and its fd still open?";
	case -EBUSY:
	case -EEXIST:
	case -E2BIG: return "something is attached there already: `plainbpf link` lists it";
	case -ENOENT: return "what it would attach to, or be put next to, is not in this kernel";
	case -ENODEV: return "is there an interface of this index in this network namespace?";
	case -ESTALE: return "the list of programs has changed since its revision was asked for";
	case -ERANGE: return "the program to be put next to is not in the list, or not there";
	default: return NULL;
	}
}

/* "tracepoint sched/sched_switch", or "the iterator that it was loaded for"; four words for a format. */
#define NAME_OF_TARGET(kind, target)                                                      \
	(target) ? "" : "the ", (kind)->name, (target) ? " " : " that it was loaded for", \
		(target) ? (target) : ""

int link_refused(const struct pbpf_env *env, int err, const struct link_kind *kind,
		 const char *target, const char *said)
{
	char hint[HINT_MAX];
	bool words = said && *said;

	return env_fail(env, err, AT(STAGE_LINK, target, 0),
			refusal_hint_of_link(err, kind->capability, hint),
			"the kernel refused to attach the program to %s%s%s%s: %s%s%s%s",
			NAME_OF_TARGET(kind, target), pbpf_error_name(err), words ? " (" : "",
			words ? said : "", words ? ")" : "");
}

int link_made(struct pbpf_link **link, int fd, const struct link_kind *kind, const char *target,
	      const struct pbpf_env *env)
{
	if (fd < 0)
		return link_refused(env, fd, kind, target, NULL);
	env_step(env, AT(STAGE_LINK, target, 0), "attached to %s%s%s%s",
		 NAME_OF_TARGET(kind, target));
	return link_of_fd(link, fd, env);
}

void link_name_target(char name[LINK_TARGET_MAX], const char *what, uint32_t number,
		      uint32_t attach_type)
{
	const char *type = pbpf_attach_type_name(attach_type);

	if (type)
		snprintf(name, LINK_TARGET_MAX, "%s%u (%s)", what, number, type);
	else
		snprintf(name, LINK_TARGET_MAX, "%s%u (attach type %u)", what, number, attach_type);
}

int link_of_create(struct pbpf_link **link, const struct pbpf_link_attr *attr,
		   const struct link_kind *kind, const char *target,
		   const struct pbpf_link_options *opts)
{
	const struct pbpf_env *env = link_env(opts);
	struct pbpf_link_attr ordered = *attr;

	if (opts) {
		ordered.flags |= opts->flags;
		ordered.relative_fd = opts->relative_fd;
		ordered.expected_revision = opts->expected_revision;
	}
	return link_made(link, pbpf_sys_link_create(env, &ordered), kind, target, env);
}

int pbpf_link_create(struct pbpf_link **link, const struct pbpf_link_attr *attr,
		     const struct pbpf_link_options *opts)
{
	const struct pbpf_env *env = link_env(opts);
	char target[LINK_TARGET_MAX];

	link_name_target(target, "", (uint32_t)attr->target_fd, attr->attach_type);
	return link_made(link, pbpf_sys_link_create(env, attr),
			 &(const struct link_kind){"target",
						   "CAP_PERFMON (tracing) or " NEEDS_NET_ADMIN
						   " (networking)"},
			 target, env);
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

int pbpf_link_pin(struct pbpf_link *link, int dir_fd, const char *path)
{
	int err = link_done(link, pbpf_sys_obj_pin(&link->env, link->fd, dir_fd, path, 0), "pin",
			    "a pin is a new name in a bpffs, often mounted at /sys/fs/bpf; a "
			    "tracepoint can be pinned since Linux 5.15");

	if (!err && link->undo.forget) {
		link->undo.forget(&link->env, &link->undo);
		link->undo = (struct link_undo){.prog_fd = -1};
	}
	return err;
}

int pbpf_link_open_pinned(struct pbpf_link **link, int dir_fd, const char *path,
			  const struct pbpf_link_options *opts)
{
	const struct pbpf_env *env = link_env(opts);
	struct pbpf_link_info info = {0};
	uint32_t size = sizeof(info);
	int fd = pbpf_sys_obj_get(env, dir_fd, path, 0);
	int err = fd < 0 ? fd : pbpf_sys_obj_info(env, fd, &info, &size);

	if (err < 0) {
		pbpf_sys_close(env, fd);
		return env_fail(
			env, err, AT(STAGE_LINK, path, 0),
			err == -ENOENT ? "`plainbpf link --bpffs` lists links with their pins"
				       : NULL,
			"the link pinned at '%s' cannot be opened: %s", path, pbpf_error_name(err));
	}
	return link_of_fd(link, fd, env);
}

int pbpf_link_info(const struct pbpf_link *link, struct pbpf_link_info *info)
{
	uint32_t size = sizeof(*info);

	return link_done(link, pbpf_sys_obj_info(&link->env, link->fd, info, &size), "tell about",
			 "an attachment without a link of the kernel's has none");
}

int pbpf_link_replace(struct pbpf_link *link, int prog_fd, int old_fd)
{
	return link_done(
		link, pbpf_sys_link_update(&link->env, link->fd, prog_fd, old_fd, PBPF_F_REPLACE),
		"update", "it is done only while the link runs the program that is named");
}

/* Ends an attachment that is not the kernel's link, or not only that, once. */
static int link_end(struct pbpf_link *link)
{
	int err;

	if (link->undo.forget) { /* the kernel's link first, which uses the rest */
		pbpf_sys_close(&link->env, link->fd);
		link->fd = -1;
	}
	err = link->undo.end(&link->env, &link->undo);
	pbpf_sys_close(&link->env, link->undo.prog_fd);
	link->undo = (struct link_undo){.prog_fd = -1};
	return err;
}

int pbpf_link_detach(struct pbpf_link *link)
{
	int err = link->undo.end ? link_end(link) : pbpf_sys_link_detach(&link->env, link->fd);

	return link_done(link, err, "detach",
			 "not every kind of link can be detached: close it instead");
}

void pbpf_link_leave(struct pbpf_link *link)
{
	if (link && link->undo.end && !link->undo.state) {
		pbpf_sys_close(&link->env, link->undo.prog_fd);
		link->undo.end = NULL;
	}
	pbpf_link_close(link);
}

void pbpf_link_close(struct pbpf_link *link)
{
	struct pbpf_env env;

	if (!link)
		return;
	if (link->undo.end)
		link_end(link);
	env = link->env;
	pbpf_sys_close(&env, link->fd);
	env_free(&env, link, 1, sizeof(*link));
}
