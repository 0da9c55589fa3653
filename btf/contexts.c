/* SPDX-License-Identifier: MIT */
/*
 * Functions whose argument is the program's context, for kernels before 6.8.
 *
 *	int f(void *ctx __arg_ctx)            DECL_TAG "arg:ctx", parameter 0 of FUNC f
 *	f(void *)  becomes  f(struct xdp_md *)
 *
 * From 6.8 on the tag is enough. Before, the verifier knows the context of a global function by the name of
 * the struct that its argument points to. Records go behind the types, and the FUNC to its new prototype:
 *
 *	header | types | STRUCT xdp_md, PTR to it, FUNC_PROTO, FUNC_PROTO ... | strings, "xdp_md"
 */
#include "btf/impl.h"
#include "btf/pbpf_btf_adapt.h"

#define CONTEXT_TAG "arg:ctx"
#define PARAMS_MAX  16u /* more than any kernel takes */
#define PROTO_ROOM  (BTF_RECORD_SIZE + PARAMS_MAX * 8u)

struct contexts {
	const struct pbpf_btf *btf;
	uint8_t *types; /* being written */
	uint32_t size;	/* of them */
	uint32_t next_id, pointer;
	uint32_t first;	  /* id of the first new prototype */
	uint32_t *places; /* where each of these is in the types */
};

/* The function and argument that a tag makes a context; false: it does no such thing. */
static bool read_tag(const struct pbpf_btf *btf, const struct pbpf_btf_type *tag,
		     struct pbpf_btf_type *func)
{
	struct pbpf_btf_type proto, param;

	if (tag->kind != PBPF_KIND_DECL_TAG || strcmp(tag->name, CONTEXT_TAG) != 0)
		return false;
	*func = pbpf_btf_type(btf, tag->type);
	if (func->kind != PBPF_KIND_FUNC || func->linkage != PBPF_LINKAGE_GLOBAL)
		return false;
	proto = pbpf_btf_type(btf, func->type);
	if (tag->component < 0 || (uint32_t)tag->component >= proto.vlen || proto.vlen > PARAMS_MAX)
		return false;
	param = pbpf_btf_type(btf, pbpf_btf_param(btf, &proto, (uint32_t)tag->component).type);
	return pbpf_btf_type(btf, pbpf_btf_resolve(btf, param.id)).kind == PBPF_KIND_PTR;
}

static uint32_t count_tags(const struct pbpf_btf *btf)
{
	struct pbpf_btf_type func;
	uint32_t count = 0;

	for (uint32_t id = 1; id < btf->end_id; id++) {
		struct pbpf_btf_type tag = pbpf_btf_type(btf, id);

		count += read_tag(btf, &tag, &func);
	}
	return count;
}

static uint32_t add_record(struct contexts *c, const uint8_t *record, uint32_t size)
{
	memcpy(c->types + c->size, record, size);
	c->size += size;
	return c->next_id++;
}

/* A struct of that name without members, and a pointer to it. */
static void add_context(struct contexts *c, uint32_t name)
{
	uint8_t record[BTF_RECORD_SIZE];

	btf_store(record, name);
	btf_store(record + 4, (uint32_t)PBPF_KIND_STRUCT << 24);
	btf_store(record + 8, 0);
	btf_store(record + 8, add_record(c, record, sizeof(record)));
	btf_store(record, 0);
	btf_store(record + 4, (uint32_t)PBPF_KIND_PTR << 24);
	c->pointer = add_record(c, record, sizeof(record));
}

/* Gives the function a prototype of its own, unless a tag before did, with the context as argument `param`. */
static void change_function(struct contexts *c, const struct pbpf_btf_type *func, uint32_t param)
{
	const struct pbpf_btf_type proto = pbpf_btf_type(c->btf, func->type);
	uint8_t *record = c->types + btf_type_at(c->btf, func->id);
	uint32_t number = btf_load(record + 8) - c->first;

	if (btf_load(record + 8) == func->type) {
		number = c->next_id - c->first;
		c->places[number] = c->size;
		btf_store(record + 8, add_record(c, c->types + btf_type_at(c->btf, func->type),
						 BTF_RECORD_SIZE + proto.vlen * 8));
	}
	btf_store(c->types + c->places[number] + BTF_RECORD_SIZE + param * 8 + 4, c->pointer);
}

static void change_functions(struct contexts *c)
{
	c->first = c->next_id;
	for (uint32_t id = 1; id < c->btf->end_id; id++) {
		struct pbpf_btf_type tag = pbpf_btf_type(c->btf, id), func;

		if (read_tag(c->btf, &tag, &func))
			change_function(c, &func, (uint32_t)tag.component);
	}
}

/* Writes the image, for which there is room; its size. */
static size_t write_contexts(struct contexts *c, uint8_t *image, const char *context)
{
	const struct pbpf_btf *btf = c->btf;
	uint32_t strings_size = btf->strings_size;
	size_t name_size = strlen(context) + 1;

	c->types = image + BTF_HEADER_SIZE;
	c->size = btf->types_size;
	c->next_id = btf->end_id;
	memcpy(c->types, btf->types, btf->types_size);
	add_context(c, strings_size);
	change_functions(c);
	memcpy(c->types + c->size, btf->strings, strings_size);
	memcpy(c->types + c->size + strings_size, context, name_size);
	strings_size += (uint32_t)name_size;
	btf_write_header(image, c->size, strings_size);
	return BTF_HEADER_SIZE + (size_t)c->size + strings_size;
}

int pbpf_btf_adapt_contexts(struct pbpf_btf **adapted, const struct pbpf_btf *btf,
			    const char *context, const struct pbpf_env *env)
{
	uint32_t tags = btf->base ? 0 : count_tags(btf);
	size_t room = BTF_HEADER_SIZE + (size_t)btf->types_size + btf->strings_size +
		      2 * (size_t)BTF_RECORD_SIZE + tags * (size_t)PROTO_ROOM + strlen(context) + 1;
	struct contexts c = {.btf = btf};
	uint8_t *image;
	int err;

	if (!tags)
		return 0;
	if (room > UINT32_MAX)
		return env_fail(env, -ERANGE, AT("btf", NULL, 0), NULL, "too large to be adapted");
	image = env_alloc(env, room, 1);
	c.places = env_alloc(env, tags, sizeof(*c.places));
	err = image && c.places ? 0 : env_no_memory(env, "btf", "BTF for this kernel");
	if (!err)
		err = pbpf_btf_parse(adapted, image, write_contexts(&c, image, context), NULL, env);
	env_free(env, c.places, tags, sizeof(*c.places));
	env_free(env, image, room, 1);
	return err ? err : 1;
}
