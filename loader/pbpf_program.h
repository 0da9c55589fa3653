/* SPDX-License-Identifier: MIT */
/*
 * The programs of an object: what they will be, before load; what became of them, after.
 *
 *	SEC("fentry/do_unlinkat")           type, attach type, flags, target: what the name says, ...
 *	int BPF_PROG(on_unlink, ...)        ... and what the caller sets instead
 *	   │
 *	  load     one after the other; the caller may say which may fail, and what to try then
 *	   │
 *	  attach   to what the section's name says, or a function of link/pbpf_link*.h
 *
 * Interface, in order of use:
 *	pbpf_object_program(), pbpf_object_next_program()             in pbpf_loader.h
 *	pbpf_program_name(), pbpf_program_attr() ...                  what was found
 *	pbpf_program_set_attr(), pbpf_program_set_attach_target(),    before load
 *	pbpf_program_set_optional(), pbpf_program_set_fallback()
 *	pbpf_program_fd(), pbpf_program_skipped(), pbpf_program_log() after load
 *	pbpf_program_attach(), pbpf_object_attach(), ...
 *	pbpf_program_pin() ...                                        in pbpf_pin.h
 *
 * Reading order of its files: sections.c (what a section name means), programs.c (which programs
 * there are), program.c (asking and changing), targets.c (what they attach to, in the BTF of the kernel or of
 * another program), groups.c (which of them are loaded), load_program.c, attach.c.
 */
#ifndef PBPF_PROGRAM_H
#define PBPF_PROGRAM_H

#include "base/pbpf_base.h"
#include "link/pbpf_link.h"
#include "loader/pbpf_verifier_log.h"
#include "sys/pbpf_sys.h"

#ifdef __cplusplus
extern "C" {
#endif

struct pbpf_object;
struct pbpf_program;

/* --- What was found ------------------------------------------------------------------------- */

const char *pbpf_program_name(const struct pbpf_program *prog);
const char *pbpf_program_section(const struct pbpf_program *prog); /* without a leading '?' */
uint32_t pbpf_program_type(const struct pbpf_program *prog);	   /* PBPF_PROG_TYPE_* */
/* Instructions: before load those of its own body, after load with the subprograms it uses. */
uint32_t pbpf_program_insn_count(const struct pbpf_program *prog);

/* How it will be loaded. */
struct pbpf_program_attr {
	uint32_t type; /* PBPF_PROG_TYPE_*; 0: its section name is not known */
	uint32_t
		expected_attach_type; /* PBPF_XDP, PBPF_TRACE_FENTRY and so on; 0 where none is needed */
	uint32_t flags; /* PBPF_F_SLEEPABLE, PBPF_F_STRICT_ALIGNMENT and so on (pbpf_abi.h) */
	uint32_t
		ifindex; /* offload to this device; with PBPF_F_XDP_DEV_BOUND_ONLY: run on it only */
	uint32_t
		log_level; /* keep the log also when it is not refused: 1, 2 more, 4 figures only */
	char *log;	   /* where it goes: the caller's, until load is over; NULL: the object's */
	uint32_t log_size; /* bytes at log */
};
const struct pbpf_program_attr *pbpf_program_attr(const struct pbpf_program *prog);

/* --- Before load ---------------------------------------------------------------------------- *
 *
 * Each gives -EBUSY, with a message, when the program is loaded.
 */

/*
 * Changes how it will be loaded: copy *pbpf_program_attr(), change it, hand it back. With a type, a
 * section of any name will do. A log that does not fit into the caller's memory is cut, and changes
 * nothing about whether the program loads. -EINVAL: a log of 0 bytes, or without a level.
 */
int pbpf_program_set_attr(struct pbpf_program *prog, const struct pbpf_program_attr *attr);

/*
 * What a program of BTF attaches to (fentry, fexit, fmod_ret, fsession, tp_btf, lsm, iter, freplace),
 * instead of what its section name says.
 *
 * `prog_fd` of 0 or less: function, tracepoint, hook or iterator `name` of the kernel or its modules. Else
 * function `name` of that loaded program, which must have BTF: to trace it, or to replace it (freplace,
 * which needs this). The fd is duplicated. `name` NULL: as in the section name. A program so loaded can be
 * attached there once; freplace again, and elsewhere, by pbpf_link_freplace().
 * Errors: -EINVAL a program of another kind; -ENOMEM. Whether there is such a thing, load finds out.
 */
int pbpf_program_set_attach_target(struct pbpf_program *prog, int prog_fd, const char *name);

/* Whether load takes it; true at first (false for sections that begin with '?'). Loaded or not. */
void pbpf_program_set_autoload(struct pbpf_program *prog, bool autoload);
bool pbpf_program_autoload(const struct pbpf_program *prog);

/*
 * What may fail. The object loads when all other programs do:
 *
 *	pbpf_program_set_optional(latency, true);        goes without it, if the kernel refuses it
 *
 *	pbpf_program_set_fallback(by_fentry, by_kprobe); the first one that loads, of as many as there
 *	pbpf_program_set_fallback(by_kprobe, by_tp);     are; the rest is not even tried
 *
 * A fallback is loaded only in the place of the program that it stands in for. When none loads, load
 * fails, unless the last one is optional. What makes a program fail is its target, its relocation and the
 * verifier; maps and externs are the object's. Some kernels load what they cannot attach (fentry of arm64
 * before 6.0, kprobe.multi without CONFIG_FPROBE): pbpf_object_attach() then loads the next instead,
 * so that a group ends with the first one that is attached. -EINVAL: a ring, the fallback of two, or of
 * another object. NULL: none.
 */
int pbpf_program_set_optional(struct pbpf_program *prog, bool optional);
int pbpf_program_set_fallback(struct pbpf_program *prog, struct pbpf_program *fallback);

/* --- After load ----------------------------------------------------------------------------- */

int pbpf_program_fd(const struct pbpf_program *prog); /* -ENOENT: it is not loaded */

/* Why load left it out, or pbpf_object_attach() did not attach it, although it was to: one line. NULL:
 * it did not. Owned by the object, until it is loaded or unloaded. */
const char *pbpf_program_skipped(const struct pbpf_program *prog);

/* The verifier's log of the last refusal, or of the load when log_level asks for it; "" when there is
 * none. Owned by the object (the caller's, where it gave room), until the next load or close. */
const char *pbpf_program_log(const struct pbpf_program *prog);
/* What the log of a refusal says, read (see pbpf_verifier_log.h); NULL when there was none. Owned
 * likewise. */
const struct pbpf_log_verdict *pbpf_program_verdict(const struct pbpf_program *prog);

/* --- Attaching ------------------------------------------------------------------------------ */

/*
 * Attaches a loaded program to what its section name says. The link is the caller's and outlives the
 * object.
 *
 *	tp/category/name  raw_tp/name  tp_btf/name  fentry/function  lsm/hook  iter/kind  ... (and .s)
 *	kprobe/function  kretprobe/function  kprobe/function+0x10    ksyscall/openat  kretsyscall/openat
 *	kprobe.multi/pattern  kretprobe.multi/pattern  kprobe.session/pattern
 *	fentry.multi/pattern  fexit.multi/pattern  fsession.multi/pattern  fentry.multi/module:pattern
 *	uprobe/file:function  uretprobe/file:function  uprobe/file:function+0x10  uprobe/file:0x1234
 *	uprobe.multi/file:pattern  uretprobe.multi/file:pattern  uprobe.session/file:pattern
 *	freplace/function (what pbpf_program_set_attach_target() named)
 *
 * A file begins with '/', or is the name of a library or program in the usual folders.
 * Errors: -EINVAL not loaded, or the name is incomplete; -ENOTSUP a section that does not say where
 * (xdp, tc, socket ...: the caller attaches, see pbpf_link_net.h); -ENOENT there is nothing of that
 * name; or the kernel's.
 */
int pbpf_program_attach(struct pbpf_program *prog, struct pbpf_link **link);

/* The same with a cookie. `opts` as of link/pbpf_link.h; its env may be NULL: the object's. */
int pbpf_program_attach_with(struct pbpf_program *prog, struct pbpf_link **link,
			     const struct pbpf_link_options *opts);

/*
 * Attaches all loaded programs of the object whose sections say where; those whose sections do not are
 * left to the caller, with a note. All or none: when one fails, all of them are detached; but what is
 * optional may fail. The links are the object's, until it is detached, unloaded or closed. A program that
 * is attached already stays as it is. Errors: those of pbpf_program_attach().
 */
int pbpf_object_attach(struct pbpf_object *obj);

/* Closes the links that pbpf_object_attach() made; and the one of a program, to pin or update it, or
 * NULL. */
void pbpf_object_detach(struct pbpf_object *obj);
struct pbpf_link *pbpf_program_link(const struct pbpf_program *prog);

#ifdef __cplusplus
}
#endif

#endif
