/* SPDX-License-Identifier: MIT */
/*
 * doctor: what this process can do with BPF on this machine, and why not.
 *
 *	files of proc and sysfs   capabilities, limits, settings, mounts    ──┐
 *	kernel's configuration    what it was built with                      ├──> findings
 *	tiny programs and maps    loaded, and closed again: what works      ──┘
 *
 *	a finding   programs   fentry   no   "this kernel was built without CONFIG_FUNCTION_TRACER"
 *	            group      name     answer, reason and way out
 *
 * Nothing is attached to anything that was there before: attaching is tried on targets that do not exist, and
 * the kernel's complaint tells whether it knows the way. Nothing stays. All of it takes some ten milliseconds.
 *
 * Before Linux 5.11 trials count as locked memory, and for some time after they are gone, too: raise the limit
 * first, with pbpf_sys_raise_memlock(), or what comes last is said to be denied.
 *
 * Interface:
 *	pbpf_doctor_machine()    everything
 *	pbpf_doctor_object()     only what one object needs
 *
 * When a load is refused with EPERM, its message gives the reason that the doctor would give.
 *
 * Reading order of its files: machine.c (what files say), denial.c (why EPERM), doctor.c (from there to
 * findings), doctor_try.c (one trial, and why it failed), doctor_programs.c, doctor_maps.c, doctor_helpers.c,
 * doctor_attach.c, doctor_object.c.
 */
#ifndef PBPF_DOCTOR_H
#define PBPF_DOCTOR_H

#include "base/pbpf_base.h"

#ifdef __cplusplus
extern "C" {
#endif

struct pbpf_object;

enum pbpf_answer {
	PBPF_YES,
	PBPF_NO,
	PBPF_PERHAPS, /* the reason says what it depends on, or why it cannot be known */
};

/* Every pointer is valid only while finding() runs; none is NULL. */
struct pbpf_finding {
	/* "process", "kernel", "places", "programs", "maps", "helpers", "attaching"; of an object also
	 * "kernel functions", "targets", "externs", "CO-RE". */
	const char *group;
	const char *name; /* within the group: "CAP_BPF", "fentry", "ringbuf", "bpf_loop" */
	enum pbpf_answer answer;
	const char *reason;  /* why not; of PBPF_YES what is worth knowing, or "" */
	const char *way_out; /* what can be done, or "" */
};

struct pbpf_doctor {
	void (*finding)(void *ctx, const struct pbpf_finding *finding);
	void *ctx;
};

/* Examines process and kernel. Findings of a group come one after the other. 1 when this process can create
 * maps and load programs of some kind, 0 when not; -ENOMEM. */
int pbpf_doctor_machine(const struct pbpf_doctor *doctor, const struct pbpf_env *env);

/*
 * Examines what the programs of an open object need that have autoload set. How many things are missing: 0,
 * and it can be loaded, as far as the verifier accepts it. What is found out stays with the object, which
 * must not be loaded. Errors: -EINVAL it is loaded; -ENOMEM; and, with a message, those of a damaged object.
 */
int pbpf_doctor_object(const struct pbpf_doctor *doctor, struct pbpf_object *obj);

#ifdef __cplusplus
}
#endif

#endif
