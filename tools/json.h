/* SPDX-License-Identifier: MIT */
/*
 * A small JSON writer: one value after the other, commas by itself.
 *
 *	struct json j = json_to(stdout);
 *
 *	json_open(&j, NULL, '{');
 *	json_string(&j, "map", name);
 *	json_number(&j, "size", size);
 *	json_close(&j, '}');
 *
 * A key of NULL is for members of an array, and for the outermost value.
 */
#ifndef TOOLS_JSON_H
#define TOOLS_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct json {
	FILE *to;
	bool comma; /* the next member needs one before it */
};

static inline struct json json_to(FILE *to)
{
	return (struct json){.to = to};
}

/* '{' or '[', and the bracket that ends it. */
void json_open(struct json *json, const char *key, char bracket);
void json_close(struct json *json, char bracket);

/*
 * Names in BPF are bytes, and JSON is UTF-8: characters of UTF-8 stay as they are, other bytes become \u00NN, as do
 * control characters. So the output is always JSON, and plain to a terminal; what cannot be told from it is whether
 * U+00E9 was UTF-8 or the byte e9 alone, which nothing that compiles to BPF writes.
 */
void json_string(struct json *json, const char *key, const char *value);
/* The same for at most `size` characters, fewer if a NUL ends them. */
void json_chars(struct json *json, const char *key, const char *value, size_t size);
void json_number(struct json *json, const char *key, uint64_t value);
void json_signed(struct json *json, const char *key, int64_t value);
void json_bool(struct json *json, const char *key, bool value);
void json_seconds(struct json *json, const char *key, double value); /* to the microsecond */
void json_hex(struct json *json, const char *key, const void *data, size_t size);

/* Writes the key; the caller writes the value itself. */
void json_key(struct json *json, const char *key);

#endif
