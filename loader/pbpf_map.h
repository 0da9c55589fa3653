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
 *	pbpf_map_set_attr(), pbpf_map_reuse_fd(), ...                 before load
 *	pbpf_map_fd(), pbpf_map_lookup(), pbpf_map_walk_open(), ...   after load
 *	pbpf_map_memory(), pbpf_object_variable(), ...                global data, at any time
 *	pbpf_map_pin() ...                                            in pbpf_pin.h
 *
 * What the object file puts into maps happens within load: maps in slots of a map of maps as soon as
 * all maps are there, programs in slots of a prog array when all programs are loaded. A program with
 * autoload off leaves its slot empty.
 *
 * Reading order of its files: maps.c (which maps there are), map_defs.c and map_legacy.c (their
 * definitions), map.c (asking and changing), load_map.c, map_slots.c, map_elements.c, map_walk.c,
 * globals.c.
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
 * load. Also -EINVAL when the map is global data and would no longer be one value of an array, or is the
 * caller's since pbpf_map_reuse_fd().
 */
int pbpf_map_set_attr(struct pbpf_map *map, const struct pbpf_map_attr *attr);

/* Whether load creates it; true at first. A program that uses a map which is not there is refused by
 * the verifier, unless it can see that the use is never reached. */
int pbpf_map_set_autocreate(struct pbpf_map *map, bool autocreate);
bool pbpf_map_autocreate(const struct pbpf_map *map);

/*
 * Uses the caller's map instead of creating one. It must be as this one would be created, else -EINVAL
 * with a message that gives each difference. The fd is duplicated; what is in the map stays, global data
 * too.
 */
int pbpf_map_reuse_fd(struct pbpf_map *map, int fd);

/* The first bytes of global data; `size` must be all of it. */
int pbpf_map_set_initial(struct pbpf_map *map, const void *data, size_t size);

/* Global data of another size: its last variable, an array, becomes longer, in the BTF too; new elements
 * are zero. -EINVAL when that variable is no array, or would not be of whole elements, or the map is the
 * caller's since pbpf_map_reuse_fd(). */
int pbpf_map_resize(struct pbpf_map *map, uint32_t size);

/* --- After load: elements ------------------------------------------------------------------- *
 *
 * The functions of sys/pbpf_sys.h for the map's fd, with sizes checked: key_size is the map's,
 * value_size what pbpf_map_value_room() gives; -EINVAL, with a message, when they are not, or the map is
 * not loaded. What the kernel refuses comes without a message: that a key is not there (-ENOENT) is
 * daily life. Batches: pbpf_sys_map_*_batch().
 *
 * A value of a per-CPU map is an array, one value for each possible CPU, at multiples of 8 bytes:
 *
 *	pbpf_map_value_room(map, &room);             flat: room bytes, to keep or to hand back
 *	pbpf_map_lookup(map, &key, sizeof(key), values, room, 0);
 *	pbpf_map_cpu_value(map, values, 3);          the value of CPU 3 in it
 */

int pbpf_map_fd(const struct pbpf_map *map); /* -ENOENT before load */

/* How many bytes a value takes here. Of per-CPU maps, errors of reading how many CPUs there are. */
int pbpf_map_value_room(struct pbpf_map *map, size_t *room);
/* How many CPUs this kernel can have. */
int pbpf_map_cpus(struct pbpf_map *map, uint32_t *cpus);
/* One CPU's value within `value`; NULL when there is no such CPU (of other maps: all but CPU 0). Valid
 * after a pbpf_map_value_room() of this map. */
const void *pbpf_map_cpu_value(const struct pbpf_map *map, const void *value, uint32_t cpu);

/* The same for a map that is no object's, as pbpf_sys_obj_info() tells of it. *cpus: how many values of
 * (info->value_size + 7) / 8 * 8 bytes that is; 1: it is not per-CPU. */
int pbpf_map_info_room(const struct pbpf_map_info *info, size_t *room, uint32_t *cpus,
		       const struct pbpf_env *env);

int pbpf_map_lookup(struct pbpf_map *map, const void *key, size_t key_size, void *value,
		    size_t value_size, uint64_t flags);
int pbpf_map_update(struct pbpf_map *map, const void *key, size_t key_size, const void *value,
		    size_t value_size, uint64_t flags);
int pbpf_map_delete(struct pbpf_map *map, const void *key, size_t key_size);
int pbpf_map_next_key(struct pbpf_map *map, const void *key, void *next, size_t key_size);
int pbpf_map_lookup_and_delete(struct pbpf_map *map, const void *key, size_t key_size, void *value,
			       size_t value_size, uint64_t flags);
/* From now on user space cannot write it, programs can. -EBUSY: frozen already, or mapped to write. */
int pbpf_map_freeze(struct pbpf_map *map);

/*
 * All elements in turn, in no order that means something:
 *
 *	pbpf_map_walk_open(&walk, map, 0);
 *	while ((err = pbpf_map_walk_next(walk, &key, &value)) > 0)
 *		...key and value are good until the next call...
 *	pbpf_map_walk_close(walk);
 *
 * In batches of `batch` elements (0: 256, 1: key by key), for about an eighth of the time that single
 * calls take; a kernel or map type without batches is walked key by key. Others may add and delete
 * meanwhile: what is there all the time is given once (key by key, when its neighbours are deleted by
 * others, perhaps twice), what comes or goes perhaps. Deleting what was given is always fine.
 * next: 1, 0 at the end, or a negative errno: -ENOTSUP a map without keys, -EAGAIN key by key and too
 * much was deleted, -ENOMEM, the kernel's.
 */
struct pbpf_map_walk;
int pbpf_map_walk_open(struct pbpf_map_walk **walk, struct pbpf_map *map, uint32_t batch);
/* The same for a map that is no object's: a pinned one, or one by its id. `fd` must stay open. */
int pbpf_map_walk_open_fd(struct pbpf_map_walk **walk, int fd, uint32_t batch,
			  const struct pbpf_env *env);
int pbpf_map_walk_next(struct pbpf_map_walk *walk, const void **key, const void **value);
void pbpf_map_walk_close(struct pbpf_map_walk *walk);

/* --- Global data, before load and after ------------------------------------------------------ */

/*
 * The bytes themselves. Before load, of a map of global data: what it will hold, to be changed. After
 * load, of global data, of an array with PBPF_F_MMAPABLE (elements at multiples of 8 bytes) and of an
 * arena: the map itself, at one address until it is unloaded or closed; no system call reads or writes it.
 * .rodata is then for reading. What pointers into it came before load is not valid after.
 * Errors: -ENOTSUP after load where it cannot be mapped; -EINVAL before load and no global data; -ENOMEM.
 */
int pbpf_map_memory(struct pbpf_map *map, void **memory, size_t *size);

/* A variable, where the BTF has it; valid until the object is closed. */
struct pbpf_variable {
	const char *name;
	struct pbpf_map *map;
	uint32_t offset; /* bytes into the map's value */
	uint32_t size;	 /* bytes */
	uint32_t type;	 /* id in the object's BTF, for pbpf_btf_print_value() */
};

/* The first variable of that name; static ones count. -ENOENT, with a near name. */
int pbpf_object_variable(struct pbpf_object *obj, const char *name, struct pbpf_variable *variable);

/* Reads and writes it, before load or after; `size` must be its size, else -EINVAL. -EPERM: set of
 * .rodata after load. Kernels without mmap of maps are asked by lookup and update of all of it. */
int pbpf_variable_get(const struct pbpf_variable *variable, void *value, size_t size);
int pbpf_variable_set(const struct pbpf_variable *variable, const void *value, size_t size);

#ifdef __cplusplus
}
#endif

#endif
