/* SPDX-License-Identifier: MIT */
/*
 * A map of events as `plainbpf run` sees it: which type its records have, and how one is shown.
 *
 * The type comes from, in this order:
 *	--event MAP=struct NAME          (or union, or MAP=NAME for a typedef)
 *	a declaration tag on the map:    __attribute__((btf_decl_tag("event:struct NAME")))
 *	nowhere: then records are shown as hex
 */
#ifndef TOOLS_EVENTS_H
#define TOOLS_EVENTS_H

#include "ringbuf/pbpf_perfbuf.h"
#include "ringbuf/pbpf_ringbuf.h"
#include "tools/cli.h"
#include "tools/signals.h" /* seconds_now() */

/* Of one CPU, of a perf event array. */
struct cpu_ring {
	struct pbpf_perfbuf perf;
	int fd; /* of its perf event; not above 0: none */
	bool open;
};

struct source {
	struct pbpf_map *map;
	const struct pbpf_btf *btf;
	uint32_t type;	       /* id in btf, or 0: hex */
	const char *type_text; /* as it was named: "struct x" */
	bool json;
	double started; /* by seconds_now() */
	size_t largest; /* bytes of the largest record so far */
	uint64_t events, bytes;
	struct pbpf_ringbuf ring; /* when `open`; else the rings of the CPUs */
	bool open;
	struct cpu_ring *cpus;
	uint32_t cpu_count;
};

/* Sets the source's type; on failure a message was given. */
int source_find_type(struct cli *cli, const struct pbpf_object *obj, struct source *source);

/* Prints one record to standard output; a callback for pbpf_ringbuf_consume(). */
int source_print(void *source, const void *record, size_t size);

#endif
