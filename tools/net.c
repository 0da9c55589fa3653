/* SPDX-License-Identifier: MIT */
/*
 * plainbpf net: what is attached to the network of this network namespace, by a link or without.
 */
#include "link/pbpf_link_query.h"
#include "sys/pbpf_objects.h"
#include "tools/attach_kinds.h"
#include "tools/link.h"
#include "tools/program_name.h"
#include "tools/text.h"

#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct interface {
	uint32_t ifindex;
	char name[16];
};

struct net {
	struct cli *cli;
	uint32_t ifindex; /* 0: all */
	struct table table;
	struct json json;
	struct types_cache cache;
	struct interface *interfaces;
	size_t count;
};

/* --- Sections --------------------------------------------------------------------------------- */

static void open_section(struct net *net, const char *name, const char *header)
{
	if (net->cli->json) {
		json_open(&net->json, name, '[');
		return;
	}
	printf("%s:\n", name);
	table_begin(&net->table);
	fprintf(net->table.rows, "%s\n", header);
}

static void close_section(struct net *net)
{
	if (net->cli->json)
		json_close(&net->json, ']');
	else
		table_end(&net->table, stdout);
}

/* --- XDP -------------------------------------------------------------------------------------- */

static int put_xdp_program(struct net *net, const struct pbpf_xdp_interface *at, const char *mode,
			   uint32_t id)
{
	struct json *json = &net->json;
	char name[PROGRAM_NAME_MAX];

	if (!id)
		return 0;
	program_name(net->cli, &net->cache, id, name);
	if (!net->cli->json) {
		put_chars(net->table.rows, at->name, sizeof(at->name));
		fprintf(net->table.rows, "\t%u\t%s\t%u\t", at->ifindex, mode, id);
		put_name(net->table.rows, *name ? name : "-");
		fputc('\n', net->table.rows);
		return 0;
	}
	json_open(json, NULL, '{');
	json_chars(json, "devname", at->name, sizeof(at->name));
	json_number(json, "ifindex", at->ifindex);
	json_string(json, "mode", mode);
	json_number(json, "id", id);
	json_string(json, "name", name);
	json_close(json, '}');
	return 0;
}

/* Tells of the interface's XDP, and notes the interface for what follows. */
static int take_interface(void *ctx, const struct pbpf_xdp_interface *at)
{
	struct net *net = ctx;
	struct interface *grown = realloc(net->interfaces, (net->count + 1) * sizeof(*grown));

	if (!grown)
		return env_no_memory(&net->cli->env, "net show", "the interfaces");
	net->interfaces = grown;
	grown[net->count].ifindex = at->ifindex;
	memcpy(grown[net->count++].name, at->name, sizeof(at->name));
	put_xdp_program(net, at, "driver", at->driver_id);
	put_xdp_program(net, at, "generic", at->generic_id);
	return put_xdp_program(net, at, "offload", at->offload_id);
}

static int show_xdp(struct net *net)
{
	int err;

	open_section(net, "xdp", "DEVICE\tINDEX\tMODE\tPROG\tNAME");
	err = pbpf_xdp_each(net->ifindex, take_interface, net, &net->cli->env);
	close_section(net);
	return err;
}

/* --- Traffic control -------------------------------------------------------------------------- */

/* One program at an interface. */
struct tc_entry {
	const char *device;
	uint32_t ifindex;
	const char *kind; /* "tcx/ingress" */
	uint32_t prog_id, link_id;
	const struct pbpf_tc_filter *filter; /* or NULL */
};

static void put_tc(struct net *net, const struct tc_entry *at)
{
	FILE *to = net->table.rows;
	char name[PROGRAM_NAME_MAX];

	program_name(net->cli, &net->cache, at->prog_id, name);
	put_name(to, at->device);
	fprintf(to, "\t%u\t%s\t%u\t", at->ifindex, at->kind, at->prog_id);
	if (at->link_id)
		fprintf(to, "%u\t", at->link_id);
	else
		fputs("-\t", to);
	if (at->filter)
		fprintf(to, "%u\t%u\t", at->filter->priority, at->filter->handle);
	else
		fputs("-\t-\t", to);
	put_name(to, *name ? name : "-");
	fputc('\n', to);
}

static void put_tc_json(struct net *net, const struct tc_entry *at)
{
	struct json *json = &net->json;
	char name[PROGRAM_NAME_MAX];

	program_name(net->cli, &net->cache, at->prog_id, name);
	json_open(json, NULL, '{');
	json_string(json, "devname", at->device);
	json_number(json, "ifindex", at->ifindex);
	json_string(json, "kind", at->kind);
	if (at->filter)
		json_chars(json, "name", at->filter->name, sizeof(at->filter->name));
	else
		json_string(json, "name", name);
	json_number(json, "id", at->prog_id);
	if (at->link_id)
		json_number(json, "link_id", at->link_id);
	if (at->filter) {
		json_number(json, "priority", at->filter->priority);
		json_number(json, "handle", at->filter->handle);
		json_bool(json, "direct_action", at->filter->direct);
	}
	json_close(json, '}');
}

static void put_entry(struct net *net, const struct tc_entry *at)
{
	(net->cli->json ? put_tc_json : put_tc)(net, at);
}

/* The lists that bpf(2) keeps for an interface; a kernel that does not know them has none. */
static int show_lists(struct net *net, const struct interface *of)
{
	static const struct {
		const char *kind;
		uint32_t type;
	} lists[] = {
		{"tcx/ingress", PBPF_TCX_INGRESS},
		{"tcx/egress", PBPF_TCX_EGRESS},
		{"netkit/primary", PBPF_NETKIT_PRIMARY},
		{"netkit/peer", PBPF_NETKIT_PEER},
	};

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		struct pbpf_attached_list list;
		int err = pbpf_attached_query(&list, (int)of->ifindex, lists[i].type, 0,
					      &net->cli->env);

		if (err == -EPERM || err == -ENOMEM)
			return err;
		if (err < 0)
			continue;
		for (uint32_t j = 0; j < list.count; j++) {
			struct tc_entry at = {of->name,
					      of->ifindex,
					      lists[i].kind,
					      list.programs[j].prog_id,
					      list.programs[j].link_id,
					      NULL};

			put_entry(net, &at);
		}
		pbpf_attached_free(&list, &net->cli->env);
	}
	return 0;
}

static int show_filter(void *ctx, const struct pbpf_tc_filter *filter)
{
	char device[IF_NAMESIZE] = "", kind[32];
	struct tc_entry at = {device, filter->ifindex, kind, filter->prog_id, 0, filter};

	if_indextoname(filter->ifindex, device);
	if (filter->parent == PBPF_TC_INGRESS)
		snprintf(kind, sizeof(kind), "clsact/ingress");
	else if (filter->parent == PBPF_TC_EGRESS)
		snprintf(kind, sizeof(kind), "clsact/egress");
	else
		snprintf(kind, sizeof(kind), "qdisc %x:%x", filter->parent >> 16,
			 filter->parent & 0xffff);
	put_entry(ctx, &at);
	return 0;
}

static int show_tc(struct net *net)
{
	int err = 0;

	open_section(net, "tc", "DEVICE\tINDEX\tWHERE\tPROG\tLINK\tPRIORITY\tHANDLE\tNAME");
	for (size_t i = 0; i < net->count && err >= 0; i++)
		err = show_lists(net, &net->interfaces[i]);
	if (err < 0)
		env_fail(&net->cli->env, err, AT("net show", NULL, 0),
			 "it needs CAP_NET_ADMIN: run it as root",
			 "the kernel does not tell of its lists: %s", pbpf_error_name(err));
	else
		err = pbpf_tc_each(net->ifindex, show_filter, net, &net->cli->env);
	close_section(net);
	return err;
}

/* --- The namespace's -------------------------------------------------------------------------- */

static void put_of_namespace(struct net *net, const struct pbpf_attached *at)
{
	char name[PROGRAM_NAME_MAX];

	program_name(net->cli, &net->cache, at->prog_id, name);
	if (!net->cli->json) {
		fprintf(net->table.rows, "%u\t", at->prog_id);
		put_name(net->table.rows, *name ? name : "-");
		fputc('\n', net->table.rows);
		return;
	}
	json_open(&net->json, NULL, '{');
	json_number(&net->json, "id", at->prog_id);
	json_string(&net->json, "name", name);
	json_close(&net->json, '}');
}

/* Before Linux 5.9, or without the right to ask, there is nothing to tell. */
static int show_of_namespace(struct net *net, const char *section, uint32_t type)
{
	struct pbpf_attached_list list;
	int fd = open_netns(net->cli, NULL);

	if (fd < 0)
		return fd;
	open_section(net, section, "PROG\tNAME");
	if (pbpf_attached_query(&list, fd, type, 0, &net->cli->env) >= 0) {
		for (uint32_t i = 0; i < list.count; i++)
			put_of_namespace(net, &list.programs[i]);
		pbpf_attached_free(&list, &net->cli->env);
	}
	close_section(net);
	close(fd);
	return 0;
}

/* --- Netfilter -------------------------------------------------------------------------------- */

static int show_netfilter_link(void *ctx, struct found *found)
{
	struct net *net = ctx;
	struct fields fields = {.json = net->cli->json ? &net->json : NULL,
				.text = net->table.rows};

	if (found->info.link.type != PBPF_LINK_TYPE_NETFILTER)
		return 0;
	if (fields.json) {
		json_open(fields.json, NULL, '{');
		json_number(fields.json, "id", found->info.link.prog_id);
		json_number(fields.json, "link_id", found->id);
	} else {
		fprintf(fields.text, "%u\t%u\t", found->info.link.prog_id, found->id);
	}
	link_describe(net->cli, &net->cache, found, false, &fields);
	if (fields.json)
		json_close(fields.json, '}');
	else
		fputc('\n', fields.text);
	return 0;
}

/* They are found by their links only, which are those of all network namespaces. */
static int show_netfilter(struct net *net)
{
	struct selection all = {.kind = PBPF_OBJECT_LINK};
	int err;

	open_section(net, "netfilter", "PROG\tLINK\tWHERE");
	cli_hold(net->cli);
	err = select_each(net->cli, &all, 0, show_netfilter_link, net);
	close_section(net);
	if (err ==
	    -EINVAL) /* before Linux 5.8, which cannot list links, there are none of netfilter */
		err = 0;
	cli_tell(net->cli, err < 0);
	return err;
}

static int show_net(struct net *net)
{
	int err;

	if (net->cli->json) {
		json_open(&net->json, NULL, '[');
		json_open(&net->json, NULL, '{');
	}
	err = show_xdp(net);
	if (err >= 0)
		err = show_tc(net);
	if (err >= 0 && !net->ifindex)
		err = show_of_namespace(net, "flow_dissector", PBPF_FLOW_DISSECTOR);
	if (err >= 0 && !net->ifindex)
		err = show_of_namespace(net, "sk_lookup", PBPF_SK_LOOKUP);
	if (err >= 0 && !net->ifindex)
		err = show_netfilter(net);
	if (net->cli->json) {
		json_close(&net->json, '}');
		json_close(&net->json, ']');
		printf("\n");
	}
	return err;
}

static int run_net_show(struct cli *cli)
{
	static const char *const names[] = {"dev", NULL};
	struct net net = {.cli = cli, .json = json_to(stdout)};
	struct words words = words_of(cli);
	int code = words_peek(&words) ? read_interface(&words, &net.ifindex) : CLI_OK;

	if (!code)
		code = words_end(&words, names);
	if (!code)
		code = show_net(&net);
	close_cached_types(&net.cache);
	free(net.interfaces);
	return code;
}

static const struct command net_show_command = {
	.name = "net show",
	.alias = "net list",
	.run = run_net_show,
	.summary = "XDP, traffic control, flow dissector, sk_lookup, netfilter",
	.operands = "[dev NAME]",
	.operands_max = 2,
	.options = "jv",
	.details =
		"Prints which programs see the packets and sockets of this network namespace, or of one\n"
		"interface: XDP, traffic control (tcx and netkit, and filters of qdiscs with their priority\n"
		"and handle), flow dissector, sk_lookup; and netfilter, of all network namespaces.\n\n"
		"exit codes: 0 printed; 1 there is no such interface, or the kernel does not tell;\n"
		"2 the command line was not understood.",
};

static const struct command *const net_commands[] = {&net_show_command, NULL};

const struct command net_command = {
	.name = "net",
	.family = net_commands,
	.summary = "what is attached to interfaces and the network namespace",
};
