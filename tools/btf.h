/* SPDX-License-Identifier: MIT */
/*
 * plainbpf btf, in four files:
 *
 *	btf.c        the command line, and what is printed as C
 *	btf_open.c   where the bytes come from: an object, a raw file, the kernel
 *	btf_raw.c    types as bpftool prints them, as text and as JSON
 *	btf_list.c   what BTF the kernel has
 */
#ifndef TOOLS_BTF_H
#define TOOLS_BTF_H

#include "btf/pbpf_btf.h"
#include "tools/cli.h"

/* Types, and those that they stand on: the kernel's for a module's, else NULL. */
struct types {
	struct pbpf_btf *btf;
	struct pbpf_btf *base;
};

/* An object, or raw BTF; or what the kernel has under an id. On failure a message was given. Zero
 * *types first, and close in either case. */
int open_types(struct cli *cli, const char *path, struct types *types);
int open_types_by_id(struct cli *cli, uint32_t id, struct types *types);
void close_types(struct types *types);

/* The same for many ids in turn, of which neighbours are often equal: the last one stays open. NULL when it
 * cannot be read, without a message. Zero the cache first, and close it. */
struct types_cache {
	uint32_t id;
	struct types types;
};
const struct pbpf_btf *cached_types(struct cli *cli, struct types_cache *cache, uint32_t id);
void close_cached_types(struct types_cache *cache);

/* What the kernel says of one of its BTF objects. An info.btf_size of 0 asks for no bytes. */
struct kernel_types {
	struct pbpf_btf_info info;
	char name[64];
};
int ask_types(const struct cli *cli, int fd, struct kernel_types *types);

/* Each type with its members, but for those of the base. */
void print_raw(const struct types *types, bool as_json);

/* The whole of "btf list"; gives the exit code. */
int list_types(struct cli *cli);

#endif
