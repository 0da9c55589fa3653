/* SPDX-License-Identifier: MIT */
/*
 * Jump tables: what clang makes of a large switch (-mcpu=v4).
 *
 *	.jumptables  ... | 48 | 96 | 48 | ...       R_BPF_64_64 of an ld_imm64 to "BPF.JT.0.0": 24 bytes here
 *	                   bytes from the start of the section that the function is in
 *
 * Each number becomes an instruction of the code. A table is of one function, which alone may jump there;
 * tables do not share entries, so that all of them together are as long as the section.
 */
#include "base/reader.h"
#include "relo/code.h"

#include <string.h>

#define ENTRY_SIZE 8u

bool is_jump_table(const struct linking *link, const struct pbpf_symbol *symbol)
{
	const struct pbpf_elf *elf = link->source->elf;

	return symbol->section < elf->section_count &&
	       !strcmp(elf->sections[symbol->section].name, ".jumptables");
}

/* Notes of each entry of the section which table it belongs to: its number plus 1. */
static int note_entries(struct linking *link, const struct pbpf_section *section, uint32_t first,
			uint32_t count)
{
	size_t all = (size_t)(section->size / ENTRY_SIZE);

	if (!link->table_of) {
		link->table_of = env_alloc(link->env, all, sizeof(*link->table_of));
		if (!link->table_of)
			return env_no_memory(link->env, "relo", "jump tables");
		link->table_of_count = all;
	}
	for (uint32_t i = 0; i < count; i++) {
		if (link->table_of[first + i])
			return -EINVAL;
		link->table_of[first + i] = link->code.table_count + 1;
	}
	return 0;
}

/* The instructions of the code that a table has. */
static int read_targets(struct linking *link, const struct site *site,
			const struct pbpf_section *section, uint32_t first, uint32_t count)
{
	const struct pbpf_function *function = site->function;
	struct reader r =
		reader_of(section->data, (size_t)section->size, link->source->elf->big_endian);
	uint32_t *targets = grow_array(link->env, link->code.targets, link->code.target_count,
				       count, &link->code.target_room, sizeof(*targets));

	if (!targets)
		return env_no_memory(link->env, "relo", "the targets of jump tables");
	link->code.targets = targets;
	reader_skip(&r, (size_t)first * ENTRY_SIZE);
	for (uint32_t i = 0; i < count; i++) {
		uint64_t offset = read_u64(&r), insn = offset / PBPF_INSN_SIZE;

		if (offset % PBPF_INSN_SIZE || insn < function->first ||
		    insn - function->first >= function->count)
			return link_fail(link, -EINVAL, function, site->place, DAMAGED,
					 "uses a jump table whose entry %u, byte %llu of the "
					 "section, is no instruction of that function",
					 i, (unsigned long long)offset);
		targets[link->code.target_count++] =
			site->start + (uint32_t)(insn - function->first);
	}
	return 0;
}

static int add_table(struct linking *link, struct pbpf_jump_table table)
{
	struct pbpf_code *code = &link->code;
	struct pbpf_jump_table *grown = grow_array(link->env, code->tables, code->table_count, 1,
						   &code->table_room, sizeof(*grown));

	if (!grown)
		return env_no_memory(link->env, "relo", "jump tables");
	code->tables = grown;
	grown[code->table_count++] = table;
	return 0;
}

static int fail_table(const struct linking *link, const struct site *site,
		      const struct pbpf_symbol *symbol, const char *what)
{
	return link_fail(link, -EINVAL, site->function, site->place, DAMAGED,
			 "uses the jump table '%s' (%llu bytes at %llu of .jumptables), which %s",
			 symbol->name, (unsigned long long)symbol->size,
			 (unsigned long long)symbol->value, what);
}

int refer_to_table(struct linking *link, const struct site *site, const struct pbpf_symbol *symbol)
{
	const struct pbpf_section *section = &link->source->elf->sections[symbol->section];
	struct pbpf_jump_table table = {.insn = site->insn, .like = link->code.table_count};
	const struct pbpf_jump_table *like = NULL;
	uint32_t first;
	int err;

	if (link->code.insns[site->insn].imm || !symbol->size || symbol->size % ENTRY_SIZE ||
	    symbol->value % ENTRY_SIZE || !section->data || section->size > UINT32_MAX ||
	    !range_ok(symbol->value, symbol->size, section->size))
		return fail_table(link, site, symbol, "is not whole");
	first = (uint32_t)(symbol->value / ENTRY_SIZE);
	table.first = link->code.target_count;
	table.count = (uint32_t)(symbol->size / ENTRY_SIZE);
	if (link->table_of && link->table_of[first])
		like = &link->code.tables[link->table_of[first] - 1];
	if (like &&
	    (like->count != table.count || like->entry != first || like->start != site->start))
		return fail_table(link, site, symbol, "another one overlaps");
	table.entry = first;
	table.start = site->start;
	if (like) {
		table.first = like->first;
		table.like = like->like;
		return add_table(link, table);
	}
	err = note_entries(link, section, first, table.count);
	if (err == -EINVAL)
		return fail_table(link, site, symbol, "another one overlaps");
	if (!err)
		err = read_targets(link, site, section, first, table.count);
	return err ? err : add_table(link, table);
}
