/* SPDX-License-Identifier: MIT */
/*
 * Private to loader: externs, what an object declares and the kernel has.
 *
 *	extern int CONFIG_HZ __kconfig;                     a value of the kernel's configuration
 *	extern const struct rq runqueues __ksym;            a variable, by its id in the kernel's BTF
 *	extern const void _stext __ksym;                    an address, by name in /proc/kallsyms
 *	extern void bpf_task_release(struct ... *) __ksym;  a function to call, by its BTF id
 *
 *	open:  undefined symbol + VAR or FUNC in DATASEC .kconfig or .ksyms  ->  struct extern_symbol
 *	load:  looked up, all of a kind in one pass                          ->  struct pbpf_extern
 *
 * Files: extern.c (which there are, and what is missing), extern_config.c and extern_linux.c (.kconfig),
 * extern_types.c (BTF ids), extern_address.c (kallsyms).
 */
#ifndef LOADER_EXTERNS_H
#define LOADER_EXTERNS_H

#include "base/env.h"
#include "base/spell.h"
#include "loader/kconfig.h"
#include "relo/pbpf_relo.h"

struct pbpf_object;
struct pbpf_map;

enum extern_source {
	EXTERN_UNDESCRIBED, /* the object's BTF does not know it */
	EXTERN_OF_CONFIG,
	EXTERN_VARIABLE,
	EXTERN_FUNCTION,
	EXTERN_ADDRESS,
};

/* What the object says about one. */
struct extern_symbol {
	const char *name;
	enum extern_source source;
	uint32_t type; /* its VAR or FUNC in the object's BTF */
	bool weak;
	bool found;
};

/* Whose functions a program may call, the kernel itself included (MAX_KFUNC_BTFS, kernel/bpf/verifier.c). */
#define EXTERN_MODULES_MAX 256

struct object_externs {
	struct extern_symbol *symbols;
	struct pbpf_extern *resolved; /* parallel; in order of the object's symbols */
	uint32_t count, room;
	uint32_t config_type; /* the DATASEC .kconfig, or 0 */
	uint32_t config_size; /* bytes of all its values; 0: there are none */
	struct pbpf_map *map; /* that holds them, or NULL */
	int *fds; /* room for EXTERN_MODULES_MAX: of modules whose functions are called; index 0 is nobody's */
	uint32_t fd_count;
};

/* Strong externs that the kernel does not have. */
#define MISSING_SHOWN 8
struct missing_extern {
	const struct extern_symbol *symbol;
	struct spell spell;
	char near[64]; /* the name that is spelled most like it, or "" */
};
struct missing_externs {
	struct missing_extern shown[MISSING_SHOWN];
	uint32_t count; /* of all */
};

/* --- extern.c --- */

/* Finds the object's externs, and gives those of .kconfig their places. BTF must have been opened. */
int find_externs(struct pbpf_object *obj);
void free_externs(struct pbpf_object *obj);

/* Looks all of them up. What is weak may be missing. */
int resolve_externs(struct pbpf_object *obj);
/* Values lie in the map .kconfig: to be called when that is there. */
void give_externs_their_map(struct pbpf_object *obj);

/* Notes each strong one of this source that was not found: shown[count] and the following, of those that
 * there is room for. */
void note_missing(struct missing_externs *missing, const struct object_externs *externs,
		  enum extern_source source);
/* Compares a name that does exist with the names of shown[first] and the following. */
void try_spelling(struct missing_externs *missing, uint32_t first, const char *name);

/* --- by source: each sets `found`, and what is found in `resolved` --- */

int resolve_config(struct pbpf_object *obj, struct missing_externs *missing);
int resolve_types(struct pbpf_object *obj, struct missing_externs *missing);
int resolve_addresses(struct pbpf_object *obj, struct missing_externs *missing);

/* extern_linux.c: LINUX_KERNEL_VERSION and the like: its number; -ENOENT for an unknown name. */
int linux_value(const struct pbpf_object *obj, const char *name, uint64_t *value);
/* 6 << 16 | 18 << 8 | 44 for "6.18.44-amd64", or 0 when there is no version in it. */
uint32_t version_code(const char *release);
/* The running kernel's, 6 << 16 | 18 << 8 | 44; 0 when it is not known, which is not reported. */
uint32_t running_version(const struct pbpf_env *env);

/* extern_config.c: what a VAR of .kconfig takes; false when no configuration has such a value. */
bool config_type_of(struct kconfig_type *config, const struct pbpf_btf *btf, uint32_t type);

#endif
