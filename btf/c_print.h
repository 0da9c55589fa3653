/* SPDX-License-Identifier: MIT */
/*
 * Printing types as C: what its files share.
 *
 *	c_order.c     what must come before what, and the entry points
 *	c_decl.c      one declaration: declarators, bodies of structs and unions
 *	c_layout.c    alignment, packing and holes, so that offsets come out as BTF has them
 *	c_names.c     names that C can take: no keyword, none twice
 *	c_functions.c declarations of what programs may call
 */
#ifndef BTF_C_PRINT_H
#define BTF_C_PRINT_H

#include "btf/bottom_up.h"
#include "btf/text.h"

/* STRUCT or UNION */
static inline bool btf_is_record(uint32_t kind)
{
	return kind == PBPF_KIND_STRUCT || kind == PBPF_KIND_UNION;
}

/* ENUM or ENUM64 */
static inline bool btf_is_enum(uint32_t kind)
{
	return kind == PBPF_KIND_ENUM || kind == PBPF_KIND_ENUM64;
}

static inline bool btf_is_modifier(uint32_t kind)
{
	return kind == PBPF_KIND_CONST || kind == PBPF_KIND_VOLATILE ||
	       kind == PBPF_KIND_RESTRICT || kind == PBPF_KIND_TYPE_TAG;
}

/* What has become of a type, bits. */
enum {
	C_SEEN = 1, /* 1, 2 and 4, by enum strength: all that such a use of it needs is printed */
	C_OPEN = 8, /* being worked on */
	C_FORWARD = 16, /* "struct x;" is printed */
	C_LISTED = 64,	/* a kind that a header begins with, or names are counted for */
	C_DONE = 32,	/* defined; an anonymous enumeration: printed where it is used */
};

/* A name of the ordinary identifiers, typedefs and enumerators, and how often it was given. */
struct c_ident {
	uint32_t string;
	uint32_t count;
};

struct c_printer {
	struct pbpf_btf btf; /* the caller's, with every type of it marked */
	uint8_t *states;     /* by id */
	uint8_t *layouts;    /* by id: see c_layout.c */
	uint16_t *versions;  /* by id: 2 for the second struct, union, enum or typedef of a name */
	struct c_ident *idents;
	uint32_t ident_room; /* a power of two */
	uint32_t indent;
	uint32_t holes; /* so far in this declaration, to name them */
	uint64_t limit; /* of bytes of text */
	struct btf_text text;
};

/* What is asked for most often, without decoding the rest. */
static inline const char *c_name_of(const struct c_printer *printer, uint32_t id)
{
	return pbpf_btf_string(&printer->btf, btf_load(btf_record(&printer->btf, id)));
}

static inline uint32_t c_member_type(const struct pbpf_btf_type *record, uint32_t i)
{
	return btf_load(record->records + (size_t)i * 12 + 4);
}

/* A member of a struct or union, as C would declare it. */
struct c_member {
	struct pbpf_btf_member member;
	uint64_t at;   /* bit, where it begins */
	uint32_t bits; /* of a bitfield, else 0 */
	uint64_t end;  /* bit, where it ends */
};
struct c_member c_member(const struct pbpf_btf *btf, const struct pbpf_btf_type *type, uint32_t i);

/* Works out the layout of `id` and of all that it contains. */
int c_layout(struct c_printer *printer, uint32_t id);
/* After that: must a struct or union be packed, and what is a type's alignment in bytes? */
bool c_is_packed(const struct c_printer *printer, uint32_t id);
uint32_t c_alignment(const struct c_printer *printer, uint32_t id);
/* Where, in bits, C would put a member when the one before it ended at `end`. */
uint64_t c_natural_place(const struct c_printer *printer, const struct c_member *member,
			 uint64_t end, bool packed);

/* Counts names and gives versions. */
int c_name_types(struct c_printer *printer);
/* Prints a name that C can take, with its version where there are more. */
void c_put_name(struct c_printer *printer, const char *name, uint32_t version);
/* The name of an enumerator, at offset `string`, which makes it known. */
void c_put_enumerator(struct c_printer *printer, uint32_t string);
/* Gives the name of function `id` to it, unless a typedef, enumerator or function has it already. */
bool c_take_name(struct c_printer *printer, uint32_t id);
/* The name of an integer or float, or C's own for another of its size. */
void c_put_basic(struct c_printer *printer, uint32_t id);

/* Prints one declaration without its semicolon: of `name` (which may be "") with its version, as a
 * type `id`. Named structs, unions and enumerations are printed by name, but for `id` itself when
 * `define` is set. */
int c_put_declaration(struct c_printer *printer, uint32_t id, const char *name, uint32_t version,
		      bool define);
/* Prints the functions that programs may call, after all types. */
int c_put_kfuncs(struct c_printer *printer);
/* "struct name" */
void c_put_tag(struct c_printer *printer, uint32_t id);

#endif
