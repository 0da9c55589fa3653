/* SPDX-License-Identifier: MIT */
/*
 * One program into the kernel.
 *
 * The first attempt asks for no log, unless the caller does: a log slows the verifier down, and hardly any
 * load needs one. A refused program is sent once more with a log, in a buffer that grows until the log fits.
 */
#include "loader/object.h"

#define LOG_FIRST (64u << 10)
#define LOG_MAX	  (UINT32_MAX >> 2) /* the kernel's own limit (bpf_verifier_log_attr_valid()) */

static int grow_log(struct pbpf_program *prog, uint32_t size)
{
	char *log = env_resize(&prog->obj->env, prog->log, prog->log_size, size, 1);

	if (!log)
		return env_no_memory(&prog->obj->env, STAGE_LOAD, "the verifier's log");
	prog->log = log;
	prog->log_size = size;
	return 0;
}

/* How large the log must be: as the kernel says (6.4 and later), or twice as large. */
static uint32_t next_log_size(uint32_t size, uint32_t true_size)
{
	if (!size)
		return LOG_FIRST;
	if (true_size > size && true_size <= LOG_MAX)
		return true_size;
	return size <= LOG_MAX / 2 ? 2 * size : LOG_MAX;
}

/* Loads with a log that is whole; `fd` is what the kernel says to the program. */
static int load_with_log(struct pbpf_program *prog, struct pbpf_prog_attr *attr, uint32_t level,
			 int *fd)
{
	uint32_t true_size = 0;

	attr->log_size = 0;

	do {
		int err = grow_log(prog, next_log_size(attr->log_size, true_size));

		if (err)
			return err;
		attr->log = prog->log;
		attr->log_size = prog->log_size;
		attr->log_level = level;
		prog->log[0] = '\0';
		*fd = pbpf_sys_prog_load(&prog->obj->env, attr, &true_size);
	} while (*fd == -ENOSPC && attr->log_size < LOG_MAX);
	prog->log[prog->log_size - 1] = '\0';
	return 0;
}

static void fill_attr(struct pbpf_prog_attr *attr, const struct pbpf_program *prog,
		      const struct pbpf_code *code)
{
	const struct pbpf_object *obj = prog->obj;

	*attr = (struct pbpf_prog_attr){
		.type = prog->attr.type,
		.expected_attach_type = prog->attr.expected_attach_type,
		.flags = prog->attr.flags,
		.ifindex = prog->attr.ifindex,
		.insns = code->insns,
		.insn_count = code->insn_count,
		.license = obj->license,
		.name = pbpf_program_name(prog),
		.attach_btf_id = prog->attach_btf_id,
		.attach_btf_obj_fd = prog->attach_btf_fd,
		.fd_array = obj->externs.fd_count > 1 ? obj->externs.fds : NULL,
		.token_fd = obj->token_fd,
	};
	if (obj->btf_fd < 0 || !code->func_count)
		return;
	attr->btf_fd = obj->btf_fd;
	attr->func_info = code->funcs;
	attr->func_info_size = sizeof(*code->funcs);
	attr->func_info_count = code->func_count;
	attr->line_info = code->lines;
	attr->line_info_size = sizeof(*code->lines);
	attr->line_info_count = code->line_count;
}

static int load_without_log(const struct pbpf_program *prog, struct pbpf_prog_attr *attr)
{
	attr->log = NULL;
	attr->log_size = 0;
	attr->log_level = 0;
	return pbpf_sys_prog_load(&prog->obj->env, attr, NULL);
}

/* With the caller's memory for the log. That the log is cut there says nothing about the program. */
static int load_with_own_log(struct pbpf_program *prog, struct pbpf_prog_attr *attr)
{
	int fd;

	attr->log = prog->attr.log;
	attr->log_size = prog->attr.log_size;
	attr->log_level = prog->attr.log_level;
	attr->log[0] = '\0';
	fd = pbpf_sys_prog_load(&prog->obj->env, attr, NULL);
	attr->log[attr->log_size - 1] = '\0';
	prog->own_log = true;
	return fd == -ENOSPC ? load_without_log(prog, attr) : fd;
}

/* The first attempt, with a log if it was asked for. */
static int load_as_asked(struct pbpf_program *prog, struct pbpf_prog_attr *attr, int *fd)
{
	prog->own_log = false;
	if (prog->log)
		prog->log[0] = '\0';
	if (prog->attr.log_level && !prog->attr.log)
		return load_with_log(prog, attr, prog->attr.log_level, fd);
	*fd = prog->attr.log_level ? load_with_own_log(prog, attr) : load_without_log(prog, attr);
	return 0;
}

/* Does the log that was asked for tell why it was refused? */
static bool explains_itself(const struct pbpf_program *prog)
{
	return prog->attr.log_level & 3 && !prog->own_log;
}

static int send_program(struct pbpf_program *prog, struct pbpf_code *code)
{
	struct pbpf_prog_attr attr;
	int fd, err;

	fill_attr(&attr, prog, code);
	do {
		err = load_as_asked(prog, &attr, &fd);
		if (!err && fd < 0 && !explains_itself(prog))
			err = load_with_log(prog, &attr, 1, &fd);
	} while (!err && fd < 0 && compat_fit_program(prog, &attr, code, fd));
	if (err)
		return err;
	if (fd < 0)
		return explain_program(prog, code, fd);
	prog->fd = fd;
	prog->insn_count = code->insn_count;
	env_step(&prog->obj->env, AT(STAGE_LOAD, pbpf_program_name(prog), 0),
		 "program '%s' of %u instructions is loaded as fd %d", pbpf_program_name(prog),
		 code->insn_count, fd);
	return 0;
}

static int refuse_section(const struct pbpf_program *prog)
{
	const struct pbpf_env *env = &prog->obj->env;
	const char *name = pbpf_program_name(prog);
	const char *nearest = nearest_section_name(prog->section);

	return env_fail(env, -ENOENT, AT(STAGE_LOAD, name, 0),
			"the section name says the type of the program, SEC(\"xdp\"), "
			"SEC(\"tp/sched/sched_switch\") ..., or pbpf_program_set_attr() does",
			"program '%s': the section name '%s' is not known%s%s%s", name,
			prog->section, nearest ? "; did you mean '" : "", nearest ? nearest : "",
			nearest ? "'?" : "");
}

int link_program(const struct pbpf_program *prog, const struct map_places *places,
		 struct pbpf_code *code)
{
	const struct pbpf_object *obj = prog->obj;
	const struct pbpf_code_source source = {
		.elf = obj->elf,
		.functions = &obj->functions,
		.btf = obj->btf,
		.maps = places->array,
		.map_count = places->count,
		.externs = obj->externs.resolved,
		.extern_count = obj->externs.count,
		.core = obj->core,
	};

	return pbpf_code_link(code, &source, &obj->functions.array[prog->function], &obj->env);
}

int load_program(struct pbpf_program *prog, const struct map_places *places)
{
	struct pbpf_code code = {0};
	int err;

	forget_verdict(prog);
	if (prog->attr.type == PBPF_PROG_TYPE_UNSPEC)
		return refuse_section(prog);
	err = link_program(prog, places, &code);
	if (err)
		return err;
	err = load_jump_tables(prog, &code);
	if (!err)
		err = send_program(prog, &code);
	close_jump_tables(prog, &code);
	close_contexts(prog);
	pbpf_code_free(&code, &prog->obj->env);
	return err;
}
