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

size_t first_record(const void *records, size_t count, size_t size, uint64_t offset)
{
	const unsigned char *bytes = records;
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const uint32_t *insn_off = (const void *)(bytes + middle * size);

		if (*insn_off < offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int append_func(struct linking *link, const struct pbpf_function *function,
		       const char *section, uint32_t start)
{
	struct pbpf_code *code = &link->code;
	uint64_t offset = (uint64_t)function->first * PBPF_INSN_SIZE;
	const struct pbpf_func_info *funcs;
	struct pbpf_func_info *grown;
	size_t count = 0, i;

	funcs = pbpf_btf_ext_funcs(link->source->ext, section, &count);
	i = first_record(funcs, count, sizeof(*funcs), offset);
	if (i == count || funcs[i].insn_off != offset) {
		link->has_funcs = false;
		return 0;
	}
	grown = grow_array(link->env, code->funcs, code->func_count, 1, &code->func_room,
			   sizeof(*grown));
	if (!grown)
		return env_no_memory(link->env, "relo", "func_info");
	code->funcs = grown;
	code->funcs[code->func_count++] = (struct pbpf_func_info){start, funcs[i].type};
	return 0;
}

static int append_lines(struct linking *link, const struct pbpf_function *function,
			const char *section, uint32_t start)
{
	struct pbpf_code *code = &link->code;
	uint64_t offset = (uint64_t)function->first * PBPF_INSN_SIZE;
	uint64_t end = offset + (uint64_t)function->count * PBPF_INSN_SIZE;
	const struct pbpf_line_info *lines;
	struct pbpf_line_info *grown;
	size_t count = 0, first, last;

	lines = pbpf_btf_ext_lines(link->source->ext, section, &count);
	first = first_record(lines, count, sizeof(*lines), offset);
	last = first_record(lines, count, sizeof(*lines), end);
	if (first == last || lines[first].insn_off != offset) {
		link->has_lines = false;
		return 0;
	}
	grown = grow_array(link->env, code->lines, code->line_count, (uint32_t)(last - first),
			   &code->line_room, sizeof(*grown));
	if (!grown)
		return env_no_memory(link->env, "relo", "line_info");
	code->lines = grown;
	for (size_t i = first; i < last; i++) {
		grown[code->line_count] = lines[i];
		grown[code->line_count++].insn_off =
			(uint32_t)((lines[i].insn_off - offset) / PBPF_INSN_SIZE + start);
	}
	return 0;
}

int append_info(struct linking *link, const struct pbpf_function *function, uint32_t start)
{
	const char *section = link->source->elf->sections[function->section].name;
	int err = append_func(link, function, section, start);

	return err ? err : append_lines(link, function, section, start);
}

void settle_info(struct linking *link)
{
	if (!link->has_funcs)
		link->code.func_count = 0;
	if (!link->has_funcs || !link->has_lines)
		link->code.line_count = 0;
	if (link->source->ext && !link->has_funcs)
		env_note(
			link->env, AT("relo", link->program->name, 0), NULL,
			"program '%s' is loaded without func_info and line_info: the object does not "
			"have them for each function",
			link->program->name);
}

const struct pbpf_line_info *pbpf_code_line(const struct pbpf_code *code, uint32_t insn)
{
	size_t after = first_record(code->lines, code->line_count, sizeof(*code->lines),
				    (uint64_t)insn + 1);

	return after ? &code->lines[after - 1] : NULL;
}
