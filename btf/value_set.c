/* SPDX-License-Identifier: MIT */
/*
 * A value from text: a walk through text and type at once, over an explicit stack. As deep as the text's
 * brackets are, so deep is the type, and types nest at most BTF_MAX_NESTING deep.
 *
 * The text is gone through twice: first nothing is written, to see that all of it can be.
 */
#include "btf/value_set.h"

#include "base/spell.h"
#include "btf/pbpf_btf_set.h"

#include <stdarg.h>
#include <stdio.h>

/* Members looked at, over all names in the text: so many, and so many for each byte of the text. */
#define SEARCH_START	65536
#define SEARCH_PER_BYTE 256

/* An aggregate that the text is inside of. */
struct set_frame {
	struct pbpf_btf_type type;
	uint32_t next, count; /* elements of an array */
	uint64_t at;	      /* its first bit */
	uint64_t element;     /* bytes */
	uint32_t element_type;
	bool any; /* a part has been read */
};

int setter_fail(const struct value_setter *setter, const struct value_token *token, int err,
		const char *hint, const char *format, ...)
{
	char what[512];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	return env_fail(setter->env, err, AT("btf", "value", (uint64_t)(token->at - setter->text)),
			hint ? hint
			     : "write {\"member\": 1}, [1, 2], \"text\", ENUMERATOR, 5 or 0x5",
			"%s", what);
}

int setter_spend(struct value_setter *setter, const struct value_token *token, uint64_t steps)
{
	if (steps > setter->budget)
		return setter_fail(setter, token, -ERANGE, NULL,
				   "this type has too many members to look for so many names");
	setter->budget -= steps;
	return 0;
}

/* --- Finding a member by name ---------------------------------------------------------------- */

/* A nameless aggregate within another is searched, too. */
struct search_frame {
	struct pbpf_btf_type type;
	uint64_t at;
	uint32_t next;
};

struct member_search {
	struct search_frame stack[BTF_MAX_NESTING];
	uint32_t depth;
	struct spell spell;
};

static bool is_nameless_record(const struct value_setter *setter, const struct value_part *part,
			       struct pbpf_btf_type *type)
{
	*type = pbpf_btf_type(setter->btf, value_resolve(setter->btf, part->type));
	return !*part->name && (type->kind == PBPF_KIND_STRUCT || type->kind == PBPF_KIND_UNION);
}

/* Looks at the next member: 1 it is the one, 0 it is not. */
static int search_member(struct value_setter *setter, struct member_search *search,
			 struct value_part *part)
{
	struct search_frame *frame = &search->stack[search->depth - 1];
	struct pbpf_btf_type inner;

	if (frame->next >= frame->type.vlen) {
		search->depth--;
		return 0;
	}
	*part = value_member(setter->btf, &frame->type, frame->next++, frame->at);
	if (is_nameless_record(setter, part, &inner)) {
		if (search->depth < BTF_MAX_NESTING)
			search->stack[search->depth++] = (struct search_frame){inner, part->at, 0};
		return 0;
	}
	if (!strcmp(part->name, search->spell.wanted))
		return 1;
	spell_try(&search->spell, part->name);
	return 0;
}

static int find_member(struct value_setter *setter, const struct set_frame *frame,
		       const struct value_token *token, struct value_part *part)
{
	struct member_search search;
	char name[256] = "";
	size_t size;
	int err = 0, found = 0;

	if (!value_unescape(token, name, sizeof(name) - 1, &size) || size >= sizeof(name))
		return setter_fail(setter, token, -EINVAL, NULL, "this is no name of a member");
	search.spell = spell_for(name);
	search.stack[0] = (struct search_frame){frame->type, frame->at, 0};
	search.depth = 1;
	while (!err && !found && search.depth) {
		err = setter_spend(setter, token, 1);
		if (!err)
			found = search_member(setter, &search, part);
	}
	if (err || found)
		return err;
	return setter_fail(setter, token, -ENOENT, NULL, "'%s' has no member '%s'%s%s%s",
			   *frame->type.name ? frame->type.name : "(nameless)", name,
			   search.spell.nearest ? "; did you mean '" : "",
			   search.spell.nearest ? search.spell.nearest : "",
			   search.spell.nearest ? "'?" : "");
}

/* --- The walk -------------------------------------------------------------------------------- */

static int refuse_token(const struct value_setter *setter, const struct value_token *token,
			const char *wanted)
{
	if (!token->kind)
		return setter_fail(setter, token, -EINVAL, NULL, "the text ends before %s", wanted);
	if (token->kind == '?')
		return setter_fail(setter, token, -EINVAL, NULL, "a string without its end");
	return setter_fail(setter, token, -EINVAL, NULL, "'%.*s' where %s should be",
			   token->size < 64 ? (int)token->size : 64, token->at, wanted);
}

/* Into an aggregate, whose bracket has been read. */
static int enter(struct value_setter *setter, struct set_frame *frame,
		 const struct pbpf_btf_type *type, uint64_t at)
{
	*frame = (struct set_frame){.type = *type, .at = at};
	if (type->kind == PBPF_KIND_ARRAY) {
		struct pbpf_btf_array array = pbpf_btf_array(setter->btf, type);
		int64_t element = pbpf_btf_size(setter->btf, array.type);

		if (element < 0)
			return -EINVAL;
		frame->element = (uint64_t)element;
		frame->element_type = array.type;
		frame->count = array.count;
	}
	return 0;
}

static bool is_characters(const struct value_setter *setter, const struct pbpf_btf_type *type,
			  uint64_t *count)
{
	struct pbpf_btf_array array;
	struct pbpf_btf_type element;

	if (type->kind != PBPF_KIND_ARRAY)
		return false;
	array = pbpf_btf_array(setter->btf, type);
	element = pbpf_btf_type(setter->btf, pbpf_btf_resolve(setter->btf, array.type));
	*count = array.count;
	return value_is_char(&element);
}

/* Reads a part: 1 when that is an aggregate, which is entered, 0 when it is done. */
static int read_value_part(struct value_setter *setter, const struct value_part *part,
			   const struct value_token *token, struct set_frame *inner)
{
	struct pbpf_btf_type type =
		pbpf_btf_type(setter->btf, value_resolve(setter->btf, part->type));
	bool is_array = type.kind == PBPF_KIND_ARRAY, is_record = value_is_record(&type);
	int64_t size = pbpf_btf_size(setter->btf, type.id);
	struct value_bits bits;
	uint64_t count;
	int err;

	if (size < 0)
		return setter_fail(setter, token, -EINVAL, NULL, "'%s' is of no size", type.name);
	err = value_bits_of(&bits, &type, part, (uint64_t)size, setter->size);
	if (err)
		return setter_fail(setter, token, err, NULL, "this part is beyond the value");
	if (token->kind == 's' && is_characters(setter, &type, &count))
		return put_characters(setter, part->at / 8, count, token);
	if (token->kind == (is_array ? '[' : '{') && (is_array || is_record)) {
		err = enter(setter, inner, &type, part->at);
		return err ? err : 1;
	}
	if (is_array || is_record)
		return refuse_token(setter, token,
				    is_array ? "an array ([...])" : "a struct ({...})");
	if (token->kind != 's' && token->kind != 'w')
		return refuse_token(setter, token, "a value");
	return put_leaf(setter, &type, bits, token);
}

/* Which part of the aggregate comes next: a member by its name, or the next element. */
static int next_part_of(struct value_setter *setter, struct set_frame *frame,
			struct value_token *token, struct value_part *part)
{
	int err;

	if (frame->type.kind == PBPF_KIND_ARRAY) {
		if (frame->next >= frame->count)
			return setter_fail(setter, token, -ERANGE, NULL,
					   "the array has %u elements, and here is one more",
					   frame->count);
		*part = (struct value_part){
			.type = frame->element_type,
			.at = frame->at + frame->element * frame->next++ * 8,
		};
		return 0;
	}
	if (token->kind != 's' && token->kind != 'w')
		return refuse_token(setter, token, "the name of a member");
	err = find_member(setter, frame, token, part);
	if (err)
		return err;
	*token = value_scan(&setter->next);
	if (token->kind != ':')
		return refuse_token(setter, token, "a colon");
	*token = value_scan(&setter->next);
	return 0;
}

static int set_all(struct value_setter *setter, uint32_t id)
{
	struct set_frame stack[BTF_MAX_NESTING + 1];
	struct value_part part = {.type = id};
	struct value_token token = value_scan(&setter->next);
	uint32_t depth = 0;
	int got = read_value_part(setter, &part, &token, &stack[0]);

	for (depth = got > 0; got >= 0 && depth;) {
		struct set_frame *frame = &stack[depth - 1];

		token = value_scan(&setter->next);
		if (token.kind == (frame->type.kind == PBPF_KIND_ARRAY ? ']' : '}')) {
			depth--;
			continue;
		}
		if (frame->any && token.kind != ',')
			return refuse_token(setter, &token, "a comma or the closing bracket");
		if (frame->any)
			token = value_scan(&setter->next);
		frame->any = true;
		got = next_part_of(setter, frame, &token, &part);
		if (!got && depth > BTF_MAX_NESTING)
			got = -EINVAL; /* not of BTF that was parsed */
		if (!got)
			got = read_value_part(setter, &part, &token, &stack[depth]);
		depth += got > 0;
	}
	if (got < 0)
		return got;
	token = value_scan(&setter->next);
	return token.kind ? refuse_token(setter, &token, "the end") : 0;
}

int pbpf_btf_set_value(const struct pbpf_btf *btf, uint32_t id, const char *text, void *data,
		       size_t size, const struct pbpf_env *env)
{
	struct value_setter setter = {.btf = btf, .env = env, .text = text, .size = size};
	int64_t needed = pbpf_btf_size(btf, id);
	int err = 0;

	if (needed < 0 || (uint64_t)needed > size)
		return env_fail(env, needed < 0 ? -EINVAL : -ERANGE, AT("btf", "value", 0), NULL,
				needed < 0 ? "the type has no values"
					   : "a value of this type does not fit there");
	for (int pass = 0; !err && pass < 2; pass++) {
		setter.next = text;
		setter.data = pass ? data : NULL;
		setter.budget = SEARCH_START + (uint64_t)strlen(text) * SEARCH_PER_BYTE;
		err = set_all(&setter, id);
	}
	return err;
}
