/* SPDX-License-Identifier: MIT */
/*
 * The functions of an object, from its symbols.
 *
 * clang gives every function, static ones too, a symbol of type FUNC whose value and size are bytes
 * within an executable section.
 */
#include "base/env.h"
#include "base/reader.h"
#include "base/sort.h"
#include "relo/pbpf_relo.h"

static bool is_function(const struct pbpf_elf *elf, const struct pbpf_symbol *symbol)
{
	const struct pbpf_section *section;

	if (symbol->type != PBPF_STT_FUNC || symbol->section >= elf->section_count)
		return false;
	section = &elf->sections[symbol->section];
	return section->flags & PBPF_SHF_EXECINSTR && section->type == PBPF_SHT_PROGBITS;
}

static int add_function(struct pbpf_functions *functions, const struct pbpf_elf *elf,
			uint32_t symbol_index, const struct pbpf_env *env)
{
	const struct pbpf_symbol *symbol = &elf->symbols[symbol_index];
	const struct pbpf_section *section = &elf->sections[symbol->section];
	struct pbpf_function *function;

	if (!symbol->size || symbol->size % PBPF_INSN_SIZE || symbol->value % PBPF_INSN_SIZE ||
	    !range_ok(symbol->value, symbol->size, section->size) ||
	    section->size / PBPF_INSN_SIZE > INT32_MAX)
		return env_fail(
			env, -EINVAL, AT("relo", section->name, symbol->value),
			"the object is damaged, or was not made by clang -target bpf",
			"function '%s' of %llu bytes is no run of whole instructions within the "
			"%llu bytes of its section",
			symbol->name, (unsigned long long)symbol->size,
			(unsigned long long)section->size);
	function = &functions->array[functions->count++];
	function->name = symbol->name;
	function->symbol = symbol_index;
	function->section = symbol->section;
	function->first = (uint32_t)(symbol->value / PBPF_INSN_SIZE);
	function->count = (uint32_t)(symbol->size / PBPF_INSN_SIZE);
	return 0;
}

static bool function_before(const void *a, const void *b)
{
	const struct pbpf_function *x = a, *y = b;

	if (x->section != y->section)
		return x->section < y->section;
	if (x->first != y->first)
		return x->first < y->first;
	return x->symbol < y->symbol;
}

/* Aliases are welcome; functions that share only some of their instructions are not: the pieces of
 * code that a program is put together from would multiply. */
static int refuse_overlap(const struct pbpf_functions *functions, const struct pbpf_elf *elf,
			  const struct pbpf_env *env)
{
	for (uint32_t i = 1; i < functions->count; i++) {
		const struct pbpf_function *a = &functions->array[i - 1], *b = a + 1;

		if (a->section != b->section || b->first - a->first >= a->count)
			continue;
		if (a->first == b->first && a->count == b->count)
			continue;
		return env_fail(env, -EINVAL, AT("relo", elf->sections[b->section].name, b->first),
				"the object is damaged", "functions '%s' and '%s' overlap", a->name,
				b->name);
	}
	return 0;
}

int pbpf_functions_find(struct pbpf_functions *functions, const struct pbpf_elf *elf,
			const struct pbpf_env *env)
{
	struct pbpf_functions found = {NULL, 0};
	uint32_t count = 0;
	int err;

	for (uint32_t i = 0; i < elf->symbol_count; i++)
		count += is_function(elf, &elf->symbols[i]);
	found.array = env_alloc(env, count, sizeof(*found.array));
	if (!found.array)
		return env_no_memory(env, "relo", "the list of functions");

	for (uint32_t i = 0; i < elf->symbol_count; i++) {
		if (!is_function(elf, &elf->symbols[i]))
			continue;
		err = add_function(&found, elf, i, env);
		if (err)
			goto fail;
	}
	sort_array(found.array, found.count, sizeof(*found.array), function_before);
	err = refuse_overlap(&found, elf, env);
	if (err)
		goto fail;
	*functions = found;
	return 0;

fail:
	env_free(env, found.array, count, sizeof(*found.array));
	return err;
}

void pbpf_functions_free(struct pbpf_functions *functions, const struct pbpf_env *env)
{
	env_free(env, functions->array, functions->count, sizeof(*functions->array));
	functions->array = NULL;
	functions->count = 0;
}

const struct pbpf_function *pbpf_functions_at(const struct pbpf_functions *functions,
					      uint32_t section, uint32_t insn)
{
	const struct pbpf_function *candidate;
	uint32_t low = 0, high = functions->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		const struct pbpf_function *function = &functions->array[middle];

		if (function->section < section ||
		    (function->section == section && function->first <= insn))
			low = middle + 1;
		else
			high = middle;
	}
	if (!low)
		return NULL;
	candidate = &functions->array[low - 1];
	if (candidate->section != section || insn - candidate->first >= candidate->count)
		return NULL;
	return candidate;
}
