/* SPDX-License-Identifier: MIT */
/*
 * The elements that the object file gives to its maps:
 *
 *	struct {
 *		__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
 *		...
 *		__array(values, int (void *));
 *	} jumps SEC(".maps") = {.values = {[2] = (void *)&on_tcp}};
 *
 *	.maps   ... | jumps: type key_size ... | slot 0 | slot 1 | slot 2 | ...
 *	                                                          ^ relocation: the function on_tcp
 *
 * Slots take 8 bytes each; a slot that a relocation names is filled with the map, or the program, that
 * the relocation's symbol stands for. The slot's number is the key.
 */
#include "base/reader.h"
#include "loader/object.h"

#include <string.h>

#define SLOT_SIZE 8
#define DAMAGED_SLOT \
	"the object is damaged, or was made by a compiler that this loader does not know"

/* The last map of .maps that begins at or before `offset`, or NULL. These maps come first in the
 * object's list, in ascending order. */
static struct pbpf_map *map_at(const struct pbpf_object *obj, uint32_t section, uint64_t offset)
{
	uint32_t low = 0, high = obj->map_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		const struct pbpf_map *map = &obj->maps[middle];

		if (map->section == section && map->offset <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? &obj->maps[low - 1] : NULL;
}

/* The program whose function begins at `offset` of a section, or NULL. Programs are in the order of
 * their functions. */
const struct pbpf_program *program_at(const struct pbpf_object *obj, uint32_t section,
				      uint64_t offset)
{
	const struct pbpf_function *function =
		pbpf_functions_at(&obj->functions, section, (uint32_t)(offset / 8));
	uint32_t index, low = 0, high = obj->program_count;

	if (offset % 8 || !function || function->first != offset / 8)
		return NULL;
	index = (uint32_t)(function - obj->functions.array);
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (obj->programs[middle].function < index)
			low = middle + 1;
		else
			high = middle;
	}
	return low < obj->program_count && obj->programs[low].function == index
		       ? &obj->programs[low]
		       : NULL;
}

/* What the relocation points to: the symbol, and, for a section symbol, the addend in the slot. */
static int find_target(const struct pbpf_object *obj, const struct pbpf_map *map,
		       const struct pbpf_reloc *reloc, uint32_t *target)
{
	const struct pbpf_symbol *symbol = &obj->elf->symbols[reloc->symbol];
	const struct pbpf_section *section = &obj->elf->sections[map->section];
	struct reader addend =
		reader_of(section->data + reloc->offset, SLOT_SIZE, obj->elf->big_endian);
	uint64_t offset = symbol->value + read_u64(&addend);
	const struct pbpf_program *prog;
	const struct pbpf_map *other;

	if (map_holds_maps(map->attr.type)) {
		other = symbol->section == map->section ? map_at(obj, map->section, offset) : NULL;
		if (!other || other->offset != offset)
			return map_fail(map, -EINVAL, "name a map of .maps",
					"has a slot for '%s', which is no map", symbol->name);
		*target = (uint32_t)(other - obj->maps);
		return 0;
	}
	prog = offset <= UINT32_MAX ? program_at(obj, symbol->section, offset) : NULL;
	if (!prog)
		return map_fail(map, -EINVAL,
				"name a function with a section of its own, SEC(\"...\")",
				"has a slot for '%s', which is no program", symbol->name);
	*target = (uint32_t)(prog - obj->programs);
	return 0;
}

static int read_slot(struct pbpf_object *obj, const struct pbpf_reloc *reloc, uint32_t section)
{
	const struct pbpf_map *map = map_at(obj, section, reloc->offset);
	struct map_slot *slot = &obj->slots[obj->slot_count];
	uint64_t place;

	if (!map || !map->slots || reloc->offset < map->slots ||
	    !range_ok(reloc->offset, SLOT_SIZE, map->offset + map->size))
		return env_fail(&obj->env, -EINVAL, AT(STAGE_LOAD, ".maps", reloc->offset),
				DAMAGED_SLOT,
				"a relocation of section '.maps' is in no slot of a map");
	place = reloc->offset - map->slots;
	if (place % SLOT_SIZE || place / SLOT_SIZE > UINT32_MAX)
		return map_fail(map, -EINVAL, DAMAGED_SLOT,
				"has a relocation in the middle of a slot, at byte %llu",
				(unsigned long long)place);
	slot->map = (uint32_t)(map - obj->maps);
	slot->index = (uint32_t)(place / SLOT_SIZE);
	slot->of_map = map_holds_maps(map->attr.type);
	obj->slot_count++;
	return find_target(obj, map, reloc, &slot->target);
}

int find_slots(struct pbpf_object *obj)
{
	const struct pbpf_section *section = pbpf_elf_section(obj->elf, ".maps");
	int err = 0;

	if (!section || !section->reloc_count)
		return 0;
	obj->slots = env_alloc(&obj->env, section->reloc_count, sizeof(*obj->slots));
	if (!obj->slots)
		return env_no_memory(&obj->env, STAGE_LOAD, "the elements of maps");
	obj->slot_room = section->reloc_count;
	for (uint32_t i = 0; !err && i < section->reloc_count; i++)
		err = read_slot(obj, &section->relocs[i], (uint32_t)(section - obj->elf->sections));
	return err;
}

static const char *slot_hint(const struct pbpf_map *map, const struct map_slot *slot, int err)
{
	if (slot->index >= map->attr.max_entries && map->attr.type != PBPF_MAP_TYPE_HASH_OF_MAPS)
		return "raise max_entries";
	if (err != -EINVAL)
		return NULL;
	return map_holds_maps(map->attr.type)
		       ? "type, key, value and flags of a map in it must be those of its 'values'"
		       : "all programs in a prog array must be of one type";
}

/* The key is 4 bytes also where the kernel would take other keys: nothing says what they are. */
static int fill_slot(const struct pbpf_map *map, const struct map_slot *slot, const char *name,
		     int fd)
{
	const struct pbpf_env *env = &map->obj->env;
	int err;

	if (map->attr.key_size != sizeof(slot->index))
		return map_fail(map, -EINVAL, "make its keys __u32, or fill it after load",
				"has slots, which have numbers of 4 bytes, and keys of %u",
				map->attr.key_size);
	err = pbpf_sys_map_update(env, map->fd, &slot->index, &fd, PBPF_ANY);
	if (err)
		return map_fail(map, err, slot_hint(map, slot, err),
				"cannot take '%s' in slot %u: %s", name, slot->index,
				pbpf_error_name(err));
	env_step(env, AT(STAGE_LOAD, map->name, slot->index), "slot %u of map '%s' is '%s', fd %d",
		 slot->index, map->name, name, fd);
	return 0;
}

int fill_map_slots(struct pbpf_object *obj)
{
	int err = 0;

	for (uint32_t i = 0; !err && i < obj->slot_count; i++) {
		const struct map_slot *slot = &obj->slots[i];
		const struct pbpf_map *map = &obj->maps[slot->map], *target;

		if (!slot->of_map || map->fd < 0 || map->adopted)
			continue;
		target = &obj->maps[slot->target];
		if (target->fd < 0)
			err = map_fail(map, -EINVAL, "leave out both, or create both",
				       "has '%s' in slot %u, which is not created", target->name,
				       slot->index);
		else
			err = fill_slot(map, slot, target->name, target->fd);
	}
	return err;
}

int fill_program_slots(struct pbpf_object *obj)
{
	int err = 0;

	for (uint32_t i = 0; !err && i < obj->slot_count; i++) {
		const struct map_slot *slot = &obj->slots[i];
		const struct pbpf_map *map = &obj->maps[slot->map];
		const struct pbpf_program *prog;

		if (slot->of_map || map->fd < 0)
			continue;
		prog = &obj->programs[slot->target];
		if (prog->fd >= 0)
			err = fill_slot(map, slot, pbpf_program_name(prog), prog->fd);
		else
			env_note(&obj->env, AT(STAGE_LOAD, map->name, slot->index), NULL,
				 "slot %u of map '%s' stays empty: program '%s' is not loaded",
				 slot->index, map->name, pbpf_program_name(prog));
	}
	return err;
}
