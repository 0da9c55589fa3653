/* SPDX-License-Identifier: MIT */
/*
 * The externs of an object: which there are, and what to say when the kernel lacks some.
 */
#include "base/sort.h"
#include "base/spell.h"
#include "loader/object.h"

#include <stdio.h>
#include <string.h>

#define EXTERNS_MAX	65534		    /* what one pass over a BTF looks for at most */
#define CONFIG_SIZE_MAX ((uint32_t)1 << 20) /* of .kconfig: far beyond what a kernel's has */

/* --- Open ------------------------------------------------------------------------------------ */

/* What the object's BTF lists in .kconfig and .ksyms, by name. */
struct declaration {
	const char *name;
	struct pbpf_btf_variable listed;
	bool config;
};
struct declarations {
	struct declaration *array;
	uint32_t count, room;
};

static bool declaration_before(const void *a, const void *b)
{
	const struct declaration *x = a, *y = b;

	return strcmp(x->name, y->name) < 0;
}

static const struct declaration *find_declaration(const struct declarations *declared,
						  const char *name)
{
	uint32_t low = 0, high = declared->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = strcmp(name, declared->array[middle].name);

		if (!order)
			return &declared->array[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

static void add_declarations(struct declarations *declared, const struct pbpf_object *obj,
			     const struct pbpf_btf_type *datasec, bool config)
{
	for (uint32_t i = 0; i < datasec->vlen; i++) {
		struct declaration *added = &declared->array[declared->count++];

		added->listed = pbpf_btf_variable(obj->btf, datasec, i);
		added->name = pbpf_btf_type(obj->btf, added->listed.type).name;
		added->config = config;
	}
}

static int collect_declarations(struct declarations *declared, const struct pbpf_object *obj)
{
	struct pbpf_btf_type config = datasec_at(obj, obj->kconfig_datasec);
	struct pbpf_btf_type ksyms = datasec_at(obj, obj->ksyms_datasec);

	declared->room = config.vlen + ksyms.vlen;
	declared->array = env_alloc(&obj->env, declared->room, sizeof(*declared->array));
	if (!declared->array)
		return env_no_memory(&obj->env, STAGE_LOAD, "the declarations of externs");
	add_declarations(declared, obj, &config, true);
	add_declarations(declared, obj, &ksyms, false);
	sort_array(declared->array, declared->count, sizeof(*declared->array), declaration_before);
	return 0;
}

static bool is_extern(const struct pbpf_symbol *symbol)
{
	return symbol->section == PBPF_SHN_UNDEF && *symbol->name && symbol->bind != PBPF_STB_LOCAL;
}

/* What BTF says about an extern; nothing when it does not declare it. */
static void describe_extern(struct extern_symbol *symbol, struct pbpf_extern *resolved,
			    const struct pbpf_object *obj, const struct declaration *declared)
{
	struct pbpf_btf_type type;

	if (!declared)
		return;
	type = pbpf_btf_type(obj->btf, declared->listed.type);
	symbol->type = type.id;
	if (declared->config) {
		symbol->source = EXTERN_OF_CONFIG;
		resolved->offset = declared->listed.offset;
		resolved->size = declared->listed.size;
	} else if (type.kind == PBPF_KIND_FUNC) {
		symbol->source = EXTERN_FUNCTION;
	} else if (pbpf_btf_resolve(obj->btf, type.type)) {
		symbol->source = EXTERN_VARIABLE;
	} else {
		symbol->source = EXTERN_ADDRESS;
	}
}

static void add_extern(struct pbpf_object *obj, uint32_t index, const struct declarations *declared)
{
	const struct pbpf_symbol *symbol = &obj->elf->symbols[index];
	struct object_externs *externs = &obj->externs;
	struct extern_symbol *added = &externs->symbols[externs->count];
	struct pbpf_extern *resolved = &externs->resolved[externs->count];

	added->name = symbol->name;
	added->weak = symbol->bind == PBPF_STB_WEAK;
	resolved->symbol = index;
	describe_extern(added, resolved, obj, find_declaration(declared, symbol->name));
	externs->count++;
	env_step(&obj->env, AT(STAGE_LOAD, symbol->name, 0), "'%s' is %s extern%s", symbol->name,
		 added->weak ? "a weak" : "an",
		 added->source == EXTERN_OF_CONFIG ? ", a value of the kernel's configuration"
						   : "");
}

static int collect_externs(struct pbpf_object *obj, uint32_t count)
{
	struct object_externs *externs = &obj->externs;
	struct declarations declared = {0};
	int err;

	externs->room = count;
	externs->symbols = env_alloc(&obj->env, count, sizeof(*externs->symbols));
	externs->resolved = env_alloc(&obj->env, count, sizeof(*externs->resolved));
	if (!externs->symbols || !externs->resolved)
		return env_no_memory(&obj->env, STAGE_LOAD, "the list of externs");
	err = collect_declarations(&declared, obj);
	for (uint32_t i = 0; !err && i < obj->elf->symbol_count; i++)
		if (is_extern(&obj->elf->symbols[i]))
			add_extern(obj, i, &declared);
	env_free(&obj->env, declared.array, declared.room, sizeof(*declared.array));
	return err;
}

/* Where each value of .kconfig goes: one behind the other, aligned. Gives the end, or an error. */
static int64_t place_values(const struct pbpf_object *obj, const struct pbpf_btf_type *datasec,
			    uint32_t *offsets)
{
	uint64_t end = 0;

	for (uint32_t i = 0; i < datasec->vlen; i++) {
		struct pbpf_btf_variable listed = pbpf_btf_variable(obj->btf, datasec, i);
		struct pbpf_btf_type var = pbpf_btf_type(obj->btf, listed.type);
		struct kconfig_type config;
		uint32_t align;

		if (var.kind != PBPF_KIND_VAR || !config_type_of(&config, obj->btf, var.type) ||
		    config.size != listed.size)
			return env_fail(
				&obj->env, -EINVAL, AT(STAGE_LOAD, ".kconfig", 0),
				"declare it as bool, char, an integer, enum libbpf_tristate, "
				"or an array of char",
				"the type of the extern '%s' is none that a kernel's "
				"configuration has values of",
				var.name);
		align = config.kind == KCONFIG_STRING ? 1 : config.size;
		end = (end + align - 1) / align * align;
		offsets[i] = (uint32_t)end;
		end += config.size;
		if (end > CONFIG_SIZE_MAX)
			return env_fail(&obj->env, -ERANGE, AT(STAGE_LOAD, ".kconfig", 0), NULL,
					"the externs of .kconfig, up to '%s', take %llu bytes; no "
					"kernel's configuration is that large",
					var.name, (unsigned long long)end);
	}
	return (int64_t)end;
}

/* The values of .kconfig become a section of their own, as large as they are. */
static int place_config(struct pbpf_object *obj)
{
	struct pbpf_btf_type datasec = datasec_at(obj, obj->kconfig_datasec);
	uint32_t *offsets;
	int64_t size;
	int err;

	if (!datasec.vlen)
		return 0;
	offsets = env_alloc(&obj->env, datasec.vlen, sizeof(*offsets));
	if (!offsets)
		return env_no_memory(&obj->env, STAGE_LOAD, "the places of externs");
	size = place_values(obj, &datasec, offsets);
	err = size < 0 ? (int)size : pbpf_btf_place(obj->btf, datasec.id, (uint32_t)size, offsets);
	env_free(&obj->env, offsets, datasec.vlen, sizeof(*offsets));
	if (err)
		return err;
	obj->externs.config_type = datasec.id;
	obj->externs.config_size = (uint32_t)size;
	return 0;
}

int find_externs(struct pbpf_object *obj)
{
	uint32_t count = 0;
	int err;

	for (uint32_t i = 0; i < obj->elf->symbol_count; i++)
		count += is_extern(&obj->elf->symbols[i]);
	if (count > EXTERNS_MAX)
		return env_fail(&obj->env, -ERANGE, AT(STAGE_LOAD, obj->name, 0), NULL,
				"the object has %u externs; more than %u are not supported", count,
				EXTERNS_MAX);
	err = place_config(obj);
	return err || !count ? err : collect_externs(obj, count);
}

void free_externs(struct pbpf_object *obj)
{
	struct object_externs *externs = &obj->externs;

	env_free(&obj->env, externs->symbols, externs->room, sizeof(*externs->symbols));
	env_free(&obj->env, externs->resolved, externs->room, sizeof(*externs->resolved));
	env_free(&obj->env, externs->fds, EXTERN_MODULES_MAX, sizeof(*externs->fds));
}

/* --- Load ------------------------------------------------------------------------------------ */

void note_missing(struct missing_externs *missing, const struct object_externs *externs,
		  enum extern_source source)
{
	for (uint32_t i = 0; i < externs->count; i++) {
		const struct extern_symbol *symbol = &externs->symbols[i];

		if (symbol->source != source || symbol->found || symbol->weak)
			continue;
		if (missing->count < MISSING_SHOWN)
			missing->shown[missing->count] = (struct missing_extern){
				.symbol = symbol, .spell = spell_for(symbol->name)};
		missing->count++;
	}
}

void try_spelling(struct missing_externs *missing, uint32_t first, const char *name)
{
	for (uint32_t i = first; i < missing->count && i < MISSING_SHOWN; i++) {
		struct missing_extern *shown = &missing->shown[i];

		spell_try(&shown->spell, name);
		if (shown->spell.nearest == name) {
			snprintf(shown->near, sizeof(shown->near), "%s", name);
			shown->spell.nearest = shown->near;
		}
	}
}

static const char *source_name(enum extern_source source)
{
	switch (source) {
	case EXTERN_OF_CONFIG: return "configuration";
	case EXTERN_VARIABLE: return "variable with BTF";
	case EXTERN_FUNCTION: return "function";
	case EXTERN_ADDRESS: return "symbol";
	default: return "declared without __ksym or __kconfig, or compiled without -g";
	}
}

/* As the first one says: objects that were to be linked, and addresses, have their own reasons. */
static const char *hint_of_missing(const struct missing_externs *missing)
{
	switch (missing->shown[0].symbol->source) {
	case EXTERN_UNDESCRIBED:
		return "of another object file: link the two (bpftool gen object); of the kernel: "
		       "declare it __ksym or __kconfig";
	case EXTERN_ADDRESS:
		return "a kernel without CONFIG_KALLSYMS_ALL knows addresses of functions only; "
		       "declared with __weak it then is 0";
	default:
		return "declare with __weak what a kernel may lack; it then is 0, and "
		       "bpf_ksym_exists() tells";
	}
}

static int refuse_missing(const struct pbpf_object *obj, const struct missing_externs *missing)
{
	char list[896] = "";
	size_t used = 0;

	for (uint32_t i = 0; i < missing->count && i < MISSING_SHOWN; i++) {
		const struct missing_extern *shown = &missing->shown[i];
		int written = snprintf(list + used, sizeof(list) - used, "%s'%s' (%s%s%s%s)",
				       i ? ", " : "", shown->symbol->name,
				       source_name(shown->symbol->source),
				       *shown->near ? "; did you mean '" : "", shown->near,
				       *shown->near ? "'?" : "");

		if (written < 0 || (size_t)written >= sizeof(list) - used)
			break;
		used += (size_t)written;
	}
	return env_fail(&obj->env, -ENOENT, AT(STAGE_LOAD, obj->name, 0), hint_of_missing(missing),
			"%u extern%s not on this kernel: %s%s", missing->count,
			missing->count == 1 ? " is" : "s are", list,
			missing->count > MISSING_SHOWN ? " ..." : "");
}

int resolve_externs(struct pbpf_object *obj)
{
	struct object_externs *externs = &obj->externs;
	struct missing_externs missing = {0};
	int err;

	for (uint32_t i = 0; i < externs->count; i++) {
		externs->symbols[i].found = false;
		externs->resolved[i].kind = externs->symbols[i].source == EXTERN_OF_CONFIG
						    ? PBPF_EXTERN_VALUE
						    : PBPF_EXTERN_ABSENT;
	}
	externs->fd_count = 1;
	note_missing(&missing, externs, EXTERN_UNDESCRIBED);
	err = resolve_config(obj, &missing);
	if (!err)
		err = resolve_types(obj, &missing);
	if (!err)
		err = resolve_addresses(obj, &missing);
	return err || !missing.count ? err : refuse_missing(obj, &missing);
}

void give_externs_their_map(struct pbpf_object *obj)
{
	struct object_externs *externs = &obj->externs;

	for (uint32_t i = 0; i < externs->count; i++)
		if (externs->symbols[i].source == EXTERN_OF_CONFIG)
			externs->resolved[i].fd = externs->map->fd;
}
