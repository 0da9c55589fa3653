/* SPDX-License-Identifier: MIT */
/*
 * Private to loader: kernels that refuse what a newer one takes.
 *
 * The main path sends what the object asks for, as to the newest kernel. Only where the kernel refuses it, it
 * comes here, once:
 *
 *	load_btf.c       refused ─> compat_load_btf()      BTF of the kinds that this kernel knows, or none
 *	load_map.c       refused ─> compat_fit_map()       without what it can do without; then once more
 *	load_program.c   refused ─> compat_fit_program()   likewise
 *
 * What the kernel lacks is found out by trying something tiny that only that can fail, once in a load
 * (compat.c). Versions do not decide that, as distributions carry features back; they are for messages.
 */
#ifndef LOADER_COMPAT_H
#define LOADER_COMPAT_H

#include "base/env.h"
#include "btf/pbpf_btf_adapt.h"
#include "relo/pbpf_relo.h"
#include "sys/pbpf_since.h"
#include "sys/pbpf_sys.h"

struct pbpf_map;
struct pbpf_object;
struct pbpf_program;

/* What a kernel may lack, beside kinds of BTF: those are PBPF_BTF_HAS_*. */
enum {
	FEATURE_NAMES = 1 << 8,	      /* 4.15: of maps and programs */
	FEATURE_ATTACH_TYPE = 1 << 9, /* 4.17: expected_attach_type */
	FEATURE_MMAP = 1 << 10,	      /* 5.5: of arrays */
};

/* What a load has found out. All zero: nothing, as it is on a kernel that refuses nothing. */
struct compat {
	uint32_t known; /* features that were tried */
	uint32_t lacks; /* of these, those that the kernel does not have */
	bool memlock_raised;
};

/* Those of these features that the kernel lacks; tries what is not known yet. When the trial fails for
 * another reason (-EPERM, -ENOMEM), the feature passes for there. */
uint32_t kernel_lacks(struct pbpf_object *obj, uint32_t features);

/* Is this how a kernel refuses what it does not know? */
bool may_be_unknown(int err);

/* -EPERM before 5.11 can mean that RLIMIT_MEMLOCK is too low. True: it was raised, as the object's options
 * allow it; try again. */
bool compat_raise_memlock(struct pbpf_object *obj, int err);

/* compat_btf.c: the kernel refused the object's BTF with `err`. An fd; 0: without BTF, with a warning; an
 * error is reported. */
int compat_load_btf(struct pbpf_object *obj, int err);

/* compat_map.c: the kernel refused a map with `err`. True: `attr` asks for less now, try again. */
bool compat_fit_map(const struct pbpf_map *map, struct pbpf_map_attr *attr, int err);

/* compat_program.c: the kernel refused a program with `err`, and prog->log. True: `attr` or `code` asks for
 * less now, try again. */
bool compat_fit_program(struct pbpf_program *prog, struct pbpf_prog_attr *attr,
			struct pbpf_code *code, int err);

#define TOO_OLD_SIZE 256
/* too_old.c: is there something in it that this kernel is too old for? Then the text says what: "map type ringbuf
 * needs Linux 5.8, and this is 5.4". */
bool map_too_new(char text[TOO_OLD_SIZE], const struct pbpf_map *map,
		 const struct pbpf_map_attr *attr);
bool program_too_new(char text[TOO_OLD_SIZE], const struct pbpf_program *prog,
		     const struct pbpf_code *code, int64_t insn);

#endif
