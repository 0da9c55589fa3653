/* SPDX-License-Identifier: MIT */
/*
 * plainbpf cgroup: what is attached to cgroups, by a link or without.
 */
#include "link/pbpf_link_query.h"
#include "tools/cgroups.h"
#include "tools/json.h"
#include "tools/program_name.h"
#include "tools/text.h"
#include "tools/words.h"

#include "sys/pbpf_objects.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CGROUP_DEPTH_MAX 128

/* How programs of other cgroups get along with those here. */
static const char *attach_flags_name(uint32_t flags)
{
	if (flags & PBPF_F_ALLOW_MULTI)
		return "multi";
	return flags & PBPF_F_ALLOW_OVERRIDE ? "override" : "";
}

/* --- One cgroup ------------------------------------------------------------------------------- */

struct cgroup_show {
	struct cli *cli;
	struct table table;
	struct json json;
	struct types_cache cache;
	bool with_path; /* a column, or in JSON an object around the list */
	const char *path;
	uint32_t in_cgroup; /* how many programs were told of this one */
};

static bool is_of_cgroups(uint32_t type)
{
	return type == PBPF_LSM_CGROUP || !strncmp(pbpf_attach_type_name(type), "cgroup_", 7);
}

static void put_attached(struct cgroup_show *show, uint32_t type, const char *flags, uint32_t id)
{
	FILE *to = show->table.rows;
	char name[PROGRAM_NAME_MAX];

	program_name(show->cli, &show->cache, id, name);
	if (show->with_path) {
		put_name(to, show->path);
		fputc('\t', to);
	}
	fprintf(to, "%u\t%s\t%s\t", id, pbpf_attach_type_name(type), *flags ? flags : "-");
	put_name(to, *name ? name : "-");
	fputc('\n', to);
}

static void put_attached_json(struct cgroup_show *show, uint32_t type, const char *flags,
			      uint32_t id)
{
	struct json *json = &show->json;
	char name[PROGRAM_NAME_MAX];

	program_name(show->cli, &show->cache, id, name);
	if (show->with_path && !show->in_cgroup) {
		json_open(json, NULL, '{');
		json_string(json, "cgroup", show->path);
		json_open(json, "programs", '[');
	}
	json_open(json, NULL, '{');
	json_number(json, "id", id);
	json_string(json, "attach_type", pbpf_attach_type_name(type));
	if (!show->cli->effective)
		json_string(json, "attach_flags", flags);
	json_string(json, "name", name);
	json_close(json, '}');
}

/* An attach type that this kernel does not know has nothing to tell. */
static int show_type(struct cgroup_show *show, int fd, uint32_t type)
{
	struct pbpf_attached_list list;
	uint32_t flags = show->cli->effective ? PBPF_F_QUERY_EFFECTIVE : 0;
	int err = pbpf_attached_query(&list, fd, type, flags, &show->cli->env);

	if (err < 0)
		return err == -EPERM || err == -ENOMEM ? err : 0;
	for (uint32_t i = 0; i < list.count; i++) {
		uint32_t id = list.programs[i].prog_id;
		const char *how =
			attach_flags_name(list.attach_flags | list.programs[i].prog_flags);

		(show->cli->json ? put_attached_json : put_attached)(show, type, how, id);
		show->in_cgroup++;
	}
	pbpf_attached_free(&list, &show->cli->env);
	return 0;
}

static int show_cgroup(struct cgroup_show *show, int fd, const char *path)
{
	int err = 0;

	show->path = path;
	show->in_cgroup = 0;
	for (uint32_t type = 0; pbpf_attach_type_name(type) && err >= 0; type++)
		if (is_of_cgroups(type))
			err = show_type(show, fd, type);
	if (show->with_path && show->in_cgroup && show->cli->json) {
		json_close(&show->json, ']');
		json_close(&show->json, '}');
	}
	if (err >= 0)
		return 0;
	return env_fail(&show->cli->env, err, AT(show->cli->command->name, NULL, 0),
			"it needs CAP_NET_ADMIN: run it as root",
			"the kernel does not tell what is attached to '%s': %s", path,
			pbpf_error_name(err));
}

/* --- A tree of them ----------------------------------------------------------------------------- */

static int show_tree(struct cgroup_show *show, const char *path, int depth);

static int show_child(struct cgroup_show *show, const char *path, const char *name, int depth)
{
	struct stat is = {.st_mode = 0};
	char *child;
	int err = 0;

	if (!strcmp(name, ".") || !strcmp(name, ".."))
		return 0;
	if (asprintf(&child, "%s/%s", path, name) < 0)
		return env_no_memory(&show->cli->env, show->cli->command->name, "a path");
	lstat(child, &is);
	if (S_ISDIR(is.st_mode))
		err = show_tree(show, child, depth);
	free(child);
	return err;
}

/* A cgroup that goes away meanwhile is left out; the first one is open already. */
static int show_tree(struct cgroup_show *show, const char *path, int depth)
{
	DIR *dir = depth ? opendir(path) : NULL;
	struct dirent *entry;
	int err;

	if (!dir)
		return 0;
	err = show_cgroup(show, dirfd(dir), path);
	while (err >= 0 && (entry = readdir(dir)))
		if (entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN)
			err = show_child(show, path, entry->d_name, depth - 1);
	closedir(dir);
	return err;
}

/* --- The commands ----------------------------------------------------------------------------- */

static int show_one_or_tree(struct cgroup_show *show, const char *path)
{
	int err, fd = cgroup_open(show->cli, path);

	if (fd < 0)
		return fd;
	if (show->cli->json)
		json_open(&show->json, NULL, '[');
	table_begin(&show->table);
	fprintf(show->table.rows, "%sID\tATTACH TYPE\tFLAGS\tNAME\n",
		show->with_path ? "CGROUP\t" : "");
	err = show->with_path ? show_tree(show, path, CGROUP_DEPTH_MAX)
			      : show_cgroup(show, fd, path);
	table_end(&show->table, stdout);
	if (show->cli->json) {
		json_close(&show->json, ']');
		printf("\n");
	}
	close_cached_types(&show->cache);
	close(fd);
	return err;
}

static int run_cgroup(struct cli *cli, bool tree)
{
	struct cgroup_show show = {.cli = cli, .json = json_to(stdout), .with_path = tree};
	struct words words = words_of(cli);
	const char *path = words_take(&words);
	char mount[4096];
	int code;

	cli->effective |= words_skip(&words, "effective");
	code = words_end(&words, NULL);
	if (code)
		return code;
	if (!path && !cgroup_mount(mount, sizeof(mount)))
		return env_fail(&cli->env, -ENOENT, AT(cli->command->name, NULL, 0),
				"mount -t cgroup2 cgroup2 FOLDER", "no cgroup2 is mounted");
	return show_one_or_tree(&show, path ? path : mount);
}

static int run_cgroup_tree(struct cli *cli)
{
	return run_cgroup(cli, true);
}

static int run_cgroup_show(struct cli *cli)
{
	return run_cgroup(cli, false);
}

static const struct command cgroup_tree_command = {
	.name = "cgroup tree",
	.run = run_cgroup_tree,
	.summary = "what is attached to a cgroup and all below it",
	.operands = "[FOLDER] [effective]",
	.operands_max = 2,
	.options = "Ejv",
	.details =
		"Prints the programs of every cgroup below FOLDER, or of all: id, attach type, flags\n"
		"(multi: with those above and below; override: in place of those above), name. With\n"
		"--effective also what comes from above.\n\n"
		"exit codes: 0 printed; 1 there is no such cgroup, or the kernel does not tell;\n"
		"2 the command line was not understood.",
};

static const struct command cgroup_show_command = {
	.name = "cgroup show",
	.alias = "cgroup list",
	.run = run_cgroup_show,
	.summary = "what is attached to one cgroup",
	.operands = "FOLDER [effective]",
	.operands_min = 1,
	.operands_max = 2,
	.options = "Ejv",
	.details =
		"Prints the programs of a cgroup: id, attach type, flags (multi: with those above and\n"
		"below; override: in place of those above), name. With --effective those that run for\n"
		"its processes, also from the cgroups above.\n\n"
		"exit codes: 0 printed; 1 there is no such cgroup, or the kernel does not tell;\n"
		"2 the command line was not understood.",
};

static const struct command *const cgroup_commands[] = {
	&cgroup_tree_command,
	&cgroup_show_command,
	NULL,
};

const struct command cgroup_command = {
	.name = "cgroup",
	.family = cgroup_commands,
	.summary = "what is attached to cgroups",
};
