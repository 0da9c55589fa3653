/* SPDX-License-Identifier: MIT */
/*
 * How the commands reach the kernel: through the env's table, with the two things that every one of
 * them needs, patience with signals and an fd above stdio's.
 */
#ifndef SYS_KERNEL_H
#define SYS_KERNEL_H

#include "base/env.h"
#include "sys/abi.h"
#include "sys/pbpf_sys.h"

/* The table's function, or the running kernel's. */
#define KERNEL(env, member)                                                      \
	((env) && (env)->kernel && (env)->kernel->member ? (env)->kernel->member \
							 : pbpf_sys_running_kernel()->member)
#define KERNEL_CTX(env) ((env) ? (env)->ctx : NULL)

#define FIRST_FD 3 /* above stdin, stdout and stderr */

/* Shall an interrupted call be made once more? The verifier says -EAGAIN when a signal is pending
 * (kernel/bpf/verifier.c, do_check()); with a busy timer that goes on for ever, hence a bound. */
bool sys_interrupted(long result, int *calls);

/* bpf(2), once. */
int sys_call_once(const struct pbpf_env *env, enum pbpf_cmd cmd, void *attr, size_t size);

/* bpf(2), again while it is interrupted. */
int sys_call(const struct pbpf_env *env, enum pbpf_cmd cmd, void *attr, size_t size);

/* The same for a command that returns an fd. */
int sys_call_fd(const struct pbpf_env *env, enum pbpf_cmd cmd, void *attr, size_t size);

/* Moves an fd of 0 to 2 to 3 or above; the old one is closed in any case. Errors pass. */
int sys_keep_fd(const struct pbpf_env *env, int fd);

/* An fd that may be left out: 0 says "none" to the kernel. */
uint32_t sys_optional_fd(int fd);

/* Writes as much of a name as the kernel takes into a zeroed place of PBPF_OBJ_NAME_LEN. */
void sys_copy_name(char *to, const char *name);

#endif
