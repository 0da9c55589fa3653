/* SPDX-License-Identifier: MIT */
/*
 * The object: opened from bytes, asked, closed.
 *
 *	open:  elf -> license -> BTF -> externs -> maps -> programs
 *
 * Each step fills its part of the object; when one fails, pbpf_object_close() takes down what is there.
 */
#include "loader/object.h"

#include <string.h>

/* Gives the object its name: "execsnoop" for samples/execsnoop.bpf.o. */
static void name_object(struct pbpf_object *obj, const char *name)
{
	const char *slash = strrchr(name, '/');
	size_t length;

	if (slash)
		name = slash + 1;
	length = strcspn(name, ".");
	if (length >= sizeof(obj->name))
		length = sizeof(obj->name) - 1;
	memcpy(obj->name, name, length);
	obj->name[length] = '\0';
}

static void read_license(struct pbpf_object *obj)
{
	const struct pbpf_section *section = pbpf_elf_section(obj->elf, "license");

	if (!section || !section->data)
		return;
	/* It need not be terminated, and what the kernel would not read is cut. */
	memcpy(obj->license, section->data,
	       section->size < sizeof(obj->license) ? (size_t)section->size
						    : sizeof(obj->license) - 1);
}

/* Of an own file, parts are enough. */
static int hand_over_file(struct pbpf_object *obj)
{
	int err = pbpf_elf_adopt(obj->elf, obj->file, obj->file_size + 1);

	if (!err)
		obj->file = NULL;
	return err;
}

static int open_image(struct pbpf_object *obj, const void *image, size_t size)
{
	int err = pbpf_elf_open(&obj->elf, image, size, &obj->env);

	if (err)
		return err;
	read_license(obj);
	if (obj->file)
		err = hand_over_file(obj);
	if (!err)
		err = open_btf(obj);
	if (!err)
		err = find_externs(obj);
	if (!err)
		err = find_maps(obj);
	if (!err)
		err = find_programs(obj);
	if (!err)
		err = pbpf_functions_describe(&obj->functions, obj->elf, obj->btf, obj->ext,
					      &obj->env);
	if (!err)
		err = hide_functions(obj);
	if (!err)
		err = find_slots(obj);
	if (!err)
		err = tie_struct_ops(obj);
	return err;
}

/* A string option outlives the caller's; NULL stays NULL. */
static int keep_option(const struct pbpf_object *obj, char **kept, const char *option)
{
	if (!option)
		return 0;
	*kept = env_copy(&obj->env, option, strlen(option) + 1);
	return *kept ? 0 : env_no_memory(&obj->env, STAGE_LOAD, "an option");
}

static void free_option(const struct pbpf_env *env, char *kept)
{
	if (kept)
		env_free(env, kept, strlen(kept) + 1, 1);
}

static int new_object(struct pbpf_object **obj, const struct pbpf_options *opts, const char *name)
{
	static const struct pbpf_options no_options = {0};
	const struct pbpf_options *given = opts ? opts : &no_options;
	struct pbpf_object *made = env_alloc(given->env, 1, sizeof(*made));
	int err;

	if (!made)
		return env_no_memory(given->env, STAGE_LOAD, "the object");
	if (given->env)
		made->env = *given->env;
	made->env.kept = &made->kept;
	made->btf_fd = -ENOENT;
	made->token_fd = -ENOENT;
	name_object(made, given->name ? given->name : name);
	made->pin_policy = given->pin_policy;
	made->raise_memlock = given->raise_memlock;
	err = keep_option(made, &made->btf_path, given->btf_path);
	if (!err)
		err = keep_option(made, &made->pin_folder, given->pin_folder);
	if (!err)
		err = keep_option(made, &made->kconfig, given->kconfig);
	if (!err)
		err = keep_option(made, &made->token_from, given->token_from);
	if (err)
		pbpf_object_close(made);
	else
		*obj = made;
	return err;
}

int pbpf_object_open(struct pbpf_object **obj, const void *image, size_t size,
		     const struct pbpf_options *opts)
{
	struct pbpf_object *made;
	int err = new_object(&made, opts, "object");

	if (err)
		return err;
	err = open_image(made, image, size);
	if (err)
		pbpf_object_close(made);
	else
		*obj = made;
	return err;
}

#define FILE_MAX ((size_t)256 << 20)

static int refuse_file(const struct pbpf_env *env, int err, const char *path)
{
	const char *hint = NULL;

	if (err == -ENOENT)
		hint = "check the path; clang -g -O2 -target bpf -c x.bpf.c -o x.bpf.o makes such a file";
	else if (err == -EISDIR)
		hint = "name the .o file in it";
	else if (err == -EFBIG)
		hint = "a BPF object is a few kilobytes; is this one?";
	return env_fail(env, err, AT(STAGE_LOAD, path, 0), hint, "cannot read '%s': %s%s", path,
			pbpf_error_name(err),
			err == -ENOENT	 ? " (no such file)"
			: err == -EISDIR ? " (it is a directory)"
			: err == -EACCES ? " (no permission)"
					 : "");
}

int pbpf_object_open_file(struct pbpf_object **obj, const char *path,
			  const struct pbpf_options *opts)
{
	struct pbpf_object *made;
	int err = new_object(&made, opts, path);

	if (err)
		return err;
	err = pbpf_sys_read_file(&made->env, path, &made->file, &made->file_size, FILE_MAX);
	if (err)
		refuse_file(&made->env, err, path);
	else
		err = open_image(made, made->file, made->file_size);
	if (err)
		pbpf_object_close(made);
	else
		*obj = made;
	return err;
}

void pbpf_object_close(struct pbpf_object *obj)
{
	struct pbpf_env env;

	if (!obj)
		return;
	pbpf_object_unload(obj);
	env = obj->env;
	for (uint32_t i = 0; i < obj->program_count; i++)
		free_program(&obj->programs[i]);
	env_free(&env, obj->programs, obj->program_count, sizeof(*obj->programs));
	for (uint32_t i = 0; i < obj->map_count; i++)
		free_map(&obj->maps[i]);
	env_free(&env, obj->maps, obj->map_room, sizeof(*obj->maps));
	env_free(&env, obj->slots, obj->slot_room, sizeof(*obj->slots));
	free_externs(obj);
	pbpf_functions_free(&obj->functions, &env);
	if (obj->elf)
		env_free(&env, obj->datasecs, obj->elf->section_count, sizeof(*obj->datasecs));
	pbpf_btf_ext_free(obj->ext);
	pbpf_btf_free(obj->btf);
	pbpf_elf_close(obj->elf);
	pbpf_sys_free_file(&env, obj->file, obj->file_size);
	free_option(&env, obj->btf_path);
	free_option(&env, obj->pin_folder);
	free_option(&env, obj->kconfig);
	free_option(&env, obj->token_from);
	env_free(&env, obj, 1, sizeof(*obj));
}

struct pbpf_map *pbpf_object_map(const struct pbpf_object *obj, const char *name)
{
	for (uint32_t i = 0; i < obj->map_count; i++)
		if (!strcmp(obj->maps[i].name, name))
			return &obj->maps[i];
	return NULL;
}

struct pbpf_program *pbpf_object_program(const struct pbpf_object *obj, const char *name)
{
	for (uint32_t i = 0; i < obj->program_count; i++)
		if (!strcmp(pbpf_program_name(&obj->programs[i]), name))
			return &obj->programs[i];
	return NULL;
}

struct pbpf_map *pbpf_object_next_map(const struct pbpf_object *obj, const struct pbpf_map *map)
{
	size_t next = map ? (size_t)(map - obj->maps) + 1 : 0;

	return next < obj->map_count ? &obj->maps[next] : NULL;
}

struct pbpf_program *pbpf_object_next_program(const struct pbpf_object *obj,
					      const struct pbpf_program *prog)
{
	size_t next = prog ? (size_t)(prog - obj->programs) + 1 : 0;

	return next < obj->program_count ? &obj->programs[next] : NULL;
}

const char *pbpf_object_name(const struct pbpf_object *obj)
{
	return obj->name;
}

const struct pbpf_elf *pbpf_object_elf(const struct pbpf_object *obj)
{
	return obj->elf;
}

const struct pbpf_btf *pbpf_object_btf(const struct pbpf_object *obj)
{
	return obj->btf;
}

const struct pbpf_btf_ext *pbpf_object_btf_ext(const struct pbpf_object *obj)
{
	return obj->ext;
}

const char *pbpf_object_license(const struct pbpf_object *obj)
{
	return obj->license;
}
