/* SPDX-License-Identifier: MIT */
/*
 * Attaching a program to what its section name says.
 */
#include "link/pbpf_link_trace.h"
#include "loader/object.h"

#include <string.h>

#define TARGET_MAX 512 /* bytes of a section name, with its NUL */

static int refuse_target(const struct pbpf_program *prog, const char *form)
{
	return program_fail(prog, -EINVAL, form,
			    "its section name does not say where to attach it");
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

/* Is it "kretprobe", "uretprobe.multi" and so on? */
static bool is_return(const struct section_kind *kind)
{
	return !strncmp(kind->name + 1, "ret", 3);
}

static bool is_session(const struct section_kind *kind)
{
	return kind->attach_type == PBPF_TRACE_KPROBE_SESSION ||
	       kind->attach_type == PBPF_TRACE_UPROBE_SESSION;
}

/* The whole of the text as a number, decimal or after "0x". */
static bool parse_offset(const char *text, uint64_t *value)
{
	static const char digits[] = "0123456789abcdef";
	uint64_t base = strncmp(text, "0x", 2) ? 10 : 16, number = 0;

	text += base == 16 ? 2 : 0;
	if (!*text)
		return false;
	for (; *text; text++) {
		const char *digit = strchr(digits, *text);

		if (!digit || (uint64_t)(digit - digits) >= base || number > UINT64_MAX / base - 1)
			return false;
		number = number * base + (uint64_t)(digit - digits);
	}
	*value = number;
	return true;
}

/* Cuts "+OFFSET" off the end of a function's name. */
static bool cut_offset(char *function, uint64_t *offset)
{
	char *plus = strrchr(function, '+');

	*offset = 0;
	if (!plus)
		return *function != '\0';
	*plus = '\0';
	return plus != function && parse_offset(plus + 1, offset);
}

/* Copies the target, to be cut into parts. */
static bool copy_target(const struct pbpf_program *prog, char *copy)
{
	const char *target = section_target(prog->kind, prog->section);

	if (!*target || strlen(target) >= TARGET_MAX)
		return false;
	strcpy(copy, target);
	return true;
}

/* The same for "file:function"; NULL without either. */
static char *copy_file_target(const struct pbpf_program *prog, char *file)
{
	char *colon = copy_target(prog, file) ? strrchr(file, ':') : NULL;

	if (!colon || colon == file || !colon[1])
		return NULL;
	*colon = '\0';
	return colon + 1;
}

static int attach_kprobe(struct pbpf_program *prog, struct pbpf_link **link,
			 const struct pbpf_link_options *opts)
{
	char function[TARGET_MAX];
	struct pbpf_kprobe at = {.function = function, .at_return = is_return(prog->kind)};

	if (!copy_target(prog, function) || !cut_offset(function, &at.offset))
		return refuse_target(prog, "write SEC(\"kprobe/function\") or "
					   "SEC(\"kprobe/function+0x10\")");
	return pbpf_link_kprobe(link, prog->fd, &at, opts);
}

static int attach_ksyscall(struct pbpf_program *prog, struct pbpf_link **link,
			   const struct pbpf_link_options *opts)
{
	const char *target = section_target(prog->kind, prog->section);

	if (!*target)
		return refuse_target(prog, "write SEC(\"ksyscall/openat\")");
	return pbpf_link_ksyscall(link, prog->fd, target, is_return(prog->kind), opts);
}

static int attach_kprobe_multi(struct pbpf_program *prog, struct pbpf_link **link,
			       const struct pbpf_link_options *opts)
{
	struct pbpf_kprobe_multi at = {
		.pattern = section_target(prog->kind, prog->section),
		.at_return = is_return(prog->kind),
		.session = is_session(prog->kind),
	};

	if (!*at.pattern)
		return refuse_target(prog, "write SEC(\"kprobe.multi/pattern\"), as vfs_*");
	return pbpf_link_kprobe_multi(link, prog->fd, &at, opts);
}

static int attach_uprobe(struct pbpf_program *prog, struct pbpf_link **link,
			 const struct pbpf_link_options *opts)
{
	char file[TARGET_MAX];
	char *function = copy_file_target(prog, file);
	struct pbpf_uprobe at = {
		.path = file,
		.symbol = function,
		.at_return = is_return(prog->kind),
	};

	if (function && parse_offset(function, &at.offset))
		at.symbol = NULL;
	else if (!function || !cut_offset(function, &at.offset))
		return refuse_target(prog, "write SEC(\"uprobe/libc.so.6:malloc\") or "
					   "SEC(\"uprobe//path/of/file:function+0x10\")");
	return pbpf_link_uprobe(link, prog->fd, &at, opts);
}

static int attach_uprobe_multi(struct pbpf_program *prog, struct pbpf_link **link,
			       const struct pbpf_link_options *opts)
{
	char file[TARGET_MAX];
	struct pbpf_uprobe_multi at = {
		.path = file,
		.pattern = copy_file_target(prog, file),
		.at_return = is_return(prog->kind),
		.session = is_session(prog->kind),
	};

	if (!at.pattern)
		return refuse_target(prog, "write SEC(\"uprobe.multi/libc.so.6:mem*\")");
	return pbpf_link_uprobe_multi(link, prog->fd, &at, opts);
}

/* How it is attached: as its section says, or, when the caller changed its type, as that allows. */
static enum attach_kind attach_kind_of(const struct pbpf_program *prog)
{
	if (prog->kind && prog->kind->type == prog->attr.type &&
	    prog->kind->attach_type == prog->attr.expected_attach_type)
		return prog->kind->attach;
	if (!needs_target(prog) || prog->attr.expected_attach_type == PBPF_LSM_CGROUP)
		return ATTACH_BY_CALLER;
	return prog->attr.expected_attach_type == PBPF_TRACE_ITER ? ATTACH_ITERATOR
								  : ATTACH_TRACING;
}

/* To what it was loaded for. Only BPF_LINK_CREATE takes a cookie for it (5.19); the older way works always. */
static int attach_tracing(struct pbpf_program *prog, struct pbpf_link **link,
			  const struct pbpf_link_options *opts)
{
	struct pbpf_link_attr attr = {
		.prog_fd = prog->fd,
		.attach_type = prog->attr.expected_attach_type,
		.cookie = opts->cookie,
	};

	if (!opts->cookie || prog->attr.type == PBPF_PROG_TYPE_EXT)
		return pbpf_link_raw_tracepoint(link, prog->fd, NULL, opts);
	return pbpf_link_create(link, &attr, opts);
}

/* The kernel's BTF is opened for it, as load has given it back. */
static int attach_tracing_multi(struct pbpf_program *prog, struct pbpf_link **link,
				const struct pbpf_link_options *opts)
{
	const char *pattern = section_target(prog->kind, prog->section);
	struct pbpf_kernel_module module = {0};
	struct pbpf_kernel_btf *kernel;
	int err;

	if (!*pattern)
		return refuse_target(prog, "write SEC(\"fentry.multi/pattern\"), as vfs_*, or "
					   "SEC(\"fentry.multi/module:pattern\")");
	err = pbpf_kernel_btf_open(&kernel, NULL, opts->env);
	if (err)
		return err;
	if (strchr(pattern, ':'))
		err = find_module(prog, kernel, pattern, &module);
	if (!err)
		err = pbpf_link_tracing_multi(
			link, prog->fd, prog->attr.expected_attach_type, pattern,
			module.types ? module.types : pbpf_kernel_btf_types(kernel), opts);
	pbpf_kernel_btf_close(kernel);
	return err;
}

static int attach_by_kind(struct pbpf_program *prog, struct pbpf_link **link,
			  const struct pbpf_link_options *opts)
{
	if (prog->fd < 0)
		return program_fail(prog, -EINVAL, "call pbpf_object_load() first",
				    "it is not loaded");
	switch (attach_kind_of(prog)) {
	case ATTACH_TRACEPOINT: return attach_tracepoint(prog, link, opts);
	case ATTACH_RAW_TRACEPOINT: return attach_raw_tracepoint(prog, link, opts);
	case ATTACH_TRACING: return attach_tracing(prog, link, opts);
	case ATTACH_TRACING_MULTI: return attach_tracing_multi(prog, link, opts);
	case ATTACH_ITERATOR: return pbpf_link_iter(link, prog->fd, NULL, opts);
	case ATTACH_KPROBE: return attach_kprobe(prog, link, opts);
	case ATTACH_KPROBE_MULTI: return attach_kprobe_multi(prog, link, opts);
	case ATTACH_KSYSCALL: return attach_ksyscall(prog, link, opts);
	case ATTACH_UPROBE: return attach_uprobe(prog, link, opts);
	case ATTACH_UPROBE_MULTI: return attach_uprobe_multi(prog, link, opts);
	case ATTACH_USDT: return attach_usdt(prog, link, opts);
	case ATTACH_BY_CALLER: break;
	}
	return program_fail(prog, -ENOTSUP, "attach its fd with a function of link/pbpf_link.h",
			    "a section '%s' does not say where to attach", prog->section);
}

int pbpf_program_attach_with(struct pbpf_program *prog, struct pbpf_link **link,
			     const struct pbpf_link_options *opts)
{
	struct pbpf_link_options given = *opts;
	struct pbpf_env env = opts->env ? *opts->env : prog->obj->env;

	env.kept = NULL; /* the link may outlive the object */
	given.env = &env;
	return attach_by_kind(prog, link, &given);
}

int pbpf_program_attach(struct pbpf_program *prog, struct pbpf_link **link)
{
	return pbpf_program_attach_with(prog, link, &(const struct pbpf_link_options){0});
}

/* Does the section's name tell where? What a tracing program or iterator is for was said at load. */
static bool says_where(const struct pbpf_program *prog)
{
	switch (attach_kind_of(prog)) {
	case ATTACH_BY_CALLER: return false;
	case ATTACH_TRACING:
	case ATTACH_ITERATOR: return true;
	default: return *section_target(prog->kind, prog->section) != '\0';
	}
}

/* A link of the object's own. What cannot be attached may be left out, or another may take its place. */
static int attach_own(struct pbpf_program *prog)
{
	int err = 0;

	while (prog && !err) {
		struct pbpf_link_options opts = {.env = &prog->obj->env};

		forget_failure(prog); /* to attach it, the last time */
		begin_trial(prog);
		err = end_trial(prog, attach_by_kind(prog, &prog->link, &opts));
		if (!has_failed(prog))
			return err;
		if (!err)
			err = load_instead_of(prog, &prog);
	}
	return err;
}

int pbpf_object_attach(struct pbpf_object *obj)
{
	int err = 0;

	for (uint32_t i = 0; i < obj->program_count && !err; i++) {
		struct pbpf_program *prog = &obj->programs[i];

		if (prog->fd < 0 || prog->link || prog->in_struct_ops)
			continue;
		if (says_where(prog))
			err = attach_own(prog);
		else
			env_note(
				&obj->env, AT(STAGE_LOAD, pbpf_program_name(prog), 0),
				"attach its fd with a function of link/pbpf_link.h",
				"program '%s' is not attached: its section '%s' does not say where",
				pbpf_program_name(prog), prog->section);
	}
	if (!err)
		err = attach_struct_ops(obj);
	if (err)
		pbpf_object_detach(obj);
	return err;
}

void pbpf_object_detach(struct pbpf_object *obj)
{
	detach_struct_ops(obj);
	for (uint32_t i = 0; i < obj->program_count; i++) {
		pbpf_link_close(obj->programs[i].link);
		obj->programs[i].link = NULL;
	}
}

struct pbpf_link *pbpf_program_link(const struct pbpf_program *prog)
{
	return prog->link;
}
