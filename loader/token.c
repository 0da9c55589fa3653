/* SPDX-License-Identifier: MIT */
/*
 * A BPF token: the right to use BPF, for a process in a user namespace, from a bpffs that was mounted for it
 * with delegate_cmds and the like (Linux 6.9). BTF, maps and programs are then loaded by it.
 */
#include "loader/object.h"

static int refuse_bpf_token(const struct pbpf_object *obj, int err)
{
	const char *hint = NULL;

	if (err == -ENOENT || err == -EINVAL)
		hint = "name the mount point of a bpffs; tokens came with Linux 6.9";
	else if (err == -EPERM || err == -EOPNOTSUPP)
		hint = "tokens are for a user namespace that is not the first one, with CAP_BPF in it, "
		       "and a bpffs of it mounted with delegate_cmds=...,delegate_progs=...";
	return env_fail(&obj->env, err, AT(STAGE_LOAD, obj->token_from, 0), hint,
			"the kernel gives no BPF token for '%s': %s", obj->token_from,
			pbpf_error_name(err));
}

int open_token(struct pbpf_object *obj)
{
	int folder;

	if (!obj->token_from)
		return 0;
	folder = pbpf_sys_open(&obj->env, obj->token_from);
	if (folder < 0)
		return refuse_bpf_token(obj, folder);
	obj->token_fd = pbpf_sys_token_create(&obj->env, folder);
	pbpf_sys_close(&obj->env, folder);
	if (obj->token_fd < 0)
		return refuse_bpf_token(obj, obj->token_fd);
	env_step(&obj->env, AT(STAGE_LOAD, obj->token_from, 0), "a BPF token of '%s' is fd %d",
		 obj->token_from, obj->token_fd);
	return 0;
}

void close_token(struct pbpf_object *obj)
{
	pbpf_sys_close(&obj->env, obj->token_fd);
	obj->token_fd = -ENOENT;
}
