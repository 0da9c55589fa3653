/* SPDX-License-Identifier: MIT */
/*
 * The kinds of target, each with its words: networking, cgroups, iterators and the rest. Those of tracing are
 * in attach_trace.c.
 */
#include "tools/attach_kinds.h"

#include "link/pbpf_link_net.h"
#include "link/pbpf_link_trace.h"
#include "tools/cgroups.h"
#include "tools/select.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* --- Order among programs ---------------------------------------------------------------------- */

/* "before id N", "after link N": relative to a program or a link, by id. */
static int read_relative(struct attach *a, uint32_t flag)
{
	bool link = words_skip(&a->words, "link");
	uint64_t id;
	int code;

	words_skip(&a->words, "id");
	code = words_number(&a->words, "an id", INT32_MAX, &id);
	a->opts.flags |= flag | PBPF_F_ID | (link ? PBPF_F_LINK : 0u);
	a->opts.relative_fd = (int)id;
	return code;
}

/* first | last | before [link] ID | after [link] ID | revision N; and then no more. */
static int read_order(struct attach *a)
{
	static const char *const names[] = {"first", "last", "before", "after", "revision", NULL};
	int code = CLI_OK;

	while (!code && words_peek(&a->words)) {
		if (words_skip(&a->words, "first"))
			a->opts.flags |= PBPF_F_BEFORE;
		else if (words_skip(&a->words, "last"))
			a->opts.flags |= PBPF_F_AFTER;
		else if (words_skip(&a->words, "before"))
			code = read_relative(a, PBPF_F_BEFORE);
		else if (words_skip(&a->words, "after"))
			code = read_relative(a, PBPF_F_AFTER);
		else if (words_skip(&a->words, "revision"))
			code = words_number(&a->words, "a revision", UINT64_MAX,
					    &a->opts.expected_revision);
		else
			code = words_end(&a->words, names);
	}
	return code;
}

/* One of two words, the second of which sets *second. */
static int read_side(struct words *words, const char *first, const char *other, bool *second)
{
	const char *const names[] = {first, other, NULL};
	char what[64];
	const char *word;
	int code;

	snprintf(what, sizeof(what), "%s or %s", first, other);
	code = words_need(words, what, &word);
	if (code)
		return code;
	*second = !strcmp(word, other);
	return *second || !strcmp(word, first)
		       ? CLI_OK
		       : usage_error(words->cli->command->name, "word", word, names);
}

/* --- Interfaces ------------------------------------------------------------------------------- */

static int attach_xdp_mode(struct attach *a, uint32_t mode)
{
	static const char *const names[] = {"generic", "driver", "offload", NULL};
	uint32_t ifindex;
	int code = read_interface(&a->words, &ifindex);

	if (code)
		return code;
	if (words_skip(&a->words, names[0]))
		mode = PBPF_XDP_GENERIC;
	else if (words_skip(&a->words, names[1]))
		mode = PBPF_XDP_DRIVER;
	else if (words_skip(&a->words, names[2]))
		mode = PBPF_XDP_OFFLOAD;
	code = words_end(&a->words, names);
	a->opts.flags = mode;
	return code ? code : pbpf_link_xdp(&a->link, a->prog_fd, ifindex, &a->opts);
}

static int attach_xdp(struct attach *a)
{
	return attach_xdp_mode(a, 0);
}

/* bpftool's words for the modes. */
static int attach_xdpgeneric(struct attach *a)
{
	return attach_xdp_mode(a, PBPF_XDP_GENERIC);
}

static int attach_xdpdrv(struct attach *a)
{
	return attach_xdp_mode(a, PBPF_XDP_DRIVER);
}

static int attach_xdpoffload(struct attach *a)
{
	return attach_xdp_mode(a, PBPF_XDP_OFFLOAD);
}

static int attach_side(struct attach *a, const char *const sides[2], const uint32_t types[2])
{
	uint32_t ifindex;
	bool second;
	int code = read_interface(&a->words, &ifindex);

	if (!code)
		code = read_side(&a->words, sides[0], sides[1], &second);
	if (!code)
		code = read_order(a);
	if (code)
		return code;
	return pbpf_link_tcx(&a->link, a->prog_fd, ifindex, types[second], &a->opts);
}

static int attach_tcx(struct attach *a)
{
	static const char *const sides[] = {"ingress", "egress"};
	static const uint32_t types[] = {PBPF_TCX_INGRESS, PBPF_TCX_EGRESS};

	return attach_side(a, sides, types);
}

static int attach_netkit(struct attach *a)
{
	static const char *const sides[] = {"primary", "peer"};
	static const uint32_t types[] = {PBPF_NETKIT_PRIMARY, PBPF_NETKIT_PEER};

	return attach_side(a, sides, types);
}

/* IFACE ingress|egress [priority N] [handle N] [replace] */
int read_tc(struct words *words, struct pbpf_tc *at)
{
	static const char *const names[] = {"priority", "handle", "replace", NULL};
	uint64_t number;
	int code = read_interface(words, &at->ifindex);

	if (!code)
		code = read_side(words, "ingress", "egress", &at->egress);
	while (!code && words_peek(words)) {
		if (words_skip(words, "priority")) {
			code = words_number(words, "a priority", UINT16_MAX, &number);
			at->priority = (uint32_t)number;
		} else if (words_skip(words, "handle")) {
			code = words_number(words, "a handle", UINT32_MAX, &number);
			at->handle = (uint32_t)number;
		} else if (words_skip(words, "replace")) {
			at->replace = true;
		} else {
			code = words_end(words, names);
		}
	}
	return code;
}

static int attach_tc(struct attach *a)
{
	struct pbpf_tc at = {.ifindex = 0};
	int code = read_tc(&a->words, &at);

	if (!code)
		code = pbpf_link_tc(&a->link, a->prog_fd, &at, &a->opts);
	if (!code && !a->cli->json)
		printf("priority %u, handle %u\n", at.priority, at.handle);
	return code;
}

/* --- Cgroups, namespaces, sockets --------------------------------------------------------------- */

/* PATH TYPE [override] [order] */
static int attach_cgroup(struct attach *a)
{
	const char *path;
	uint32_t type;
	int fd, code = words_need(&a->words, "a cgroup's folder", &path);

	if (!code)
		code = read_attach_type(&a->words, &type);
	if (!code && words_skip(&a->words, "override"))
		a->opts.flags |= PBPF_F_ALLOW_OVERRIDE;
	else if (!code)
		words_skip(&a->words, "multi"); /* bpftool's word for what is the rule here */
	if (!code)
		code = read_order(a);
	if (code)
		return code;
	fd = cgroup_open(a->cli, path);
	if (fd < 0)
		return fd;
	code = pbpf_link_cgroup(&a->link, a->prog_fd, fd, type, &a->opts);
	close(fd);
	return code;
}

int open_netns(struct cli *cli, const char *path)
{
	int fd = open(path ? path : "/proc/self/ns/net", O_RDONLY | O_CLOEXEC);

	if (fd >= 0)
		return fd;
	return env_fail(&cli->env, -errno, AT(cli->command->name, NULL, 0),
			"give /proc/PID/ns/net, or /run/netns/NAME",
			"cannot open the network namespace '%s': %s",
			path ? path : "/proc/self/ns/net", strerror(errno));
}

static int attach_netns(struct attach *a, uint32_t type)
{
	const char *path = words_take(&a->words);
	int fd, code = words_end(&a->words, NULL);

	if (code)
		return code;
	fd = open_netns(a->cli, path);
	if (fd < 0)
		return fd;
	code = pbpf_link_netns(&a->link, a->prog_fd, fd, type, &a->opts);
	close(fd);
	return code;
}

static int attach_sk_lookup(struct attach *a)
{
	return attach_netns(a, PBPF_SK_LOOKUP);
}

static int attach_flow_dissector(struct attach *a)
{
	return attach_netns(a, PBPF_FLOW_DISSECTOR);
}

/* MAP TYPE */
static int attach_sockmap(struct attach *a)
{
	struct found map;
	uint32_t type;
	int code = select_open(&a->words, PBPF_OBJECT_MAP, 0, &map);

	if (code)
		return code;
	code = read_attach_type(&a->words, &type);
	if (!code)
		code = words_end(&a->words, NULL);
	if (!code)
		code = pbpf_link_sockmap(&a->link, a->prog_fd, map.fd, type, &a->opts);
	select_close(a->cli, &map);
	return code;
}

static int read_hook(struct words *words, struct pbpf_netfilter *at)
{
	static const char *const hooks[] = {"prerouting", "input",	 "forward",
					    "output",	  "postrouting", NULL};
	const char *word;
	int code = words_need(words, "a hook", &word);

	for (uint32_t i = 0; !code && hooks[i]; i++) {
		if (!strcmp(word, hooks[i])) {
			at->hook = i;
			return CLI_OK;
		}
	}
	return code ? code : usage_error(words->cli->command->name, "hook", word, hooks);
}

/* ip|ip6 HOOK [priority N] [defrag]; a priority below 0 is "-N". */
static int attach_netfilter(struct attach *a)
{
	static const char *const names[] = {"priority", "defrag", NULL};
	struct pbpf_netfilter at = {.family = 2};
	uint64_t number = 0;
	bool ip6, minus;
	int code = read_side(&a->words, "ip", "ip6", &ip6);

	if (!code && ip6)
		at.family = 10;
	if (!code)
		code = read_hook(&a->words, &at);
	if (!code && words_skip(&a->words, "priority")) {
		minus = words_skip(&a->words, "minus");
		code = words_number(&a->words, "a priority", INT32_MAX, &number);
		at.priority = minus ? -(int32_t)number : (int32_t)number;
	}
	if (!code && words_skip(&a->words, "defrag"))
		at.flags = 1;
	if (!code)
		code = words_end(&a->words, names);
	return code ? code : pbpf_link_netfilter(&a->link, a->prog_fd, &at, &a->opts);
}

/* --- Iterators and struct_ops ------------------------------------------------------------------- */

/* [map MAP | cgroup PATH | pid N | tid N] */
static int attach_iter(struct attach *a)
{
	static const char *const names[] = {"map", "cgroup", "pid", NULL};
	struct found map = {.fd = -1};
	struct pbpf_iter of = {.map_fd = 0};
	const char *path = NULL;
	uint64_t number = 0;
	int fd = -1, code = CLI_OK;

	if (words_skip(&a->words, "map"))
		code = select_open(&a->words, PBPF_OBJECT_MAP, 0, &map);
	else if (words_skip(&a->words, "pid"))
		code = words_number(&a->words, "a process id", INT32_MAX, &number);
	else
		code = words_value(&a->words, "cgroup", &path);
	of.pid = (uint32_t)number;
	if (!code)
		code = words_end(&a->words, names);
	if (!code && path) {
		fd = cgroup_open(a->cli, path);
		code = fd < 0 ? fd : CLI_OK;
	}
	of.map_fd = map.fd >= 0 ? map.fd : 0;
	of.cgroup_fd = fd >= 0 ? fd : 0;
	if (!code)
		code = pbpf_link_iter(&a->link, a->prog_fd, &of, &a->opts);
	pbpf_sys_close(&a->cli->env, fd);
	pbpf_sys_close(&a->cli->env, map.fd);
	return code;
}

/* prog_fd is the map's. */
static int attach_struct_ops(struct attach *a)
{
	struct pbpf_link_attr attr = {.prog_fd = a->prog_fd, .attach_type = PBPF_STRUCT_OPS};
	int code = words_end(&a->words, NULL);

	return code ? code : pbpf_link_create(&a->link, &attr, &a->opts);
}

/* --- All kinds -------------------------------------------------------------------------------- */

const struct attach_kind attach_kinds[] = {
	{.name = "tracepoint", .target = "CATEGORY/NAME", .attach = attach_tracepoint},
	{.name = "raw_tracepoint", .target = "NAME", .attach = attach_raw_tracepoint},
	{.name = "raw_tp", .target = "NAME", .attach = attach_raw_tracepoint},
	{.name = "tracing",
	 .target = "(fentry, lsm ...: where it was loaded for)",
	 .attach = attach_tracing},
	{.name = "freplace", .target = "PROG FUNCTION", .attach = attach_freplace},
	{.name = "kprobe", .target = "FUNCTION[+OFFSET]", .attach = attach_kprobe},
	{.name = "kretprobe", .target = "FUNCTION", .attach = attach_kretprobe},
	{.name = "ksyscall", .target = "NAME", .attach = attach_ksyscall},
	{.name = "kretsyscall", .target = "NAME", .attach = attach_kretsyscall},
	{.name = "kprobe.multi", .target = "PATTERN", .attach = attach_kprobe_multi},
	{.name = "kretprobe.multi", .target = "PATTERN", .attach = attach_kretprobe_multi},
	{.name = "kprobe.session", .target = "PATTERN", .attach = attach_kprobe_session},
	{.name = "uprobe",
	 .target = "FILE:FUNCTION[+OFFSET]|FILE:OFFSET [pid N]",
	 .attach = attach_uprobe},
	{.name = "uretprobe", .target = "FILE:FUNCTION [pid N]", .attach = attach_uretprobe},
	{.name = "uprobe.multi", .target = "FILE:PATTERN [pid N]", .attach = attach_uprobe_multi},
	{.name = "uretprobe.multi",
	 .target = "FILE:PATTERN [pid N]",
	 .attach = attach_uretprobe_multi},
	{.name = "uprobe.session",
	 .target = "FILE:PATTERN [pid N]",
	 .attach = attach_uprobe_session},
	{.name = "usdt", .target = "FILE:PROVIDER:NAME [pid N]", .attach = attach_usdt},
	{.name = "perf_event", .target = "EVENT [period N] [cpu N]", .attach = attach_perf_event},
	{.name = "xdp", .target = "IFACE [generic|driver|offload]", .attach = attach_xdp},
	{.name = "xdpgeneric", .target = "IFACE", .attach = attach_xdpgeneric},
	{.name = "xdpdrv", .target = "IFACE", .attach = attach_xdpdrv},
	{.name = "xdpoffload", .target = "IFACE", .attach = attach_xdpoffload},
	{.name = "tcx", .target = "IFACE ingress|egress [ORDER]", .attach = attach_tcx},
	{.name = "netkit", .target = "IFACE primary|peer [ORDER]", .attach = attach_netkit},
	{.name = "tc",
	 .target = "IFACE ingress|egress [priority N] [handle N] [replace]",
	 .attach = attach_tc,
	 .stays = true},
	{.name = "cgroup", .target = "FOLDER TYPE [override] [ORDER]", .attach = attach_cgroup},
	{.name = "sk_lookup", .target = "[NETNS]", .attach = attach_sk_lookup},
	{.name = "flow_dissector", .target = "[NETNS]", .attach = attach_flow_dissector},
	{.name = "sockmap", .target = "MAP TYPE", .attach = attach_sockmap},
	{.name = "netfilter",
	 .target = "ip|ip6 HOOK [priority [minus] N] [defrag]",
	 .attach = attach_netfilter},
	{.name = "iter",
	 .target = "[map MAP|cgroup FOLDER|pid N]",
	 .attach = attach_iter,
	 .reads = true},
	{.name = "struct_ops", .target = "(PROG is a map)", .attach = attach_struct_ops},
	{.name = NULL},
};
