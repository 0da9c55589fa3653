/* SPDX-License-Identifier: MIT */
/*
 * Private to loader: an examination, and how its parts give their findings.
 */
#ifndef LOADER_DOCTOR_H
#define LOADER_DOCTOR_H

#include "loader/kconfig.h"
#include "loader/machine.h"
#include "loader/object.h"
#include "loader/pbpf_doctor.h"
#include "relo/pbpf_insn.h"

/* What programs that attach by BTF are tried on: every kernel that has the kind has these. */
enum trial_target {
	TRIAL_TRACEPOINT,
	TRIAL_FUNCTION,
	TRIAL_MODIFY, /* without CONFIG_FUNCTION_ERROR_INJECTION only such a hook may be */
	TRIAL_ITERATOR,
	TRIAL_HOOK,
	TRIAL_CGROUP_HOOK,
	TRIAL_SLEEPING_HOOK,
	TRIAL_OPS,	 /* a struct of functions, and ... */
	TRIAL_OPS_VALUE, /* ... the value of a map that holds it */
	TRIAL_TARGETS,
};

struct examination {
	const struct pbpf_doctor *doctor;
	const struct pbpf_env *env;
	const char *group;
	uint32_t missing; /* findings of PBPF_NO so far */
	bool avoidable;	  /* what is missing now may be something that the object goes without */
	struct machine machine;
	struct kconfig_file config;	 /* the kernel's; empty when it cannot be read */
	uint32_t targets[TRIAL_TARGETS]; /* ids in the kernel's BTF; 0: not there */
	uint32_t ops_member;		 /* a function of TRIAL_OPS */
	uint32_t ops_value_size;
	size_t kernel_btf_size; /* 0: it cannot be read */
	int btf_fd;		/* a few types of our own, or -errno */
	int replaceable_fd;	/* a program whose function can be replaced, or -errno */
};

/* doctor.c: `env` must stay until the end. */
void begin_examination(struct examination *exam, const struct pbpf_doctor *doctor,
		       const struct pbpf_env *env);
void end_examination(struct examination *exam);

/* Gives a finding of the group that is set. */
void exam_tell(struct examination *exam, enum pbpf_answer answer, const char *name,
	       const char *way_out, const char *format, ...) ENV_PRINTF(5, 6);
#define exam_yes(exam, name, ...)	  exam_tell(exam, PBPF_YES, name, "", __VA_ARGS__)
#define exam_no(exam, name, way_out, ...) exam_tell(exam, PBPF_NO, name, way_out, __VA_ARGS__)
#define exam_perhaps(exam, name, way_out, ...) \
	exam_tell(exam, PBPF_PERHAPS, name, way_out, __VA_ARGS__)

/* --- doctor_try.c: one trial, and why it failed ---------------------------------------------- */

struct trial {
	int result;	    /* 0 or more: it works; or the kernel's -errno */
	uint32_t prog_type; /* PBPF_PROG_TYPE_UNSPEC: a map */
	uint32_t since;	    /* the Linux version that brought it, PBPF_LINUX(); 0: not known */
	const char *config; /* what the kernel must be built with, "CONFIG_X", or NULL */
	bool needs_btf;	    /* the kernel's */
	char said[224];	    /* what else there is to say of a refusal, or "" */
};

/* The finding of a trial: yes, or why not. */
void tell_trial(struct examination *exam, const char *name, const struct trial *trial);

/* A program to be tried. */
struct trial_program {
	uint32_t type, attach_type;
	uint32_t flags;		       /* PBPF_F_SLEEPABLE counts */
	const struct pbpf_insn *insns; /* NULL: two that do nothing */
	uint32_t insn_count;
};

/* Loads it: its fd, or -errno. The log goes to `log`, unless that has no `size`. */
int load_trial(const struct examination *exam, const struct trial_program *program, char *log,
	       uint32_t size);

/* Types of our own, for load_trial() of EXT and for maps that want types: an int, and a function. */
enum { OWN_INT = 1, OWN_FUNCTION = 5 };
int load_own_btf(const struct pbpf_env *env);
/* A program with that function. */
int load_replaceable(const struct examination *exam);

/* 'y', 'm', or 'n' (also when it does not stand there); 0: the configuration is not known. */
char config_value(const struct examination *exam, const char *name);

/* --- Groups of findings ---------------------------------------------------------------------- */

/* doctor_files.c: what the files say */
void examine_process(struct examination *exam);
void examine_kernel(struct examination *exam);
void examine_places(struct examination *exam);

/* doctor_programs.c, doctor_maps.c, doctor_helpers.c, doctor_attach.c: what trials say. The first two give
 * how many kinds work. */
uint32_t examine_programs(struct examination *exam);
uint32_t examine_maps(struct examination *exam);
void examine_helpers(struct examination *exam);
void examine_attaching(struct examination *exam);

/* One of them, as an object needs it. A helper that works may be left unsaid. */
bool examine_program_kind(struct examination *exam, const char *name, uint32_t type,
			  uint32_t attach_type);
bool examine_map_type(struct examination *exam, uint32_t type, uint32_t flags);
void examine_helper(struct examination *exam, uint32_t helper, const struct pbpf_program *prog,
		    bool only_if_missing);
/* The way of attaching a program, whose section name is known. */
void examine_way(struct examination *exam, const struct pbpf_program *prog);
bool is_same_way(const struct pbpf_program *a, const struct pbpf_program *b);
/* Is a link of this attach type tried among the ways of attaching? */
bool is_link_tried(uint32_t attach_type);

#endif
