/* SPDX-License-Identifier: MIT */
/*
 * plainbpf pin, unpin: a whole object in a folder of a bpffs, under the names of its maps and programs; links as
 * NAME_link.
 *
 *	/sys/fs/bpf/app/counts          a map
 *	/sys/fs/bpf/app/on_exec         a program
 *	/sys/fs/bpf/app/on_exec_link    with --attach: what runs it
 */
#include "loader/pbpf_pin.h"
#include "loader/pbpf_struct_ops.h"

#include "sys/pbpf_objects.h"
#include "tools/bpffs.h"
#include "tools/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PIN_NAME_MAX 256

static void link_name(char name[PIN_NAME_MAX], const char *of)
{
	snprintf(name, PIN_NAME_MAX, "%s_link", of);
}

/* --- pin -------------------------------------------------------------------------------------- */

/* What is attached: a program, or a map of struct_ops. */
struct attached {
	const char *name;
	struct pbpf_link *link;
};

/* Those of the object, the caller's to free; NULL: no memory. */
static struct attached *find_attached(const struct pbpf_object *obj, size_t *count)
{
	struct pbpf_program *prog = NULL;
	struct pbpf_map *map = NULL;
	struct attached *all;
	size_t room = 1;

	while ((prog = pbpf_object_next_program(obj, prog)))
		room++;
	while ((map = pbpf_object_next_map(obj, map)))
		room++;
	all = calloc(room, sizeof(*all));
	*count = 0;
	while (all && (prog = pbpf_object_next_program(obj, prog)))
		if (pbpf_program_link(prog))
			all[(*count)++] =
				(struct attached){pbpf_program_name(prog), pbpf_program_link(prog)};
	while (all && (map = pbpf_object_next_map(obj, map)))
		if (pbpf_struct_ops_link(map))
			all[(*count)++] =
				(struct attached){pbpf_map_name(map), pbpf_struct_ops_link(map)};
	return all;
}

/* All links of the object, or none. */
static int pin_links(struct cli *cli, const struct pbpf_object *obj, const char *folder)
{
	size_t count, i;
	struct attached *all = find_attached(obj, &count);
	char name[PIN_NAME_MAX];
	int err = 0;

	if (!all)
		return env_no_memory(&cli->env, "pin", "the links");
	for (i = 0; i < count && err >= 0; i++) {
		link_name(name, all[i].name);
		err = pbpf_pin(&cli->env, pbpf_link_fd(all[i].link), folder, name);
	}
	/* The last one is the one that failed. */
	for (i = err < 0 ? i - 1 : 0; i-- > 0;) {
		link_name(name, all[i].name);
		pbpf_unpin(&cli->env, folder, name);
	}
	free(all);
	return err < 0 ? err : 0;
}

/* Some section names say what a program is, and not where it goes: "xdp". Those of struct_ops go with a map. */
static void tell_unattached(const struct cli *cli, const struct pbpf_object *obj)
{
	struct pbpf_program *prog = NULL;

	while ((prog = pbpf_object_next_program(obj, prog)))
		if (pbpf_program_fd(prog) >= 0 && !pbpf_program_link(prog) &&
		    pbpf_program_attr(prog)->type != PBPF_PROG_TYPE_STRUCT_OPS)
			env_warn(&cli->env, AT("pin", NULL, 0),
				 "'plainbpf attach' attaches its pin to where you say",
				 "'%s' is not attached: its section name, '%s', does not say where",
				 pbpf_program_name(prog), pbpf_program_section(prog));
}

static int attach_and_pin(struct cli *cli, struct pbpf_object *obj, const char *folder)
{
	int err = pbpf_object_attach(obj);

	if (err >= 0)
		err = pin_links(cli, obj, folder);
	if (err >= 0)
		tell_unattached(cli, obj);
	return err;
}

static int pin_object(struct cli *cli, struct pbpf_object *obj, const char *folder)
{
	bool there = access(folder, F_OK) == 0;
	int err = pbpf_object_load(obj);

	if (err < 0) {
		cli_show_logs(cli, obj);
		return err;
	}
	if (!cli->dry_run)
		err = bpffs_ready(cli, folder, true);
	if (err >= 0)
		err = pbpf_object_pin(obj, folder);
	if (err >= 0 && cli->attach) {
		err = attach_and_pin(cli, obj, folder);
		if (err < 0)
			pbpf_object_unpin(obj, folder);
	}
	if (err < 0 && !there && !cli->dry_run)
		rmdir(folder); /* only if it is empty; one that a bpffs was mounted on stays */
	return err;
}

static int run_pin(struct cli *cli)
{
	struct pbpf_object *obj;
	int err = cli_open_object(cli, cli->operands[0], &obj);

	if (err < 0)
		return err;
	err = pin_object(cli, obj, cli->operands[1]);
	pbpf_object_close(obj);
	return err;
}

const struct command pin_command = {
	.name = "pin",
	.run = run_pin,
	.summary = "load an object, and pin its maps and programs",
	.operands = "OBJ FOLDER",
	.operands_min = 2,
	.operands_max = 2,
	.options = "ambknv",
	.details =
		"Loads the object and pins each of its maps and programs in FOLDER, which must be in a\n"
		"bpffs and is made if it is not there ('.' of a name is written '_'). With --attach,\n"
		"programs are attached by their section names, and their links pinned as NAME_link. All\n"
		"or nothing. 'plainbpf unpin OBJ FOLDER' takes it back.\n\n"
		"exit codes: 0 pinned; 1 not loaded, not attached, or there is no bpffs; 2 the command\n"
		"line was not understood.",
};

/* --- unpin ------------------------------------------------------------------------------------ */

/* Removes the pin if it is there and of that kind: 1, or 0, or an error after a message. */
static int unpin_one(struct cli *cli, const char *folder, const char *name,
		     enum pbpf_object_kind kind)
{
	struct pbpf_fd_info is = {.kind = PBPF_OBJECT_NONE};
	int fd, err;

	cli_hold(cli);
	fd = pbpf_pin_open(&cli->env, folder, name, 0);
	cli_tell(cli, fd < 0 && fd != -ENOENT);
	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	pbpf_sys_fd_info(&cli->env, 0, fd, &is);
	pbpf_sys_close(&cli->env, fd);
	if (is.kind != kind && !cli->dry_run)
		return env_fail(&cli->env, -EINVAL, AT("unpin", NULL, 0),
				"remove it by hand if it is to go",
				"'%s/%s' is not the object's: it is of another kind", folder, name);
	err = pbpf_unpin(&cli->env, folder, name);
	return err < 0 ? err : 1;
}

static int add_up(int *count, int result)
{
	*count += result > 0 ? result : 0;
	return result < 0 ? result : 0;
}

static int unpin_object(struct cli *cli, struct pbpf_object *obj, const char *folder, int *count)
{
	struct pbpf_program *prog = NULL;
	struct pbpf_map *map = NULL;
	char name[PIN_NAME_MAX];
	int err = 0;

	while (!err && (prog = pbpf_object_next_program(obj, prog))) {
		link_name(name, pbpf_program_name(prog));
		err = add_up(count, unpin_one(cli, folder, name, PBPF_OBJECT_LINK));
		if (!err)
			err = add_up(count, unpin_one(cli, folder, pbpf_program_name(prog),
						      PBPF_OBJECT_PROG));
	}
	while (!err && (map = pbpf_object_next_map(obj, map))) {
		link_name(name, pbpf_map_name(map));
		err = add_up(count, unpin_one(cli, folder, name, PBPF_OBJECT_LINK));
		if (!err)
			err = add_up(count,
				     unpin_one(cli, folder, pbpf_map_name(map), PBPF_OBJECT_MAP));
	}
	return err;
}

static int run_unpin(struct cli *cli)
{
	const char *folder = cli->operands[1];
	struct pbpf_object *obj;
	int count = 0, err = cli_open_object(cli, cli->operands[0], &obj);

	if (err < 0)
		return err;
	err = unpin_object(cli, obj, folder, &count);
	pbpf_object_close(obj);
	if (err < 0)
		return err;
	if (!count)
		return env_fail(&cli->env, -ENOENT, AT("unpin", NULL, 0), "check the folder",
				"nothing of the object is pinned in '%s'", folder);
	printf("%d pin%s removed\n", count, count == 1 ? "" : "s");
	return 0;
}

const struct command unpin_command = {
	.name = "unpin",
	.run = run_unpin,
	.summary = "remove an object's pins",
	.operands = "OBJ FOLDER",
	.operands_min = 2,
	.operands_max = 2,
	.options = "nv",
	.details =
		"Removes the pins in FOLDER that have the names of the object's maps and programs, and\n"
		"of their links. What nothing else holds is then gone.\n\n"
		"exit codes: 0 removed; 1 there was none, or it cannot be removed; 2 the command\n"
		"line was not understood.",
};
