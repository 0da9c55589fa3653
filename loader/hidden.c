/* SPDX-License-Identifier: MIT */
/*
 * Functions that are global in C and hidden (__attribute__((visibility("hidden")))) become static in BTF: the
 * verifier then follows each call of them, instead of verifying them once for any arguments.
 */
#include "loader/object.h"

static bool is_hidden(const struct pbpf_object *obj, const struct pbpf_function *function)
{
	uint8_t visibility = obj->elf->symbols[function->symbol].visibility;

	return visibility == PBPF_STV_HIDDEN || visibility == PBPF_STV_INTERNAL;
}

int hide_functions(struct pbpf_object *obj)
{
	const struct pbpf_section *text = pbpf_elf_section(obj->elf, ".text");
	int err = 0;

	for (uint32_t i = 0; !err && text && i < obj->functions.count; i++) {
		const struct pbpf_function *function = &obj->functions.array[i];

		if (&obj->elf->sections[function->section] == text && function->type &&
		    is_hidden(obj, function))
			err = pbpf_btf_make_static(obj->btf, function->type);
	}
	return err;
}
