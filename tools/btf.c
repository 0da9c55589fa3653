/* SPDX-License-Identifier: MIT */
/*
 * plainbpf btf: the types of an object file, of raw BTF, or of the kernel; as records or as C.
 */
#include "tools/btf.h"

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

static bool is_format(const char *word)
{
	return !strcmp(word, "raw") || !strcmp(word, "c");
}

/* The first of the words is taken, if it is `name`, which must then not be the last one. */
static bool skip_word(char *const **words, const char *name)
{
	bool found = (*words)[0] && (*words)[1] && !strcmp((*words)[0], name);

	*words += found;
	return found;
}

/* 0, an exit code, or after a message a negative errno. */
static int open_named(struct cli *cli, bool by_id, const char *word, struct types *types)
{
	uint64_t id;

	if (!by_id)
		return open_types(cli, word, types);
	if (parse_number(word, UINT32_MAX, &id))
		return open_types_by_id(cli, (uint32_t)id, types);
	fprintf(stderr, "plainbpf: '");
	put_name(stderr, word);
	fprintf(stderr, "' is no id\n  hint: 'plainbpf btf list' shows what there is\n");
	return CLI_USAGE;
}

/* dump [file] FILE [format FORMAT], dump id N: bpftool's words are taken too. */
static int dump(struct cli *cli, char *const *words)
{
	const char *format = cli->format ? cli->format : "raw";
	bool by_id = !skip_word(&words, "file") && skip_word(&words, "id");
	const char *name = *words++;
	struct types types = {0};
	int err;

	if (skip_word(&words, "format"))
		format = *words++;
	if (*words)
		return usage_error("btf", "word", *words, after_name);
	if (!is_format(format))
		return usage_error("btf", "format", format, formats);
	err = open_named(cli, by_id, name, &types);
	if (!err && !strcmp(format, "c"))
		err = print_c(cli, types.btf);
	else if (!err)
		print_raw(&types, cli->json);
	close_types(&types);
	return err;
}

static int run_btf(struct cli *cli)
{
	char *const *words = cli->operands;
	bool list = !strcmp(*words, "list") || !strcmp(*words, "show");

	if (skip_word(&words, "dump"))
		return dump(cli, words);
	if (list && !words[1])
		return list_types(cli);
	if (list)
		return usage_error("btf", "word", words[1], nothing);
	if (strcmp(*words, "dump") != 0)
		return usage_error("btf", "word", *words, actions);
	fprintf(stderr, "plainbpf: 'btf dump' needs a file, or 'id' and a number\n"
			"  hint: see 'plainbpf btf --help'\n");
	return CLI_USAGE;
}

const struct command btf_command = {
	.name = "btf",
	.run = run_btf,
	.summary = "the types (BTF) of an object, a raw BTF file or the kernel",
	.operands = "dump FILE|id N, or list",
	.operands_min = 1,
	.operands_max = 5,
	.options = "fjBv",
	.details =
		"dump prints every type, one record with its members after the other, in the format of\n"
		"'bpftool btf dump file FILE format raw' (those words are understood too), or as C: a\n"
		"complete vmlinux.h that clang compiles. FILE is a BPF object or raw BTF such as\n"
		"/sys/kernel/btf/vmlinux; a module's BTF below /sys/kernel/btf stands on vmlinux by\n"
		"itself. 'dump id N' asks the kernel for it, as root.\n\n"
		"list (or show) prints what BTF the kernel has, and which programs and maps use it (as root).\n\n"
		"exit codes: 0 printed; 1 it cannot be read, or is malformed; 2 the command line was\n"
		"not understood.",
};
