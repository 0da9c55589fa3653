/* SPDX-License-Identifier: MIT */
/*
 * Taking over an image, and giving back the memory of what the arrays have.
 *
 *	header | code, data | .BTF .BTF.ext | .rel* .symtab .strtab | section headers
 *	header | code, data | .BTF .BTF.ext |       names, in a copy
 *
 * Compilers write code and data first, so what goes is the rest of the image, where the names are: they are
 * copied.
 */
#include "elf/image.h"

/* What relocations patch is read, whatever its type. */
static bool is_used(const struct pbpf_section *s)
{
	return s->data && (s->type == PBPF_SHT_PROGBITS || s->reloc_count) && !elf_is_dwarf(s);
}

/* Where the copy of a name is. Those that are empty need not be in a table. */
static const char *copied_name(const char *name, const struct elf_strings *from, const char *to)
{
	return *name ? to + (name - from->bytes) : "";
}

static int copy_names(struct elf_object *object)
{
	struct elf_strings *sections = &object->section_names, *symbols = &object->symbol_names;
	bool shared = symbols->bytes == sections->bytes && symbols->size == sections->size;
	char *to;

	object->names_size = (size_t)(sections->size + (shared ? 0 : symbols->size));
	object->names = env_room(&object->env, NULL, 0, object->names_size);
	if (!object->names)
		return env_no_memory(&object->env, "elf", "a copy of the names");
	to = object->names;
	memcpy(to, sections->bytes, (size_t)sections->size);
	for (uint32_t i = 1; i < object->view.section_count; i++)
		object->sections[i].name = copied_name(object->sections[i].name, sections, to);
	if (!shared) {
		to += sections->size;
		if (symbols->size)
			memcpy(to, symbols->bytes, (size_t)symbols->size);
	}
	for (uint32_t i = 1; i < object->view.symbol_count; i++)
		object->symbols[i].name = copied_name(object->symbols[i].name, symbols, to);
	return 0;
}

/* Forgets what is not used; where the last of the rest ends. */
static size_t drop_unused(struct elf_object *object, const uint8_t *image)
{
	size_t end = 1; /* of memory, there is always a byte */

	for (uint32_t i = 1; i < object->view.section_count; i++) {
		struct pbpf_section *s = &object->sections[i];
		size_t section_end;

		if (!is_used(s)) {
			s->data = NULL;
			continue;
		}
		section_end = (size_t)(s->data - image) + (size_t)s->size;
		if (section_end > end)
			end = section_end;
	}
	return end;
}

/* The image has moved. */
static void move_sections(struct elf_object *object, uintptr_t from, const uint8_t *to)
{
	for (uint32_t i = 1; i < object->view.section_count; i++) {
		struct pbpf_section *s = &object->sections[i];

		if (s->data)
			s->data = to + ((uintptr_t)s->data - from);
	}
}

/* Keeps the beginning of the image, as far as it is used; all of it where the host cannot shrink a block. */
static void shrink_image(struct elf_object *object, uint8_t *image, size_t room)
{
	size_t end = drop_unused(object, image);
	uintptr_t was = (uintptr_t)image;
	uint8_t *rest = env_resize(&object->env, image, room, end, 1);

	object->image = rest ? rest : image;
	object->image_size = rest ? end : room;
	if ((uintptr_t)object->image != was)
		move_sections(object, was, object->image);
}

int pbpf_elf_adopt(struct pbpf_elf *elf, void *image, size_t room)
{
	struct elf_object *object = (struct elf_object *)elf;
	int err = copy_names(object);

	if (!err)
		shrink_image(object, image, room);
	return err;
}

/* Does another section that is read lie over these bytes? */
static bool is_shared(const struct elf_object *object, const struct pbpf_section *section)
{
	const uint8_t *end = section->data + section->size;

	for (uint32_t i = 1; i < object->view.section_count; i++) {
		const struct pbpf_section *s = &object->sections[i];

		if (s->data && s != section && s->data < end && section->data < s->data + s->size)
			return true;
	}
	return false;
}

void *pbpf_elf_take_btf(struct pbpf_elf *elf, const struct pbpf_section *section)
{
	struct elf_object *object = (struct elf_object *)elf;
	uint8_t *taken;

	if (!object->image || !section->data || !elf_is_btf(section) || is_shared(object, section))
		return NULL;
	taken = object->image + (section->data - object->image);
	object->sections[section - elf->sections].data = NULL;
	return taken;
}
