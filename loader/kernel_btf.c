/* SPDX-License-Identifier: MIT */
/*
 * Finds and holds the kernel's BTF.
 */
#include "base/env.h"
#include "loader/kernel_modules.h"
#include "loader/pbpf_kernel_btf.h"
#include "sys/pbpf_sys.h"

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

/* Mapping costs no memory; reading works everywhere. */
static int get_image(struct pbpf_kernel_btf *kernel, const char *path)
{
	const struct pbpf_env *env = &kernel->env;
	int err = pbpf_sys_map_file(env, path, &kernel->image, &kernel->size);

	kernel->mapped = !err;
	if (err && err != -ENOENT)
		err = pbpf_sys_read_file(env, path, &kernel->image, &kernel->size, FILE_MAX);
	if (err)
		return env_fail(
			env, err, AT(STAGE, path, 0),
			kernel->own ? "the kernel needs CONFIG_DEBUG_INFO_BTF, and sysfs must "
				      "be mounted; or name a file with its BTF"
				    : "check the path",
			"cannot read the kernel's BTF from '%s': %s", path, pbpf_error_name(err));
	env_step(env, AT(STAGE, path, 0), "the kernel's BTF, %zu bytes, is %s", kernel->size,
		 kernel->mapped ? "mapped" : "read");
	return 0;
}

static void give_image_back(struct pbpf_kernel_btf *kernel)
{
	if (kernel->mapped)
		pbpf_sys_munmap(&kernel->env, kernel->image, kernel->size);
	else if (kernel->image)
		pbpf_sys_free_file(&kernel->env, kernel->image, kernel->size);
}

int pbpf_kernel_btf_open(struct pbpf_kernel_btf **kernel, const char *path,
			 const struct pbpf_env *env)
{
	struct pbpf_kernel_btf *made = env_alloc(env, 1, sizeof(*made));
	int err;

	if (!made)
		return env_no_memory(env, STAGE, "the kernel's BTF");
	if (env)
		made->env = *env;
	made->own = !path;
	err = get_image(made, path ? path : PBPF_KERNEL_BTF_PATH);
	if (!err)
		err = pbpf_btf_view(&made->types, made->image, made->size, NULL, NULL, env);
	if (err)
		pbpf_kernel_btf_close(made);
	else
		*kernel = made;
	return err;
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
