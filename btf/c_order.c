/* SPDX-License-Identifier: MIT */
/*
 * Types as C, each after those that it needs.
 *
 * A value of a struct needs its definition; a pointer to it needs nothing, but among the parameters
 * of a function "struct x;", as the name would else end with them. A typedef must have been declared
 * and an enumeration defined in any case. So the types are walked depth first, with three strengths
 * of need, over a stack that grows on the heap (chains of needs are as long as the kernel's headers
 * are deep), and each is printed when all that it needs has been.
 */
#include "btf/c_print.h"
#include "btf/pbpf_btf_print.h"

/* Nameless types are printed wherever they are used, so a few nested ones can make any amount of text:
 * it is limited to so much, and so much for each byte of BTF. The kernel's takes half of one. */
#define TEXT_START    (1u << 20)
#define TEXT_PER_BYTE 16

enum strength { NEED_NAME, NEED_SCOPE, NEED_WHOLE };

/* A type whose needs are being looked at. */
struct need {
	struct pbpf_btf_type type;
	uint32_t next; /* the need that comes next */
	enum strength strength;
};

struct needs {
	struct need *stack;
	size_t depth, room;
};

/* A need of a type. */
struct need_of {
	uint32_t id;
	enum strength strength;
};

/* The i-th need of a type, or false. A typedef has two: before it is declared, its target by name;
 * for a value of it, its target in full. */
static bool next_need(const struct c_printer *printer, const struct need *need, struct need_of *of)
{
	const struct pbpf_btf_type *type = &need->type;
	const struct pbpf_btf *btf = &printer->btf;
	enum strength indirect = need->strength == NEED_WHOLE ? NEED_NAME : need->strength;
	uint32_t i = need->next;

	*of = (struct need_of){type->type, need->strength};
	switch (type->kind) {
	case PBPF_KIND_STRUCT:
	case PBPF_KIND_UNION:
		if (i < type->vlen)
			*of = (struct need_of){c_member_type(type, i), NEED_WHOLE};
		return i < type->vlen;
	case PBPF_KIND_FUNC_PROTO:
		of->strength = indirect;
		if (i)
			*of = (struct need_of){pbpf_btf_param(btf, type, i - 1).type, NEED_SCOPE};
		return i <= type->vlen;
	case PBPF_KIND_ARRAY:
		*of = (struct need_of){pbpf_btf_array(btf, type).type, NEED_WHOLE};
		return !i;
	case PBPF_KIND_TYPEDEF:
		of->strength = i ? NEED_WHOLE : NEED_NAME;
		return i <= (need->strength == NEED_WHOLE);
	case PBPF_KIND_PTR: of->strength = indirect; return !i;
	default: return !i && btf_is_modifier(type->kind);
	}
}

static void put_forward(struct c_printer *printer, uint32_t id)
{
	if (printer->states[id] & (C_FORWARD | C_DONE))
		return;
	printer->states[id] |= C_FORWARD;
	c_put_tag(printer, id);
	text_string(&printer->text, ";\n\n");
}

/* Prints a type that all is there for. */
static int put_type(struct c_printer *printer, const struct pbpf_btf_type *type)
{
	int err;

	if (printer->states[type->id] & C_DONE)
		return 0;
	printer->states[type->id] |= C_DONE;
	printer->holes = 0;
	if (type->kind == PBPF_KIND_TYPEDEF) {
		text_string(&printer->text, "typedef ");
		err = c_put_declaration(printer, type->type, type->name,
					printer->versions[type->id], false);
	} else {
		err = c_put_declaration(printer, type->id, "", 0, true);
	}
	text_string(&printer->text, ";\n\n");
	return err;
}

/* Is there anything to be done for this need? What can be done at once is done. */
static bool must_visit(struct c_printer *printer, uint32_t id, enum strength strength)
{
	uint8_t state = printer->states[id];
	uint32_t kind = btf_kind_of(&printer->btf, id);
	bool named;

	if (kind <= PBPF_KIND_INT || kind == PBPF_KIND_FLOAT ||
	    (state & (C_SEEN << strength | C_SEEN << NEED_WHOLE * (strength == NEED_NAME))))
		return false;
	if (!btf_is_record(kind) && !btf_is_enum(kind) && kind != PBPF_KIND_FWD)
		return !(state & C_OPEN);
	named = *c_name_of(printer, id);
	if (kind == PBPF_KIND_FWD || (btf_is_record(kind) && named && strength != NEED_WHOLE)) {
		if (strength != NEED_NAME)
			put_forward(printer, id);
		return false;
	}
	return btf_is_enum(kind) ? named : !(state & C_OPEN);
}

/* Kinds that a header begins with, where they have names; the others come when they are needed. */
static bool may_be_root(uint32_t kind)
{
	return btf_is_record(kind) || btf_is_enum(kind) || kind == PBPF_KIND_TYPEDEF ||
	       kind == PBPF_KIND_FWD;
}

static int push_need(struct c_printer *printer, struct needs *needs, uint32_t id,
		     enum strength strength)
{
	struct need *grown;

	if (needs->depth == needs->room) {
		grown = env_resize(&printer->btf.env, needs->stack, needs->room,
				   needs->room * 2 + 64, sizeof(*grown));
		if (!grown)
			return env_no_memory(&printer->btf.env, "btf", "the order of types");
		needs->stack = grown;
		needs->room = needs->room * 2 + 64;
	}
	printer->states[id] |= C_OPEN;
	needs->stack[needs->depth++] =
		(struct need){.type = pbpf_btf_type(&printer->btf, id), .strength = strength};
	return 0;
}

/* All needs are met: the type can be printed, if it is one that has a name of its own. */
static int close_need(struct c_printer *printer, struct needs *needs)
{
	const struct need *need = &needs->stack[--needs->depth];
	const struct pbpf_btf_type *type = &need->type;
	uint8_t *state = &printer->states[type->id];

	*state = (uint8_t)((*state & ~C_OPEN) | C_SEEN << need->strength);
	if (!*type->name || (!btf_is_record(type->kind) && !btf_is_enum(type->kind)))
		return 0;
	return put_type(printer, type);
}

/* One step of the walk: into the next need of the type on top, or back from it. */
static int step_needs(struct c_printer *printer, struct needs *needs)
{
	struct need *need = &needs->stack[needs->depth - 1];
	struct need_of of;
	int err = 0;

	while (next_need(printer, need, &of)) {
		if (need->type.kind == PBPF_KIND_TYPEDEF && need->next == 1)
			err = put_type(printer, &need->type);
		if (err)
			return err;
		need->next++;
		if (of.id < printer->btf.end_id && must_visit(printer, of.id, of.strength))
			return push_need(printer, needs, of.id, of.strength);
	}
	if (need->type.kind == PBPF_KIND_TYPEDEF)
		err = put_type(printer, &need->type);
	return err ? err : close_need(printer, needs);
}

static int put_with_needs(struct c_printer *printer, struct needs *needs, uint32_t id)
{
	int err;

	if (!must_visit(printer, id, NEED_WHOLE))
		return 0;
	err = push_need(printer, needs, id, NEED_WHOLE);
	while (!err && needs->depth && !printer->text.err)
		err = step_needs(printer, needs);
	return err;
}

static int put_all(struct c_printer *printer, struct needs *needs)
{
	const struct pbpf_btf *btf = &printer->btf;
	int err = 0;

	for (uint32_t id = 1; id < btf->end_id && !err && !printer->text.err; id++) {
		if (!(printer->states[id] & C_LISTED))
			continue;
		if (btf_kind_of(btf, id) == PBPF_KIND_FWD)
			put_forward(printer, id);
		else if (*c_name_of(printer, id))
			err = put_with_needs(printer, needs, id);
	}
	/* constants that no type brought along */
	for (uint32_t id = 1; id < btf->end_id && !err && !printer->text.err; id++) {
		struct pbpf_btf_type type;

		if (!(printer->states[id] & C_LISTED) || !btf_is_enum(btf_kind_of(btf, id)))
			continue;
		type = pbpf_btf_type(btf, id);
		if (!*type.name && type.vlen)
			err = put_type(printer, &type);
	}
	return err ? err : c_put_kfuncs(printer);
}

/* --- the entry points ------------------------------------------------------------------------- */

static void close_printer(struct c_printer *printer)
{
	struct pbpf_btf *btf = &printer->btf;
	const struct pbpf_env *env = &btf->env;

	env_free(env, printer->states, btf->end_id, sizeof(*printer->states));
	env_free(env, printer->layouts, btf->end_id, sizeof(*printer->layouts));
	env_free(env, printer->versions, btf->end_id, sizeof(*printer->versions));
	env_free(env, printer->idents, printer->ident_room, sizeof(*printer->idents));
	if (printer->btf.own_marks)
		env_free(env, btf->marks, btf->mark_count, sizeof(*btf->marks));
}

/* A view marks few types; here each is asked for often. */
static int open_printer(struct c_printer *printer, const struct pbpf_btf *btf)
{
	const struct pbpf_env *env = &btf->env;

	printer->btf = *btf;
	printer->btf.own_marks = false;
	for (const struct pbpf_btf *part = btf; part; part = part->base)
		printer->limit += TEXT_START + TEXT_PER_BYTE * (uint64_t)part->image_size;
	printer->states = env_alloc(env, btf->end_id, sizeof(*printer->states));
	printer->layouts = env_alloc(env, btf->end_id, sizeof(*printer->layouts));
	printer->versions = env_alloc(env, btf->end_id, sizeof(*printer->versions));
	if (!printer->states || !printer->layouts || !printer->versions)
		return env_no_memory(env, "btf", "printing types as C");
	if (btf->mark_shift) {
		if (btf_mark_all(&printer->btf))
			return env_no_memory(env, "btf", "printing types as C");
		printer->btf.own_marks = true;
	}
	return c_name_types(printer);
}

static int print_c(const struct pbpf_btf *btf, uint32_t id, const struct pbpf_writer *out)
{
	struct c_printer printer = {.text = {.to = out}};
	struct needs needs = {0};
	int err = open_printer(&printer, btf), stopped;

	if (!err)
		err = id ? put_with_needs(&printer, &needs, id) : put_all(&printer, &needs);
	stopped = text_end(&printer.text);
	env_free(&btf->env, needs.stack, needs.room, sizeof(*needs.stack));
	close_printer(&printer);
	return stopped ? stopped : err;
}

int pbpf_btf_print_c(const struct pbpf_btf *btf, uint32_t id, const struct pbpf_writer *out)
{
	struct pbpf_btf_type type = pbpf_btf_type(btf, id);

	if (*type.name && may_be_root(type.kind))
		return print_c(btf, id, out);
	return env_fail(&btf->env, -EINVAL, AT("btf", NULL, 0), NULL,
			"type %u (%s) is nothing that C declares by a name", id,
			pbpf_btf_kind_name(type.kind));
}

static int put_whole(const struct pbpf_writer *out, const char *text)
{
	return out->write(out->ctx, text, strlen(text));
}

int pbpf_btf_print_header(const struct pbpf_btf *btf, const struct pbpf_writer *out)
{
	static const char begin[] = "#ifndef __VMLINUX_H__\n#define __VMLINUX_H__\n\n"
				    "#ifndef BPF_NO_PRESERVE_ACCESS_INDEX\n"
				    "#pragma clang attribute push "
				    "(__attribute__((preserve_access_index)), apply_to = record)\n"
				    "#endif\n\n";
	static const char end[] = "#ifndef BPF_NO_PRESERVE_ACCESS_INDEX\n"
				  "#pragma clang attribute pop\n#endif\n\n#endif\n";
	int err = put_whole(out, begin);

	if (!err)
		err = print_c(btf, 0, out);
	return err ? err : put_whole(out, end);
}
