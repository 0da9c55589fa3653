/* SPDX-License-Identifier: MIT */
/*
 * Finds and holds the kernel's BTF.
 */
#include "loader/kernel_btf.h"
#include "base/env.h"
#include "elf/pbpf_elf.h"
#include "loader/kernel_modules.h"
#include "loader/pbpf_kernel_btf.h"
#include "sys/pbpf_sys.h"

#include <stdio.h>
#include <string.h>

#define STAGE	 "load"
#define FILE_MAX ((size_t)256 << 20)

struct pbpf_kernel_btf {
	struct pbpf_env env;
	void *image;
	size_t size;
	bool mapped; /* else it was read */
	bool own;    /* the running kernel's, so there may be modules */
	struct pbpf_btf *types;
	struct kernel_modules modules;
};

/*
 * Where the BTF is when sysfs does not show it (a kernel before 5.4, or without sysfs): in the kernel's own
 * file, or in the one for debuggers. %s is the kernel's release.
 */
static const char *const other_places[] = {
	"/boot/vmlinux-%s",
	"/lib/modules/%s/vmlinux",
	"/lib/modules/%s/build/vmlinux",
	"/usr/lib/modules/%s/kernel/vmlinux",
	"/usr/lib/debug/boot/vmlinux-%s",
	"/usr/lib/debug/boot/vmlinux-%s.debug",
	"/usr/lib/debug/lib/modules/%s/vmlinux",
};

/* Mapping costs no memory; reading works everywhere. */
static int get_image(struct pbpf_kernel_btf *kernel, const char *path)
{
	const struct pbpf_env *env = &kernel->env;
	int err = pbpf_sys_map_file(env, path, &kernel->image, &kernel->size);

	kernel->mapped = !err;
	if (err && err != -ENOENT)
		err = pbpf_sys_read_file(env, path, &kernel->image, &kernel->size, FILE_MAX);
	if (err)
		return err;
	env_step(env, AT(STAGE, path, 0), "the kernel's BTF is looked for in '%s', %zu bytes, %s",
		 path, kernel->size, kernel->mapped ? "mapped" : "read");
	return 0;
}

static int try_other_places(struct pbpf_kernel_btf *kernel)
{
	char path[256];
	void *release;
	size_t size;
	int err;

	err = pbpf_sys_read_file(&kernel->env, "/proc/sys/kernel/osrelease", &release, &size, 128);
	if (err)
		return -ENOENT;
	((char *)release)[strcspn(release, "\n")] = '\0';
	err = -ENOENT;
	for (size_t i = 0; err && i < sizeof(other_places) / sizeof(other_places[0]); i++) {
		const char *rest = strchr(other_places[i], '%');

		snprintf(path, sizeof(path), "%.*s%s%s", (int)(rest - other_places[i]),
			 other_places[i], (char *)release, rest + 2);
		err = get_image(kernel, path);
	}
	pbpf_sys_free_file(&kernel->env, release, size);
	return err;
}

static int find_image(struct pbpf_kernel_btf *kernel, const char *path)
{
	int err = get_image(kernel, path ? path : PBPF_KERNEL_BTF_PATH);

	if (err == -ENOENT && !path)
		err = try_other_places(kernel);
	if (err)
		return env_fail(&kernel->env, err, AT(STAGE, path, 0),
				path ? "check the path"
				     : "the kernel needs CONFIG_DEBUG_INFO_BTF, and sysfs must be "
				       "mounted; or name a file with its BTF",
				"cannot read the kernel's BTF from '%s': %s",
				path ? path : PBPF_KERNEL_BTF_PATH, pbpf_error_name(err));
	return 0;
}

/* The magic number, in either byte order: what is wrong behind it, btf tells. */
static bool begins_as_btf(const struct pbpf_kernel_btf *kernel)
{
	return kernel->size >= 2 &&
	       (!memcmp(kernel->image, "\x9f\xeb", 2) || !memcmp(kernel->image, "\xeb\x9f", 2));
}

/* The image is plain BTF, or an ELF file that has it in a section. */
static int view_types(struct pbpf_kernel_btf *kernel, const char *path, struct pbpf_core *core)
{
	struct pbpf_elf_bytes btf = {.data = kernel->image, .size = kernel->size};
	int err = 0;

	if (kernel->size > 4 && !memcmp(kernel->image, "\177ELF", 4))
		err = pbpf_elf_find_bytes(&btf, kernel->image, kernel->size, ".BTF", &kernel->env);
	else if (path && !begins_as_btf(kernel))
		return env_fail(&kernel->env, -EINVAL, AT(STAGE, path, 0),
				"give BTF as it is in " PBPF_KERNEL_BTF_PATH
				", or an ELF file with a section .BTF",
				"'%s' is no BTF, nor an ELF file", path);
	if (err == -ENOENT)
		return env_fail(&kernel->env, err, AT(STAGE, ".BTF", 0),
				"the kernel was built without CONFIG_DEBUG_INFO_BTF",
				"the kernel's file has no section .BTF");
	if (err)
		return err;
	if (core)
		return pbpf_core_view(&kernel->types, core, btf.data, btf.size, "vmlinux", 0);
	return pbpf_btf_view(&kernel->types, btf.data, btf.size, NULL, NULL, &kernel->env);
}

static void give_image_back(struct pbpf_kernel_btf *kernel)
{
	if (kernel->mapped)
		pbpf_sys_munmap(&kernel->env, kernel->image, kernel->size);
	else if (kernel->image)
		pbpf_sys_free_file(&kernel->env, kernel->image, kernel->size);
}

int open_kernel_btf(struct pbpf_kernel_btf **kernel, const char *path, struct pbpf_core *core,
		    const struct pbpf_env *env)
{
	struct pbpf_kernel_btf *made = env_alloc(env, 1, sizeof(*made));
	int err;

	if (!made)
		return env_no_memory(env, STAGE, "the kernel's BTF");
	if (env)
		made->env = *env;
	made->own = !path;
	err = find_image(made, path);
	if (!err)
		err = view_types(made, path, core);
	if (err)
		pbpf_kernel_btf_close(made);
	else
		*kernel = made;
	return err;
}

int pbpf_kernel_btf_open(struct pbpf_kernel_btf **kernel, const char *path,
			 const struct pbpf_env *env)
{
	return open_kernel_btf(kernel, path, NULL, env);
}

void pbpf_kernel_btf_close(struct pbpf_kernel_btf *kernel)
{
	struct pbpf_env env;

	if (!kernel)
		return;
	env = kernel->env;
	free_kernel_modules(&kernel->modules, &env);
	pbpf_btf_free(kernel->types);
	give_image_back(kernel);
	env_free(&env, kernel, 1, sizeof(*kernel));
}

const struct pbpf_btf *pbpf_kernel_btf_types(const struct pbpf_kernel_btf *kernel)
{
	return kernel->types;
}

int pbpf_kernel_btf_module(struct pbpf_kernel_btf *kernel, size_t i,
			   struct pbpf_kernel_module *module)
{
	int err;

	if (kernel->own && !kernel->modules.known) {
		err = find_kernel_modules(&kernel->modules, kernel->types, &kernel->env);
		if (err)
			return err;
	}
	if (i >= kernel->modules.count)
		return 0;
	*module = kernel->modules.array[i].public;
	return 1;
}
