/* SPDX-License-Identifier: MIT */
/*
 * Why the kernel refused a program, in one message: what its log says, where that is in the source, and
 * what usually helps.
 */
#include "loader/object.h"
#include "loader/pbpf_verifier_log.h"
#include "relo/pbpf_core.h"

#include <stdio.h>

/* What a program's instructions come from. */
struct code_source {
	const struct pbpf_code *code;
	const struct pbpf_btf *btf;
};

static bool place_of_insn(void *ctx, uint32_t insn, struct pbpf_log_place *place)
{
	const struct code_source *source = ctx;
	const struct pbpf_line_info *line = NULL;

	if (insn < source->code->insn_count)
		line = pbpf_code_line(source->code, insn);
	if (!line)
		return false;
	place->code = pbpf_btf_string(source->btf, line->line);
	place->file = pbpf_btf_string(source->btf, line->file);
	place->line = pbpf_line_number(line);
	return true;
}

/* " (exec.bpf.c:31)", or nothing. */
static void put_place(char *to, size_t size, struct code_source *source, int64_t insn)
{
	struct pbpf_log_place place;

	to[0] = '\0';
	if (insn >= 0 && insn < source->code->insn_count &&
	    place_of_insn(source, (uint32_t)insn, &place))
		snprintf(to, size, " (%s:%u)", place.file, place.line);
}

/* The verifier met an instruction that was poisoned because this kernel lacks what it is about. */
static int report_poison(const struct pbpf_program *prog, const struct pbpf_poisoned *poisoned,
			 const char *source, int err)
{
	const char *name = pbpf_program_name(prog);
	char why[512];

	pbpf_core_why(prog->obj->core, &poisoned->relo, why, sizeof(why));
	return env_fail(&prog->obj->env, err, AT(STAGE_LOAD, name, poisoned->insn),
			"ask for it with bpf_core_field_exists() and the like before using it",
			"program '%s' (%s): instruction %u%s cannot run on this kernel: %s", name,
			prog->section, poisoned->insn, source, why);
}

static const struct pbpf_poisoned *find_poison(const struct pbpf_code *code, int64_t insn)
{
	for (uint32_t i = 0; i < code->poisoned_count; i++)
		if (code->poisoned[i].insn == insn)
			return &code->poisoned[i];
	return NULL;
}

/* The number behind `poison` in the call that stands at `insn`, when it is one of `count`; or -1. */
static int64_t poison_number(const struct pbpf_code *code, int64_t insn, int32_t poison,
			     uint32_t count)
{
	const struct pbpf_insn *call;

	if (insn < 0 || insn >= code->insn_count)
		return -1;
	call = &code->insns[insn];
	if (call->code != PBPF_OP_CALL || pbpf_insn_src(call) != PBPF_CALL_HELPER ||
	    call->imm < poison || (uint32_t)(call->imm - poison) >= count)
		return -1;
	return call->imm - poison;
}

/* The verifier met a call of a weak function that this kernel does not have, or a use of a map that was
 * left out: the message, or 0. */
static int report_missing(const struct pbpf_program *prog, const struct pbpf_code *code,
			  int64_t insn, const char *source, int err)
{
	const struct pbpf_object *obj = prog->obj;
	int64_t function = poison_number(code, insn, PBPF_EXTERN_POISON, obj->externs.count);
	int64_t map = poison_number(code, insn, PBPF_MAP_POISON, obj->map_count);
	const char *name = pbpf_program_name(prog);

	if (function >= 0)
		return env_fail(&obj->env, err, AT(STAGE_LOAD, name, (uint64_t)insn),
				"ask with bpf_ksym_exists() before the call",
				"program '%s' (%s): instruction %lld%s calls the weak extern '%s', "
				"which this kernel does not have, or declares otherwise",
				name, prog->section, (long long)insn, source,
				obj->externs.symbols[function].name);
	if (map >= 0)
		return env_fail(
			&obj->env, err, AT(STAGE_LOAD, name, (uint64_t)insn),
			"create the map, or guard its use by a constant of .rodata that is "
			"set with it",
			"program '%s' (%s): instruction %lld%s uses the map '%s', which was "
			"left out (autocreate is off)",
			name, prog->section, (long long)insn, source, obj->maps[map].name);
	return 0;
}

static const char *hint_of_attr(const struct pbpf_program_attr *attr)
{
	if (attr->ifindex)
		return "is there a device of this ifindex, and does it run such programs itself?";
	if (attr->flags)
		return "its flags may not go with its type, or not with this kernel";
	return "a kernel may be built without programs of this type: plainbpf doctor OBJ tells";
}

/* The kernel left no log. */
static int report_silence(const struct pbpf_program *prog, const struct pbpf_code *code, int err)
{
	const char *name = pbpf_program_name(prog);
	struct refusal_hint hint;
	bool too_new = may_be_unknown(err) && program_too_new(hint.text, prog, code, -1);
	const char *way_out = too_new ? hint.text : token_hint(prog->obj, err);

	if (!way_out)
		way_out = refusal_hint(&hint, &prog->obj->env, err, pbpf_program_type(prog));
	if (!way_out && err == -EINVAL)
		way_out = hint_of_attr(&prog->attr);
	return env_fail(&prog->obj->env, err, AT(STAGE_LOAD, name, 0), way_out,
			"program '%s' (%s): the kernel refused it: %s", name, prog->section,
			pbpf_error_name(err));
}

int explain_program(struct pbpf_program *prog, const struct pbpf_code *code, int err)
{
	struct code_source origin = {code, prog->obj->btf};
	const struct pbpf_log_lines lines = {place_of_insn, &origin};
	const struct pbpf_env *env = &prog->obj->env;
	const char *name = pbpf_program_name(prog), *hint = NULL;
	struct pbpf_log_verdict *verdict = prog->verdict;
	char source[256], what[64] = "the program";
	struct refusal_hint words;

	if (!verdict)
		verdict = env_alloc(env, 1, sizeof(*verdict));
	if (!verdict)
		return env_no_memory(env, STAGE_LOAD, "the verifier's verdict");
	prog->verdict = verdict;
	pbpf_log_read(verdict, pbpf_program_log(prog), &lines);
	if (!verdict->line.size)
		return report_silence(prog, code, err);
	put_place(source, sizeof(source), &origin, verdict->insn);
	if (verdict->code.size && find_poison(code, verdict->insn))
		return report_poison(prog, find_poison(code, verdict->insn), source, err);
	if (report_missing(prog, code, verdict->insn, source, err))
		return err;
	if (may_be_unknown(err) && program_too_new(words.text, prog, code, verdict->insn))
		hint = words.text;
	else if (verdict->explanation)
		hint = verdict->explanation->hint;
	else if (err == -EPERM) /* -EACCES is the verifier's own when it has left a log */
		hint = refusal_hint(&words, env, err, pbpf_program_type(prog));
	if (verdict->insn >= 0)
		snprintf(what, sizeof(what), "instruction %lld", (long long)verdict->insn);
	return env_fail(env, err,
			AT(STAGE_LOAD, name, verdict->insn < 0 ? 0 : (uint64_t)verdict->insn), hint,
			"program '%s' (%s): the verifier refused %s%s: %.*s", name, prog->section,
			what, source, (int)verdict->line.size, verdict->line.at);
}

const struct pbpf_log_verdict *pbpf_program_verdict(const struct pbpf_program *prog)
{
	return prog->verdict && prog->verdict->line.size ? prog->verdict : NULL;
}
