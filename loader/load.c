/* SPDX-License-Identifier: MIT */
/*
 * An object into the kernel: BTF first, since maps and programs name its types; then maps, since
 * programs name them; then programs.
 *
 * On a kernel that takes everything, this makes one bpf() call for the BTF, one per map, one per map
 * with initial values, one per map to freeze, and one per program; nothing is probed.
 */
#include "base/reader.h"
#include "loader/object.h"
#include "relo/pbpf_core.h"

static int load_programs(struct pbpf_object *obj)
{
	struct map_places places;
	int err = find_places(obj, &places);

	if (err)
		return err;
	give_externs_their_map(obj);
	err = load_wanted_programs(obj, &places);
	free_places(obj, &places);
	return err;
}

int need_kernel_btf(struct pbpf_object *obj)
{
	return obj->kernel ? 0 : pbpf_kernel_btf_open(&obj->kernel, NULL, &obj->env);
}

static void give_kernel_btf_back(struct pbpf_object *obj)
{
	pbpf_core_free(obj->core);
	obj->core = NULL;
	pbpf_kernel_btf_close(obj->core_kernel);
	obj->core_kernel = NULL;
	pbpf_kernel_btf_close(obj->kernel);
	obj->kernel = NULL;
}

int pbpf_object_core(struct pbpf_object *obj, struct pbpf_core **core)
{
	int err = open_core(obj);

	if (err)
		give_kernel_btf_back(obj);
	else
		*core = obj->core;
	return err;
}

int begin_late_load(struct pbpf_object *obj)
{
	int err = open_token(obj);

	if (!err)
		err = resolve_externs(obj);
	if (!err)
		err = find_targets(obj);
	return err ? err : open_core(obj);
}

void end_late_load(struct pbpf_object *obj)
{
	close_token(obj);
	give_kernel_btf_back(obj);
}

static int refuse_byte_order(const struct pbpf_object *obj)
{
	return env_fail(&obj->env, -ENOTSUP, AT(STAGE_LOAD, obj->name, 0),
			"compile with -target bpf, which is this machine's byte order",
			"the object is %s-endian, and this kernel is not: it can be inspected "
			"here, but not loaded",
			obj->elf->big_endian ? "big" : "little");
}

int pbpf_object_load(struct pbpf_object *obj)
{
	static int (*const steps[])(struct pbpf_object * obj) = {
		open_token,   load_btf,	 resolve_externs, fit_struct_ops,     load_maps,
		find_targets, open_core, load_programs,	  fill_program_slots,
	};
	int err = 0;

	if (obj->loaded)
		return 0;
	if (obj->elf->big_endian != host_big_endian())
		return refuse_byte_order(obj);
	obj->compat = (struct compat){0};
	for (uint32_t i = 0; i < obj->program_count; i++)
		forget_failure(&obj->programs[i]);
	for (size_t i = 0; !err && i < sizeof(steps) / sizeof(steps[0]); i++)
		err = steps[i](obj);
	close_token(obj);
	give_kernel_btf_back(obj);
	if (err)
		pbpf_object_unload(obj);
	else
		obj->loaded = true;
	close_pins(obj, err);
	return err;
}

static void close_fd(const struct pbpf_object *obj, int *fd)
{
	pbpf_sys_close(&obj->env, *fd);
	*fd = -ENOENT;
}

void pbpf_object_unload(struct pbpf_object *obj)
{
	give_kernel_btf_back(obj);
	pbpf_object_detach(obj);
	for (uint32_t i = 0; i < obj->program_count; i++) {
		close_fd(obj, &obj->programs[i].fd);
		obj->programs[i].insn_count = 0;
		forget_failure(&obj->programs[i]);
	}
	for (uint32_t i = 0; i < obj->map_count; i++)
		unload_map(&obj->maps[i]);
	close_fd(obj, &obj->btf_fd);
	obj->loaded = false;
}
