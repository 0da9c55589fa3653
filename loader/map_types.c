/* SPDX-License-Identifier: MIT */
/*
 * Are a map's keys and values, where it was made, what this object takes them for? Two BTFs are compared by
 * layout: sizes, kinds, and of structs the names and places of members, at any depth. What a pointer points to
 * and what a type is called say nothing about the bytes.
 *
 *	struct flow { __u32 packets; __u32 bytes; }  there      value.bytes: at bit 32 there, 64 here
 *	struct flow { __u64 packets; __u64 bytes; }  here
 */
#include "loader/object.h"

#include <stdio.h>
#include <string.h>

#define DEPTH_MAX 32
#define STEPS_MAX 65536 /* members that are compared, of both types together */

/* A pair of types that is being compared, and what comes next in it. */
struct type_pair {
	struct pbpf_btf_type there, here;
	uint32_t next;
};
struct comparison {
	const struct pbpf_btf *there, *here;
	struct type_pair pairs[DEPTH_MAX];
	uint32_t depth;
	char *text;
	size_t size;
};

static struct pbpf_btf_type plain_type(const struct pbpf_btf *btf, uint32_t id)
{
	return pbpf_btf_type(btf, pbpf_btf_resolve(btf, id));
}

static bool is_composite(const struct pbpf_btf_type *type)
{
	return type->kind == PBPF_KIND_STRUCT || type->kind == PBPF_KIND_UNION;
}

/* "value.in.x": the members that lead to the pair on top, and perhaps one more. */
static void put_path(const struct comparison *c, const char *root, const char *member, char *path,
		     size_t size)
{
	int used = snprintf(path, size, "%s", root);

	for (uint32_t i = 0; i + 1 < c->depth && used >= 0 && (size_t)used < size; i++) {
		const struct type_pair *pair = &c->pairs[i];
		const char *name = "[]";

		if (is_composite(&pair->here))
			name = pbpf_btf_member(c->here, &pair->here, pair->next - 1).name;
		used += snprintf(path + used, size - (size_t)used, "%s%s",
				 is_composite(&pair->here) ? "." : "", name);
	}
	if (member && used >= 0 && (size_t)used < size)
		snprintf(path + used, size - (size_t)used, ".%s", member);
}

static bool differs(const struct comparison *c, const char *root, const char *member,
		    const char *what, uint64_t there, uint64_t here)
{
	char path[128];

	put_path(c, root, member, path, sizeof(path));
	snprintf(c->text, c->size, "%s: %s %llu there, %llu here", path, what,
		 (unsigned long long)there, (unsigned long long)here);
	return true;
}

static bool differs_in_words(const struct comparison *c, const char *root, const char *what,
			     const char *there, const char *here)
{
	char path[128];

	put_path(c, root, NULL, path, sizeof(path));
	snprintf(c->text, c->size, "%s: %s '%s' there, '%s' here", path, what, there, here);
	return true;
}

/* Kinds that take part; the rest are so many bytes. What old kernels do not know (pbpf_btf_adapt.h) may be
 * something else there. */
static bool kinds_differ(const struct pbpf_btf_type *there, const struct pbpf_btf_type *here)
{
	bool adapted = here->kind == PBPF_KIND_FLOAT || here->kind == PBPF_KIND_ENUM64;
	bool told = is_composite(there) || is_composite(here) || there->kind == PBPF_KIND_ARRAY ||
		    here->kind == PBPF_KIND_ARRAY;

	return told && !adapted && there->kind != here->kind;
}

/* The pair on top, but for what is in it. */
static bool heads_differ(const struct comparison *c, const char *root)
{
	const struct type_pair *pair = &c->pairs[c->depth - 1];
	const struct pbpf_btf_type *there = &pair->there, *here = &pair->here;
	int64_t size_there = pbpf_btf_size(c->there, there->id);
	int64_t size_here = pbpf_btf_size(c->here, here->id);

	if (kinds_differ(there, here))
		return differs_in_words(c, root, "kind", pbpf_btf_kind_name(there->kind),
					pbpf_btf_kind_name(here->kind));
	if (here->kind == PBPF_KIND_ARRAY) {
		uint32_t count_there = pbpf_btf_array(c->there, there).count;
		uint32_t count_here = pbpf_btf_array(c->here, here).count;

		return count_there != count_here &&
		       differs(c, root, NULL, "elements", count_there, count_here);
	}
	if (size_there != size_here)
		return differs(c, root, NULL, "bytes", (uint64_t)size_there, (uint64_t)size_here);
	return is_composite(there) && there->vlen != here->vlen &&
	       differs(c, root, NULL, "members", there->vlen, here->vlen);
}

static bool members_differ(const struct comparison *c, const char *root,
			   const struct pbpf_btf_member *there, const struct pbpf_btf_member *here)
{
	if (strcmp(there->name, here->name) != 0)
		return differs_in_words(c, root, "member", there->name, here->name);
	if (there->bit_offset != here->bit_offset)
		return differs(c, root, here->name, "at bit", there->bit_offset, here->bit_offset);
	return there->bit_size != here->bit_size &&
	       differs(c, root, here->name, "bits", there->bit_size, here->bit_size);
}

/* Goes on with this pair, unless that is too deep; do they differ at first sight? */
static bool enter_pair(struct comparison *c, uint32_t there, uint32_t here, const char *root)
{
	if (c->depth == DEPTH_MAX)
		return false;
	c->pairs[c->depth++] =
		(struct type_pair){plain_type(c->there, there), plain_type(c->here, here), 0};
	return heads_differ(c, root);
}

/* The next part of the pair on top: a member of both, or the element; or takes it off. */
static bool next_differs(struct comparison *c, const char *root)
{
	struct type_pair *pair = &c->pairs[c->depth - 1];
	struct pbpf_btf_member there, here;

	if (pair->here.kind == PBPF_KIND_ARRAY && !pair->next) {
		pair->next = 1;
		return enter_pair(c, pbpf_btf_array(c->there, &pair->there).type,
				  pbpf_btf_array(c->here, &pair->here).type, root);
	}
	if (!is_composite(&pair->here) || pair->next == pair->here.vlen) {
		c->depth--;
		return false;
	}
	there = pbpf_btf_member(c->there, &pair->there, pair->next);
	here = pbpf_btf_member(c->here, &pair->here, pair->next);
	pair->next++;
	if (members_differ(c, root, &there, &here))
		return true;
	return enter_pair(c, there.type, here.type, root);
}

bool types_differ(const struct pbpf_btf *there, uint32_t there_id, const struct pbpf_btf *here,
		  uint32_t here_id, const char *root, char *text, size_t size)
{
	struct comparison c = {.there = there, .here = here, .text = text, .size = size};

	bool differ = enter_pair(&c, there_id, here_id, root);

	for (uint32_t step = 0; !differ && c.depth && step < STEPS_MAX; step++)
		differ = next_differs(&c, root);
	return differ;
}
