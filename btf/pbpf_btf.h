/* SPDX-License-Identifier: MIT */
/*
 * btf, stage 2: the bytes of .BTF become types that can be asked.
 *
 *	header | types: [1] INT "int"  [2] PTR -> 3  [3] STRUCT "event" {...} ... | strings
 *
 * A type is known by its id: 0 is void, the first record of the file is 1. Ids of a split BTF (a
 * kernel module's) go on where its base ends.
 *
 * Interface, in order of use:
 *	pbpf_btf_parse()            copy and check the bytes, index the types
 *	pbpf_btf_view()             the kernel's own: neither, with a search in the same pass
 *	pbpf_btf_find()             name and kind -> id; _find_many(), _search() in one pass, _index()
 *	pbpf_btf_next()             type by type, of one kind
 *	pbpf_btf_type(), _member(), _enumerator(), _param(), _variable(), _array()
 *	pbpf_btf_size(), _resolve() what a type comes to
 *	pbpf_btf_place()            final offsets in a DATASEC, before the kernel sees it
 *	pbpf_btf_image()            the bytes for BPF_BTF_LOAD
 *	pbpf_btf_free()
 * and, in headers that this one includes: pbpf_btf_ext.h for .BTF.ext, pbpf_btf_print.h for types and
 * values as text, pbpf_btf_set.h for values from text, pbpf_btf_adapt.h for old kernels.
 *
 * What holds after parse: every id that a type names exists, every string ends, every record lies
 * within the type section, no type contains itself by value, types nest at most 128 deep, sizes fit
 * 32 bits, members lie within their struct and ascend. So accessors cannot fail. What parse leaves to
 * others: names that are no identifiers (pbpf_btf_adapt()), a DATASEC that has no size yet
 * (pbpf_btf_place()), what the loader's section and the ELF file say.
 *
 * Texts of 4096 bytes or more are cut, in the copy that parse makes, and end in ':' then: no kernel takes such
 * names, and nobody such access strings of CO-RE.
 *
 * A type of a kind that this library does not know (a newer kernel's) is kept where the file's layout
 * section says how long it is: it has a name and a kind, and no size, and what refers to it is not checked.
 * To the kernel goes what the file has; pbpf_btf_adapt() makes it an empty struct.
 *
 * Reading order: impl.h, kinds.c, header.c, layout.c, parse.c, decode.h, check.c, nesting.c, types.c, find.c,
 * view.c.
 *
 * Threads: immutable after parse (but for pbpf_btf_place(), to be called before sharing), so any
 * number of threads may read one.
 */
#ifndef PBPF_BTF_H
#define PBPF_BTF_H

#include "base/pbpf_base.h"

#ifdef __cplusplus
extern "C" {
#endif

enum pbpf_btf_kind {
	PBPF_KIND_VOID = 0,
	PBPF_KIND_INT = 1,
	PBPF_KIND_PTR = 2,
	PBPF_KIND_ARRAY = 3,
	PBPF_KIND_STRUCT = 4,
	PBPF_KIND_UNION = 5,
	PBPF_KIND_ENUM = 6,
	PBPF_KIND_FWD = 7,
	PBPF_KIND_TYPEDEF = 8,
	PBPF_KIND_VOLATILE = 9,
	PBPF_KIND_CONST = 10,
	PBPF_KIND_RESTRICT = 11,
	PBPF_KIND_FUNC = 12,
	PBPF_KIND_FUNC_PROTO = 13,
	PBPF_KIND_VAR = 14,
	PBPF_KIND_DATASEC = 15,
	PBPF_KIND_FLOAT = 16,
	PBPF_KIND_DECL_TAG = 17,
	PBPF_KIND_TYPE_TAG = 18,
	PBPF_KIND_ENUM64 = 19,
};

enum { PBPF_LINKAGE_STATIC = 0, PBPF_LINKAGE_GLOBAL = 1, PBPF_LINKAGE_EXTERN = 2 };

struct pbpf_btf;
struct pbpf_btf_search;

/* One type, decoded. Which of the fields mean something depends on the kind. */
struct pbpf_btf_type {
	const char *name; /* "" when it has none */
	uint32_t id;
	uint32_t kind;	/* enum pbpf_btf_kind, or another up to 127 */
	uint32_t vlen;	/* members, enumerators, parameters, variables; linkage of a FUNC */
	bool kind_flag; /* bitfields in it, signed enum, union FWD, attribute tag */
	uint32_t size;	/* bytes: INT STRUCT UNION ENUM ENUM64 FLOAT DATASEC */
	uint32_t type;	/* the id it refers to: PTR TYPEDEF modifiers FUNC FUNC_PROTO(result) VAR
			   tags */
	/* INT */
	uint8_t int_encoding; /* 1 signed, 2 char, 4 bool */
	uint8_t int_offset;
	uint8_t int_bits;
	/* VAR and FUNC: PBPF_LINKAGE_*; DECL_TAG: which member or parameter, -1 for the whole type
	 */
	uint32_t linkage;
	int32_t component;
	const uint8_t *records; /* private to btf: the kind's trailing records */
};

struct pbpf_btf_member {
	const char *name;
	uint32_t type;
	uint32_t bit_offset;
	uint32_t bit_size; /* 0 when it is not a bitfield */
};
struct pbpf_btf_enumerator {
	const char *name;
	int64_t value; /* of an unsigned enum64: reinterpret as uint64_t */
};
struct pbpf_btf_param {
	const char *name; /* "" and type 0: the "..." of a variadic function */
	uint32_t type;
};
struct pbpf_btf_variable {
	uint32_t type; /* id of a VAR, or of a FUNC in .ksyms */
	uint32_t offset;
	uint32_t size;
};
struct pbpf_btf_array {
	uint32_t type;
	uint32_t index_type;
	uint32_t count;
};

/*
 * Copies, checks and indexes `size` bytes of BTF of either byte order. `base` is NULL, or what a
 * split BTF stands on; it must outlive the result. Errors: -EINVAL with type id, kind and offset in
 * the message; -ENOTSUP for a kind that is not known, nor described by a layout section; -ENOMEM.
 */
int pbpf_btf_parse(struct pbpf_btf **btf, const void *data, size_t size,
		   const struct pbpf_btf *base, const struct pbpf_env *env);

/* The same where the bytes lie: they are the BTF's own until it is freed, and written over, even if it fails. */
int pbpf_btf_parse_in_place(struct pbpf_btf **btf, void *data, size_t size,
			    const struct pbpf_env *env);

/*
 * Opens BTF of the host's byte order where it lies, unchecked: for the kernel's own, five megabytes
 * that nobody wants copied. `data` must stay and not change. All that takes a BTF takes a view, and
 * reads within `data` whatever it holds; but what holds after parse need not hold. `search` may be
 * NULL; otherwise it is answered in the same pass over the types (not over those of the base).
 */
int pbpf_btf_view(struct pbpf_btf **btf, const void *data, size_t size, const struct pbpf_btf *base,
		  const struct pbpf_btf_search *search, const struct pbpf_env *env);

void pbpf_btf_free(struct pbpf_btf *btf);

/* Was the input of the other byte order than this host? (The result is in the host's.) */
bool pbpf_btf_swapped(const struct pbpf_btf *btf);

/* One more than the highest id, those of the base included. */
uint32_t pbpf_btf_count(const struct pbpf_btf *btf);

/* The id of the first type of that name and kind (kind 0: of any kind), or -ENOENT. The base comes
 * first. */
int pbpf_btf_find(const struct pbpf_btf *btf, const char *name, uint32_t kind);

/* Many at once, in one pass over all types. */
struct pbpf_btf_wanted {
	const char *name;
	uint32_t kind; /* 0: any */
	uint32_t id;   /* found: the first, or 0 */
};
int pbpf_btf_find_many(const struct pbpf_btf *btf, struct pbpf_btf_wanted *wanted, size_t count);

/* The same, with every match told. */
struct pbpf_btf_search {
	struct pbpf_btf_wanted *wanted;
	size_t count; /* at most 65534 */
	bool flavors; /* NAME___anything counts as NAME: what CO-RE calls a flavor */
	/* Called for each match, by ascending id; other than 0 ends the search, which returns it.
	 * NULL: the first match goes to wanted->id. */
	int (*match)(void *ctx, const struct pbpf_btf_wanted *wanted, uint32_t id);
	void *ctx;
};
int pbpf_btf_search(const struct pbpf_btf *btf, const struct pbpf_btf_search *search);

/*
 * An index of all names: pbpf_btf_find() then takes the time of one comparison, and access by id to
 * a view that of a parsed BTF. Worth its 12 bytes for each type from about a hundred searches on.
 * To be called before the BTF is shared.
 */
int pbpf_btf_index(struct pbpf_btf *btf);

/* Decodes type `id`; an id that does not exist reads as void. */
struct pbpf_btf_type pbpf_btf_type(const struct pbpf_btf *btf, uint32_t id);

/* The i-th record of a type of the right kind; i must be below its vlen. */
struct pbpf_btf_member pbpf_btf_member(const struct pbpf_btf *btf, const struct pbpf_btf_type *type,
				       uint32_t i);
struct pbpf_btf_enumerator pbpf_btf_enumerator(const struct pbpf_btf *btf,
					       const struct pbpf_btf_type *type, uint32_t i);
struct pbpf_btf_param pbpf_btf_param(const struct pbpf_btf *btf, const struct pbpf_btf_type *type,
				     uint32_t i);
struct pbpf_btf_variable pbpf_btf_variable(const struct pbpf_btf *btf,
					   const struct pbpf_btf_type *type, uint32_t i);
struct pbpf_btf_array pbpf_btf_array(const struct pbpf_btf *btf, const struct pbpf_btf_type *type);

/* The string at an offset of the string section, or "" when there is none such. */
const char *pbpf_btf_string(const struct pbpf_btf *btf, uint32_t offset);

/* Follows typedefs, const, volatile, restrict and type tags to the type beneath. */
uint32_t pbpf_btf_resolve(const struct pbpf_btf *btf, uint32_t id);

/* Size in bytes of a value of type `id`; -EINVAL for what has none: void, functions, FWD, and arrays of
 * 4 GiB or more, which a pointer may lead to. Pointers are 8 bytes, as everything in BPF. */
int64_t pbpf_btf_size(const struct pbpf_btf *btf, uint32_t id);

/* The first type of that kind behind type `id` (0: the first of all), or 0. */
uint32_t pbpf_btf_next(const struct pbpf_btf *btf, uint32_t id, uint32_t kind);

/* The name of a kind, as bpftool prints it: "STRUCT"; "UNKNOWN". */
const char *pbpf_btf_kind_name(uint32_t kind);

/*
 * Gives a DATASEC its size and its variables their offsets (clang leaves zeros, and the kernel
 * wants them right and ascending). offsets[i] belongs to the i-th variable. Sorts the variables, and
 * makes those global that were extern. -EINVAL when a variable would not fit. To be called before the
 * BTF is shared.
 */
int pbpf_btf_place(struct pbpf_btf *btf, uint32_t datasec, uint32_t size, const uint32_t *offsets);

/*
 * Makes a DATASEC of `size` bytes by giving its last variable, which must be an array, what is then left:
 * whole elements, and no fewer than its type says. The array's type stays as it is; the kernel takes a
 * variable that is larger than its type. -EINVAL otherwise. As pbpf_btf_place(), before sharing.
 */
int pbpf_btf_resize(struct pbpf_btf *btf, uint32_t datasec, uint32_t size);

/* Makes a FUNC static: the kernel then verifies it at each call, with what the caller hands it. To be
 * called before the BTF is shared. -EINVAL for what is no own FUNC. */
int pbpf_btf_make_static(struct pbpf_btf *btf, uint32_t func);

/* The bytes as the kernel takes them, in the host's byte order; valid as long as `btf`. */
const void *pbpf_btf_image(const struct pbpf_btf *btf, size_t *size);

#ifdef __cplusplus
}
#endif

#include "btf/pbpf_btf_adapt.h"
#include "btf/pbpf_btf_ext.h"
#include "btf/pbpf_btf_print.h"
#include "btf/pbpf_btf_set.h"

#endif
