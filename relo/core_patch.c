/* SPDX-License-Identifier: MIT */
/*
 * From a fix to an instruction.
 *
 *	r1 = 16            mov, add and the like    the immediate
 *	r1 = 16 ll         ld_imm64                 both halves of its immediate
 *	r1 = *(u64 *)(r2 + 16)                      the offset; and the size, where the field's changed
 *	*(u64 *)(r1 + 16) = ...
 *
 * Anything else is no work of a compiler. The instruction must hold the local value, as a record
 * that is off by one would change another program than was meant.
 */
#include "relo/core.h"

#define OTHER_RECORD "the records of the object do not belong to its instructions: compile it again"

enum {
	CLASS_LD = 0,
	CLASS_LDX = 1,
	CLASS_ST = 2,
	CLASS_STX = 3,
	CLASS_ALU = 4,
	CLASS_ALU64 = 7,
	CLASS_MASK = 7,
	SOURCE_REGISTER = 8,
	SIZE_MASK = 0x18,
};

/* The size bits of a load or store of `bytes` bytes, or -1. */
static int size_bits(uint32_t bytes)
{
	switch (bytes) {
	case 1: return 0x10;
	case 2: return 0x08;
	case 4: return 0x00;
	case 8: return 0x18;
	default: return -1;
	}
}

static int fail_value(struct core_problem *problem, const struct pbpf_core_fix *fix, int64_t holds)
{
	return core_fail(problem, -EINVAL, OTHER_RECORD,
			 "the instruction holds %lld where the object's types say %llu",
			 (long long)holds, (unsigned long long)fix->before);
}

static int fail_range(struct core_problem *problem, const struct pbpf_core_fix *fix)
{
	return core_fail(problem, -ERANGE, NULL,
			 "its value on this kernel, %llu, does not fit the instruction",
			 (unsigned long long)fix->after);
}

static void poison(struct pbpf_insn *insn)
{
	*insn = (struct pbpf_insn){.code = PBPF_OP_CALL, .imm = PBPF_CORE_POISON};
}

static int patch_immediate(struct pbpf_insn *insn, const struct pbpf_core_fix *fix,
			   struct core_problem *problem)
{
	/* In 64 bits the immediate is extended by its sign. */
	int64_t highest = (insn->code & CLASS_MASK) == CLASS_ALU ? UINT32_MAX : INT32_MAX;

	if (insn->code & SOURCE_REGISTER)
		return core_fail(problem, -EINVAL, OTHER_RECORD,
				 "the instruction (code %#x) has no immediate", insn->code);
	if (fix->check && (uint64_t)insn->imm != fix->before)
		return fail_value(problem, fix, insn->imm);
	if ((int64_t)fix->after < INT32_MIN || (int64_t)fix->after > highest)
		return fail_range(problem, fix);
	insn->imm = (int32_t)fix->after;
	return 0;
}

/* Is it 32 bits, extended with or without their sign? */
static bool is_narrow(uint64_t value)
{
	return value == (uint32_t)value || value == (uint64_t)(int32_t)value;
}

/* An enum of 32 bits does not say in older BTF whether it is signed, so what the compiler put into
 * the upper half is not ours to compare. */
static bool holds_value(uint64_t constant, const struct pbpf_core_fix *fix)
{
	return constant == fix->before ||
	       (fix->kind == PBPF_CORE_ENUMERATOR_VALUE && is_narrow(constant) &&
		is_narrow(fix->before) && (uint32_t)constant == (uint32_t)fix->before);
}

static int patch_constant(struct pbpf_insn *insns, const struct pbpf_core_fix *fix,
			  struct core_problem *problem)
{
	uint64_t constant = (uint64_t)(uint32_t)insns[1].imm << 32 | (uint32_t)insns[0].imm;

	if (fix->check && !holds_value(constant, fix))
		return fail_value(problem, fix, (int64_t)constant);
	insns[0].imm = (int32_t)(uint32_t)fix->after;
	insns[1].imm = (int32_t)(uint32_t)(fix->after >> 32);
	return 0;
}

static int patch_access(struct pbpf_insn *insn, const struct pbpf_core_fix *fix,
			struct core_problem *problem)
{
	bool resize = fix->size_before != fix->size_after;
	int before = size_bits(fix->size_before), after = size_bits(fix->size_after);

	if (fix->check && (uint64_t)insn->off != fix->before)
		return fail_value(problem, fix, insn->off);
	if (fix->after > INT16_MAX)
		return fail_range(problem, fix);
	if (resize && !fix->resizable) {
		poison(insn);
		return 1;
	}
	if (resize && (insn->code & SIZE_MASK) != before)
		return core_fail(problem, -EINVAL, OTHER_RECORD,
				 "the instruction (code %#x) does not access the %u bytes that the "
				 "object's types say",
				 insn->code, fix->size_before);
	if (resize && after < 0)
		return core_fail(
			problem, -ERANGE, NULL,
			"its %u bytes on this kernel are more than an instruction can access",
			fix->size_after);
	insn->off = (int16_t)fix->after;
	if (resize)
		insn->code = (uint8_t)((insn->code & ~SIZE_MASK) | after);
	return 0;
}

/* Is it a whole ld_imm64 of a plain constant? */
static bool is_constant(const struct pbpf_insn *insns, size_t count)
{
	return insns->code == PBPF_OP_LD_IMM64 && count > 1 && !pbpf_insn_src(insns) &&
	       !insns->off && !insns[1].code && !insns[1].regs && !insns[1].off;
}

int core_patch(struct pbpf_insn *insns, size_t count, const struct pbpf_core_fix *fix,
	       struct core_problem *problem)
{
	uint8_t class = insns->code & CLASS_MASK;
	bool access = class == CLASS_LDX || class == CLASS_ST || class == CLASS_STX;

	if (!access && class != CLASS_ALU && class != CLASS_ALU64 && !is_constant(insns, count))
		return core_fail(problem, -EINVAL, OTHER_RECORD,
				 "the instruction (code %#x) has nothing to relocate", insns->code);
	if (fix->poison) {
		poison(insns);
		if (class == CLASS_LD)
			poison(insns + 1);
		return 1;
	}
	if (access)
		return patch_access(insns, fix, problem);
	if (class == CLASS_LD)
		return patch_constant(insns, fix, problem);
	return patch_immediate(insns, fix, problem);
}

int pbpf_core_patch(struct pbpf_insn *insns, size_t count, const struct pbpf_core_fix *fix,
		    const struct pbpf_env *env)
{
	struct core_problem problem;
	int err;

	if (!count)
		return env_fail(env, -EINVAL, AT("relo", NULL, 0), NULL, "no instruction to patch");
	err = core_patch(insns, count, fix, &problem);
	return err < 0 ? env_fail(env, err, AT("relo", NULL, 0), problem.hint, "%s", problem.text)
		       : err;
}
