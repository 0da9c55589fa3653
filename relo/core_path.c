/* SPDX-License-Identifier: MIT */
/*
 * From a record to a path: its access string, read against the local types.
 *
 *	"0:2:1" from struct task_struct  ->  [0] .se .vruntime, 128 bits
 *
 * The first number counts whole values of the root type, as in a[0]; or, for kinds about an
 * enumerator, is the enumerator's. Each further number is a member of the struct, or an element of
 * the array, that the number before it has led to. A step to an anonymous member is left out of the
 * path, as the target need not have it: only its offset counts.
 */
#include "base/reader.h"
#include "relo/core.h"

#include <stdarg.h>
#include <stdio.h>

#define DAMAGED_RECORD \
	"the object is damaged, or was made by a compiler that this loader does not know"

/* Nothing lies further than 2^32 bytes from the start of a type. */
#define MAX_BIT_OFFSET ((uint64_t)UINT32_MAX * 8)

int core_fail(struct core_problem *problem, int err, const char *hint, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (vsnprintf(problem->text, sizeof(problem->text), format, args) < 0)
		problem->text[0] = '\0';
	va_end(args);
	problem->hint = hint;
	return err;
}

bool core_of_field(uint32_t kind)
{
	return kind <= PBPF_CORE_RSHIFT;
}

bool core_of_type(uint32_t kind)
{
	return (kind >= PBPF_CORE_TYPE_ID_LOCAL && kind <= PBPF_CORE_TYPE_SIZE) ||
	       kind == PBPF_CORE_TYPE_MATCHES;
}

bool core_of_enumerator(uint32_t kind)
{
	return kind == PBPF_CORE_ENUMERATOR_EXISTS || kind == PBPF_CORE_ENUMERATOR_VALUE;
}

/* A flavour is what follows the last run of exactly three underscores that has something else on
 * either side. */
size_t core_essential(const char *name)
{
	size_t length = strlen(name);

	for (size_t i = length; i >= 5; i--) {
		const char *s = name + i - 5;

		if (s[0] != '_' && s[1] == '_' && s[2] == '_' && s[3] == '_' && s[4] != '_')
			return i - 4;
	}
	return length;
}

bool core_same_name(const char *a, const char *b)
{
	size_t length = core_essential(a);

	return length == core_essential(b) && !memcmp(a, b, length);
}

struct pbpf_btf_type core_type(const struct pbpf_btf *btf, uint32_t id)
{
	struct pbpf_btf_type type = pbpf_btf_type(btf, id);

	/* Most are none of these, and to find one in the kernel's BTF takes its time. */
	switch (type.kind) {
	case PBPF_KIND_TYPEDEF:
	case PBPF_KIND_CONST:
	case PBPF_KIND_VOLATILE:
	case PBPF_KIND_RESTRICT:
	case PBPF_KIND_TYPE_TAG: return pbpf_btf_type(btf, pbpf_btf_resolve(btf, type.type));
	default: return type;
	}
}

int64_t core_size(const struct pbpf_btf *btf, const struct pbpf_btf_type *type)
{
	switch (type->kind) {
	case PBPF_KIND_INT:
	case PBPF_KIND_STRUCT:
	case PBPF_KIND_UNION:
	case PBPF_KIND_ENUM:
	case PBPF_KIND_ENUM64:
	case PBPF_KIND_FLOAT: return type->size;
	default: return pbpf_btf_size(btf, type->id);
	}
}

bool core_step_over(struct core_path *path, const struct pbpf_btf_type *type, uint32_t index)
{
	int64_t size = core_size(path->btf, type);
	uint64_t bits;

	if (size < 0 || __builtin_mul_overflow((uint64_t)size * 8, index, &bits) ||
	    bits > MAX_BIT_OFFSET - path->bit_offset)
		return false;
	path->bit_offset += bits;
	return true;
}

bool core_is_flexible(const struct core_path *path, const struct pbpf_btf_array *array)
{
	const struct core_step *last = &path->steps[path->length - 1];

	return !array->count && last->name &&
	       last->index + 1 == pbpf_btf_type(path->btf, last->type).vlen;
}

/* The numbers of an access string. */
struct indices {
	uint32_t count;
	uint32_t array[CORE_STEPS_MAX];
};

static int parse_indices(struct indices *indices, const char *access, struct core_problem *problem)
{
	const char *c = access;

	for (indices->count = 0;; c++) {
		uint32_t index = 0;

		if (indices->count == CORE_STEPS_MAX)
			return core_fail(problem, -EINVAL, DAMAGED_RECORD,
					 "its access string '%.40s...' has more than %d numbers",
					 access, CORE_STEPS_MAX);
		if (*c < '0' || *c > '9')
			break;
		for (; *c >= '0' && *c <= '9'; c++) {
			if (__builtin_mul_overflow(index, 10u, &index) ||
			    __builtin_add_overflow(index, (uint32_t)(*c - '0'), &index))
				return core_fail(
					problem, -ERANGE, DAMAGED_RECORD,
					"a number of its access string '%.40s' passes 32 bits",
					access);
		}
		indices->array[indices->count++] = index;
		if (!*c)
			return 0;
		if (*c != ':')
			break;
	}
	return core_fail(problem, -EINVAL, DAMAGED_RECORD,
			 "its access string '%.40s' is not numbers with ':' between them", access);
}

static int fail_offset(struct core_problem *problem, uint32_t index)
{
	return core_fail(problem, -ERANGE, DAMAGED_RECORD,
			 "element %u of its access string is beyond any type", index);
}

/* The step to member `index` of a struct. */
static int enter_member(struct core_path *path, const struct pbpf_btf_type *type, uint32_t index,
			uint32_t *id, struct core_problem *problem)
{
	struct pbpf_btf_member member;

	if (index >= type->vlen)
		return core_fail(problem, -EINVAL, DAMAGED_RECORD,
				 "its access string asks for member %u of '%s', which has %u",
				 index, type->name, type->vlen);
	member = pbpf_btf_member(path->btf, type, index);
	if (member.bit_offset > MAX_BIT_OFFSET - path->bit_offset)
		return fail_offset(problem, index);
	path->bit_offset += member.bit_offset;
	*id = member.type;
	if (!*member.name)
		return 0;
	path->steps[path->length++] = (struct core_step){member.name, type->id, index};
	path->member = member;
	path->type = core_type(path->btf, member.type);
	return 0;
}

static int enter_element(struct core_path *path, const struct pbpf_btf_type *type, uint32_t index,
			 uint32_t *id, struct core_problem *problem)
{
	struct pbpf_btf_array array = pbpf_btf_array(path->btf, type);
	struct pbpf_btf_type element = core_type(path->btf, array.type);

	if (index >= array.count && !core_is_flexible(path, &array))
		return core_fail(problem, -EINVAL, DAMAGED_RECORD,
				 "its access string asks for element %u of an array of %u", index,
				 array.count);
	*id = element.id;
	if (!core_step_over(path, &element, index))
		return fail_offset(problem, index);
	path->steps[path->length++] = (struct core_step){NULL, *id, index};
	return 0;
}

static int parse_field(struct core_path *path, const struct indices *indices,
		       struct core_problem *problem)
{
	struct pbpf_btf_type root = core_type(path->btf, path->root);
	uint32_t id = root.id;
	int err = 0;

	path->steps[path->length++] = (struct core_step){NULL, id, indices->array[0]};
	if (core_size(path->btf, &root) < 0)
		return core_fail(problem, -EINVAL, DAMAGED_RECORD, "its type has no size");
	if (!core_step_over(path, &root, indices->array[0]))
		return fail_offset(problem, indices->array[0]);

	for (uint32_t i = 1; i < indices->count && !err; i++) {
		struct pbpf_btf_type type = core_type(path->btf, id);

		if (core_is_struct(type.kind))
			err = enter_member(path, &type, indices->array[i], &id, problem);
		else if (type.kind == PBPF_KIND_ARRAY)
			err = enter_element(path, &type, indices->array[i], &id, problem);
		else
			err = core_fail(
				problem, -EINVAL, DAMAGED_RECORD,
				"its access string enters a type of kind %s, which has no parts",
				pbpf_btf_kind_name(type.kind));
	}
	return err;
}

static int parse_enumerator(struct core_path *path, const struct indices *indices,
			    struct core_problem *problem)
{
	struct pbpf_btf_type type = core_type(path->btf, path->root);
	uint32_t index = indices->array[0];
	const char *name;

	if (!core_is_enum(type.kind))
		return core_fail(problem, -EINVAL, DAMAGED_RECORD,
				 "it asks for an enumerator of a type of kind %s",
				 pbpf_btf_kind_name(type.kind));
	if (indices->count != 1 || index >= type.vlen)
		return core_fail(problem, -EINVAL, DAMAGED_RECORD,
				 "its access string is not one of the %u enumerators", type.vlen);
	name = pbpf_btf_enumerator(path->btf, &type, index).name;
	path->steps[path->length++] = (struct core_step){name, type.id, index};
	return 0;
}

int core_parse(struct core_path *path, const struct pbpf_btf *btf,
	       const struct pbpf_core_relo *relo, struct core_problem *problem)
{
	struct indices indices;
	int err;

	path->btf = btf;
	path->root = relo->type;
	path->length = 0;
	path->bit_offset = 0;
	if (relo->kind >= PBPF_CORE_KINDS)
		return core_fail(problem, -ENOTSUP, "use a newer version of this loader",
				 "CO-RE relocation kind %u is not known", relo->kind);
	if (!relo->type || relo->type >= pbpf_btf_count(btf))
		return core_fail(problem, -EINVAL, DAMAGED_RECORD, "there is no type %u",
				 relo->type);
	err = parse_indices(&indices, pbpf_btf_string(btf, relo->access), problem);
	if (err)
		return err;
	if (core_of_field(relo->kind))
		return parse_field(path, &indices, problem);
	if (core_of_enumerator(relo->kind))
		return parse_enumerator(path, &indices, problem);
	if (indices.count != 1 || indices.array[0])
		return core_fail(problem, -EINVAL, DAMAGED_RECORD,
				 "it is about a whole type, but its access string is not '0'");
	return 0;
}
