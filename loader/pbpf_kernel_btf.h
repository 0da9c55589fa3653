/* SPDX-License-Identifier: MIT */
/*
 * The kernel's own BTF, and its modules'.
 *
 *	/sys/kernel/btf/vmlinux   types 1 .. n        mapped where the kernel allows it (6.16), read otherwise
 *	module "nf_tables"        types n+1 .. m      split BTF over it, asked for by id
 *	module "veth"             types n+1 .. k
 *
 * Interface:
 *	pbpf_kernel_btf_open()     find, map or read the kernel's BTF
 *	pbpf_kernel_btf_types()    its types, as any other BTF
 *	pbpf_kernel_btf_module()   the modules', one after the other; the first call finds them
 *	pbpf_kernel_btf_close()
 *
 * The kernel's BTF is megabytes, so it is neither copied (where it can be mapped) nor checked in depth:
 * reading it is safe whatever it holds, see pbpf_btf_view().
 */
#ifndef PBPF_KERNEL_BTF_H
#define PBPF_KERNEL_BTF_H

#include "base/pbpf_base.h"
#include "btf/pbpf_btf.h"

#ifdef __cplusplus
extern "C" {
#endif

struct pbpf_kernel_btf;

/* Where the kernel shows its BTF, since 5.4 when built with CONFIG_DEBUG_INFO_BTF. */
#define PBPF_KERNEL_BTF_PATH "/sys/kernel/btf/vmlinux"

/*
 * Opens the running kernel's BTF: in sysfs, else in the places where distributions keep the kernel's own
 * ELF file. Or, when `path` is not NULL, that of a file with plain BTF in it or an ELF file (then there
 * are no modules). Errors: -ENOENT the kernel has none, or no such file; -EFBIG beyond 256 MiB;
 * -EINVAL no BTF; -ENOMEM.
 */
int pbpf_kernel_btf_open(struct pbpf_kernel_btf **kernel, const char *path,
			 const struct pbpf_env *env);
void pbpf_kernel_btf_close(struct pbpf_kernel_btf *kernel);

/* The kernel's types; valid until close. */
const struct pbpf_btf *pbpf_kernel_btf_types(const struct pbpf_kernel_btf *kernel);

/* A module's BTF. All of it is owned by the kernel object, and valid until close. */
struct pbpf_kernel_module {
	const char *name;
	uint32_t id; /* under which the kernel has it */
	int fd;	     /* of its BTF: what a program that refers to it names */
	const struct pbpf_btf *types;
};

/*
 * The i-th module with BTF, from 0: 1, or 0 when there are no more. The first call asks the kernel for
 * all of them. Since 5.11; needs CAP_SYS_ADMIN. Errors: -ENOMEM, with a message, or the kernel's,
 * without; a module that goes away meanwhile is left out.
 */
int pbpf_kernel_btf_module(struct pbpf_kernel_btf *kernel, size_t i,
			   struct pbpf_kernel_module *module);

#ifdef __cplusplus
}
#endif

#endif
