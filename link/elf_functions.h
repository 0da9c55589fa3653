/* SPDX-License-Identifier: MIT */
/*
 * The functions in an executable or a shared library, and where in the file they are.
 */
#ifndef LINK_ELF_FUNCTIONS_H
#define LINK_ELF_FUNCTIONS_H

#include "link/elf_file.h"

struct elf_function {
	const char *name;    /* as in the table; some have their version behind an '@' */
	const char *version; /* that the library gives it, or NULL */
	bool old;	     /* a program that is linked now gets another version */
	uint64_t offset;     /* in the file, of its first byte */
	uint64_t entry;	     /* the same, of the first byte that all calls come to */
};

/*
 * Calls fn for each function that the file defines, of both of its symbol tables. A name may come more
 * than once. `image` is any bytes; a symbol that breaks the format is passed over, and one whose name has 4096
 * bytes or more. Returns 0, what fn
 * returned if that is not 0, or -EINVAL: not ELF.
 */
int each_elf_function(const void *image, size_t size,
		      int (*fn)(void *ctx, const struct elf_function *function), void *ctx);

/* The address of the one function or variable of that name, of `length` bytes. False: none, or several. */
bool elf_symbol_address(const struct elf_file *elf, const char *name, size_t length,
			uint64_t *address);

#endif
