/* SPDX-License-Identifier: MIT */
/*
 * Attaching a program to what its section name says.
 */
#include "loader/object.h"

#include <string.h>

static int refuse_target(const struct pbpf_program *prog, const char *form)
{
	return env_fail(&prog->obj->env, -EINVAL, AT(STAGE_LOAD, pbpf_program_name(prog), 0), form,
			"program '%s': its section name '%s' does not say where to attach it",
			pbpf_program_name(prog), prog->section);
}

static int attach_tracepoint(struct pbpf_program *prog, struct pbpf_link **link,
			     const struct pbpf_link_options *opts)
{
	const char *target = section_target(prog->kind, prog->section);
	const char *slash = strchr(target, '/');
	char category[64];

	if (!slash || slash == target || !slash[1] || (size_t)(slash - target) >= sizeof(category))
		return refuse_target(prog, "write SEC(\"tp/category/name\")");
	memcpy(category, target, (size_t)(slash - target));
	category[slash - target] = '\0';
	return pbpf_link_tracepoint(link, prog->fd, category, slash + 1, opts);
}

static int attach_raw_tracepoint(struct pbpf_program *prog, struct pbpf_link **link,
				 const struct pbpf_link_options *opts)
{
	const char *target = section_target(prog->kind, prog->section);

	if (!*target)
		return refuse_target(prog, "write SEC(\"raw_tp/name\")");
	return pbpf_link_raw_tracepoint(link, prog->fd, target, opts);
}

static int attach_iterator(struct pbpf_program *prog, struct pbpf_link **link,
			   const struct pbpf_link_options *opts)
{
	struct pbpf_link_attr attr = {.prog_fd = prog->fd, .attach_type = PBPF_TRACE_ITER};

	return pbpf_link_create(link, &attr, opts);
}

int pbpf_program_attach(struct pbpf_program *prog, struct pbpf_link **link)
{
	const struct pbpf_env *env = &prog->obj->env;
	struct pbpf_link_options opts = {.env = env};

	if (prog->fd < 0)
		return env_fail(env, -EINVAL, AT(STAGE_LOAD, pbpf_program_name(prog), 0),
				"call pbpf_object_load() first", "program '%s' is not loaded",
				pbpf_program_name(prog));
	switch (prog->kind->attach) {
	case ATTACH_TRACEPOINT: return attach_tracepoint(prog, link, &opts);
	case ATTACH_RAW_TRACEPOINT: return attach_raw_tracepoint(prog, link, &opts);
	case ATTACH_TRACING: return pbpf_link_raw_tracepoint(link, prog->fd, NULL, &opts);
	case ATTACH_ITERATOR: return attach_iterator(prog, link, &opts);
	case ATTACH_BY_CALLER: break;
	}
	return env_fail(env, -ENOTSUP, AT(STAGE_LOAD, pbpf_program_name(prog), 0),
			"attach its fd with a function of link/pbpf_link.h",
			"program '%s': a section '%s' does not say where to attach",
			pbpf_program_name(prog), prog->section);
}
