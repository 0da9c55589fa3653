/* SPDX-License-Identifier: MIT */
/*
 * The maps of an object: what they will be, before load; what is in them, after.
 *
 *	open   .maps     struct { __uint(type, ...); ... } counts      a map as defined
 *	       maps      struct bpf_map_def counts = { ... }           the same, of before BTF
 *	       .data ... int limit = 7;                                an array of one value,
 *	                                                               the section's bytes
 *	change attributes, first values, another map's fd in its place
 *	load   create, or take the one that is pinned; fill; freeze .rodata
 *	use    elements by key, all elements in turn, global data in memory, variables by name
 *
 * Interface, in order of use:
 *	pbpf_object_map(), pbpf_object_next_map()                     in pbpf_loader.h
 *	pbpf_map_name(), pbpf_map_attr(), pbpf_map_inner() ...        what was found
 *	pbpf_map_set_attr(), pbpf_map_set_autocreate(), ...           before load
 *	pbpf_map_fd()                                                 after load, as all that follows
 *
 * What the object file puts into maps happens within load: maps in slots of a map of maps as soon as
 * all maps are there, programs in slots of a prog array when all programs are loaded. A program with
 * autoload off leaves its slot empty.
 *
 * Reading order of its files: maps.c (which maps there are), map_defs.c and map_legacy.c (their
 * definitions), map.c (asking and changing), load_map.c, map_slots.c.
 */
#ifndef PBPF_MAP_H
#define PBPF_MAP_H

#include "base/pbpf_base.h"
#include "sys/pbpf_sys.h"

#ifdef __cplusplus
extern "C" {
#endif

struct pbpf_object;
struct pbpf_map;

/* --- What was found ------------------------------------------------------------------------- */

const char *pbpf_map_name(const struct pbpf_map *map);
const struct pbpf_map_attr *pbpf_map_attr(const struct pbpf_map *map); /* as it will be created */
/* What a map of maps holds, as its definition says; NULL when it says nothing, or holds no maps. */
const struct pbpf_map_attr *pbpf_map_inner(const struct pbpf_map *map);
/* The VAR of the map in the object's BTF (of a data map: the DATASEC), or 0. */
uint32_t pbpf_map_btf_id(const struct pbpf_map *map);
/* Is it a section of global data (.data, .rodata, .bss ...)? Then its whole name, or NULL. */
const char *pbpf_map_section(const struct pbpf_map *map);

/* --- Before load ---------------------------------------------------------------------------- *
 *
 * Each gives -EINVAL, with a message, when the map is loaded.
 */

/*
 * Changes how the map will be created: copy *pbpf_map_attr(), change it, hand it back. The name
 * stays. inner_map_fd, when it is set, goes before the definition's inner map, and must be open during
 * load. Also -EINVAL when the map is global data and would no longer be one value of an array.
 */
int pbpf_map_set_attr(struct pbpf_map *map, const struct pbpf_map_attr *attr);

/* Whether load creates it; true at first. A program that uses a map which is not there is refused by
 * the verifier, unless it can see that the use is never reached. */
int pbpf_map_set_autocreate(struct pbpf_map *map, bool autocreate);
bool pbpf_map_autocreate(const struct pbpf_map *map);

/* --- After load ----------------------------------------------------------------------------- */

int pbpf_map_fd(const struct pbpf_map *map); /* -ENOENT before load */

#ifdef __cplusplus
}
#endif

#endif
