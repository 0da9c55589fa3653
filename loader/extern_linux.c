/* SPDX-License-Identifier: MIT */
/*
 * Externs of .kconfig that begin with LINUX_: what a program asks of the kernel, and no configuration says.
 */
#include "loader/object.h"
#include "relo/pbpf_insn.h"

#include <string.h>

#define HELPER_ATTACH_COOKIE 174 /* bpf_get_attach_cookie(), since 5.15 */

/* The digits at *text as a number, at most `limit`; *text goes behind them. */
static uint32_t digits(const char **text, uint32_t limit)
{
	uint32_t number = 0;

	for (; **text >= '0' && **text <= '9'; ++*text)
		if (number <= limit)
			number = number * 10 + (uint32_t)(**text - '0');
	return number <= limit ? number : limit;
}

uint32_t version_code(const char *release)
{
	uint32_t major = digits(&release, 0x7fff), minor = 0, patch = 0;

	if (*release != '.')
		return 0;
	release++;
	minor = digits(&release, 255);
	if (*release == '.') {
		release++;
		patch = digits(&release, 255); /* as the kernel's KERNEL_VERSION() since 4.9.256 */
	}
	return major << 16 | minor << 8 | patch;
}

/*
 * Distributions number their own builds: Debian's release is 6.1.0-25, its version() says "Debian 6.1.106-3";
 * Ubuntu's is 5.15.0-91, and /proc/version_signature says "Ubuntu 5.15.0-91.101-generic 5.15.131".
 */
static int kernel_version(const struct pbpf_env *env, const struct pbpf_kernel_name *kernel,
			  uint64_t *value)
{
	static const char debian[] = "Debian ";
	const char *version = strstr(kernel->version, debian);
	void *signature;
	size_t size;
	int err;

	*value = version ? version_code(version + strlen(debian)) : 0;
	if (!*value)
		*value = version_code(kernel->release);
	err = pbpf_sys_read_file(env, "/proc/version_signature", &signature, &size, 4096);
	if (err)
		return err == -ENOMEM ? err : 0;
	version = strrchr(signature, ' ');
	if (version && version_code(version + 1))
		*value = version_code(version + 1);
	pbpf_sys_free_file(env, signature, size);
	return 0;
}

/*
 * Does a system call's function take its arguments from a struct pt_regs (CONFIG_ARCH_HAS_SYSCALL_WRAPPER)?
 * No option of a configuration turns that off; it came to each architecture with a version. (powerpc: but
 * for builds for the Cell processor and such with 32-bit programs.)
 */
static int has_syscall_wrapper(const struct pbpf_env *env, const struct pbpf_kernel_name *kernel,
			       uint64_t *value)
{
	static const struct {
		const char *machine;
		uint32_t since;
	} wrapped[] = {
		{"x86_64", 4 << 16 | 17 << 8}, {"i686", 4 << 16 | 17 << 8},
		{"i386", 4 << 16 | 17 << 8},   {"aarch64", 4 << 16 | 19 << 8},
		{"s390x", 5 << 16 | 1 << 8},   {"riscv64", 6 << 16 | 6 << 8},
		{"ppc64le", 6 << 16 | 2 << 8}, {"ppc64", 6 << 16 | 2 << 8},
	};
	uint64_t version;
	int err = kernel_version(env, kernel, &version);

	*value = 0;
	for (size_t i = 0; !err && i < sizeof(wrapped) / sizeof(wrapped[0]); i++)
		if (!strcmp(kernel->machine, wrapped[i].machine))
			*value = version >= wrapped[i].since;
	return err;
}

/* Vendors bring it to older kernels, so the version says little: a program that calls it is tried. */
static int has_attach_cookie(const struct pbpf_object *obj, uint64_t *value)
{
	static const struct pbpf_insn insns[] = {
		{.code = PBPF_OP_CALL, .imm = HELPER_ATTACH_COOKIE},
		{.code = PBPF_OP_EXIT},
	};
	struct pbpf_prog_attr attr = {
		.type = PBPF_PROG_TYPE_KPROBE,
		.insns = insns,
		.insn_count = 2,
		.license = "GPL",
		.name = "has_cookie",
		.token_fd = obj->token_fd,
	};
	int fd = pbpf_sys_prog_load(&obj->env, &attr, NULL);

	*value = fd >= 0;
	pbpf_sys_close(&obj->env, fd);
	return 0;
}

int linux_value(const struct pbpf_object *obj, const char *name, uint64_t *value)
{
	const struct pbpf_env *env = &obj->env;
	bool wrapper = !strcmp(name, "LINUX_HAS_SYSCALL_WRAPPER");
	struct pbpf_kernel_name kernel;
	int err;

	if (!strcmp(name, "LINUX_HAS_BPF_COOKIE"))
		return has_attach_cookie(obj, value);
	if (!wrapper && strcmp(name, "LINUX_KERNEL_VERSION") != 0)
		return -ENOENT;
	err = pbpf_sys_uname(env, &kernel);
	if (err)
		return env_fail(env, err, AT(STAGE_LOAD, name, 0), NULL,
				"the kernel does not tell its version: %s", pbpf_error_name(err));
	err = wrapper ? has_syscall_wrapper(env, &kernel, value)
		      : kernel_version(env, &kernel, value);
	return err ? env_no_memory(env, STAGE_LOAD, "the kernel's version") : 0;
}

uint32_t running_version(const struct pbpf_env *env)
{
	struct pbpf_kernel_name kernel;
	uint64_t version;

	if (pbpf_sys_uname(env, &kernel) || kernel_version(env, &kernel, &version))
		return 0;
	return (uint32_t)version;
}
