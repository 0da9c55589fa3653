/* SPDX-License-Identifier: MIT */
/*
 * CO-RE in words: what a record is about, what it came to, and why it came to nothing.
 */
#include "base/spell.h"
#include "relo/core.h"

#include <stdarg.h>
#include <stdio.h>

/* As many candidates as a message can name. */
#define CANDIDATES_NAMED 4

/* Near names are a hint, and not searched for without end. */
#define NAMES_TRIED 4096

struct core_text core_text_of(char *bytes, size_t size)
{
	if (size)
		bytes[0] = '\0';
	return (struct core_text){bytes, size, 0};
}

void core_say(struct core_text *text, const char *format, ...)
{
	size_t room = text->size - text->length;
	va_list args;
	int length;

	if (!room)
		return;
	va_start(args, format);
	length = vsnprintf(text->bytes + text->length, room, format, args);
	va_end(args);
	if (length > 0)
		text->length += (size_t)length < room ? (size_t)length : room - 1;
}

static const char *name_or(const char *name, const char *otherwise)
{
	return *name ? name : otherwise;
}

void core_say_path(struct core_text *text, const struct core_path *path)
{
	const char *name = pbpf_btf_type(path->btf, path->root).name;

	core_say(text, "%s", name_or(name, "(anonymous)"));
	for (uint32_t i = 0; i < path->length; i++) {
		const struct core_step *step = &path->steps[i];

		if (step->name)
			core_say(text, ".%s", step->name);
		else if (i || step->index)
			core_say(text, "[%u]", step->index);
	}
}

/* The word that C has for a kind. */
static const char *keyword_of(uint32_t kind)
{
	switch (kind) {
	case PBPF_KIND_STRUCT: return "struct ";
	case PBPF_KIND_UNION: return "union ";
	case PBPF_KIND_ENUM:
	case PBPF_KIND_ENUM64: return "enum ";
	case PBPF_KIND_TYPEDEF: return "typedef ";
	default: return "";
	}
}

void core_say_type(struct core_text *text, const struct pbpf_btf *btf, uint32_t id)
{
	struct pbpf_btf_type type = pbpf_btf_type(btf, id);

	core_say(text, "%s%s", keyword_of(type.kind), name_or(type.name, "(anonymous)"));
}

void core_say_candidate(struct core_text *text, const struct pbpf_core *core,
			const struct core_candidate *candidate)
{
	const struct pbpf_core_target *target = &core->targets[candidate->target];

	core_say_type(text, target->btf, candidate->id);
	core_say(text, " [%u] of %s", candidate->id, target->name);
}

const char *pbpf_core_kind_name(uint32_t kind)
{
	static const char *const names[PBPF_CORE_KINDS] = {
		"byte_off",	  "byte_sz",	   "field_exists",   "signed",	    "lshift_u64",
		"rshift_u64",	  "local_type_id", "target_type_id", "type_exists", "type_size",
		"enumval_exists", "enumval_value", "type_matches",
	};

	return kind < PBPF_CORE_KINDS ? names[kind] : "unknown";
}

/* Local type and access string as they are, where they make no path. */
static void say_record(struct core_text *text, const struct pbpf_core *core,
		       const struct pbpf_core_relo *relo, const struct core_path *path)
{
	if (path && !core_of_type(relo->kind)) {
		core_say_path(text, path);
		return;
	}
	core_say_type(text, core->local, relo->type);
	if (!path)
		core_say(text, " + '%.40s'", pbpf_btf_string(core->local, relo->access));
}

void pbpf_core_path(const struct pbpf_core *core, const struct pbpf_core_relo *relo, char *text,
		    size_t size)
{
	struct core_text to = core_text_of(text, size);
	struct core_problem problem;
	struct core_path path;
	int err = core_parse(&path, core->local, relo, &problem);

	say_record(&to, core, relo, err ? NULL : &path);
}

void pbpf_core_describe(const struct pbpf_core *core, const struct pbpf_core_relo *relo,
			const struct pbpf_core_fix *fix, char *text, size_t size)
{
	struct core_text to = core_text_of(text, size);

	pbpf_core_path(core, relo, text, size);
	to.length = size ? strlen(text) : 0;
	core_say(&to, ": %s %llu -> ", pbpf_core_kind_name(fix->kind),
		 (unsigned long long)fix->before);
	if (fix->poison)
		core_say(&to, "poison, as this kernel does not have it");
	else
		core_say(&to, "%llu", (unsigned long long)fix->after);
	if (fix->size_before != fix->size_after)
		core_say(&to, ", %u bytes -> %u", fix->size_before, fix->size_after);
	if (fix->target)
		core_say(&to, " ([%u] of %s)", fix->type, fix->target);
}

/* Tries the names of a struct's members, of those in anonymous members too, or of an enum's
 * enumerators. */
static void spell_parts(struct spell *spell, const struct pbpf_btf *btf, uint32_t id)
{
	struct pbpf_btf_type type = pbpf_btf_type(btf, id);
	struct core_walk walk;

	core_walk_start(&walk, btf, &type);
	for (uint32_t i = 0; i < NAMES_TRIED && core_walk_next(&walk); i++)
		spell_try(spell, walk.member.name);
	for (uint32_t i = 0; i < NAMES_TRIED && core_is_enum(type.kind) && i < type.vlen; i++)
		spell_try(spell, pbpf_btf_enumerator(btf, &type, i).name);
}

/* "(no member 'pidd'; near name: 'pid')" */
static void say_miss(struct core_text *text, const struct pbpf_btf *btf,
		     const struct core_path *local, const struct core_miss *miss)
{
	const struct core_step *step = &local->steps[miss->step];
	struct spell spell;

	switch (miss->reason) {
	case CORE_NO_MEMBER:
	case CORE_NO_ENUMERATOR:
		spell = spell_for(step->name);
		spell_parts(&spell, btf, miss->type);
		core_say(text, "no %s '%s'",
			 miss->reason == CORE_NO_MEMBER ? "member" : "enumerator", step->name);
		if (miss->step > 1) {
			core_say(text, " in ");
			core_say_type(text, btf, miss->type);
		}
		if (spell.nearest)
			core_say(text, "; near name: '%s'", spell.nearest);
		break;
	case CORE_OTHER_TYPE:
		core_say(text, "'%s' is of another type there, of kind %s", step->name,
			 pbpf_btf_kind_name(core_type(btf, miss->type).kind));
		break;
	case CORE_NO_STRUCT: core_say(text, "no struct where '%s' should be in", step->name); break;
	case CORE_NO_ARRAY: core_say(text, "no array where there was one"); break;
	case CORE_TOO_SHORT: core_say(text, "an array with no element %u", step->index); break;
	case CORE_NO_SIZE: core_say(text, "a type without a size"); break;
	default: core_say(text, "its parts differ"); break;
	}
}

/* The types of the kernel that have nearly the name. */
static void say_near_types(struct core_text *text, const struct pbpf_core *core,
			   const struct pbpf_btf_type *local)
{
	struct spell spell;
	char wanted[128];

	snprintf(wanted, sizeof(wanted), "%.*s", (int)core_essential(local->name), local->name);
	spell = spell_for(wanted);
	for (uint32_t i = 0; i < core->target_count; i++) {
		const struct pbpf_btf *btf = core->targets[i].btf;
		uint32_t end = pbpf_btf_count(btf);

		for (uint32_t id = i ? pbpf_btf_count(core->targets[0].btf) : 1; id < end; id++) {
			struct pbpf_btf_type type = pbpf_btf_type(btf, id);

			if (core_same_kind(type.kind, local->kind))
				spell_try(&spell, type.name);
		}
	}
	core_say(text, "; no type of that name and kind");
	if (spell.nearest)
		core_say(text, "; near name: '%s'", spell.nearest);
}

static void say_candidates(struct core_text *text, struct pbpf_core *core,
			   const struct core_name *name, const struct core_path *local,
			   uint32_t kind)
{
	uint32_t named = 0;

	for (uint32_t i = name->first; i != CORE_NONE; i = core->candidates[i].next) {
		const struct core_candidate *candidate = &core->candidates[i];
		const struct pbpf_core_target *target = &core->targets[candidate->target];
		struct core_path path = {.btf = target->btf, .root = candidate->id};
		struct core_problem problem;
		struct core_miss miss;

		if (named++ == CANDIDATES_NAMED) {
			core_say(text, ", and %u more", name->count - CANDIDATES_NAMED);
			return;
		}
		core_say(text, "%s", named == 1 ? "; candidates were " : ", ");
		core_say_candidate(text, core, candidate);
		if (core_match(&path, &miss, core, local, kind, &problem))
			continue;
		core_say(text, " (");
		say_miss(text, target->btf, local, &miss);
		core_say(text, ")");
	}
}

/* A field that is there, but of a size that an access cannot follow. */
static void say_sizes(struct core_text *text, const struct pbpf_core_fix *fix)
{
	core_say(text,
		 " has %u bytes on this kernel, %u in the program, and is not an unsigned integer "
		 "or a pointer in both: read it by its size, with bpf_core_read()",
		 fix->size_after, fix->size_before);
}

static void say_missing(struct core_text *text, struct pbpf_core *core,
			const struct pbpf_core_relo *relo)
{
	const struct core_root *root = core_find_root(core, relo->type);
	struct pbpf_btf_type type = pbpf_btf_type(core->local, relo->type);
	struct core_problem problem;
	struct core_path path;

	core_say(text, " does not exist on this kernel");
	if (!root || core_parse(&path, core->local, relo, &problem))
		return;
	if (core->names[root->name].count)
		say_candidates(text, core, &core->names[root->name], &path, relo->kind);
	else
		say_near_types(text, core, &type);
}

void pbpf_core_why(struct pbpf_core *core, const struct pbpf_core_relo *relo, char *text,
		   size_t size)
{
	struct core_text to = core_text_of(text, size);
	struct core_problem problem;
	struct pbpf_core_fix fix;
	char path[256];

	if (core_resolve(&fix, core, relo, &problem)) {
		core_say(&to, "%s", problem.text);
		return;
	}
	pbpf_core_path(core, relo, path, sizeof(path));
	core_say(&to, "%s '%s'",
		 core_of_type(relo->kind)	  ? "type"
		 : core_of_enumerator(relo->kind) ? "enumerator"
						  : "field",
		 path);
	if (!fix.target)
		say_missing(&to, core, relo);
	else if (fix.size_before != fix.size_after)
		say_sizes(&to, &fix);
}
