/* SPDX-License-Identifier: MIT */
/*
 * The programs of an object: every global function of an executable section other than .text, which
 * holds what programs call.
 */
#include "loader/object.h"

#include <string.h>

static bool is_program(const struct pbpf_object *obj, const struct pbpf_function *function)
{
	const struct pbpf_section *section = &obj->elf->sections[function->section];
	bool is_text = section->name_length == 5 && !memcmp(section->name, ".text", 5);

	return !is_text && obj->elf->symbols[function->symbol].bind != PBPF_STB_LOCAL;
}

static struct pbpf_program_attr attr_of_kind(const struct section_kind *kind)
{
	return (struct pbpf_program_attr){
		.type = kind->type,
		.expected_attach_type = kind->attach_type,
		.flags = (kind->flags & SECTION_SLEEPABLE ? PBPF_F_SLEEPABLE : 0u) |
			 (kind->flags & SECTION_XDP_FRAGS ? PBPF_F_XDP_HAS_FRAGS : 0u),
	};
}

static void add_program(struct pbpf_object *obj, uint32_t function)
{
	struct pbpf_program *prog = &obj->programs[obj->program_count++];
	const char *section = obj->elf->sections[obj->functions.array[function].section].name;

	prog->obj = obj;
	prog->autoload = *section != '?';
	prog->section = section + !prog->autoload;
	prog->kind = find_section_kind(prog->section);
	if (prog->kind)
		prog->attr = attr_of_kind(prog->kind);
	prog->function = function;
	prog->target_prog_fd = -ENOENT;
	prog->fd = -ENOENT;
	env_step(&obj->env, AT(STAGE_LOAD, obj->functions.array[function].name, 0),
		 "function '%s' of section '%s' is a program of type %u%s",
		 obj->functions.array[function].name, section, pbpf_program_type(prog),
		 prog->autoload ? "" : ", not loaded unless asked for");
}

int find_programs(struct pbpf_object *obj)
{
	uint32_t count = 0;
	int err = pbpf_functions_find(&obj->functions, obj->elf, &obj->env);

	if (err)
		return err;
	for (uint32_t i = 0; i < obj->functions.count; i++)
		count += is_program(obj, &obj->functions.array[i]);
	obj->programs = env_alloc(&obj->env, count, sizeof(*obj->programs));
	if (!obj->programs)
		return env_no_memory(&obj->env, STAGE_LOAD, "the list of programs");
	for (uint32_t i = 0; i < obj->functions.count; i++)
		if (is_program(obj, &obj->functions.array[i]))
			add_program(obj, i);
	return 0;
}
