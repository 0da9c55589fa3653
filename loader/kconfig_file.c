/* SPDX-License-Identifier: MIT */
/*
 * Where the running kernel's configuration is: /proc/config.gz (a kernel with CONFIG_IKCONFIG_PROC), else
 * /boot/config-RELEASE.
 */
#include "loader/kconfig.h"
#include "sys/pbpf_sys.h"

#include <stdio.h>

#define PACKED_MAX ((size_t)1 << 20) /* of /proc/config.gz; usual are 20 to 80 KB */
#define TEXT_LIMIT ((size_t)8 << 20) /* unpacked, or of /boot; usual are 100 to 300 KB */

static int read_packed(struct kconfig_file *file, const struct pbpf_env *env)
{
	size_t size;
	void *packed;
	int err = pbpf_sys_read_file(env, KCONFIG_GZ, &packed, &size, PACKED_MAX);

	if (err)
		return err;
	err = kconfig_unpack(env, packed, size, &file->text, &file->size, TEXT_LIMIT);
	pbpf_sys_free_file(env, packed, size);
	file->unpacked = true;
	return err;
}

static int read_boot(struct kconfig_file *file, const struct pbpf_env *env)
{
	struct pbpf_kernel_name kernel;
	void *text;
	int err = pbpf_sys_uname(env, &kernel);

	if (err)
		return err;
	snprintf(file->path, sizeof(file->path), "/boot/config-%s", kernel.release);
	err = pbpf_sys_read_file(env, file->path, &text, &file->size, TEXT_LIMIT);
	if (!err)
		file->text = text;
	file->unpacked = false;
	return err;
}

int kconfig_read(struct kconfig_file *file, const struct pbpf_env *env)
{
	*file = (struct kconfig_file){.path = KCONFIG_GZ};
	file->packed_err = read_packed(file, env);
	if (!file->packed_err || file->packed_err == -ENOMEM)
		return file->packed_err;
	snprintf(file->path, sizeof(file->path), "/boot/config-...");
	return read_boot(file, env);
}

void kconfig_free(struct kconfig_file *file, const struct pbpf_env *env)
{
	if (file->unpacked)
		env_free(env, file->text, file->size, 1);
	else if (file->text)
		pbpf_sys_free_file(env, file->text, file->size);
	file->text = NULL;
}
