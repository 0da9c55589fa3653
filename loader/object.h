/* SPDX-License-Identifier: MIT */
/*
 * Private to loader: the object and its parts, and what its files give each other.
 */
#ifndef LOADER_OBJECT_H
#define LOADER_OBJECT_H

#include "base/env.h"
#include "loader/compat.h"
#include "loader/externs.h"
#include "loader/maps.h"
#include "loader/pbpf_kernel_btf.h"
#include "loader/pbpf_loader.h"
#include "loader/pin_folder.h"
#include "loader/struct_ops.h"
#include "relo/pbpf_relo.h"

#define STAGE_LOAD "load"

/* What a section name says about the programs in it. */
enum attach_kind {
	ATTACH_BY_CALLER, /* the name does not say where */
	ATTACH_TRACEPOINT,
	ATTACH_RAW_TRACEPOINT,
	ATTACH_TRACING, /* to what it was loaded for */
	ATTACH_TRACING_MULTI,
	ATTACH_ITERATOR, /* likewise; it runs when its link is read */
	ATTACH_KPROBE,
	ATTACH_KPROBE_MULTI,
	ATTACH_KSYSCALL,
	ATTACH_UPROBE,
	ATTACH_UPROBE_MULTI,
	ATTACH_USDT,
};
enum {
	SECTION_MORE = 1,      /* "name/anything" is meant too */
	SECTION_SLEEPABLE = 2, /* PBPF_F_SLEEPABLE */
	SECTION_XDP_FRAGS = 4, /* PBPF_F_XDP_HAS_FRAGS */
	SECTION_ATTACH_OPT = 8 /* old kernels load it without an expected attach type */
};
struct section_kind {
	const char *name;
	uint32_t type;	      /* PBPF_PROG_TYPE_* */
	uint32_t attach_type; /* expected_attach_type */
	unsigned int flags;   /* SECTION_* */
	enum attach_kind attach;
};

/* Why a program was left out. */
struct program_failure {
	int err; /* 0: it was not tried */
	char text[512];
	char hint[256];
};

struct pbpf_program {
	struct pbpf_object *obj;
	const char *section;		 /* its name, without a leading '?' */
	const struct section_kind *kind; /* NULL: an unknown section name */
	struct pbpf_program_attr attr;	 /* of its kind at first, then the caller's */
	uint32_t function;		 /* index into the object's functions */
	uint32_t insn_count;		 /* in the kernel; 0 before load */
	bool autoload;
	bool optional;
	bool in_struct_ops;	       /* what it attaches to is a member of one that is created */
	struct pbpf_program *fallback; /* to be tried when this one does not load, or NULL */
	struct pbpf_program *instead_of; /* the reverse: whose fallback it is, or NULL */
	struct program_failure *failure; /* NULL: it was not left out */
	char *target;	    /* what it attaches to, as the caller says; NULL: as its section does */
	int target_prog_fd; /* whose function that is; -ENOENT: the kernel's */
	uint32_t attach_btf_id; /* what it attaches to, in the BTF of kernel or program, or 0 */
	int attach_btf_fd; /* of the module that has it, or of that program; 0: the kernel itself */
	int fd;
	int context_btf_fd;	/* while it is loaded by an old kernel; 0: none */
	struct pbpf_link *link; /* by pbpf_object_attach(), or NULL */
	char *log;
	uint32_t log_size;		  /* bytes allocated */
	bool own_log;			  /* the last log is in the caller's memory */
	struct pbpf_log_verdict *verdict; /* what that log says; NULL before a refusal */
};

struct pbpf_object {
	struct pbpf_env env;
	struct pbpf_kept_words kept; /* errors of programs that may fail; env points here */
	char name[64];
	char license
		[128]; /* as much as the kernel reads (bpf_prog_load() in kernel/bpf/syscall.c) */
	void *file;    /* the image, when the object owns it */
	size_t file_size;
	struct pbpf_elf *elf;
	struct pbpf_btf *btf;
	struct pbpf_btf_ext *ext;
	/* The DATASECs of the BTF: by section the id of the one that describes it, or 0; and those of externs,
	 * which are in no section. */
	uint32_t *datasecs, kconfig_datasec, ksyms_datasec;
	struct pbpf_functions functions;
	struct pbpf_map *maps;
	uint32_t map_count, map_room;
	struct map_slot *slots;
	uint32_t slot_count, slot_room;
	char *pin_folder; /* NULL: PBPF_PIN_FOLDER */
	enum pbpf_pin_policy pin_policy;
	struct pin_folder
		pins; /* opened, while it loads maps that are pinned by name; else path is NULL */
	struct pbpf_program *programs;
	uint32_t program_count;
	struct object_externs externs;
	char *kconfig;			/* text that the caller gave, or NULL */
	struct pbpf_kernel_btf *kernel; /* while it loads, and only if it needs it */
	struct pbpf_core *core;		/* likewise: what its CO-RE records ask of it */
	char *btf_path; /* the types that CO-RE goes by; NULL: the running kernel's */
	struct pbpf_kernel_btf *core_kernel; /* these, if it is not NULL */
	int btf_fd;
	char *token_from;     /* a bpffs, or NULL */
	int token_fd;	      /* while it loads, if that is not NULL */
	struct compat compat; /* what this load has found out about the kernel */
	bool raise_memlock;   /* the caller allows it */
	bool all_may_fail;    /* while the doctor looks */
	bool loaded;
};

/* sections.c: what a section name means, or NULL. */
const struct section_kind *find_section_kind(const char *name);
/* All that are known, from 0; NULL at the end. */
const struct section_kind *section_kind_at(size_t i);
/* The part of a section name behind its kind: "sched/sched_switch" of "tp/sched/sched_switch"; "" when
 * there is none. */
const char *section_target(const struct section_kind *kind, const char *section);
/* The known section name that is spelled most like `name`, or NULL when none is near. */
const char *nearest_section_name(const char *name);

/* programs.c */
int find_programs(struct pbpf_object *obj);

/* program.c: reports "program 'NAME' (SECTION): ..." and returns err. */
int program_fail(const struct pbpf_program *prog, int err, const char *hint, const char *format,
		 ...) ENV_PRINTF(4, 5);
/* What it says about the log points into the log, which goes with the next load. */
void forget_verdict(struct pbpf_program *prog);
void free_program(struct pbpf_program *prog);

/* groups.c: those that shall be loaded, but for those that may fail and do. Between begin and end of a trial
 * the errors of such a program are kept, and end_trial() gives 0 for them. */
int load_wanted_programs(struct pbpf_object *obj, const struct map_places *places);
void begin_trial(struct pbpf_program *prog);
int end_trial(struct pbpf_program *prog, int err);
bool has_failed(const struct pbpf_program *prog);
void note_failure(const struct pbpf_program *prog);
void forget_failure(struct pbpf_program *prog);
/* After load: the next one that can be loaded, of the fallbacks of a program that cannot be attached, takes
 * its place. When there is none it stays loaded, to be attached another time: *next is NULL, and it is an
 * error unless the last one is optional. */
int load_instead_of(struct pbpf_program *failed, struct pbpf_program **next);
/* It shall not even be tried, although it was asked for. */
int leave_out(struct pbpf_program *prog, const char *why);

/* btf.c: parses .BTF and .BTF.ext and gives its sections their final sizes and offsets. Then: the id of the
 * DATASEC that describes a section, 0 for none; the DATASEC of an id, its vlen is 0 when that is 0. */
int open_btf(struct pbpf_object *obj);
uint32_t datasec_of(const struct pbpf_object *obj, const struct pbpf_section *section);
struct pbpf_btf_type datasec_at(const struct pbpf_object *obj, uint32_t id);

/* hidden.c: functions that the verifier shall not verify alone. Functions must have been found. */
int hide_functions(struct pbpf_object *obj);

/* targets.c: the numbers of what programs attach to; does this one have a number? */
int find_targets(struct pbpf_object *obj);
/* The module that a pattern "module:..." names. A message says when there is none. */
int find_module(const struct pbpf_program *prog, struct pbpf_kernel_btf *kernel,
		const char *pattern, struct pbpf_kernel_module *module);
bool needs_target(const struct pbpf_program *prog);
/* A type of the first module that has it: its number there, which is above 0, and the module. 0: none, or
 * they cannot be read, which is a warning; -ENOMEM is reported. */
int find_in_modules(const struct pbpf_object *obj, const char *name, uint32_t kind,
		    struct pbpf_kernel_module *module);

/* token.c: the BPF token that the object's options ask for; and its end. */
int open_token(struct pbpf_object *obj);
void close_token(struct pbpf_object *obj);

/* core.c: the candidates for the object's CO-RE records. */
int open_core(struct pbpf_object *obj);

/* load.c: opens the kernel's BTF, the first time that it is needed. */
int need_kernel_btf(struct pbpf_object *obj);

/* The same after load, for a program that is loaded late: all that its code refers to is looked up anew, until
 * the end. Whether it succeeds or not, end_late_load() follows. */
int begin_late_load(struct pbpf_object *obj);
void end_late_load(struct pbpf_object *obj);

/* load_*.c: one thing each into the kernel. */
int load_btf(struct pbpf_object *obj);
int load_program(struct pbpf_program *prog, const struct map_places *places);
/* The part of it that makes no system call: the instructions, for pbpf_code_free(). */
int link_program(const struct pbpf_program *prog, const struct map_places *places,
		 struct pbpf_code *code);

/* jump_tables.c: the maps of a program's jump tables, whose fds are written into its code; to be closed when
 * it is loaded or refused. */
int load_jump_tables(const struct pbpf_program *prog, struct pbpf_code *code);
void close_jump_tables(const struct pbpf_program *prog, const struct pbpf_code *code);

/* attach_usdt.c: to what "usdt/FILE:PROVIDER:NAME" says. */
struct pbpf_link_options;
int attach_usdt(struct pbpf_program *prog, struct pbpf_link **link,
		const struct pbpf_link_options *opts);

/* compat_context.c: after a refusal by a kernel that does not know __arg_ctx, another BTF for `attr`; and its
 * end, when the program is loaded or refused. */
bool compat_name_contexts(struct pbpf_program *prog, struct pbpf_prog_attr *attr);
void close_contexts(struct pbpf_program *prog);

/* explain.c: the one message for a program that the kernel refused with `err`; returns it. */
int explain_program(struct pbpf_program *prog, const struct pbpf_code *code, int err);

/* refusal.c: what to do when the kernel refuses a command without saying why, or NULL. The type is that of a
 * program, or 0. `hint` holds the words. */
struct refusal_hint {
	char text[520];
};
const char *refusal_hint(struct refusal_hint *hint, const struct pbpf_env *env, int err,
			 uint32_t prog_type);
/* What to do when it refused what was asked for with a BPF token, or NULL. */
const char *token_hint(const struct pbpf_object *obj, int err);
/* What to do about a map that it refused with EINVAL. */
const char *rule_of_map(const struct pbpf_map_attr *attr);

#endif
