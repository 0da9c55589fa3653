/* SPDX-License-Identifier: MIT */
/*
 * Working out something of each type from what the types that it holds by value have: a depth, an
 * alignment. Each type once, over an explicit stack, so in time proportional to the records.
 */
#include "btf/bottom_up.h"

#define VALUE_OPEN UINT8_MAX /* being worked out: meeting it again is a cycle */

/* A type whose parts are being looked at; `next` is the part that comes next. */
struct up_frame {
	struct pbpf_btf_type type;
	uint32_t next;
};

/* The next part of `frame` that has no value yet. */
static bool part_without_value(const struct pbpf_btf *btf, struct up_frame *frame,
			       const uint8_t *values, uint32_t *part)
{
	for (; btf_part_by_value(&frame->type, frame->next, part); frame->next++)
		if (*part < btf->end_id && (!values[*part] || values[*part] == VALUE_OPEN))
			return true;
	return false;
}

int btf_bottom_up(const struct pbpf_btf *btf, uint8_t *values, uint32_t root,
		  int (*value)(const struct pbpf_btf *btf, const struct pbpf_btf_type *type,
			       const uint8_t *values))
{
	struct up_frame stack[BTF_MAX_NESTING];
	uint32_t top = 1, part;

	stack[0] = (struct up_frame){.type = pbpf_btf_type(btf, root)};
	values[root] = VALUE_OPEN;
	while (top) {
		struct up_frame *frame = &stack[top - 1];
		int got;

		if (!part_without_value(btf, frame, values, &part)) {
			got = value(btf, &frame->type, values);
			if (got < 0)
				return got;
			values[frame->type.id] = (uint8_t)got;
			top--;
			continue;
		}
		if (values[part] == VALUE_OPEN)
			return btf_fail_type(btf, root, -EINVAL,
					     "contains itself by value, or a type that does: type "
					     "%u",
					     part);
		if (top == BTF_MAX_NESTING)
			return btf_fail_type(btf, root, -EINVAL, "nests more than %d levels deep",
					     BTF_MAX_NESTING);
		stack[top++] = (struct up_frame){.type = pbpf_btf_type(btf, part)};
		values[part] = VALUE_OPEN;
	}
	return 0;
}
