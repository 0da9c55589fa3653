/* SPDX-License-Identifier: MIT */
/*
 * Where the bytes of BTF come from: an object file, a raw file such as the kernel shows in sysfs, or
 * the kernel itself, by id.
 */
#include "tools/btf.h"

#include "elf/pbpf_elf.h"
#include "loader/pbpf_kernel_btf.h"

#include <stdlib.h>
#include <string.h>

#define KERNEL_BTF_FOLDER "/sys/kernel/btf/"

/* Raw BTF begins with its magic number, in either byte order. */
static bool is_raw_btf(const void *image, size_t size)
{
	return size >= 2 && (!memcmp(image, "\x9f\xeb", 2) || !memcmp(image, "\xeb\x9f", 2));
}

static int parse_object(struct cli *cli, const void *image, size_t size, struct pbpf_btf **btf)
{
	const struct pbpf_section *section;
	struct pbpf_elf *elf;
	int err = pbpf_elf_open(&elf, image, size, &cli->env);

	if (err < 0)
		return err;
	section = pbpf_elf_section(elf, ".BTF");
	if (section && section->data)
		err = pbpf_btf_parse(btf, section->data, (size_t)section->size, NULL, &cli->env);
	else
		err = env_fail(&cli->env, -ENOENT, AT("btf", NULL, 0),
			       "compile with clang -g, which puts the types into the object",
			       "the object has no .BTF section");
	pbpf_elf_close(elf);
	return err;
}

/* pbpf_btf_parse() copies, so the file's bytes are not kept. */
static int parse_file(struct cli *cli, const char *path, const struct pbpf_btf *base,
		      struct pbpf_btf **btf)
{
	void *image;
	size_t size;
	int err = cli_read_file(cli, path, &image, &size);

	if (err < 0)
		return err;
	if (is_raw_btf(image, size))
		err = pbpf_btf_parse(btf, image, size, base, &cli->env);
	else
		err = parse_object(cli, image, size, btf);
	cli_free_file(cli, image, size);
	return err;
}

/* The BTF of a kernel module is split: its base is the kernel's. */
static int open_base(struct cli *cli, bool of_module, struct types *types)
{
	const char *path = of_module ? PBPF_KERNEL_BTF_PATH : NULL;

	if (cli->base_btf)
		path = cli->base_btf;
	return path ? parse_file(cli, path, NULL, &types->base) : 0;
}

int open_types(struct cli *cli, const char *path, struct types *types)
{
	bool of_module = !strncmp(path, KERNEL_BTF_FOLDER, strlen(KERNEL_BTF_FOLDER)) &&
			 strcmp(path, PBPF_KERNEL_BTF_PATH) != 0;
	int err = open_base(cli, of_module, types);

	return err < 0 ? err : parse_file(cli, path, types->base, &types->btf);
}

int ask_types(const struct cli *cli, int fd, struct kernel_types *types)
{
	uint32_t size = sizeof(types->info);
	int err;

	types->info.name = PBPF_ADDRESS(types->name);
	types->info.name_len = sizeof(types->name);
	err = pbpf_sys_obj_info(&cli->env, fd, &types->info, &size);
	if (err == -E2BIG) { /* before 5.11 there were no names */
		types->info.name = 0;
		types->info.name_len = 0;
		size = sizeof(types->info);
		err = pbpf_sys_obj_info(&cli->env, fd, &types->info, &size);
	}
	types->name[sizeof(types->name) - 1] = '\0';
	return err;
}

/* Asks for the size, and then for so many bytes. */
static int read_types(struct cli *cli, int fd, struct kernel_types *got, void **image)
{
	int err = ask_types(cli, fd, got);

	if (err < 0)
		return err;
	*image = malloc(got->info.btf_size);
	if (!*image)
		return -ENOMEM;
	got->info.btf = PBPF_ADDRESS(*image);
	return ask_types(cli, fd, got);
}

int open_types_by_id(struct cli *cli, uint32_t id, struct types *types)
{
	struct kernel_types got = {0};
	void *image = NULL;
	int fd = pbpf_sys_btf_fd_by_id(&cli->env, id);
	int err = fd < 0 ? fd : read_types(cli, fd, &got, &image);

	if (fd >= 0)
		pbpf_sys_close(&cli->env, fd);
	if (err < 0)
		err = env_fail(&cli->env, err, AT("btf", NULL, 0),
			       err == -EPERM ? "run it as root"
					     : "'plainbpf btf list' shows what there is",
			       "cannot read the kernel's BTF %u: %s", id, pbpf_error_name(err));
	else
		err = open_base(cli, got.info.kernel_btf && strcmp(got.name, "vmlinux") != 0,
				types);
	if (err >= 0)
		err = pbpf_btf_parse(&types->btf, image, got.info.btf_size, types->base, &cli->env);
	free(image);
	return err;
}

void close_types(struct types *types)
{
	pbpf_btf_free(types->btf);
	pbpf_btf_free(types->base);
}

void close_cached_types(struct types_cache *cache)
{
	close_types(&cache->types);
	*cache = (struct types_cache){0};
}

const struct pbpf_btf *cached_types(struct cli *cli, struct types_cache *cache, uint32_t id)
{
	if (cache->id == id)
		return cache->types.btf;
	close_cached_types(cache);
	cache->id = id;
	cli_hold(cli);
	if (open_types_by_id(cli, id, &cache->types) < 0) {
		close_types(&cache->types);
		cache->types = (struct types){NULL, NULL};
	}
	cli_tell(cli, false);
	return cache->types.btf;
}
