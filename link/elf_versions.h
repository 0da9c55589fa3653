/* SPDX-License-Identifier: MIT */
/*
 * The versions of a library's dynamic symbols: "GLIBC_2.14" of memcpy@@GLIBC_2.14.
 */
#ifndef LINK_ELF_VERSIONS_H
#define LINK_ELF_VERSIONS_H

#include "link/elf_file.h"

#define ELF_VERSIONS_MAX 256 /* of a library; libc has about 40 */

struct elf_versions {
	struct reader numbers; /* one of 16 bits for each symbol, in their order */
	const char *names[ELF_VERSIONS_MAX];
};

/* Reads them; a file need not have any. */
void elf_versions_open(const struct elf_file *elf, struct elf_versions *versions);

/* The version of the next symbol, or NULL. *old: a program that is linked now gets another one. */
const char *elf_versions_next(struct elf_versions *versions, bool *old);

#endif
