/* SPDX-License-Identifier: MIT */
/*
 * Definitions of maps in hostile files: each that cannot be is refused with its reason.
 */
#include "btf_builder.h"
#include "elf_builder.h"
#include "loader_fixture.h"

/* An object with one definition in .maps, of which a test writes the BTF. */
struct definition {
	struct btf_builder btf;
	uint32_t integer; /* int */
	uint32_t relocs;  /* slots that name the map itself, from `slots` on */
	uint32_t slots;
	uint32_t place; /* of the variable */
	uint32_t size;	/* 0: as large as the section */
};

enum { SECTION_SIZE = 64 };

static void start_definition(struct definition *d)
{
	*d = (struct definition){0};
	btf_start(&d->btf, false);
	d->integer = add_int(&d->btf, "int", 4, 1);
}

/* The type of __uint(name, number). */
static uint32_t number(struct definition *d, uint32_t value)
{
	return add_ptr(&d->btf, add_array(&d->btf, d->integer, d->integer, value));
}

/* Opens the object whose map "m" is of the struct `type`; gives the error. */
static int open_definition(struct definition *d, struct fixture *f, uint32_t type)
{
	static const unsigned char zeros[SECTION_SIZE];
	uint32_t size = d->size ? d->size : SECTION_SIZE;
	struct elf_builder b;
	struct elf_built image;
	struct btf_bytes btf;
	uint32_t section, symbol;
	int err;

	type = add_var(&d->btf, "m", type, PBPF_LINKAGE_GLOBAL);
	add_datasec(&d->btf, ".maps", SECTION_SIZE);
	add_variable(&d->btf, type, d->place, size);
	btf = btf_finish(&d->btf);
	build_start(&b, HOST_BIG);
	section = build_section(&b, ".maps", PBPF_SHT_PROGBITS, 3, zeros, sizeof(zeros));
	build_section(&b, ".BTF", PBPF_SHT_PROGBITS, 0, btf.bytes, btf.size);
	symbol = build_symbol(&b, "m", PBPF_STB_GLOBAL << 4 | PBPF_STT_OBJECT, section, 0, 64);
	for (uint32_t i = 0; i < d->relocs; i++)
		build_reloc(&b, section, d->slots + 8 * i, symbol, PBPF_R_64_ABS64);
	image = build_finish(&b);
	err = pbpf_object_open(&f->obj, image.bytes, image.size, &f->options);
	pbpf_object_close(f->obj);
	f->obj = NULL;
	free(btf.bytes);
	free(image.bytes);
	return err;
}

/* A member `values` of an array of pointers to `type`. */
static uint32_t values_of(struct definition *d, uint32_t type)
{
	return add_array(&d->btf, add_ptr(&d->btf, type), d->integer, 0);
}

/* A struct of two members, which is what most of the following need. */
static uint32_t two_members(struct definition *d, const char *name1, uint32_t type1,
			    const char *name2, uint32_t type2)
{
	uint32_t id = add_struct(&d->btf, "", 16);

	add_member(&d->btf, name1, type1, 0);
	add_member(&d->btf, name2, type2, 64);
	return id;
}

static uint32_t nested_twice(struct definition *d)
{
	uint32_t type = number(d, PBPF_MAP_TYPE_ARRAY_OF_MAPS);
	uint32_t inmost =
		two_members(d, "type", number(d, PBPF_MAP_TYPE_ARRAY), "max_entries", number(d, 1));
	uint32_t middle = two_members(d, "type", type, "values", values_of(d, inmost));

	return two_members(d, "type", type, "values", values_of(d, middle));
}

/* struct m { type; struct m *values[]; } */
static uint32_t nested_in_itself(struct definition *d)
{
	uint32_t type = number(d, PBPF_MAP_TYPE_ARRAY_OF_MAPS);
	uint32_t self = d->btf.next_id + 2;

	return two_members(d, "type", type, "values", values_of(d, self));
}

static uint32_t maps_in_a_hash(struct definition *d)
{
	uint32_t inner =
		two_members(d, "type", number(d, PBPF_MAP_TYPE_ARRAY), "max_entries", number(d, 1));

	return two_members(d, "type", number(d, PBPF_MAP_TYPE_HASH), "values", values_of(d, inner));
}

static uint32_t programs_in_an_array(struct definition *d)
{
	return two_members(d, "type", number(d, PBPF_MAP_TYPE_ARRAY), "values",
			   values_of(d, add_proto(&d->btf, d->integer)));
}

static uint32_t values_of_numbers(struct definition *d)
{
	return two_members(d, "type", number(d, PBPF_MAP_TYPE_PROG_ARRAY), "values",
			   values_of(d, d->integer));
}

static uint32_t inner_pinned(struct definition *d)
{
	uint32_t inner =
		two_members(d, "type", number(d, PBPF_MAP_TYPE_ARRAY), "pinning", number(d, 1));

	return two_members(d, "type", number(d, PBPF_MAP_TYPE_ARRAY_OF_MAPS), "values",
			   values_of(d, inner));
}

static uint32_t inner_misspelt(struct definition *d)
{
	uint32_t inner =
		two_members(d, "type", number(d, PBPF_MAP_TYPE_ARRAY), "max_entry", number(d, 1));

	return two_members(d, "type", number(d, PBPF_MAP_TYPE_ARRAY_OF_MAPS), "values",
			   values_of(d, inner));
}

static uint32_t pinned_otherwise(struct definition *d)
{
	return two_members(d, "type", number(d, PBPF_MAP_TYPE_ARRAY), "pinning", number(d, 2));
}

static uint32_t not_a_pointer(struct definition *d)
{
	return two_members(d, "type", d->integer, "max_entries", number(d, 1));
}

static uint32_t pointer_to_no_array(struct definition *d)
{
	return two_members(d, "type", add_ptr(&d->btf, d->integer), "max_entries", number(d, 1));
}

static uint32_t no_struct(struct definition *d)
{
	return d->integer;
}

static uint32_t no_type(struct definition *d)
{
	return two_members(d, "key_size", number(d, 4), "value_size", number(d, 4));
}

static uint32_t twice_the_same(struct definition *d)
{
	return two_members(d, "type", number(d, 1), "type", number(d, 1));
}

static uint32_t two_key_sizes(struct definition *d)
{
	return two_members(d, "key_size", number(d, 8), "key", add_ptr(&d->btf, d->integer));
}

static uint32_t incomplete_key(struct definition *d)
{
	uint32_t fwd = add_fwd(&d->btf, "later", false);

	return two_members(d, "type", number(d, 1), "key", add_ptr(&d->btf, fwd));
}

static uint32_t typedef_of_itself(struct definition *d)
{
	uint32_t again = add_typedef(&d->btf, "again", d->btf.next_id);

	return two_members(d, "type", number(d, 1), "key", again);
}

static uint32_t empty_key(struct definition *d)
{
	return two_members(d, "type", number(d, 1), "key",
			   add_ptr(&d->btf, add_proto(&d->btf, d->integer)));
}

static const struct {
	uint32_t (*define)(struct definition *d);
	const char *text;
} wrong[] = {
	/* M8 */
	{nested_twice, "map 'm' (values): attribute 'values' nests a map in a map in a map"},
	{nested_in_itself, "map 'm' (values): attribute 'values' nests a map in a map in a map"},
	{maps_in_a_hash,
	 "map 'm' has the attribute 'values', of maps, which do not go with its type 1"},
	{programs_in_an_array,
	 "map 'm' has the attribute 'values', of programs, which do not go with its type 2"},
	{values_of_numbers,
	 "map 'm' attribute 'values' is neither an array of maps nor one of programs"},
	{inner_pinned,
	 "map 'm' (values): attribute 'pinning' is not for an inner map, which has no name"},
	{inner_misspelt,
	 "map 'm' (values): attribute 'max_entry' is not known; did you mean 'max_entries'?"},
	{pinned_otherwise, "map 'm' attribute 'pinning' is neither 0 nor 1"},
	/* M3 */
	{not_a_pointer, "map 'm' attribute 'type' is no number"},
	{pointer_to_no_array, "map 'm' attribute 'type' is no number"},
	{no_struct, "map 'm' is not defined by a struct"},
	{no_type, "map 'm' has no type"},
	/* M5 */
	{twice_the_same, "map 'm' attribute 'type' is given twice"},
	{two_key_sizes, "map 'm' attribute 'key' contradicts the size given before"},
	{incomplete_key, "map 'm' attribute 'key' is a type without a size"},
	{empty_key, "map 'm' attribute 'key' is a type without a size"},
	/* M4 */
	{typedef_of_itself, "type 2 (TYPEDEF 'again') at offset 40: "},
};

START_TEST(wrong_definitions_are_refused)
{
	struct fixture *f = fixture_new("minimal.bpf");
	struct definition d;

	start_definition(&d);
	ck_assert_int_eq(open_definition(&d, f, wrong[_i].define(&d)), -EINVAL);
	ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 1);
	ck_assert_msg(!strncmp(f->host.text, wrong[_i].text, strlen(wrong[_i].text)), "%s",
		      f->host.text);
	fixture_free(f);
}
END_TEST

/* Where slots and variables may lie, and where not. */
static const struct {
	uint32_t place, size, slots, relocs;
	const char *text; /* NULL: it opens, or the program is what is missing */
} places[] = {
	/* M9 */
	{0, 0, 8, 1, "which is no program"},
	{0, 0, 0, 1, "is in no slot of a map"},
	{0, 0, 12, 1, "in the middle of a slot, at byte 4"},
	{0, 24, 24, 1, "is in no slot of a map"},
	/* M2 */
	{8, 0, 8, 0, "passes the section's end"},
	{0, SECTION_SIZE + 1, 8, 0, "passes the section's end"},
	{UINT32_MAX, 0, 8, 0, "passes the section's end"},
	{0, 0, 8, 0, NULL},
};

START_TEST(slots_lie_in_their_map)
{
	struct fixture *f = fixture_new("minimal.bpf");
	struct definition d;
	uint32_t type;
	int err;

	start_definition(&d);
	d.place = places[_i].place;
	d.size = places[_i].size;
	d.slots = places[_i].slots;
	d.relocs = places[_i].relocs;
	type = two_members(&d, "type", number(&d, PBPF_MAP_TYPE_PROG_ARRAY), "values",
			   values_of(&d, add_proto(&d.btf, d.integer)));
	err = open_definition(&d, f, type);
	ck_assert_int_eq(err, places[_i].text ? -EINVAL : 0);
	if (places[_i].text && !strstr(f->host.text, "DATASEC"))
		ck_assert_msg(strstr(f->host.text, places[_i].text), "%s", f->host.text);
	fixture_free(f);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("loader: definitions of maps");
	TCase *t = tcase_create("hostile");

	tcase_add_loop_test(t, wrong_definitions_are_refused, 0, sizeof(wrong) / sizeof(wrong[0]));
	tcase_add_loop_test(t, slots_lie_in_their_map, 0, sizeof(places) / sizeof(places[0]));
	suite_add_tcase(s, t);
	return s;
}
