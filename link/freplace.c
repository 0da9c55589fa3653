/* SPDX-License-Identifier: MIT */
/*
 * Functions of programs that are loaded: their numbers, and other programs in their place.
 *
 *	program fd -> BPF_OBJ_GET_INFO_BY_FD -> id of its BTF -> fd -> bytes -> FUNC "name"
 */
#include "base/spell.h"
#include "btf/pbpf_btf.h"
#include "link/link.h"
#include "link/pbpf_link_trace.h"
#include "sys/pbpf_objects.h"

#include <string.h>

static int refuse_btf(const struct pbpf_env *env, int err, const char *program)
{
	return env_fail(env, err, AT(STAGE_LINK, program, 0),
			err == -ENOENT	? "compile it with -g, and load it with its BTF"
			: err == -EPERM ? "this needs CAP_SYS_ADMIN"
					: NULL,
			"the BTF of the program '%s' cannot be read: %s", program,
			err == -ENOENT ? "it has none" : pbpf_error_name(err));
}

/* Reads and parses the BTF behind an fd. */
static int parse_btf_of(const struct pbpf_env *env, int btf_fd, const char *program,
			struct pbpf_btf **btf)
{
	uint32_t size;
	void *bytes;
	int err = pbpf_sys_btf_read(env, btf_fd, &bytes, &size);

	if (err == -ENOMEM)
		return env_no_memory(env, STAGE_LINK, "the BTF of a program");
	if (err)
		return refuse_btf(env, err, program);
	err = pbpf_btf_parse(btf, bytes, size, NULL, env);
	env_free(env, bytes, size, 1);
	return err;
}

static int find_function(const struct pbpf_env *env, const struct pbpf_btf *btf,
			 const char *function, const char *program, uint32_t *id)
{
	struct spell spell = spell_for(function);

	for (uint32_t i = 1; i < pbpf_btf_count(btf); i++) {
		struct pbpf_btf_type type = pbpf_btf_type(btf, i);

		if (type.kind != PBPF_KIND_FUNC)
			continue;
		if (!strcmp(type.name, function)) {
			*id = i;
			return 0;
		}
		spell_try(&spell, type.name);
	}
	return env_fail(env, -ENOENT, AT(STAGE_LINK, function, 0), NULL,
			"the program '%s' has no function '%s'%s%s%s", program, function,
			spell.nearest ? "; did you mean '" : "", spell.nearest ? spell.nearest : "",
			spell.nearest ? "'?" : "");
}

int pbpf_link_function_id(int prog_fd, const char *function, uint32_t *id,
			  const struct pbpf_link_options *opts)
{
	const struct pbpf_env *env = link_env(opts);
	struct pbpf_prog_info info = {0};
	uint32_t size = sizeof(info);
	struct pbpf_btf *btf;
	int fd, err = pbpf_sys_obj_info(env, prog_fd, &info, &size);

	info.name[sizeof(info.name) - 1] = '\0';
	if (!err && !info.btf_id)
		err = -ENOENT;
	if (err)
		return refuse_btf(env, err, info.name);
	fd = pbpf_sys_btf_fd_by_id(env, info.btf_id);
	if (fd < 0)
		return refuse_btf(env, fd, info.name);
	err = parse_btf_of(env, fd, info.name, &btf);
	pbpf_sys_close(env, fd);
	if (err)
		return err;
	err = find_function(env, btf, function, info.name, id);
	pbpf_btf_free(btf);
	return err;
}

int pbpf_link_freplace(struct pbpf_link **link, int prog_fd, int target_fd, const char *function,
		       const struct pbpf_link_options *opts)
{
	struct pbpf_link_attr attr = {.prog_fd = prog_fd, .target_fd = target_fd};
	int err = pbpf_link_function_id(target_fd, function, &attr.target_btf_id, opts);

	if (err)
		return err;
	return pbpf_link_create(link, &attr, opts);
}
