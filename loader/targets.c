/* SPDX-License-Identifier: MIT */
/*
 * What programs attach to when that has a number in the kernel's BTF: a function, a tracepoint, a hook of
 * the security modules, an iterator. Their names are looked up together, in one pass over the kernel's
 * types; those that are not there are looked for in the modules.
 */
#include "base/spell.h"
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

static bool needs_target(const struct pbpf_program *prog)
{
	return prog->autoload && prog->kind && prog->kind->flags & SECTION_NEEDS_BTF;
}

static const struct target_form *find_form(const struct pbpf_program *prog)
{
	bool tracing = prog->kind->type == PBPF_PROG_TYPE_TRACING ||
		       prog->kind->type == PBPF_PROG_TYPE_LSM;

	for (size_t i = 0; tracing && i < sizeof(forms) / sizeof(forms[0]); i++)
		if (forms[i].attach_type == prog->kind->attach_type)
			return &forms[i];
	return NULL;
}

static int fail_target(const struct pbpf_program *prog, int err, const char *hint, const char *what)
{
	return env_fail(&prog->obj->env, err, AT(STAGE_LOAD, pbpf_program_name(prog), 0), hint,
			"program '%s' (%s): %s", pbpf_program_name(prog), prog->section, what);
}

static int begin_target(struct target *target, struct pbpf_program *prog)
{
	const char *name = section_target(prog->kind, prog->section);
	int length;

	target->prog = prog;
	target->form = find_form(prog);
	if (!target->form)
		return fail_target(prog, -ENOTSUP, NULL,
				   "programs of this kind are not supported yet");
	if (!*name)
		return fail_target(prog, -EINVAL, "write SEC(\"kind/name\")",
				   "its section name does not say what to attach to");
	length = snprintf(target->name, sizeof(target->name), "%s%s", target->form->prefix, name);
	if (length < 0 || (size_t)length >= sizeof(target->name))
		return fail_target(prog, -EINVAL, NULL, "the name of its target is too long");
	return 0;
}

/* The name that is spelled most like the target's, of all of its kind. */
static const char *nearest_target(const struct target *target, const struct pbpf_btf *types)
{
	struct spell spell = spell_for(target->name);

	for (uint32_t id = 1; id < pbpf_btf_count(types); id++) {
		struct pbpf_btf_type type = pbpf_btf_type(types, id);

		if (type.kind == target->form->kind)
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

	if (env_wants(env, PBPF_ERROR))
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

/* Looks for one target in the modules. */
static int find_in_modules(const struct target *target)
{
	struct pbpf_program *prog = target->prog;
	struct pbpf_kernel_module module;
	int got, id;

	for (size_t i = 0;; i++) {
		got = pbpf_kernel_btf_module(prog->obj->kernel, i, &module);
		if (got == -ENOMEM)
			return got;
		if (got <= 0)
			break;
		id = pbpf_btf_find(module.types, target->name, target->form->kind);
		if (id > 0) {
			prog->attach_btf_id = (uint32_t)id;
			prog->attach_btf_fd = module.fd;
			return 0;
		}
	}
	if (got < 0)
		env_warn(&prog->obj->env, AT(STAGE_LOAD, pbpf_program_name(prog), 0),
			 "seeing the modules' BTF needs CAP_SYS_ADMIN",
			 "the BTF of the kernel's modules cannot be read (%s); '%s' may be in one",
			 pbpf_error_name(got), target->name);
	return target_is_missing(target);
}

static int find_all(struct target *targets, struct pbpf_btf_wanted *wanted, uint32_t count,
		    struct pbpf_object *obj)
{
	int err;

	for (uint32_t i = 0; i < count; i++)
		wanted[i] = (struct pbpf_btf_wanted){targets[i].name, targets[i].form->kind, 0};
	err = pbpf_btf_find_many(pbpf_kernel_btf_types(obj->kernel), wanted, count);
	for (uint32_t i = 0; !err && i < count; i++) {
		targets[i].prog->attach_btf_id = wanted[i].id;
		targets[i].prog->attach_btf_fd = 0;
		if (!wanted[i].id)
			err = find_in_modules(&targets[i]);
		else
			env_step(&obj->env, AT(STAGE_LOAD, obj->name, 0),
				 "'%s' is type %u of the kernel", targets[i].name, wanted[i].id);
	}
	return err;
}

int find_targets(struct pbpf_object *obj)
{
	struct pbpf_btf_wanted *wanted;
	struct target *targets;
	uint32_t count = 0, found = 0;
	int err = 0;

	for (uint32_t i = 0; i < obj->program_count; i++)
		count += needs_target(&obj->programs[i]);
	if (!count)
		return 0;
	err = need_kernel_btf(obj);
	if (err)
		return err;
	targets = env_alloc(&obj->env, count, sizeof(*targets));
	wanted = env_alloc(&obj->env, count, sizeof(*wanted));
	if (!targets || !wanted)
		err = env_no_memory(&obj->env, STAGE_LOAD, "attach targets");
	for (uint32_t i = 0; !err && i < obj->program_count; i++)
		if (needs_target(&obj->programs[i]))
			err = begin_target(&targets[found++], &obj->programs[i]);
	if (!err)
		err = find_all(targets, wanted, count, obj);
	env_free(&obj->env, targets, count, sizeof(*targets));
	env_free(&obj->env, wanted, count, sizeof(*wanted));
	return err;
}
