/* SPDX-License-Identifier: MIT */
/*
 * Which ways of attaching the kernel has. Nothing is attached: each is tried on what does not exist (a bad fd,
 * a function or a network interface that nobody has), and a kernel that knows the way complains of that, while
 * one that does not says EINVAL.
 */
#include "loader/doctor.h"

#include <stdio.h>
#include <string.h>

#define NO_INTERFACE INT32_MAX
#define PMU	     "/sys/bus/event_source/devices/"

static bool file_is_there(const struct examination *exam, const char *path)
{
	void *data;
	size_t size;
	int err = pbpf_sys_read_file(exam->env, path, &data, &size, 4096);

	if (!err)
		pbpf_sys_free_file(exam->env, data, size);
	return !err || err == -EFBIG;
}

/* Probes of functions, by their PMU (4.17), or by tracefs. */
static void examine_probe(struct examination *exam, const char *name, const char *config)
{
	struct trial trial = {.prog_type = PBPF_PROG_TYPE_KPROBE, .config = config};
	char path[96];

	snprintf(path, sizeof(path), PMU "%s/type", name);
	if (!file_is_there(exam, path)) {
		snprintf(path, sizeof(path), "%s/%s_events", exam->machine.tracefs.path, name);
		if (!file_is_there(exam, path))
			trial.result = -ENOENT;
	}
	if (!trial.result && !strcmp(name, "kprobe") &&
	    exam->machine.lockdown == LOCKDOWN_CONFIDENTIALITY)
		trial.result = -EPERM;
	tell_trial(exam, name, &trial);
}

static void examine_tracepoints(struct examination *exam)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/events/sched/sched_switch/id", exam->machine.tracefs.path);
	if (!*exam->machine.tracefs.path)
		exam_no(exam, "tracepoint", "mount -t tracefs tracefs /sys/kernel/tracing",
			"tracefs is not mounted; raw tracepoints do without");
	else if (file_is_there(exam, path))
		exam_yes(exam, "tracepoint", "%s", "");
	else
		exam_no(exam, "tracepoint", "run it as root", "%s cannot be read", path);
}

/* A dummy event of this process: whether perf events can be opened at all. */
static void examine_perf_event(struct examination *exam)
{
	enum { PERF_COUNT_SW_DUMMY = 9 };
	const struct pbpf_perf_attr attr = {
		.type = PBPF_PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_DUMMY,
	};
	struct trial trial = {.prog_type = PBPF_PROG_TYPE_PERF_EVENT,
			      .config = "CONFIG_PERF_EVENTS"};

	trial.result = pbpf_sys_perf_event_open(exam->env, &attr, 0, -1, -1, 0);
	if (trial.result == -EACCES)
		trial.result = -EPERM;
	tell_trial(exam, "perf_event", &trial);
	pbpf_sys_close(exam->env, trial.result);
}

/* A way of linking, what it is tried on, and how the kernel complains about that. */
struct link_trial {
	const char *name;
	uint32_t prog_type, attach_type, prog_attach_type;
	int complaint;
	const char *config;
};

static const struct link_trial link_trials[] = {
	{"perf link", PBPF_PROG_TYPE_TRACEPOINT, PBPF_PERF_EVENT, 0, -EBADF, "CONFIG_PERF_EVENTS"},
	{"kprobe.multi", PBPF_PROG_TYPE_KPROBE, PBPF_TRACE_KPROBE_MULTI, PBPF_TRACE_KPROBE_MULTI,
	 -ESRCH, "CONFIG_FPROBE"},
	{"kprobe.session", PBPF_PROG_TYPE_KPROBE, PBPF_TRACE_KPROBE_SESSION,
	 PBPF_TRACE_KPROBE_SESSION, -ESRCH, "CONFIG_FPROBE"},
	{"uprobe.multi", PBPF_PROG_TYPE_KPROBE, PBPF_TRACE_UPROBE_MULTI, PBPF_TRACE_UPROBE_MULTI,
	 -EBADF, "CONFIG_UPROBES"},
	{"uprobe.session", PBPF_PROG_TYPE_KPROBE, PBPF_TRACE_UPROBE_SESSION,
	 PBPF_TRACE_UPROBE_SESSION, -EBADF, "CONFIG_UPROBES"},
	{"cgroup link", PBPF_PROG_TYPE_CGROUP_SKB, PBPF_CGROUP_INET_EGRESS, PBPF_CGROUP_INET_EGRESS,
	 -EBADF, "CONFIG_CGROUP_BPF"},
	{"tcx", PBPF_PROG_TYPE_SCHED_CLS, PBPF_TCX_INGRESS, PBPF_TCX_INGRESS, -ENODEV,
	 "CONFIG_NET_XGRESS"},
	{"netkit", PBPF_PROG_TYPE_SCHED_CLS, PBPF_NETKIT_PRIMARY, PBPF_NETKIT_PRIMARY, -ENODEV,
	 "CONFIG_NETKIT"},
};

static int link_to_nothing(const struct examination *exam, const struct link_trial *way, int prog)
{
	static const char *const symbols[] = {"plainbpf_no_such_function"};
	static const uint64_t offsets[] = {0};
	struct pbpf_link_attr attr = {.prog_fd = prog, .attach_type = way->attach_type};

	switch (way->attach_type) {
	case PBPF_TRACE_KPROBE_MULTI:
	case PBPF_TRACE_KPROBE_SESSION:
		attr.multi.count = 1;
		attr.multi.symbols = symbols;
		break;
	case PBPF_TRACE_UPROBE_MULTI:
	case PBPF_TRACE_UPROBE_SESSION:
		attr.multi.count = 1;
		attr.multi.path = "/";
		attr.multi.offsets = offsets;
		break;
	case PBPF_TCX_INGRESS:
	case PBPF_NETKIT_PRIMARY: attr.target_fd = NO_INTERFACE; break;
	default: attr.target_fd = -1;
	}
	return pbpf_sys_link_create(exam->env, &attr);
}

static void examine_link(struct examination *exam, const struct link_trial *way)
{
	struct trial trial = {
		.prog_type = way->prog_type,
		.since = pbpf_since_attach_type(way->attach_type),
		.config = way->config,
	};
	const struct trial_program program = {.type = way->prog_type,
					      .attach_type = way->prog_attach_type};
	int prog = load_trial(exam, &program, NULL, 0);

	trial.result = prog < 0 ? prog : link_to_nothing(exam, way, prog);
	if (trial.result >= 0) /* it cannot be */
		pbpf_sys_close(exam->env, trial.result);
	if (trial.result == way->complaint)
		trial.result = 0;
	tell_trial(exam, way->name, &trial);
	pbpf_sys_close(exam->env, prog);
}

/* Both sides of an interface are one way. */
static const struct link_trial *link_trial_of(uint32_t attach_type)
{
	if (attach_type == PBPF_TCX_EGRESS)
		attach_type = PBPF_TCX_INGRESS;
	if (attach_type == PBPF_NETKIT_PEER)
		attach_type = PBPF_NETKIT_PRIMARY;
	for (size_t i = 0; attach_type && i < sizeof(link_trials) / sizeof(link_trials[0]); i++)
		if (link_trials[i].prog_attach_type == attach_type)
			return &link_trials[i];
	return NULL;
}

bool is_link_tried(uint32_t attach_type)
{
	return link_trial_of(attach_type);
}

void examine_attaching(struct examination *exam)
{
	exam->group = "attaching";
	examine_tracepoints(exam);
	examine_perf_event(exam);
	examine_probe(exam, "kprobe", "CONFIG_KPROBES");
	examine_probe(exam, "uprobe", "CONFIG_UPROBES");
	for (size_t i = 0; i < sizeof(link_trials) / sizeof(link_trials[0]); i++)
		examine_link(exam, &link_trials[i]);
}

/* Calls of the system are entered by kprobes, and probes of USDT by uprobes. */
static enum attach_kind way_of(const struct pbpf_program *prog)
{
	switch (prog->kind->attach) {
	case ATTACH_KSYSCALL: return ATTACH_KPROBE;
	case ATTACH_USDT: return ATTACH_UPROBE;
	default: return prog->kind->attach;
	}
}

bool is_same_way(const struct pbpf_program *a, const struct pbpf_program *b)
{
	enum attach_kind way = way_of(a);
	bool by_link = way == ATTACH_KPROBE_MULTI || way == ATTACH_UPROBE_MULTI;

	return way == way_of(b) &&
	       (!by_link || a->attr.expected_attach_type == b->attr.expected_attach_type);
}

void examine_way(struct examination *exam, const struct pbpf_program *prog)
{
	switch (way_of(prog)) {
	case ATTACH_TRACEPOINT: examine_tracepoints(exam); break;
	case ATTACH_KPROBE: examine_probe(exam, "kprobe", "CONFIG_KPROBES"); break;
	case ATTACH_UPROBE: examine_probe(exam, "uprobe", "CONFIG_UPROBES"); break;
	case ATTACH_KPROBE_MULTI:
	case ATTACH_UPROBE_MULTI:
		examine_link(exam, link_trial_of(prog->attr.expected_attach_type));
		break;
	default: break;
	}
}
