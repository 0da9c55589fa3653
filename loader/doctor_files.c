/* SPDX-License-Identifier: MIT */
/*
 * From what the kernel's files say to findings. Pure: a struct machine goes in.
 */
#include "loader/doctor.h"

#include <stdio.h>

#define OUT_ROOT "run it as root"

static bool older_than(const struct examination *exam, uint32_t version)
{
	return exam->machine.version && exam->machine.version < version;
}

/* --- The process ----------------------------------------------------------------------------- */

static const struct {
	int number;
	const char *name;
	const char *letters;
	const char *opens;
	uint32_t since;
} capabilities[] = {
	{CAPABLE_BPF, "CAP_BPF", "cap_bpf", "maps, types, programs", PBPF_LINUX(5, 8)},
	{CAPABLE_PERFMON, "CAP_PERFMON", "cap_perfmon", "programs that trace", PBPF_LINUX(5, 8)},
	{CAPABLE_NET_ADMIN, "CAP_NET_ADMIN", "cap_net_admin", "programs of the network", 0},
	{CAPABLE_SYS_ADMIN, "CAP_SYS_ADMIN", "cap_sys_admin", "objects by id, the types of modules",
	 0},
};

static void examine_capability(struct examination *exam, size_t i)
{
	const struct machine *machine = &exam->machine;
	const char *opens = capabilities[i].opens;
	char way_out[80];

	snprintf(way_out, sizeof(way_out), OUT_ROOT ", or: setcap %s+ep FILE",
		 capabilities[i].letters);
	if (older_than(exam, PBPF_LINUX(5, 8))) {
		if (capabilities[i].since)
			return;
		if (capabilities[i].number == CAPABLE_SYS_ADMIN)
			opens = "all of BPF, before Linux 5.8";
	}
	if (!machine->has_status)
		exam_perhaps(exam, capabilities[i].name, "mount -t proc proc /proc",
			     "/proc/self/status cannot be read");
	else if (machine_capable(machine, capabilities[i].number))
		exam_yes(exam, capabilities[i].name, "%s", opens);
	else
		exam_no(exam, capabilities[i].name, way_out, "missing: needed for %s", opens);
}

static void examine_user_namespace(struct examination *exam)
{
	if (exam->machine.user_namespace == 1)
		exam_no(exam, "user namespace",
			"run it outside of the container, or give it a BPF token (Linux 6.9)",
			"not the first: its capabilities do not count for BPF");
	else if (exam->machine.user_namespace == 0)
		exam_yes(exam, "user namespace", "the first");
}

static void examine_seccomp(struct examination *exam)
{
	if (exam->machine.seccomp == 0)
		exam_yes(exam, "seccomp", "no filter");
	else if (exam->machine.seccomp > 0)
		exam_perhaps(
			exam, "seccomp",
			"allow bpf(2) and perf_event_open(2) in the container's seccomp profile",
			"a filter is on, which may forbid bpf(2)");
}

/* bpf_map_charge_init() and others, up to 5.10. */
static void examine_memlock(struct examination *exam)
{
	int64_t limit = exam->machine.memlock;

	if (!older_than(exam, PBPF_LINUX(5, 11)))
		exam_yes(exam, "locked memory", "does not count for BPF since Linux 5.11");
	else if (limit == INT64_MAX)
		exam_yes(exam, "locked memory", "no limit");
	else if (limit == MACHINE_UNKNOWN)
		exam_perhaps(exam, "locked memory", "mount -t proc proc /proc",
			     "/proc/self/limits cannot be read");
	else
		exam_perhaps(exam, "locked memory", "ulimit -l unlimited",
			     "%lld KiB for all maps and programs; the kernel answers EPERM beyond",
			     (long long)limit / 1024);
}

void examine_process(struct examination *exam)
{
	exam->group = "process";
	for (size_t i = 0; i < sizeof(capabilities) / sizeof(capabilities[0]); i++)
		examine_capability(exam, i);
	examine_user_namespace(exam);
	examine_seccomp(exam);
	examine_memlock(exam);
}

/* --- The kernel ------------------------------------------------------------------------------ */

static void examine_unprivileged(struct examination *exam)
{
	int disabled = exam->machine.unprivileged_disabled;

	if (disabled > 0 && !machine_capable(&exam->machine, CAPABLE_BPF))
		exam_no(exam, "unprivileged BPF", OUT_ROOT,
			"kernel.unprivileged_bpf_disabled is %d: nothing works without CAP_BPF",
			disabled);
	else if (disabled > 0)
		exam_yes(exam, "unprivileged BPF",
			 "off (kernel.unprivileged_bpf_disabled is %d), which does not matter with "
			 "CAP_BPF",
			 disabled);
	else if (disabled == 0)
		exam_yes(exam, "unprivileged BPF", "on: socket filters without CAP_BPF");
}

static void examine_lockdown(struct examination *exam)
{
	switch (exam->machine.lockdown) {
	case LOCKDOWN_NONE: exam_yes(exam, "lockdown", "off"); break;
	case LOCKDOWN_INTEGRITY:
		exam_perhaps(exam, "lockdown", "boot without lockdown=, or without Secure Boot",
			     "integrity: no bpf_probe_write_user()");
		break;
	case LOCKDOWN_CONFIDENTIALITY:
		exam_no(exam, "lockdown", "boot without lockdown=, or without Secure Boot",
			"confidentiality: programs cannot read the kernel's memory, and no probes");
		break;
	default:
		exam_perhaps(exam, "lockdown",
			     "mount -t securityfs securityfs /sys/kernel/security",
			     "not known: /sys/kernel/security/lockdown cannot be read");
	}
}

static void examine_jit(struct examination *exam)
{
	if (exam->machine.jit > 0)
		exam_yes(exam, "JIT", "on%s",
			 exam->machine.jit_harden > 1 ? ", hardened for all: somewhat slower" : "");
	else if (exam->machine.jit == 0)
		exam_no(exam, "JIT", "sysctl net.core.bpf_jit_enable=1",
			"off: programs are interpreted, and those of BTF do not load");
}

/* What perf_event_open() takes without CAP_PERFMON: perf_allow_tracepoint() and others. */
static void examine_perf(struct examination *exam)
{
	int paranoid = exam->machine.perf_paranoid;

	if (paranoid == MACHINE_UNKNOWN)
		return;
	if (machine_capable(&exam->machine, CAPABLE_PERFMON))
		exam_yes(exam, "perf events",
			 "kernel.perf_event_paranoid is %d, which does not matter with CAP_PERFMON",
			 paranoid);
	else
		exam_no(exam, "perf events", OUT_ROOT ", or: setcap cap_perfmon+ep FILE",
			"kernel.perf_event_paranoid is %d, and this process lacks CAP_PERFMON",
			paranoid);
}

/* kallsyms_show_value() in kernel/kallsyms.c (kernel/ksyms_common.c) */
static void examine_kallsyms(struct examination *exam)
{
	if (exam->machine.kptr_restrict >= 2)
		exam_no(exam, "kernel addresses", "sysctl kernel.kptr_restrict=1",
			"kernel.kptr_restrict is %d: /proc/kallsyms shows zeros",
			exam->machine.kptr_restrict);
	else if (exam->machine.kptr_restrict != MACHINE_UNKNOWN)
		exam_yes(exam, "kernel addresses", "kernel.kptr_restrict is %d",
			 exam->machine.kptr_restrict);
}

static void examine_lsm(struct examination *exam)
{
	if (exam->machine.bpf_lsm == 1)
		exam_yes(exam, "security hooks", "BPF is asked");
	else if (exam->machine.bpf_lsm == 0)
		exam_no(exam, "security hooks", "boot with lsm=...,bpf",
			"\"bpf\" is not among the security modules: lsm programs never run");
}

static void examine_btf(struct examination *exam)
{
	const struct trial modules = {
		.result = -ENOENT,
		.since = PBPF_LINUX(5, 11),
		.config = "CONFIG_DEBUG_INFO_BTF_MODULES",
	};
	char configured = config_value(exam, modules.config);

	if (!exam->kernel_btf_size) {
		exam_no(exam, "BTF",
			"a kernel with CONFIG_DEBUG_INFO_BTF=y, or a file with its types",
			"the kernel shows no types: no CO-RE, fentry, tp_btf, lsm, iterators");
		return;
	}
	exam_yes(exam, "BTF", "%zu KB of types", exam->kernel_btf_size / 1000);
	if (configured == 'n')
		tell_trial(exam, "BTF of modules", &modules);
	else if (!machine_capable(&exam->machine, CAPABLE_SYS_ADMIN))
		exam_no(exam, "BTF of modules", OUT_ROOT, "needs CAP_SYS_ADMIN");
	else if (configured)
		exam_yes(exam, "BTF of modules", "there");
}

void examine_kernel(struct examination *exam)
{
	const struct machine *machine = &exam->machine;

	exam->group = "kernel";
	exam_yes(exam, "Linux", "%s %s", machine->kernel.release, machine->kernel.machine);
	examine_btf(exam);
	examine_jit(exam);
	examine_unprivileged(exam);
	examine_lockdown(exam);
	examine_perf(exam);
	examine_kallsyms(exam);
	examine_lsm(exam);
	if (machine->ftrace == 0)
		exam_no(exam, "ftrace", "sysctl kernel.ftrace_enabled=1",
			"off: fentry, fexit and kprobe.multi cannot attach");
	if (exam->config.size)
		exam_yes(exam, "configuration", "%s", exam->config.path);
	else
		exam_perhaps(exam, "configuration", "", "neither " KCONFIG_GZ " nor %s can be read",
			     exam->config.path);
}

/* --- Places ---------------------------------------------------------------------------------- */

static void examine_place(struct examination *exam, const char *name, const char *found,
			  const char *without, const char *way_out)
{
	if (*found)
		exam_yes(exam, name, "%s", found);
	else
		exam_no(exam, name, way_out, "not mounted: %s", without);
}

void examine_places(struct examination *exam)
{
	const struct machine *machine = &exam->machine;

	exam->group = "places";
	examine_place(exam, "bpffs", machine->bpffs.path, "nothing can be pinned",
		      "mount -t bpf bpf /sys/fs/bpf");
	examine_place(exam, "tracefs", machine->tracefs.path, "tracepoints have no numbers",
		      "mount -t tracefs tracefs /sys/kernel/tracing");
	examine_place(exam, "cgroup2", machine->cgroup2.path, "no programs of cgroups",
		      "mount -t cgroup2 cgroup2 /sys/fs/cgroup");
}
