/* SPDX-License-Identifier: MIT */
/*
 * Private to loader: the kernel's BTF, opened and searched in one pass.
 */
#ifndef LOADER_KERNEL_BTF_H
#define LOADER_KERNEL_BTF_H

#include "loader/pbpf_kernel_btf.h"
#include "relo/pbpf_core.h"

/* As pbpf_kernel_btf_open(); a `core` that is not NULL gets its candidates in the same pass. */
int open_kernel_btf(struct pbpf_kernel_btf **kernel, const char *path, struct pbpf_core *core,
		    const struct pbpf_env *env);

#endif
