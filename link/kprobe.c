/* SPDX-License-Identifier: MIT */
/*
 * Kprobes: a program runs when the kernel comes to a place in its own code. One place is a perf event,
 * many functions are one link of the kernel's (kprobe.multi).
 */
#include "link/kernel_functions.h"
#include "link/pbpf_link_trace.h"
#include "link/probe.h"

#include <stdio.h>
#include <string.h>

/* A system call's function, by architecture (arch/ARCH/include/asm/syscall_wrapper.h). */
#if defined(__x86_64__)
#define SYSCALL_PREFIX "__x64_sys_"
#elif defined(__i386__)
#define SYSCALL_PREFIX "__ia32_sys_"
#elif defined(__aarch64__)
#define SYSCALL_PREFIX "__arm64_sys_"
#elif defined(__riscv)
#define SYSCALL_PREFIX "__riscv_sys_"
#elif defined(__s390x__)
#define SYSCALL_PREFIX "__s390x_sys_"
#else
#define SYSCALL_PREFIX "sys_"
#endif

int pbpf_link_kprobe(struct pbpf_link **link, int prog_fd, const struct pbpf_kprobe *at,
		     const struct pbpf_link_options *opts)
{
	const struct pbpf_env *env = link_env(opts);
	char alias[KERNEL_FUNCTION_MAX], target[KERNEL_FUNCTION_MAX + 32];
	struct probe probe = {
		.pmu = "kprobe",
		.name = at->function,
		.offset = at->offset,
		.at_return = at->at_return,
	};
	int err = probe_find_pmu(env, &probe), fd;

	if (err)
		return err;
	fd = probe_open(env, &probe);
	if (fd == -ENOENT) { /* perhaps the compiler left it under another name */
		err = kernel_function_alias(env, probe.name, alias);
		if (err)
			return err;
		env_step(env, AT(STAGE_LINK, probe.name, 0), "%s is %s in this kernel", probe.name,
			 alias);
		probe.name = alias;
		fd = probe_open(env, &probe);
	}
	snprintf(target, sizeof(target), "%.500s+%llu", probe.name, (unsigned long long)at->offset);
	if (fd >= 0)
		fd = link_perf_event(env, fd, prog_fd, opts ? opts->cookie : 0);
	return probe_link(link, fd, &probe, LINK_TRACING(at->at_return ? "kretprobe" : "kprobe"),
			  target, env);
}

int pbpf_link_ksyscall(struct pbpf_link **link, int prog_fd, const char *syscall, bool at_return,
		       const struct pbpf_link_options *opts)
{
	char function[64];
	struct pbpf_kprobe at = {.function = function, .at_return = at_return};

	if (strlen(syscall) > sizeof(function) - sizeof(SYSCALL_PREFIX))
		return env_fail(link_env(opts), -EINVAL, AT(STAGE_LINK, NULL, 0), NULL,
				"this cannot be the name of a system call");
	snprintf(function, sizeof(function), SYSCALL_PREFIX "%s", syscall);
	return pbpf_link_kprobe(link, prog_fd, &at, opts);
}

/* BPF_LINK_CREATE for functions that are known. */
static int create_kprobe_multi(struct pbpf_link **link, int prog_fd,
			       const struct pbpf_kprobe_multi *at, const char *const *symbols,
			       size_t count, const struct pbpf_env *env)
{
	struct pbpf_link_attr attr = {
		.prog_fd = prog_fd,
		.attach_type = at->session ? PBPF_TRACE_KPROBE_SESSION : PBPF_TRACE_KPROBE_MULTI,
		.multi =
			{
				.count = (uint32_t)count,
				.flags = at->at_return ? PBPF_F_KPROBE_MULTI_RETURN : 0,
				.symbols = symbols,
				.addresses = symbols ? NULL : at->addresses,
				.cookies = at->pattern ? NULL : at->cookies,
			},
	};
	char target[48];

	snprintf(target, sizeof(target), "%zu functions", count);
	return link_made(link, pbpf_sys_link_create(env, &attr), LINK_TRACING("kprobes at"), target,
			 env);
}

int pbpf_link_kprobe_multi(struct pbpf_link **link, int prog_fd, const struct pbpf_kprobe_multi *at,
			   const struct pbpf_link_options *opts)
{
	const struct pbpf_env *env = link_env(opts);
	struct kernel_functions found;
	int err;

	if (!!at->pattern + !!at->symbols + !!at->addresses != 1)
		return env_fail(env, -EINVAL, AT(STAGE_LINK, at->pattern, 0), NULL,
				"functions are given by a pattern, by names or by addresses, one "
				"of the three");
	if (!at->pattern)
		return create_kprobe_multi(link, prog_fd, at, at->symbols, at->count, env);
	err = kernel_functions_find(env, NULL, at->pattern, &found);
	if (err)
		return err;
	err = create_kprobe_multi(link, prog_fd, at, found.names, found.count, env);
	kernel_functions_free(env, &found);
	return err;
}
