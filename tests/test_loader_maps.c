/* SPDX-License-Identifier: MIT */
/*
 * Maps: what definitions say, old and new, what they hold, and what is refused.
 */
#include "btf_builder.h"
#include "elf_builder.h"
#include "loader_fixture.h"

/* What the fake kernel holds in a map under a 32-bit key, 0 when there is nothing. */
static uint32_t held(const struct fixture *f, const char *map, uint32_t key)
{
	const struct fake_object *object =
		fake_kernel_object(&f->kernel, pbpf_map_fd(pbpf_object_map(f->obj, map)));

	ck_assert_ptr_nonnull(object);
	for (size_t at = 0; at + 8 <= object->size; at += 8) {
		uint32_t element[2];

		memcpy(element, object->bytes + at, sizeof(element));
		if (element[0] == key)
			return element[1];
	}
	return 0;
}

static uint32_t fd_of(const struct fixture *f, const char *map)
{
	return (uint32_t)pbpf_map_fd(pbpf_object_map(f->obj, map));
}

static uint32_t program_fd(const struct fixture *f, const char *program)
{
	return (uint32_t)pbpf_program_fd(pbpf_object_program(f->obj, program));
}

START_TEST(an_inner_map_is_made_and_closed)
{
	struct fixture *f = fixture_new("values.bpf");
	const struct pbpf_map_attr *inner;
	const struct fake_object *map;

	ck_assert_int_eq(open_object(f), 0);
	inner = pbpf_map_inner(pbpf_object_map(f->obj, "by_colour"));
	ck_assert_uint_eq(inner->type, PBPF_MAP_TYPE_ARRAY);
	ck_assert_uint_eq(inner->max_entries, 4);
	ck_assert_uint_eq(pbpf_map_attr(pbpf_object_map(f->obj, "by_colour"))->value_size, 4);
	ck_assert_ptr_null(pbpf_map_inner(pbpf_object_map(f->obj, "jumps")));
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	map = fake_kernel_object(&f->kernel, (int)fd_of(f, "by_colour"));
	map = fake_kernel_object(&f->kernel, (int)map->map.inner_map_fd);
	ck_assert(!map->open);
	ck_assert_uint_eq(map->map.value_size, 8);
	ck_assert_uint_ne(map->map.btf_value_type_id, 0);
	map = fake_kernel_object(&f->kernel, (int)fd_of(f, "rings"));
	map = fake_kernel_object(&f->kernel, (int)map->map.inner_map_fd);
	ck_assert_uint_eq(map->map.max_entries % 4096, 0);
	fixture_free(f);
}
END_TEST

START_TEST(slots_are_filled)
{
	struct fixture *f = loaded("values.bpf");

	ck_assert_uint_eq(held(f, "by_colour", 1), fd_of(f, "red"));
	ck_assert_uint_eq(held(f, "by_colour", 5), fd_of(f, "blue"));
	ck_assert_uint_eq(held(f, "by_number", 7), fd_of(f, "blue"));
	ck_assert_uint_eq(held(f, "jumps", 0), program_fd(f, "returns_ten"));
	ck_assert_uint_eq(held(f, "jumps", 2), program_fd(f, "returns_twenty"));
	ck_assert_uint_eq(held(f, "jumps", 3), 0); /* its program is not loaded */
	ck_assert_uint_eq(f->kernel.commands[PBPF_MAP_UPDATE_ELEM], 3 + 2 + 1); /* and .rodata */
	fixture_free(f);
}
END_TEST

START_TEST(a_slot_beyond_the_end_has_a_hint)
{
	struct fixture *f = fixture_new("values.bpf");
	struct pbpf_map_attr attr;

	ck_assert_int_eq(open_object(f), 0);
	attr = *pbpf_map_attr(pbpf_object_map(f->obj, "by_colour"));
	attr.max_entries = 2;
	ck_assert_int_eq(pbpf_map_set_attr(pbpf_object_map(f->obj, "by_colour"), &attr), 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), -E2BIG);
	ck_assert_str_eq(f->host.text, "map 'by_colour' cannot take 'blue' in slot 5: E2BIG");
	ck_assert_str_eq(f->host.hint, "raise max_entries");
	fixture_free(f);
}
END_TEST

START_TEST(the_callers_inner_map_goes_first)
{
	struct fixture *f = fixture_new("values.bpf");
	struct pbpf_map *map;
	struct pbpf_map_attr attr = {
		.type = PBPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 8, .max_entries = 4};
	int fd = pbpf_sys_map_create(&f->env, &attr);

	ck_assert_int_eq(open_object(f), 0);
	map = pbpf_object_map(f->obj, "by_colour");
	attr = *pbpf_map_attr(map);
	attr.inner_map_fd = fd;
	ck_assert_int_eq(pbpf_map_set_attr(map, &attr), 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_int_eq((int)fake_kernel_object(&f->kernel, pbpf_map_fd(map))->map.inner_map_fd,
			 fd);
	ck_assert_int_eq(pbpf_map_set_attr(map, &attr), -EINVAL);
	ck_assert_str_eq(f->host.text, "map 'by_colour' is loaded");
	pbpf_sys_close(&f->env, fd);
	fixture_free(f);
}
END_TEST

START_TEST(a_map_can_be_left_out)
{
	struct fixture *f = fixture_new("values.bpf");

	ck_assert_int_eq(open_object(f), 0);
	ck_assert(pbpf_map_autocreate(pbpf_object_map(f->obj, "blue")));
	ck_assert_int_eq(pbpf_map_set_autocreate(pbpf_object_map(f->obj, "blue"), false), 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), -EINVAL);
	ck_assert_ptr_nonnull(strstr(f->host.text, "has 'blue' in slot 5, which is not created"));
	pbpf_map_set_autocreate(pbpf_object_map(f->obj, "by_colour"), false);
	pbpf_map_set_autocreate(pbpf_object_map(f->obj, "by_number"), false);
	pbpf_program_set_autoload(pbpf_object_program(f->obj, "count_colours"), false);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_int_eq(pbpf_map_fd(pbpf_object_map(f->obj, "blue")), -ENOENT);
	fixture_free(f);
}
END_TEST

/* --- Definitions of hostile files ------------------------------------------------------------ */

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

/* --- Definitions of before BTF ---------------------------------------------------------------- */

struct old_map {
	const char *name;
	uint64_t value, size;
};

/* Opens an object whose section `name` holds `bytes`, with these symbols. */
static int open_legacy(struct fixture *f, const char *name, const void *bytes, size_t size,
		       const struct old_map *maps, size_t count)
{
	struct elf_builder b;
	struct elf_built image;
	uint32_t section;
	int err;

	build_start(&b, HOST_BIG);
	section = build_section(&b, name, PBPF_SHT_PROGBITS, 3, bytes, size);
	for (size_t i = 0; i < count; i++)
		build_symbol(&b, maps[i].name, PBPF_STB_GLOBAL << 4 | PBPF_STT_OBJECT, section,
			     maps[i].value, maps[i].size);
	f->env.level = PBPF_NOTE;
	image = build_finish(&b);
	free(f->image);
	f->image = image.bytes;
	f->size = image.size;
	err = open_object(f);
	return err;
}

static const uint32_t two_old_maps[] = {PBPF_MAP_TYPE_HASH,  8, 16, 32, 1, /* flags, and then */
					PBPF_MAP_TYPE_ARRAY, 4, 8,  2};

START_TEST(old_definitions_are_read)
{
	static const struct old_map maps[] = {{"second", 20, 16}, {"first", 0, 20}};
	struct fixture *f = fixture_new("minimal.bpf");
	const struct pbpf_map_attr *attr;

	ck_assert_int_eq(open_legacy(f, "maps", two_old_maps, sizeof(two_old_maps), maps, 2), 0);
	ck_assert_ptr_nonnull(strstr(f->host.notes, "2 maps are defined in the old way"));
	attr = pbpf_map_attr(pbpf_object_map(f->obj, "first"));
	ck_assert_uint_eq(attr->type, PBPF_MAP_TYPE_HASH);
	ck_assert_uint_eq(attr->key_size, 8);
	ck_assert_uint_eq(attr->value_size, 16);
	ck_assert_uint_eq(attr->max_entries, 32);
	ck_assert_uint_eq(attr->flags, 1);
	attr = pbpf_map_attr(pbpf_object_map(f->obj, "second"));
	ck_assert_uint_eq(attr->max_entries, 2);
	ck_assert_uint_eq(attr->flags, 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_str_eq(fake_kernel_nth(&f->kernel, FAKE_MAP, 1)->map.map_name, "second");
	fixture_free(f);
}
END_TEST

START_TEST(a_symbol_need_not_know_its_size)
{
	static const struct old_map maps[] = {{"first", 0, 0}, {"second", 20, 0}};
	struct fixture *f = fixture_new("minimal.bpf");

	ck_assert_int_eq(open_legacy(f, "maps/x", two_old_maps, sizeof(two_old_maps), maps, 2), 0);
	ck_assert_uint_eq(pbpf_map_attr(pbpf_object_map(f->obj, "first"))->flags, 1);
	ck_assert_uint_eq(pbpf_map_attr(pbpf_object_map(f->obj, "second"))->flags, 0);
	fixture_free(f);
}
END_TEST

static const struct {
	size_t size; /* of the section */
	uint64_t second;
	int err;
	const char *text;
} old_shapes[] = {
	/* M1 */
	{64, 64, 0, NULL}, /* a long tail of zeros */
	{12, 12, -EINVAL, "has a definition of 12 bytes"},
	{64, 8, -EINVAL, "has a definition of 8 bytes"},
	{64, 0, -EINVAL, "has a definition of 0 bytes"},
	{65, 65, -ENOTSUP, "says something in byte 64 of its definition"},
	{4096, 4096, -ENOTSUP, "says something in byte 64 of its definition"},
};

START_TEST(old_definitions_of_any_size)
{
	unsigned char bytes[4096] = {PBPF_MAP_TYPE_HASH, 0, 0, 0, 4, 0, 0, 0, 4, 0, 0, 0, 9};
	struct old_map maps[] = {{"first", 0, 0}, {"second", old_shapes[_i].second, 0}};
	size_t count = old_shapes[_i].second < old_shapes[_i].size ? 2 : 1;
	struct fixture *f = fixture_new("minimal.bpf");

	bytes[64] = 1;
	ck_assert_int_eq(open_legacy(f, "maps", bytes, old_shapes[_i].size, maps, count),
			 old_shapes[_i].err);
	if (old_shapes[_i].text)
		ck_assert_msg(strstr(f->host.text, old_shapes[_i].text), "%s", f->host.text);
	fixture_free(f);
}
END_TEST

/* What BPF_ANNOTATE_KV_PAIR() left beside a definition, with a value of that size. */
static struct fixture *open_annotated(uint32_t value_size)
{
	struct fixture *f = fixture_new("minimal.bpf");
	struct btf_builder types;
	struct btf_bytes btf;
	struct elf_builder b;
	struct elf_built image;
	uint32_t section, key, value;

	btf_start(&types, HOST_BIG);
	key = add_int(&types, "long", 8, 1);
	value = add_struct(&types, "counts", value_size);
	add_struct(&types, "____btf_map_first", 8 + value_size);
	add_member(&types, "key", key, 0);
	add_member(&types, "value", value, 64);
	btf = btf_finish(&types);
	build_start(&b, HOST_BIG);
	section = build_section(&b, "maps", PBPF_SHT_PROGBITS, 3, two_old_maps, 20);
	build_section(&b, ".BTF", PBPF_SHT_PROGBITS, 0, btf.bytes, btf.size);
	build_symbol(&b, "first", PBPF_STB_GLOBAL << 4 | PBPF_STT_OBJECT, section, 0, 20);
	image = build_finish(&b);
	free(btf.bytes);
	free(f->image);
	f->image = image.bytes;
	f->size = image.size;
	f->env.level = PBPF_NOTE;
	ck_assert_int_eq(open_object(f), 0);
	return f;
}

START_TEST(old_definitions_have_types_beside)
{
	struct fixture *f = open_annotated(16);
	const struct pbpf_map_attr *attr = pbpf_map_attr(pbpf_object_map(f->obj, "first"));

	ck_assert_uint_eq(attr->btf_key_type, 1);
	ck_assert_uint_eq(attr->btf_value_type, 2);
	fixture_free(f);

	f = open_annotated(12);
	attr = pbpf_map_attr(pbpf_object_map(f->obj, "first"));
	ck_assert_uint_eq(attr->btf_value_type, 0);
	ck_assert_ptr_nonnull(strstr(f->host.notes, "'first' is created without types"));
	fixture_free(f);
}
END_TEST

START_TEST(a_section_without_symbols_has_no_maps)
{
	struct fixture *f = fixture_new("minimal.bpf");

	ck_assert_int_eq(open_legacy(f, "maps", two_old_maps, sizeof(two_old_maps), NULL, 0), 0);
	ck_assert_ptr_null(pbpf_object_next_map(f->obj, NULL));
	fixture_free(f);
}
END_TEST

START_TEST(an_old_object_loads)
{
	struct fixture *f = loaded("legacy_maps.bpf");

	ck_assert_uint_eq(f->kernel.commands[PBPF_MAP_CREATE], 2);
	ck_assert_uint_eq(pbpf_map_attr(pbpf_object_map(f->obj, "old_hash"))->flags,
			  PBPF_F_NO_PREALLOC);
	fixture_free(f);
}
END_TEST

/* --- Refused ---------------------------------------------------------------------------------- */

static const struct {
	uint32_t type, max_entries;
	const char *hint;
} rules[] = {
	{PBPF_MAP_TYPE_TASK_STORAGE, 0, "BPF_F_NO_PREALLOC, no max_entries"},
	{PBPF_MAP_TYPE_CGROUP_STORAGE, 0, "bpf_cgroup_storage_key"},
	{PBPF_MAP_TYPE_LPM_TRIE, 1, "BPF_F_NO_PREALLOC"},
	{PBPF_MAP_TYPE_RINGBUF, 1, "neither key nor value"},
	{PBPF_MAP_TYPE_QUEUE, 1, "no key"},
	{PBPF_MAP_TYPE_ARRAY, 1, "its key is a __u32"},
	{PBPF_MAP_TYPE_PROG_ARRAY, 1, "a file descriptor"},
	{PBPF_MAP_TYPE_ARENA, 1, "BPF_F_MMAPABLE"},
	{PBPF_MAP_TYPE_HASH, 0, "set max_entries"},
	{PBPF_MAP_TYPE_HASH_OF_MAPS, 1, "say what it holds"},
	{77, 1, "check type"},
};

/* The kernel says EINVAL, and nothing else. */
START_TEST(a_refused_map_has_the_rule_of_its_type)
{
	struct fixture *f = fixture_new("counter.bpf");
	struct pbpf_map_attr attr;
	struct pbpf_map *map;

	ck_assert_int_eq(open_object(f), 0);
	map = pbpf_object_next_map(f->obj, NULL);
	attr = *pbpf_map_attr(map);
	attr.type = rules[_i].type;
	attr.max_entries = rules[_i].max_entries;
	ck_assert_int_eq(pbpf_map_set_attr(map, &attr), 0);
	f->kernel.refuse[PBPF_MAP_CREATE] = EINVAL;
	ck_assert_int_eq(pbpf_object_load(f->obj), -EINVAL);
	ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 1);
	ck_assert_msg(strstr(f->host.hint, rules[_i].hint), "'%s' lacks '%s'", f->host.hint,
		      rules[_i].hint);
	ck_assert(attr.type != 77 || strstr(f->host.text, "(type 77, "));
	fixture_free(f);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("loader: maps");
	TCase *values = tcase_create("values");
	TCase *hostile = tcase_create("hostile");
	TCase *old = tcase_create("old");
	TCase *refused = tcase_create("refused");

	tcase_add_test(values, an_inner_map_is_made_and_closed);
	tcase_add_test(values, slots_are_filled);
	tcase_add_test(values, a_slot_beyond_the_end_has_a_hint);
	tcase_add_test(values, the_callers_inner_map_goes_first);
	tcase_add_test(values, a_map_can_be_left_out);
	suite_add_tcase(s, values);
	tcase_add_loop_test(hostile, wrong_definitions_are_refused, 0,
			    sizeof(wrong) / sizeof(wrong[0]));
	tcase_add_loop_test(hostile, slots_lie_in_their_map, 0, sizeof(places) / sizeof(places[0]));
	suite_add_tcase(s, hostile);
	tcase_add_test(old, old_definitions_are_read);
	tcase_add_test(old, a_symbol_need_not_know_its_size);
	tcase_add_loop_test(old, old_definitions_of_any_size, 0,
			    sizeof(old_shapes) / sizeof(old_shapes[0]));
	tcase_add_test(old, a_section_without_symbols_has_no_maps);
	tcase_add_test(old, old_definitions_have_types_beside);
	tcase_add_test(old, an_old_object_loads);
	suite_add_tcase(s, old);
	tcase_add_loop_test(refused, a_refused_map_has_the_rule_of_its_type, 0,
			    sizeof(rules) / sizeof(rules[0]));
	suite_add_tcase(s, refused);
	return s;
}
