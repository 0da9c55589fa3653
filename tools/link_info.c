/* SPDX-License-Identifier: MIT */
/*
 * What the kernel tells of a link, by its type (struct pbpf_link_info). The keys are bpftool's.
 */
#include "tools/link.h"

#include "tools/cgroups.h"
#include "tools/symbols.h"
#include "tools/text.h"

#include <stdlib.h>
#include <string.h>

/* The link that is being described. */
struct description {
	struct cli *cli;
	struct types_cache *cache;
	const struct found *found;
	bool at_length;
	struct fields *fields;
	struct pbpf_link_info info;
	char text[4096]; /* a name or path that the kernel filled in */
};

/* Asks again, with room for what there is of strings and lists. -ENOSPC: a string was cut. */
static bool ask_again(struct description *d)
{
	uint32_t size = sizeof(d->info);
	int err = pbpf_sys_obj_info(&d->cli->env, d->found->fd, &d->info, &size);

	d->text[sizeof(d->text) - 1] = '\0';
	return err >= 0 || err == -ENOSPC;
}

static void put_cookie(struct description *d, uint64_t cookie)
{
	if (cookie)
		field_number(d->fields, "cookie", cookie);
}

/* --- Tracing ---------------------------------------------------------------------------------- */

/* The name of a type in a BTF of the kernel; "" when it cannot be told. */
static const char *type_name(struct description *d, uint32_t btf_id, uint32_t type)
{
	const struct pbpf_btf *btf = cached_types(d->cli, d->cache, btf_id);

	return btf ? pbpf_btf_type(btf, type).name : "";
}

static bool ask_program(struct description *d, uint32_t id, struct pbpf_prog_info *info)
{
	uint32_t size = sizeof(*info);
	int fd = pbpf_sys_prog_fd_by_id(&d->cli->env, id), err;

	*info = (struct pbpf_prog_info){.id = 0};
	if (fd < 0)
		return false;
	err = pbpf_sys_obj_info(&d->cli->env, fd, info, &size);
	pbpf_sys_close(&d->cli->env, fd);
	return err >= 0;
}

/* The target is a function of a BTF, or of another program and then in that one's BTF. Which one, only the
 * program tells. */
static void describe_tracing(struct description *d)
{
	uint32_t object = d->info.u.tracing.target_obj_id, type = d->info.u.tracing.target_btf_id;
	struct pbpf_prog_info prog, target;
	const char *name = "", *prog_type = NULL;

	if (ask_program(d, d->info.prog_id, &prog)) {
		prog_type = pbpf_program_type_name(prog.type);
		if (object && prog.attach_btf_obj_id == object)
			name = type_name(d, object, type);
		else if (object && ask_program(d, object, &target) && target.btf_id)
			name = type_name(d, target.btf_id, type);
	}
	if (prog_type)
		field_string(d->fields, "prog_type", prog_type);
	field_attach_type(d->fields, d->info.u.tracing.attach_type);
	if (*name)
		field_string(d->fields, "target", name);
	if (object)
		field_number(d->fields, "target_obj_id", object);
	if (type)
		field_number(d->fields, "target_btf_id", type);
	put_cookie(d, d->info.u.tracing.cookie);
}

static void describe_raw_tracepoint(struct description *d)
{
	d->info.u.raw_tracepoint.tp_name = PBPF_ADDRESS(d->text);
	d->info.u.raw_tracepoint.tp_name_len = sizeof(d->text);
	if (!ask_again(d))
		return;
	field_string(d->fields, "tp_name", d->text);
	put_cookie(d, d->info.u.raw_tracepoint.cookie);
}

/* --- Perf events ------------------------------------------------------------------------------ */

enum {
	EVENT_UPROBE = 1,
	EVENT_URETPROBE,
	EVENT_KPROBE,
	EVENT_KRETPROBE,
	EVENT_TRACEPOINT,
	EVENT_OTHER
};

static const char *event_name(uint32_t type)
{
	static const char *const names[] = {
		[EVENT_UPROBE] = "uprobe",	   [EVENT_URETPROBE] = "uretprobe",
		[EVENT_KPROBE] = "kprobe",	   [EVENT_KRETPROBE] = "kretprobe",
		[EVENT_TRACEPOINT] = "tracepoint", [EVENT_OTHER] = "event",
	};

	return type < sizeof(names) / sizeof(names[0]) ? names[type] : NULL;
}

/* What perf_event_open(2) calls the numbers of an event that the kernel defines. */
static void describe_event(struct description *d, uint32_t type, uint64_t config)
{
	static const char *const types[] = {"hardware", "software", "tracepoint",
					    "hw-cache", "raw",	    "breakpoint"};
	static const char *const hardware[] = {
		"cpu-cycles",
		"instructions",
		"cache-references",
		"cache-misses",
		"branch-instructions",
		"branch-misses",
		"bus-cycles",
		"stalled-cycles-frontend",
		"stalled-cycles-backend",
		"ref-cycles",
	};
	static const char *const software[] = {
		"cpu-clock",	    "task-clock",   "page-faults",  "context-switches",
		"cpu-migrations",   "minor-faults", "major-faults", "alignment-faults",
		"emulation-faults", "dummy",	    "bpf-output",   "cgroup-switches",
	};
	const char *name = NULL;

	if (type == PBPF_PERF_TYPE_HARDWARE && config < sizeof(hardware) / sizeof(hardware[0]))
		name = hardware[config];
	if (type == PBPF_PERF_TYPE_SOFTWARE && config < sizeof(software) / sizeof(software[0]))
		name = software[config];
	if (type < sizeof(types) / sizeof(types[0]))
		field_string(d->fields, "event_type", types[type]);
	else
		field_number(d->fields, "event_type", type);
	if (name)
		field_string(d->fields, "event_config", name);
	else
		field_number(d->fields, "event_config", config);
}

static void describe_probe(struct description *d, bool of_kernel, bool at_return)
{
	struct fields *fields = d->fields;
	uint32_t offset = d->info.u.perf_event.offset;

	field_flag(fields, "retprobe", at_return);
	field_string(fields, of_kernel ? "func" : "file", d->text);
	field_address(fields, "offset", offset);
	if (!of_kernel) {
		put_cookie(d, d->info.u.perf_event.rest[0]);
		if (d->info.u.perf_event.rest[1])
			field_address(fields, "ref_ctr_offset", d->info.u.perf_event.rest[1]);
		return;
	}
	field_address(fields, "addr", d->info.u.perf_event.rest[0]);
	field_number(fields, "missed", d->info.u.perf_event.rest[1]);
	put_cookie(d, d->info.u.perf_event.rest[2]);
}

/* Before Linux 6.6 the kernel says nothing but that it is a perf event. */
static void describe_perf_event(struct description *d)
{
	uint32_t type = d->info.u.perf_event.type;
	const char *name = event_name(type);

	if (type != EVENT_OTHER) {
		d->info.u.perf_event.name = PBPF_ADDRESS(d->text);
		d->info.u.perf_event.name_len = sizeof(d->text);
	}
	if (!name || !ask_again(d))
		return;
	if (type != EVENT_OTHER)
		field_string(d->fields, "event", name);
	switch (type) {
	case EVENT_OTHER:
		describe_event(d, d->info.u.perf_event.name_len, d->info.u.perf_event.name);
		put_cookie(d, d->info.u.perf_event.rest[0]);
		break;
	case EVENT_TRACEPOINT:
		field_string(d->fields, "tracepoint", d->text);
		put_cookie(d, d->info.u.perf_event.rest[0]);
		break;
	default:
		describe_probe(d, type >= EVENT_KPROBE,
			       type == EVENT_KRETPROBE || type == EVENT_URETPROBE);
	}
}

/* --- Many functions --------------------------------------------------------------------------- */

/* In JSON a list of objects; in text one line for each. */
static void open_places(struct description *d)
{
	if (d->fields->json)
		json_open(d->fields->json, "funcs", '[');
}

static void put_kprobe(struct description *d, const struct symbols *symbols, uint64_t address,
		       uint64_t cookie)
{
	const char *name = symbols_name(symbols, address);
	struct fields place = {.json = d->fields->json, .text = d->fields->text};

	if (place.json)
		json_open(place.json, NULL, '{');
	else
		fprintf(place.text, "\n    ");
	field_address(&place, "addr", address);
	if (name)
		field_string(&place, "func", name);
	if (cookie)
		field_number(&place, "cookie", cookie);
	if (place.json)
		json_close(place.json, '}');
}

static void list_kprobes(struct description *d, uint32_t count)
{
	uint64_t *addresses = calloc(count + 1u, sizeof(*addresses));
	uint64_t *cookies = calloc(count + 1u, sizeof(*cookies));
	struct symbols symbols = {0};

	d->info.u.kprobe_multi.addrs = PBPF_ADDRESS(addresses);
	d->info.u.kprobe_multi.cookies = PBPF_ADDRESS(cookies);
	d->info.u.kprobe_multi.count = count;
	if (addresses && cookies && ask_again(d)) {
		int err = 0;

		for (uint32_t i = 0; i < count && !err; i++)
			err = symbols_want(&symbols, addresses[i]);
		if (!err)
			symbols_find(&symbols, &d->cli->env);
		open_places(d);
		for (uint32_t i = 0; i < count; i++)
			put_kprobe(d, &symbols, addresses[i], cookies[i]);
		if (d->fields->json)
			json_close(d->fields->json, ']');
	}
	symbols_free(&symbols);
	free(addresses);
	free(cookies);
}

static void describe_kprobe_multi(struct description *d)
{
	uint32_t count = d->info.u.kprobe_multi.count;

	field_flag(d->fields, "retprobe",
		   d->info.u.kprobe_multi.flags & PBPF_F_KPROBE_MULTI_RETURN);
	field_number(d->fields, "func_cnt", count);
	if (d->info.u.kprobe_multi.missed)
		field_number(d->fields, "missed", d->info.u.kprobe_multi.missed);
	if (d->at_length)
		list_kprobes(d, count);
}

/* Where in the file: `places` is offsets, counters and cookies, `count` of each. */
static void put_uprobes(struct description *d, const uint64_t *places, uint32_t count)
{
	open_places(d);
	for (uint32_t i = 0; i < count; i++) {
		struct fields place = {.json = d->fields->json, .text = d->fields->text};

		if (place.json)
			json_open(place.json, NULL, '{');
		else
			fprintf(place.text, "\n    ");
		field_address(&place, "offset", places[i]);
		if (places[count + i])
			field_address(&place, "ref_ctr_offset", places[count + i]);
		if (places[2 * (size_t)count + i])
			field_number(&place, "cookie", places[2 * (size_t)count + i]);
		if (place.json)
			json_close(place.json, '}');
	}
	if (d->fields->json)
		json_close(d->fields->json, ']');
}

static void describe_uprobe_multi(struct description *d)
{
	uint32_t count = d->info.u.uprobe_multi.count;
	uint64_t *places = calloc(3 * (size_t)count + 1, sizeof(*places));

	d->info.u.uprobe_multi.path = PBPF_ADDRESS(d->text);
	d->info.u.uprobe_multi.path_size = sizeof(d->text);
	if (places && d->at_length) {
		d->info.u.uprobe_multi.offsets = PBPF_ADDRESS(places);
		d->info.u.uprobe_multi.ref_ctr_offsets = PBPF_ADDRESS(places + count);
		d->info.u.uprobe_multi.cookies = PBPF_ADDRESS(places + 2 * (size_t)count);
	}
	if (places && ask_again(d)) {
		field_flag(d->fields, "retprobe",
			   d->info.u.uprobe_multi.flags & PBPF_F_UPROBE_MULTI_RETURN);
		field_string(d->fields, "path", d->text);
		field_number(d->fields, "func_cnt", count);
		if (d->info.u.uprobe_multi.pid)
			field_number(d->fields, "pid", d->info.u.uprobe_multi.pid);
		if (d->at_length)
			put_uprobes(d, places, count);
	}
	free(places);
}

/* --- Cgroups, networking, iterators ----------------------------------------------------------- */

static void put_cgroup(struct description *d, uint64_t id)
{
	field_number(d->fields, "cgroup_id", id);
	if (cgroup_path(id, d->text, sizeof(d->text)))
		field_string(d->fields, "cgroup", d->text);
}

/* What an iterator walks: a kind of thing, perhaps of one map, cgroup or process. */
static void describe_iter(struct description *d)
{
	static const char *const orders[] = {NULL, "self_only", "descendants_pre",
					     "descendants_post", "ancestors_up"};
	uint32_t order;

	d->info.u.iter.target_name = PBPF_ADDRESS(d->text);
	d->info.u.iter.target_name_len = sizeof(d->text);
	if (!ask_again(d))
		return;
	field_string(d->fields, "target_name", d->text);
	if (strstr(d->text, "map") && d->info.u.iter.map_id)
		field_number(d->fields, "map_id", d->info.u.iter.map_id);
	if (!strcmp(d->text, "cgroup")) {
		order = d->info.u.iter.u.cgroup.order;
		put_cgroup(d, d->info.u.iter.u.cgroup.cgroup_id);
		if (order && order < sizeof(orders) / sizeof(orders[0]))
			field_string(d->fields, "order", orders[order]);
	} else if (!strncmp(d->text, "task", 4)) {
		if (d->info.u.iter.u.task.tid)
			field_number(d->fields, "tid", d->info.u.iter.u.task.tid);
		if (d->info.u.iter.u.task.pid)
			field_number(d->fields, "pid", d->info.u.iter.u.task.pid);
	}
}

static void describe_netfilter(struct description *d)
{
	static const char *const hooks[] = {"prerouting", "input", "forward", "output",
					    "postrouting"};
	uint32_t family = d->info.u.netfilter.pf, hook = d->info.u.netfilter.hooknum;

	field_number(d->fields, "pf", family);
	if (family == 2 || family == 10)
		field_string(d->fields, "family", family == 2 ? "ip" : "ip6");
	field_number(d->fields, "hook", hook);
	if (hook < sizeof(hooks) / sizeof(hooks[0]))
		field_string(d->fields, "hook_name", hooks[hook]);
	field_signed(d->fields, "prio", d->info.u.netfilter.priority);
	field_number(d->fields, "flags", d->info.u.netfilter.flags);
}

static void describe(struct description *d)
{
	struct fields *fields = d->fields;

	switch (d->info.type) {
	case PBPF_LINK_TYPE_RAW_TRACEPOINT: describe_raw_tracepoint(d); break;
	case PBPF_LINK_TYPE_TRACING: describe_tracing(d); break;
	case PBPF_LINK_TYPE_PERF_EVENT: describe_perf_event(d); break;
	case PBPF_LINK_TYPE_KPROBE_MULTI: describe_kprobe_multi(d); break;
	case PBPF_LINK_TYPE_UPROBE_MULTI: describe_uprobe_multi(d); break;
	case PBPF_LINK_TYPE_ITER: describe_iter(d); break;
	case PBPF_LINK_TYPE_NETFILTER: describe_netfilter(d); break;
	case PBPF_LINK_TYPE_CGROUP:
		put_cgroup(d, d->info.u.cgroup.cgroup_id);
		field_attach_type(fields, d->info.u.cgroup.attach_type);
		break;
	case PBPF_LINK_TYPE_NETNS:
		field_number(fields, "netns_ino", d->info.u.netns.netns_ino);
		field_attach_type(fields, d->info.u.netns.attach_type);
		break;
	case PBPF_LINK_TYPE_XDP: field_interface(fields, d->info.u.xdp.ifindex); break;
	case PBPF_LINK_TYPE_TCX:
	case PBPF_LINK_TYPE_NETKIT:
		field_interface(fields, d->info.u.tcx.ifindex);
		field_attach_type(fields, d->info.u.tcx.attach_type);
		break;
	case PBPF_LINK_TYPE_STRUCT_OPS:
		field_number(fields, "map_id", d->info.u.struct_ops.map_id);
		break;
	case PBPF_LINK_TYPE_SOCKMAP:
		field_number(fields, "map_id", d->info.u.sockmap.map_id);
		field_attach_type(fields, d->info.u.sockmap.attach_type);
		break;
	default: break;
	}
}

void link_describe(struct cli *cli, struct types_cache *cache, const struct found *found,
		   bool at_length, struct fields *fields)
{
	struct description d = {
		.cli = cli,
		.cache = cache,
		.found = found,
		.at_length = at_length,
		.fields = fields,
		.info = found->info.link,
	};

	describe(&d);
}
