/* SPDX-License-Identifier: MIT */
/*
 * A program, asked and changed before load.
 */
#include "loader/object.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int program_fail(const struct pbpf_program *prog, int err, const char *hint, const char *format,
		 ...)
{
	char what[512];
	va_list args;

	va_start(args, format);
	if (vsnprintf(what, sizeof(what), format, args) < 0)
		what[0] = '\0';
	va_end(args);
	return env_fail(&prog->obj->env, err, AT(STAGE_LOAD, pbpf_program_name(prog), 0), hint,
			"program '%s' (%s): %s", pbpf_program_name(prog), prog->section, what);
}

static int must_be_open(const struct pbpf_program *prog)
{
	if (prog->fd < 0)
		return 0;
	return program_fail(prog, -EBUSY, "change it before pbpf_object_load()", "it is loaded");
}

static const struct pbpf_function *program_function(const struct pbpf_program *prog)
{
	return &prog->obj->functions.array[prog->function];
}

const char *pbpf_program_name(const struct pbpf_program *prog)
{
	return program_function(prog)->name;
}

const char *pbpf_program_section(const struct pbpf_program *prog)
{
	return prog->section;
}

uint32_t pbpf_program_type(const struct pbpf_program *prog)
{
	return prog->attr.type;
}

int pbpf_program_fd(const struct pbpf_program *prog)
{
	return prog->fd;
}

uint32_t pbpf_program_insn_count(const struct pbpf_program *prog)
{
	return prog->insn_count ? prog->insn_count : program_function(prog)->count;
}

void pbpf_program_set_autoload(struct pbpf_program *prog, bool autoload)
{
	prog->autoload = autoload;
}

bool pbpf_program_autoload(const struct pbpf_program *prog)
{
	return prog->autoload;
}

const struct pbpf_program_attr *pbpf_program_attr(const struct pbpf_program *prog)
{
	return &prog->attr;
}

int pbpf_program_set_attr(struct pbpf_program *prog, const struct pbpf_program_attr *attr)
{
	int err = must_be_open(prog);

	if (err)
		return err;
	if (!attr->log != !attr->log_size || (attr->log && !attr->log_level))
		return program_fail(prog, -EINVAL, "set log, log_size and log_level, or log_level",
				    "a log needs memory, a size and a level");
	prog->own_log = false; /* what is there may not be the same memory any more */
	prog->attr = *attr;
	return 0;
}

static void forget_target(struct pbpf_program *prog)
{
	const struct pbpf_env *env = &prog->obj->env;

	if (prog->target)
		env_free(env, prog->target, strlen(prog->target) + 1, 1);
	prog->target = NULL;
	pbpf_sys_close(env, prog->target_prog_fd);
	prog->target_prog_fd = -ENOENT;
}

int pbpf_program_set_attach_target(struct pbpf_program *prog, int prog_fd, const char *name)
{
	const struct pbpf_env *env = &prog->obj->env;
	char *copy = NULL;
	int fd = -ENOENT, err = must_be_open(prog);

	if (err)
		return err;
	if (!needs_target(prog))
		return program_fail(
			prog, -EINVAL, "it is for fentry, fexit, tp_btf, lsm, iter, freplace ...",
			"a program of its type is attached to nothing when it is loaded");
	if (name) {
		copy = env_copy(env, name, strlen(name) + 1);
		if (!copy)
			return env_no_memory(env, STAGE_LOAD, "the name of a target");
	}
	if (prog_fd > 0)
		fd = pbpf_sys_dup(env, prog_fd);
	if (prog_fd > 0 && fd < 0) {
		if (copy)
			env_free(env, copy, strlen(copy) + 1, 1);
		return program_fail(prog, fd, NULL, "fd %d cannot be its target: %s", prog_fd,
				    pbpf_error_name(fd));
	}
	forget_target(prog);
	prog->target = copy;
	prog->target_prog_fd = fd;
	return 0;
}

int pbpf_program_set_optional(struct pbpf_program *prog, bool optional)
{
	int err = must_be_open(prog);

	if (!err)
		prog->optional = optional;
	return err;
}

int pbpf_program_set_fallback(struct pbpf_program *prog, struct pbpf_program *fallback)
{
	int err = must_be_open(prog);

	if (err)
		return err;
	for (const struct pbpf_program *p = fallback; p; p = p->fallback)
		if (p == prog)
			return program_fail(prog, -EINVAL, "each comes once, from first to last",
					    "it would be its own fallback, by way of '%s'",
					    pbpf_program_name(fallback));
	if (fallback && fallback->obj != prog->obj)
		return program_fail(prog, -EINVAL, "name a program of the same object",
				    "'%s', which is of another, cannot be its fallback",
				    pbpf_program_name(fallback));
	if (fallback && fallback->instead_of && fallback->instead_of != prog)
		return program_fail(prog, -EINVAL, "a program stands in for one other",
				    "'%s' is the fallback of '%s' already",
				    pbpf_program_name(fallback),
				    pbpf_program_name(fallback->instead_of));
	if (prog->fallback)
		prog->fallback->instead_of = NULL;
	if (fallback)
		fallback->instead_of = prog;
	prog->fallback = fallback;
	return 0;
}

const char *pbpf_program_skipped(const struct pbpf_program *prog)
{
	return prog->failure && prog->failure->text[0] ? prog->failure->text : NULL;
}

const char *pbpf_program_log(const struct pbpf_program *prog)
{
	if (prog->log && prog->log[0])
		return prog->log;
	return prog->own_log ? prog->attr.log : "";
}

void forget_verdict(struct pbpf_program *prog)
{
	env_free(&prog->obj->env, prog->verdict, 1, sizeof(*prog->verdict));
	prog->verdict = NULL;
}

void free_program(struct pbpf_program *prog)
{
	const struct pbpf_env *env = &prog->obj->env;

	forget_target(prog);
	forget_verdict(prog);
	env_free(env, prog->log, prog->log_size, 1);
	env_free(env, prog->failure, 1, sizeof(*prog->failure));
}
