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
