/* SPDX-License-Identifier: MIT */
/*
 * From the words that name a program to its fd.
 */
#include "tools/attach_program.h"

#include "tools/bpffs.h"

#include <string.h>
#include <sys/stat.h>

/* A file that is no pin; or one that is not there, and would be an object by its name. */
static bool is_object_file(const char *path)
{
	size_t size = strlen(path);
	struct stat is;

	if (stat(path, &is) < 0)
		return errno == ENOENT && size > 2 && !strcmp(path + size - 2, ".o");
	return S_ISREG(is.st_mode) && !in_bpffs(path);
}

/* The one of that name, or the only one. */
static int find_program(struct cli *cli, struct chosen *chosen, const char *name)
{
	struct pbpf_program *prog = NULL, *found = NULL;
	size_t count = 0;

	while ((prog = pbpf_object_next_program(chosen->obj, prog))) {
		bool meant = !name || !strcmp(pbpf_program_name(prog), name);

		pbpf_program_set_autoload(prog, meant);
		found = meant ? prog : found;
		count += meant;
	}
	chosen->prog = found;
	if (count == 1)
		return 0;
	if (name)
		return env_fail(&cli->env, -ENOENT, AT(cli->command->name, NULL, 0),
				"'plainbpf load --dry-run OBJ' lists them",
				"the object has no program '%s'", name);
	return env_fail(&cli->env, -EINVAL, AT(cli->command->name, NULL, 0),
			"'plainbpf load --dry-run OBJ' lists them: name one, OBJ prog NAME",
			"the object has %zu programs", count);
}

static int load_program(struct cli *cli, struct chosen *chosen, const char *path, const char *name)
{
	int err = cli_open_object(cli, path, &chosen->obj);

	if (err >= 0)
		err = find_program(cli, chosen, name);
	if (err >= 0)
		err = pbpf_object_load(chosen->obj);
	if (err < 0) {
		if (chosen->obj)
			cli_show_logs(cli, chosen->obj);
		return err;
	}
	chosen->fd = pbpf_program_fd(chosen->prog);
	return 0;
}

int choose_program(struct words *words, enum pbpf_object_kind kind, struct chosen *chosen)
{
	const char *path = words_peek(words), *name = NULL;
	int code;

	*chosen = (struct chosen){.fd = -1, .found = {.fd = -1}};
	if (path && is_object_file(path)) {
		words_take(words);
		code = words_value(words, "prog", &name);
		return code ? code : load_program(words->cli, chosen, path, name);
	}
	code = select_open(words, kind, 0, &chosen->found);
	if (!code)
		chosen->fd = chosen->found.fd;
	return code;
}

void chosen_close(struct cli *cli, struct chosen *chosen)
{
	select_close(cli, &chosen->found);
	pbpf_object_close(chosen->obj);
}
