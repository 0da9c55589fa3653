/* SPDX-License-Identifier: MIT */
/*
 * plainbpf map: a family of commands.
 *
 *	map_open.c      which map is meant, and how large and of which types its keys and values are
 *	map_words.c     words of the command line -> the bytes of a key or a value
 *	map_element.c   the bytes of a key or a value -> text or JSON
 *	map_show.c, map_dump.c, map_lookup.c, map_update.c, map_create.c   the commands
 */
#ifndef TOOLS_MAP_H
#define TOOLS_MAP_H

#include "tools/btf.h"
#include "tools/json.h"
#include "tools/select.h"

extern const struct command map_show_command, map_dump_command, map_lookup_command,
	map_getnext_command, map_peek_command, map_pop_command, map_update_command,
	map_push_command, map_delete_command, map_freeze_command, map_pin_command,
	map_create_command;

/* A map that is open. */
struct map_ref {
	struct cli *cli;
	struct found found;
	const struct pbpf_map_info *info;
	size_t room;   /* bytes of a value: of a per-CPU map, of the values of all CPUs */
	uint32_t cpus; /* 1: it is not per-CPU */
	/* What its keys and values are; 0: not known. */
	struct types types;
	uint32_t key_type, value_type;
	/* A value that is a map or a program, while its fd is needed. */
	struct found held;
};

/* --- map_open.c: each int is 0, an exit code, or with a message a negative errno ------------- */

/* Takes the words that say which one. flags: 0, PBPF_F_RDONLY, PBPF_F_WRONLY. Close in either case. */
int map_open(struct map_ref *map, struct words *words, uint32_t flags);
void map_close(struct map_ref *map);

/* The message for what the kernel refused to do with it; returns err. */
int map_refused(const struct map_ref *map, int err, const char *what);

/* What its values stand for: maps, programs, or nothing of the kind. */
enum pbpf_object_kind map_holds(const struct map_ref *map);

/* Memory for a key, and for a value; zeroed, to be freed. */
void *map_new_key(const struct map_ref *map);
void *map_new_value(const struct map_ref *map);

/* What the commands about one element begin with: a map, and room for an element. */
struct map_element {
	struct words words;
	struct map_ref map;
	void *key, *value;
};
#define WHICH_MAP "MAP is id N, name NAME, pinned PATH, or for short N, NAME or PATH.\n"

/* Takes the words that say which map; after a failure, too, map_end() is due, which returns `code`. */
int map_begin(struct map_element *one, struct cli *cli, uint32_t flags);
int map_end(struct map_element *one, int code);

/* --- map_words.c ----------------------------------------------------------------------------- */

/*
 * "key", and so many bytes as it has,
 *
 *	0x01 2 0xff 0        decimal or hexadecimal
 *	hex 01 02 ff 00      hexadecimal
 *	'{"pid": 5}'         one word: a value of its type
 *	5                    one word: a number, also where the type is not known
 */
int map_need_key(struct map_element *one);

/* Likewise "value"; of all CPUs the same. What holds maps or programs takes words that say which. */
int map_need_value(struct map_element *one);

/* --- map_element.c --------------------------------------------------------------------------- */

/* One element as text, or as JSON with bpftool's keys: bytes, and "formatted" where the type is known. A part
 * that is NULL is left out. */
void map_put_text(const struct map_ref *map, const void *key, const void *value);
void map_put_json(struct json *json, const struct map_ref *map, const void *key, const void *value);

/* A key alone, under a name of its own. */
void map_put_key_text(const struct map_ref *map, const char *name, const void *key);
void map_put_bytes(struct json *json, const char *name, const void *bytes, size_t size);

#endif
