/* SPDX-License-Identifier: MIT */
/*
 * An examination of the machine, from beginning to end.
 */
#include "loader/doctor.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void exam_tell(struct examination *exam, enum pbpf_answer answer, const char *name,
	       const char *way_out, const char *format, ...)
{
	char reason[512];
	struct pbpf_finding finding = {exam->group, name, answer, reason, way_out};
	va_list args;

	va_start(args, format);
	vsnprintf(reason, sizeof(reason), format, args);
	va_end(args);
	if (answer == PBPF_NO && exam->avoidable) {
		finding.answer = PBPF_PERHAPS;
		finding.way_out = "fine where the program asks the kernel's version or "
				  "configuration before it calls it";
	}
	exam->missing += finding.answer == PBPF_NO;
	exam->doctor->finding(exam->doctor->ctx, &finding);
}

/* Where in a struct of functions is the one that is tried? */
static uint32_t find_ops_member(const struct pbpf_btf *types, uint32_t id)
{
	struct pbpf_btf_type type = pbpf_btf_type(types, id);

	for (uint32_t i = 0; i < type.vlen; i++)
		if (!strcmp(pbpf_btf_member(types, &type, i).name, "ssthresh"))
			return i;
	return 0;
}

static void find_trial_targets(struct examination *exam, const struct pbpf_btf *types)
{
	struct pbpf_btf_wanted wanted[TRIAL_TARGETS] = {
		[TRIAL_TRACEPOINT] = {"btf_trace_sched_switch", PBPF_KIND_TYPEDEF, 0},
		[TRIAL_FUNCTION] = {"bpf_fentry_test1", PBPF_KIND_FUNC, 0},
		[TRIAL_MODIFY] = {"security_task_getpgid", PBPF_KIND_FUNC, 0},
		[TRIAL_ITERATOR] = {"bpf_iter_bpf_map", PBPF_KIND_FUNC, 0},
		[TRIAL_HOOK] = {"bpf_lsm_file_open", PBPF_KIND_FUNC, 0},
		[TRIAL_CGROUP_HOOK] = {"bpf_lsm_socket_bind", PBPF_KIND_FUNC, 0},
		[TRIAL_SLEEPING_HOOK] = {"bpf_lsm_bprm_committed_creds", PBPF_KIND_FUNC, 0},
		[TRIAL_OPS] = {"tcp_congestion_ops", PBPF_KIND_STRUCT, 0},
		[TRIAL_OPS_VALUE] = {"bpf_struct_ops_tcp_congestion_ops", PBPF_KIND_STRUCT, 0},
	};

	if (pbpf_btf_find_many(types, wanted, TRIAL_TARGETS))
		return;
	for (size_t i = 0; i < TRIAL_TARGETS; i++)
		exam->targets[i] = wanted[i].id;
	exam->ops_member = find_ops_member(types, exam->targets[TRIAL_OPS]);
	if (exam->targets[TRIAL_OPS_VALUE])
		exam->ops_value_size = pbpf_btf_type(types, exam->targets[TRIAL_OPS_VALUE]).size;
}

/* That the kernel shows no BTF is a finding, not an error. */
static void read_kernel_btf(struct examination *exam)
{
	struct pbpf_env quiet = env_quiet(exam->env);
	struct pbpf_kernel_btf *kernel;
	const struct pbpf_btf *types;

	if (pbpf_kernel_btf_open(&kernel, NULL, &quiet))
		return;
	types = pbpf_kernel_btf_types(kernel);
	(void)pbpf_btf_image(types, &exam->kernel_btf_size);
	find_trial_targets(exam, types);
	pbpf_kernel_btf_close(kernel);
}

void begin_examination(struct examination *exam, const struct pbpf_doctor *doctor,
		       const struct pbpf_env *env)
{
	*exam = (struct examination){.doctor = doctor, .env = env, .group = ""};
	read_machine(&exam->machine, env);
	if (kconfig_read(&exam->config, env))
		exam->config.size = 0;
	read_kernel_btf(exam);
	exam->btf_fd = load_own_btf(env);
	exam->replaceable_fd = load_replaceable(exam);
}

void end_examination(struct examination *exam)
{
	pbpf_sys_close(exam->env, exam->replaceable_fd);
	pbpf_sys_close(exam->env, exam->btf_fd);
	kconfig_free(&exam->config, exam->env);
}

int pbpf_doctor_machine(const struct pbpf_doctor *doctor, const struct pbpf_env *env)
{
	struct examination exam;
	uint32_t programs, maps;

	begin_examination(&exam, doctor, env);
	examine_process(&exam);
	examine_kernel(&exam);
	examine_places(&exam);
	programs = examine_programs(&exam);
	maps = examine_maps(&exam);
	examine_helpers(&exam);
	examine_attaching(&exam);
	end_examination(&exam);
	return programs && maps;
}
