/* SPDX-License-Identifier: MIT */
/*
 * The BTF of the kernel's modules: every BTF that the kernel has is asked for, and those that belong to a
 * module are kept.
 *
 *	BPF_BTF_GET_NEXT_ID -> id -> BPF_BTF_GET_FD_BY_ID -> fd -> BPF_OBJ_GET_INFO_BY_FD -> name, size
 *	                                                     fd -> the same with room     -> bytes
 */
#include "loader/kernel_modules.h"
#include "sys/pbpf_sys.h"

#include <string.h>

#define STAGE		   "load"
#define SIZE_MAX_OF_MODULE (64u << 20)

/* What the kernel says. That it has no memory is reported, as it is when there is none here; the rest is
 * for the caller to weigh. */
static int answer(const struct pbpf_env *env, int err)
{
	return err == -ENOMEM ? env_no_memory(env, STAGE, "the modules' BTF, in the kernel") : err;
}

static int ask(const struct pbpf_env *env, struct kernel_module *module, void *room,
	       struct pbpf_btf_info *info)
{
	uint32_t size = sizeof(*info);

	memset(info, 0, sizeof(*info));
	info->name = PBPF_ADDRESS(module->name);
	info->name_len = sizeof(module->name);
	info->btf = PBPF_ADDRESS(room);
	info->btf_size = module->size;
	return answer(env, pbpf_sys_obj_info(env, module->public.fd, info, &size));
}

/* Modules are built by many, and some with tools that write bad BTF: that one then has none. It is looked at
 * without a word first, as the search goes on. */
static bool is_readable(const struct kernel_module *module, const struct pbpf_btf *base,
			const struct pbpf_env *env)
{
	struct pbpf_env quiet = env_quiet(env);
	struct pbpf_btf *types;
	int err = pbpf_btf_view(&types, module->image, module->size, base, NULL, &quiet);

	if (!err)
		pbpf_btf_free(types);
	else if (err != -ENOMEM)
		env_note(env, AT(STAGE, module->name, 0), NULL,
			 "the BTF of module '%s' cannot be read (%s), and is passed over",
			 module->name, pbpf_error_name(err));
	return !err || err == -ENOMEM;
}

/* Fills in the module of public.fd: 1, or 0 when it is none: another program's BTF, vmlinux, or damaged. */
static int read_module(struct kernel_module *module, const struct pbpf_btf *base,
		       const struct pbpf_env *env)
{
	struct pbpf_btf_info info;
	int err = ask(env, module, NULL, &info);

	module->name[sizeof(module->name) - 1] = '\0';
	if (err)
		return err;
	if (!info.kernel_btf || !strcmp(module->name, "vmlinux") ||
	    info.btf_size > SIZE_MAX_OF_MODULE)
		return 0;
	module->image = env_alloc(env, info.btf_size, 1);
	if (!module->image)
		return env_no_memory(env, STAGE, "a module's BTF");
	module->size = info.btf_size;
	err = ask(env, module, module->image, &info);
	if (!err && !is_readable(module, base, env))
		return 0;
	if (!err)
		err = pbpf_btf_view(&module->types, module->image, module->size, base, NULL, env);
	if (err)
		return err;
	module->public.id = info.id;
	module->public.types = module->types;
	return 1;
}

static void drop_module(struct kernel_module *module, const struct pbpf_env *env)
{
	pbpf_btf_free(module->types);
	env_free(env, module->image, module->size, 1);
	pbpf_sys_close(env, module->public.fd);
}

static struct kernel_module *room_for_module(struct kernel_modules *modules,
					     const struct pbpf_env *env)
{
	size_t room = modules->room ? 2 * modules->room : 16;
	struct kernel_module *grown;

	if (modules->count == modules->room) {
		grown = env_resize(env, modules->array, modules->room, room, sizeof(*grown));
		if (!grown)
			return NULL;
		modules->array = grown;
		modules->room = room;
	}
	memset(&modules->array[modules->count], 0, sizeof(*modules->array));
	return &modules->array[modules->count];
}

/* Adds the BTF with this id, if it is a module's. One that is gone again is not missed. */
static int add_module(struct kernel_modules *modules, uint32_t id, const struct pbpf_btf *base,
		      const struct pbpf_env *env)
{
	struct kernel_module *module = room_for_module(modules, env);
	int got;

	if (!module)
		return env_no_memory(env, STAGE, "the list of modules");
	module->public.fd = pbpf_sys_btf_fd_by_id(env, id);
	if (module->public.fd < 0)
		return module->public.fd == -ENOENT ? 0 : answer(env, module->public.fd);
	got = read_module(module, base, env);
	if (got > 0) {
		modules->count++;
		return 0;
	}
	drop_module(module, env);
	return got;
}

/* Before 5.11 modules had no BTF: -E2BIG, as what is known of a BTF had no name; before 5.4 nothing could be
 * asked for it: -EINVAL. */
static bool modules_have_none(int err)
{
	return err == -E2BIG || err == -EINVAL;
}

int find_kernel_modules(struct kernel_modules *modules, const struct pbpf_btf *base,
			const struct pbpf_env *env)
{
	uint32_t id = 0;
	int err;

	while (!(err = answer(env, pbpf_sys_btf_next_id(env, id, &id)))) {
		err = add_module(modules, id, base, env);
		if (err)
			break;
	}
	if (err && err != -ENOENT)
		free_kernel_modules(modules, env);
	if (err && err != -ENOENT && !modules_have_none(err))
		return err;
	modules->known = true;
	for (size_t i = 0; i < modules->count; i++)
		modules->array[i].public.name = modules->array[i].name;
	return 0;
}

void free_kernel_modules(struct kernel_modules *modules, const struct pbpf_env *env)
{
	for (size_t i = 0; i < modules->count; i++)
		drop_module(&modules->array[i], env);
	env_free(env, modules->array, modules->room, sizeof(*modules->array));
	*modules = (struct kernel_modules){0};
}
