/* SPDX-License-Identifier: MIT */
/*
 * The fake kernel's own BTF: a file for the kernel's types, and at most one module, which is asked for by
 * its id. The id of a BTF that was loaded is its fd.
 */
#include "tools/fake_command.h"

#define MODULE_ID 1

long fake_btf_next_id(struct fake_kernel *fake, void *attr)
{
	struct abi_id *a = attr;

	if (!fake->module.bytes || a->id >= MODULE_ID)
		return -ENOENT;
	a->next_id = MODULE_ID;
	return 0;
}

long fake_btf_fd_by_id(struct fake_kernel *fake, void *attr)
{
	const struct abi_id *a = attr;
	const struct fake_object *known = fake_kernel_object(fake, (int)a->id);
	struct fake_object *btf;
	long fd;

	if (a->id != MODULE_ID) /* closed or not: a map may hold it */
		return known && known->kind == FAKE_BTF ? fake_alias(fake, (int)a->id) : -ENOENT;
	if (!fake->module.bytes)
		return -ENOENT;
	fd = fake_fd(fake, FAKE_BTF, fake->module.bytes, fake->module.size, &btf);
	if (fd >= 0)
		btf->of_module = true;
	return fd;
}

/* A module's name, and the types of any, go where the caller has room for them. */
void fake_btf_info(struct pbpf_btf_info *info, const struct pbpf_btf_info *room,
		   const struct fake_object *btf)
{
	static const char name[] = "fake_module";

	if (btf->of_module) {
		info->id = MODULE_ID;
		info->kernel_btf = 1;
		if (room->name && room->name_len >= sizeof(name))
			memcpy(at_address(room->name), name, sizeof(name));
	}
	if (room->btf && room->btf_size >= btf->size)
		memcpy(at_address(room->btf), btf->bytes, btf->size);
}
