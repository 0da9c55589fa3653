/* SPDX-License-Identifier: MIT */
/*
 * Pins: names in a bpffs, which keep maps, programs and links when the process that made them is gone,
 * and give them to other processes.
 *
 *	/sys/fs/bpf/              mount -t bpf bpf /sys/fs/bpf
 *	    └── counts            BPF_OBJ_PIN makes the name, BPF_OBJ_GET an fd from it, unlink(2) ends it
 *
 * A pin is made and looked for only in the folder that the caller names, never by a path of the object
 * file: of a map or program that is its name, in which '.' is written '_' because a bpffs takes no dots.
 * A name that is empty, all dots, longer than 255 bytes, or has a '/' or a control byte is refused with
 * -EINVAL before the kernel sees any path; so are two maps of an object whose pins would have one name
 * ("a.b" and "a_b"). A folder that is missing in one that is there is made, for its owner alone (0700), and
 * removed again when what it was made for fails.
 *
 * Who may write in the folder decides what is found there: a bpffs takes symbolic links, and any map can be
 * pinned under any name. So name a folder that only you can write, on the whole way to it. What is found is
 * compared before it is used, and can then at worst be another map of the very same layout. From Linux 6.5 on
 * a load, and the pinning of an object, open the folder once and stay in it, whoever renames it meanwhile.
 *
 * Maps that ask for it (__uint(pinning, LIBBPF_PIN_BY_NAME)) are pinned within load, in the folder and
 * with the policy of struct pbpf_options. A map that is there already is taken only when it is what the
 * object would create: type, sizes, flags, and as far as the kernel shows them the members of its keys and
 * values, whether it is frozen, and which programs it takes; it keeps its elements. When load fails, the pins
 * that it made are gone again.
 *
 * Its files: pin_folder.c, pin.c, pin_object.c; when one map can stand in for another: map_match.c, map_types.c.
 */
#ifndef PBPF_PIN_H
#define PBPF_PIN_H

#include "base/pbpf_base.h"

#ifdef __cplusplus
extern "C" {
#endif

struct pbpf_map;
struct pbpf_program;
struct pbpf_object;

#define PBPF_PIN_FOLDER "/sys/fs/bpf" /* where the kernel's documentation has it */

/* What load does about a map that is pinned by name, when the name is taken. */
enum pbpf_pin_policy {
	PBPF_PIN_REUSE,	   /* use that map if it fits, else fail with each difference: -EINVAL */
	PBPF_PIN_FAIL,	   /* fail: -EEXIST */
	PBPF_PIN_RECREATE, /* remove the pin, and create and pin a new map */
};

/*
 * Any fd of bpf(2): a program's, a map's, a link's (pbpf_link_fd()).
 * Errors: -EEXIST the name is taken; -ENOENT no folder above the folder; -EPERM it is no bpffs; -EINVAL the name.
 */
int pbpf_pin(const struct pbpf_env *env, int fd, const char *folder, const char *name);

/* An fd of what is pinned there, the caller's. flags: 0, PBPF_F_RDONLY or PBPF_F_WRONLY. */
int pbpf_pin_open(const struct pbpf_env *env, const char *folder, const char *name, uint32_t flags);

/* Removes a pin, and nothing but a pin: another file is refused by the kernel, -EACCES. */
int pbpf_unpin(const struct pbpf_env *env, const char *folder, const char *name);

/* Under its own name; the folder may be NULL, for the object's. It must be loaded (-EINVAL). Unpin also
 * refuses the pin of something else, with -EINVAL. */
int pbpf_map_pin(struct pbpf_map *map, const char *folder);
int pbpf_map_unpin(struct pbpf_map *map, const char *folder);
int pbpf_program_pin(struct pbpf_program *prog, const char *folder);
int pbpf_program_unpin(struct pbpf_program *prog, const char *folder);

/* Every map and program that is loaded. When one cannot be pinned, those before it are unpinned again;
 * maps that load has pinned in that folder stay as they are. A second time is -EEXIST. Unpin goes on when a pin
 * is missing. */
int pbpf_object_pin(struct pbpf_object *obj, const char *folder);
int pbpf_object_unpin(struct pbpf_object *obj, const char *folder);

#ifdef __cplusplus
}
#endif

#endif
