/* SPDX-License-Identifier: MIT */
/*
 * What programs attach to when that has a number in the kernel's BTF: a function, a tracepoint, a hook of
 * the security modules, an iterator. Their names are looked up together, in one pass over the kernel's
 * types; those that are not there are looked for in the modules. A function of another program has its number
 * in the BTF of that program.
 */
#include "base/spell.h"
#include "link/pbpf_link_trace.h"
#include "loader/object.h"

#include <stdio.h>
#include <string.h>

/* How the kernel calls in its BTF what a section name calls by its plain name. */
struct target_form {
	uint32_t attach_type;
	uint32_t kind;
	const char *prefix;
	const char *what;
};

static const struct target_form forms[] = {
	{PBPF_TRACE_RAW_TP, PBPF_KIND_TYPEDEF, "btf_trace_", "tracepoint"},
	{PBPF_TRACE_FENTRY, PBPF_KIND_FUNC, "", "function"},
	{PBPF_TRACE_FEXIT, PBPF_KIND_FUNC, "", "function"},
	{PBPF_TRACE_FSESSION, PBPF_KIND_FUNC, "", "function"},
	{PBPF_MODIFY_RETURN, PBPF_KIND_FUNC, "", "function"},
	{PBPF_TRACE_ITER, PBPF_KIND_FUNC, "bpf_iter_", "iterator"},
	{PBPF_LSM_MAC, PBPF_KIND_FUNC, "bpf_lsm_", "security hook"},
	{PBPF_LSM_CGROUP, PBPF_KIND_FUNC, "bpf_lsm_", "security hook"},
};

#define NAME_MAX_OF_TARGET 256

/* One program's target while it is looked for. */
struct target {
	struct pbpf_program *prog;
	const struct target_form *form;
	char name[NAME_MAX_OF_TARGET];
};

static const struct target_form *find_form(const struct pbpf_program *prog)
{
	bool tracing =
		prog->attr.type == PBPF_PROG_TYPE_TRACING || prog->attr.type == PBPF_PROG_TYPE_LSM;

	for (size_t i = 0; tracing && i < sizeof(forms) / sizeof(forms[0]); i++)
		if (forms[i].attach_type == prog->attr.expected_attach_type)
			return &forms[i];
	return NULL;
}

bool needs_target(const struct pbpf_program *prog)
{
	return prog->attr.type == PBPF_PROG_TYPE_EXT || find_form(prog);
}

/* Its name, as the caller or the section says; NULL, with a message, when neither does. */
static const char *target_name(const struct pbpf_program *prog)
{
	const char *name = prog->target;

	if (!name && prog->kind)
		name = section_target(prog->kind, prog->section);
	if (name && *name)
		return name;
	program_fail(prog, -EINVAL,
		     "write SEC(\"kind/name\"), or call pbpf_program_set_attach_target()",
		     "its section name does not say what to attach to");
	return NULL;
}

/* A function of another program. */
static int find_in_program(struct pbpf_program *prog)
{
	const char *name = target_name(prog);
	int err;

	if (!name)
		return -EINVAL;
	err = pbpf_link_function_id(prog->target_prog_fd, name, &prog->attach_btf_id,
				    &(const struct pbpf_link_options){.env = &prog->obj->env});
	if (!err)
		prog->attach_btf_fd = prog->target_prog_fd;
	return err;
}

static int begin_target(struct target *target, struct pbpf_program *prog)
{
	const char *name = target_name(prog);
	int length;

	if (!name)
		return -EINVAL;
	target->prog = prog;
	target->form = find_form(prog);
	if (!target->form)
		return program_fail(prog, -EINVAL,
				    "call pbpf_program_set_attach_target() before load",
				    "no program is named whose function it shall replace");
	length = snprintf(target->name, sizeof(target->name), "%s%s", target->form->prefix, name);
	if (length < 0 || (size_t)length >= sizeof(target->name))
		return program_fail(prog, -EINVAL, NULL, "the name of its target is too long");
	return 0;
}

/* The name that is spelled most like the target's, of all of its kind. */
static const char *nearest_target(const struct target *target, const struct pbpf_btf *types)
{
	struct spell spell = spell_for(target->name);
	const char *prefix = target->form->prefix;

	for (uint32_t id = 1; id < pbpf_btf_count(types); id++) {
		struct pbpf_btf_type type = pbpf_btf_type(types, id);

		if (type.kind == target->form->kind && !strncmp(type.name, prefix, strlen(prefix)))
			spell_try(&spell, type.name);
	}
	return spell.nearest;
}

static int target_is_missing(const struct target *target)
{
	const struct pbpf_program *prog = target->prog;
	const struct pbpf_env *env = &prog->obj->env;
	const char *wanted = target->name + strlen(target->form->prefix);
	const char *nearest = NULL;

	/* What may be missing is not worth a search, but for the doctor. */
	if (env_wants(env, PBPF_ERROR) && (!env->kept->on || prog->obj->all_may_fail))
		nearest = nearest_target(target, pbpf_kernel_btf_types(prog->obj->kernel));
	return env_fail(
		env, -ENOENT, AT(STAGE_LOAD, pbpf_program_name(prog), 0),
		target->form->kind == PBPF_KIND_FUNC && !*target->form->prefix
			? "it may be inlined, or have another name on this kernel"
			: "see what this kernel has: plainbpf btf dump " PBPF_KERNEL_BTF_PATH,
		"program '%s' (%s): this kernel has no %s '%s'%s%s%s", pbpf_program_name(prog),
		prog->section, target->form->what, wanted, nearest ? "; did you mean '" : "",
		nearest ? nearest + strlen(target->form->prefix) : "", nearest ? "'?" : "");
}

int find_in_modules(const struct pbpf_object *obj, const char *name, uint32_t kind,
		    struct pbpf_kernel_module *module)
{
	int got, id;

	for (size_t i = 0; (got = pbpf_kernel_btf_module(obj->kernel, i, module)) > 0; i++) {
		id = pbpf_btf_find(module->types, name, kind);
		if (id > 0)
			return id;
	}
	if (got == -ENOMEM)
		return got;
	if (got < 0)
		env_warn(&obj->env, AT(STAGE_LOAD, obj->name, 0),
			 "seeing the modules' BTF needs CAP_SYS_ADMIN",
			 "the BTF of the kernel's modules cannot be read (%s); '%s' may be in one",
			 pbpf_error_name(got), name);
	return 0;
}

static int settle_in_modules(const struct target *target)
{
	struct pbpf_program *prog = target->prog;
	struct pbpf_kernel_module module;
	int id = find_in_modules(prog->obj, target->name, target->form->kind, &module);

	if (id <= 0)
		return id ? id : target_is_missing(target);
	prog->attach_btf_id = (uint32_t)id;
	prog->attach_btf_fd = module.fd;
	return 0;
}

/* What was found in the kernel, or is looked for in its modules. */
static int settle_target(const struct target *target, uint32_t id)
{
	struct pbpf_program *prog = target->prog;

	prog->attach_btf_id = id;
	prog->attach_btf_fd = 0;
	if (!id)
		return settle_in_modules(target);
	env_step(&prog->obj->env, AT(STAGE_LOAD, pbpf_program_name(prog), 0),
		 "'%s' is type %u of the kernel", target->name, id);
	return 0;
}

static int find_all(struct target *targets, struct pbpf_btf_wanted *wanted, uint32_t count,
		    struct pbpf_object *obj)
{
	int err;

	for (uint32_t i = 0; i < count; i++)
		wanted[i] = (struct pbpf_btf_wanted){targets[i].name, targets[i].form->kind, 0};
	err = pbpf_btf_find_many(pbpf_kernel_btf_types(obj->kernel), wanted, count);
	for (uint32_t i = 0; !err && i < count; i++) {
		begin_trial(targets[i].prog);
		err = settle_target(&targets[i], wanted[i].id);
		err = end_trial(targets[i].prog, err);
	}
	return err;
}

/* --- Many functions -------------------------------------------------------------------------- */

static bool is_tracing_multi(const struct pbpf_program *prog)
{
	return prog->attr.expected_attach_type == PBPF_TRACE_FENTRY_MULTI ||
	       prog->attr.expected_attach_type == PBPF_TRACE_FEXIT_MULTI ||
	       prog->attr.expected_attach_type == PBPF_TRACE_FSESSION_MULTI;
}

int find_module(const struct pbpf_program *prog, struct pbpf_kernel_btf *kernel,
		const char *pattern, struct pbpf_kernel_module *module)
{
	size_t length = strcspn(pattern, ":");
	int got = 0;

	for (size_t i = 0; (got = pbpf_kernel_btf_module(kernel, i, module)) > 0; i++)
		if (!strncmp(module->name, pattern, length) && !module->name[length])
			return 0;
	if (got == -ENOMEM)
		return got;
	return program_fail(prog, got ? got : -ENOENT,
			    got ? "seeing the modules' BTF needs CAP_SYS_ADMIN"
				: "load it; a module that is built into the kernel is no module",
			    got ? "the BTF of the kernel's modules cannot be read"
				: "there is no module of that name with BTF");
}

/* A program for many functions is loaded for all of one BTF: that of the kernel, or of the module that the
 * section names, as fentry.multi/module:pattern. */
static int settle_multi(struct pbpf_program *prog)
{
	const char *pattern = prog->kind ? section_target(prog->kind, prog->section) : "";
	struct pbpf_kernel_module module = {0};
	int err;

	if (!strchr(pattern, ':'))
		return 0;
	err = need_kernel_btf(prog->obj);
	if (!err)
		err = find_module(prog, prog->obj->kernel, pattern, &module);
	if (!err)
		prog->attach_btf_fd = module.fd;
	return err;
}

/* --- All of them ----------------------------------------------------------------------------- */

/* Looks one program's target up in another program, or adds it to those to look up in the kernel, whose BTF
 * is opened for the first one. */
static int take_target(struct pbpf_program *prog, struct target *targets, uint32_t *count)
{
	int err;

	if (is_tracing_multi(prog))
		return settle_multi(prog);
	if (prog->target_prog_fd >= 0)
		return find_in_program(prog);
	err = begin_target(&targets[*count], prog);
	if (!err)
		err = need_kernel_btf(prog->obj);
	if (!err)
		++*count;
	return err;
}

/* What is loaded has found it. */
static bool looks_for(const struct pbpf_program *prog)
{
	return prog->autoload && prog->fd < 0 && (needs_target(prog) || is_tracing_multi(prog));
}

int find_targets(struct pbpf_object *obj)
{
	struct pbpf_btf_wanted *wanted;
	struct target *targets;
	uint32_t room = 0, count = 0;
	int err = 0;

	for (uint32_t i = 0; i < obj->program_count; i++)
		room += looks_for(&obj->programs[i]);
	if (!room)
		return 0;
	targets = env_alloc(&obj->env, room, sizeof(*targets));
	wanted = env_alloc(&obj->env, room, sizeof(*wanted));
	if (!targets || !wanted)
		err = env_no_memory(&obj->env, STAGE_LOAD, "attach targets");
	for (uint32_t i = 0; !err && i < obj->program_count; i++) {
		struct pbpf_program *prog = &obj->programs[i];

		if (!looks_for(prog))
			continue;
		begin_trial(prog);
		err = take_target(prog, targets, &count);
		err = end_trial(prog, err);
	}
	if (!err && count)
		err = find_all(targets, wanted, count, obj);
	env_free(&obj->env, targets, room, sizeof(*targets));
	env_free(&obj->env, wanted, room, sizeof(*wanted));
	return err;
}
