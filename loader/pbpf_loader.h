/* SPDX-License-Identifier: MIT */
/*
 * loader, stage 4: an object file becomes maps and programs in the kernel.
 *
 *	image ─ open ─> object: BTF, map definitions, programs      no kernel, no privilege,
 *	                   │                                        the same result on every machine
 *	                  load ─> BTF fd, map fds, program fds      the only step that needs the kernel
 *	                   │
 *	                 attach ─> links
 *
 * Interface, in order of use:
 *	pbpf_object_open(), pbpf_object_open_file()
 *	pbpf_object_map(), pbpf_object_program(), ..._next_map(), ..._next_program()
 *	pbpf_map_set_attr(), pbpf_program_set_attr() ...          before load: pbpf_map.h, pbpf_program.h
 *	pbpf_object_load()
 *	pbpf_map_fd(), pbpf_program_fd() ...                      there, too
 *	pbpf_program_attach(), pbpf_object_attach(), pbpf_object_detach()
 *	pbpf_object_close()
 *
 * What holds after load: every map and every program with autoload has an fd of 3 or more that is
 * close-on-exec (but for programs that may fail, see pbpf_program_set_optional()). When load fails,
 * everything that it made has been closed again, and the object can be asked, loaded once more, or closed.
 *
 * What it does not do: start threads, read files that the caller did not name (but for the kernel's
 * own: tracefs for a tracepoint's number; its configuration and symbols for externs; and the files
 * that uprobe sections name), change limits of the process (unless raise_memlock allows it).
 *
 * Reading order of its files: object.c (the object, open and close), sections.c (what a section name
 * means), maps.c and map_defs.c (which maps), programs.c (which programs), extern.c (what the kernel
 * shall have), load.c (all of it into the kernel, in order), load_btf.c, load_map.c, load_program.c,
 * then for a refusal compat.h and compat*.c (an older kernel), too_old.c, refusal.c, explain.c, verifier_log.c,
 * log_line.c, explanations.c; attach.c. Those of programs are in pbpf_program.h, those of maps in pbpf_map.h.
 */
#ifndef PBPF_LOADER_H
#define PBPF_LOADER_H

#include "base/pbpf_base.h"
#include "btf/pbpf_btf.h"
#include "elf/pbpf_elf.h"
#include "link/pbpf_link.h"
#include "loader/pbpf_map.h"
#include "loader/pbpf_pin.h"
#include "loader/pbpf_program.h"
#include "loader/pbpf_struct_ops.h"
#include "loader/pbpf_verifier_log.h"
#include "sys/pbpf_sys.h"

#ifdef __cplusplus
extern "C" {
#endif

struct pbpf_object;
struct pbpf_program;

struct pbpf_options {
	const struct pbpf_env *env; /* copied */
	const char *btf_path; /* a file with the types for CO-RE; NULL: the running kernel's */
	/* Lines CONFIG_X=value for externs of .kconfig; they go before the running kernel's. May be NULL. */
	const char *kconfig;
	const char *name; /* of the object, for messages; NULL: the file's name, or "object" */
	const char *pin_folder; /* where maps are that are pinned by name; NULL: PBPF_PIN_FOLDER */
	enum pbpf_pin_policy pin_policy; /* what to do when one is there */
	/* A bpffs that was mounted with the right to hand out a BPF token (Linux 6.9), by which BTF, maps and
	 * programs are then loaded: for a process in a user namespace. NULL: by its own capabilities. */
	const char *token_from;
	/* Before Linux 5.11 maps and programs count as locked memory, of which a process may have 64 KiB by
	 * default. True: when the kernel refuses one with -EPERM, RLIMIT_MEMLOCK of the whole process is
	 * raised, once, and for good. False: it is an error whose hint says so. */
	bool raise_memlock;
};

/*
 * Parses `size` bytes at `image` and works out BTF, maps and programs. Touches no kernel. The image
 * is borrowed until pbpf_object_close(). Errors: -EINVAL malformed, -ENOTSUP well-formed but not
 * supported (the message names the feature), -ENOENT an unknown section name, -ENOMEM.
 */
int pbpf_object_open(struct pbpf_object **obj, const void *image, size_t size,
		     const struct pbpf_options *opts);

/* The same for a file, which is read once into memory that the object owns. Also: errors of open(2)
 * and read(2); -EISDIR; -EFBIG beyond 256 MiB. */
int pbpf_object_open_file(struct pbpf_object **obj, const char *path,
			  const struct pbpf_options *opts);

/* Closes every fd and frees everything; links made by pbpf_program_attach() stay. NULL is fine. */
void pbpf_object_close(struct pbpf_object *obj);

/* By name: NULL when there is none such. */
struct pbpf_map *pbpf_object_map(const struct pbpf_object *obj, const char *name);
struct pbpf_program *pbpf_object_program(const struct pbpf_object *obj, const char *name);

/* In the order of the object file; start with NULL, ends with NULL. */
struct pbpf_map *pbpf_object_next_map(const struct pbpf_object *obj, const struct pbpf_map *map);
struct pbpf_program *pbpf_object_next_program(const struct pbpf_object *obj,
					      const struct pbpf_program *prog);

/* What open found; owned by the object, valid until it is closed. btf is NULL without .BTF. Of a file, elf has
 * kept the bytes of code and data only: see pbpf_elf_adopt() and _take_btf(). */
const char *pbpf_object_name(const struct pbpf_object *obj);
const struct pbpf_elf *pbpf_object_elf(const struct pbpf_object *obj);
const struct pbpf_btf *pbpf_object_btf(const struct pbpf_object *obj);
const struct pbpf_btf_ext *pbpf_object_btf_ext(const struct pbpf_object *obj);
const char *pbpf_object_license(const struct pbpf_object *obj); /* "" when there is none */

/*
 * What load will resolve the object's CO-RE records with, to look at before (see pbpf_core.h): their
 * candidates in the kernel's BTF have been found. Owned by the object, valid until it is loaded,
 * unloaded or closed; NULL without CO-RE records. Needs no privilege, but for the types of modules.
 * Errors: those of pbpf_kernel_btf_open() and pbpf_core_search().
 */
struct pbpf_core;
int pbpf_object_core(struct pbpf_object *obj, struct pbpf_core **core);

/*
 * Loads BTF, maps and programs, in that order. Idempotent: a loaded object stays as it is.
 * Errors: the kernel's, with a message that says which map or program and why; -EINVAL, -ENOTSUP
 * and -ERANGE from relocation; -ENOMEM.
 */
int pbpf_object_load(struct pbpf_object *obj);

/* Closes what load made; the object is as after open. */
void pbpf_object_unload(struct pbpf_object *obj);

/* The name of a program type or map type ("XDP", "RINGBUF"), NULL when unknown; as in features.md
 * of the kernel: without the BPF_PROG_TYPE_ prefix, in lower case as bpftool prints it. */
const char *pbpf_program_type_name(uint32_t type);
const char *pbpf_map_type_name(uint32_t type);

#ifdef __cplusplus
}
#endif

#endif
