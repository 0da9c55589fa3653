/* SPDX-License-Identifier: MIT */
/*
 * Functions that are global in C and hidden (__attribute__((visibility("hidden")))) become static in BTF: the
 * verifier then follows each call of them, instead of verifying them once for any arguments.
 */
#include "loader/object.h"

#include <string.h>

static bool is_hidden(const struct pbpf_object *obj, const struct pbpf_function *function)
{
	uint8_t visibility = obj->elf->symbols[function->symbol].visibility;

	return visibility == PBPF_STV_HIDDEN || visibility == PBPF_STV_INTERNAL;
}

int hide_functions(struct pbpf_object *obj)
{
	const struct pbpf_section *text = pbpf_elf_section(obj->elf, ".text");
	const struct pbpf_func_info *funcs;
	size_t count = 0;
	int err = 0;

	funcs = text ? pbpf_btf_ext_funcs(obj->ext, ".text", &count) : NULL;
	for (size_t i = 0; !err && i < count; i++) {
		const struct pbpf_function *function =
			pbpf_functions_at(&obj->functions, (uint32_t)(text - obj->elf->sections),
					  funcs[i].insn_off / PBPF_INSN_SIZE);

		if (function && is_hidden(obj, function))
			err = pbpf_btf_make_static(obj->btf, funcs[i].type);
	}
	return err;
}
