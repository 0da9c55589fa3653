/* SPDX-License-Identifier: MIT */
/*
 * A kernel that refuses a program: what the program can do without is left out.
 *
 *	bpf_probe_read_kernel() and its like (5.5)    bpf_probe_read(), which is the same there
 *	__arg_ctx (6.8)                               the context's own struct (compat_context.c)
 *	functions and lines from BTF (5.0)            tools and the verifier's log show no source lines
 *	expected attach type (4.17)                   where the section kind allows it
 *	its name (4.15)                               tools show it without
 *
 * and a kprobe before 5.0 has to say for which kernel it was made.
 *
 * An attr that the kernel does not know is refused before the verifier writes into its log.
 */
#include "loader/compat.h"
#include "loader/object.h"

#include <stdio.h>
#include <string.h>

/* Does the verifier say that there is no bpf_probe_read_kernel(), or the like? */
static bool misses_probe_read(const char *log)
{
	for (int helper = PBPF_FUNC_PROBE_READ_USER; helper <= PBPF_FUNC_PROBE_READ_KERNEL_STR;
	     helper++) {
		char line[40];

		snprintf(line, sizeof(line), "invalid func unknown#%d\n", helper);
		if (strstr(log, line))
			return true;
	}
	return false;
}

static bool drop_records(struct pbpf_object *obj, struct pbpf_prog_attr *attr)
{
	if (!attr->btf_fd || !kernel_lacks(obj, PBPF_BTF_HAS_FUNC))
		return false;
	attr->btf_fd = 0;
	attr->func_info = NULL;
	attr->func_info_size = 0;
	attr->func_info_count = 0;
	attr->line_info = NULL;
	attr->line_info_size = 0;
	attr->line_info_count = 0;
	return true;
}

static bool drop_attach_type(const struct pbpf_program *prog, struct pbpf_prog_attr *attr)
{
	if (!prog->kind || !(prog->kind->flags & SECTION_ATTACH_OPT) ||
	    !attr->expected_attach_type || !kernel_lacks(prog->obj, FEATURE_ATTACH_TYPE))
		return false;
	attr->expected_attach_type = 0;
	return true;
}

static bool drop_prog_name(struct pbpf_object *obj, struct pbpf_prog_attr *attr)
{
	if (!attr->name || !kernel_lacks(obj, FEATURE_NAMES))
		return false;
	attr->name = NULL;
	return true;
}

static bool say_version(const struct pbpf_object *obj, struct pbpf_prog_attr *attr)
{
	uint32_t version = running_version(&obj->env);

	if (attr->type != PBPF_PROG_TYPE_KPROBE || attr->kern_version || !version ||
	    version >= PBPF_LINUX(5, 0))
		return false;
	attr->kern_version = version;
	return true;
}

/* How the program is tried next, or NULL. */
static const char *fit(struct pbpf_program *prog, struct pbpf_prog_attr *attr,
		       struct pbpf_code *code, int err)
{
	struct pbpf_object *obj = prog->obj;

	if (!may_be_unknown(err))
		return NULL;
	if (*pbpf_program_log(prog)) {
		if (misses_probe_read(pbpf_program_log(prog)) && pbpf_code_old_probe_read(code))
			return "with bpf_probe_read()";
		return compat_name_contexts(prog, attr) ? "with the names of its contexts" : NULL;
	}
	if (drop_records(obj, attr))
		return "without records of functions and lines";
	if (drop_attach_type(prog, attr))
		return "without an expected attach type";
	if (drop_prog_name(obj, attr))
		return "without a name";
	return say_version(obj, attr) ? "with the kernel's version" : NULL;
}

bool compat_fit_program(struct pbpf_program *prog, struct pbpf_prog_attr *attr,
			struct pbpf_code *code, int err)
{
	const char *how;

	if (!*pbpf_program_log(prog) && compat_raise_memlock(prog->obj, err))
		return true;
	how = fit(prog, attr, code, err);
	if (!how)
		return false;
	env_note(&prog->obj->env, AT(STAGE_LOAD, pbpf_program_name(prog), 0), NULL,
		 "the kernel refused program '%s' (%s); it is tried %s", pbpf_program_name(prog),
		 pbpf_error_name(err), how);
	return true;
}
