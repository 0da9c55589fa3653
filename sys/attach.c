/* SPDX-License-Identifier: MIT */
/*
 * Attaching: links, the older attachment without a link, and what is attached where.
 */
#include "sys/kernel.h"

#include <string.h>

/* Puts what this attach type reads into the attr's union. */
static void link_details(struct abi_link_create *a, const struct pbpf_link_attr *attr)
{
	switch (attr->attach_type) {
	case PBPF_TRACE_ITER:
		a->iter.iter_info = PBPF_ADDRESS(attr->iter.info);
		a->iter.iter_info_len = attr->iter.size;
		break;
	case PBPF_PERF_EVENT: a->perf_event.cookie = attr->cookie; break;
	case PBPF_TRACE_KPROBE_MULTI:
	case PBPF_TRACE_KPROBE_SESSION:
		a->kprobe_multi.flags = attr->multi.flags;
		a->kprobe_multi.cnt = attr->multi.count;
		a->kprobe_multi.syms = PBPF_ADDRESS(attr->multi.symbols);
		a->kprobe_multi.addrs = PBPF_ADDRESS(attr->multi.addresses);
		a->kprobe_multi.cookies = PBPF_ADDRESS(attr->multi.cookies);
		break;
	case PBPF_TRACE_UPROBE_MULTI:
	case PBPF_TRACE_UPROBE_SESSION:
		a->uprobe_multi.path = PBPF_ADDRESS(attr->multi.path);
		a->uprobe_multi.offsets = PBPF_ADDRESS(attr->multi.offsets);
		a->uprobe_multi.ref_ctr_offsets = PBPF_ADDRESS(attr->multi.ref_counters);
		a->uprobe_multi.cookies = PBPF_ADDRESS(attr->multi.cookies);
		a->uprobe_multi.cnt = attr->multi.count;
		a->uprobe_multi.flags = attr->multi.flags;
		a->uprobe_multi.pid = attr->multi.pid;
		break;
	case PBPF_TRACE_FENTRY_MULTI:
	case PBPF_TRACE_FEXIT_MULTI:
	case PBPF_TRACE_FSESSION_MULTI:
		a->tracing_multi.ids = PBPF_ADDRESS(attr->multi.ids);
		a->tracing_multi.cookies = PBPF_ADDRESS(attr->multi.cookies);
		a->tracing_multi.cnt = attr->multi.count;
		break;
	case PBPF_NETFILTER:
		a->netfilter.pf = attr->netfilter.family;
		a->netfilter.hooknum = attr->netfilter.hook;
		a->netfilter.priority = attr->netfilter.priority;
		a->netfilter.flags = attr->netfilter.flags;
		break;
	default:
		/* Tracing, or a list of programs: the kernel has both in the same place, and a
		 * program that replaces another has the attach type of a cgroup's (0). */
		a->target.number = attr->target_btf_id ? attr->target_btf_id
						       : sys_optional_fd(attr->relative_fd);
		a->target.value = attr->cookie ? attr->cookie : attr->expected_revision;
	}
}

int pbpf_sys_link_create(const struct pbpf_env *env, const struct pbpf_link_attr *attr)
{
	struct abi_link_create a;

	memset(&a, 0, sizeof(a));
	a.prog_fd = (uint32_t)attr->prog_fd;
	a.target_fd = sys_optional_fd(attr->target_fd);
	a.attach_type = attr->attach_type;
	a.flags = attr->flags;
	link_details(&a, attr);
	return sys_call_fd(env, PBPF_LINK_CREATE, &a, sizeof(a));
}

int pbpf_sys_link_update(const struct pbpf_env *env, int link_fd, int new_fd, int old_fd,
			 uint32_t flags)
{
	struct abi_link_update a = {
		.link_fd = (uint32_t)link_fd,
		.new_prog_fd = (uint32_t)new_fd,
		.flags = flags,
		.old_prog_fd = sys_optional_fd(old_fd),
	};

	return sys_call(env, PBPF_LINK_UPDATE, &a, sizeof(a));
}

int pbpf_sys_link_detach(const struct pbpf_env *env, int link_fd)
{
	struct abi_link_detach a = {.link_fd = (uint32_t)link_fd};

	return sys_call(env, PBPF_LINK_DETACH, &a, sizeof(a));
}

int pbpf_sys_raw_tracepoint_open(const struct pbpf_env *env, int prog_fd, const char *name,
				 uint64_t cookie)
{
	struct abi_raw_tracepoint a = {
		.name = PBPF_ADDRESS(name),
		.prog_fd = (uint32_t)prog_fd,
		.cookie = cookie,
	};

	return sys_call_fd(env, PBPF_RAW_TRACEPOINT_OPEN, &a, sizeof(a));
}

int pbpf_sys_iter_create(const struct pbpf_env *env, int link_fd)
{
	struct abi_iter_create a = {.link_fd = (uint32_t)link_fd};

	return sys_call_fd(env, PBPF_ITER_CREATE, &a, sizeof(a));
}

static int attach_call(const struct pbpf_env *env, enum pbpf_cmd cmd,
		       const struct pbpf_attach_attr *attr)
{
	struct abi_prog_attach a = {
		.target_fd = (uint32_t)attr->target_fd,
		.attach_bpf_fd = sys_optional_fd(attr->prog_fd),
		.attach_type = attr->attach_type,
		.attach_flags = attr->flags,
		.replace_bpf_fd = sys_optional_fd(attr->replace_fd),
		.relative_fd = sys_optional_fd(attr->relative_fd),
		.expected_revision = attr->expected_revision,
	};

	return sys_call(env, cmd, &a, sizeof(a));
}

int pbpf_sys_prog_attach(const struct pbpf_env *env, const struct pbpf_attach_attr *attr)
{
	return attach_call(env, PBPF_PROG_ATTACH, attr);
}

int pbpf_sys_prog_detach(const struct pbpf_env *env, const struct pbpf_attach_attr *attr)
{
	return attach_call(env, PBPF_PROG_DETACH, attr);
}

int pbpf_sys_prog_query(const struct pbpf_env *env, struct pbpf_query *query)
{
	struct abi_prog_query a = {
		.target_fd = (uint32_t)query->target_fd,
		.attach_type = query->attach_type,
		.query_flags = query->flags,
		.prog_ids = PBPF_ADDRESS(query->prog_ids),
		.count = query->count,
		.prog_attach_flags = PBPF_ADDRESS(query->prog_flags),
		.link_ids = PBPF_ADDRESS(query->link_ids),
		.link_attach_flags = PBPF_ADDRESS(query->link_flags),
	};
	int err = sys_call(env, PBPF_PROG_QUERY, &a, sizeof(a));

	query->count = a.count;
	query->attach_flags = a.attach_flags;
	query->revision = a.revision;
	return err;
}
