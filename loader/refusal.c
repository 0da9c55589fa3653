/* SPDX-License-Identifier: MIT */
/*
 * What to tell a user when the kernel refuses a command with an error code alone.
 */
#include "loader/machine.h"
#include "loader/object.h"

#include <stdio.h>

static const char *denial_hint(struct refusal_hint *hint, const struct pbpf_env *env,
			       uint32_t prog_type)
{
	struct machine machine;
	struct denial denial;

	read_machine(&machine, env);
	if (!machine.has_status)
		return "this needs CAP_BPF, and CAP_PERFMON to trace or CAP_NET_ADMIN for the network "
		       "(before Linux 5.8: CAP_SYS_ADMIN); run it as root";
	explain_denial(&denial, &machine, prog_type);
	snprintf(hint->text, sizeof(hint->text), "%s%s%s", denial.reason,
		 *denial.way_out ? "; " : "", denial.way_out);
	return hint->text;
}

const char *refusal_hint(struct refusal_hint *hint, const struct pbpf_env *env, int err,
			 uint32_t prog_type)
{
	switch (err) {
	case -EPERM:
	case -EACCES: return denial_hint(hint, env, prog_type);
	case -ENOSYS: return "this kernel was built without CONFIG_BPF_SYSCALL";
	case -ENOMEM: return "the kernel has no memory for it";
	case -E2BIG: return "the kernel is older than what the object asks for";
	default: return NULL;
	}
}

const char *token_hint(const struct pbpf_object *obj, int err)
{
	if (obj->token_fd < 0 || err != -EPERM)
		return NULL;
	return "the BPF token does not allow it: see delegate_cmds, delegate_maps, delegate_progs and "
	       "delegate_attachs of the bpffs that gave it, and this process's capabilities in its "
	       "user namespace";
}

static const char *rule_of_storage(uint32_t type)
{
	switch (type) {
	case PBPF_MAP_TYPE_SK_STORAGE:
	case PBPF_MAP_TYPE_INODE_STORAGE:
	case PBPF_MAP_TYPE_TASK_STORAGE:
	case PBPF_MAP_TYPE_CGRP_STORAGE:
		return "it wants a key of type int, BPF_F_NO_PREALLOC, no max_entries, and BTF (clang -g)";
	case PBPF_MAP_TYPE_CGROUP_STORAGE:
	case PBPF_MAP_TYPE_PERCPU_CGROUP_STORAGE:
		return "its key is a struct bpf_cgroup_storage_key or a __u64, and it has no max_entries";
	default: return NULL;
	}
}

/* Each type has its own rules: its map_alloc_check() in kernel/bpf/. */
const char *rule_of_map(const struct pbpf_map_attr *attr)
{
	const char *rule = rule_of_storage(attr->type);

	if (rule)
		return rule;
	if (!attr->max_entries)
		return "set max_entries: in its definition, or with pbpf_map_set_attr() before load";
	switch (attr->type) {
	case PBPF_MAP_TYPE_LPM_TRIE:
		return "its key is a struct of a __u32, the prefix's length, and up to 256 bytes; and it "
		       "wants BPF_F_NO_PREALLOC";
	case PBPF_MAP_TYPE_RINGBUF:
	case PBPF_MAP_TYPE_USER_RINGBUF:
		return "it has neither key nor value, only max_entries, which are bytes";
	case PBPF_MAP_TYPE_ARENA:
		return "it has neither key nor value, wants BPF_F_MMAPABLE, and max_entries are pages";
	case PBPF_MAP_TYPE_QUEUE:
	case PBPF_MAP_TYPE_STACK:
	case PBPF_MAP_TYPE_BLOOM_FILTER: return "it has no key, only a value and max_entries";
	case PBPF_MAP_TYPE_ARRAY:
	case PBPF_MAP_TYPE_PERCPU_ARRAY:
		return "its key is a __u32, the index; check size and flags, too";
	case PBPF_MAP_TYPE_PROG_ARRAY:
	case PBPF_MAP_TYPE_PERF_EVENT_ARRAY:
	case PBPF_MAP_TYPE_CGROUP_ARRAY:
	case PBPF_MAP_TYPE_XSKMAP:
		return "its key is a __u32, the index, and its value another, a file descriptor";
	default: return "check type, sizes, max_entries and flags against what the kernel takes";
	}
}
