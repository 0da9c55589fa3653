/* SPDX-License-Identifier: MIT */
/*
 * CO-RE for a function that has just been appended to a program: each of its records is resolved,
 * and its instruction patched, before anything else looks at it.
 */
#include "relo/code.h"
#include "relo/core.h"

/* Fails with "CO-RE relocation of 'task_struct.pid': " and the problem. */
static int fail_record(const struct linking *link, const struct pbpf_function *function,
		       const struct pbpf_core_relo *relo, int err,
		       const struct core_problem *problem)
{
	char path[128];

	pbpf_core_path(link->source->core, relo, path, sizeof(path));
	return link_fail(link, err, function, relo->insn_off / PBPF_INSN_SIZE, problem->hint,
			 "is a CO-RE relocation of '%s': %s", path, problem->text);
}

static int note_poisoned(struct linking *link, uint32_t insn, const struct pbpf_core_relo *relo)
{
	struct pbpf_code *code = &link->code;
	struct pbpf_poisoned *grown = grow_array(link->env, code->poisoned, code->poisoned_count, 1,
						 &code->poisoned_room, sizeof(*grown));

	if (!grown)
		return env_no_memory(link->env, "relo", "poisoned instructions");
	code->poisoned = grown;
	grown[code->poisoned_count++] = (struct pbpf_poisoned){insn, *relo};
	return 0;
}

/* Explain mode: what a record came to. */
static void say_fix(const struct linking *link, uint32_t insn, const struct pbpf_core_relo *relo,
		    const struct pbpf_core_fix *fix, bool poisoned)
{
	char text[512];

	if (!env_wants(link->env, PBPF_STEP))
		return;
	pbpf_core_describe(link->source->core, relo, fix, text, sizeof(text));
	env_step(link->env, AT("relo", link->program->name, insn), "instruction %u%s: %s", insn,
		 poisoned ? " is poisoned" : "", text);
}

static int apply_record(struct linking *link, const struct pbpf_function *function, uint32_t start,
			const struct pbpf_core_relo *relo)
{
	uint32_t in_function = relo->insn_off / PBPF_INSN_SIZE - function->first;
	uint32_t insn = start + in_function;
	struct core_problem problem;
	struct pbpf_core_fix fix;
	int err;

	err = core_resolve(&fix, link->source->core, relo, &problem);
	if (!err)
		err = core_patch(&link->code.insns[insn], function->count - in_function, &fix,
				 &problem);
	if (err < 0)
		return fail_record(link, function, relo, err, &problem);
	say_fix(link, insn, relo, &fix, err > 0);
	return err > 0 ? note_poisoned(link, insn, relo) : 0;
}

int apply_core(struct linking *link, const struct pbpf_function *function, uint32_t start)
{
	int err = 0;

	if (function->core_count && !link->source->core)
		return link_fail(link, -ENOTSUP, function,
				 function->cores->insn_off / PBPF_INSN_SIZE,
				 "give pbpf_code_link() a core: see pbpf_core.h",
				 "has a CO-RE relocation, which needs the kernel's BTF");
	for (uint32_t i = 0; i < function->core_count && !err; i++)
		err = apply_record(link, function, start, &function->cores[i]);
	return err;
}
