/* SPDX-License-Identifier: MIT */
/*
 * The jump tables of a program into the kernel (Linux 6.19): a map each, whose elements are instructions
 * of this program, frozen before the verifier sees it. The kernel writes behind each number what became
 * of that instruction, so that a map is for one program only; the program keeps it.
 */
#include "loader/object.h"

/* struct bpf_insn_array_value of include/uapi/linux/bpf.h: an element as it is written. */
struct table_element {
	uint32_t target;
	uint32_t of_the_kernel[3];
};

static int refuse_table(const struct pbpf_program *prog, const struct pbpf_jump_table *table,
			int err)
{
	const char *name = pbpf_program_name(prog);
	struct refusal_hint hint;
	bool unknown = err == -EINVAL || err == -ENOTSUP || err == -ENOTSUPP;

	return env_fail(&prog->obj->env, err, AT(STAGE_LOAD, name, table->insn),
			unknown ? "compile with -mcpu=v3, or -fno-jump-tables"
				: refusal_hint(&hint, &prog->obj->env, err, prog->attr.type),
			"program '%s' (%s): instruction %u uses a jump table of %u entries, %s%s",
			name, prog->section, table->insn, table->count,
			unknown ? "which needs Linux 6.19 and a JIT that has them: "
				: "which the kernel refused: ",
			pbpf_error_name(err));
}

static int fill_table(const struct pbpf_env *env, int fd, const uint32_t *targets, uint32_t count)
{
	int err = 0;

	for (uint32_t i = 0; !err && i < count; i++) {
		const struct table_element element = {.target = targets[i]};

		err = pbpf_sys_map_update(env, fd, &i, &element, PBPF_ANY);
	}
	return err ? err : pbpf_sys_map_freeze(env, fd);
}

/* The fd of a table's map, filled and frozen. */
static int make_table(const struct pbpf_program *prog, const struct pbpf_code *code,
		      const struct pbpf_jump_table *table)
{
	const struct pbpf_env *env = &prog->obj->env;
	const struct pbpf_map_attr attr = {
		.type = PBPF_MAP_TYPE_INSN_ARRAY,
		.key_size = sizeof(uint32_t),
		.value_size = sizeof(struct table_element),
		.max_entries = table->count,
		.name = ".jumptables",
		.token_fd = prog->obj->token_fd,
	};
	int fd = pbpf_sys_map_create(env, &attr), err;

	if (fd < 0)
		return refuse_table(prog, table, fd);
	err = fill_table(env, fd, code->targets + table->first, table->count);
	if (!err)
		return fd;
	pbpf_sys_close(env, fd);
	return refuse_table(prog, table, err);
}

int load_jump_tables(const struct pbpf_program *prog, struct pbpf_code *code)
{
	for (uint32_t i = 0; i < code->table_count; i++) {
		const struct pbpf_jump_table *table = &code->tables[i];
		int fd = table->like < i ? code->insns[code->tables[table->like].insn].imm
					 : make_table(prog, code, table);

		if (fd < 0)
			return fd;
		code->insns[table->insn].imm = fd;
	}
	return 0;
}

void close_jump_tables(const struct pbpf_program *prog, const struct pbpf_code *code)
{
	for (uint32_t i = 0; i < code->table_count; i++)
		if (code->tables[i].like == i)
			pbpf_sys_close(&prog->obj->env, code->insns[code->tables[i].insn].imm);
}
