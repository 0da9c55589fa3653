/* SPDX-License-Identifier: MIT */
/*
 * Two lists of the kernel's, a function on each line:
 *
 *	/proc/kallsyms                          "ffffffff81000000 T do_exit [module]"    all
 *	tracefs, available_filter_functions     "do_exit [module]"                       traceable
 */
#include "link/kernel_functions.h"

#include "base/sort.h"
#include "base/spell.h"
#include "link/glob.h"
#include "link/tracefs.h"

#include <stdio.h>
#include <string.h>

#define LIST_MAX (128u << 20) /* bytes; kallsyms has about 10 to 20 MB */

/* Cuts the field that `line` begins with off it, and gives what follows. */
static char *cut_field(char *line)
{
	char *end = line + strcspn(line, " \t");
	char *next = end + strspn(end, " \t");

	*end = '\0';
	return next;
}

/* Cuts the next line's name out of the text; NULL at its end. `column` is the field that it is in. *rest is
 * what follows it, as "[module]", or "". */
static char *next_name(char **text, int column, char **rest)
{
	char *name = *text;
	size_t length = strcspn(name, "\n");

	if (!*name)
		return NULL;
	*text = name + length + (name[length] == '\n');
	name[length] = '\0';
	for (; column && *name; column--)
		name = cut_field(name);
	*rest = cut_field(name);
	return name;
}

/* --- One function under another name ------------------------------------------------------------ */

/* Is it `wanted` with a suffix that compilers give to what they made of a function? */
static bool is_suffixed(const char *name, const char *wanted)
{
	const char *suffix = name + strlen(wanted);

	if (strncmp(name, wanted, strlen(wanted)) || *suffix != '.')
		return false;
	/* A part of a function, or its unlikely end, is not the function. */
	if (strstr(suffix, ".part.") || strstr(suffix, ".cold"))
		return false;
	return !strncmp(suffix, ".isra.", 6) || !strncmp(suffix, ".constprop.", 11) ||
	       !strncmp(suffix, ".llvm.", 6);
}

static int no_alias(const struct pbpf_env *env, const char *name, unsigned int found,
		    const struct spell *spell)
{
	const struct env_place *at = AT(STAGE_LINK, name, 0);
	char hint[KERNEL_FUNCTION_MAX + 32];

	if (found)
		return env_fail(env, -ENOENT, at, "/proc/kallsyms lists them; name one in full",
				"the compiler made several functions of '%s' in this kernel", name);
	snprintf(hint, sizeof(hint), "did you mean '%s'?", spell->nearest ? spell->nearest : "");
	return env_fail(env, -ENOENT, at,
			spell->nearest ? hint
				       : "the compiler may have made it a part of its callers; "
					 "/proc/kallsyms lists all functions",
			"there is no function '%s' in this kernel", name);
}

int kernel_function_alias(const struct pbpf_env *env, const char *name, char *found)
{
	struct spell spell = spell_for(name);
	unsigned int count = 0;
	void *data;
	size_t size;
	char *text, *line, *rest;
	int err = pbpf_sys_read_file(env, "/proc/kallsyms", &data, &size, LIST_MAX);

	if (err == -ENOMEM)
		return env_no_memory(env, STAGE_LINK, "the list of the kernel's functions");
	if (err)
		return no_alias(env, name, 0, &spell);
	for (text = data; (line = next_name(&text, 2, &rest));) {
		if (!is_suffixed(line, name)) {
			spell_try(&spell, line);
		} else if (strlen(line) < KERNEL_FUNCTION_MAX && (!count || strcmp(line, found))) {
			strcpy(found, line);
			count++;
		}
	}
	err = count == 1 ? 0 : no_alias(env, name, count, &spell);
	pbpf_sys_free_file(env, data, size);
	return err;
}

/* --- Many functions ------------------------------------------------------------------------------ */

static int add_kernel_name(const struct pbpf_env *env, struct kernel_functions *f, const char *name)
{
	size_t room = f->room ? f->room * 2 : 256;
	const char **grown;

	if (f->count == f->room) {
		grown = env_resize(env, f->names, f->room, room, sizeof(*grown));
		if (!grown)
			return env_no_memory(env, STAGE_LINK, "a list of functions");
		f->names = grown;
		f->room = room;
	}
	f->names[f->count++] = name;
	return 0;
}

static bool kernel_name_before(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b) < 0;
}

/* One name may stand for several functions; the kernel refuses to be given it twice. */
static void drop_doubles(struct kernel_functions *f)
{
	size_t kept = 0;

	sort_array(f->names, f->count, sizeof(*f->names), kernel_name_before);
	for (size_t i = 0; i < f->count; i++)
		if (!kept || strcmp(f->names[i], f->names[kept - 1]))
			f->names[kept++] = f->names[i];
	f->count = kept;
}

static int read_traceable(const struct pbpf_env *env, const char *pattern,
			  struct kernel_functions *f)
{
	int err =
		tracefs_read(env, "available_filter_functions", &f->text, &f->text_size, LIST_MAX);

	if (err == -ENOMEM)
		return env_no_memory(env, STAGE_LINK, "the list of the kernel's functions");
	if (err)
		return env_fail(env, err, AT(STAGE_LINK, pattern, 0),
				"mount -t tracefs nodev /sys/kernel/tracing; the kernel needs "
				"CONFIG_DYNAMIC_FTRACE",
				"tracefs does not tell which functions can be traced: %s",
				pbpf_error_name(err));
	return 0;
}

/* Is `field` "[module]"? */
static bool is_of_module(const char *field, const char *module)
{
	size_t length = strlen(module);

	if (!*module)
		return !*field;
	return *field == '[' && !strncmp(field + 1, module, length) && field[length + 1] == ']';
}

int kernel_functions_find(const struct pbpf_env *env, const char *module, const char *pattern,
			  struct kernel_functions *functions)
{
	struct kernel_functions f = {0};
	char *text, *name, *rest;
	int err = read_traceable(env, pattern, &f);

	if (err)
		return err;
	for (text = f.text; !err && (name = next_name(&text, 0, &rest));)
		if ((!module || is_of_module(rest, module)) && glob_matches(pattern, name))
			err = add_kernel_name(env, &f, name);
	if (!err && !f.count)
		err = env_fail(env, -ENOENT, AT(STAGE_LINK, pattern, 0),
			       "'*' in a pattern is any characters, '?' any one",
			       "no function of %s%s that can be traced matches '%s'",
			       module && *module ? "module " : "this kernel", module ? module : "",
			       pattern);
	drop_doubles(&f);
	if (err)
		kernel_functions_free(env, &f);
	else
		*functions = f;
	return err;
}

void kernel_functions_free(const struct pbpf_env *env, struct kernel_functions *functions)
{
	env_free(env, functions->names, functions->room, sizeof(*functions->names));
	pbpf_sys_free_file(env, functions->text, functions->text_size);
}
