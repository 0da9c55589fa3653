/* SPDX-License-Identifier: MIT */
/*
 * Which kinds of programs load: each pair of program type and attach type that section names know.
 */
#include "loader/doctor.h"

#include <stdio.h>
#include <string.h>

static const char *config_of_tracing(uint32_t attach_type)
{
	switch (attach_type) {
	case PBPF_TRACE_ITER:
	case PBPF_TRACE_RAW_TP: return "CONFIG_BPF_EVENTS";
	default: return "CONFIG_FUNCTION_TRACER";
	}
}

/* What a kernel must have been built with, beside CONFIG_BPF_SYSCALL. */
static const char *config_of_program(uint32_t type, uint32_t attach_type)
{
	switch (type) {
	case PBPF_PROG_TYPE_KPROBE:
		return attach_type == PBPF_TRACE_KPROBE_MULTI ||
				       attach_type == PBPF_TRACE_KPROBE_SESSION
			       ? "CONFIG_FPROBE"
			       : "CONFIG_BPF_EVENTS";
	case PBPF_PROG_TYPE_TRACEPOINT:
	case PBPF_PROG_TYPE_RAW_TRACEPOINT:
	case PBPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE:
	case PBPF_PROG_TYPE_PERF_EVENT: return "CONFIG_BPF_EVENTS";
	case PBPF_PROG_TYPE_TRACING: return config_of_tracing(attach_type);
	case PBPF_PROG_TYPE_LSM: return "CONFIG_BPF_LSM";
	case PBPF_PROG_TYPE_STRUCT_OPS:
	case PBPF_PROG_TYPE_EXT: return "CONFIG_BPF_JIT";
	case PBPF_PROG_TYPE_LIRC_MODE2: return "CONFIG_BPF_LIRC_MODE2";
	case PBPF_PROG_TYPE_LWT_IN:
	case PBPF_PROG_TYPE_LWT_OUT:
	case PBPF_PROG_TYPE_LWT_XMIT: return "CONFIG_LWTUNNEL_BPF";
	case PBPF_PROG_TYPE_LWT_SEG6LOCAL: return "CONFIG_IPV6_SEG6_BPF";
	case PBPF_PROG_TYPE_NETFILTER: return "CONFIG_NETFILTER_BPF_LINK";
	case PBPF_PROG_TYPE_SK_SKB:
	case PBPF_PROG_TYPE_SK_MSG: return "CONFIG_NET_SOCK_MSG";
	case PBPF_PROG_TYPE_CGROUP_SKB:
	case PBPF_PROG_TYPE_CGROUP_SOCK:
	case PBPF_PROG_TYPE_CGROUP_SOCK_ADDR:
	case PBPF_PROG_TYPE_CGROUP_SOCKOPT:
	case PBPF_PROG_TYPE_CGROUP_DEVICE:
	case PBPF_PROG_TYPE_CGROUP_SYSCTL:
	case PBPF_PROG_TYPE_SOCK_OPS: return "CONFIG_CGROUP_BPF";
	default: return "CONFIG_NET";
	}
}

/* Programs that choose a socket chose before they had an attach type, and that is this one. */
static uint32_t since_attach(uint32_t attach_type)
{
	return attach_type && attach_type != PBPF_SK_REUSEPORT_SELECT
		       ? pbpf_since_attach_type(attach_type)
		       : 0;
}

static uint32_t since_program(uint32_t type, uint32_t attach_type)
{
	uint32_t since = pbpf_since_prog_type(type);
	uint32_t attach = since_attach(attach_type);

	return attach > since ? attach : since;
}

/* Asks once more, with a log. */
static void ask_verifier(const struct examination *exam, struct trial *trial,
			 const struct trial_program *program)
{
	struct pbpf_log_verdict verdict;
	char log[1024] = "";

	pbpf_sys_close(exam->env, load_trial(exam, program, log, sizeof(log)));
	log[sizeof(log) - 1] = '\0';
	pbpf_log_read(&verdict, log, NULL);
	if (verdict.line.size)
		snprintf(trial->said, sizeof(trial->said), "the kernel refuses it: %s: %.*s",
			 pbpf_error_name(trial->result),
			 verdict.line.size < 160 ? (int)verdict.line.size : 160, verdict.line.at);
}

static bool is_newer(const struct examination *exam, uint32_t attach_type)
{
	return exam->machine.version && since_attach(attach_type) > exam->machine.version;
}

/* A kernel does not look at the attach type of every program type, and vendors carry features back. */
static void tell_unchecked(struct examination *exam, const char *name, uint32_t attach_type)
{
	uint32_t since = pbpf_since_attach_type(attach_type);

	exam_perhaps(exam, name,
		     is_link_tried(attach_type) ? "see below whether it can be attached" : "",
		     "it loads, but came with Linux %u.%u, and this kernel may not ask what it "
		     "is for",
		     PBPF_LINUX_MAJOR(since), PBPF_LINUX_MINOR(since));
}

bool examine_program_kind(struct examination *exam, const char *name, uint32_t type,
			  uint32_t attach_type)
{
	const struct trial_program program = {.type = type, .attach_type = attach_type};
	struct trial trial = {
		.prog_type = type,
		.since = since_program(type, attach_type),
		.config = config_of_program(type, attach_type),
		.needs_btf = type == PBPF_PROG_TYPE_TRACING || type == PBPF_PROG_TYPE_LSM ||
			     type == PBPF_PROG_TYPE_STRUCT_OPS,
	};

	trial.result = load_trial(exam, &program, NULL, 0);
	if (trial.result < 0 && trial.result != -EPERM)
		ask_verifier(exam, &trial, &program);
	if (trial.result >= 0 && is_newer(exam, attach_type))
		tell_unchecked(exam, name, attach_type);
	else
		tell_trial(exam, name, &trial);
	pbpf_sys_close(exam->env, trial.result);
	return trial.result >= 0;
}

/* Is there an earlier section name for the same? */
static bool is_repeated(size_t i)
{
	const struct section_kind *kind = section_kind_at(i);

	for (size_t j = 0; j < i; j++)
		if (section_kind_at(j)->type == kind->type &&
		    section_kind_at(j)->attach_type == kind->attach_type)
			return true;
	return false;
}

uint32_t examine_programs(struct examination *exam)
{
	uint32_t count = 0;

	exam->group = "programs";
	for (size_t i = 0; section_kind_at(i); i++) {
		const struct section_kind *kind = section_kind_at(i);

		if (!is_repeated(i))
			count += examine_program_kind(exam, kind->name, kind->type,
						      kind->attach_type);
	}
	return count;
}
