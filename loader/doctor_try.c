/* SPDX-License-Identifier: MIT */
/*
 * One trial: something tiny goes into the kernel and out again; and if the kernel refuses it, why.
 */
#include "loader/doctor.h"

#include <stdio.h>
#include <string.h>

/* --- Why ------------------------------------------------------------------------------------- */

char config_value(const struct examination *exam, const char *name)
{
	struct kconfig_text text = {exam->config.text, exam->config.size, 0};
	struct kconfig_line line;
	size_t length = strlen(name);

	if (!exam->config.size)
		return 0;
	while (kconfig_next(&text, &line))
		if (line.name_length == length && !memcmp(line.name, name, length))
			return line.value_length ? line.value[0] : 'n';
	return 'n';
}

static void tell_too_old(struct examination *exam, const char *name, uint32_t since)
{
	uint32_t is = exam->machine.version;

	exam_no(exam, name, "a newer kernel", "needs Linux %u.%u, and this is %u.%u",
		PBPF_LINUX_MAJOR(since), PBPF_LINUX_MINOR(since), PBPF_LINUX_MAJOR(is),
		PBPF_LINUX_MINOR(is));
}

static void tell_unconfigured(struct examination *exam, const char *name, const char *config)
{
	char way_out[80];

	snprintf(way_out, sizeof(way_out), "a kernel with %s=y", config);
	exam_no(exam, name, way_out, "this kernel was built without %s", config);
}

void tell_trial(struct examination *exam, const char *name, const struct trial *trial)
{
	struct denial denial;

	if (trial->result >= 0) {
		exam_yes(exam, name, "%s", "");
	} else if (exam->machine.version && trial->since > exam->machine.version) {
		tell_too_old(exam, name, trial->since);
	} else if (trial->config && config_value(exam, trial->config) == 'n') {
		tell_unconfigured(exam, name, trial->config);
	} else if (trial->result == -EPERM) {
		explain_denial(&denial, &exam->machine, trial->prog_type);
		exam_no(exam, name, denial.way_out, "%s", denial.reason);
	} else if (trial->needs_btf && !exam->kernel_btf_size) {
		exam_no(exam, name, "a kernel with CONFIG_DEBUG_INFO_BTF=y",
			"needs the kernel's types, and it shows none");
	} else if (trial->said[0]) {
		exam_no(exam, name, "", "%s", trial->said);
	} else {
		exam_no(exam, name, "", "the kernel refuses it: %s",
			pbpf_error_name(trial->result));
	}
}

/* --- Programs -------------------------------------------------------------------------------- */

/* What a program that attaches by BTF is loaded for. */
static uint32_t target_of(const struct examination *exam, const struct trial_program *program)
{
	uint32_t type = program->type;

	if (type == PBPF_PROG_TYPE_STRUCT_OPS)
		return exam->targets[TRIAL_OPS];
	if (type == PBPF_PROG_TYPE_EXT)
		return OWN_FUNCTION;
	if (type != PBPF_PROG_TYPE_TRACING && type != PBPF_PROG_TYPE_LSM)
		return 0;
	if (type == PBPF_PROG_TYPE_LSM && program->flags & PBPF_F_SLEEPABLE)
		return exam->targets[TRIAL_SLEEPING_HOOK];
	switch (program->attach_type) {
	case PBPF_TRACE_RAW_TP: return exam->targets[TRIAL_TRACEPOINT];
	case PBPF_MODIFY_RETURN: return exam->targets[TRIAL_MODIFY];
	case PBPF_TRACE_ITER: return exam->targets[TRIAL_ITERATOR];
	case PBPF_LSM_MAC: return exam->targets[TRIAL_HOOK];
	case PBPF_LSM_CGROUP: return exam->targets[TRIAL_CGROUP_HOOK];
	case PBPF_TRACE_FENTRY_MULTI:
	case PBPF_TRACE_FEXIT_MULTI:
	case PBPF_TRACE_FSESSION_MULTI: return 0; /* it learns when it is attached */
	default: return exam->targets[TRIAL_FUNCTION];
	}
}

/* Of most programs 0 is a result that the verifier takes; of some of these only 1 is. */
static int32_t result_of_trial(uint32_t type)
{
	return type == PBPF_PROG_TYPE_CGROUP_SOCK_ADDR;
}

#define OP_MOV_IMM 0xb7

int load_trial(const struct examination *exam, const struct trial_program *program, char *log,
	       uint32_t size)
{
	uint32_t type = program->type;
	const struct pbpf_insn nothing[] = {
		{.code = OP_MOV_IMM, .imm = result_of_trial(type)},
		{.code = PBPF_OP_EXIT},
	};
	const struct pbpf_func_info function = {.type = OWN_FUNCTION};
	struct pbpf_prog_attr attr = {
		.type = type,
		.expected_attach_type = program->attach_type,
		.insns = program->insns ? program->insns : nothing,
		.insn_count = program->insns ? program->insn_count : 2,
		.license = "GPL",
		.flags = program->flags & PBPF_F_SLEEPABLE,
		.kern_version = exam->machine.version,
		.attach_btf_id = target_of(exam, program),
		.log = size ? log : NULL,
		.log_size = size,
		.log_level = size ? 1 : 0,
	};

	if (type == PBPF_PROG_TYPE_SYSCALL)
		attr.flags |= PBPF_F_SLEEPABLE;
	if (type == PBPF_PROG_TYPE_STRUCT_OPS)
		attr.expected_attach_type = exam->ops_member;
	if (type == PBPF_PROG_TYPE_EXT) {
		attr.attach_btf_obj_fd = exam->replaceable_fd;
		attr.btf_fd = exam->btf_fd;
		attr.func_info = &function;
		attr.func_info_size = sizeof(function);
		attr.func_info_count = 1;
	}
	return pbpf_sys_prog_load(exam->env, &attr, NULL);
}

/* --- Types of our own ------------------------------------------------------------------------ */

#define INFO(kind, vlen) ((uint32_t)(kind) << 24 | (vlen))

/* struct __sk_buff {}; int f(struct __sk_buff *ctx); as a global function. */
static const struct own_btf {
	uint16_t magic;
	uint8_t version, flags;
	uint32_t header_size, types_at, types_size, strings_at, strings_size;
	uint32_t types[4 + 3 + 3 + 3 + 2 + 3];
	char strings[22];
} own_btf = {
	.magic = 0xeb9f,
	.version = 1,
	.header_size = 24,
	.types_size = sizeof(own_btf.types),
	.strings_at = sizeof(own_btf.types),
	.strings_size = sizeof(own_btf.strings),
	.types = {1, INFO(PBPF_KIND_INT, 0), 4, 1u << 24 | 32,	     /* [1] OWN_INT */
		  5, INFO(PBPF_KIND_STRUCT, 0), 0,		     /* [2] */
		  0, INFO(PBPF_KIND_PTR, 0), 2,			     /* [3] */
		  0, INFO(PBPF_KIND_FUNC_PROTO, 1), 1, 15, 3,	     /* [4] */
		  19, INFO(PBPF_KIND_FUNC, PBPF_LINKAGE_GLOBAL), 4}, /* [5] OWN_FUNCTION */
	.strings = "\0int\0__sk_buff\0ctx\0f",
};

int load_own_btf(const struct pbpf_env *env)
{
	const struct pbpf_btf_attr attr = {
		.data = &own_btf,
		.size = offsetof(struct own_btf, strings) + sizeof(own_btf.strings),
	};

	return pbpf_sys_btf_load(env, &attr, NULL);
}

int load_replaceable(const struct examination *exam)
{
	static const struct pbpf_insn nothing[] = {{.code = OP_MOV_IMM}, {.code = PBPF_OP_EXIT}};
	const struct pbpf_func_info function = {.type = OWN_FUNCTION};
	const struct pbpf_prog_attr attr = {
		.type = PBPF_PROG_TYPE_SOCKET_FILTER,
		.insns = nothing,
		.insn_count = 2,
		.license = "GPL",
		.btf_fd = exam->btf_fd,
		.func_info = &function,
		.func_info_size = sizeof(function),
		.func_info_count = 1,
	};

	return exam->btf_fd < 0 ? exam->btf_fd : pbpf_sys_prog_load(exam->env, &attr, NULL);
}
