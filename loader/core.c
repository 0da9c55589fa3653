/* SPDX-License-Identifier: MIT */
/*
 * CO-RE against the running kernel: which types the object's records are about, and where those are, in the
 * kernel itself first and in its modules only for what is still missing.
 */
#include "loader/kernel_btf.h"
#include "loader/object.h"
#include "relo/pbpf_core.h"

/* Notes the types of every record that belongs to code; gives how many records there are. Without any there is
 * no core. */
static int add_records(struct pbpf_object *obj, size_t *total)
{
	for (uint32_t i = 0; i < obj->elf->section_count; i++) {
		const struct pbpf_section *section = &obj->elf->sections[i];
		const struct pbpf_core_relo *relos;
		size_t count = 0;
		int err;

		if (!(section->flags & PBPF_SHF_EXECINSTR))
			continue;
		relos = pbpf_btf_ext_core(obj->ext, section->name, &count);
		if (!count)
			continue;
		err = obj->core ? 0 : pbpf_core_open(&obj->core, obj->btf, &obj->env);
		if (!err)
			err = pbpf_core_add(obj->core, relos, count);
		if (err)
			return err;
		*total += count;
	}
	return 0;
}

static int search_modules(struct pbpf_object *obj, struct pbpf_kernel_btf *types)
{
	struct pbpf_kernel_module module = {0};
	int got = 1;

	for (size_t i = 0; pbpf_core_missing(obj->core); i++) {
		struct pbpf_core_target target;

		got = pbpf_kernel_btf_module(types, i, &module);
		if (got <= 0)
			break;
		target = (struct pbpf_core_target){module.types, module.name, module.id};
		got = pbpf_core_search(obj->core, &target);
		if (got)
			return got;
	}
	if (got == -ENOMEM)
		return got;
	if (got < 0)
		env_warn(
			&obj->env, AT(STAGE_LOAD, obj->name, 0),
			"seeing the modules' BTF needs CAP_SYS_ADMIN",
			"the BTF of the kernel's modules cannot be read (%s); types that only they "
			"have count as missing",
			pbpf_error_name(got));
	return 0;
}

/* In the types that CO-RE goes by (ids that the kernel is told are always its own): in the pass that opens
 * them, where nobody has done so before. */
static int search_kernel(struct pbpf_object *obj)
{
	struct pbpf_kernel_btf **types = obj->btf_path ? &obj->core_kernel : &obj->kernel;
	struct pbpf_core_target kernel = {.name = "vmlinux"};
	int err;

	if (*types) {
		kernel.btf = pbpf_kernel_btf_types(*types);
		err = pbpf_core_search(obj->core, &kernel);
	} else {
		err = open_kernel_btf(types, obj->btf_path, obj->core, &obj->env);
	}
	return err ? err : search_modules(obj, *types);
}

int open_core(struct pbpf_object *obj)
{
	size_t records = 0;
	int err;

	if (!obj->ext || obj->core)
		return 0;
	err = add_records(obj, &records);
	if (err || !records)
		return err;
	env_step(&obj->env, AT(STAGE_LOAD, obj->name, 0),
		 "%zu CO-RE records, about %zu names of types", records,
		 pbpf_core_missing(obj->core));
	return pbpf_core_missing(obj->core) ? search_kernel(obj) : 0;
}
