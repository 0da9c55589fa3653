/* SPDX-License-Identifier: MIT */
/*
 * The question "is this the same type?" without a record: for externs, whose local declaration shall fit
 * the kernel's definition.
 */
#include "relo/core.h"

#define COMPARING_STEPS 100000

bool pbpf_core_compatible(const struct pbpf_btf *local, uint32_t local_id,
			  const struct pbpf_btf *target, uint32_t target_id)
{
	struct pbpf_core core = {.steps_left = COMPARING_STEPS};
	struct core_problem problem;

	return core_types_agree(&core, local, local_id, target, target_id, false, &problem) > 0;
}
