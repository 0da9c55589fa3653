/* SPDX-License-Identifier: MIT */
/*
 * User statically-defined tracepoints: the places that a program's author marked with a macro
 * (<sys/sdt.h>), which leaves a nop in the code and a note about it in the file.
 *
 *	note    provider "libc", name "setjmp", at 0x40b10, semaphore none, arguments "8@%rdi -4@%esi"
 *	           │                                                                      │
 *	           └─> a uprobe at offset 0x3ab10 of the file                             └─> a spec
 *
 * A spec tells the program in the kernel where each argument is. Specs are the values of the array map
 * __bpf_usdt_specs, and bpf/usdt.bpf.h reads them there; which one is meant, the cookie says.
 */
#ifndef LINK_USDT_H
#define LINK_USDT_H

#include "link/elf_file.h"

/* --- Specs ------------------------------------------------------------------------------------- */

#define USDT_ARGS_MAX 12

/* Where an argument is: the value itself, a register, or memory at a register (and an index, shifted). */
enum {
	USDT_CONSTANT = 0,
	USDT_REGISTER = 1,
	USDT_MEMORY = 2,
	USDT_INDEXED = 3,
	USDT_UNREADABLE = 255, /* what a program asks of it gives -EINVAL */
};

/* A layout that objects in the wild are compiled with (bpf/usdt.bpf.h, and libbpf's before 1.7), in the host's
 * byte order. */
struct usdt_arg {
	uint64_t value; /* the constant, or what is added to the register */
	uint32_t how;	/* USDT_*, and the index; see usdt_how() */
	int16_t reg;	/* byte offset of the register in the context; so is the index */
	uint8_t is_signed;
	int8_t shift; /* bits of 64 that are not the argument's */
};

struct usdt_spec {
	struct usdt_arg args[USDT_ARGS_MAX];
	uint64_t cookie;
	int16_t count;
	uint8_t hole[6];
};
_Static_assert(sizeof(struct usdt_spec) == 208, "as programs are compiled with");

static inline uint32_t usdt_how(uint32_t kind, uint32_t index, uint32_t shift)
{
	return host_big_endian() ? kind | shift << 8 | index << 12
				 : kind | index << 8 | shift << 20;
}

/* --- Arguments --------------------------------------------------------------------------------- */

/* What the text of an argument is about. */
struct usdt_place {
	const struct elf_file *elf; /* for its machine, and its symbols */
	uint64_t location;	    /* of the probe, as of symbols */
	unsigned int lookups;	    /* how many symbols may still be searched for */
};

/* Cuts the next argument off the front of *text. False: there is none. */
bool usdt_next_arg(const char **text, const char **arg, size_t *length);

/* False: it is in no form that a compiler gives for this machine, or one that no spec can say. */
bool usdt_parse_arg(struct usdt_place *place, const char *text, size_t length,
		    struct usdt_arg *arg);

/* --- Notes ------------------------------------------------------------------------------------- */

struct usdt_note {
	const char *provider, *name, *args; /* in the image */
	uint64_t location, semaphore;	    /* addresses as of symbols; 0: no semaphore */
};

/* Calls fn for each note. Returns 0, or what fn returned if that is not 0. */
int each_usdt_note(const struct elf_file *elf, int (*fn)(void *ctx, const struct usdt_note *note),
		   void *ctx);

/* --- Registers --------------------------------------------------------------------------------- */

/* The machines that have probes, and how their assemblers write operands. */
struct usdt_machine {
	uint16_t machine; /* EM_* */
	char constant;	  /* what a constant begins with; 0: it is a number */
	bool numbers_are_registers;
	/* The byte offset of a register in what the kernel gives to a program: on a 64-bit kernel. */
	int (*find)(const char *name, size_t length);
	int instruction; /* where that has the probe's address, when it can be used; or -1 */
};
#define USDT_NO_REGISTER   (-1)
#define USDT_ZERO_REGISTER (-2) /* one that always reads 0 */

/* NULL: none such. */
const struct usdt_machine *usdt_machine(uint16_t machine);

#endif
