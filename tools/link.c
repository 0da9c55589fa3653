/* SPDX-License-Identifier: MIT */
/*
 * plainbpf link: attachments that are objects of the kernel.
 */
#include "tools/link.h"

#include "tools/bpffs.h"

static int run_link_pin(struct cli *cli)
{
	return bpffs_pin_words(cli, PBPF_OBJECT_LINK);
}

const struct command link_pin_command = {
	.name = "link pin",
	.run = run_link_pin,
	.summary = "give it a name in a bpffs, which keeps it",
	.operands = "LINK PATH",
	.operands_min = 2,
	.operands_max = 3,
	.options = "mv",
	.details =
		"Pins the link: its program stays attached for as long as the path is there, and\n"
		"'rm PATH' lets go of it. LINK is id N, pinned PATH, or for short N or PATH.\n\n"
		"exit codes: 0 pinned; 1 there is no such link, or no bpffs there; 2 the command\n"
		"line was not understood.",
};

int link_detach(struct cli *cli, const struct found *found)
{
	const char *type = pbpf_link_type_name(found->info.link.type);
	int err = pbpf_sys_link_detach(&cli->env, found->fd);
	const char *hint = "it needs Linux 5.9";

	if (err >= 0)
		return 0;
	if (err == -EOPNOTSUPP)
		hint = "it ends when its pins are removed and the processes that hold it are gone: "
		       "'plainbpf link show --bpffs --pids' tells which";
	return env_fail(&cli->env, err, AT(cli->command->name, NULL, 0), hint,
			"the kernel does not detach link %u, %s: %s", found->id,
			type ? type : "of a new type", pbpf_error_name(err));
}

static int run_link_detach(struct cli *cli)
{
	struct words words = words_of(cli);
	struct found found;
	int code = select_open(&words, PBPF_OBJECT_LINK, 0, &found);

	if (code)
		return code;
	code = words_end(&words, NULL);
	if (!code)
		code = link_detach(cli, &found);
	select_close(cli, &found);
	return code;
}

const struct command link_detach_command = {
	.name = "link detach",
	.run = run_link_detach,
	.summary = "end the attachment, whoever holds the link",
	.operands = "LINK",
	.operands_min = 1,
	.operands_max = 2,
	.options = "v",
	.details =
		"Ends what the link ties together; the link itself stays with who holds it. Linux 5.9,\n"
		"for cgroups, network namespaces and interfaces, and struct_ops: others end when\n"
		"nothing holds them. LINK is id N, pinned PATH, or for short N or PATH.\n\n"
		"exit codes: 0 detached; 1 there is no such link, or it cannot be; 2 the command\n"
		"line was not understood.",
};

static const struct command *const link_commands[] = {
	&link_show_command, &link_update_command, &link_pin_command, &link_detach_command, NULL,
};

const struct command link_command = {
	.name = "link",
	.family = link_commands,
	.summary = "attachments in the kernel: list, update, pin, detach",
};
