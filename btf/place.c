/* SPDX-License-Identifier: MIT */
/*
 * What may be changed in a parsed BTF: final places for the variables of a DATASEC, and the linkage of
 * functions.
 *
 * clang writes a section's variables in the order it met them, and leaves their offsets and the
 * section's size to whoever knows the ELF file. The kernel wants offsets ascending and without
 * overlap (btf_datasec_check_meta in kernel/bpf/btf.c).
 */
#include "base/reader.h"
#include "base/sort.h"
#include "btf/impl.h"

#define PLACE_SIZE 12 /* bytes of a record: type, offset, size */

struct place_record {
	uint32_t type, offset, size;
};

static bool place_before(const void *left, const void *right)
{
	const struct place_record *a = left, *b = right;

	return a->offset != b->offset ? a->offset < b->offset : a->size < b->size;
}

static struct btf_label place_label(const struct pbpf_btf *btf, const struct place_record *record,
				    uint32_t i)
{
	return btf_label("variable", pbpf_btf_type(btf, record->type).name, i);
}

static int check_places(const struct pbpf_btf *btf, const struct pbpf_btf_type *section,
			const struct place_record *records, uint32_t size)
{
	uint32_t end = 0;

	for (uint32_t i = 0; i < section->vlen; i++) {
		const struct place_record *record = &records[i];

		if (record->offset < end)
			return btf_fail_type(btf, section->id, -EINVAL,
					     "%s at %u overlaps the one before it",
					     place_label(btf, record, i).text, record->offset);
		if (!range_ok(record->offset, record->size, size))
			return btf_fail_type(btf, section->id, -EINVAL,
					     "%s (%u bytes at %u) passes the section's end at %u",
					     place_label(btf, record, i).text, record->size,
					     record->offset, size);
		end = record->offset + record->size;
	}
	return 0;
}

/* Where an own type's record begins in the copy. */
static uint8_t *record_of(struct pbpf_btf *btf, uint32_t id)
{
	return btf->copy + BTF_HEADER_SIZE + btf_type_at(btf, id);
}

/* What has a place is defined: a section of externs that got one is a section as any other. */
static void define_externs(struct pbpf_btf *btf, const struct place_record *records, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		struct pbpf_btf_type type = pbpf_btf_type(btf, records[i].type);

		if (type.kind == PBPF_KIND_VAR && type.linkage == PBPF_LINKAGE_EXTERN)
			btf_store(record_of(btf, type.id) + BTF_RECORD_SIZE, PBPF_LINKAGE_GLOBAL);
	}
}

static void write_places(uint8_t *to, const struct place_record *records, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++, to += PLACE_SIZE) {
		btf_store(to, records[i].type);
		btf_store(to + 4, records[i].offset);
		btf_store(to + 8, records[i].size);
	}
}

int pbpf_btf_place(struct pbpf_btf *btf, uint32_t datasec, uint32_t size, const uint32_t *offsets)
{
	struct pbpf_btf_type section = pbpf_btf_type(btf, datasec);
	struct place_record *records;
	uint8_t *at;
	int err;

	if (!btf->copy || datasec < btf->first_id || section.kind != PBPF_KIND_DATASEC)
		return env_fail(&btf->env, -EINVAL, AT("btf", NULL, 0), NULL,
				"type %u is no DATASEC that can be placed", datasec);
	records = env_alloc(&btf->env, section.vlen, sizeof(*records));
	if (!records)
		return env_no_memory(&btf->env, "btf", "the variables of a section");
	for (uint32_t i = 0; i < section.vlen; i++) {
		struct pbpf_btf_variable variable = pbpf_btf_variable(btf, &section, i);

		records[i] = (struct place_record){variable.type, offsets[i], variable.size};
	}
	sort_array(records, section.vlen, sizeof(*records), place_before);
	err = check_places(btf, &section, records, size);
	if (!err) {
		at = btf->copy + (section.records - btf->image);
		btf_store(at - 4, size);
		write_places(at, records, section.vlen);
		define_externs(btf, records, section.vlen);
	}
	env_free(&btf->env, records, section.vlen, sizeof(*records));
	return err;
}

int pbpf_btf_make_static(struct pbpf_btf *btf, uint32_t func)
{
	struct pbpf_btf_type type = pbpf_btf_type(btf, func);
	uint32_t info;

	if (!btf->copy || func < btf->first_id || type.kind != PBPF_KIND_FUNC)
		return env_fail(&btf->env, -EINVAL, AT("btf", NULL, 0), NULL,
				"type %u is no FUNC that can be made static", func);
	info = btf_load(record_of(btf, func) + 4); /* the linkage is in place of vlen */
	btf_store(record_of(btf, func) + 4, (info & ~0xffffffu) | PBPF_LINKAGE_STATIC);
	return 0;
}
