/* SPDX-License-Identifier: MIT */
/*
 * From the words that name an object to its fd.
 */
#include "tools/select.h"

#include "tools/text.h"

#include <stdlib.h>
#include <string.h>

static const char *const kind_names[] = {
	[PBPF_OBJECT_NONE] = "file", [PBPF_OBJECT_PROG] = "program", [PBPF_OBJECT_MAP] = "map",
	[PBPF_OBJECT_LINK] = "link", [PBPF_OBJECT_BTF] = "BTF",
};

static const char *const kind_families[] = {
	[PBPF_OBJECT_NONE] = "",     [PBPF_OBJECT_PROG] = "prog", [PBPF_OBJECT_MAP] = "map",
	[PBPF_OBJECT_LINK] = "link", [PBPF_OBJECT_BTF] = "btf",
};

const char *kind_name(enum pbpf_object_kind kind)
{
	return kind_names[kind];
}

const char *kind_family(enum pbpf_object_kind kind)
{
	return kind_families[kind];
}

int cannot_list(struct cli *cli, enum pbpf_object_kind kind, int err)
{
	const char *hint = "it needs Linux 4.13; links 5.8";

	if (err == -EPERM || err == -EACCES)
		hint = "ids need CAP_SYS_ADMIN: run it as root, or name a pinned path";
	return env_fail(&cli->env, err, AT(cli->command->name, NULL, 0), hint,
			"the kernel does not tell of its %ss: %s", kind_name(kind),
			pbpf_error_name(err));
}

/* --- What is meant -------------------------------------------------------------------------- */

static int not_understood(struct words *words, const char *what, const char *word)
{
	fprintf(stderr, "plainbpf: '");
	put_name(stderr, word);
	fprintf(stderr, "' is no %s\n  hint: 'plainbpf %s --help' tells how to name one\n", what,
		words->cli->command->name);
	return CLI_USAGE;
}

static bool parse_tag(const char *text, uint8_t tag[8])
{
	if (strlen(text) != 16 || strspn(text, "0123456789abcdefABCDEF") != 16)
		return false;
	for (size_t i = 0; i < 8; i++) {
		char byte[3] = {text[2 * i], text[2 * i + 1], '\0'};

		tag[i] = (uint8_t)strtoul(byte, NULL, 16);
	}
	return true;
}

static int select_id(struct selection *selection, struct words *words)
{
	uint64_t id;

	if (!parse_number(selection->word, UINT32_MAX, &id))
		return not_understood(words, "id", selection->word);
	selection->by = SELECT_ID;
	selection->id = (uint32_t)id;
	return CLI_OK;
}

/* A word without a word before it that says what it is. */
static int select_bare(struct selection *selection, struct words *words)
{
	bool named = selection->kind == PBPF_OBJECT_PROG || selection->kind == PBPF_OBJECT_MAP;
	uint64_t id;

	selection->word = words_take(words);
	if (parse_number(selection->word, UINT32_MAX, &id))
		return select_id(selection, words);
	if (!strchr(selection->word, '/') && !named)
		return not_understood(words, "id or path", selection->word);
	selection->by = strchr(selection->word, '/') ? SELECT_PINNED : SELECT_NAME;
	return CLI_OK;
}

int select_words(struct selection *selection, struct words *words, enum pbpf_object_kind kind)
{
	int code = CLI_OK;

	*selection = (struct selection){.kind = kind};
	if (!words_peek(words))
		return CLI_OK;
	if (words_skip(words, "id")) {
		code = words_need(words, "an id", &selection->word);
		return code ? code : select_id(selection, words);
	}
	if (words_skip(words, "pinned")) {
		selection->by = SELECT_PINNED;
		return words_need(words, "a path", &selection->word);
	}
	if (kind <= PBPF_OBJECT_MAP && words_skip(words, "name")) {
		selection->by = SELECT_NAME;
		return words_need(words, "a name", &selection->word);
	}
	if (kind == PBPF_OBJECT_PROG && words_skip(words, "tag")) {
		selection->by = SELECT_TAG;
		code = words_need(words, "a tag", &selection->word);
		if (!code && !parse_tag(selection->word, selection->tag))
			code = not_understood(words, "tag (16 hexadecimal digits)",
					      selection->word);
		return code;
	}
	return select_bare(selection, words);
}

/* --- The object ----------------------------------------------------------------------------- */

static int read_info(struct cli *cli, enum pbpf_object_kind kind, struct found *found)
{
	uint32_t size = sizeof(found->info);
	int err;

	memset(&found->info, 0, sizeof(found->info));
	switch (kind) {
	case PBPF_OBJECT_PROG: size = sizeof(found->info.prog); break;
	case PBPF_OBJECT_MAP: size = sizeof(found->info.map); break;
	case PBPF_OBJECT_LINK: size = sizeof(found->info.link); break;
	default: size = sizeof(found->info.btf); break;
	}
	err = pbpf_sys_obj_info(&cli->env, found->fd, &found->info, &size);
	switch (kind) {
	case PBPF_OBJECT_PROG: found->id = found->info.prog.id; break;
	case PBPF_OBJECT_MAP: found->id = found->info.map.id; break;
	case PBPF_OBJECT_LINK: found->id = found->info.link.id; break;
	default: found->id = found->info.btf.id; break;
	}
	return err;
}

static int open_pinned(struct cli *cli, const struct selection *selection, uint32_t flags)
{
	const char *path = selection->word, *hint = "see 'ls -l' of the folder";
	struct pbpf_fd_info is;
	int fd = pbpf_sys_obj_get(&cli->env, -1, path, flags);

	if (fd == -ENOENT)
		hint = "check the path; is the bpffs mounted?";
	else if (fd == -EACCES)
		hint = "run it as root, or as who owns the pin; on a path that is no pin, give another";
	if (fd < 0)
		return env_fail(&cli->env, fd, AT(cli->command->name, NULL, 0), hint,
				"cannot open the pin '%s': %s", path, pbpf_error_name(fd));
	if (pbpf_sys_fd_info(&cli->env, 0, fd, &is) < 0 || is.kind == PBPF_OBJECT_NONE ||
	    is.kind == selection->kind)
		return fd;
	pbpf_sys_close(&cli->env, fd);
	return env_fail(&cli->env, -EINVAL, AT(cli->command->name, NULL, 0),
			"give the pin of another, or ask with the commands for what it is",
			"'%s' is a %s, not a %s", path, kind_name(is.kind),
			kind_name(selection->kind));
}

static int no_such(struct cli *cli, const struct selection *selection, int err)
{
	static const char *const by[] = {
		[SELECT_ID] = "the id",
		[SELECT_NAME] = "the name",
		[SELECT_TAG] = "the tag",
	};
	char hint[80];

	if (err != -ENOENT)
		return cannot_list(cli, selection->kind, err);
	snprintf(hint, sizeof(hint), "'plainbpf %s list' shows what there is",
		 kind_family(selection->kind));
	return env_fail(&cli->env, err, AT(cli->command->name, NULL, 0), hint,
			"there is no %s with %s '%s'", kind_name(selection->kind),
			by[selection->by], selection->word);
}

/* The name as the kernel keeps it: the first 15 bytes. */
static bool has_name(const char *name, const char *word)
{
	return !strncmp(name, word, PBPF_OBJ_NAME_LEN - 1);
}

static bool is_meant(const struct selection *selection, const struct found *found)
{
	switch (selection->by) {
	case SELECT_ALL: return true;
	case SELECT_TAG: return !memcmp(found->info.prog.tag, selection->tag, 8);
	case SELECT_NAME:
		return has_name(selection->kind == PBPF_OBJECT_PROG ? found->info.prog.name
								    : found->info.map.name,
				selection->word);
	default: return false;
	}
}

/* Reopens a map with the rights that are wanted; the walk had it for reading. */
static int with_rights(struct cli *cli, const struct selection *selection, uint32_t flags,
		       struct found *found)
{
	int fd;

	if (selection->kind != PBPF_OBJECT_MAP || selection->by == SELECT_ALL ||
	    flags == PBPF_F_RDONLY)
		return 0;
	fd = pbpf_sys_object_by_id(&cli->env, selection->kind, found->id, flags);
	if (fd < 0)
		return fd;
	pbpf_sys_close(&cli->env, found->fd);
	found->fd = fd;
	return 0;
}

/* What a walk hands out, until the next step. */
struct walk {
	uint32_t id, count;
	struct found found;
};

/* The next one that is meant: 1, 0 at the end, or -errno with a message. */
static int next_meant(struct cli *cli, const struct selection *selection, uint32_t flags,
		      struct walk *walk)
{
	struct found *found = &walk->found;

	for (;;) {
		found->fd = pbpf_sys_next_object(&cli->env, selection->kind, &walk->id);
		if (found->fd == -ENOENT)
			return 0;
		if (found->fd < 0)
			return cannot_list(cli, selection->kind, found->fd);
		if (read_info(cli, selection->kind, found) >= 0 && is_meant(selection, found) &&
		    with_rights(cli, selection, flags, found) >= 0) {
			walk->count++;
			return 1;
		}
		select_close(cli, found);
	}
}

void select_close(struct cli *cli, struct found *found)
{
	pbpf_sys_close(&cli->env, found->fd);
	found->fd = -1;
}

/* By id or pin: that one, or a message. */
static int open_exactly(struct cli *cli, const struct selection *selection, uint32_t flags,
			struct found *found)
{
	int err;

	if (selection->by == SELECT_PINNED)
		found->fd = open_pinned(cli, selection, flags);
	else
		found->fd = pbpf_sys_object_by_id(&cli->env, selection->kind, selection->id, flags);
	if (found->fd < 0)
		return selection->by == SELECT_PINNED ? found->fd
						      : no_such(cli, selection, found->fd);
	err = read_info(cli, selection->kind, found);
	if (err >= 0)
		return 0;
	select_close(cli, found);
	return cannot_list(cli, selection->kind, err);
}

bool select_exactly(const struct selection *selection)
{
	return selection->by == SELECT_ID || selection->by == SELECT_PINNED;
}

int select_each(struct cli *cli, const struct selection *selection, uint32_t flags,
		int (*fn)(void *ctx, struct found *found), void *ctx)
{
	struct walk walk = {.found.fd = -1};
	int err;

	if (select_exactly(selection)) {
		err = open_exactly(cli, selection, flags, &walk.found);
		if (err < 0)
			return err;
		err = fn(ctx, &walk.found);
		select_close(cli, &walk.found);
		return err;
	}
	while ((err = next_meant(cli, selection, flags, &walk)) > 0) {
		err = fn(ctx, &walk.found);
		select_close(cli, &walk.found);
		if (err)
			return err;
	}
	if (!err && !walk.count && selection->by != SELECT_ALL)
		return no_such(cli, selection, -ENOENT);
	return err;
}

/* --- Exactly one ---------------------------------------------------------------------------- */

struct choice {
	struct cli *cli;
	struct found *found; /* the first one */
	uint32_t count;
	char ids[64];
};

static int choose(void *ctx, struct found *found)
{
	struct choice *choice = ctx;
	size_t used = strlen(choice->ids);

	snprintf(choice->ids + used, sizeof(choice->ids) - used, "%s%u", used ? ", " : "",
		 found->id);
	if (choice->count++)
		return 0;
	*choice->found = *found;
	found->fd = -1; /* kept */
	return 0;
}

int select_one(struct cli *cli, const struct selection *selection, uint32_t flags,
	       struct found *found)
{
	struct choice choice = {.cli = cli, .found = found};
	int err;

	if (select_exactly(selection))
		return open_exactly(cli, selection, flags, found);
	found->fd = -1;
	err = select_each(cli, selection, flags, choose, &choice);
	if (err >= 0 && choice.count == 1)
		return 0;
	select_close(cli, found);
	if (err < 0)
		return err;
	return env_fail(&cli->env, -EINVAL, AT(cli->command->name, NULL, 0), "name one by its id",
			"'%s' is %u %ss: ids %s", selection->word, choice.count,
			kind_name(selection->kind), choice.ids);
}

int select_open(struct words *words, enum pbpf_object_kind kind, uint32_t flags,
		struct found *found)
{
	const char *word;
	struct selection selection;
	char what[32];
	int code;

	snprintf(what, sizeof(what), "a %s", kind_name(kind));
	if (!words_peek(words))
		return words_need(words, what, &word);
	code = select_words(&selection, words, kind);
	return code ? code : select_one(words->cli, &selection, flags, found);
}
