/* SPDX-License-Identifier: MIT */
/*
 * BTF for an old kernel: records are rewritten in a copy, each into one of the same length. Only those of a
 * kind that is not known become shorter: empty structs.
 *
 *	header | types, rewritten | INT of one byte | strings | strings, cleaned | "none"
 *
 * What is now a struct or union of other things is one of that INT. The second half of the strings is
 * the first with _ for all that C has in no identifier: a name is cleaned by adding the size of the
 * first half to its offset, so names that share bytes go on sharing them. Both additions are made only
 * where something uses them.
 */
#include "btf/impl.h"
#include "btf/pbpf_btf_adapt.h"

#define FILLER_SIZE 16		   /* the INT */
#define BYTE_INT    (0u << 24 | 8) /* unsigned, of eight bits */

struct adapter {
	const struct pbpf_btf *btf;
	const struct pbpf_env *env;
	uint32_t features;
	uint8_t *image;
	uint8_t *types;	 /* within image */
	uint32_t filler; /* id of the INT */
	bool uses_filler;
	bool uses_clean; /* strings */
};

static bool lacks(const struct adapter *adapter, uint32_t feature)
{
	return !(adapter->features & feature);
}

static void set_info(uint8_t *record, uint32_t kind, uint32_t vlen)
{
	btf_store(record + 4, kind << 24 | vlen);
}

static bool is_identifier(const char *name)
{
	if (*name >= '0' && *name <= '9')
		return false;
	for (; *name; name++)
		if (!((*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z') ||
		      (*name >= '0' && *name <= '9') || *name == '_'))
			return false;
	return true;
}

/* The offset at `word` is a name that must be an identifier, or none. */
static void clean_name(struct adapter *adapter, uint8_t *word)
{
	uint32_t string = btf_load(word);

	if (is_identifier(pbpf_btf_string(adapter->btf, string)))
		return;
	btf_store(word, string + adapter->btf->strings_size);
	adapter->uses_clean = true;
}

/* The names of `count` records of `size` bytes. */
static void clean_names(struct adapter *adapter, uint8_t *records, uint32_t count, uint32_t size)
{
	for (uint32_t i = 0; i < count; i++)
		clean_name(adapter, records + (size_t)i * size);
}

static void become_byte(uint8_t *record)
{
	set_info(record, PBPF_KIND_INT, 0);
	btf_store(record + 8, 1);
	btf_store(record + 12, BYTE_INT);
}

/* A struct without name, members or size: it fits wherever the type did. */
static void become_empty(uint8_t *record)
{
	btf_store(record, 0);
	set_info(record, PBPF_KIND_STRUCT, 0);
	btf_store(record + 8, 0);
}

/* Every variable a byte; the struct must reach behind them also where none was placed yet. */
static void become_struct(struct adapter *adapter, const struct pbpf_btf_type *type,
			  uint8_t *record)
{
	uint32_t size = type->size;
	uint8_t *member = record + BTF_RECORD_SIZE;

	for (uint32_t i = 0; i < type->vlen; i++, member += 12) {
		struct pbpf_btf_variable variable = pbpf_btf_variable(adapter->btf, type, i);
		const uint8_t *name = btf_record(adapter->btf, variable.type);

		btf_store(member, btf_load(name));
		btf_store(member + 4, adapter->filler);
		btf_store(member + 8, variable.offset * 8);
		if (variable.offset >= size)
			size = variable.offset + 1;
		clean_name(adapter, member);
	}
	adapter->uses_filler |= type->vlen;
	set_info(record, PBPF_KIND_STRUCT, type->vlen);
	btf_store(record + 8, size);
	clean_name(adapter, record);
}

/* A FUNC or VAR that the object only declares. */
static bool is_extern_type(const struct pbpf_btf_type *type)
{
	return (type->kind == PBPF_KIND_FUNC || type->kind == PBPF_KIND_VAR) &&
	       type->linkage == PBPF_LINKAGE_EXTERN;
}

static bool is_extern_id(const struct adapter *adapter, uint32_t id)
{
	struct pbpf_btf_type type = pbpf_btf_type(adapter->btf, id);

	return is_extern_type(&type);
}

static bool lists_externs(const struct adapter *adapter, const struct pbpf_btf_type *type)
{
	for (uint32_t i = 0; i < type->vlen; i++)
		if (is_extern_id(adapter, pbpf_btf_variable(adapter->btf, type, i).type))
			return true;
	return false;
}

static void adapt_datasec(struct adapter *adapter, const struct pbpf_btf_type *type,
			  uint8_t *record)
{
	bool empty = !type->vlen && !type->size; /* before 5.12 no section may be */

	if (lacks(adapter, PBPF_BTF_HAS_DATASEC) || empty || lists_externs(adapter, type))
		become_struct(adapter, type, record);
	else if (lacks(adapter, PBPF_BTF_HAS_QMARK_DATASEC) && *type->name == '?')
		clean_name(adapter, record);
}

/* Parameters are as long as enumerators, but may lack a name. */
static void adapt_proto(struct adapter *adapter, const struct pbpf_btf_type *type, uint8_t *record)
{
	uint8_t *param = record + BTF_RECORD_SIZE;

	btf_store(record, 0);
	clean_names(adapter, param, type->vlen, 8);
	if (!lacks(adapter, PBPF_BTF_HAS_FUNC))
		return;
	set_info(record, PBPF_KIND_ENUM, type->vlen);
	btf_store(record + 8, 4);
	for (uint32_t i = 0; i < type->vlen; i++, param += 8) {
		if (!*pbpf_btf_string(adapter->btf, btf_load(param))) {
			btf_store(param, adapter->btf->strings_size * 2); /* "none" */
			adapter->uses_clean = true;
		}
		btf_store(param + 4, i);
	}
}

static void adapt_enum64(struct adapter *adapter, const struct pbpf_btf_type *type, uint8_t *record)
{
	uint8_t *member = record + BTF_RECORD_SIZE;

	clean_name(adapter, record);
	clean_names(adapter, member, type->vlen, 12);
	if (!lacks(adapter, PBPF_BTF_HAS_ENUM64))
		return;
	adapter->uses_filler |= type->vlen;
	set_info(record, PBPF_KIND_UNION, type->vlen);
	for (uint32_t i = 0; i < type->vlen; i++, member += 12) {
		btf_store(member + 4, adapter->filler);
		btf_store(member + 8, 0);
	}
}

/* No kernel takes an array of 4 GiB or more, which only a pointer can lead to: how long it is makes no difference. */
static void adapt_array(const struct adapter *adapter, const struct pbpf_btf_type *type,
			uint8_t *record)
{
	btf_store(record, 0);
	if (pbpf_btf_size(adapter->btf, type->id) < 0)
		btf_store(record + 20, 0);
}

static void adapt_type(struct adapter *adapter, const struct pbpf_btf_type *type, uint8_t *record)
{
	switch (type->kind) {
	case PBPF_KIND_INT: break;
	case PBPF_KIND_ARRAY: adapt_array(adapter, type, record); break;
	case PBPF_KIND_PTR:
	case PBPF_KIND_VOLATILE:
	case PBPF_KIND_CONST:
	case PBPF_KIND_RESTRICT: btf_store(record, 0); break;
	case PBPF_KIND_STRUCT:
	case PBPF_KIND_UNION:
		clean_name(adapter, record);
		clean_names(adapter, record + BTF_RECORD_SIZE, type->vlen, 12);
		break;
	case PBPF_KIND_ENUM:
		clean_name(adapter, record);
		clean_names(adapter, record + BTF_RECORD_SIZE, type->vlen, 8);
		if (lacks(adapter, PBPF_BTF_HAS_ENUM64))
			set_info(record, PBPF_KIND_ENUM, type->vlen);
		break;
	case PBPF_KIND_FWD:
	case PBPF_KIND_TYPEDEF: clean_name(adapter, record); break;
	case PBPF_KIND_FUNC:
		clean_name(adapter, record);
		if (lacks(adapter, PBPF_BTF_HAS_FUNC) || is_extern_type(type))
			set_info(record, PBPF_KIND_TYPEDEF, 0);
		else if (lacks(adapter, PBPF_BTF_HAS_GLOBAL_FUNC))
			set_info(record, PBPF_KIND_FUNC, PBPF_LINKAGE_STATIC);
		break;
	case PBPF_KIND_FUNC_PROTO: adapt_proto(adapter, type, record); break;
	case PBPF_KIND_VAR:
		if (lacks(adapter, PBPF_BTF_HAS_DATASEC) || is_extern_type(type))
			become_byte(record);
		break;
	case PBPF_KIND_DATASEC: adapt_datasec(adapter, type, record); break;
	case PBPF_KIND_FLOAT:
		if (!lacks(adapter, PBPF_BTF_HAS_FLOAT))
			break;
		btf_store(record, 0);
		set_info(record, PBPF_KIND_STRUCT, 0);
		break;
	case PBPF_KIND_DECL_TAG:
		if (!lacks(adapter, PBPF_BTF_HAS_DECL_TAG) && !is_extern_id(adapter, type->type))
			break;
		btf_store(record, 0);
		become_byte(record);
		break;
	case PBPF_KIND_TYPE_TAG:
		if (!lacks(adapter, PBPF_BTF_HAS_TYPE_TAG))
			break;
		btf_store(record, 0);
		set_info(record, PBPF_KIND_CONST, 0);
		break;
	case PBPF_KIND_ENUM64: adapt_enum64(adapter, type, record); break;
	default: become_empty(record); break; /* not known */
	}
}

static void tell(const struct adapter *adapter, const struct pbpf_btf_type *type,
		 const uint8_t *record)
{
	uint32_t kind = btf_info_kind(btf_load(record + 4));

	if (kind != type->kind)
		env_step(adapter->env, AT("btf", NULL, 0),
			 "type %u (%s '%.64s') becomes %s for this kernel", type->id,
			 pbpf_btf_kind_name(type->kind), type->name, pbpf_btf_kind_name(kind));
	else if (memcmp(record, type->records - BTF_RECORD_SIZE, BTF_RECORD_SIZE))
		env_step(adapter->env, AT("btf", NULL, 0),
			 "type %u (%s '%.64s') changes its name or flags "
			 "for this kernel",
			 type->id, pbpf_btf_kind_name(kind), type->name);
}

/* Both halves of the strings, and behind them "none". */
static void write_strings(const struct adapter *adapter, char *to)
{
	uint32_t size = adapter->btf->strings_size;
	char *clean = to + size;

	memcpy(to, adapter->btf->strings, size);
	for (uint32_t i = 0; i < size; i++) {
		char two[2] = {to[i], '\0'};
		bool first = !i || !to[i - 1];

		clean[i] = first || !(*two >= '0' && *two <= '9')
				   ? (is_identifier(two) ? *two : '_')
				   : *two;
	}
	memcpy(clean + size, "none", sizeof("none"));
}

/* Closes the gaps behind empty structs that stand for what is not known; the size of the types then. */
static uint32_t drop_unknown(const struct adapter *adapter)
{
	const struct pbpf_btf *btf = adapter->btf;
	uint32_t at = 0, to = 0, size;

	for (; at < btf->types_size; at += size) {
		uint8_t *record = adapter->types + to;
		bool unknown = btf_info_kind(btf_load(btf->types + at + 4)) >= BTF_KIND_COUNT;

		size = btf_record_size(btf, at);
		if (to != at)
			memmove(record, adapter->types + at, unknown ? BTF_RECORD_SIZE : size);
		to += unknown ? BTF_RECORD_SIZE : size;
	}
	return to;
}

/* Puts the parts together behind the rewritten types; the size of the whole. */
static size_t write_rest(struct adapter *adapter)
{
	const struct pbpf_btf *btf = adapter->btf;
	uint32_t types_size = drop_unknown(adapter), strings_size = btf->strings_size;

	if (adapter->uses_filler) {
		btf_store(adapter->types + types_size, 0);
		become_byte(adapter->types + types_size);
		types_size += FILLER_SIZE;
	}
	if (adapter->uses_clean) {
		write_strings(adapter, (char *)adapter->types + types_size);
		strings_size = strings_size * 2 + (uint32_t)sizeof("none");
	} else {
		memcpy(adapter->types + types_size, btf->strings, strings_size);
	}
	btf_write_header(adapter->image, types_size, strings_size);
	return BTF_HEADER_SIZE + (size_t)types_size + strings_size;
}

static int adapt_all(struct adapter *adapter, struct pbpf_btf **adapted)
{
	const struct pbpf_btf *btf = adapter->btf;
	size_t room = BTF_HEADER_SIZE + btf->types_size + (size_t)FILLER_SIZE +
		      btf->strings_size * (size_t)2 + sizeof("none");
	int err;

	if (btf->types_size > UINT32_MAX - FILLER_SIZE || btf->strings_size > UINT32_MAX / 2 - 8)
		return env_fail(adapter->env, -ERANGE, AT("btf", NULL, 0), NULL,
				"too large to be adapted");
	adapter->image = env_alloc(adapter->env, room, 1);
	if (!adapter->image)
		return env_no_memory(adapter->env, "btf", "BTF for this kernel");
	adapter->types = adapter->image + BTF_HEADER_SIZE;
	memcpy(adapter->types, btf->types, btf->types_size);
	for (uint32_t id = 1; id < btf->end_id; id++) {
		struct pbpf_btf_type type = pbpf_btf_type(btf, id);
		uint8_t *record = adapter->types + btf_type_at(btf, id);

		adapt_type(adapter, &type, record);
		tell(adapter, &type, record);
	}
	err = pbpf_btf_parse(adapted, adapter->image, write_rest(adapter), NULL, adapter->env);
	env_free(adapter->env, adapter->image, room, 1);
	return err;
}

int pbpf_btf_adapt(struct pbpf_btf **adapted, const struct pbpf_btf *btf, uint32_t features,
		   const struct pbpf_env *env)
{
	struct adapter adapter = {
		.btf = btf, .env = env, .features = features, .filler = btf->end_id};

	if (btf->base)
		return env_fail(env, -EINVAL, AT("btf", NULL, 0), NULL,
				"a split BTF is not adapted for other kernels");
	return adapt_all(&adapter, adapted);
}
