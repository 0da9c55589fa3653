/* SPDX-License-Identifier: MIT */
/*
 * Maps of struct_ops as the object has them: one for each variable of .struct_ops and .struct_ops.link, with
 * the variable's bytes, and the functions that relocations put into its members.
 *
 *	.struct_ops   ... | mine: 0 0 "mine" ... | ...
 *	                         ^ relocation: the function my_ssthresh
 */
#include "loader/struct_ops.h"
#include "base/reader.h"
#include "base/spell.h"
#include "loader/object.h"

#include <string.h>

/* Far more than any kernel has of either (BPF_STRUCT_OPS_MAX_NR_MEMBERS in linux/bpf.h is 64); each is
 * looked for among all of the kernel's. */
#define OPS_MAX	    256	 /* structs of an object */
#define MEMBERS_MAX 1024 /* of a struct */

/* Where they are: .struct_ops, .struct_ops.link, and either with a '?' before it. */
struct ops_section {
	uint32_t index; /* of the section; 0: before the first */
	struct pbpf_btf_type datasec;
	bool with_link, left_out;
};

static bool is_ops_section(struct ops_section *of, const char *name)
{
	static const char prefix[] = ".struct_ops";

	of->left_out = *name == '?';
	name += of->left_out;
	if (strncmp(name, prefix, strlen(prefix)))
		return false;
	name += strlen(prefix);
	of->with_link = !strcmp(name, ".link");
	return of->with_link || !*name;
}

/* Goes on to the next; false: there is no more. */
static bool next_ops_section(const struct pbpf_object *obj, struct ops_section *of)
{
	while (obj->datasecs && ++of->index < obj->elf->section_count) {
		uint32_t datasec = obj->datasecs[of->index];

		if (!datasec || !is_ops_section(of, obj->elf->sections[of->index].name))
			continue;
		of->datasec = pbpf_btf_type(obj->btf, datasec);
		return true;
	}
	return false;
}

uint32_t count_struct_ops(const struct pbpf_object *obj)
{
	struct ops_section of = {0};
	uint32_t count = 0;

	while (next_ops_section(obj, &of))
		count += of.datasec.vlen;
	return count;
}

/* The map's struct: a copy of its bytes, and room for its programs. */
static int open_struct(struct pbpf_map *map, uint32_t type)
{
	const struct pbpf_object *obj = map->obj;
	const struct pbpf_section *section = &obj->elf->sections[map->section];
	struct pbpf_btf_type ops = pbpf_btf_type(obj->btf, pbpf_btf_resolve(obj->btf, type));

	if (ops.kind != PBPF_KIND_STRUCT || !*ops.name || !ops.size || ops.size > map->size)
		return map_fail(map, -EINVAL, "declare it as a struct that the kernel has",
				"of section '%s' is no struct with a name", section->name);
	if (ops.vlen > MEMBERS_MAX)
		return map_fail(map, -ENOTSUP, "declare the members that it uses",
				"is a struct of %u members, and %d are the most", ops.vlen,
				MEMBERS_MAX);
	map->ops = env_alloc(&obj->env, 1, sizeof(*map->ops));
	if (!map->ops)
		return env_no_memory(&obj->env, STAGE_LOAD, "a struct_ops");
	map->ops->type = ops.id;
	map->ops->size = ops.size;
	map->ops->member_count = ops.vlen;
	map->ops->value = env_copy(&obj->env, section->data + map->offset, ops.size);
	map->ops->programs = env_alloc(&obj->env, ops.vlen, sizeof(*map->ops->programs));
	if (!map->ops->value || !map->ops->programs)
		return env_no_memory(&obj->env, STAGE_LOAD, "a struct_ops");
	map->attr.value_size = ops.size;
	return 0;
}

static int add_struct_ops(struct pbpf_object *obj, const struct ops_section *of, uint32_t i)
{
	const struct pbpf_section *section = &obj->elf->sections[of->index];
	struct pbpf_btf_variable variable = pbpf_btf_variable(obj->btf, &of->datasec, i);
	struct pbpf_btf_type var = pbpf_btf_type(obj->btf, variable.type);
	struct pbpf_map *map = new_map(obj, var.name, of->index);

	map->left_out = of->left_out;
	map->btf_id = variable.type;
	map->attr.type = PBPF_MAP_TYPE_STRUCT_OPS;
	map->attr.key_size = sizeof(uint32_t);
	map->attr.max_entries = 1;
	map->attr.flags = of->with_link ? PBPF_F_LINK : 0u;
	map->offset = variable.offset;
	map->size = variable.size;
	name_map(map);
	if (!section->data || !range_ok(map->offset, map->size, section->size))
		return map_fail(map, -EINVAL, "the object is damaged",
				"(%u bytes at %u) passes the end of section '%s'", variable.size,
				variable.offset, section->name);
	return open_struct(map, var.type);
}

int find_struct_ops(struct pbpf_object *obj, uint32_t count)
{
	struct ops_section of = {0};
	int err = 0;

	if (!count)
		return 0;
	if (count > OPS_MAX)
		return env_fail(&obj->env, -ENOTSUP, AT(STAGE_LOAD, ".struct_ops", 0),
				"make several objects of it",
				"the object has %u struct_ops, and %d are the most", count,
				OPS_MAX);
	while (!err && next_ops_section(obj, &of))
		for (uint32_t n = 0; !err && n < of.datasec.vlen; n++)
			err = add_struct_ops(obj, &of, n);
	return err;
}

/* --- Programs --------------------------------------------------------------------------------- */

/* The member that begins at a byte of the struct; member_count: none. */
static uint32_t member_at(const struct pbpf_map *map, uint64_t offset)
{
	const struct pbpf_btf *btf = map->obj->btf;
	struct pbpf_btf_type type = pbpf_btf_type(btf, map->ops->type);
	uint32_t i = 0;

	while (i < type.vlen && pbpf_btf_member(btf, &type, i).bit_offset != offset * 8)
		i++;
	return i;
}

static bool is_pointer(const struct pbpf_map *map, uint32_t i)
{
	const struct pbpf_btf *btf = map->obj->btf;
	struct pbpf_btf_type type = pbpf_btf_type(btf, map->ops->type);
	struct pbpf_btf_member member = pbpf_btf_member(btf, &type, i);

	return pbpf_btf_type(btf, pbpf_btf_resolve(btf, member.type)).kind == PBPF_KIND_PTR &&
	       range_ok(member.bit_offset / 8, 8, map->ops->size);
}

/* Is it the struct that this byte of a section is in? */
static bool holds_byte(const struct pbpf_map *map, uint32_t section, uint64_t offset)
{
	return map->ops && map->section == section && offset >= map->offset &&
	       offset - map->offset < map->ops->size;
}

/* A relocation puts a program into a member. */
static int tie_program(struct pbpf_map *map, const struct pbpf_reloc *reloc)
{
	struct pbpf_object *obj = map->obj;
	const struct pbpf_symbol *symbol = &obj->elf->symbols[reloc->symbol];
	const struct pbpf_program *prog;
	struct reader addend;
	uint64_t offset;
	uint32_t i;

	i = member_at(map, reloc->offset - map->offset);
	if (i == map->ops->member_count || !is_pointer(map, i))
		return map_fail(map, -EINVAL, "the object is damaged",
				"has '%s' at byte %llu, where no pointer is", symbol->name,
				(unsigned long long)(reloc->offset - map->offset));
	addend =
		reader_of(map->ops->value + (reloc->offset - map->offset), 8, obj->elf->big_endian);
	offset = symbol->value + read_u64(&addend);
	prog = offset <= UINT32_MAX ? program_at(obj, symbol->section, offset) : NULL;
	if (!prog)
		return map_fail(map, -EINVAL,
				"name a function with a section of its own, SEC(\"struct_ops\")",
				"has '%s' in a member, which is no program", symbol->name);
	map->ops->programs[i] = &obj->programs[prog - obj->programs];
	memset(map->ops->value + (reloc->offset - map->offset), 0, 8);
	return 0;
}

/* Both the maps of a section and its relocations are in ascending order. */
static int tie_section(struct pbpf_object *obj, uint32_t index)
{
	const struct pbpf_section *section = &obj->elf->sections[index];
	uint32_t at = 0;
	int err = 0;

	for (uint32_t n = 0; !err && n < section->reloc_count; n++) {
		const struct pbpf_reloc *reloc = &section->relocs[n];

		while (at < obj->map_count && !holds_byte(&obj->maps[at], index, reloc->offset))
			at++;
		if (at == obj->map_count)
			return env_fail(&obj->env, -EINVAL,
					AT(STAGE_LOAD, section->name, reloc->offset),
					"the object is damaged",
					"a relocation of section '%s' is in no struct of it",
					section->name);
		err = tie_program(&obj->maps[at], reloc);
	}
	return err;
}

/* The maps of a section follow one another. */
int tie_struct_ops(struct pbpf_object *obj)
{
	int err = 0;

	for (uint32_t i = 0; !err && i < obj->map_count; i++) {
		const struct pbpf_map *map = &obj->maps[i];

		if (map->ops && (!i || map[-1].section != map->section))
			err = tie_section(obj, map->section);
	}
	return err;
}

/* --- Before load ------------------------------------------------------------------------------ */

static int must_be_ops(const struct pbpf_map *map)
{
	return map->ops ? 0 : map_fail(map, -EINVAL, NULL, "is no struct_ops");
}

int pbpf_struct_ops_value(struct pbpf_map *map, void **value, size_t *size)
{
	int err = must_be_ops(map);

	if (err)
		return err;
	*value = map->ops->value;
	*size = map->ops->size;
	return 0;
}

int pbpf_struct_ops_set_program(struct pbpf_map *map, const char *member, struct pbpf_program *prog)
{
	struct pbpf_btf_type type;
	struct spell spell = spell_for(member);
	int err = must_be_ops(map);

	if (!err)
		err = map_must_be_open(map);
	if (err)
		return err;
	if (prog && prog->obj != map->obj)
		return map_fail(map, -EINVAL, "name a program of the same object",
				"cannot have '%s' in '%s': it is of another object",
				pbpf_program_name(prog), member);
	if (prog && pbpf_program_type(prog) != PBPF_PROG_TYPE_STRUCT_OPS)
		return map_fail(map, -EINVAL, "its section is SEC(\"struct_ops\")",
				"cannot have '%s' in '%s': it is of another type",
				pbpf_program_name(prog), member);
	type = pbpf_btf_type(map->obj->btf, map->ops->type);
	for (uint32_t i = 0; i < type.vlen; i++) {
		const char *name = pbpf_btf_member(map->obj->btf, &type, i).name;

		if (strcmp(name, member)) {
			spell_try(&spell, name);
			continue;
		}
		if (!is_pointer(map, i))
			return map_fail(map, -EINVAL, NULL,
					"has a member '%s', which is no function", member);
		map->ops->programs[i] = prog;
		return 0;
	}
	return map_fail(map, -ENOENT, NULL, "has no member '%s'%s%s%s", member,
			spell.nearest ? "; did you mean '" : "", spell.nearest ? spell.nearest : "",
			spell.nearest ? "'?" : "");
}

void free_struct_ops(struct pbpf_map *map)
{
	const struct pbpf_env *env = &map->obj->env;

	if (!map->ops)
		return;
	forget_kernel_value(map);
	env_free(env, map->ops->value, map->ops->size, 1);
	env_free(env, map->ops->programs, map->ops->member_count, sizeof(*map->ops->programs));
	env_free(env, map->ops, 1, sizeof(*map->ops));
}
