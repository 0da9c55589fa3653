/* SPDX-License-Identifier: MIT */
/*
 * plainbpf detach: ends an attachment, a link's or one that the kernel has no link for.
 */
#include "link/pbpf_link_net.h"
#include "link/pbpf_link_query.h"
#include "sys/pbpf_objects.h"
#include "tools/attach_kinds.h"
#include "tools/cgroups.h"
#include "tools/link.h"
#include "tools/select.h"

#include <string.h>
#include <unistd.h>

/* The one mode in which there is a program. */
struct xdp_mode {
	struct cli *cli;
	uint32_t flags;
};

static int find_mode(void *ctx, const struct pbpf_xdp_interface *interface)
{
	struct xdp_mode *mode = ctx;

	switch (interface->state) {
	case PBPF_XDP_IN_DRIVER: mode->flags = PBPF_XDP_DRIVER; return 0;
	case PBPF_XDP_IN_STACK: mode->flags = PBPF_XDP_GENERIC; return 0;
	case PBPF_XDP_IN_DEVICE: mode->flags = PBPF_XDP_OFFLOAD; return 0;
	default: break;
	}
	return env_fail(&mode->cli->env, -ENOENT, AT("detach", NULL, 0),
			"'plainbpf net' shows what is there",
			interface->state == PBPF_XDP_NONE
				? "there is no program of XDP on the interface"
				: "there is a program in more than one mode: name the mode");
}

/* IFACE [generic|driver|offload] */
static int detach_xdp(struct words *words)
{
	static const char *const names[] = {"generic", "driver", "offload", NULL};
	static const uint32_t modes[] = {PBPF_XDP_GENERIC, PBPF_XDP_DRIVER, PBPF_XDP_OFFLOAD};
	struct xdp_mode mode = {.cli = words->cli};
	uint32_t ifindex;
	int code = read_interface(words, &ifindex);

	for (size_t i = 0; !code && names[i]; i++)
		if (words_skip(words, names[i]))
			mode.flags = modes[i];
	if (!code)
		code = words_end(words, names);
	if (!code && !mode.flags)
		code = pbpf_xdp_each(ifindex, find_mode, &mode, &words->cli->env);
	return code ? code : pbpf_xdp_detach(ifindex, mode.flags, &words->cli->env);
}

/* IFACE ingress|egress priority N handle N */
static int detach_tc(struct words *words)
{
	struct pbpf_tc at = {.ifindex = 0};
	int code = read_tc(words, &at);

	if (code)
		return code;
	if (at.priority && at.handle)
		return pbpf_tc_detach(&at, &words->cli->env);
	return env_fail(&words->cli->env, -EINVAL, AT("detach", NULL, 0),
			"'plainbpf net' tells both of each filter",
			"which filter: 'priority N handle N' is missing");
}

/* What BPF_PROG_ATTACH attached: PROG tells which one. The target is an fd, or an interface's index. */
static int detach_program(struct words *words, int target, uint32_t type)
{
	struct pbpf_attach_attr attr = {.target_fd = target, .attach_type = type};
	struct cli *cli = words->cli;
	struct found prog;
	int code = select_open(words, PBPF_OBJECT_PROG, 0, &prog);

	if (code)
		return code;
	attr.prog_fd = prog.fd;
	code = words_end(words, NULL);
	if (!code)
		code = pbpf_sys_prog_detach(&cli->env, &attr);
	if (code < 0)
		env_fail(&cli->env, code, AT("detach", NULL, 0),
			 code == -EPERM
				 ? "it needs CAP_NET_ADMIN; or a link has it: detach the link"
				 : "is it attached there? A link's is detached by its link",
			 "the kernel does not detach program %u from %s: %s", prog.id,
			 pbpf_attach_type_name(type), pbpf_error_name(code));
	select_close(cli, &prog);
	return code;
}

/* FOLDER TYPE PROG */
static int detach_cgroup(struct words *words)
{
	const char *path;
	uint32_t type;
	int fd, code = words_need(words, "a cgroup's folder", &path);

	if (!code)
		code = read_attach_type(words, &type);
	if (code)
		return code;
	fd = cgroup_open(words->cli, path);
	if (fd < 0)
		return fd;
	code = detach_program(words, fd, type);
	close(fd);
	return code;
}

/* MAP TYPE PROG */
static int detach_sockmap(struct words *words)
{
	struct found map;
	uint32_t type;
	int code = select_open(words, PBPF_OBJECT_MAP, 0, &map);

	if (code)
		return code;
	code = read_attach_type(words, &type);
	if (!code)
		code = detach_program(words, map.fd, type);
	select_close(words->cli, &map);
	return code;
}

/* IFACE TYPE PROG: tcx_ingress, netkit_peer and so on, attached without a link */
static int detach_list(struct words *words)
{
	uint32_t ifindex, type;
	int code = read_interface(words, &ifindex);

	if (!code)
		code = read_attach_type(words, &type);
	return code ? code : detach_program(words, (int)ifindex, type);
}

/* PROG: of this network namespace */
static int detach_flow_dissector(struct words *words)
{
	return detach_program(words, 0, PBPF_FLOW_DISSECTOR);
}

/* [link] LINK: what is pinned is unpinned, too, as it would be of no use to anybody. */
static int detach_linked(struct words *words)
{
	struct cli *cli = words->cli;
	struct selection selection;
	struct found found;
	const char *word;
	int code = words_peek(words) ? select_words(&selection, words, PBPF_OBJECT_LINK)
				     : words_need(words, "a link", &word);

	if (!code)
		code = words_end(words, NULL);
	if (!code)
		code = select_one(cli, &selection, 0, &found);
	if (code)
		return code;
	if (selection.by == SELECT_PINNED) {
		code = pbpf_sys_unlink(&cli->env, selection.word);
		if (code >= 0) /* also for who holds it beside the pin, where the kernel can */
			pbpf_sys_link_detach(&cli->env, found.fd);
		else
			env_fail(&cli->env, code, AT("detach", NULL, 0),
				 "it takes the right to write to the folder",
				 "the pin '%s' cannot be removed: %s", selection.word,
				 pbpf_error_name(code));
	} else {
		code = link_detach(cli, &found);
	}
	select_close(cli, &found);
	return code;
}

static const struct {
	const char *name;
	int (*detach)(struct words *words);
} kinds[] = {
	{"xdp", detach_xdp},
	{"tc", detach_tc},
	{"cgroup", detach_cgroup},
	{"sockmap", detach_sockmap},
	{"tcx", detach_list},
	{"netkit", detach_list},
	{"flow_dissector", detach_flow_dissector},
	{"link", detach_linked},
};

static int run_detach(struct cli *cli)
{
	struct words words = words_of(cli);

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (words_skip(&words, kinds[i].name))
			return kinds[i].detach(&words);
	return detach_linked(&words);
}

const struct command detach_command = {
	.name = "detach",
	.run = run_detach,
	.summary = "end an attachment",
	.operands = "LINK | KIND TARGET",
	.operands_min = 1,
	.operands_max = 10,
	.options = "v",
	.details =
		"Ends an attachment: that of LINK (id N, pinned PATH, or for short N or PATH, which is\n"
		"then unpinned), or one that the kernel has no link for:\n\n"
		"  xdp IFACE [generic|driver|offload]\n"
		"  tc IFACE ingress|egress priority N handle N\n"
		"  tcx|netkit IFACE TYPE PROG       TYPE: tcx_ingress, netkit_peer ...\n"
		"  cgroup FOLDER TYPE PROG          TYPE: ingress, connect4 ...\n"
		"  sockmap MAP TYPE PROG\n"
		"  flow_dissector PROG\n\n"
		"'plainbpf link', 'cgroup' and 'net' show what there is.\n\n"
		"exit codes: 0 detached; 1 there is no such attachment, or the kernel refuses;\n"
		"2 the command line was not understood.",
};
