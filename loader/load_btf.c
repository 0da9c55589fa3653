/* SPDX-License-Identifier: MIT */
/*
 * The object's BTF into the kernel.
 */
#include "loader/object.h"

/* Does it only declare what the kernel has? The kernel refuses declarations; values of .kconfig are none any
 * more, as they have a map. */
static bool declares_only(const struct pbpf_object *obj)
{
	bool declares = false;

	for (uint32_t i = 0; i < obj->externs.count; i++)
		declares |= obj->externs.symbols[i].source != EXTERN_OF_CONFIG;
	return declares;
}

static int send_btf(struct pbpf_object *obj, const struct pbpf_btf *btf)
{
	struct pbpf_btf_attr attr = {0};
	size_t size;
	int fd;

	attr.data = pbpf_btf_image(btf, &size);
	attr.size = (uint32_t)size;
	attr.token_fd = obj->token_fd;
	fd = pbpf_sys_btf_load(&obj->env, &attr, NULL);
	if (fd >= 0)
		env_step(&obj->env, AT(STAGE_LOAD, obj->name, 0),
			 "BTF of %zu bytes is loaded as fd %d", size, fd);
	return fd;
}

int load_btf(struct pbpf_object *obj)
{
	struct pbpf_btf *adapted = NULL;
	int fd = 0;

	if (!obj->btf)
		return 0;
	if (declares_only(obj))
		fd = pbpf_btf_adapt(&adapted, obj->btf, PBPF_BTF_HAS_ALL, &obj->env);
	if (fd)
		return fd;
	fd = send_btf(obj, adapted ? adapted : obj->btf);
	pbpf_btf_free(adapted);
	if (fd < 0)
		fd = compat_load_btf(obj, fd);
	if (fd < 0)
		return fd;
	if (fd) /* else it goes without */
		obj->btf_fd = fd;
	return 0;
}
