/* SPDX-License-Identifier: MIT */
/*
 * Which program, map or link of the running kernel is meant, in bpftool's words:
 *
 *	id 7 | name on_exec | tag f0a1b2c3d4e5f607 | pinned /sys/fs/bpf/on_exec      programs
 *	id 7 | name counts | pinned /sys/fs/bpf/counts                               maps
 *	id 7 | pinned /sys/fs/bpf/link                                               links
 *	7 | /sys/fs/bpf/on_exec | on_exec                                            for short
 *
 * Interface:
 *	select_words()              reads them; no words mean all
 *	select_one(), select_open() the one that is meant, open
 *	select_each()               all that are meant, one after the other, open while fn() runs
 *
 * A name or a tag may be that of several. select_one() refuses then, and lists their ids. A walk passes over
 * what goes away meanwhile. Each int is 0, an exit code of select_words() or, with a message, a negative errno.
 */
#ifndef TOOLS_SELECT_H
#define TOOLS_SELECT_H

#include "sys/pbpf_objects.h"
#include "sys/pbpf_sys.h"
#include "tools/words.h"

enum select_by { SELECT_ALL, SELECT_ID, SELECT_NAME, SELECT_TAG, SELECT_PINNED };

struct selection {
	enum pbpf_object_kind kind;
	enum select_by by;
	const char *word; /* as it was given */
	uint32_t id;
	uint8_t tag[8];
};

/* An object, and what the kernel says of it without being given room for lists and strings. */
struct found {
	int fd;
	uint32_t id;
	union {
		struct pbpf_prog_info prog;
		struct pbpf_map_info map;
		struct pbpf_link_info link;
		struct pbpf_btf_info btf;
	} info;
};

int select_words(struct selection *selection, struct words *words, enum pbpf_object_kind kind);

/* By id or pin: it is one, if it is there. */
bool select_exactly(const struct selection *selection);

/* The fd is the caller's, to be closed with select_close(). `flags` as of pbpf_sys_object_by_id(). */
int select_one(struct cli *cli, const struct selection *selection, uint32_t flags,
	       struct found *found);
void select_close(struct cli *cli, struct found *found);

/* select_words(), which must not mean all, and select_one(). */
int select_open(struct words *words, enum pbpf_object_kind kind, uint32_t flags,
		struct found *found);

/* `flags` for maps that are meant by id, name or pin; a walk over all opens them for reading. Other than 0
 * from fn() ends it, and is returned. None at all is an error, but for SELECT_ALL. */
int select_each(struct cli *cli, const struct selection *selection, uint32_t flags,
		int (*fn)(void *ctx, struct found *found), void *ctx);

/* "program", "map", "link", "BTF"; and the family of commands, "prog". */
const char *kind_name(enum pbpf_object_kind kind);
const char *kind_family(enum pbpf_object_kind kind);

/* The message for a refusal to tell what there is (`err` < 0), which it returns. */
int cannot_list(struct cli *cli, enum pbpf_object_kind kind, int err);

#endif
