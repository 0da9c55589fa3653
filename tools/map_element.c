/* SPDX-License-Identifier: MIT */
/*
 * Keys and values, as text and as JSON.
 */
#include "tools/map.h"

#include <stdlib.h>
#include <string.h>

static int write_to(void *ctx, const char *text, size_t size)
{
	fwrite(text, 1, size, ctx);
	return 0;
}

static const void *value_of_cpu(const struct map_ref *map, const void *values, uint32_t cpu)
{
	return (const char *)values + map->room / map->cpus * cpu;
}

/* --- Text ------------------------------------------------------------------------------------ */

static void put_hex_bytes(FILE *to, const void *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		fprintf(to, "%s%02x", i ? " " : "", ((const unsigned char *)bytes)[i]);
}

/* By its type, or as bytes. */
static void put_value(FILE *to, const struct map_ref *map, uint32_t type, const void *bytes,
		      size_t size)
{
	const struct pbpf_writer out = {write_to, to};

	if (!type || pbpf_btf_print_value(map->types.btf, type, bytes, size, PBPF_STYLE_TEXT, &out))
		put_hex_bytes(to, bytes, size);
}

/* The kernel gives the id of what a map of maps, or of programs, holds. */
static bool put_id(FILE *to, const struct map_ref *map, const void *value)
{
	uint32_t id;

	if (map_holds(map) == PBPF_OBJECT_NONE || map->info->value_size != sizeof(id))
		return false;
	memcpy(&id, value, sizeof(id));
	fprintf(to, "id %u", id);
	return true;
}

void map_put_key_text(const struct map_ref *map, const char *name, const void *key)
{
	printf("%s: ", name);
	put_value(stdout, map, map->key_type, key, map->info->key_size);
}

void map_put_text(const struct map_ref *map, const void *key, const void *value)
{
	bool with_key = key && map->info->key_size;

	if (with_key)
		map_put_key_text(map, "key", key);
	if (value && map->cpus == 1) {
		printf("%svalue: ", with_key ? "  " : "");
		if (!put_id(stdout, map, value))
			put_value(stdout, map, map->value_type, value, map->info->value_size);
	}
	for (uint32_t cpu = 0; value && map->cpus > 1 && cpu < map->cpus; cpu++) {
		printf("\n  cpu %u: ", cpu);
		put_value(stdout, map, map->value_type, value_of_cpu(map, value, cpu),
			  map->info->value_size);
	}
	printf("\n");
}

/* --- JSON ------------------------------------------------------------------------------------ */

void map_put_bytes(struct json *json, const char *name, const void *bytes, size_t size)
{
	json_open(json, name, '[');
	for (size_t i = 0; i < size; i++) {
		json_key(json, NULL);
		fprintf(json->to, "\"0x%02x\"", ((const unsigned char *)bytes)[i]);
	}
	json_close(json, ']');
}

/* A value that the type cannot print (it unfolds without end) is null. */
static void put_formatted(struct json *json, const char *name, const struct map_ref *map,
			  uint32_t type, const void *bytes, size_t size)
{
	char *text = NULL;
	size_t length = 0;
	FILE *to = open_memstream(&text, &length);
	const struct pbpf_writer out = {write_to, to};
	int err;

	json_key(json, name);
	if (!to) {
		fputs("null", json->to);
		return;
	}
	err = pbpf_btf_print_value(map->types.btf, type, bytes, size, PBPF_STYLE_JSON, &out);
	fclose(to);
	fputs(err ? "null" : text, json->to);
	free(text);
}

static void put_cpus(struct json *json, const struct map_ref *map, const void *values,
		     bool formatted)
{
	size_t size = map->info->value_size;

	json_open(json, "values", '[');
	for (uint32_t cpu = 0; cpu < map->cpus; cpu++) {
		const void *value = value_of_cpu(map, values, cpu);

		json_open(json, NULL, '{');
		json_number(json, "cpu", cpu);
		if (formatted)
			put_formatted(json, "value", map, map->value_type, value, size);
		else
			map_put_bytes(json, "value", value, size);
		json_close(json, '}');
	}
	json_close(json, ']');
}

void map_put_json(struct json *json, const struct map_ref *map, const void *key, const void *value)
{
	bool with_key = key && map->info->key_size;
	bool typed = (!value || map->value_type) && (!with_key || map->key_type);

	json_open(json, NULL, '{');
	if (with_key)
		map_put_bytes(json, "key", key, map->info->key_size);
	if (value && map->cpus > 1)
		put_cpus(json, map, value, false);
	else if (value)
		map_put_bytes(json, "value", value, map->info->value_size);
	if (typed) {
		json_open(json, "formatted", '{');
		if (with_key)
			put_formatted(json, "key", map, map->key_type, key, map->info->key_size);
		if (value && map->cpus > 1)
			put_cpus(json, map, value, true);
		else if (value)
			put_formatted(json, "value", map, map->value_type, value,
				      map->info->value_size);
		json_close(json, '}');
	}
	json_close(json, '}');
}
