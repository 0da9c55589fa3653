/* SPDX-License-Identifier: MIT */
/*
 * What an instruction refers to.
 *
 *	ld_imm64 + R_BPF_64_64  to a symbol in .maps                    that map
 *	                        to a symbol in .data, .rodata, .bss     a byte of that section
 *	                        to a function, or .text + offset        that function's address
 *	                        to a symbol in .jumptables              a table of instructions
 *	                        to an undefined symbol                  what the caller says it is
 *	call     + R_BPF_64_32  to a function, or .text + offset        that function
 *	                        to an undefined symbol                  a kfunc
 *	call without relocation                                         a function of the same section
 *
 * The compiler leaves the addend in the instruction (SHT_REL). Of ld_imm64 it is in bytes; of a
 * call it is imm + 1 slots, so that -1 stands for "the symbol itself"
 * (Documentation/bpf/llvm_reloc.rst of Linux).
 *
 * What refers to something outside of its section by a number that stands in the file already is
 * refused: fds and BTF ids are of the process that loads, and a file must not choose among them.
 */
#include "base/reader.h"
#include "relo/code.h"

int check_relocs(const struct linking *link, const struct pbpf_function *function)
{
	uint64_t before = UINT64_MAX;

	for (uint32_t i = 0; i < function->reloc_count; i++) {
		uint64_t offset = function->relocs[i].offset;
		uint32_t place = (uint32_t)(offset / PBPF_INSN_SIZE);

		if (offset % PBPF_INSN_SIZE)
			return link_fail(link, -EINVAL, function, place, DAMAGED,
					 "has a relocation %u bytes behind its begin",
					 (unsigned int)(offset % PBPF_INSN_SIZE));
		if (offset == before)
			return link_fail(link, -EINVAL, function, place, DAMAGED,
					 "has more than one relocation");
		before = offset;
	}
	return 0;
}

static const char *section_name(const struct linking *link, uint32_t section)
{
	const struct pbpf_elf *elf = link->source->elf;

	return section < elf->section_count ? elf->sections[section].name : "";
}

/* The name to show for a symbol: a section symbol has none of its own. */
static const char *symbol_name(const struct linking *link, const struct pbpf_symbol *symbol)
{
	return symbol->name[0] ? symbol->name : section_name(link, symbol->section);
}

static bool is_code(const struct linking *link, const struct pbpf_symbol *symbol)
{
	const struct pbpf_elf *elf = link->source->elf;

	return symbol->section < elf->section_count &&
	       elf->sections[symbol->section].flags & PBPF_SHF_EXECINSTR;
}

/* `target` slots from the start of a section, where a function should begin. */
static int refer_to_function(struct reference *reference, const struct linking *link,
			     const struct site *site, uint32_t section, int64_t target)
{
	const struct pbpf_function *callee = NULL;

	if (target >= 0 && target <= UINT32_MAX)
		callee = pbpf_functions_at(link->source->functions, section, (uint32_t)target);
	if (!callee || callee->first != target)
		return link_fail(
			link, -EINVAL, site->function, site->place, DAMAGED,
			"refers to instruction %lld of section '%s', where no function begins",
			(long long)target, section_name(link, section));
	reference->kind = REFERS_TO_FUNCTION;
	reference->function = callee;
	return 0;
}

/* The last map that begins at or before `offset` of a section, or NULL. */
static const struct pbpf_map_place *find_map(const struct pbpf_code_source *source,
					     uint32_t section, uint64_t offset)
{
	uint32_t low = 0, high = source->map_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		const struct pbpf_map_place *map = &source->maps[middle];

		if (map->section < section || (map->section == section && map->offset <= offset))
			low = middle + 1;
		else
			high = middle;
	}
	return low && source->maps[low - 1].section == section ? &source->maps[low - 1] : NULL;
}

/* `offset` bytes from the start of a section that holds maps, or is one. */
static int refer_to_map(struct reference *reference, const struct linking *link,
			const struct site *site, const struct pbpf_symbol *symbol, int64_t offset)
{
	const struct pbpf_elf *elf = link->source->elf;
	const struct pbpf_map_place *map;

	map = find_map(link->source, symbol->section, offset < 0 ? 0 : (uint64_t)offset);
	if (map && map->data && !range_ok((uint64_t)offset, 0, elf->sections[map->section].size))
		return link_fail(link, -ERANGE, site->function, site->place, DAMAGED,
				 "refers to byte %lld of section '%s', which has %llu",
				 (long long)offset, section_name(link, symbol->section),
				 (unsigned long long)elf->sections[map->section].size);
	if (!map || (!map->data && (int64_t)map->offset != offset))
		return link_fail(
			link, -EINVAL, site->function, site->place, DAMAGED,
			"refers to '%s' (section '%s', byte %lld), which is neither a map nor "
			"global data",
			symbol_name(link, symbol), section_name(link, symbol->section),
			(long long)offset);
	reference->kind = map->data ? REFERS_TO_DATA : REFERS_TO_MAP;
	reference->map = map;
	reference->offset = map->data ? (uint32_t)offset + map->value_offset : 0;
	return 0;
}

/* What the caller found out about an extern, or NULL. */
static const struct pbpf_extern *find_extern(const struct pbpf_code_source *source, uint32_t symbol)
{
	uint32_t low = 0, high = source->extern_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (source->externs[middle].symbol < symbol)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == source->extern_count || source->externs[low].symbol != symbol)
		return NULL;
	return &source->externs[low];
}

/* Only a function can be called, a byte of a value must be in it, and what the kernel knows by a BTF id
 * is known as a whole. */
static bool suits_extern(const struct pbpf_extern *external, bool call, int32_t addend)
{
	if (call)
		return addend == -1 && (external->kind == PBPF_EXTERN_FUNCTION ||
					external->kind == PBPF_EXTERN_ABSENT);
	switch (external->kind) {
	case PBPF_EXTERN_VALUE: return addend >= 0 && (uint32_t)addend <= external->size;
	case PBPF_EXTERN_ADDRESS: return true;
	default: return !addend;
	}
}

static int refer_to_extern(struct reference *reference, const struct linking *link,
			   const struct site *site, bool call, int32_t addend)
{
	const char *name = link->source->elf->symbols[site->reloc->symbol].name;
	const struct pbpf_extern *external = find_extern(link->source, site->reloc->symbol);

	if (!external)
		return link_fail(link, -ENOENT, site->function, site->place,
				 "define it, or declare it with __ksym or __kconfig",
				 "needs the extern '%s', and nobody said what that is", name);
	if (!suits_extern(external, call, addend))
		return link_fail(link, -EINVAL, site->function, site->place, DAMAGED,
				 "refers to the extern '%s' %+lld, which is no such thing", name,
				 (long long)addend + call);
	reference->kind = REFERS_TO_EXTERN;
	reference->external = external;
	reference->addend = addend;
	return 0;
}

static int refer_by_reloc(struct reference *reference, const struct linking *link,
			  const struct site *site)
{
	const struct pbpf_reloc *reloc = site->reloc;
	const struct pbpf_symbol *symbol = &link->source->elf->symbols[reloc->symbol];
	const struct pbpf_insn *slot = &link->code.insns[site->insn];
	bool call = slot->code == PBPF_OP_CALL;
	int64_t offset;

	if (reloc->type != (call ? PBPF_R_64_32 : PBPF_R_64_64))
		return link_fail(
			link, -EINVAL, site->function, site->place, DAMAGED,
			"has a relocation of type %u to '%s', which this instruction cannot take",
			reloc->type, symbol_name(link, symbol));
	if (symbol->section == PBPF_SHN_UNDEF)
		return refer_to_extern(reference, link, site, call, slot->imm);
	if (symbol->value > INT32_MAX)
		return link_fail(link, -ERANGE, site->function, site->place, DAMAGED,
				 "refers to '%s' at %#llx, beyond 2 GiB", symbol_name(link, symbol),
				 (unsigned long long)symbol->value);
	if (call)
		return refer_to_function(reference, link, site, symbol->section,
					 (int64_t)symbol->value / PBPF_INSN_SIZE + slot->imm + 1);

	if (is_jump_table(link, symbol)) {
		reference->kind = REFERS_TO_TABLE;
		reference->table = symbol;
		return 0;
	}
	offset = (int64_t)symbol->value + slot->imm;
	if (!is_code(link, symbol))
		return refer_to_map(reference, link, site, symbol, offset);
	if (offset % PBPF_INSN_SIZE)
		return link_fail(
			link, -EINVAL, site->function, site->place, DAMAGED,
			"refers to byte %lld of section '%s', in the middle of an instruction",
			(long long)offset, section_name(link, symbol->section));
	return refer_to_function(reference, link, site, symbol->section, offset / PBPF_INSN_SIZE);
}

/* What an instruction without relocation would name by number, or NULL: no such thing. A call within its
 * section is none. */
static const char *named_by_number(const struct pbpf_insn *insn)
{
	static const char *const loads[] = {
		[PBPF_PSEUDO_MAP_FD] = "a map by the file descriptor",
		[PBPF_PSEUDO_MAP_VALUE] = "a map's value by the file descriptor",
		[PBPF_PSEUDO_BTF_ID] = "a variable of the kernel by the BTF id",
		[PBPF_PSEUDO_FUNC] = "a function by the distance",
		[PBPF_PSEUDO_MAP_INDEX] = "a map by the index",
		[PBPF_PSEUDO_MAP_INDEX_VALUE] = "a map's value by the index",
	};
	unsigned int src = pbpf_insn_src(insn);

	if (insn->code == PBPF_OP_CALL && src > PBPF_CALL_LOCAL)
		return "a function of the kernel by the BTF id";
	if (insn->code != PBPF_OP_LD_IMM64 || !src)
		return NULL;
	return src < sizeof(loads) / sizeof(loads[0]) ? loads[src] : "something by the number";
}

int find_reference(struct reference *reference, const struct linking *link, const struct site *site)
{
	const struct pbpf_insn *slot = &link->code.insns[site->insn];

	*reference = (struct reference){.kind = REFERS_TO_NOTHING};
	if (site->reloc && slot->code != PBPF_OP_CALL && slot->code != PBPF_OP_LD_IMM64)
		return link_fail(link, -EINVAL, site->function, site->place, DAMAGED,
				 "has a relocation, but is neither ld_imm64 nor call (code %#x)",
				 slot->code);
	if (site->reloc)
		return refer_by_reloc(reference, link, site);
	if (slot->code == PBPF_OP_CALL && pbpf_insn_src(slot) == PBPF_CALL_LOCAL)
		return refer_to_function(reference, link, site, site->function->section,
					 (int64_t)site->place + slot->imm + 1);
	if (named_by_number(slot))
		return link_fail(
			link, -EINVAL, site->function, site->place,
			"write its name in the source, so that the compiler leaves a relocation",
			"names %s %d, without a relocation: that number is for a loader to say",
			named_by_number(slot), slot->imm);
	return 0;
}
