/* SPDX-License-Identifier: MIT */
/*
 * Which helpers the kernel has: a program that calls one, with nothing in its registers, is refused for its
 * arguments where the helper is there, and for the call where it is not.
 */
#include "loader/doctor.h"

#include <stdio.h>
#include <string.h>

enum helper_state { HELPER_THERE, HELPER_NOT_HERE, HELPER_UNKNOWN, HELPER_UNTRIED };

/* Between them these kinds may call every helper. The most common go first. */
static const struct trial_program callers[] = {
	{.type = PBPF_PROG_TYPE_KPROBE},
	{.type = PBPF_PROG_TYPE_SCHED_CLS},
	{.type = PBPF_PROG_TYPE_XDP, .attach_type = PBPF_XDP},
	{.type = PBPF_PROG_TYPE_TRACING, .attach_type = PBPF_TRACE_FENTRY},
	{.type = PBPF_PROG_TYPE_TRACING, .attach_type = PBPF_TRACE_ITER},
	{.type = PBPF_PROG_TYPE_LSM, .attach_type = PBPF_LSM_MAC},
	{.type = PBPF_PROG_TYPE_CGROUP_SOCK_ADDR, .attach_type = PBPF_CGROUP_INET4_CONNECT},
	{.type = PBPF_PROG_TYPE_CGROUP_SKB, .attach_type = PBPF_CGROUP_INET_EGRESS},
	{.type = PBPF_PROG_TYPE_SOCK_OPS, .attach_type = PBPF_CGROUP_SOCK_OPS},
	{.type = PBPF_PROG_TYPE_SK_SKB},
	{.type = PBPF_PROG_TYPE_SK_MSG, .attach_type = PBPF_SK_MSG_VERDICT},
	{.type = PBPF_PROG_TYPE_PERF_EVENT},
	{.type = PBPF_PROG_TYPE_RAW_TRACEPOINT},
	{.type = PBPF_PROG_TYPE_LWT_IN},
	{.type = PBPF_PROG_TYPE_LWT_XMIT},
	{.type = PBPF_PROG_TYPE_LWT_SEG6LOCAL},
	{.type = PBPF_PROG_TYPE_SK_REUSEPORT, .attach_type = PBPF_SK_REUSEPORT_SELECT},
	{.type = PBPF_PROG_TYPE_SK_LOOKUP, .attach_type = PBPF_SK_LOOKUP},
	{.type = PBPF_PROG_TYPE_CGROUP_SYSCTL, .attach_type = PBPF_CGROUP_SYSCTL},
	{.type = PBPF_PROG_TYPE_CGROUP_SOCKOPT, .attach_type = PBPF_CGROUP_SETSOCKOPT},
	{.type = PBPF_PROG_TYPE_STRUCT_OPS},
	{.type = PBPF_PROG_TYPE_SYSCALL},
	{.type = PBPF_PROG_TYPE_LSM, .attach_type = PBPF_LSM_MAC, .flags = PBPF_F_SLEEPABLE},
	{.type = PBPF_PROG_TYPE_LIRC_MODE2, .attach_type = PBPF_LIRC_MODE2},
	{.type = PBPF_PROG_TYPE_TRACING, .attach_type = PBPF_TRACE_FEXIT},
	{.type = PBPF_PROG_TYPE_TRACING, .attach_type = PBPF_TRACE_RAW_TP},
};
#define CALLER_COUNT (sizeof(callers) / sizeof(callers[0]))

/* Is the call itself what the verifier complains about? In the words of all versions: "unknown func
 * bpf_x#1", "invalid func unknown#999", "program of this type cannot use helper bpf_x#1". When it did not get
 * as far as the call, nothing is known. */
static enum helper_state read_refusal(const char *log)
{
	if (strstr(log, "invalid func "))
		return HELPER_UNKNOWN;
	if (strstr(log, "unknown func ") || strstr(log, "cannot use helper "))
		return HELPER_NOT_HERE;
	return strstr(log, "(85) call ") ? HELPER_THERE : HELPER_UNTRIED;
}

static enum helper_state try_helper(const struct examination *exam, uint32_t helper,
				    const struct trial_program *caller)
{
	const struct pbpf_insn insns[] = {
		{.code = PBPF_OP_CALL, .imm = (int32_t)helper},
		{.code = PBPF_OP_EXIT},
	};
	struct trial_program program = *caller;
	char log[512] = "";
	int fd;

	program.insns = insns;
	program.insn_count = 2;
	fd = load_trial(exam, &program, log, sizeof(log));
	log[sizeof(log) - 1] = '\0';
	pbpf_sys_close(exam->env, fd);
	return fd >= 0 ? HELPER_THERE : read_refusal(log);
}

/* In any kind of program. */
static enum helper_state look_for_helper(const struct examination *exam, uint32_t helper)
{
	enum helper_state state = HELPER_UNTRIED;

	for (size_t i = 0; i < CALLER_COUNT && state != HELPER_THERE && state != HELPER_UNKNOWN;
	     i++) {
		enum helper_state here = try_helper(exam, helper, &callers[i]);

		if (here != HELPER_UNTRIED)
			state = here;
	}
	return state;
}

/* What else a helper takes, beside a kernel that knows it. */
static const struct {
	uint32_t helper;
	const char *config;
} helper_configs[] = {
	{58, "CONFIG_BPF_KPROBE_OVERRIDE"}, /* override_return */
	{77, "CONFIG_BPF_LIRC_MODE2"},	    /* rc_repeat */
	{78, "CONFIG_BPF_LIRC_MODE2"},	    /* rc_keydown */
	{92, "CONFIG_BPF_LIRC_MODE2"},	    /* rc_pointer_rel */
	{66, "CONFIG_XFRM"},		    /* skb_get_xfrm_state */
};

static const char *config_of_helper(uint32_t helper)
{
	for (size_t i = 0; i < sizeof(helper_configs) / sizeof(helper_configs[0]); i++)
		if (helper_configs[i].helper == helper)
			return helper_configs[i].config;
	return NULL;
}

static void tell_helper(struct examination *exam, uint32_t helper, enum helper_state state,
			const char *nobody)
{
	struct trial trial = {
		.since = pbpf_since_helper(helper),
		.config = config_of_helper(helper),
		.result = state == HELPER_THERE ? 0 : -EINVAL,
	};
	const char *known = pbpf_helper_name(helper);
	char name[64];

	snprintf(name, sizeof(name), known ? "bpf_%s" : "helper %.0s%u", known ? known : "",
		 helper);
	if (state == HELPER_UNTRIED) {
		exam_perhaps(exam, name, "", "no program that may call it can be loaded");
		return;
	}
	snprintf(trial.said, sizeof(trial.said), "%s",
		 state == HELPER_UNKNOWN ? "this kernel does not know it" : nobody);
	tell_trial(exam, name, &trial);
}

void examine_helpers(struct examination *exam)
{
	exam->group = "helpers";
	for (uint32_t helper = 1; pbpf_helper_name(helper); helper++)
		tell_helper(exam, helper, look_for_helper(exam, helper),
			    "no kind of program that loads here may call it");
}

void examine_helper(struct examination *exam, uint32_t helper, const struct pbpf_program *prog,
		    bool only_if_missing)
{
	const char *type = pbpf_program_type_name(prog->attr.type);
	const struct trial_program caller = {
		.type = prog->attr.type,
		.attach_type = prog->attr.expected_attach_type,
		.flags = prog->attr.flags,
	};
	enum helper_state state = try_helper(exam, helper, &caller);
	char nobody[96];

	if (state == HELPER_THERE && only_if_missing)
		return;
	snprintf(nobody, sizeof(nobody), "programs of type %s may not call it",
		 type ? type : "unknown");
	tell_helper(exam, helper, state, nobody);
}
