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

struct function_search {
	const char *wanted;
	uint64_t offset;
	unsigned int found; /* 0, 1, or 2 for more */
	struct spell spell;
};

/* A name is also meant when its version follows: "fopen@@GLIBC_2.2.5". */
static bool same_function(const char *name, const char *wanted)
{
	size_t length = strlen(wanted);

	return !strncmp(name, wanted, length) && (!name[length] || name[length] == '@');
}

static int look_for_function(void *ctx, const char *name, uint64_t offset)
{
	struct function_search *search = ctx;

	if (!same_function(name, search->wanted)) {
		spell_try(&search->spell, name);
		return 0;
	}
	if (!search->found || offset != search->offset)
		search->found += search->found < 2;
	search->offset = offset;
	return 0;
}

int binary_function(const struct pbpf_env *env, const struct binary *binary, const char *symbol,
		    uint64_t *offset)
{
	struct function_search search = {.wanted = symbol, .spell = spell_for(symbol)};
	const struct env_place *at = AT(STAGE_LINK, binary->path, 0);
	char hint[256];

	if (each_elf_function(binary->image, binary->size, look_for_function, &search))
		return binary_not_elf(env, binary);
	if (search.found == 1) {
		*offset = search.offset;
		return 0;
	}
	if (search.found)
		return env_fail(env, -EINVAL, at, "give the offset in the file instead",
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

static int add_binary_function(void *ctx, const char *name, uint64_t offset)
{
	struct function_list *list = ctx;
	size_t room = list->room ? list->room * 2 : 64;
	uint64_t *grown;

	if (!glob_matches(list->pattern, name))
		return 0;
	if (list->count == list->room) {
		grown = env_resize(list->env, list->offsets, list->room, room, sizeof(*grown));
		if (!grown)
			return env_no_memory(list->env, STAGE_LINK, "a list of functions");
		list->offsets = grown;
		list->room = room;
	}
	list->offsets[list->count++] = offset;
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
