/* SPDX-License-Identifier: MIT */
/*
 * plainbpf link update: another program in the place of the one that a link runs, without a moment in which none runs.
 */
#include "tools/link.h"

#include "tools/attach_program.h"

/* What is wanted in place of a link's program, and which program that has to be. */
struct exchange {
	struct found link;
	struct chosen replacement;
	struct found expected; /* fd is -1 when it may be any */
};

static int refuse_update(struct cli *cli, const struct exchange *exchange, int err)
{
	const struct pbpf_link_info *link = &exchange->link.info.link;
	const char *type = pbpf_link_type_name(link->type);
	const char *hint =
		"PROG has to be of the type that the link runs; links to tracepoints, probes and "
		"functions cannot be updated: attach PROG, then detach the link";

	if (err == -EPERM && exchange->expected.fd >= 0)
		hint = "it runs another program than --expect names: 'plainbpf link show' tells which";
	else if (err == -EPERM)
		hint = "it needs CAP_BPF, and CAP_NET_ADMIN for networking: run it as root";
	else if (err == -ENOLINK)
		hint = "it was detached, or its target is gone: attach PROG anew";
	return env_fail(&cli->env, err, AT(cli->command->name, NULL, 0), hint,
			"the kernel does not update link %u, %s, which runs program %u: %s",
			exchange->link.id, type ? type : "of a new type", link->prog_id,
			pbpf_error_name(err));
}

/* The program that --expect names. */
static int open_expected(struct cli *cli, struct found *expected, enum pbpf_object_kind kind)
{
	char *const words_of_option[] = {cli->expected, NULL};
	struct words words = {cli, words_of_option};

	return cli->expected ? select_open(&words, kind, 0, expected) : 0;
}

static int update(struct words *words, struct exchange *exchange)
{
	struct cli *cli = words->cli;
	enum pbpf_object_kind kind = exchange->link.info.link.type == PBPF_LINK_TYPE_STRUCT_OPS
					     ? PBPF_OBJECT_MAP
					     : PBPF_OBJECT_PROG;
	int code = choose_program(words, kind, &exchange->replacement);

	if (!code)
		code = words_end(words, NULL);
	if (!code)
		code = open_expected(cli, &exchange->expected, kind);
	if (code)
		return code;
	code = pbpf_sys_link_update(&cli->env, exchange->link.fd, exchange->replacement.fd,
				    cli->expected ? exchange->expected.fd : 0,
				    cli->expected ? PBPF_F_REPLACE : 0);
	return code < 0 ? refuse_update(cli, exchange, code) : 0;
}

static int run_link_update(struct cli *cli)
{
	struct words words = words_of(cli);
	struct exchange exchange = {.replacement = {.fd = -1, .found = {.fd = -1}},
				    .expected.fd = -1};
	int code = select_open(&words, PBPF_OBJECT_LINK, 0, &exchange.link);

	if (code)
		return code;
	code = update(&words, &exchange);
	select_close(cli, &exchange.expected);
	chosen_close(cli, &exchange.replacement);
	select_close(cli, &exchange.link);
	return code;
}

const struct command link_update_command = {
	.name = "link update",
	.run = run_link_update,
	.summary = "run another program there, from one moment to the next",
	.operands = "LINK PROG|OBJ [prog NAME]",
	.operands_min = 2,
	.operands_max = 5,
	.options = "Xbkv",
	.details =
		"Puts PROG in the place of the program that the link runs: no packet and no call meets\n"
		"neither. LINK is id N, pinned PATH, or for short N or PATH. PROG is id N, name NAME, tag\n"
		"TAG, pinned PATH, or for short N, NAME or PATH; or OBJ, an object file, of which that one\n"
		"program is loaded; for a link of struct_ops it is a map. With --expect it is done only if\n"
		"the link runs that program until then. Linux 5.7, for cgroups and network namespaces; 5.9\n"
		"for XDP, 6.4 struct_ops, 6.6 tcx, 6.7 netkit; others cannot be updated.\n\n"
		"exit codes: 0 updated; 1 there is no such link or program, or the kernel refuses;\n"
		"2 the command line was not understood.",
};
