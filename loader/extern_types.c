/* SPDX-License-Identifier: MIT */
/*
 * Externs of .ksyms that are known by their number in the kernel's BTF: variables and functions. Their names
 * are looked up together, in one pass over the kernel's types; those that are not there, in one pass over
 * each module's.
 *
 * What is behind the last `___` of a function's name does not count: bpf_rdonly_cast___old is another
 * declaration of bpf_rdonly_cast. A weak one whose declaration does not fit counts as absent, so that a
 * program can declare both forms of a function that has changed.
 */
#include "loader/object.h"
#include "relo/pbpf_core.h"

#include <string.h>

#define FUNCTION_NAME_MAX 128 /* bytes of a name with a flavour, of which there are few */

struct type_search {
	struct pbpf_object *obj;
	struct pbpf_btf_wanted *wanted; /* what is looked for in one BTF, ... */
	uint32_t *indices;		/* ... and of which extern that is the name */
	uint32_t count, room;
	char (*names)[FUNCTION_NAME_MAX]; /* those without flavour */
	uint32_t name_count, name_room;
};

static bool is_typed(const struct extern_symbol *symbol)
{
	return symbol->source == EXTERN_VARIABLE || symbol->source == EXTERN_FUNCTION;
}

/* Where a function's flavour begins, or NULL. */
static const char *flavor_of(const struct extern_symbol *symbol)
{
	const char *flavor = NULL;

	if (symbol->source != EXTERN_FUNCTION)
		return NULL;
	for (const char *c = strstr(symbol->name + 1, "___"); c; c = strstr(c + 1, "___"))
		flavor = c;
	return flavor;
}

static void want_type(struct type_search *search, uint32_t index)
{
	const struct extern_symbol *symbol = &search->obj->externs.symbols[index];
	const char *name = symbol->name, *flavor = flavor_of(symbol);

	if (flavor && (size_t)(flavor - name) < FUNCTION_NAME_MAX) {
		char *cut = search->names[search->name_count++];

		memcpy(cut, name, (size_t)(flavor - name));
		name = cut;
	}
	search->indices[search->count] = index;
	search->wanted[search->count++] = (struct pbpf_btf_wanted){
		name, symbol->source == EXTERN_FUNCTION ? PBPF_KIND_FUNC : PBPF_KIND_VAR, 0};
}

static int open_type_search(struct type_search *search)
{
	const struct object_externs *externs = &search->obj->externs;
	const struct pbpf_env *env = &search->obj->env;

	for (uint32_t i = 0; i < externs->count; i++)
		search->name_room += flavor_of(&externs->symbols[i]) != NULL;
	search->wanted = env_alloc(env, search->room, sizeof(*search->wanted));
	search->indices = env_alloc(env, search->room, sizeof(*search->indices));
	search->names = env_alloc(env, search->name_room, sizeof(*search->names));
	if (!search->wanted || !search->indices || !search->names)
		return env_no_memory(env, STAGE_LOAD, "the names of externs");
	for (uint32_t i = 0; i < externs->count; i++)
		if (is_typed(&externs->symbols[i]))
			want_type(search, i);
	return 0;
}

static void close_type_search(const struct type_search *search)
{
	const struct pbpf_env *env = &search->obj->env;

	env_free(env, search->wanted, search->room, sizeof(*search->wanted));
	env_free(env, search->indices, search->room, sizeof(*search->indices));
	env_free(env, search->names, search->name_room, sizeof(*search->names));
}

/* Where a module's fd stands in fd_array; index 0 means the kernel itself. */
static int index_of_fd(struct pbpf_object *obj, int fd)
{
	struct object_externs *externs = &obj->externs;

	for (uint32_t i = 1; i < externs->fd_count; i++)
		if (externs->fds[i] == fd)
			return (int)i;
	if (externs->fd_count == EXTERN_MODULES_MAX)
		return env_fail(&obj->env, -E2BIG, AT(STAGE_LOAD, obj->name, 0), NULL,
				"the object calls functions of more than %u modules",
				EXTERN_MODULES_MAX - 1);
	if (!externs->fds) {
		externs->fds = env_alloc(&obj->env, EXTERN_MODULES_MAX, sizeof(*externs->fds));
		if (!externs->fds)
			return env_no_memory(&obj->env, STAGE_LOAD, "the modules of functions");
	}
	externs->fds[externs->fd_count] = fd;
	return (int)externs->fd_count++;
}

/* Is the type that the object declares the one that the kernel has? Of a FUNC that is its prototype. */
static bool declared_right(const struct pbpf_object *obj, const struct extern_symbol *symbol,
			   const struct pbpf_btf *types, uint32_t id)
{
	return pbpf_core_compatible(obj->btf, pbpf_btf_type(obj->btf, symbol->type).type, types,
				    pbpf_btf_type(types, id).type);
}

static int take_type(struct pbpf_object *obj, uint32_t index, const struct pbpf_btf *types,
		     uint32_t id, int fd)
{
	struct extern_symbol *symbol = &obj->externs.symbols[index];
	struct pbpf_extern *resolved = &obj->externs.resolved[index];
	bool function = symbol->source == EXTERN_FUNCTION;
	int fd_index = 0;

	if (!declared_right(obj, symbol, types, id)) {
		if (symbol->weak)
			return 0;
		return env_fail(
			&obj->env, -EINVAL, AT(STAGE_LOAD, symbol->name, 0),
			"take the declaration from this kernel's BTF: plainbpf btf dump",
			"the extern '%s' is declared otherwise than the kernel has it (type "
			"%u of its BTF)",
			symbol->name, id);
	}
	if (function && fd)
		fd_index = index_of_fd(obj, fd);
	if (fd_index < 0)
		return fd_index;
	resolved->kind = function ? PBPF_EXTERN_FUNCTION : PBPF_EXTERN_VARIABLE;
	resolved->id = id;
	resolved->fd = fd;
	resolved->fd_index = (int16_t)fd_index;
	symbol->found = true;
	env_step(&obj->env, AT(STAGE_LOAD, symbol->name, 0), "the extern '%s' is type %u of %s",
		 symbol->name, id, fd ? "a module" : "the kernel");
	return 0;
}

/* Looks in one BTF, and keeps what is not there for the next. */
static int search_types(struct type_search *search, const struct pbpf_btf *types, int fd)
{
	uint32_t left = 0;
	int err = pbpf_btf_find_many(types, search->wanted, search->count);

	for (uint32_t i = 0; !err && i < search->count; i++) {
		if (search->wanted[i].id) {
			err = take_type(search->obj, search->indices[i], types,
					search->wanted[i].id, fd);
			continue;
		}
		search->wanted[left] = search->wanted[i];
		search->indices[left++] = search->indices[i];
	}
	search->count = left;
	return err;
}

static int search_all_modules(struct type_search *search)
{
	struct pbpf_object *obj = search->obj;
	struct pbpf_kernel_module module = {0};
	int got = 1;

	for (size_t i = 0; search->count; i++) {
		got = pbpf_kernel_btf_module(obj->kernel, i, &module);
		if (got <= 0)
			break;
		got = search_types(search, module.types, module.fd);
		if (got)
			return got;
	}
	if (got == -ENOMEM)
		return got;
	if (got < 0)
		env_warn(&obj->env, AT(STAGE_LOAD, obj->name, 0),
			 "seeing the modules' BTF needs CAP_SYS_ADMIN",
			 "the BTF of the kernel's modules cannot be read (%s); externs that only "
			 "they have count as missing",
			 pbpf_error_name(got));
	return 0;
}

/* Compares the names of the kernel with those that are missing: functions with functions, variables with
 * variables. */
static void spell_types(struct missing_externs *missing, const struct pbpf_object *obj,
			enum extern_source source, uint32_t kind)
{
	const struct pbpf_btf *types = pbpf_kernel_btf_types(obj->kernel);
	uint32_t first = missing->count;

	note_missing(missing, &obj->externs, source);
	if (missing->count == first)
		return;
	for (uint32_t id = 1; id < pbpf_btf_count(types); id++) {
		struct pbpf_btf_type type = pbpf_btf_type(types, id);

		if (type.kind == kind)
			try_spelling(missing, first, type.name);
	}
}

int resolve_types(struct pbpf_object *obj, struct missing_externs *missing)
{
	struct type_search search = {.obj = obj};
	int err;

	for (uint32_t i = 0; i < obj->externs.count; i++)
		search.room += is_typed(&obj->externs.symbols[i]);
	if (!search.room)
		return 0;
	err = need_kernel_btf(obj);
	if (err)
		return err;
	err = open_type_search(&search);
	if (!err)
		err = search_types(&search, pbpf_kernel_btf_types(obj->kernel), 0);
	if (!err)
		err = search_all_modules(&search);
	close_type_search(&search);
	if (err)
		return err;
	spell_types(missing, obj, EXTERN_FUNCTION, PBPF_KIND_FUNC);
	spell_types(missing, obj, EXTERN_VARIABLE, PBPF_KIND_VAR);
	return 0;
}
