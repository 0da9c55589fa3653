/* SPDX-License-Identifier: MIT */
/*
 * Private to loader: the object and its parts, and what its files give each other.
 */
#ifndef LOADER_OBJECT_H
#define LOADER_OBJECT_H

#include "base/env.h"
#include "loader/pbpf_loader.h"
#include "relo/pbpf_relo.h"

#define STAGE_LOAD "load"

/* What a section name says about the programs in it. */
enum attach_kind {
	ATTACH_BY_CALLER, /* the name does not say where */
	ATTACH_TRACEPOINT,
	ATTACH_RAW_TRACEPOINT,
};
enum {
	SECTION_MORE = 1,	/* "name/anything" is meant too */
	SECTION_SLEEPABLE = 2,	/* PBPF_F_SLEEPABLE */
	SECTION_NEEDS_BTF = 4,	/* attaches to something that has an id in the kernel's BTF */
	SECTION_XDP_FRAGS = 8,	/* PBPF_F_XDP_HAS_FRAGS */
	SECTION_ATTACH_OPT = 16 /* old kernels load it without an expected attach type */
};
struct section_kind {
	const char *name;
	uint32_t type;	      /* PBPF_PROG_TYPE_* */
	uint32_t attach_type; /* expected_attach_type */
	unsigned int flags;   /* SECTION_* */
	enum attach_kind attach;
};

struct pbpf_map {
	const struct pbpf_object *obj;
	const char *name;
	struct pbpf_map_attr attr;
	char kernel_name[16]; /* what attr.name points to */
	uint32_t btf_id;      /* VAR in .maps, or DATASEC */
	uint32_t section;     /* where it stands in the object */
	uint64_t offset;
	bool data;   /* global data: the map is a whole section */
	bool frozen; /* nobody writes it after load */
	int fd;
};

struct pbpf_program {
	struct pbpf_object *obj;
	const char *section;		 /* its name, without a leading '?' */
	const struct section_kind *kind; /* NULL: an unknown section name */
	uint32_t function;		 /* index into the object's functions */
	uint32_t insn_count;		 /* in the kernel; 0 before load */
	bool autoload;
	int fd;
	char *log;
	uint32_t log_size; /* bytes allocated */
};

struct pbpf_object {
	struct pbpf_env env;
	char name[64];
	char license
		[128]; /* as much as the kernel reads (bpf_prog_load() in kernel/bpf/syscall.c) */
	void *file;    /* the image, when the object owns it */
	size_t file_size;
	struct pbpf_elf *elf;
	struct pbpf_btf *btf;
	struct pbpf_btf_ext *ext;
	struct pbpf_functions functions;
	struct pbpf_map *maps;
	uint32_t map_count, map_room;
	struct pbpf_program *programs;
	uint32_t program_count;
	int btf_fd;
	bool loaded;
};

/* sections.c: what a section name means, or NULL. */
const struct section_kind *find_section_kind(const char *name);
/* The part of a section name behind its kind: "sched/sched_switch" of "tp/sched/sched_switch"; "" when
 * there is none. */
const char *section_target(const struct section_kind *kind, const char *section);
/* The known section name that is spelled most like `name`, or NULL when none is near. */
const char *nearest_section_name(const char *name);

/* maps.c: the object's maps, from .maps and the sections of global data. */
int find_maps(struct pbpf_object *obj);

/* map_defs.c: fills a map from the definition that variable `var` of .maps gives. */
int define_map(struct pbpf_object *obj, struct pbpf_map *map,
	       const struct pbpf_btf_variable *variable);

/* programs.c */
int find_programs(struct pbpf_object *obj);

/* btf.c: parses .BTF and .BTF.ext and gives its sections their final sizes and offsets. */
int open_btf(struct pbpf_object *obj);

/* load_*.c: one thing each into the kernel. */
int load_btf(struct pbpf_object *obj);
int load_map(struct pbpf_map *map);
int load_program(struct pbpf_program *prog, const struct pbpf_map_place *places);

/* cpus.c: how many CPUs this kernel can have, plugged in or not. */
int count_cpus(const struct pbpf_object *obj, uint32_t *count);

/* refusal.c: the message for a command that the kernel refused without saying why. */
const char *refusal_hint(int err, uint32_t prog_type);

#endif
