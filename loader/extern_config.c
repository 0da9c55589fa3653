/* SPDX-License-Identifier: MIT */
/*
 * Externs of .kconfig: values of the running kernel's configuration, as the initial bytes of a map.
 *
 *	text that the caller gave; what that does not set:
 *	/proc/config.gz or /boot/config-RELEASE (kconfig_file.c)
 *
 * No file is opened unless the object asks for a CONFIG_ value.
 */
#include "base/sort.h"
#include "loader/object.h"

#include <stdio.h>
#include <string.h>

#define CONFIG_HINT \
	"give the configuration as text (struct pbpf_options, kconfig), or declare with __weak"

/* --- Types ----------------------------------------------------------------------------------- */

enum { ENCODED_SIGNED = 1, ENCODED_BOOL = 4 }; /* of an INT, include/uapi/linux/btf.h */

static bool int_config(struct kconfig_type *config, const struct pbpf_btf_type *type)
{
	config->kind = type->int_encoding & ENCODED_BOOL ? KCONFIG_BOOL : KCONFIG_INT;
	config->is_signed = type->int_encoding & ENCODED_SIGNED;
	config->size = type->size;
	if (config->kind == KCONFIG_BOOL)
		return type->size == 1;
	return type->size && type->size <= 8 && !(type->size & (type->size - 1));
}

bool config_type_of(struct kconfig_type *config, const struct pbpf_btf *btf, uint32_t id)
{
	struct pbpf_btf_type type = pbpf_btf_type(btf, pbpf_btf_resolve(btf, id)), element;
	struct pbpf_btf_array array;

	*config = (struct kconfig_type){.kind = KCONFIG_TRISTATE, .size = type.size};
	switch (type.kind) {
	case PBPF_KIND_INT: return int_config(config, &type);
	case PBPF_KIND_ENUM:
	case PBPF_KIND_ENUM64:
		return !strcmp(type.name, "libbpf_tristate") && (type.size == 4 || type.size == 8);
	case PBPF_KIND_ARRAY:
		array = pbpf_btf_array(btf, &type);
		element = pbpf_btf_type(btf, pbpf_btf_resolve(btf, array.type));
		*config = (struct kconfig_type){.kind = KCONFIG_STRING, .size = array.count};
		return element.kind == PBPF_KIND_INT && element.size == 1 && array.count;
	default: return false;
	}
}

/* --- Looking up ------------------------------------------------------------------------------ */

/* The values that are looked for, by name. */
struct config_wanted {
	const char *name;
	uint32_t index; /* of the extern */
};
struct config_search {
	struct pbpf_object *obj;
	struct missing_externs *missing;
	struct config_wanted *wanted;
	uint32_t count;
	uint32_t left; /* not found yet */
};

static bool wanted_before(const void *a, const void *b)
{
	return strcmp(((const struct config_wanted *)a)->name,
		      ((const struct config_wanted *)b)->name) < 0;
}

/* The first that does not stand before the line's name, and whether it is that. */
static bool find_wanted(const struct config_search *search, const struct kconfig_line *line,
			uint32_t *place)
{
	uint32_t low = 0, high = search->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = strncmp(search->wanted[middle].name, line->name, line->name_length);

		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*place = low;
	return low < search->count && strlen(search->wanted[low].name) == line->name_length &&
	       !memcmp(search->wanted[low].name, line->name, line->name_length);
}

static uint8_t *value_place(const struct pbpf_object *obj, uint32_t index)
{
	return obj->externs.map->initial + obj->externs.resolved[index].offset;
}

static struct kconfig_type value_type(const struct pbpf_object *obj, uint32_t index)
{
	const struct extern_symbol *symbol = &obj->externs.symbols[index];
	struct kconfig_type type;

	(void)config_type_of(&type, obj->btf, pbpf_btf_type(obj->btf, symbol->type).type);
	return type;
}

static int refuse_value(const struct pbpf_object *obj, uint32_t index, int err, const char *value,
			size_t length)
{
	static const char *const kinds[] = {
		[KCONFIG_BOOL] = "a bool",
		[KCONFIG_TRISTATE] = "a tristate",
		[KCONFIG_INT] = "an integer",
		[KCONFIG_STRING] = "an array of char",
	};
	struct kconfig_type type = value_type(obj, index);

	return env_fail(&obj->env, err, AT(STAGE_LOAD, ".kconfig", 0),
			"declare it with the type that the kernel's Kconfig files say",
			"the extern '%s' is %s of %u bytes, and this kernel's value is %.*s",
			obj->externs.symbols[index].name, kinds[type.kind], type.size,
			length < 64 ? (int)length : 64, value);
}

static int take_line(struct config_search *search, const struct kconfig_line *line)
{
	struct pbpf_object *obj = search->obj;
	uint32_t place;

	/* An extern may be declared by several symbols; each gets the value. The first line counts. */
	for (bool same = find_wanted(search, line, &place); same; place++) {
		uint32_t index = search->wanted[place].index;
		struct extern_symbol *symbol = &obj->externs.symbols[index];

		if (!symbol->found) {
			int err = kconfig_value(value_place(obj, index), value_type(obj, index),
						line->value, line->value_length);

			if (err)
				return refuse_value(obj, index, err, line->value,
						    line->value_length);
			symbol->found = true;
			search->left--;
		}
		same = place + 1 < search->count &&
		       !strcmp(search->wanted[place + 1].name, symbol->name);
	}
	return 0;
}

static int take_text(struct config_search *search, const char *text, size_t size)
{
	struct kconfig_text left = {text, size, 0};
	struct kconfig_line line;
	int err = 0;

	while (!err && search->left && kconfig_next(&left, &line))
		err = take_line(search, &line);
	return err;
}

/* Compares the names that are set with those that are missing. */
static void spell_text(struct config_search *search, uint32_t first, const char *text, size_t size)
{
	struct kconfig_text left = {text, size, 0};
	struct kconfig_line line;
	char name[64];

	while (kconfig_next(&left, &line)) {
		if (line.name_length >= sizeof(name))
			continue;
		memcpy(name, line.name, line.name_length);
		name[line.name_length] = '\0';
		try_spelling(search->missing, first, name);
	}
}

/* --- The kernel's ----------------------------------------------------------------------------- */

static bool needs_more(const struct object_externs *externs)
{
	for (uint32_t i = 0; i < externs->count; i++) {
		const struct extern_symbol *symbol = &externs->symbols[i];

		if (symbol->source == EXTERN_OF_CONFIG && !symbol->weak && !symbol->found)
			return true;
	}
	return false;
}

/* There is no configuration: what is weak does without. */
static int no_config(const struct pbpf_object *obj, const struct kconfig_file *file, int err)
{
	char text[256];

	snprintf(text, sizeof(text),
		 "cannot read the kernel's configuration: " KCONFIG_GZ ": %s%s; %s: %s",
		 pbpf_error_name(file->packed_err),
		 file->packed_err == -ENOTSUP ? " (this build has no zlib)" : "", file->path,
		 pbpf_error_name(err));
	if (needs_more(&obj->externs))
		return env_fail(&obj->env, err, AT(STAGE_LOAD, ".kconfig", 0), CONFIG_HINT, "%s",
				text);
	env_note(&obj->env, AT(STAGE_LOAD, ".kconfig", 0), CONFIG_HINT, "%s; weak externs are 0",
		 text);
	return 0;
}

/* Reads the running kernel's configuration; it may be empty. */
static int read_config(struct kconfig_file *file, const struct pbpf_object *obj)
{
	const struct pbpf_env *env = &obj->env;
	int err = kconfig_read(file, env);

	if (err == -ENOMEM)
		return env_no_memory(env, STAGE_LOAD, "the kernel's configuration");
	if (err)
		return no_config(obj, file, err);
	env_step(env, AT(STAGE_LOAD, ".kconfig", 0),
		 "the kernel's configuration is %zu bytes of %s", file->size, file->path);
	return 0;
}

static int take_kernels(struct config_search *search)
{
	struct pbpf_object *obj = search->obj;
	uint32_t first = search->missing->count;
	struct kconfig_file file = {0};
	int err = read_config(&file, obj);

	if (err)
		return err;
	err = take_text(search, file.text, file.size);
	if (!err) {
		note_missing(search->missing, &obj->externs, EXTERN_OF_CONFIG);
		if (search->missing->count > first)
			spell_text(search, first, file.text, file.size);
	}
	kconfig_free(&file, &obj->env);
	return err;
}

/* --- All of them ----------------------------------------------------------------------------- */

static int take_linux(struct pbpf_object *obj, uint32_t index)
{
	struct extern_symbol *symbol = &obj->externs.symbols[index];
	char text[24];
	uint64_t value;
	int err = linux_value(obj, symbol->name, &value);

	if (err)
		return err == -ENOENT ? 0 : err;
	err = kconfig_number(value_place(obj, index), value_type(obj, index), value, false);
	if (err) {
		snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
		return refuse_value(obj, index, err, text, strlen(text));
	}
	symbol->found = true;
	return 0;
}

/* The map's value, zero so far: what is weak and not set stays so. */
static int begin_values(const struct pbpf_object *obj)
{
	struct pbpf_map *map = obj->externs.map;

	if (!map->initial)
		map->initial = env_alloc(&obj->env, map->attr.value_size, 1);
	if (!map->initial)
		return env_no_memory(&obj->env, STAGE_LOAD, "the values of .kconfig");
	memset(map->initial, 0, map->attr.value_size);
	return 0;
}

static int search_config(struct config_search *search)
{
	struct pbpf_object *obj = search->obj;
	int err = 0;

	for (uint32_t i = 0; !err && i < obj->externs.count; i++) {
		const struct extern_symbol *symbol = &obj->externs.symbols[i];

		if (symbol->source != EXTERN_OF_CONFIG)
			continue;
		if (!strncmp(symbol->name, "LINUX_", 6))
			err = take_linux(obj, i);
		else
			search->wanted[search->count++] = (struct config_wanted){symbol->name, i};
	}
	if (err)
		return err;
	sort_array(search->wanted, search->count, sizeof(*search->wanted), wanted_before);
	search->left = search->count;
	if (obj->kconfig)
		err = take_text(search, obj->kconfig, strlen(obj->kconfig));
	if (!err && search->left)
		return take_kernels(search);
	if (!err)
		note_missing(search->missing, &obj->externs, EXTERN_OF_CONFIG);
	return err;
}

int resolve_config(struct pbpf_object *obj, struct missing_externs *missing)
{
	struct config_search search = {.obj = obj, .missing = missing};
	int err;

	if (!obj->externs.map)
		return 0;
	if (obj->externs.map->left_out)
		return map_fail(obj->externs.map, -EINVAL, "leave autocreate on",
				"holds the values of externs, and is left out");
	err = begin_values(obj);
	if (err)
		return err;
	search.wanted = env_alloc(&obj->env, obj->externs.count, sizeof(*search.wanted));
	if (!search.wanted)
		return env_no_memory(&obj->env, STAGE_LOAD, "the list of externs");
	err = search_config(&search);
	env_free(&obj->env, search.wanted, obj->externs.count, sizeof(*search.wanted));
	return err;
}
