/* SPDX-License-Identifier: MIT */
/*
 * Why the kernel said EPERM.
 *
 * Which capability a program type takes: is_net_admin_prog_type() and is_perfmon_prog_type() in
 * kernel/bpf/syscall.c of Linux, since 5.8; before, CAP_SYS_ADMIN for all but two types.
 */
#include "loader/machine.h"

#include <stdio.h>
#include <string.h>

bool machine_capable(const struct machine *machine, int capability)
{
	bool newer = capability == CAPABLE_BPF || capability == CAPABLE_PERFMON;
	uint64_t enough = 1ull << CAPABLE_SYS_ADMIN;

	if (!machine->has_status)
		return true;
	if (!newer || !machine->version || machine->version >= PBPF_LINUX(5, 8))
		enough |= 1ull << capability;
	return machine->capabilities & enough;
}

static bool needs_perfmon(uint32_t prog_type)
{
	switch (prog_type) {
	case PBPF_PROG_TYPE_KPROBE:
	case PBPF_PROG_TYPE_TRACEPOINT:
	case PBPF_PROG_TYPE_PERF_EVENT:
	case PBPF_PROG_TYPE_RAW_TRACEPOINT:
	case PBPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE:
	case PBPF_PROG_TYPE_TRACING:
	case PBPF_PROG_TYPE_LSM:
	case PBPF_PROG_TYPE_STRUCT_OPS:
	case PBPF_PROG_TYPE_EXT: return true;
	default: return false;
	}
}

static bool needs_net_admin(uint32_t prog_type)
{
	switch (prog_type) {
	case PBPF_PROG_TYPE_SCHED_CLS:
	case PBPF_PROG_TYPE_SCHED_ACT:
	case PBPF_PROG_TYPE_XDP:
	case PBPF_PROG_TYPE_LWT_IN:
	case PBPF_PROG_TYPE_LWT_OUT:
	case PBPF_PROG_TYPE_LWT_XMIT:
	case PBPF_PROG_TYPE_LWT_SEG6LOCAL:
	case PBPF_PROG_TYPE_SK_SKB:
	case PBPF_PROG_TYPE_SK_MSG:
	case PBPF_PROG_TYPE_FLOW_DISSECTOR:
	case PBPF_PROG_TYPE_CGROUP_DEVICE:
	case PBPF_PROG_TYPE_CGROUP_SOCK:
	case PBPF_PROG_TYPE_CGROUP_SOCK_ADDR:
	case PBPF_PROG_TYPE_CGROUP_SOCKOPT:
	case PBPF_PROG_TYPE_CGROUP_SYSCTL:
	case PBPF_PROG_TYPE_SOCK_OPS:
	case PBPF_PROG_TYPE_EXT:
	case PBPF_PROG_TYPE_NETFILTER: return true;
	default: return false;
	}
}

/* The capabilities that are needed and not there: "CAP_BPF and CAP_PERFMON", and as setcap(8) takes them. */
struct lacking {
	unsigned int count;
	char names[64];
	char letters[64];
};

static void lack(struct lacking *lacking, const char *name, const char *letters)
{
	size_t used = strlen(lacking->names), written = strlen(lacking->letters);

	snprintf(lacking->names + used, sizeof(lacking->names) - used, "%s%s",
		 lacking->count ? " and " : "", name);
	snprintf(lacking->letters + written, sizeof(lacking->letters) - written, "%s%s",
		 lacking->count ? "," : "", letters);
	lacking->count++;
}

static struct lacking find_lacking(const struct machine *machine, uint32_t prog_type)
{
	struct lacking lacking = {0};

	if (machine->version && machine->version < PBPF_LINUX(5, 8)) {
		if (!machine_capable(machine, CAPABLE_SYS_ADMIN))
			lack(&lacking, "CAP_SYS_ADMIN", "cap_sys_admin");
		return lacking;
	}
	if (!machine_capable(machine, CAPABLE_BPF))
		lack(&lacking, "CAP_BPF", "cap_bpf");
	if (needs_perfmon(prog_type) && !machine_capable(machine, CAPABLE_PERFMON))
		lack(&lacking, "CAP_PERFMON", "cap_perfmon");
	if (needs_net_admin(prog_type) && !machine_capable(machine, CAPABLE_NET_ADMIN))
		lack(&lacking, "CAP_NET_ADMIN", "cap_net_admin");
	return lacking;
}

static void say(struct denial *denial, const char *reason, const char *way_out)
{
	snprintf(denial->reason, sizeof(denial->reason), "%s", reason);
	snprintf(denial->way_out, sizeof(denial->way_out), "%s", way_out);
}

static void say_lacking(struct denial *denial, const struct lacking *lacking)
{
	snprintf(denial->reason, sizeof(denial->reason), "this process lacks %s", lacking->names);
	snprintf(denial->way_out, sizeof(denial->way_out),
		 "run it as root, or give the program's file what it lacks: setcap %s+ep FILE",
		 lacking->letters);
}

/* Before 5.11 (bpf_map_charge_init() and others) memory of BPF counted as locked memory, and too much of it
 * gave EPERM. */
static bool is_memlock(const struct machine *machine)
{
	return machine->version && machine->version < PBPF_LINUX(5, 11) &&
	       machine->memlock != MACHINE_UNKNOWN && machine->memlock != INT64_MAX;
}

static void say_memlock(struct denial *denial, const struct machine *machine)
{
	char reason[sizeof(denial->reason)];

	snprintf(reason, sizeof(reason), "the limit of locked memory, %lld KiB, is used up",
		 (long long)machine->memlock / 1024);
	say(denial, reason,
	    "raise it: ulimit -l unlimited; or set raise_memlock in struct pbpf_options");
}

void explain_denial(struct denial *denial, const struct machine *machine, uint32_t prog_type)
{
	struct lacking lacking = find_lacking(machine, prog_type);

	if (!machine->has_status)
		say(denial, "what this process may do cannot be read from /proc/self/status",
		    "mount proc: mount -t proc proc /proc; or run it as root");
	else if (lacking.count)
		say_lacking(denial, &lacking);
	else if (machine->user_namespace == 1)
		say(denial,
		    "this process is in a user namespace, where capabilities do not count for BPF",
		    "run it outside of the container, or give it a BPF token (Linux 6.9)");
	else if (machine->seccomp == 2)
		say(denial,
		    "a seccomp filter on this process forbids it, as those of containers do",
		    "allow bpf(2) and perf_event_open(2) in the container's seccomp profile");
	else if (is_memlock(machine))
		say_memlock(denial, machine);
	else
		say(denial,
		    "this process has the capabilities for it; the kernel was built or hardened "
		    "to refuse it, or a security module does",
		    "see whether the kernel's log (dmesg) or the audit log says more");
}
