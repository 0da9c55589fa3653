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
 *	pbpf_map_set_attr(), pbpf_program_set_autoload()          before load
 *	pbpf_object_load()
 *	pbpf_map_fd(), pbpf_program_fd(), pbpf_program_log(), pbpf_program_verdict()
 *	pbpf_program_attach(), pbpf_object_attach(), pbpf_object_detach()
 *	pbpf_object_close()
 *
 * What holds after load: every map and every program with autoload has an fd of 3 or more that is
 * close-on-exec. When load fails, everything that it made has been closed again, and the object can
 * be asked, loaded once more, or closed.
 *
 * What it does not do: start threads, read files that the caller did not name (but for the kernel's
 * own: tracefs for a tracepoint's number; its configuration and symbols for externs; and the files
 * that uprobe sections name), change limits of the process.
 *
 * Reading order of its files: object.c (the object, open and close), sections.c (what a section name
 * means), maps.c and map_defs.c (which maps), programs.c (which programs), extern.c (what the kernel
 * shall have), load.c (all of it into the kernel, in order), load_btf.c, load_map.c, load_program.c,
 * then for a refusal explain.c, verifier_log.c, log_line.c, explanations.c; attach.c.
 */
#ifndef PBPF_LOADER_H
#define PBPF_LOADER_H

#include "base/pbpf_base.h"
#include "btf/pbpf_btf.h"
#include "elf/pbpf_elf.h"
#include "link/pbpf_link.h"
#include "loader/pbpf_map.h"
#include "loader/pbpf_pin.h"
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

/* What open found; owned by the object, valid until it is closed. btf is NULL without .BTF. */
const char *pbpf_object_name(const struct pbpf_object *obj);
const struct pbpf_elf *pbpf_object_elf(const struct pbpf_object *obj);
const struct pbpf_btf *pbpf_object_btf(const struct pbpf_object *obj);
const struct pbpf_btf_ext *pbpf_object_btf_ext(const struct pbpf_object *obj);
const char *pbpf_object_license(const struct pbpf_object *obj); /* "" when there is none */

/*
 * What load will resolve the object's CO-RE records with, to look at before (see pbpf_core.h): their
 * candidates in the kernel's BTF have been found. Owned by the object, valid until it is loaded,
 * unloaded or closed; NULL without .BTF.ext. Needs no privilege, but for the types of modules.
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

const char *pbpf_program_name(const struct pbpf_program *prog);
const char *pbpf_program_section(const struct pbpf_program *prog);
uint32_t pbpf_program_type(const struct pbpf_program *prog); /* PBPF_PROG_TYPE_* */
int pbpf_program_fd(const struct pbpf_program *prog);	     /* -ENOENT before load */
/* Instructions: before load those of its own body, after load with the subprograms it uses. */
uint32_t pbpf_program_insn_count(const struct pbpf_program *prog);
/* Whether load takes it; true at first (false for sections that begin with '?'). */
void pbpf_program_set_autoload(struct pbpf_program *prog, bool autoload);
bool pbpf_program_autoload(const struct pbpf_program *prog);
/* The verifier's log of the last refusal, "" when there was none. Owned by the object, until the
 * next load or close. */
const char *pbpf_program_log(const struct pbpf_program *prog);
/* What that log says, read (see pbpf_verifier_log.h); NULL when there was none. Owned likewise. */
const struct pbpf_log_verdict *pbpf_program_verdict(const struct pbpf_program *prog);

/*
 * Attaches a loaded program to what its section name says. The link is the caller's and outlives the
 * object.
 *
 *	tp/category/name  raw_tp/name  tp_btf/name  fentry/function  lsm/hook  iter/kind  ... (and .s)
 *	kprobe/function  kretprobe/function  kprobe/function+0x10    ksyscall/openat  kretsyscall/openat
 *	kprobe.multi/pattern  kretprobe.multi/pattern  kprobe.session/pattern
 *	uprobe/file:function  uretprobe/file:function  uprobe/file:function+0x10  uprobe/file:0x1234
 *	uprobe.multi/file:pattern  uretprobe.multi/file:pattern  uprobe.session/file:pattern
 *
 * A file begins with '/', or is the name of a library or program in the usual folders.
 * Errors: -EINVAL not loaded, or the name is incomplete; -ENOTSUP a section that does not say where
 * (xdp, tc, socket ...: the caller attaches, see pbpf_link_net.h); -ENOENT there is nothing of that
 * name; or the kernel's.
 */
int pbpf_program_attach(struct pbpf_program *prog, struct pbpf_link **link);

/*
 * Attaches all loaded programs of the object whose sections say where; those whose sections do not are
 * left to the caller, with a note. All or none: when one fails, all of them are detached. The links
 * are the object's, until it is detached, unloaded or closed. A program that is attached already
 * stays as it is. Errors: those of pbpf_program_attach().
 */
int pbpf_object_attach(struct pbpf_object *obj);

/* Closes the links that pbpf_object_attach() made; and the one of a program, to pin or update it, or
 * NULL. */
void pbpf_object_detach(struct pbpf_object *obj);
struct pbpf_link *pbpf_program_link(const struct pbpf_program *prog);

/* The name of a program type or map type ("XDP", "RINGBUF"), NULL when unknown; as in features.md
 * of the kernel: without the BPF_PROG_TYPE_ prefix, in lower case as bpftool prints it. */
const char *pbpf_program_type_name(uint32_t type);
const char *pbpf_map_type_name(uint32_t type);

#ifdef __cplusplus
}
#endif

#endif
