/* SPDX-License-Identifier: MIT */
/*
 * The kernel's functions by name, from the lists that it gives out.
 */
#ifndef LINK_KERNEL_FUNCTIONS_H
#define LINK_KERNEL_FUNCTIONS_H

#include "link/link.h"

/*
 * The name under which the compiler left the function `name`: with a suffix as of ".isra.0",
 * ".constprop.0", ".llvm.123". -ENOENT: there is none, or more than one; a message says so, with the
 * name that is spelled most alike. `found` has room for KERNEL_FUNCTION_MAX.
 */
#define KERNEL_FUNCTION_MAX 512
int kernel_function_alias(const struct pbpf_env *env, const char *name, char *found);

/* The functions that can be traced and whose names match the pattern, each name once. `module`: those of this
 * module; "": of the kernel itself; NULL: of all. */
struct kernel_functions {
	const char **names;
	size_t count, room;
	void *text; /* what they point into */
	size_t text_size;
};
int kernel_functions_find(const struct pbpf_env *env, const char *module, const char *pattern,
			  struct kernel_functions *functions);
void kernel_functions_free(const struct pbpf_env *env, struct kernel_functions *functions);

#endif
