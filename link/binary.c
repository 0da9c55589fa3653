/* SPDX-License-Identifier: MIT */
/*
 * Finding the file that a uprobe is in, and functions in it.
 */
#include "link/binary.h"

#include "base/sort.h"
#include "base/spell.h"
#include "link/elf_functions.h"
#include "link/glob.h"

#include <stdio.h>
#include <string.h>

#define BINARY_MAX (256u << 20) /* bytes */

#if defined(__x86_64__)
#define MULTIARCH "x86_64-linux-gnu"
#elif defined(__aarch64__)
#define MULTIARCH "aarch64-linux-gnu"
#elif defined(__riscv)
#define MULTIARCH "riscv64-linux-gnu"
#elif defined(__s390x__)
#define MULTIARCH "s390x-linux-gnu"
#elif defined(__powerpc64__)
#define MULTIARCH "powerpc64le-linux-gnu"
#elif defined(__arm__)
#define MULTIARCH "arm-linux-gnueabihf"
#elif defined(__i386__)
#define MULTIARCH "i386-linux-gnu"
#else
#define MULTIARCH "."
#endif

/* Where libraries and programs are; no environment variable is asked. */
static const char *const library_folders[] = {"/usr/lib/" MULTIARCH,
					      "/lib/" MULTIARCH,
					      "/usr/lib64",
					      "/lib64",
					      "/usr/lib",
					      "/lib",
					      "/usr/local/lib",
					      NULL};
static const char *const program_folders[] = {
	"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin", NULL};

/* Reads ROOT/FOLDER/NAME. */
static int read_binary(const struct pbpf_env *env, const char *folder, const char *path,
		       int root_of, struct binary *binary)
{
	char root[32] = "";
	int length;

	if (root_of)
		snprintf(root, sizeof(root), "/proc/%d/root", root_of);
	length = snprintf(binary->path, sizeof(binary->path), "%s%s%s%s", root, folder,
			  *folder ? "/" : "", path);
	if (length < 0 || (size_t)length >= sizeof(binary->path))
		return -ENAMETOOLONG;
	return pbpf_sys_read_file(env, binary->path, &binary->image, &binary->size, BINARY_MAX);
}

int binary_open(const struct pbpf_env *env, const char *path, int root_of, struct binary *binary)
{
	const char *const *folders = strstr(path, ".so") ? library_folders : program_folders;
	int err = -ENOENT;

	if (strchr(path, '/'))
		err = read_binary(env, "", path, root_of, binary);
	else
		for (; *folders && err == -ENOENT; folders++)
			err = read_binary(env, *folders, path, root_of, binary);
	switch (err) {
	case 0: return 0;
	case -ENOMEM: return env_no_memory(env, STAGE_LINK, "the file of a uprobe");
	case -ENOENT:
		return env_fail(env, err, AT(STAGE_LINK, path, 0),
				strchr(path, '/') ? NULL : "give the whole path of the file",
				"there is no file '%s' to put a uprobe into", path);
	default:
		return env_fail(env, err, AT(STAGE_LINK, path, 0), NULL,
				"the file '%s' cannot be read: %s", path, pbpf_error_name(err));
	}
}

void binary_close(const struct pbpf_env *env, struct binary *binary)
{
	pbpf_sys_free_file(env, binary->image, binary->size);
}

int binary_not_elf(const struct pbpf_env *env, const struct binary *binary)
{
	return env_fail(env, -EINVAL, AT(STAGE_LINK, binary->path, 0),
			"a place by name needs an executable or a shared library",
			"'%s' is not an ELF file", binary->path);
}

/* --- One function ------------------------------------------------------------------------------ */

/* A function may be there in several versions, "memcpy@GLIBC_2.2.5" and "memcpy@@GLIBC_2.14", of which a name
 * alone means the one that programs get now. */
struct function_search {
	const char *wanted;
	size_t length;	     /* of the name in it, before an '@' */
	const char *version; /* NULL: none is said */
	struct elf_function best;
	bool found, several;
	struct spell spell;
};

/* The version: behind the name in the table, or what the library says beside it. */
static const char *version_of(const struct elf_function *function)
{
	const char *at = strchr(function->name, '@');

	return at ? at + strspn(at, "@") : function->version;
}

static bool is_old(const struct elf_function *function)
{
	const char *at = strchr(function->name, '@');

	return at ? at[1] != '@' : function->old;
}

static bool same_function(const struct function_search *search, const struct elf_function *function)
{
	const char *version = version_of(function);

	if (strncmp(function->name, search->wanted, search->length) != 0 ||
	    (function->name[search->length] && function->name[search->length] != '@'))
		return false;
	return !search->version || (version && !strcmp(version, search->version));
}

static int look_for_function(void *ctx, const struct elf_function *function)
{
	struct function_search *search = ctx;
	bool same_place = search->found && function->offset == search->best.offset;

	if (!same_function(search, function)) {
		spell_try(&search->spell, function->name);
		return 0;
	}
	if (!search->found || (is_old(&search->best) && !is_old(function))) {
		search->best = *function;
		search->several = false;
	} else if (!same_place && is_old(function) == is_old(&search->best)) {
		search->several = true;
	}
	search->found = true;
	return 0;
}

static struct function_search function_search(const char *symbol)
{
	const char *at = strchr(symbol, '@');

	return (struct function_search){
		.wanted = symbol,
		.length = strcspn(symbol, "@"),
		.version = at ? at + strspn(at, "@") : NULL,
		.spell = spell_for(symbol),
	};
}

int binary_function(const struct pbpf_env *env, const struct binary *binary, const char *symbol,
		    uint64_t within, uint64_t *offset)
{
	struct function_search search = function_search(symbol);
	const struct env_place *at = AT(STAGE_LINK, binary->path, 0);
	char hint[256];

	if (each_elf_function(binary->image, binary->size, look_for_function, &search))
		return binary_not_elf(env, binary);
	if (search.found && !search.several) {
		*offset = within ? search.best.offset + within : search.best.entry;
		return 0;
	}
	if (search.found)
		return env_fail(env, -EINVAL, at,
				"give the version with it, or the offset in the file instead",
				"'%s' has more than one function '%s'", binary->path, symbol);
	snprintf(hint, sizeof(hint), "did you mean '%s'?",
		 search.spell.nearest ? search.spell.nearest : "");
	return env_fail(env, -ENOENT, at,
			search.spell.nearest ? hint
					     : "is the file stripped? then give an offset in it",
			"'%s' has no function '%s'", binary->path, symbol);
}

/* --- Many functions ---------------------------------------------------------------------------- */

struct function_list {
	const struct pbpf_env *env;
	const char *pattern;
	uint64_t *offsets;
	size_t count, room;
};

static int add_binary_function(void *ctx, const struct elf_function *function)
{
	struct function_list *list = ctx;
	size_t room = list->room ? list->room * 2 : 64;
	uint64_t *grown;

	if (!glob_matches(list->pattern, function->name))
		return 0;
	if (list->count == list->room) {
		grown = env_resize(list->env, list->offsets, list->room, room, sizeof(*grown));
		if (!grown)
			return env_no_memory(list->env, STAGE_LINK, "a list of functions");
		list->offsets = grown;
		list->room = room;
	}
	list->offsets[list->count++] = function->entry;
	return 0;
}

static bool offset_before(const void *a, const void *b)
{
	return *(const uint64_t *)a < *(const uint64_t *)b;
}

/* Sorts the list, takes out what is there twice, and gives back the room that is left over. */
static int finish_functions(struct function_list *list)
{
	size_t kept = 0;
	uint64_t *trimmed;

	sort_array(list->offsets, list->count, sizeof(*list->offsets), offset_before);
	for (size_t i = 0; i < list->count; i++)
		if (!kept || list->offsets[i] != list->offsets[kept - 1])
			list->offsets[kept++] = list->offsets[i];
	trimmed = env_resize(list->env, list->offsets, list->room, kept, sizeof(*trimmed));
	if (!trimmed)
		return env_no_memory(list->env, STAGE_LINK, "a list of functions");
	list->offsets = trimmed;
	list->count = list->room = kept;
	return 0;
}

int binary_functions(const struct pbpf_env *env, const struct binary *binary, const char *pattern,
		     uint64_t **offsets, size_t *count)
{
	struct function_list list = {.env = env, .pattern = pattern};
	int err = each_elf_function(binary->image, binary->size, add_binary_function, &list);

	if (err == -EINVAL)
		return binary_not_elf(env, binary);
	if (!err && !list.count)
		return env_fail(env, -ENOENT, AT(STAGE_LINK, binary->path, 0),
				"'*' in a pattern is any characters, '?' any one",
				"no function of '%s' matches '%s'", binary->path, pattern);
	if (!err)
		err = finish_functions(&list);
	if (err) {
		env_free(env, list.offsets, list.room, sizeof(*list.offsets));
		return err;
	}
	*offsets = list.offsets;
	*count = list.count;
	return 0;
}
