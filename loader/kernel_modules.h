/* SPDX-License-Identifier: MIT */
/*
 * Private to loader: the BTF of the kernel's modules.
 */
#ifndef LOADER_KERNEL_MODULES_H
#define LOADER_KERNEL_MODULES_H

#include "base/env.h"
#include "loader/pbpf_kernel_btf.h"

struct kernel_module {
	struct pbpf_kernel_module public;
	char name[64]; /* the kernel's own limit (MODULE_NAME_LEN) */
	struct pbpf_btf *types;
	void *image;
	uint32_t size;
};

struct kernel_modules {
	struct kernel_module *array;
	size_t count, room;
	bool known;
};

/* Asks the kernel for all of them; `base` is its own BTF. */
int find_kernel_modules(struct kernel_modules *modules, const struct pbpf_btf *base,
			const struct pbpf_env *env);
void free_kernel_modules(struct kernel_modules *modules, const struct pbpf_env *env);

#endif
