/* SPDX-License-Identifier: MIT */
/*
 * plainbpf btf list: every BTF that the kernel has, its own and its modules' and those of programs and
 * maps, and who uses it.
 */
#include "tools/btf.h"

#include "tools/json.h"
#include "tools/text.h"

#include <stdlib.h>

/* A program or map, and its BTF. */
struct user {
	uint32_t id;
	uint32_t btf_id;
};

/* By ascending id, as the kernel gives them. */
struct users {
	struct user *array;
	size_t count;
};

/* --- Who uses which ------------------------------------------------------------------------- */

static int add_user(struct users *users, uint32_t id, uint32_t btf_id)
{
	struct user *grown = realloc(users->array, (users->count + 1) * sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	users->array = grown;
	grown[users->count++] = (struct user){id, btf_id};
	return 0;
}

/* The BTF of a program or map, 0 when it has none or is gone. */
static uint32_t btf_of_program(const struct pbpf_env *env, uint32_t id)
{
	struct pbpf_prog_info info = {0};
	uint32_t size = sizeof(info);
	int fd = pbpf_sys_prog_fd_by_id(env, id);

	if (fd < 0)
		return 0;
	if (pbpf_sys_obj_info(env, fd, &info, &size) < 0)
		info.btf_id = 0;
	pbpf_sys_close(env, fd);
	return info.btf_id;
}

static uint32_t btf_of_map(const struct pbpf_env *env, uint32_t id)
{
	struct pbpf_map_info info = {0};
	uint32_t size = sizeof(info);
	int fd = pbpf_sys_map_fd_by_id(env, id, PBPF_F_RDONLY);

	if (fd < 0)
		return 0;
	if (pbpf_sys_obj_info(env, fd, &info, &size) < 0)
		info.btf_id = 0;
	pbpf_sys_close(env, fd);
	return info.btf_id;
}

static int find_users(struct users *users, const struct pbpf_env *env,
		      int (*next_id)(const struct pbpf_env *env, uint32_t id, uint32_t *next),
		      uint32_t (*btf_of)(const struct pbpf_env *env, uint32_t id))
{
	uint32_t id = 0;
	int err = next_id(env, 0, &id);

	while (!err) {
		uint32_t btf_id = btf_of(env, id);

		if (btf_id)
			err = add_user(users, id, btf_id);
		if (!err)
			err = next_id(env, id, &id);
	}
	return err == -ENOENT ? 0 : err;
}

/* --- The list ------------------------------------------------------------------------------- */

struct list {
	struct users programs;
	struct users maps;
	struct table table;
	struct json json;
	bool as_json;
};

static void put_users(struct list *list, const struct users *users, uint32_t btf_id)
{
	const char *before = "";

	for (size_t i = 0; i < users->count; i++) {
		if (users->array[i].btf_id != btf_id)
			continue;
		fprintf(list->table.rows, "%s%u", before, users->array[i].id);
		before = ",";
	}
	if (!*before)
		fputc('-', list->table.rows);
}

static void put_row(struct list *list, const struct kernel_types *types)
{
	FILE *to = list->table.rows;

	fprintf(to, "%u\t", types->info.id);
	put_name(to, *types->name ? types->name : "-");
	fprintf(to, "\t%u\t", types->info.btf_size);
	put_users(list, &list->programs, types->info.id);
	fputc('\t', to);
	put_users(list, &list->maps, types->info.id);
	fputc('\n', to);
}

static void put_json_users(struct json *json, const char *key, const struct users *users,
			   uint32_t btf_id)
{
	json_open(json, key, '[');
	for (size_t i = 0; i < users->count; i++)
		if (users->array[i].btf_id == btf_id)
			json_number(json, NULL, users->array[i].id);
	json_close(json, ']');
}

static void put_json(struct list *list, const struct kernel_types *types)
{
	struct json *json = &list->json;

	json_open(json, NULL, '{');
	json_number(json, "id", types->info.id);
	json_number(json, "size", types->info.btf_size);
	put_json_users(json, "prog_ids", &list->programs, types->info.id);
	put_json_users(json, "map_ids", &list->maps, types->info.id);
	json_bool(json, "kernel", types->info.kernel_btf);
	json_string(json, "name", types->name);
	json_close(json, '}');
}

static int put_entries(const struct cli *cli, struct list *list)
{
	uint32_t id = 0;
	int err;

	while (!(err = pbpf_sys_btf_next_id(&cli->env, id, &id))) {
		struct kernel_types types = {0};
		int fd = pbpf_sys_btf_fd_by_id(&cli->env, id);

		if (fd < 0)
			continue;
		err = ask_types(cli, fd, &types);
		pbpf_sys_close(&cli->env, fd);
		if (err)
			continue;
		if (list->as_json)
			put_json(list, &types);
		else
			put_row(list, &types);
	}
	return err == -ENOENT ? 0 : err;
}

static int put_list(const struct cli *cli, struct list *list)
{
	int err;

	if (list->as_json) {
		json_open(&list->json, NULL, '[');
		err = put_entries(cli, list);
		json_close(&list->json, ']');
		putchar('\n');
		return err;
	}
	table_begin(&list->table);
	fprintf(list->table.rows, "ID\tNAME\tSIZE\tPROGRAMS\tMAPS\n");
	err = put_entries(cli, list);
	table_end(&list->table, stdout);
	return err;
}

int list_types(struct cli *cli)
{
	struct list list = {.json = json_to(stdout), .as_json = cli->json};
	int err = find_users(&list.programs, &cli->env, pbpf_sys_prog_next_id, btf_of_program);

	if (!err)
		err = find_users(&list.maps, &cli->env, pbpf_sys_map_next_id, btf_of_map);
	if (!err)
		err = put_list(cli, &list);
	if (err)
		env_fail(&cli->env, err, AT("btf", NULL, 0),
			 "listing what the kernel has needs CAP_SYS_ADMIN: run it as root",
			 "cannot list the kernel's BTF: %s", pbpf_error_name(err));
	free(list.programs.array);
	free(list.maps.array);
	return err ? CLI_FAILED : CLI_OK;
}
