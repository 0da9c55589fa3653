/* SPDX-License-Identifier: MIT */
/*
 * Who holds the objects of the kernel: pins in the bpffs that are mounted, and the fds of processes. Both are
 * found by looking at all of them, so it is done when it is asked for, and once for all objects.
 */
#ifndef TOOLS_HOLDERS_H
#define TOOLS_HOLDERS_H

#include "sys/pbpf_objects.h"
#include "tools/cli.h"
#include "tools/json.h"

struct holder {
	enum pbpf_object_kind kind;
	uint32_t id;
	uint32_t pid; /* 0: a pin */
	char *name;   /* the pin's path, or what the process calls itself */
};

struct holders {
	struct holder *array; /* by kind and id */
	size_t count, room;
};

/* As the command's options say: --bpffs, --pids. On failure a message was given. Free in either case. */
int holders_find(struct cli *cli, struct holders *holders);
void holders_free(struct holders *holders);

/* The first of those that hold the object (good for as many as they are), and how many that is. */
const struct holder *holders_of(const struct holders *holders, enum pbpf_object_kind kind,
				uint32_t id, size_t *count);

/* "/sys/fs/bpf/x, sh (17)"; "-" for none. */
void holders_put(FILE *to, const struct holders *holders, enum pbpf_object_kind kind, uint32_t id);

/* "pinned": ["..."], "pids": [{"pid": 17, "comm": "sh"}], as bpftool has them; nothing for none. */
void holders_put_json(struct json *json, const struct holders *holders, enum pbpf_object_kind kind,
		      uint32_t id);

#endif
