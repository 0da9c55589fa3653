/* SPDX-License-Identifier: MIT */
/*
 * The private side of btf: how types lie in memory. Read pbpf_btf.h first.
 *
 * A record is 12 bytes (name, info, size or type), then what its kind brings: a fixed number of
 * bytes, then a number of bytes as often as vlen says. Every field is a 32-bit word, so a type section of the other
 * byte order is turned by turning its words.
 *
 *	info: kind_flag(1) kind(7) vlen(24)      the widths of Linux 7; older files leave the
 *	                                         upper bits of both zero
 *
 * A kind that is not known here can be stepped over where the file says how long its records are
 * (layout.c); its records are then there, and mean nothing.
 *
 * Records differ in size, so finding one by its id needs an index: marks[n] is where type number
 * n << mark_shift of this part begins. Parsed BTF marks every type; a view marks each 64th.
 */
#ifndef BTF_IMPL_H
#define BTF_IMPL_H

#include "base/env.h"
#include "btf/pbpf_btf.h"

#include <string.h>

#define BTF_HEADER_SIZE 24 /* of every version: up to and with str_len */
#define BTF_LONG_HEADER 32 /* with layout_off and layout_len */
#define BTF_RECORD_SIZE 12 /* what every type begins with */

/* Longer texts are cut in a copy: types may all be called by ends of one long text, and comparing those would take
 * far longer than the file is. The kernel takes names of up to 511 bytes (KSYM_NAME_LEN), symbols have less
 * than this (elf/pbpf_elf.h). */
#define BTF_TEXT_SIZE 4096 /* the NUL included */

/* How deep types nest by value, each typedef, modifier and array counting as one. The kernel gives
 * up at 32 (MAX_RESOLVE_DEPTH in kernel/bpf/btf.c), but need not start at the outermost type. */
#define BTF_MAX_NESTING 128

struct pbpf_btf {
	struct pbpf_env env;
	const struct pbpf_btf *base;
	const uint8_t *image; /* header, types, strings: in the host's byte order */
	size_t image_size;
	uint8_t *copy;	      /* the image, where it may be written; NULL for a view */
	bool in_place;	      /* its memory is the caller's */
	const uint8_t *types; /* within image */
	const char *strings;
	uint32_t types_size;
	uint32_t strings_size;
	uint32_t pairs; /* strings below this offset are own and two bytes or more; 0 with a base */
	uint32_t first_id;     /* 1, or where the base ends */
	uint32_t end_id;       /* one past the highest */
	uint32_t first_string; /* 0, or where the base's strings end */
	uint32_t *marks;
	size_t mark_count;
	uint32_t mark_shift;
	uint32_t each_marked; /* own types, if each has a mark; else 0 */
	bool own_marks;	      /* of a copy of this struct, whose marks are not the original's */
	const struct btf_record_form
		*forms;			   /* of all 128 kinds: btf_forms, the base's, or its own */
	struct btf_record_form *own_forms; /* where a layout section adds to them, else NULL */
	uint32_t *name_heads;		   /* the index of names, where one was asked for */
	uint32_t *name_next;
	uint32_t name_head_count;
	uint64_t types_at; /* where the type section was in the input, for messages */
	bool swapped;
};

/* What the file format says about a kind. */
struct btf_kind {
	const char *name;
	bool named;	  /* must have a name */
	bool flagged;	  /* may have the kind flag */
	bool by_value;	  /* holds what it refers to, as a typedef does and a pointer does not */
	uint32_t targets; /* kinds that its `type` may refer to, a bit each; 0: it refers to none */
};
#define BTF_KIND_COUNT 20
extern const struct btf_kind btf_kinds[BTF_KIND_COUNT + 1]; /* the last: of any kind not known */

static inline const struct btf_kind *btf_kind(uint32_t kind)
{
	return &btf_kinds[kind < BTF_KIND_COUNT ? kind : BTF_KIND_COUNT];
}

/* How long a record of a kind is; both 0 for void, which has none, and for a kind that is not known. */
#define BTF_FORM_COUNT 128
struct btf_record_form {
	uint16_t fixed; /* bytes, those that every type begins with included */
	uint8_t each;	/* bytes more for each that vlen counts */
};
extern const struct btf_record_form btf_forms[BTF_FORM_COUNT];

static inline uint32_t btf_load(const uint8_t *at)
{
	uint32_t word;

	memcpy(&word, at, sizeof(word));
	return word;
}

static inline void btf_store(uint8_t *at, uint32_t word)
{
	memcpy(at, &word, sizeof(word));
}

static inline uint32_t btf_info_kind(uint32_t info)
{
	return info >> 24 & 0x7f;
}

static inline uint32_t btf_info_vlen(uint32_t info)
{
	return info & 0xffffff;
}

/* Bytes of the record at offset `at` of the type section, or 0 when its kind is unknown or the
 * section ends within it. */
static inline uint32_t btf_record_size(const struct pbpf_btf *btf, uint32_t at)
{
	uint32_t left = btf->types_size - at, info, size;
	struct btf_record_form form;

	if (left < BTF_RECORD_SIZE)
		return 0;
	info = btf_load(btf->types + at + 4);
	form = btf->forms[btf_info_kind(info)];
	size = form.fixed + form.each * btf_info_vlen(info);
	return size <= left ? size : 0;
}

/* The header, checked; offsets count from the start of the input. */
struct btf_header {
	bool big_endian;
	uint64_t types_at, types_size;
	uint64_t strings_at, strings_size;
	uint64_t layout_at, layout_size; /* size 0: there is none */
	uint64_t unknown_at; /* a field that is not known and not zero; 0: there is none */
};

/* A header of BTF_HEADER_SIZE bytes, types and strings following it. */
void btf_write_header(uint8_t *image, uint32_t types_size, uint32_t strings_size);

/* Memory for a part that goes on where `base`, which may be NULL, ends. */
struct pbpf_btf *btf_new_part(const struct pbpf_btf *base, const struct pbpf_env *env);

/* Sets sizes and byte order from the header. */
int btf_take_header(struct pbpf_btf *btf, const struct btf_header *header);

/* Reports why there can be no record at btf->end_id, `at` bytes into the type section. */
int btf_fail_record(const struct pbpf_btf *btf, uint32_t at);

/* Learns from the layout section, if there is one, how long records of kinds are that are not known. */
int btf_take_layout(struct pbpf_btf *btf, const uint8_t *data, const struct btf_header *header);

int btf_read_header(struct btf_header *header, const void *data, size_t size, bool split,
		    const struct pbpf_env *env);

/* Where own type `id` begins in the type section. */
uint32_t btf_type_at(const struct pbpf_btf *btf, uint32_t id);

/* The part, own or base, that holds type `id`; NULL when none does. */
const struct pbpf_btf *btf_part_of(const struct pbpf_btf *btf, uint32_t id);

/* The record of type `id`; for one that does not exist, that of void. */
const uint8_t *btf_far_record(const struct pbpf_btf *btf, uint32_t id);
static inline const uint8_t *btf_record(const struct pbpf_btf *btf, uint32_t id)
{
	uint32_t own = id - btf->first_id;

	return own < btf->each_marked ? btf->types + btf->marks[own] : btf_far_record(btf, id);
}

static inline uint32_t btf_kind_of(const struct pbpf_btf *btf, uint32_t id)
{
	return btf_info_kind(btf_load(btf_record(btf, id) + 4));
}

/* Is a value of this type one of a kind that is not known, or an array of such? Its size is not known, then. */
bool btf_is_of_unknown(const struct pbpf_btf *btf, uint32_t id);

/* Is there a string at this offset? */
static inline bool btf_has_string(const struct pbpf_btf *btf, uint32_t offset)
{
	return offset < btf->first_string + btf->strings_size; /* see btf_take_header() */
}

/* Marks every type of the part; the old marks are the caller's then. */
int btf_mark_all(struct pbpf_btf *btf);

/* The index of names: the first own type of that name and kind, or 0. */
uint32_t btf_find_indexed(const struct pbpf_btf *btf, const char *name, uint32_t kind);
void btf_drop_index(struct pbpf_btf *btf);

/* Checks every type of the part: once, completely. */
int btf_check_types(const struct pbpf_btf *btf);
int btf_check_nesting(const struct pbpf_btf *btf);
int btf_check_sizes(const struct pbpf_btf *btf);

/* Reports "type 17 (STRUCT 'event') at offset 344: ..." and returns `err`. */
int btf_fail_type(const struct pbpf_btf *btf, uint32_t id, int err, const char *format, ...)
	ENV_PRINTF(4, 5);

/* "member 'pid'", or "member #3" where it has no name: for messages. */
struct btf_label {
	char text[80];
};
struct btf_label btf_label(const char *what, const char *name, uint32_t i);

#endif
