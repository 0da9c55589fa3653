/* SPDX-License-Identifier: MIT */
/*
 * struct_ops: the map's value is what is attached. Writing it registers the functions with the kernel, or, in
 * a map that was made for links, makes it ready for one.
 */
#include "link/link.h"
#include "link/pbpf_link_trace.h"

static const struct link_kind *ops_kind(void)
{
	static const struct link_kind kind = {"struct_ops", "CAP_BPF and CAP_SYS_ADMIN"};

	return &kind;
}

/* A value that is registered without a link: deleting it ends that. */
static int undo_struct_ops(const struct pbpf_env *env, const struct link_undo *undo)
{
	uint32_t key = 0;

	return pbpf_sys_map_delete(env, undo->target, &key);
}

static int link_of_value(struct pbpf_link **link, int map_fd, const struct pbpf_env *env)
{
	struct link_undo undo = {.end = undo_struct_ops, .prog_fd = -1};

	undo.target = pbpf_sys_dup(env, map_fd);
	if (undo.target < 0) {
		undo.end(env, &(const struct link_undo){.target = map_fd});
		return link_refused(env, undo.target, ops_kind(), "map", NULL);
	}
	return link_of_undo(link, undo.target, &undo, env);
}

/* Writes the value. A map for links that was in one already has it (-EBUSY). */
static int write_value(const struct pbpf_env *env, int map_fd, const void *value, bool with_link)
{
	uint32_t key = 0;
	int err = pbpf_sys_map_update(env, map_fd, &key, value, 0);

	return err == -EBUSY && with_link ? 0 : err;
}

int pbpf_link_struct_ops(struct pbpf_link **link, int map_fd, const void *value, bool with_link,
			 const struct pbpf_link_options *opts)
{
	const struct pbpf_env *env = link_env(opts);
	struct pbpf_link_attr attr = {.prog_fd = map_fd, .attach_type = PBPF_STRUCT_OPS};
	int err = write_value(env, map_fd, value, with_link);

	if (err)
		return link_refused(env, err, ops_kind(), "of the map", NULL);
	if (!with_link)
		return link_of_value(link, map_fd, env);
	return link_made(link, pbpf_sys_link_create(env, &attr), ops_kind(), "of the map", env);
}

int pbpf_link_struct_ops_update(struct pbpf_link *link, int map_fd, const void *value)
{
	const struct pbpf_env *env = link_env_of(link);
	int err = write_value(env, map_fd, value, true);

	if (err)
		return link_refused(env, err, ops_kind(), "of the map", NULL);
	return pbpf_link_update(link, map_fd);
}
