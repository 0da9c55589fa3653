/* SPDX-License-Identifier: MIT */
/*
 * Types as `bpftool btf dump ... format raw` prints them, so that the two can be compared. The fields are
 * the same in text and in JSON:
 *
 *	[8] STRUCT 'pair' size=8 vlen=1       {"id":8,"kind":"STRUCT","name":"pair","size":8,"vlen":1,
 *		'a' type_id=2 bits_offset=0    "members":[{"name":"a","type_id":2,"bits_offset":0}]}
 */
#include "tools/btf.h"

#include "tools/json.h"
#include "tools/text.h"

struct raw {
	const struct pbpf_btf *btf;
	struct json *json; /* NULL: text */
};

/* --- Fields --------------------------------------------------------------------------------- */

static void put_number(const struct raw *raw, const char *key, int64_t number)
{
	if (raw->json) {
		json_key(raw->json, key);
		printf("%lld", (long long)number);
	} else {
		printf(" %s=%lld", key, (long long)number);
	}
}

static void put_word(const struct raw *raw, const char *key, const char *word)
{
	if (raw->json)
		json_string(raw->json, key, word);
	else
		printf(" %s=%s", key, word);
}

/* What a type or member is called: in text the quoted name alone. */
static void put_called(const struct raw *raw, const char *name)
{
	if (!*name)
		name = "(anon)";
	if (raw->json) {
		json_string(raw->json, "name", name);
		return;
	}
	putchar('\'');
	put_name(stdout, name);
	putchar('\'');
}

/* Members, enumerators and the like: an array in JSON, a line for each in text. */
static void begin_records(const struct raw *raw, const char *key)
{
	if (raw->json)
		json_open(raw->json, key, '[');
}

static void begin_record(const struct raw *raw)
{
	if (raw->json)
		json_open(raw->json, NULL, '{');
	else
		printf("\n\t");
}

static void end_record(const struct raw *raw)
{
	if (raw->json)
		json_close(raw->json, '}');
}

static void end_records(const struct raw *raw)
{
	if (raw->json)
		json_close(raw->json, ']');
}

/* --- Words ---------------------------------------------------------------------------------- */

static const char *int_encoding(uint8_t encoding)
{
	switch (encoding) {
	case 0: return "(none)";
	case 1: return "SIGNED";
	case 2: return "CHAR";
	case 4: return "BOOL";
	default: return "UNKN";
	}
}

static const char *linkage_name(uint32_t linkage)
{
	switch (linkage) {
	case PBPF_LINKAGE_STATIC: return "static";
	case PBPF_LINKAGE_GLOBAL: return "global";
	case PBPF_LINKAGE_EXTERN: return "extern";
	default: return "(unknown)";
	}
}

/* --- What follows a type -------------------------------------------------------------------- */

static void put_members(const struct raw *raw, const struct pbpf_btf_type *type)
{
	begin_records(raw, "members");
	for (uint32_t i = 0; i < type->vlen; i++) {
		struct pbpf_btf_member member = pbpf_btf_member(raw->btf, type, i);

		begin_record(raw);
		put_called(raw, member.name);
		put_number(raw, "type_id", member.type);
		put_number(raw, "bits_offset", member.bit_offset);
		if (member.bit_size)
			put_number(raw, "bitfield_size", member.bit_size);
		end_record(raw);
	}
	end_records(raw);
}

/* The only numbers that take all 64 bits, and in text carry C's suffixes. */
static void put_value(const struct raw *raw, const struct pbpf_btf_type *type, int64_t value)
{
	const char *suffix = type->kind == PBPF_KIND_ENUM ? "" : type->kind_flag ? "LL" : "ULL";

	if (raw->json)
		json_key(raw->json, "val");
	else
		printf(" val=");
	if (type->kind_flag)
		printf("%lld", (long long)value);
	else
		printf("%llu", (unsigned long long)value);
	if (!raw->json)
		printf("%s", suffix);
}

static void put_enumerators(const struct raw *raw, const struct pbpf_btf_type *type)
{
	begin_records(raw, "values");
	for (uint32_t i = 0; i < type->vlen; i++) {
		struct pbpf_btf_enumerator e = pbpf_btf_enumerator(raw->btf, type, i);

		begin_record(raw);
		put_called(raw, e.name);
		put_value(raw, type, e.value);
		end_record(raw);
	}
	end_records(raw);
}

static void put_params(const struct raw *raw, const struct pbpf_btf_type *type)
{
	begin_records(raw, "params");
	for (uint32_t i = 0; i < type->vlen; i++) {
		struct pbpf_btf_param param = pbpf_btf_param(raw->btf, type, i);

		begin_record(raw);
		put_called(raw, param.name);
		put_number(raw, "type_id", param.type);
		end_record(raw);
	}
	end_records(raw);
}

static void put_variables(const struct raw *raw, const struct pbpf_btf_type *type)
{
	begin_records(raw, "vars");
	for (uint32_t i = 0; i < type->vlen; i++) {
		struct pbpf_btf_variable variable = pbpf_btf_variable(raw->btf, type, i);
		struct pbpf_btf_type target = pbpf_btf_type(raw->btf, variable.type);

		begin_record(raw);
		if (!raw->json)
			printf("type_id=%u", variable.type);
		else
			put_number(raw, "type_id", variable.type);
		put_number(raw, "offset", variable.offset);
		put_number(raw, "size", variable.size);
		if (!raw->json) {
			printf(" (%s ", pbpf_btf_kind_name(target.kind));
			put_called(raw, target.name);
			putchar(')');
		}
		end_record(raw);
	}
	end_records(raw);
}

/* --- Types ---------------------------------------------------------------------------------- */

static void put_int(const struct raw *raw, const struct pbpf_btf_type *type)
{
	put_number(raw, "size", type->size);
	put_number(raw, "bits_offset", type->int_offset);
	put_number(raw, "nr_bits", type->int_bits);
	put_word(raw, "encoding", int_encoding(type->int_encoding));
}

static void put_array(const struct raw *raw, const struct pbpf_btf_type *type)
{
	struct pbpf_btf_array array = pbpf_btf_array(raw->btf, type);

	put_number(raw, "type_id", array.type);
	put_number(raw, "index_type_id", array.index_type);
	put_number(raw, "nr_elems", array.count);
}

static void put_details(const struct raw *raw, const struct pbpf_btf_type *type)
{
	switch (type->kind) {
	case PBPF_KIND_INT: put_int(raw, type); break;
	case PBPF_KIND_ARRAY: put_array(raw, type); break;
	case PBPF_KIND_STRUCT:
	case PBPF_KIND_UNION:
		put_number(raw, "size", type->size);
		put_number(raw, "vlen", type->vlen);
		put_members(raw, type);
		break;
	case PBPF_KIND_ENUM:
	case PBPF_KIND_ENUM64:
		put_word(raw, "encoding", type->kind_flag ? "SIGNED" : "UNSIGNED");
		put_number(raw, "size", type->size);
		put_number(raw, "vlen", type->vlen);
		put_enumerators(raw, type);
		break;
	case PBPF_KIND_FWD: put_word(raw, "fwd_kind", type->kind_flag ? "union" : "struct"); break;
	case PBPF_KIND_FUNC_PROTO:
		put_number(raw, "ret_type_id", type->type);
		put_number(raw, "vlen", type->vlen);
		put_params(raw, type);
		break;
	case PBPF_KIND_FUNC:
	case PBPF_KIND_VAR:
		put_number(raw, "type_id", type->type);
		if (!raw->json && type->kind == PBPF_KIND_VAR)
			putchar(',');
		put_word(raw, "linkage", linkage_name(type->linkage));
		break;
	case PBPF_KIND_DATASEC:
		put_number(raw, "size", type->size);
		put_number(raw, "vlen", type->vlen);
		put_variables(raw, type);
		break;
	case PBPF_KIND_FLOAT: put_number(raw, "size", type->size); break;
	case PBPF_KIND_DECL_TAG:
		put_number(raw, "type_id", type->type);
		put_number(raw, "component_idx", type->component);
		break;
	case PBPF_KIND_PTR:
	case PBPF_KIND_TYPEDEF:
	case PBPF_KIND_VOLATILE:
	case PBPF_KIND_CONST:
	case PBPF_KIND_RESTRICT:
	case PBPF_KIND_TYPE_TAG: put_number(raw, "type_id", type->type); break;
	default:
		put_number(raw, "kind_number", type->kind);
		put_number(raw, "vlen", type->vlen);
		break;
	}
}

static void put_type(const struct raw *raw, uint32_t id)
{
	struct pbpf_btf_type type = pbpf_btf_type(raw->btf, id);

	if (raw->json) {
		json_open(raw->json, NULL, '{');
		json_number(raw->json, "id", id);
		json_string(raw->json, "kind", pbpf_btf_kind_name(type.kind));
	} else {
		printf("[%u] %s ", id, pbpf_btf_kind_name(type.kind));
	}
	put_called(raw, type.name);
	put_details(raw, &type);
	if (raw->json)
		json_close(raw->json, '}');
	else
		putchar('\n');
}

void print_raw(const struct types *types, bool as_json)
{
	struct json json = json_to(stdout);
	struct raw raw = {.btf = types->btf, .json = as_json ? &json : NULL};
	uint32_t first = types->base ? pbpf_btf_count(types->base) : 1;

	if (as_json) {
		json_open(&json, NULL, '{');
		json_open(&json, "types", '[');
	}
	for (uint32_t id = first; id < pbpf_btf_count(raw.btf); id++)
		put_type(&raw, id);
	if (as_json) {
		json_close(&json, ']');
		json_close(&json, '}');
		putchar('\n');
	}
}
