/* SPDX-License-Identifier: MIT */
/*
 * Private to loader: a map, and what the files about maps give each other and the object.
 */
#ifndef LOADER_MAPS_H
#define LOADER_MAPS_H

#include "base/env.h"
#include "loader/pbpf_loader.h"
#include "relo/pbpf_relo.h"

struct pbpf_map {
	struct pbpf_object *obj;
	const char *name;
	struct pbpf_map_attr attr;
	struct pbpf_map_attr inner; /* map in map: the template; type 0: none */
	char kernel_name[16];	    /* what attr.name points to */
	uint32_t btf_id;	    /* VAR in .maps, or DATASEC */
	uint32_t section;	    /* where it stands in the object */
	uint64_t offset;
	uint64_t size;	/* of the definition, in bytes */
	uint64_t slots; /* where in the section its initial elements begin; 0: it takes none */
	uint32_t arena_section; /* an arena: the section of its variables; 0: it has none */
	uint32_t cpus;		/* of this kernel, once somebody asked; 0 before */
	struct struct_ops *ops; /* a struct_ops: its struct; NULL otherwise */
	bool data;		/* global data: the map is a whole section */
	bool frozen;		/* nobody writes it after load */
	bool by_name;		/* pinned under its name */
	bool left_out;		/* load does not create it */
	bool adopted;		/* fd is of a map that was there before: its elements stay */
	char *pin_path;		/* of the pin that load made, or took it from; or NULL */
	int fd;
	int given_fd;	  /* the caller's map to use, or -ENOENT */
	uint8_t *initial; /* global data that was changed before load: attr.value_size bytes */
	void *memory;	  /* where it is mapped, and how many bytes */
	size_t memory_size;
};

/* An element that the object file gives to a map: a map, or a program, in one of its slots. */
struct map_slot {
	uint32_t map; /* index into the object's maps */
	uint32_t index;
	uint32_t target; /* index into the object's maps or programs */
	bool of_map;
};

/* Reports "map 'NAME' ..." and returns err. */
int map_fail(const struct pbpf_map *map, int err, const char *hint, const char *format, ...)
	ENV_PRINTF(4, 5);
/* The same for what can only be done before load, or after it; 0 when it can. */
int map_must_be_open(const struct pbpf_map *map);
int map_must_be_loaded(const struct pbpf_map *map);
/* The same for what would make it another map than the one that the caller gave. */
int map_must_be_own(const struct pbpf_map *map);

bool map_holds_maps(uint32_t type);
bool map_is_ring(uint32_t type);

/* maps.c: the object's maps, from .maps, maps, and the sections of global data. */
int find_maps(struct pbpf_object *obj);
/* Starts a map; there is room for it. */
struct pbpf_map *new_map(struct pbpf_object *obj, const char *name, uint32_t section);
void name_map(struct pbpf_map *map);

/* map_defs.c: fills a map from the definition that a variable of .maps gives. */
int define_map(struct pbpf_object *obj, struct pbpf_map *map,
	       const struct pbpf_btf_variable *variable);

/* map_legacy.c: maps of sections "maps" and "maps/NAME": how many, and then these. */
uint32_t count_legacy_maps(const struct pbpf_object *obj);
int find_legacy_maps(struct pbpf_object *obj, uint32_t count);

/* map_arena.c: which arena holds the variables of .addr_space.1; where in it; into memory, with them. */
int find_arena(struct pbpf_object *obj);
uint32_t arena_offset(const struct pbpf_map *map);
int load_arena(struct pbpf_map *map);

/* map_places.c: where relocations find the maps, which are loaded. */
struct map_places {
	struct pbpf_map_place *array;
	uint32_t count, room;
};
int find_places(struct pbpf_object *obj, struct map_places *places);
void free_places(const struct pbpf_object *obj, struct map_places *places);

/* map_slots.c: what the object file puts into its maps. Programs must have been found. */
int find_slots(struct pbpf_object *obj);
const struct pbpf_program *program_at(const struct pbpf_object *obj, uint32_t section,
				      uint64_t offset);
int fill_map_slots(struct pbpf_object *obj);
int fill_program_slots(struct pbpf_object *obj);

/* load_map.c: all maps into the kernel, with their first elements. */
int load_maps(struct pbpf_object *obj);
/* One of them, empty so far. */
int create_map(struct pbpf_map *map);
/* Sizes that are only known on the machine that the map is created on. */
int settle_size(const struct pbpf_map *map, struct pbpf_map_attr *attr);
/* Takes one out again: closed, unmapped, and without the pin of a load that failed. */
void unload_map(struct pbpf_map *map);
/* Frees what it holds beside. */
void free_map(struct pbpf_map *map);

/* globals.c: maps it if it is not mapped yet; how many bytes of it count. And the reverse. */
int map_into_memory(struct pbpf_map *map, size_t *used);
void unmap_memory(struct pbpf_map *map);

/* map_match.c: can the map behind `fd`, which is called `what`, be used as this one? -EINVAL, with each
 * difference and the hint, when not. */
int match_map(const struct pbpf_map *map, int fd, const char *what, const char *hint);

/* map_types.c: do two types lay out their bytes differently? If so, the first difference in words, which
 * begin with `root`: "value.in.x: bytes 4 there, 8 here". */
bool types_differ(const struct pbpf_btf *there, uint32_t there_id, const struct pbpf_btf *here,
		  uint32_t here_id, const char *root, char *text, size_t size);

/* pin.c: a map that is pinned by its name: takes what is there, or creates and pins it; and when it is
 * taken out again, the end of the pin that a failed load made. */
int load_pinned_map(struct pbpf_map *map);
void forget_pin(struct pbpf_map *map);
/* Has load pinned it in `folder` (NULL: the object's), or found it there? */
bool is_pinned_in(const struct pbpf_map *map, const char *folder);
/* -EINVAL, and a message: two maps, of all or of those that are pinned by name, would have one name in a
 * bpffs. */
int check_pin_names(const struct pbpf_object *obj, bool by_name);
/* `folder`, or NULL: the object's. */
const char *pin_folder_of(const struct pbpf_object *obj, const char *folder);
/* The end of a load, and with an error of the folder that it made. */
void close_pins(struct pbpf_object *obj, int err);

/* cpus.c: how many CPUs this kernel can have, plugged in or not. */
int count_cpus(const struct pbpf_env *env, uint32_t *count);

#endif
