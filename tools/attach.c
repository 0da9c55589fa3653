/* SPDX-License-Identifier: MIT */
/*
 * plainbpf attach: puts a program to work, one that is in the kernel or one of an object.
 */
#include "link/pbpf_link_trace.h"
#include "tools/attach_kinds.h"

#include "tools/attach_program.h"
#include "tools/bpffs.h"
#include "tools/json.h"
#include "tools/select.h"
#include "tools/signals.h"
#include "tools/text.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KINDS_MAX 64

const struct attach_kind *attach_find_kind(const char *command, const char *name)
{
	const char *names[KINDS_MAX + 1] = {NULL};

	for (size_t i = 0; i < KINDS_MAX && attach_kinds[i].name; i++) {
		names[i] = attach_kinds[i].name;
		if (!strcmp(attach_kinds[i].name, name))
			return &attach_kinds[i];
	}
	usage_error(command, "kind of target", name, names);
	return NULL;
}

/* --- Afterwards ------------------------------------------------------------------------------- */

/* An attachment ends with its link, and the link with this process: is that what is wanted? */
static int check_kept(struct cli *cli, const struct attach_kind *kind, bool stays)
{
	if (cli->pin || cli->wait || cli->dry_run || stays || (kind && kind->reads))
		return 0;
	return env_fail(&cli->env, -EINVAL, AT("attach", NULL, 0),
			"--pin PATH keeps it in a bpffs; --wait keeps this command until Ctrl-C",
			"an attachment ends with the process that made it, unless it is pinned");
}

/* Runs an iterator once, and prints what it says; as it is, but for a terminal. */
static int print_iterator(struct cli *cli, const struct pbpf_link *link)
{
	int fd = pbpf_link_iter_fd(link);
	char text[4096];
	long got = fd;

	while (fd >= 0 && (got = pbpf_sys_read(&cli->env, fd, text, sizeof(text))) > 0) {
		if (isatty(STDOUT_FILENO))
			put_lines(stdout, text, (size_t)got);
		else
			fwrite(text, 1, (size_t)got, stdout);
	}
	pbpf_sys_close(&cli->env, fd);
	if (got >= 0 || fd < 0)
		return got >= 0 ? 0 : fd;
	return env_fail(&cli->env, (int)got, AT("attach", NULL, 0), "see what the program returns",
			"the iterator broke off: %s", pbpf_error_name((int)got));
}

static void print_attached(struct cli *cli, const struct pbpf_link *link)
{
	struct pbpf_link_info info = {.id = 0};
	struct json json = json_to(stdout);

	/* What the kernel has no link for has no id. */
	cli_hold(cli);
	pbpf_link_info(link, &info);
	cli_tell(cli, false);
	if (!cli->json && info.id)
		printf("link %u\n", info.id);
	if (!cli->json)
		return;
	json_open(&json, NULL, '{');
	if (info.id)
		json_number(&json, "link_id", info.id);
	if (cli->pin)
		json_string(&json, "pinned", cli->pin);
	json_close(&json, '}');
	printf("\n");
}

/* Pins, waits, reads: what the options ask for. */
static int after_attach(struct cli *cli, const struct attach_kind *kind, bool stays,
			struct pbpf_link *link)
{
	int err = 0;

	if (cli->dry_run) {
		printf("dry run: would be attached\n");
		pbpf_link_close(link);
		return 0;
	}
	if (cli->pin)
		err = bpffs_pin(cli, pbpf_link_fd(link), cli->pin);
	if (err >= 0 && kind && kind->reads && !cli->pin && !cli->wait)
		err = print_iterator(cli, link);
	else if (err >= 0)
		print_attached(cli, link);
	fflush(stdout);
	if (err >= 0 && cli->wait)
		wait_for_signal(cli->seconds);
	if (err >= 0 && stays && !cli->wait)
		pbpf_link_leave(link);
	else
		pbpf_link_close(link);
	return err;
}

/* --- The command ------------------------------------------------------------------------------ */

/* The kind's words, and what it attaches. Without a kind, the program's section says where to. */
static int attach_target(struct cli *cli, struct words *words, const struct chosen *chosen)
{
	struct attach a = {
		.cli = cli,
		.prog_fd = chosen->fd,
		.opts = {.env = &cli->env, .cookie = cli->cookie},
	};
	const struct attach_kind *kind = NULL;
	const char *word = NULL;
	bool stays;
	int code;

	if (words_peek(words) || !chosen->prog) {
		code = words_need(words, "a kind of target", &word);
		if (code)
			return code;
		kind = attach_find_kind("attach", word);
		if (!kind)
			return CLI_USAGE;
	}
	stays = kind && (kind->stays || words_have(words, "override"));
	code = check_kept(cli, kind, stays);
	if (code)
		return code;
	a.words = *words;
	code = kind ? kind->attach(&a) : pbpf_program_attach(chosen->prog, &a.link);
	return code ? code : after_attach(cli, kind, stays, a.link);
}

static int run_attach(struct cli *cli)
{
	struct words words = words_of(cli);
	enum pbpf_object_kind kind =
		words_have(&words, "struct_ops") ? PBPF_OBJECT_MAP : PBPF_OBJECT_PROG;
	struct chosen chosen;
	int code = choose_program(&words, kind, &chosen);

	if (!code)
		code = attach_target(cli, &words, &chosen);
	chosen_close(cli, &chosen);
	return code;
}

const struct command attach_command = {
	.name = "attach",
	.run = run_attach,
	.summary = "put a program to work: one in the kernel, or of an object",
	.operands = "PROG|OBJ [prog NAME] KIND TARGET",
	.operands_min = 1,
	.operands_max = 16,
	.options = "ocwmsbkjnv",
	.details =
		"Attaches a program: PROG is id N, name NAME, tag TAG, pinned PATH, or for short N,\n"
		"NAME or PATH; or OBJ, an object file, of which it loads that one program. An object's\n"
		"section name says KIND and TARGET when they are left out.\n\n"
		"  tracepoint CATEGORY/NAME         raw_tp NAME             tracing (fentry, lsm ...)\n"
		"  kprobe FUNCTION[+OFFSET]         kretprobe FUNCTION      ksyscall, kretsyscall NAME\n"
		"  kprobe.multi PATTERN             kretprobe.multi         kprobe.session\n"
		"  uprobe FILE:FUNCTION[+OFFSET]    uretprobe               [pid N]\n"
		"  uprobe.multi FILE:PATTERN        uretprobe.multi         uprobe.session\n"
		"  usdt FILE:PROVIDER:NAME [pid N]\n"
		"  perf_event EVENT [period N] [cpu N]                      cpu-clock, cycles ...\n"
		"  freplace PROG FUNCTION           iter [map MAP|cgroup FOLDER|pid N]\n"
		"  xdp IFACE [generic|driver|offload]\n"
		"  tcx IFACE ingress|egress [ORDER]                         netkit IFACE primary|peer\n"
		"  tc IFACE ingress|egress [priority N] [handle N] [replace]\n"
		"  cgroup FOLDER TYPE [override] [ORDER]                    TYPE: ingress, connect4 ...\n"
		"  sk_lookup [NETNS]                flow_dissector [NETNS]  sockmap MAP TYPE\n"
		"  netfilter ip|ip6 HOOK [priority [minus] N] [defrag]\n"
		"  struct_ops                       (PROG is a map then)\n\n"
		"ORDER is first, last, before [link] ID, after [link] ID, and revision N. With --pin the\n"
		"attachment outlives the command, with --wait it stays until Ctrl-C or for --seconds;\n"
		"an iterator is run once when neither is given. tc, and a cgroup with override, keep the\n"
		"program by themselves: 'plainbpf detach' takes it off.\n\n"
		"exit codes: 0 attached; 1 there is no such program or target, or the kernel refuses;\n"
		"2 the command line was not understood.",
};
