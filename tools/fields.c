/* SPDX-License-Identifier: MIT */
/*
 * Fields as words, or as members of a JSON object.
 */
#include "tools/fields.h"

#include "sys/pbpf_objects.h"
#include "tools/text.h"

#include <net/if.h>

/* Writes the key in front of a value's text. */
static FILE *text_field(struct fields *fields, const char *key)
{
	fprintf(fields->text, "%s%s ", fields->any ? "  " : "", key);
	fields->any = true;
	return fields->text;
}

void field_string(struct fields *fields, const char *key, const char *value)
{
	if (fields->json)
		json_string(fields->json, key, value);
	else
		put_name(text_field(fields, key), value);
}

void field_number(struct fields *fields, const char *key, uint64_t value)
{
	if (fields->json)
		json_number(fields->json, key, value);
	else
		fprintf(text_field(fields, key), "%llu", (unsigned long long)value);
}

void field_signed(struct fields *fields, const char *key, int64_t value)
{
	if (fields->json)
		json_signed(fields->json, key, value);
	else
		fprintf(text_field(fields, key), "%lld", (long long)value);
}

void field_flag(struct fields *fields, const char *key, bool value)
{
	if (fields->json)
		json_bool(fields->json, key, value);
	else if (value)
		fprintf(fields->text, "%s%s", fields->any ? "  " : "", key);
	fields->any |= value;
}

void field_address(struct fields *fields, const char *key, uint64_t value)
{
	if (fields->json)
		json_number(fields->json, key, value);
	else
		fprintf(text_field(fields, key), "0x%llx", (unsigned long long)value);
}

void field_attach_type(struct fields *fields, uint32_t type)
{
	const char *name = pbpf_attach_type_name(type);

	if (name)
		field_string(fields, "attach_type", name);
	else
		field_number(fields, "attach_type", type);
}

void field_interface(struct fields *fields, uint32_t ifindex)
{
	char name[IF_NAMESIZE];

	if (if_indextoname(ifindex, name))
		field_string(fields, "devname", name);
	field_number(fields, "ifindex", ifindex);
}
