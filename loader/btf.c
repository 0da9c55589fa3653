/* SPDX-License-Identifier: MIT */
/*
 * The object's BTF: parsed, each of its sections of variables (DATASEC) found in the ELF file, and given the
 * sizes and offsets that only that knows.
 *
 * clang writes a DATASEC with size 0, and its global variables with offset 0; static ones have their
 * offset already. (An object that went through a BPF linker has all of them.) The kernel refuses a
 * DATASEC that is not complete and in order.
 */
#include "base/sort.h"
#include "loader/object.h"

#include <string.h>

/* The symbols that variables are looked up in, ordered by section and name. */
struct symbol_index {
	const struct pbpf_symbol **symbols;
	uint32_t count;
};

static int compare_symbols(uint32_t section, const char *name, const struct pbpf_symbol *symbol)
{
	if (section != symbol->section)
		return section < symbol->section ? -1 : 1;
	return strcmp(name, symbol->name);
}

static bool symbol_before(const void *a, const void *b)
{
	const struct pbpf_symbol *const *x = a, *const *y = b;

	return compare_symbols((*x)->section, (*x)->name, *y) < 0;
}

/* Global variables are what the offsets of a DATASEC are asked for. */
static bool is_wanted(const struct pbpf_symbol *symbol)
{
	return symbol->bind != PBPF_STB_LOCAL && symbol->type != PBPF_STT_FUNC;
}

static int index_symbols(struct symbol_index *index, const struct pbpf_elf *elf,
			 const struct pbpf_env *env)
{
	const struct pbpf_symbol **symbols;
	uint32_t count = 0;

	for (uint32_t i = 0; i < elf->symbol_count; i++)
		count += is_wanted(&elf->symbols[i]);
	symbols = env_alloc(env, count, sizeof(*symbols));
	if (!symbols)
		return env_no_memory(env, STAGE_LOAD, "the index of symbols");
	index->symbols = symbols;
	index->count = count;
	for (uint32_t i = 0; i < elf->symbol_count; i++)
		if (is_wanted(&elf->symbols[i]))
			*symbols++ = &elf->symbols[i];
	sort_array(index->symbols, count, sizeof(*index->symbols), symbol_before);
	return 0;
}

static const struct pbpf_symbol *find_symbol(const struct symbol_index *index, uint32_t section,
					     const char *name)
{
	uint32_t low = 0, high = index->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = compare_symbols(section, name, index->symbols[middle]);

		if (!order)
			return index->symbols[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

/* Where each variable of a DATASEC lies in its section. */
static int variable_offsets(struct pbpf_object *obj, const struct pbpf_btf_type *datasec,
			    uint32_t section, const struct symbol_index *index, uint32_t *offsets)
{
	for (uint32_t i = 0; i < datasec->vlen; i++) {
		struct pbpf_btf_variable variable = pbpf_btf_variable(obj->btf, datasec, i);
		struct pbpf_btf_type type = pbpf_btf_type(obj->btf, variable.type);
		const struct pbpf_symbol *symbol;

		offsets[i] = variable.offset;
		if (type.kind != PBPF_KIND_VAR || type.linkage == PBPF_LINKAGE_STATIC)
			continue;
		symbol = find_symbol(index, section, type.name);
		if (!symbol || symbol->value > UINT32_MAX)
			return env_fail(&obj->env, -EINVAL, AT(STAGE_LOAD, datasec->name, 0),
					"the object is damaged, or was stripped of its symbols",
					"variable '%s' of section '%s' has no symbol", type.name,
					datasec->name);
		offsets[i] = (uint32_t)symbol->value;
	}
	return 0;
}

static int place_datasec(struct pbpf_object *obj, const struct pbpf_btf_type *datasec,
			 const struct pbpf_section *section, const struct symbol_index *index)
{
	uint32_t *offsets;
	int err;

	if (section->size > UINT32_MAX)
		return env_fail(&obj->env, -ERANGE, AT(STAGE_LOAD, section->name, 0), NULL,
				"section '%s' is larger than 4 GiB", section->name);
	offsets = env_alloc(&obj->env, datasec->vlen, sizeof(*offsets));
	if (!offsets)
		return env_no_memory(&obj->env, STAGE_LOAD, "the offsets of variables");
	err = variable_offsets(obj, datasec, (uint32_t)(section - obj->elf->sections), index,
			       offsets);
	if (!err)
		err = pbpf_btf_place(obj->btf, datasec->id, (uint32_t)section->size, offsets);
	env_free(&obj->env, offsets, datasec->vlen, sizeof(*offsets));
	return err;
}

static void note_first(uint32_t *id, uint32_t datasec)
{
	if (!*id)
		*id = datasec;
}

/* Finds the section that a DATASEC describes; one that is complete already needs no more. */
static int match_datasec(struct pbpf_object *obj, uint32_t id, const struct symbol_index *index)
{
	struct pbpf_btf_type datasec = pbpf_btf_type(obj->btf, id);
	const struct pbpf_section *section = pbpf_elf_section(obj->elf, datasec.name);

	if (!strcmp(datasec.name, ".kconfig"))
		note_first(&obj->kconfig_datasec, id);
	if (!strcmp(datasec.name, ".ksyms"))
		note_first(&obj->ksyms_datasec, id);
	if (!section)
		return 0;
	note_first(&obj->datasecs[section - obj->elf->sections], id);
	return datasec.size ? 0 : place_datasec(obj, &datasec, section, index);
}

static int match_datasecs(struct pbpf_object *obj)
{
	struct symbol_index index = {NULL, 0};
	int err = index_symbols(&index, obj->elf, &obj->env);

	obj->datasecs = env_alloc(&obj->env, obj->elf->section_count, sizeof(*obj->datasecs));
	if (!err && !obj->datasecs)
		err = env_no_memory(&obj->env, STAGE_LOAD, "what sections hold");
	for (uint32_t id = 0; !err && (id = pbpf_btf_next(obj->btf, id, PBPF_KIND_DATASEC));)
		err = match_datasec(obj, id, &index);
	env_free(&obj->env, index.symbols, index.count, sizeof(*index.symbols));
	return err;
}

struct pbpf_btf_type datasec_at(const struct pbpf_object *obj, uint32_t id)
{
	return id ? pbpf_btf_type(obj->btf, id) : (struct pbpf_btf_type){.name = ""};
}

uint32_t datasec_of(const struct pbpf_object *obj, const struct pbpf_section *section)
{
	return obj->datasecs && section ? obj->datasecs[section - obj->elf->sections] : 0;
}

/* What is called so and of another type is no BTF: it may be gone already (pbpf_elf_adopt()). */
static const struct pbpf_section *btf_section(const struct pbpf_object *obj, const char *name)
{
	const struct pbpf_section *section = pbpf_elf_section(obj->elf, name);

	return section && section->type == PBPF_SHT_PROGBITS ? section : NULL;
}

/* Those of an own file stay where they are. */
static int parse_types(struct pbpf_object *obj, const struct pbpf_section *section)
{
	size_t size = (size_t)section->size;
	const void *data = section->data;
	void *own = pbpf_elf_take_btf(obj->elf, section);

	return own ? pbpf_btf_parse_in_place(&obj->btf, own, size, &obj->env)
		   : pbpf_btf_parse(&obj->btf, data, size, NULL, &obj->env);
}

static int parse_ext_records(struct pbpf_object *obj, const struct pbpf_section *section)
{
	size_t size = (size_t)section->size;
	const void *data = section->data;
	void *own = pbpf_elf_take_btf(obj->elf, section);

	return own ? pbpf_btf_ext_parse_in_place(&obj->ext, own, size, obj->btf, &obj->env)
		   : pbpf_btf_ext_parse(&obj->ext, data, size, obj->btf, &obj->env);
}

int open_btf(struct pbpf_object *obj)
{
	const struct pbpf_section *btf = btf_section(obj, ".BTF");
	const struct pbpf_section *ext = btf_section(obj, ".BTF.ext");
	int err;

	if (!btf)
		return 0;
	err = parse_types(obj, btf);
	if (!err && ext)
		err = parse_ext_records(obj, ext);
	return err ? err : match_datasecs(obj);
}
