/* SPDX-License-Identifier: MIT */
/*
 * What an object needs, and whether this machine has it.
 *
 * The object is taken as far as load would take it without creating anything: externs and targets are looked
 * up, CO-RE records resolved, each program linked. What is then in the instructions tells which helpers it
 * calls. Maps and kinds of programs are tried as for the machine as a whole.
 */
#include "loader/doctor.h"
#include "relo/pbpf_core.h"

#include <string.h>

#define HELPERS_MAX 512

/* --- Programs and maps ----------------------------------------------------------------------- */

/* Is there an earlier program of the same kind, that is loaded too? */
static bool kind_was_tried(const struct pbpf_object *obj, uint32_t i)
{
	const struct pbpf_program *prog = &obj->programs[i];

	for (uint32_t j = 0; j < i; j++) {
		const struct pbpf_program *other = &obj->programs[j];

		if (other->autoload && other->attr.type == prog->attr.type &&
		    other->attr.expected_attach_type == prog->attr.expected_attach_type &&
		    (other->kind ? other->kind->attach : 0) ==
			    (prog->kind ? prog->kind->attach : 0))
			return true;
	}
	return false;
}

/* The attach type that it needs: a program at a USDT probe goes without, where the kernel has none for it. */
static uint32_t needed_attach_type(const struct examination *exam, const struct pbpf_program *prog)
{
	uint32_t type = prog->attr.expected_attach_type;
	bool spare = prog->kind && prog->kind->attach == ATTACH_USDT;

	return spare && pbpf_since_attach_type(type) > exam->machine.version ? 0 : type;
}

static void examine_kinds(struct examination *exam, const struct pbpf_object *obj)
{
	exam->group = "programs";
	for (uint32_t i = 0; i < obj->program_count; i++) {
		const struct pbpf_program *prog = &obj->programs[i];

		if (!prog->autoload || kind_was_tried(obj, i))
			continue;
		if (prog->attr.type)
			examine_program_kind(exam, prog->kind ? prog->kind->name : prog->section,
					     prog->attr.type, needed_attach_type(exam, prog));
		else
			exam_no(exam, prog->section, "name the section by the kind of program",
				"the section name is not known");
	}
}

static bool type_was_tried(const struct pbpf_object *obj, uint32_t i)
{
	for (uint32_t j = 0; j < i; j++)
		if (!obj->maps[j].left_out && obj->maps[j].attr.type == obj->maps[i].attr.type &&
		    !((obj->maps[j].attr.flags ^ obj->maps[i].attr.flags) & PBPF_F_LINK))
			return true;
	return false;
}

static void examine_object_maps(struct examination *exam, const struct pbpf_object *obj)
{
	exam->group = "maps";
	for (uint32_t i = 0; i < obj->map_count; i++)
		if (!obj->maps[i].left_out && !type_was_tried(obj, i))
			examine_map_type(exam, obj->maps[i].attr.type, obj->maps[i].attr.flags);
}

/* --- Externs --------------------------------------------------------------------------------- */

static const char *what_it_is(enum extern_source source)
{
	switch (source) {
	case EXTERN_OF_CONFIG: return "a value of the kernel's configuration";
	case EXTERN_VARIABLE: return "a variable of the kernel";
	case EXTERN_FUNCTION: return "a function of the kernel";
	case EXTERN_ADDRESS: return "a symbol of the kernel";
	default: return "declared without __ksym or __kconfig, or compiled without -g";
	}
}

static void tell_extern(struct examination *exam, const struct extern_symbol *symbol)
{
	const char *what = what_it_is(symbol->source);

	if (symbol->found)
		exam_yes(exam, symbol->name, "%s", what);
	else if (symbol->weak)
		exam_perhaps(exam, symbol->name, "fine where the program asks for it before use",
			     "not on this kernel: %s, which the object calls weak", what);
	else
		exam_no(exam, symbol->name,
			"declare it with __weak, and ask with bpf_ksym_exists()",
			"not on this kernel: %s", what);
}

/* Looks them up as load does; what load would complain of is a finding here. */
static int examine_externs(struct examination *exam, struct pbpf_object *obj)
{
	int err;

	if (!obj->externs.count)
		return 0;
	obj->kept = (struct pbpf_kept_words){.on = true};
	err = resolve_externs(obj);
	obj->kept.on = false;
	if (err == -ENOMEM)
		return env_no_memory(&obj->env, STAGE_LOAD, "the externs of the object");
	exam->group = "externs";
	for (uint32_t i = 0; i < obj->externs.count; i++)
		tell_extern(exam, &obj->externs.symbols[i]);
	if (err && err != -ENOENT)
		exam_no(exam, "all of them", obj->kept.hint, "%s", obj->kept.text);
	return 0;
}

/* --- Targets --------------------------------------------------------------------------------- */

/* Looks them up as load does, with every program as one that may fail. */
static int find_targets_gently(struct pbpf_object *obj)
{
	int err;

	for (uint32_t i = 0; i < obj->program_count; i++)
		forget_failure(&obj->programs[i]);
	obj->all_may_fail = true;
	err = find_targets(obj);
	obj->all_may_fail = false;
	return err;
}

static void tell_target(struct examination *exam, const struct pbpf_program *prog)
{
	const char *name = prog->section;

	if (has_failed(prog))
		exam_no(exam, name, prog->failure->hint, "%s", prog->failure->text);
	else if (needs_target(prog))
		exam_yes(exam, name, "type %u of the kernel", prog->attach_btf_id);
}

/* Is there an earlier program that is attached in the same way? */
static bool way_was_tried(const struct pbpf_object *obj, uint32_t i)
{
	for (uint32_t j = 0; j < i; j++)
		if (obj->programs[j].autoload && obj->programs[j].kind &&
		    is_same_way(&obj->programs[j], &obj->programs[i]))
			return true;
	return false;
}

static int examine_targets(struct examination *exam, struct pbpf_object *obj)
{
	int err = find_targets_gently(obj);

	if (err)
		return err;
	exam->group = "targets";
	for (uint32_t i = 0; i < obj->program_count; i++)
		if (obj->programs[i].autoload)
			tell_target(exam, &obj->programs[i]);
	exam->group = "attaching";
	for (uint32_t i = 0; i < obj->program_count; i++) {
		const struct pbpf_program *prog = &obj->programs[i];

		if (prog->autoload && prog->kind && !way_was_tried(obj, i))
			examine_way(exam, prog);
	}
	return 0;
}

/* --- What is in the instructions ------------------------------------------------------------- */

/* Which helpers were looked at, and the object's places for maps. */
struct code_examination {
	struct examination *exam;
	struct pbpf_object *obj;
	struct map_places places;
	uint64_t helpers[HELPERS_MAX]; /* by number: the program types that it was tried in */
};

static void examine_poison(struct code_examination *in, const struct pbpf_code *code)
{
	for (uint32_t i = 0; i < code->poisoned_count; i++) {
		char path[256], why[512];

		pbpf_core_path(in->obj->core, &code->poisoned[i].relo, path, sizeof(path));
		pbpf_core_why(in->obj->core, &code->poisoned[i].relo, why, sizeof(why));
		in->exam->group = "CO-RE";
		exam_perhaps(in->exam, path,
			     "fine where the program asks with bpf_core_field_exists() and the "
			     "like first",
			     "%s", why);
	}
}

/* Can a program know the kernel before it calls a helper, so that a call may be dead code? */
static bool asks_first(const struct pbpf_object *obj)
{
	for (uint32_t i = 0; i < obj->externs.count; i++)
		if (obj->externs.symbols[i].source == EXTERN_OF_CONFIG)
			return true;
	return false;
}

static void examine_calls(struct code_examination *in, const struct pbpf_program *prog,
			  const struct pbpf_code *code)
{
	uint64_t type = 1ull << prog->attr.type % 64;

	in->exam->group = "helpers";
	in->exam->avoidable = asks_first(in->obj);
	for (uint32_t i = 0; i < code->insn_count; i++) {
		const struct pbpf_insn *insn = &code->insns[i];
		uint64_t *tried;

		if (insn->code != PBPF_OP_CALL || pbpf_insn_src(insn) != PBPF_CALL_HELPER ||
		    insn->imm < 0 || insn->imm >= HELPERS_MAX)
			continue;
		tried = &in->helpers[insn->imm];
		if (*tried & type)
			continue;
		examine_helper(in->exam, (uint32_t)insn->imm, prog, *tried != 0);
		*tried |= type;
	}
	in->exam->avoidable = false;
}

static int examine_code(struct code_examination *in, const struct pbpf_program *prog)
{
	struct pbpf_code code = {0};
	int err = link_program(prog, &in->places, &code);

	if (err)
		return err;
	examine_calls(in, prog, &code);
	examine_poison(in, &code);
	pbpf_code_free(&code, &in->obj->env);
	return 0;
}

static int examine_all_code(struct examination *exam, struct pbpf_object *obj)
{
	struct code_examination in = {.exam = exam, .obj = obj};
	int err;

	obj->kept = (struct pbpf_kept_words){.on = true};
	err = open_core(obj);
	obj->kept.on = false;
	if (err == -ENOMEM)
		return env_no_memory(&obj->env, STAGE_LOAD, "the kernel's types");
	if (err) {
		exam->group = "CO-RE";
		exam_no(exam, "types", obj->kept.hint, "%s", obj->kept.text);
		return 0;
	}
	err = find_places(obj, &in.places);
	if (err)
		return err;
	give_externs_their_map(obj);
	for (uint32_t i = 0; !err && i < obj->program_count; i++)
		if (obj->programs[i].autoload)
			err = examine_code(&in, &obj->programs[i]);
	free_places(obj, &in.places);
	return err;
}

/* --- All of it ------------------------------------------------------------------------------- */

static int examine_object(struct examination *exam, struct pbpf_object *obj)
{
	int err;

	examine_kinds(exam, obj);
	examine_object_maps(exam, obj);
	err = examine_externs(exam, obj);
	if (!err)
		err = examine_targets(exam, obj);
	if (!err)
		err = examine_all_code(exam, obj);
	return err;
}

int pbpf_doctor_object(const struct pbpf_doctor *doctor, struct pbpf_object *obj)
{
	struct examination exam;
	int err;

	if (obj->loaded)
		return env_fail(&obj->env, -EINVAL, AT(STAGE_LOAD, obj->name, 0), "ask before load",
				"the object is loaded already");
	begin_examination(&exam, doctor, &obj->env);
	err = examine_object(&exam, obj);
	end_examination(&exam);
	pbpf_object_unload(obj);
	return err ? err : (int)exam.missing;
}
