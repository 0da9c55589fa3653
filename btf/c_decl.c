/* SPDX-License-Identifier: MIT */
/*
 * One declaration of C.
 *
 * C wraps a declarator around the name: what BTF has as a chain
 *
 *	PTR -> ARRAY[3] -> PTR -> FUNC_PROTO(int) -> char          is          char (*(*(*name)[3])(int)
 *
 * so the chain is walked from its end for all that stands left of the name, and from its start for
 * all that stands right of it. Bodies of structs and parameters nest declarations in declarations:
 * each is a frame of an explicit stack.
 */
#include "btf/c_print.h"

#define C_FRAMES_MAX 128
#define C_LINKS_MAX  512

enum c_what { C_DECLARATION, C_BODY, C_PARAMS };

/* A step from a declared type towards the type at its base. */
struct c_link {
	uint32_t id;
	uint32_t kind;
};

struct c_frame {
	enum c_what what;
	uint32_t phase;
	uint32_t next; /* link, member or parameter */
	/* of a declaration, most of all there is to print, so that its base is not decoded */
	uint32_t base, kind;
	uint32_t first, behind; /* its links */
	const char *name;
	uint32_t version;
	uint32_t bits; /* of a bitfield */
	bool define;   /* the base's body, although it has a name */
	/* of a body or parameters */
	bool packed;
	struct pbpf_btf_type type;
	uint64_t end; /* the bit behind the last member */
};

struct c_stack {
	struct c_frame frames[C_FRAMES_MAX];
	uint32_t depth;
	struct c_link links[C_LINKS_MAX];
	uint32_t link_count;
};

static int too_deep(struct c_printer *printer, uint32_t id)
{
	return btf_fail_type(&printer->btf, id, -ENOTSUP, "nests too deep to be printed as C");
}

/* A new frame on top; what is particular to a declaration or a body is not set. */
static int push_frame(struct c_printer *printer, struct c_stack *stack, enum c_what what,
		      uint32_t id)
{
	struct c_frame *frame = &stack->frames[stack->depth];

	if (stack->depth == C_FRAMES_MAX)
		return too_deep(printer, id);
	if (text_size(&printer->text) > printer->limit)
		return btf_fail_type(&printer->btf, id, -ENOTSUP,
				     "so many nameless types within others are not printed as C");
	frame->what = what;
	frame->phase = frame->next = 0;
	if (what != C_DECLARATION)
		frame->type = pbpf_btf_type(&printer->btf, id);
	stack->depth++;
	return 0;
}

static void put_indent(struct c_printer *printer)
{
	for (uint32_t i = 0; i < printer->indent; i++)
		text_char(&printer->text, '\t');
}

/* --- tags and enumerations -------------------------------------------------------------------- */

void c_put_tag(struct c_printer *printer, uint32_t id)
{
	const char *name = c_name_of(printer, id);
	uint32_t info = btf_load(btf_record(&printer->btf, id) + 4), kind = btf_info_kind(info);
	bool is_union = kind == PBPF_KIND_UNION || (kind == PBPF_KIND_FWD && info >> 31);

	text_string(&printer->text, btf_is_enum(kind) ? "enum" : is_union ? "union" : "struct");
	if (!*name)
		return;
	text_char(&printer->text, ' ');
	c_put_name(printer, name, printer->versions[id]);
}

static void put_enum_value(struct btf_text *text, const struct pbpf_btf_type *type, int64_t value)
{
	bool wide = type->kind == PBPF_KIND_ENUM64;

	if (!type->kind_flag) {
		text_unsigned(text, (uint64_t)value);
		text_string(text, wide ? "ULL" : "");
	} else if (value == INT64_MIN) {
		text_string(text, "-9223372036854775807LL - 1");
	} else {
		text_signed(text, value);
		text_string(text, wide ? "LL" : "");
	}
}

static void put_enum(struct c_printer *printer, uint32_t id)
{
	struct pbpf_btf_type type = pbpf_btf_type(&printer->btf, id);
	uint32_t step = type.kind == PBPF_KIND_ENUM64 ? 12 : 8;
	struct btf_text *text = &printer->text;

	c_put_tag(printer, id);
	text_string(text, " {");
	for (uint32_t i = 0; i < type.vlen; i++) {
		text_char(text, '\n');
		put_indent(printer);
		text_char(text, '\t');
		c_put_enumerator(printer, btf_load(type.records + (size_t)i * step));
		text_string(text, " = ");
		put_enum_value(text, &type, pbpf_btf_enumerator(&printer->btf, &type, i).value);
		text_char(text, ',');
	}
	if (!type.vlen) { /* declared, but never defined: C still wants one */
		text_string(text, "\n\t__no_enumerator_");
		text_unsigned(text, id);
		text_char(text, ',');
	}
	text_char(text, '\n');
	put_indent(printer);
	text_char(text, '}');
	if (type.size && type.size != 4)
		text_string(text, type.size == 1   ? " __attribute__((mode(QI)))"
				  : type.size == 2 ? " __attribute__((mode(HI)))"
						   : " __attribute__((mode(DI)))");
	printer->states[id] |= C_DONE;
}

/* --- declarators ------------------------------------------------------------------------------ */

/* Collects the links of `id`; what is at their end is the base. */
static int open_declaration(struct c_printer *printer, struct c_stack *stack, uint32_t id,
			    const char *name, uint32_t bits, bool define)
{
	struct c_frame *frame = &stack->frames[stack->depth];
	uint32_t first = stack->link_count, kind;
	int err;

	for (;;) {
		const uint8_t *record = btf_record(&printer->btf, id);

		kind = btf_info_kind(btf_load(record + 4));
		if (kind != PBPF_KIND_PTR && kind != PBPF_KIND_ARRAY &&
		    kind != PBPF_KIND_FUNC_PROTO && !btf_is_modifier(kind))
			break;
		if (stack->link_count == C_LINKS_MAX)
			return too_deep(printer, id);
		stack->links[stack->link_count++] = (struct c_link){id, kind};
		id = btf_load(record + (kind == PBPF_KIND_ARRAY ? BTF_RECORD_SIZE : 8));
	}
	err = push_frame(printer, stack, C_DECLARATION, id);
	if (err)
		return err;
	frame->base = id;
	frame->kind = kind;
	frame->first = first;
	frame->behind = stack->link_count;
	frame->name = name;
	frame->version = 0;
	frame->bits = bits;
	frame->define = define;
	return 0;
}

/* The kind of what link i is applied to, modifiers in between left out. */
static uint32_t kind_below(const struct c_stack *stack, const struct c_frame *frame, uint32_t i)
{
	for (i++; i < frame->behind; i++)
		if (!btf_is_modifier(stack->links[i].kind))
			return stack->links[i].kind;
	return frame->kind;
}

/* A pointer to an array or a function needs parentheses. */
static bool needs_parentheses(const struct c_stack *stack, const struct c_frame *frame, uint32_t i)
{
	uint32_t below = kind_below(stack, frame, i);

	return below == PBPF_KIND_ARRAY || below == PBPF_KIND_FUNC_PROTO;
}

static const char *modifier_word(uint32_t kind)
{
	return kind == PBPF_KIND_CONST	    ? "const"
	       : kind == PBPF_KIND_VOLATILE ? "volatile"
	       : kind == PBPF_KIND_RESTRICT ? "restrict"
					    : "";
}

/* Modifiers of the base, and the base; what has a body is left to the frame that is put on top. */
static int put_base(struct c_printer *printer, struct c_stack *stack, struct c_frame *frame)
{
	const char *name = c_name_of(printer, frame->base);
	bool inside = !*name || frame->define;

	for (uint32_t i = frame->behind;
	     i > frame->first && btf_is_modifier(stack->links[i - 1].kind); i--) {
		if (stack->links[i - 1].kind != PBPF_KIND_CONST &&
		    stack->links[i - 1].kind != PBPF_KIND_VOLATILE)
			continue;
		text_string(&printer->text, modifier_word(stack->links[i - 1].kind));
		text_char(&printer->text, ' ');
	}
	if (frame->kind == PBPF_KIND_TYPEDEF) {
		c_put_name(printer, name, printer->versions[frame->base]);
	} else if (frame->kind == PBPF_KIND_INT || frame->kind == PBPF_KIND_FLOAT) {
		c_put_basic(printer, frame->base);
	} else if (btf_is_enum(frame->kind) && inside) {
		put_enum(printer, frame->base);
	} else if (btf_is_record(frame->kind) || btf_is_enum(frame->kind) ||
		   frame->kind == PBPF_KIND_FWD) {
		c_put_tag(printer, frame->base);
		if (inside && btf_is_record(frame->kind))
			return push_frame(printer, stack, C_BODY, frame->base);
	} else {
		text_string(&printer->text, "void");
	}
	return 0;
}

/* Pointers and their modifiers, from the base to the name, and the name. */
static void put_left(struct c_printer *printer, const struct c_stack *stack,
		     const struct c_frame *frame)
{
	struct btf_text *text = &printer->text;
	bool gap = true; /* a word stands before */

	for (uint32_t i = frame->behind; i-- > frame->first;) {
		uint32_t kind = stack->links[i].kind;

		if (kind == PBPF_KIND_PTR) {
			text_string(text, gap ? " " : "");
			text_string(text, needs_parentheses(stack, frame, i) ? "(*" : "*");
			gap = false;
		} else if (btf_is_modifier(kind) && kind != PBPF_KIND_TYPE_TAG &&
			   kind_below(stack, frame, i) == PBPF_KIND_PTR) {
			text_string(text, gap ? " " : "");
			text_string(text, modifier_word(kind));
			gap = true;
		}
	}
	if (!*frame->name)
		return;
	text_string(text, gap ? " " : "");
	c_put_name(printer, frame->name, frame->version);
}

/* Arrays, parameters and closing parentheses, from the name to the base. */
static int put_right(struct c_printer *printer, struct c_stack *stack, struct c_frame *frame)
{
	for (; frame->next < frame->behind; frame->next++) {
		struct c_link link = stack->links[frame->next];

		if (link.kind == PBPF_KIND_PTR && needs_parentheses(stack, frame, frame->next))
			text_char(&printer->text, ')');
		if (link.kind == PBPF_KIND_FUNC_PROTO) {
			frame->next++;
			return push_frame(printer, stack, C_PARAMS, link.id);
		}
		if (link.kind != PBPF_KIND_ARRAY)
			continue;
		text_char(&printer->text, '[');
		text_unsigned(&printer->text, btf_load(btf_record(&printer->btf, link.id) + 20));
		text_char(&printer->text, ']');
	}
	return 0;
}

enum { PHASE_BASE, PHASE_LEFT, PHASE_RIGHT };

static int step_declaration(struct c_printer *printer, struct c_stack *stack, struct c_frame *frame)
{
	uint32_t depth = stack->depth;
	int err;

	if (frame->phase == PHASE_BASE) {
		frame->phase = PHASE_LEFT;
		err = put_base(printer, stack, frame);
		if (err || stack->depth != depth)
			return err;
	}
	if (frame->phase == PHASE_LEFT) {
		put_left(printer, stack, frame);
		frame->phase = PHASE_RIGHT;
		frame->next = frame->first;
	}
	err = put_right(printer, stack, frame);
	if (err || stack->depth != depth)
		return err;
	if (frame->bits) {
		text_string(&printer->text, " : ");
		text_unsigned(&printer->text, frame->bits);
	}
	stack->link_count = frame->first;
	stack->depth--;
	return 0;
}

static int step_params(struct c_printer *printer, struct c_stack *stack, struct c_frame *frame)
{
	struct pbpf_btf_param param = pbpf_btf_param(&printer->btf, &frame->type, frame->next);
	uint32_t i = frame->next++;

	if (i >= frame->type.vlen) {
		text_string(&printer->text, i ? ")" : "(void)");
		stack->depth--;
		return 0;
	}
	text_string(&printer->text, i ? ", " : "(");
	if (param.type)
		return open_declaration(printer, stack, param.type, param.name, 0, false);
	text_string(&printer->text, i ? "..." : "");
	return 0;
}

/* --- bodies ----------------------------------------------------------------------------------- */

static void put_hole_bits(struct c_printer *printer, uint64_t bits)
{
	if (!bits)
		return;
	put_indent(printer);
	text_string(&printer->text, "unsigned char : ");
	text_unsigned(&printer->text, bits);
	text_string(&printer->text, ";\n");
}

/* Takes the bits from `from` to `to`: to the next byte, whole bytes, the rest. */
static void put_hole(struct c_printer *printer, uint64_t from, uint64_t to)
{
	uint64_t byte = (from + 7) / 8 * 8 < to ? (from + 7) / 8 * 8 : to;

	put_hole_bits(printer, byte - from);
	if (to - byte >= 8) {
		put_indent(printer);
		text_string(&printer->text, "unsigned char __hole");
		text_unsigned(&printer->text, ++printer->holes);
		text_char(&printer->text, '[');
		text_unsigned(&printer->text, (to - byte) / 8);
		text_string(&printer->text, "];\n");
	}
	put_hole_bits(printer, (to - byte) % 8);
}

static int put_member(struct c_printer *printer, struct c_stack *stack, struct c_frame *frame)
{
	struct c_member c = c_member(&printer->btf, &frame->type, frame->next++);
	uint64_t end = frame->type.kind == PBPF_KIND_UNION ? 0 : frame->end;

	if (c_natural_place(printer, &c, end, frame->packed) < c.at)
		put_hole(printer, end, c.at);
	if (c.end > frame->end)
		frame->end = c.end;
	put_indent(printer);
	return open_declaration(printer, stack, c.member.type, c.member.name, c.bits, false);
}

/* C has no words for them; a hole is left in their place. */
static void skip_unknown_members(const struct c_printer *printer, struct c_frame *frame)
{
	while (frame->next < frame->type.vlen &&
	       btf_is_of_unknown(&printer->btf,
				 pbpf_btf_member(&printer->btf, &frame->type, frame->next).type))
		frame->next++;
}

/* What is missing to the size, as C would round it up. */
static void put_tail(struct c_printer *printer, const struct c_frame *frame)
{
	uint64_t size = frame->type.size * 8ull;
	uint64_t unit = frame->packed ? 8 : c_alignment(printer, frame->type.id) * 8ull;

	if ((frame->end + unit - 1) / unit * unit >= size)
		return;
	put_hole(printer, frame->type.kind == PBPF_KIND_UNION ? 0 : frame->end, size);
}

static int step_body(struct c_printer *printer, struct c_stack *stack, struct c_frame *frame)
{
	int err;

	if (!frame->phase) {
		frame->phase = 1;
		frame->end = 0;
		text_string(&printer->text, " {\n");
		printer->indent++;
		err = c_layout(printer, frame->type.id);
		if (err)
			return err;
		frame->packed = c_is_packed(printer, frame->type.id);
	} else {
		text_string(&printer->text, ";\n");
	}
	skip_unknown_members(printer, frame);
	if (frame->next < frame->type.vlen)
		return put_member(printer, stack, frame);
	put_tail(printer, frame);
	printer->indent--;
	put_indent(printer);
	text_string(&printer->text, frame->packed ? "} __attribute__((packed))" : "}");
	stack->depth--;
	return 0;
}

int c_put_declaration(struct c_printer *printer, uint32_t id, const char *name, uint32_t version,
		      bool define)
{
	struct c_stack stack;
	int err;

	stack.depth = stack.link_count = 0;
	printer->indent = 0;
	err = open_declaration(printer, &stack, id, name, 0, define);
	stack.frames[0].version = version;
	while (!err && stack.depth) {
		struct c_frame *frame = &stack.frames[stack.depth - 1];

		if (frame->what == C_DECLARATION)
			err = step_declaration(printer, &stack, frame);
		else if (frame->what == C_BODY)
			err = step_body(printer, &stack, frame);
		else
			err = step_params(printer, &stack, frame);
	}
	return err;
}
