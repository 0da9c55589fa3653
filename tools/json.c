/* SPDX-License-Identifier: MIT */
/*
 * The JSON writer.
 */
#include "tools/json.h"

#include "base/utf8.h"
#include "tools/text.h"

static void put_string(FILE *to, const char *text, size_t size)
{
	fputc('"', to);
	for (size_t step; size && *text; text += step, size -= step) {
		const unsigned char *s = (const unsigned char *)text;

		step = utf8_size(s, size);
		if (step && !utf8_is_control(s, step)) {
			if (*s == '"' || *s == '\\')
				fputc('\\', to);
			fwrite(s, 1, step, to);
		} else {
			fprintf(to, "\\u%04x", s[step ? step - 1 : 0]);
			step += !step;
		}
	}
	fputc('"', to);
}

void json_key(struct json *json, const char *key)
{
	if (json->comma)
		fputc(',', json->to);
	json->comma = true;
	if (!key)
		return;
	put_string(json->to, key, SIZE_MAX);
	fputc(':', json->to);
}

void json_open(struct json *json, const char *key, char bracket)
{
	json_key(json, key);
	fputc(bracket, json->to);
	json->comma = false;
}

void json_close(struct json *json, char bracket)
{
	fputc(bracket, json->to);
	json->comma = true;
}

void json_chars(struct json *json, const char *key, const char *value, size_t size)
{
	json_key(json, key);
	put_string(json->to, value, size);
}

void json_string(struct json *json, const char *key, const char *value)
{
	json_chars(json, key, value, SIZE_MAX);
}

void json_number(struct json *json, const char *key, uint64_t value)
{
	json_key(json, key);
	fprintf(json->to, "%llu", (unsigned long long)value);
}

void json_signed(struct json *json, const char *key, int64_t value)
{
	json_key(json, key);
	fprintf(json->to, "%lld", (long long)value);
}

void json_bool(struct json *json, const char *key, bool value)
{
	json_key(json, key);
	fputs(value ? "true" : "false", json->to);
}

void json_seconds(struct json *json, const char *key, double value)
{
	json_key(json, key);
	fprintf(json->to, "%.6f", value);
}

void json_hex(struct json *json, const char *key, const void *data, size_t size)
{
	json_key(json, key);
	fputc('"', json->to);
	put_hex(json->to, data, size);
	fputc('"', json->to);
}
