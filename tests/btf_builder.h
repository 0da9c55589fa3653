/* SPDX-License-Identifier: MIT */
/*
 * Composes .BTF and .BTF.ext for tests, good ones that the test then spoils.
 *
 *	struct btf_builder b;
 *	btf_start(&b, big_endian);
 *	u32 = add_int(&b, "unsigned int", 4, 0);
 *	add_struct(&b, "event", 8);              members go to the type that was added last
 *	add_member(&b, "pid", u32, 0);
 *	add_member(&b, "len", u32, 32);
 *	struct btf_bytes btf = btf_finish(&b);
 *	btf_put(&btf, btf_type_place(&btf, 2) + 8, 4);      size 4: too small now
 *	free(btf.bytes);
 *
 * Every add_ function returns the id of the type. Memory that cannot be had ends the program.
 */
#ifndef TESTS_BTF_BUILDER_H
#define TESTS_BTF_BUILDER_H

#include "btf/pbpf_btf.h"

struct btf_grow {
	unsigned char *data;
	size_t size, room;
};

struct btf_builder {
	bool big_endian;
	uint32_t next_id;
	uint32_t first_string; /* of a split BTF: where the base's strings end */
	size_t last;	       /* where the last type begins */
	struct btf_grow types, strings;
};

/* A finished blob; `bytes` is the caller's, from malloc(). */
struct btf_bytes {
	unsigned char *bytes;
	size_t size;
	bool big_endian;
};

void btf_start(struct btf_builder *b, bool big_endian);
/* A split BTF over what `base` has made, finished or not. */
void btf_start_split(struct btf_builder *b, const struct btf_builder *base);

/* `encoding` is 1 signed, 2 char, 4 bool, and all bits are used. */
uint32_t add_int(struct btf_builder *b, const char *name, uint32_t size, uint32_t encoding);
uint32_t add_float(struct btf_builder *b, const char *name, uint32_t size);
uint32_t add_ptr(struct btf_builder *b, uint32_t type);
uint32_t add_array(struct btf_builder *b, uint32_t type, uint32_t index_type, uint32_t count);
uint32_t add_struct(struct btf_builder *b, const char *name, uint32_t size);
uint32_t add_union(struct btf_builder *b, const char *name, uint32_t size);
void add_member(struct btf_builder *b, const char *name, uint32_t type, uint32_t bit_offset);
/* A bitfield: sets the kind flag, so all members of its struct must come after the first of these or
 * be at offsets below 2^24. */
void add_bitfield(struct btf_builder *b, const char *name, uint32_t type, uint32_t bit_offset,
		  uint32_t bits);
uint32_t add_enum(struct btf_builder *b, const char *name, uint32_t size, bool is_signed);
uint32_t add_enum64(struct btf_builder *b, const char *name, bool is_signed);
void add_enumerator(struct btf_builder *b, const char *name, uint64_t value);
uint32_t add_fwd(struct btf_builder *b, const char *name, bool is_union);
uint32_t add_typedef(struct btf_builder *b, const char *name, uint32_t type);
/* CONST, VOLATILE, RESTRICT */
uint32_t add_modifier(struct btf_builder *b, uint32_t kind, uint32_t type);
uint32_t add_type_tag(struct btf_builder *b, const char *tag, uint32_t type);
uint32_t add_proto(struct btf_builder *b, uint32_t result);
void add_param(struct btf_builder *b, const char *name, uint32_t type);
uint32_t add_func(struct btf_builder *b, const char *name, uint32_t proto, uint32_t linkage);
uint32_t add_var(struct btf_builder *b, const char *name, uint32_t type, uint32_t linkage);
uint32_t add_datasec(struct btf_builder *b, const char *name, uint32_t size);
void add_variable(struct btf_builder *b, uint32_t type, uint32_t offset, uint32_t size);
uint32_t add_decl_tag(struct btf_builder *b, const char *tag, uint32_t type, int32_t component);

/* The same from its words, and one more word behind it: for what is wrong or unknown. */
uint32_t add_raw(struct btf_builder *b, const char *name, uint32_t info, uint32_t size_or_type);
void add_word(struct btf_builder *b, uint32_t word);
#define BTF_INFO(kind, vlen) ((uint32_t)(kind) << 24 | (vlen))

/* The offset of a string, which is added where it is not there yet. */
uint32_t add_string(struct btf_builder *b, const char *string);

/* Lays out the blob and frees the builder's memory; its counts stay, for btf_start_split(). */
struct btf_bytes btf_finish(struct btf_builder *b);

/* Puts a layout section between types and strings, where libbpf puts it, and its place in the header. */
void btf_insert_layout(struct btf_bytes *btf, const void *layout, uint32_t size);

/* Where type number n (from 1, of this blob) begins. */
size_t btf_type_place(const struct btf_bytes *btf, uint32_t n);
/* Reads and overwrites a 32-bit word in the blob's byte order. */
uint32_t btf_get(const struct btf_bytes *btf, size_t offset);
void btf_put(struct btf_bytes *btf, size_t offset, uint32_t word);

/*
 * .BTF.ext over the same builder, whose strings it uses: to be finished before the types are.
 *
 *	struct ext_builder e;
 *	ext_start(&e, &b);
 *	ext_section(&e, "xdp");                          records go to the section named last
 *	ext_func(&e, 0, func_id);
 *	ext_line(&e, 0, "x.c", "return 0;", 12, 3);
 *	ext_core(&e, 8, struct_id, "0:1", 0);
 *	struct btf_bytes ext = ext_finish(&e);
 */
enum { EXT_FUNC_INFO, EXT_LINE_INFO, EXT_CORE_RELO };

struct ext_builder {
	struct btf_builder *btf;
	uint32_t section;
	struct ext_built_part {
		struct btf_grow bytes;
		uint32_t section; /* the last block's */
		size_t count_at;  /* where its num_info is */
	} parts[3];
};

void ext_start(struct ext_builder *e, struct btf_builder *btf);
void ext_section(struct ext_builder *e, const char *name);
void ext_func(struct ext_builder *e, uint32_t insn_off, uint32_t type);
void ext_line(struct ext_builder *e, uint32_t insn_off, const char *file, const char *text,
	      uint32_t line, uint32_t column);
void ext_core(struct ext_builder *e, uint32_t insn_off, uint32_t type, const char *access,
	      uint32_t kind);
struct btf_bytes ext_finish(struct ext_builder *e);

#endif
