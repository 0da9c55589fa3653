/* SPDX-License-Identifier: MIT */
/*
 * func_info and line_info: what .BTF.ext says about each function's instructions moves with them.
 *
 * Records count bytes from the start of a section there, and instructions from the start of the
 * program for the kernel. The kernel wants a func record at each function's first instruction, and
 * a line record there too (check_btf_func and check_btf_line in kernel/bpf/verifier.c); it takes
 * neither rather than some.
 */
#include "relo/code.h"

const struct pbpf_line_info *last_line(const struct pbpf_line_info *lines, size_t count,
				       uint64_t offset)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (lines[middle].insn_off <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? &lines[low - 1] : NULL;
}

static int append_func(struct linking *link, const struct pbpf_function *function, uint32_t start)
{
	struct pbpf_code *code = &link->code;
	struct pbpf_func_info *grown;

	if (!function->type) {
		link->has_funcs = false;
		return 0;
	}
	grown = grow_array(link->env, code->funcs, code->func_count, 1, &code->func_room,
			   sizeof(*grown));
	if (!grown)
		return env_no_memory(link->env, "relo", "func_info");
	code->funcs = grown;
	code->funcs[code->func_count++] = (struct pbpf_func_info){start, function->type};
	return 0;
}

static int append_lines(struct linking *link, const struct pbpf_function *function, uint32_t start)
{
	struct pbpf_code *code = &link->code;
	struct pbpf_line_info *grown;

	if (!function->line_count ||
	    function->lines->insn_off / PBPF_INSN_SIZE != function->first) {
		link->has_lines = false;
		return 0;
	}
	grown = grow_array(link->env, code->lines, code->line_count, function->line_count,
			   &code->line_room, sizeof(*grown));
	if (!grown)
		return env_no_memory(link->env, "relo", "line_info");
	code->lines = grown;
	for (uint32_t i = 0; i < function->line_count; i++) {
		struct pbpf_line_info line = function->lines[i];

		line.insn_off = line.insn_off / PBPF_INSN_SIZE - function->first + start;
		grown[code->line_count++] = line;
	}
	return 0;
}

int append_info(struct linking *link, const struct pbpf_function *function, uint32_t start)
{
	int err = append_func(link, function, start);

	return err ? err : append_lines(link, function, start);
}

void settle_info(struct linking *link)
{
	if (!link->has_funcs)
		link->code.func_count = 0;
	if (!link->has_funcs || !link->has_lines)
		link->code.line_count = 0;
	if (link->source->functions->described && !link->has_funcs)
		env_note(
			link->env, AT("relo", link->program->name, 0), NULL,
			"program '%s' is loaded without func_info and line_info: the object does not "
			"have them for each function",
			link->program->name);
}

const struct pbpf_line_info *pbpf_code_line(const struct pbpf_code *code, uint32_t insn)
{
	return last_line(code->lines, code->line_count, insn);
}
