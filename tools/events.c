/* SPDX-License-Identifier: MIT */
/*
 * From the bytes of a record to a line on the screen.
 */
#include "tools/events.h"

#include "tools/json.h"
#include "tools/text.h"

#include <string.h>

#define TAG_PREFIX "event:"

/* --- Which type ----------------------------------------------------------------------------- */

/* What --event says of this map, or NULL. */
static const char *type_by_option(const struct cli *cli, const char *map)
{
	size_t size = strlen(map);

	for (size_t i = 0; i < cli->event_count; i++)
		if (!strncmp(cli->events[i], map, size) && cli->events[i][size] == '=')
			return cli->events[i] + size + 1;
	return NULL;
}

/* What a declaration tag of the map's variable says, or NULL. */
static const char *type_by_tag(const struct pbpf_btf *btf, uint32_t variable)
{
	for (uint32_t id = 1; variable && id < pbpf_btf_count(btf); id++) {
		struct pbpf_btf_type type = pbpf_btf_type(btf, id);

		if (type.kind == PBPF_KIND_DECL_TAG && type.type == variable &&
		    !strncmp(type.name, TAG_PREFIX, strlen(TAG_PREFIX)))
			return type.name + strlen(TAG_PREFIX);
	}
	return NULL;
}

/* "struct x", "union x", or "x" for a typedef. */
static int find_type(const struct pbpf_btf *btf, const char *text)
{
	if (!strncmp(text, "struct ", 7))
		return pbpf_btf_find(btf, text + 7, PBPF_KIND_STRUCT);
	if (!strncmp(text, "union ", 6))
		return pbpf_btf_find(btf, text + 6, PBPF_KIND_UNION);
	return pbpf_btf_find(btf, text, PBPF_KIND_TYPEDEF);
}

static int unknown_type(const struct cli *cli, const struct source *source, const char *text)
{
	const char *hint = "the compiler describes only types that the program uses: declare a "
			   "global pointer to it";

	if (!source->btf)
		hint = "compile with clang -g, which puts the types into the object";
	else if (pbpf_btf_find(source->btf, text, PBPF_KIND_STRUCT) >= 0)
		hint = "it is a struct: write 'struct NAME'";
	return env_fail(&cli->env, -ENOENT, AT("run", pbpf_map_name(source->map), 0), hint,
			"the object's BTF has no type '%s' for its events", text);
}

int source_find_type(struct cli *cli, const struct pbpf_object *obj, struct source *source)
{
	const char *text = type_by_option(cli, pbpf_map_name(source->map));
	int id;

	source->btf = pbpf_object_btf(obj);
	if (!text && source->btf)
		text = type_by_tag(source->btf, pbpf_map_btf_id(source->map));
	if (!text)
		return 0;
	id = source->btf ? find_type(source->btf, text) : -ENOENT;
	if (id < 0)
		return unknown_type(cli, source, text);
	source->type = (uint32_t)id;
	source->type_text = text;
	return 0;
}

/* --- How it looks --------------------------------------------------------------------------- */

static int write_stdout(void *ctx, const char *text, size_t size)
{
	(void)ctx;
	return fwrite(text, 1, size, stdout) == size ? 0 : -EIO;
}

static void print_typed(const struct source *source, const void *record, size_t size,
			enum pbpf_btf_style style)
{
	struct pbpf_writer out = {.write = write_stdout};

	pbpf_btf_print_value(source->btf, source->type, record, size, style, &out);
}

/* A record that is shorter than its type is of another type. */
static bool has_type(const struct source *source, size_t size)
{
	return source->type && (int64_t)size >= pbpf_btf_size(source->btf, source->type);
}

static void print_json(const struct source *source, double time, const void *record, size_t size)
{
	struct json json = json_to(stdout);

	json_open(&json, NULL, '{');
	json_string(&json, "map", pbpf_map_name(source->map));
	json_seconds(&json, "time", time);
	if (has_type(source, size)) {
		json_key(&json, "event");
		print_typed(source, record, size, PBPF_STYLE_JSON);
	} else {
		json_number(&json, "size", size);
		json_hex(&json, "hex", record, size);
	}
	json_close(&json, '}');
	putchar('\n');
}

static void print_text(const struct source *source, double time, const void *record, size_t size)
{
	const uint8_t *bytes = record;

	printf("%9.3f  ", time);
	put_name(stdout, pbpf_map_name(source->map));
	printf("  ");
	if (has_type(source, size))
		print_typed(source, record, size, PBPF_STYLE_TEXT);
	else
		for (size_t i = 0; i < size; i++)
			printf("%s%02x", i ? " " : "", bytes[i]);
	putchar('\n');
}

int source_print(void *ctx, const void *record, size_t size)
{
	struct source *source = ctx;
	double time = seconds_now() - source->started;

	source->events++;
	source->bytes += size;
	if (size > source->largest)
		source->largest = size;
	if (source->json)
		print_json(source, time, record, size);
	else
		print_text(source, time, record, size);
	return ferror(stdout) ? -EIO : 0;
}
