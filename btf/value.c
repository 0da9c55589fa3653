/* SPDX-License-Identifier: MIT */
/*
 * A value as text: a walk through its type over an explicit stack.
 *
 *	{pid=17, comm="sh", args=[1, 2]}         text
 *	{"pid":17,"comm":"sh","args":[1,2]}      JSON
 *
 * Members without a name are opened up into the struct around them, as C does. Unions multiply: a
 * few nested ones can make any amount of text out of eight bytes, so the walk has a budget.
 */
#include "btf/value.h"

#include "base/reader.h"

/* Steps (one a value, or sixteen enumerators looked at) and bytes of text: so many, and so many for
 * each byte of the value. */
#define BUDGET_START	65536
#define BUDGET_PER_BYTE 256
#define TEXT_MOST_START (1u << 20)
#define TEXT_MOST	1024

/* An aggregate whose parts are being printed. */
struct value_frame {
	struct pbpf_btf_type type;
	uint32_t next, count;
	uint64_t at;	  /* its first bit */
	uint64_t element; /* of an array: its size in bytes */
	uint32_t element_type;
	const char *close; /* NULL for one that is opened up into the frame around it */
};

struct value_walk {
	const struct pbpf_btf *btf;
	const uint8_t *data;
	size_t size;
	bool json;
	bool comma; /* something stands before the next part */
	uint64_t budget;
	uint64_t text_limit;
	uint32_t depth;
	struct value_frame stack[BTF_MAX_NESTING];
	struct btf_text text;
};

uint32_t value_resolve(const struct pbpf_btf *btf, uint32_t id)
{
	struct pbpf_btf_type type = pbpf_btf_type(btf, pbpf_btf_resolve(btf, id));

	return type.kind == PBPF_KIND_VAR ? pbpf_btf_resolve(btf, type.type) : type.id;
}

static void put_label(struct value_walk *walk, const char *name)
{
	if (walk->comma)
		text_string(&walk->text, walk->json ? "," : ", ");
	walk->comma = true;
	if (!name)
		return;
	if (walk->json)
		text_quoted(&walk->text, name, SIZE_MAX, true);
	else
		text_name(&walk->text, name);
	text_char(&walk->text, walk->json ? ':' : '=');
}

static int open_frame(struct value_walk *walk, const struct pbpf_btf_type *type, uint64_t at,
		      bool hidden)
{
	bool is_array = type->kind == PBPF_KIND_ARRAY;
	struct value_frame *frame;

	if (walk->depth == BTF_MAX_NESTING)
		return -EINVAL;
	frame = &walk->stack[walk->depth++];
	*frame = (struct value_frame){.type = *type, .count = type->vlen, .at = at};
	if (is_array) {
		struct pbpf_btf_array array = pbpf_btf_array(walk->btf, type);
		int64_t element = pbpf_btf_size(walk->btf, array.type);

		if (element < 0)
			return -EINVAL;
		frame->element = (uint64_t)element;
		frame->element_type = array.type;
		frame->count = element ? array.count : 0;
	}
	if (hidden)
		return 0;
	frame->close = is_array ? "]" : "}";
	text_char(&walk->text, is_array ? '[' : '{');
	walk->comma = false;
	return 0;
}

static void close_frame(struct value_walk *walk)
{
	struct value_frame *frame = &walk->stack[--walk->depth];

	if (!frame->close)
		return;
	text_string(&walk->text, frame->close);
	walk->comma = true;
}

/* An array of characters, up to its first NUL. */
static bool put_string(struct value_walk *walk, const struct pbpf_btf_type *type, uint64_t at)
{
	struct pbpf_btf_array array = pbpf_btf_array(walk->btf, type);
	struct pbpf_btf_type element =
		pbpf_btf_type(walk->btf, pbpf_btf_resolve(walk->btf, array.type));

	if (!value_is_char(&element))
		return false;
	text_quoted(&walk->text, (const char *)walk->data + at / 8, array.count, walk->json);
	return true;
}

bool value_is_record(const struct pbpf_btf_type *type)
{
	return type->kind == PBPF_KIND_STRUCT || type->kind == PBPF_KIND_UNION ||
	       type->kind == PBPF_KIND_DATASEC;
}

int value_bits_of(struct value_bits *bits, const struct pbpf_btf_type *type,
		  const struct value_part *part, uint64_t size, size_t room)
{
	*bits = (struct value_bits){part->at, (uint32_t)size * 8};
	if (value_is_record(type) || type->kind == PBPF_KIND_ARRAY)
		return part->at % 8 || !range_ok(part->at / 8, size, room) ? -ERANGE : 0;
	if (part->bit_size) {
		bits->count = part->bit_size;
	} else if (type->kind == PBPF_KIND_INT && (!part->name || part->legacy)) {
		bits->at += type->int_offset;
		bits->count = type->int_bits;
	}
	if (bits->count > 128 || !range_ok(bits->at, bits->count, (uint64_t)room * 8))
		return -ERANGE;
	return type->kind == PBPF_KIND_FLOAT && bits->at % 8 ? -EINVAL : 0;
}

static int put_part(struct value_walk *walk, const struct value_part *part)
{
	struct pbpf_btf_type type = pbpf_btf_type(walk->btf, value_resolve(walk->btf, part->type));
	bool is_record = value_is_record(&type);
	bool hidden = is_record && part->name && !*part->name;
	int64_t size = pbpf_btf_size(walk->btf, type.id);
	uint64_t cost = 1 + type.vlen / 16;
	struct value_bits bits;
	int err;

	if (size < 0)
		return -EINVAL;
	if (cost > walk->budget || text_size(&walk->text) > walk->text_limit)
		return -ERANGE;
	walk->budget -= cost;
	if (!hidden)
		put_label(walk, part->name);
	err = value_bits_of(&bits, &type, part, (uint64_t)size, walk->size);
	if (err)
		return err;
	if (!is_record && type.kind != PBPF_KIND_ARRAY) {
		value_scalar(&walk->text, walk->btf, &type, walk->data, bits, walk->json);
		return 0;
	}
	if (type.kind == PBPF_KIND_ARRAY && put_string(walk, &type, part->at))
		return 0;
	return open_frame(walk, &type, part->at, hidden);
}

struct value_part value_member(const struct pbpf_btf *btf, const struct pbpf_btf_type *type,
			       uint32_t i, uint64_t at)
{
	struct pbpf_btf_variable variable;
	struct pbpf_btf_member member;

	if (type->kind == PBPF_KIND_DATASEC) {
		variable = pbpf_btf_variable(btf, type, i);
		return (struct value_part){
			.name = pbpf_btf_type(btf, variable.type).name,
			.type = variable.type,
			.at = at + (uint64_t)variable.offset * 8,
		};
	}
	member = pbpf_btf_member(btf, type, i);
	return (struct value_part){
		.name = member.name,
		.type = member.type,
		.at = at + member.bit_offset,
		.bit_size = member.bit_size,
		.legacy = !type->kind_flag,
	};
}

/* The next part of the aggregate on top. */
static struct value_part next_part(const struct value_walk *walk, struct value_frame *frame)
{
	uint32_t i = frame->next++;

	if (frame->type.kind != PBPF_KIND_ARRAY)
		return value_member(walk->btf, &frame->type, i, frame->at);
	return (struct value_part){
		.type = frame->element_type,
		.at = frame->at + frame->element * i * 8,
	};
}

int pbpf_btf_print_value(const struct pbpf_btf *btf, uint32_t id, const void *data, size_t size,
			 enum pbpf_btf_style style, const struct pbpf_writer *out)
{
	struct value_walk walk = {.btf = btf,
				  .data = data,
				  .size = size,
				  .json = style == PBPF_STYLE_JSON,
				  .text = {.to = out}};
	int64_t needed = pbpf_btf_size(btf, id);
	struct value_part whole = {.type = id};
	int err;

	if (needed < 0)
		return -EINVAL;
	if ((uint64_t)needed > size)
		return -ERANGE;
	walk.budget = BUDGET_START + (uint64_t)needed * BUDGET_PER_BYTE;
	walk.text_limit = TEXT_MOST_START + (uint64_t)needed * TEXT_MOST;
	err = put_part(&walk, &whole);
	while (!err && !walk.text.err && walk.depth) {
		struct value_frame *frame = &walk.stack[walk.depth - 1];

		if (frame->next >= frame->count) {
			close_frame(&walk);
			continue;
		}
		whole = next_part(&walk, frame);
		err = put_part(&walk, &whole);
	}
	if (text_end(&walk.text))
		return walk.text.err;
	return err;
}
