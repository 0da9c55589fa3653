/* SPDX-License-Identifier: MIT */
/*
 * Maps of struct_ops as the running kernel has them: its own struct is found by name, in the kernel or a
 * module, and the object's members are put where it has them.
 *
 *	object:  struct tcp_congestion_ops___mine { ssthresh, name }
 *	kernel:  struct bpf_struct_ops_tcp_congestion_ops { state ..., data ───┐
 *	                             struct tcp_congestion_ops { ..., ssthresh, ..., name, ... }
 *
 * The value of the map is the outer struct. A program's expected attach type is its member's number in the
 * inner one, which is what it attaches to.
 */
#include "base/reader.h"
#include "base/spell.h"
#include "loader/object.h"

#include <stdio.h>
#include <string.h>

#define VALUE_PREFIX   "bpf_struct_ops_"
#define VALUE_SIZE_MAX (1u << 20)

/* The kernel's side of one map. */
struct kernel_ops {
	const struct pbpf_btf *btf;
	int module_fd;		    /* 0: the kernel's own */
	struct pbpf_btf_type value; /* the outer struct */
	struct pbpf_btf_type ops;   /* the inner one, */
	uint32_t offset;	    /* and where it is */
};

/* "tcp_congestion_ops" of "tcp_congestion_ops___mine". */
static int plain_length(const char *name)
{
	const char *cut = NULL, *at = name;

	while ((at = strstr(at, "___"))) {
		if (at != name)
			cut = at;
		at++;
	}
	return (int)(cut ? (size_t)(cut - name) : strlen(name));
}

static int ops_are_missing(const struct pbpf_map *map, const char *name)
{
	struct spell spell = spell_for(name);
	const struct pbpf_btf *btf = pbpf_kernel_btf_types(map->obj->kernel);

	for (uint32_t id = 1; id < pbpf_btf_count(btf); id++) {
		struct pbpf_btf_type type = pbpf_btf_type(btf, id);

		if (type.kind == PBPF_KIND_STRUCT &&
		    !strncmp(type.name, VALUE_PREFIX, strlen(VALUE_PREFIX)))
			spell_try(&spell, type.name);
	}
	return map_fail(map, -ENOENT,
			"a module may have it, which is not loaded; or the kernel is older",
			"cannot be created: this kernel has no struct_ops '%s'%s%s%s",
			name + strlen(VALUE_PREFIX), spell.nearest ? "; did you mean '" : "",
			spell.nearest ? spell.nearest + strlen(VALUE_PREFIX) : "",
			spell.nearest ? "'?" : "");
}

/* Finds the outer struct, in the kernel or a module. */
static int find_value_type(struct kernel_ops *kernel, const struct pbpf_map *map)
{
	const char *plain = pbpf_btf_type(map->obj->btf, map->ops->type).name;
	struct pbpf_kernel_module module = {.types = pbpf_kernel_btf_types(map->obj->kernel)};
	char name[256];
	int id;

	if (snprintf(name, sizeof(name), VALUE_PREFIX "%.*s", plain_length(plain), plain) >=
	    (int)sizeof(name))
		return map_fail(map, -EINVAL, NULL, "is of a struct whose name is too long");
	id = pbpf_btf_find(module.types, name, PBPF_KIND_STRUCT);
	if (id <= 0)
		id = find_in_modules(map->obj, name, PBPF_KIND_STRUCT, &module);
	if (id <= 0)
		return id ? id : ops_are_missing(map, name);
	kernel->btf = module.types;
	kernel->value = pbpf_btf_type(kernel->btf, (uint32_t)id);
	kernel->module_fd = module.fd;
	return 0;
}

/* The struct within it: its member "data". */
static int find_inner(struct kernel_ops *kernel, const struct pbpf_map *map)
{
	for (uint32_t i = 0; i < kernel->value.vlen; i++) {
		struct pbpf_btf_member member = pbpf_btf_member(kernel->btf, &kernel->value, i);

		if (strcmp(member.name, "data"))
			continue;
		kernel->ops =
			pbpf_btf_type(kernel->btf, pbpf_btf_resolve(kernel->btf, member.type));
		kernel->offset = member.bit_offset / 8;
		if (kernel->ops.kind == PBPF_KIND_STRUCT && kernel->value.size <= VALUE_SIZE_MAX &&
		    range_ok(kernel->offset, kernel->ops.size, kernel->value.size))
			return 0;
	}
	return map_fail(map, -ENOTSUP, "this kernel is of an unknown kind",
			"cannot be created: the kernel's '%s' has no struct 'data'",
			kernel->value.name);
}

/* --- Members ---------------------------------------------------------------------------------- */

/* The kernel's member of that name; its number is below vlen when there is one. */
static uint32_t kernel_member(const struct kernel_ops *kernel, const char *name)
{
	uint32_t i = 0;

	while (i < kernel->ops.vlen &&
	       (!*name || strcmp(pbpf_btf_member(kernel->btf, &kernel->ops, i).name, name)))
		i++;
	return i;
}

static bool is_zero(const uint8_t *bytes, size_t size)
{
	while (size && !bytes[size - 1])
		size--;
	return !size;
}

static bool is_function_pointer(const struct pbpf_btf *btf, uint32_t type)
{
	struct pbpf_btf_type pointer = pbpf_btf_type(btf, pbpf_btf_resolve(btf, type));

	return pointer.kind == PBPF_KIND_PTR &&
	       pbpf_btf_type(btf, pbpf_btf_resolve(btf, pointer.type)).kind == PBPF_KIND_FUNC_PROTO;
}

/* Tells a program what it is for. One that is in several structs must be the same member of each. */
static int tie_to_kernel(const struct pbpf_map *map, struct pbpf_program *prog,
			 const struct kernel_ops *kernel, uint32_t number)
{
	if (pbpf_program_type(prog) != PBPF_PROG_TYPE_STRUCT_OPS)
		return program_fail(prog, -EINVAL, "its section is SEC(\"struct_ops\")",
				    "it is a function of '%s', and of another type", map->name);
	if (prog->in_struct_ops &&
	    (prog->attach_btf_id != kernel->ops.id || prog->attach_btf_fd != kernel->module_fd ||
	     prog->attr.expected_attach_type != number))
		return program_fail(prog, -EINVAL, "write a program for each",
				    "it is a function of '%s', and another one elsewhere",
				    map->name);
	prog->in_struct_ops = true;
	prog->attach_btf_id = kernel->ops.id;
	prog->attach_btf_fd = kernel->module_fd;
	prog->attr.expected_attach_type = number;
	return 0;
}

static int member_is_missing(const struct pbpf_map *map, const struct kernel_ops *kernel,
			     const char *name)
{
	struct spell spell = spell_for(name);

	for (uint32_t i = 0; i < kernel->ops.vlen; i++)
		spell_try(&spell, pbpf_btf_member(kernel->btf, &kernel->ops, i).name);
	return map_fail(map, -ENOTSUP,
			"leave it empty: of a function, "
			"pbpf_struct_ops_set_program(map, \"...\", NULL) before load",
			"has a member '%s', which this kernel's struct has not%s%s%s", name,
			spell.nearest ? "; did you mean '" : "", spell.nearest ? spell.nearest : "",
			spell.nearest ? "'?" : "");
}

/* A member that the kernel has not got: fine as long as it says nothing. */
static int skip_member(const struct pbpf_map *map, const struct kernel_ops *kernel,
		       const char *name, bool empty)
{
	if (!empty)
		return member_is_missing(map, kernel, name);
	env_step(&map->obj->env, AT(STAGE_LOAD, map->name, 0),
		 "member '%s' is empty, and this kernel has none", name);
	return 0;
}

static int refuse_member(const struct pbpf_map *map, const char *name, const char *why)
{
	return map_fail(map, -ENOTSUP, "declare it as the running kernel does",
			"has a member '%s', which %s", name, why);
}

/* Puts the i-th member of the object's struct where the kernel has it. */
static int fit_member(struct pbpf_map *map, const struct kernel_ops *kernel, uint32_t i)
{
	const struct pbpf_btf *btf = map->obj->btf;
	struct pbpf_btf_type type = pbpf_btf_type(btf, map->ops->type);
	struct pbpf_btf_member here = pbpf_btf_member(btf, &type, i), there;
	uint32_t number = kernel_member(kernel, here.name), from = here.bit_offset / 8, to;
	int64_t size = pbpf_btf_size(btf, here.type);
	const uint8_t *bytes = map->ops->value + from;

	if (size < 0 || !range_ok(from, (uint64_t)size, map->ops->size))
		return refuse_member(map, here.name, "has no size");
	if (number == kernel->ops.vlen)
		return skip_member(map, kernel, here.name,
				   !map->ops->programs[i] && is_zero(bytes, (size_t)size));
	there = pbpf_btf_member(kernel->btf, &kernel->ops, number);
	to = kernel->offset + there.bit_offset / 8;
	if (here.bit_size || there.bit_size)
		return refuse_member(map, here.name, "is a bitfield");
	if (pbpf_btf_size(kernel->btf, there.type) != size ||
	    pbpf_btf_type(btf, pbpf_btf_resolve(btf, here.type)).kind !=
		    pbpf_btf_type(kernel->btf, pbpf_btf_resolve(kernel->btf, there.type)).kind ||
	    !range_ok(to, (uint64_t)size, map->ops->kernel_size))
		return refuse_member(map, here.name, "is of another kind or size in this kernel");
	if (map->ops->programs[i]) {
		if (!is_function_pointer(kernel->btf, there.type))
			return refuse_member(map, here.name, "is no function in this kernel");
		map->ops->places[i] = to;
		return tie_to_kernel(map, map->ops->programs[i], kernel, number);
	}
	memcpy(map->ops->kernel_value + to, bytes, (size_t)size);
	return 0;
}

/* --- One map, and all of them ------------------------------------------------------------------- */

static int get_kernel_value(struct pbpf_map *map, uint32_t size)
{
	const struct pbpf_env *env = &map->obj->env;

	forget_kernel_value(map);
	map->ops->kernel_size = size;
	map->ops->kernel_value = env_alloc(env, size, 1);
	map->ops->places = env_alloc(env, map->ops->member_count, sizeof(*map->ops->places));
	if (!map->ops->kernel_value || !map->ops->places)
		return env_no_memory(env, STAGE_LOAD, "a struct_ops");
	return 0;
}

static int fit_map(struct pbpf_map *map)
{
	struct kernel_ops kernel = {0};
	int err = need_kernel_btf(map->obj);

	if (!err)
		err = find_value_type(&kernel, map);
	if (!err)
		err = find_inner(&kernel, map);
	if (!err)
		err = get_kernel_value(map, kernel.value.size);
	for (uint32_t i = 0; !err && i < map->ops->member_count; i++)
		err = fit_member(map, &kernel, i);
	if (err)
		return err;
	map->attr.value_size = kernel.value.size;
	map->attr.btf_vmlinux_value_type = kernel.value.id;
	map->attr.value_type_btf_obj_fd = kernel.module_fd;
	env_step(&map->obj->env, AT(STAGE_LOAD, map->name, 0),
		 "map '%s' is the kernel's '%s', type %u, of %u bytes", map->name,
		 kernel.value.name, kernel.value.id, kernel.value.size);
	return 0;
}

int fit_struct_ops(struct pbpf_object *obj)
{
	int err = 0;

	for (uint32_t i = 0; i < obj->program_count; i++)
		obj->programs[i].in_struct_ops = false;
	for (uint32_t i = 0; !err && i < obj->map_count; i++)
		if (obj->maps[i].ops && !obj->maps[i].left_out)
			err = fit_map(&obj->maps[i]);
	for (uint32_t i = 0; !err && i < obj->program_count; i++) {
		struct pbpf_program *prog = &obj->programs[i];

		if (prog->autoload && pbpf_program_type(prog) == PBPF_PROG_TYPE_STRUCT_OPS &&
		    !prog->in_struct_ops)
			err = leave_out(prog, "it is in no struct_ops that is created");
	}
	return err;
}

void forget_kernel_value(struct pbpf_map *map)
{
	const struct pbpf_env *env = &map->obj->env;

	env_free(env, map->ops->kernel_value, map->ops->kernel_size, 1);
	env_free(env, map->ops->places, map->ops->member_count, sizeof(*map->ops->places));
	map->ops->kernel_value = NULL;
	map->ops->places = NULL;
}
