/* SPDX-License-Identifier: MIT */
/*
 * The file that a uprobe is in: found by name, read, and searched for functions.
 */
#ifndef LINK_BINARY_H
#define LINK_BINARY_H

#include "link/link.h"

#define BINARY_PATH_MAX 4096

struct binary {
	char path[BINARY_PATH_MAX];
	void *image;
	size_t size;
};

/*
 * Finds the file and reads it. `path` has a '/', or is the name of a library ("libc.so.6") or program
 * to be looked for in the usual folders. With root_of, both are meant as process root_of sees them.
 * What cannot be read is reported. To be given to binary_close().
 */
int binary_open(const struct pbpf_env *env, const char *path, int root_of, struct binary *binary);
void binary_close(const struct pbpf_env *env, struct binary *binary);

/* The message for a file that is not ELF; returns -EINVAL. */
int binary_not_elf(const struct pbpf_env *env, const struct binary *binary);

/* The offset in the file of the instruction `within` bytes behind a function's first, and with 0 of the first
 * that every call comes to; no such function, or several, is reported. */
int binary_function(const struct pbpf_env *env, const struct binary *binary, const char *symbol,
		    uint64_t within, uint64_t *offset);

/*
 * The entries of all functions whose name matches the pattern, each once, in ascending order. The
 * array of *count is the caller's, to be freed with env_free(). None at all is reported.
 */
int binary_functions(const struct pbpf_env *env, const struct binary *binary, const char *pattern,
		     uint64_t **offsets, size_t *count);

#endif
