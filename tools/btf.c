/* SPDX-License-Identifier: MIT */
/*
 * plainbpf btf: the types of an object file, of raw BTF, or of the kernel; as records or as C.
 */
#include "tools/btf.h"

#include "tools/select.h"
#include "tools/text.h"
#include "tools/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int write_to_stdout(void *ctx, const char *text, size_t size)
{
	(void)ctx;
	return fwrite(text, 1, size, stdout) == size ? 0 : -EIO;
}

/* All of it as a header; what could not be written is told at the end, as of every command. */
static int print_c(struct cli *cli, const struct pbpf_btf *btf)
{
	const struct pbpf_writer out = {.write = write_to_stdout};
	int err = pbpf_btf_print_header(btf, &out);

	if (err >= 0 || err == -EIO)
		return err;
	return env_fail(&cli->env, err, AT("btf", NULL, 0),
			"'--format raw' shows the types as they are",
			"these types cannot be printed as C: %s", pbpf_error_name(err));
}

/* --- The command line ----------------------------------------------------------------------- */

static const char *const actions[] = {"dump", "list", NULL};
static const char *const after_name[] = {"format", NULL};
static const char *const formats[] = {"raw", "c", NULL};
static const char *const nothing[] = {NULL};

/* Whose types are meant: those of a file, of a program or map of the kernel, or of an id. */
struct source {
	const char *file;
	struct selection object;
	uint64_t id;
};

static int read_source(struct words *words, struct source *source)
{
	*source = (struct source){.file = words_take(words)};
	if (!words_peek(words)) /* a file may have any name */
		return 0;
	if (!strcmp(source->file, "file")) {
		source->file = words_take(words);
		return 0;
	}
	if (!strcmp(source->file, "id")) {
		source->file = NULL;
		return words_number(words, "an id", UINT32_MAX, &source->id);
	}
	if (strcmp(source->file, "prog") != 0 && strcmp(source->file, "map") != 0)
		return 0;
	source->object.kind = *source->file == 'm' ? PBPF_OBJECT_MAP : PBPF_OBJECT_PROG;
	source->file = NULL;
	return select_words(&source->object, words, source->object.kind);
}

/* The types that a program or map of the kernel was made with. */
static int open_types_of(struct cli *cli, const struct selection *object, struct types *types)
{
	struct found found;
	uint32_t id;
	int err = select_one(cli, object, 0, &found);

	if (err)
		return err;
	id = object->kind == PBPF_OBJECT_MAP ? found.info.map.btf_id : found.info.prog.btf_id;
	if (id)
		err = open_types_by_id(cli, id, types);
	else
		err = env_fail(&cli->env, -ENOENT, AT("btf", NULL, 0),
			       "an object that is compiled without -g brings none",
			       "%s %u has no BTF", kind_name(object->kind), found.id);
	select_close(cli, &found);
	return err;
}

static int open_source(struct cli *cli, const struct source *source, struct types *types)
{
	if (source->file)
		return open_types(cli, source->file, types);
	if (source->object.kind != PBPF_OBJECT_NONE)
		return open_types_of(cli, &source->object, types);
	return open_types_by_id(cli, (uint32_t)source->id, types);
}

/* dump [file] FILE [format FORMAT], dump id N, dump prog PROG, dump map MAP: bpftool's words are taken too. */
static int dump(struct words *words)
{
	struct cli *cli = words->cli;
	const char *format = cli->format ? cli->format : "raw";
	struct types types = {0};
	struct source source;
	int err = read_source(words, &source);

	if (!err)
		err = words_value(words, "format", &format);
	if (!err)
		err = words_end(words, after_name);
	if (!err && strcmp(format, "raw") != 0 && strcmp(format, "c") != 0)
		err = usage_error("btf", "format", format, formats);
	if (!err)
		err = open_source(cli, &source, &types);
	if (!err && !strcmp(format, "c"))
		err = print_c(cli, types.btf);
	else if (!err)
		print_raw(&types, cli->json);
	close_types(&types);
	return err;
}

static int run_btf(struct cli *cli)
{
	struct words words = words_of(cli);
	const char *action = words_take(&words);
	int code;

	if (!strcmp(action, "list") || !strcmp(action, "show")) {
		code = words_end(&words, nothing);
		return code ? code : list_types(cli);
	}
	if (strcmp(action, "dump") != 0)
		return usage_error("btf", "word", action, actions);
	if (words_peek(&words))
		return dump(&words);
	fprintf(stderr, "plainbpf: 'btf dump' needs a file, or 'id' and a number\n"
			"  hint: see 'plainbpf btf --help'\n");
	return CLI_USAGE;
}

const struct command btf_command = {
	.name = "btf",
	.run = run_btf,
	.summary = "the types (BTF) of an object, a raw BTF file or the kernel",
	.operands = "dump FILE|id N|prog PROG|map MAP, or list",
	.operands_min = 1,
	.operands_max = 6,
	.options = "fjBv",
	.details =
		"dump prints every type, one record with its members after the other, in the format of\n"
		"'bpftool btf dump file FILE format raw' (those words are understood too), or as C: a\n"
		"complete vmlinux.h that clang compiles. FILE is a BPF object or raw BTF such as\n"
		"/sys/kernel/btf/vmlinux; a module's BTF below /sys/kernel/btf stands on vmlinux by\n"
		"itself. 'dump id N' asks the kernel for it, as root; 'dump prog PROG' and 'dump map\n"
		"MAP' for that of a program or map, which are named as in 'plainbpf prog'.\n\n"
		"list (or show) prints what BTF the kernel has, and which programs and maps use it (as root).\n\n"
		"exit codes: 0 printed; 1 it cannot be read, or is malformed; 2 the command line was\n"
		"not understood.",
};
