/* SPDX-License-Identifier: MIT */
/*
 * A section by its name: by looking at each in turn, or, where they are many, by an index, so that who asks for
 * each of many names takes no longer than it takes to sort them.
 */
#include "base/sort.h"
#include "elf/image.h"

#define MANY_SECTIONS 64

/* Of several with one name, the first in the file comes first. */
static bool section_before(const void *a, const void *b)
{
	const struct pbpf_section *const *x = a, *const *y = b;
	int order = strcmp((*x)->name, (*y)->name);

	return order ? order < 0 : *x < *y;
}

int elf_index_sections(struct elf_object *object)
{
	uint32_t count = object->view.section_count;

	if (count < MANY_SECTIONS)
		return 0;
	object->by_name = env_alloc(&object->env, count, sizeof(*object->by_name));
	if (!object->by_name)
		return env_no_memory(&object->env, "elf", "the index of sections");
	for (uint32_t i = 0; i < count; i++)
		object->by_name[i] = &object->sections[i];
	sort_array(object->by_name, count, sizeof(*object->by_name), section_before);
	return 0;
}

/* The first of the index that is not before `name`; section_count: there is none. */
static uint32_t first_not_before(const struct elf_object *object, const char *name)
{
	uint32_t low = 0, high = object->view.section_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (strcmp(object->by_name[middle]->name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static const struct pbpf_section *find_indexed(const struct elf_object *object, const char *name)
{
	uint32_t at = first_not_before(object, name);

	if (at < object->view.section_count && object->by_name[at] == object->sections)
		at++; /* section 0 is none */
	if (at == object->view.section_count || strcmp(object->by_name[at]->name, name))
		return NULL;
	return object->by_name[at];
}

const struct pbpf_section *pbpf_elf_section(const struct pbpf_elf *elf, const char *name)
{
	const struct elf_object *object = (const struct elf_object *)elf;
	size_t length = strlen(name);

	if (object->by_name)
		return find_indexed(object, name);
	for (uint32_t i = 1; i < elf->section_count; i++) {
		const struct pbpf_section *section = &elf->sections[i];

		if (section->name_length == length && !memcmp(section->name, name, length))
			return section;
	}
	return NULL;
}
