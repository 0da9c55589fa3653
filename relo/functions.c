/* SPDX-License-Identifier: MIT */
/*
 * The functions of an object, from its symbols.
 *
 * clang gives every function, static ones too, a symbol of type FUNC whose value and size are bytes
 * within an executable section. Functions and relocations are both in the order of their places, so one
 * walk over either gives each function its relocations.
 */
#include "base/reader.h"
#include "base/sort.h"
#include "relo/code.h"

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

/* Gives each function the relocations of its instructions; aliases share theirs. */
static void give_relocs(struct pbpf_functions *functions, const struct pbpf_elf *elf)
{
	uint32_t next = 0;

	for (uint32_t i = 0; i < functions->count; i++) {
		struct pbpf_function *function = &functions->array[i];
		const struct pbpf_section *section = &elf->sections[function->section];
		uint64_t begin = (uint64_t)function->first * PBPF_INSN_SIZE;
		uint64_t size = (uint64_t)function->count * PBPF_INSN_SIZE;

		if (i && is_same_code(function, function - 1)) {
			function->relocs = function[-1].relocs;
			function->reloc_count = function[-1].reloc_count;
			continue;
		}
		if (i && function[-1].section != function->section)
			next = 0;
		while (next < section->reloc_count && section->relocs[next].offset < begin)
			next++;
		if (next == section->reloc_count)
			continue;
		function->relocs = &section->relocs[next];
		while (next < section->reloc_count && section->relocs[next].offset - begin < size)
			next++;
		function->reloc_count = (uint32_t)(&section->relocs[next] - function->relocs);
	}
}

int pbpf_functions_find(struct pbpf_functions *functions, const struct pbpf_elf *elf,
			const struct pbpf_env *env)
{
	struct pbpf_functions found = {0};
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
	give_relocs(&found, elf);
	*functions = found;
	return 0;

fail:
	env_free(env, found.array, count, sizeof(*found.array));
	return err;
}

void pbpf_functions_free(struct pbpf_functions *functions, const struct pbpf_env *env)
{
	env_free(env, functions->array, functions->count, sizeof(*functions->array));
	*functions = (struct pbpf_functions){0};
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
