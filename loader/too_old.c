/* SPDX-License-Identifier: MIT */
/*
 * What a kernel refuses because it is older: which part of a map or a program that is, since when there is
 * such a thing, and which Linux this is. Only asked after a refusal, for its message.
 */
#include "loader/compat.h"
#include "loader/object.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Is `running` older than `since`? Then `text` says so. 0 is not known: false. */
ENV_PRINTF(4, 5)
static bool is_too_old(char text[TOO_OLD_SIZE], uint32_t running, uint32_t since,
		       const char *format, ...)
{
	va_list args;
	int length;

	if (!since || !running || running >= since)
		return false;
	va_start(args, format);
	length = vsnprintf(text, TOO_OLD_SIZE, format, args);
	va_end(args);
	if (length >= 0 && length < TOO_OLD_SIZE)
		snprintf(text + length, TOO_OLD_SIZE - (size_t)length,
			 " needs Linux %u.%u, and this is %u.%u", PBPF_LINUX_MAJOR(since),
			 PBPF_LINUX_MINOR(since), PBPF_LINUX_MAJOR(running),
			 PBPF_LINUX_MINOR(running));
	return true;
}

/* --- Flags ----------------------------------------------------------------------------------- */

struct dated_flag {
	uint32_t flag;
	uint32_t since;
	const char *name;
};

#define FLAG(name, major, minor)                                        \
	{                                                               \
		PBPF_F_##name, PBPF_LINUX(major, minor), "BPF_F_" #name \
	}

static const struct dated_flag map_flags[] = {
	FLAG(NUMA_NODE, 4, 14),	  FLAG(RDONLY, 4, 15),	     FLAG(WRONLY, 4, 15),
	FLAG(ZERO_SEED, 5, 0),	  FLAG(RDONLY_PROG, 5, 2),   FLAG(WRONLY_PROG, 5, 2),
	FLAG(CLONE, 5, 4),	  FLAG(MMAPABLE, 5, 5),	     FLAG(PRESERVE_ELEMS, 5, 10),
	FLAG(INNER_MAP, 5, 10),	  FLAG(LINK, 6, 4),	     FLAG(SEGV_ON_FAULT, 6, 9),
	FLAG(NO_USER_CONV, 6, 9), FLAG(RB_OVERWRITE, 6, 19),
};
static const struct dated_flag prog_flags[] = {
	FLAG(STRICT_ALIGNMENT, 4, 12),	FLAG(ANY_ALIGNMENT, 5, 0),	 FLAG(TEST_RND_HI32, 5, 3),
	FLAG(TEST_STATE_FREQ, 5, 4),	FLAG(SLEEPABLE, 5, 10),		 FLAG(XDP_HAS_FRAGS, 5, 18),
	FLAG(XDP_DEV_BOUND_ONLY, 6, 3), FLAG(TEST_REG_INVARIANTS, 6, 8),
};

static bool flag_too_new(char text[TOO_OLD_SIZE], uint32_t running, uint32_t flags,
			 const struct dated_flag *known, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (flags & known[i].flag &&
		    is_too_old(text, running, known[i].since, "flag %s", known[i].name))
			return true;
	return false;
}

bool map_too_new(char text[TOO_OLD_SIZE], const struct pbpf_map *map,
		 const struct pbpf_map_attr *attr)
{
	uint32_t running = running_version(&map->obj->env);
	const char *type = pbpf_map_type_name(attr->type);

	if (map->data && is_too_old(text, running, PBPF_LINUX(5, 2), "global data (%s)", map->name))
		return true;
	return is_too_old(text, running, pbpf_since_map_type(attr->type), "map type %s",
			  type ? type : "?") ||
	       flag_too_new(text, running, attr->flags, map_flags,
			    sizeof(map_flags) / sizeof(map_flags[0]));
}

/* --- Programs -------------------------------------------------------------------------------- */

enum { INSN_LDX = 1, INSN_STX = 3, INSN_ALU = 4, INSN_JMP32 = 6, INSN_ALU64 = 7 };
enum { INSN_MEMSX = 4, INSN_ATOMIC = 6 };

/* What an ld_imm64 loads, by its src. */
static uint32_t constant_since(const struct pbpf_insn *insn, const char **what)
{
	switch (pbpf_insn_src(insn)) {
	case PBPF_PSEUDO_MAP_VALUE: *what = "global data"; return PBPF_LINUX(5, 2);
	case PBPF_PSEUDO_BTF_ID: *what = "a kernel variable"; return PBPF_LINUX(5, 10);
	case PBPF_PSEUDO_FUNC: *what = "a callback"; return PBPF_LINUX(5, 13);
	default: return 0;
	}
}

static uint32_t call_since(const struct pbpf_insn *insn, const char **what)
{
	switch (pbpf_insn_src(insn)) {
	case PBPF_CALL_LOCAL: *what = "a function that is not inlined"; return PBPF_LINUX(4, 16);
	case PBPF_CALL_KFUNC: *what = "a kfunc"; return PBPF_LINUX(5, 13);
	default: return 0;
	}
}

/* Instructions that came later than the set itself (RFC 9669 has them all). */
static uint32_t insn_since(const struct pbpf_insn *insn, const char **what)
{
	unsigned int class = insn->code & 7, mode = insn->code >> 5, operation = insn->code >> 4;

	if (insn->code == PBPF_OP_LD_IMM64)
		return constant_since(insn, what);
	if (insn->code == PBPF_OP_CALL)
		return call_since(insn, what);
	*what = "this instruction (compile with -mcpu=v2)";
	if (class == INSN_JMP32 && operation)
		return PBPF_LINUX(5, 1);
	*what = "this atomic instruction (compile with -mcpu=v2)";
	if (class == INSN_STX && mode == INSN_ATOMIC && insn->imm)
		return PBPF_LINUX(5, 12);
	*what = "may_goto";
	if (insn->code == 0xe5)
		return PBPF_LINUX(6, 9);
	*what = "this instruction (compile with -mcpu=v3)";
	if (insn->code == 0x06 || (class == INSN_LDX && mode == INSN_MEMSX) ||
	    (class == INSN_ALU64 && operation == 13) ||
	    ((class == INSN_ALU || class == INSN_ALU64) && insn->off))
		return PBPF_LINUX(6, 6);
	return 0;
}

static bool helper_too_new(char text[TOO_OLD_SIZE], uint32_t running, const struct pbpf_insn *insn)
{
	uint32_t helper = (uint32_t)insn->imm;
	const char *name = insn->imm > 0 ? pbpf_helper_name(helper) : NULL;

	if (insn->code != PBPF_OP_CALL || pbpf_insn_src(insn) != PBPF_CALL_HELPER || !name)
		return false;
	return is_too_old(text, running, pbpf_since_helper(helper), "helper bpf_%s", name);
}

static bool insn_too_new(char text[TOO_OLD_SIZE], uint32_t running, const struct pbpf_insn *insn)
{
	const char *what = "";
	uint32_t since = insn_since(insn, &what);

	return helper_too_new(text, running, insn) || is_too_old(text, running, since, "%s", what);
}

/* The first instruction that this kernel is too old for, where its log names none. */
static bool any_insn_too_new(char text[TOO_OLD_SIZE], uint32_t running,
			     const struct pbpf_code *code)
{
	for (uint32_t i = 0; i < code->insn_count; i++) {
		if (insn_too_new(text, running, &code->insns[i]))
			return true;
		i += code->insns[i].code == PBPF_OP_LD_IMM64;
	}
	return false;
}

/* Which types may sleep came one after the other. */
static bool sleep_too_new(char text[TOO_OLD_SIZE], uint32_t running,
			  const struct pbpf_program *prog)
{
	return prog->attr.flags & PBPF_F_SLEEPABLE && prog->attr.type == PBPF_PROG_TYPE_KPROBE &&
	       is_too_old(text, running, PBPF_LINUX(6, 0), "a uprobe that may sleep");
}

/* The kernel left no log: it did not come as far as the instructions. */
static bool attr_too_new(char text[TOO_OLD_SIZE], uint32_t running, const struct pbpf_program *prog,
			 const struct pbpf_code *code)
{
	const struct pbpf_program_attr *attr = &prog->attr;
	const char *type = pbpf_program_type_name(attr->type);

	return is_too_old(text, running, pbpf_since_prog_type(attr->type), "program type %s",
			  type ? type : "?") ||
	       is_too_old(text, running, pbpf_since_attach_type(attr->expected_attach_type),
			  "the attach type of section '%s'", prog->section) ||
	       flag_too_new(text, running, attr->flags, prog_flags,
			    sizeof(prog_flags) / sizeof(prog_flags[0])) ||
	       (code->insn_count > 4096 && is_too_old(text, running, PBPF_LINUX(5, 2),
						      "a program of more than 4096 instructions"));
}

/* Of programs of BTF the verifier itself looks at the attach type, and has left a log by then, of which no
 * word says that it does not know it. */
static bool target_too_new(char text[TOO_OLD_SIZE], uint32_t running,
			   const struct pbpf_program *prog)
{
	return prog->attr.type == PBPF_PROG_TYPE_TRACING &&
	       is_too_old(text, running, pbpf_since_attach_type(prog->attr.expected_attach_type),
			  "the attach type of section '%s'", prog->section);
}

bool program_too_new(char text[TOO_OLD_SIZE], const struct pbpf_program *prog,
		     const struct pbpf_code *code, int64_t insn)
{
	uint32_t running = running_version(&prog->obj->env);

	if (insn >= 0 && insn < code->insn_count)
		return insn_too_new(text, running, &code->insns[insn]);
	if (strstr(pbpf_program_log(prog), "back-edge"))
		return is_too_old(text, running, PBPF_LINUX(5, 3), "a loop");
	if (*pbpf_program_log(prog))
		return target_too_new(text, running, prog) || sleep_too_new(text, running, prog) ||
		       any_insn_too_new(text, running, code);
	return attr_too_new(text, running, prog, code);
}
