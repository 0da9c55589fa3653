/* SPDX-License-Identifier: MIT */
/*
 * From an image to a struct pbpf_elf: the order of the work, and the sections.
 *
 * Whatever a backend hands over is checked here and in records.c, once for both backends.
 */
#include "base/reader.h"
#include "elf/image.h"

enum { ELF_SHT_NULL = 0, ELF_SHT_EXTENDED = 18 };

int elf_take_strings(const struct elf_opening *o, uint32_t index, const char *whose,
		     struct elf_strings *strings)
{
	struct elf_header h;
	int err;

	if (!index || index >= o->section_count)
		return elf_damaged(o, NULL, 0, "the names of %s should be in section %u of %u",
				   whose, index, o->section_count);
	err = o->backend->header(o, index, &h);
	if (err)
		return err;
	if (h.type != PBPF_SHT_STRTAB)
		return elf_damaged(o, NULL, 0,
				   "section %u, for the names of %s, is no string table", index,
				   whose);
	if (!range_ok(h.offset, h.size, o->size))
		return elf_damaged(o, NULL, h.offset,
				   "the string table for the names of %s ends after the file",
				   whose);
	if (!h.size || o->data[h.offset + h.size - 1])
		return elf_damaged(o, NULL, h.offset,
				   "the string table for the names of %s does not end in NUL",
				   whose);
	strings->bytes = (const char *)o->data + h.offset;
	strings->size = h.size;
	return 0;
}

int elf_take_table(const struct elf_opening *o, uint32_t index, uint32_t record_size,
		   struct elf_table *table)
{
	const char *name = o->object->sections[index].name;
	struct elf_header h;
	int err = o->backend->header(o, index, &h);

	if (err)
		return err;
	if (h.entry_size != record_size)
		return elf_damaged(o, name, 0, "a table of entries of %llu bytes, not %u",
				   (unsigned long long)h.entry_size, record_size);
	if (h.size % record_size)
		return elf_damaged(o, name, h.size,
				   "a table of %llu bytes, no multiple of its entries' %u",
				   (unsigned long long)h.size, record_size);
	return o->backend->table(o, index, table);
}

/* Remembers the one section of a kind. */
static int note_only(const struct elf_opening *o, uint32_t *only, uint32_t index, const char *kind)
{
	if (*only)
		return elf_damaged(o, o->object->sections[index].name, 0,
				   "a second %s (section %u, after section %u)", kind, index,
				   *only);
	*only = index;
	return 0;
}

static int check_section(const struct elf_opening *o, const struct pbpf_section *s, uint64_t offset)
{
	const struct env_place *at = AT("elf", s->name, 0);

	if (s->align & (s->align - 1))
		return elf_damaged(o, s->name, 0, "alignment %llu is no power of two",
				   (unsigned long long)s->align);
	if (s->flags & PBPF_SHF_COMPRESSED && !elf_is_dwarf(s))
		return env_fail(o->env, -ENOTSUP, at,
				"unpack it with `llvm-objcopy --decompress-debug-sections`",
				"the section is compressed");
	if (s->type != PBPF_SHT_NOBITS && !range_ok(offset, s->size, o->size))
		return env_fail(o->env, -EINVAL, at, ELF_CUT,
				"the section (%llu bytes at byte %llu) ends after the file (%zu "
				"bytes)",
				(unsigned long long)s->size, (unsigned long long)offset, o->size);
	return 0;
}

static int take_name(const struct elf_opening *o, struct pbpf_section *s, uint32_t index,
		     uint32_t offset)
{
	const struct elf_strings *names = &o->object->section_names;

	if (offset >= names->size)
		return elf_damaged(o, NULL, 0,
				   "the name of section %u lies outside the string table", index);
	s->name_length = elf_name_length(names, offset);
	if (s->name_length == ELF_NAME_LIMIT)
		return elf_damaged(o, NULL, 0, "the name of section %u has %d bytes or more", index,
				   ELF_NAME_LIMIT);
	s->name = names->bytes + offset;
	return 0;
}

static int take_section(struct elf_opening *o, uint32_t index)
{
	struct pbpf_section *s = &o->object->sections[index];
	struct elf_header h;
	int err = o->backend->header(o, index, &h);

	if (err)
		return err;
	s->name = "";
	s->align = 1;
	if (h.type == ELF_SHT_NULL) /* "inactive": its other fields mean nothing */
		return 0;
	err = take_name(o, s, index, h.name);
	if (err)
		return err;
	s->size = h.size;
	s->flags = h.flags;
	if (h.align)
		s->align = h.align;
	s->type = h.type;
	s->link = h.link;
	s->info = h.info;
	err = check_section(o, s, h.offset);
	if (err)
		return err;
	if (s->type != PBPF_SHT_NOBITS)
		s->data = o->data + h.offset;
	if (s->type == PBPF_SHT_SYMTAB)
		return note_only(o, &o->symtab, index, "symbol table");
	if (s->type == ELF_SHT_EXTENDED)
		return note_only(o, &o->extended, index, "table of section indices");
	return 0;
}

static int take_sections(struct elf_opening *o)
{
	struct elf_object *object = o->object;
	uint32_t count = o->section_count;
	int err = elf_take_strings(o, o->names, "sections", &object->section_names);

	if (err)
		return err;
	object->sections = env_alloc(o->env, count, sizeof(*object->sections));
	if (!object->sections)
		return env_no_memory(o->env, "elf", "sections");
	object->view.sections = object->sections;
	object->view.section_count = count;
	object->sections[0].align = 1;
	object->sections[0].name = ""; /* its fields hold what did not fit in the file header */
	for (uint32_t i = 1; i < count && !err; i++)
		err = take_section(o, i);
	return err ? err : elf_index_sections(object);
}

static int take_all(struct elf_opening *o)
{
	int err = o->backend->begin(o);

	if (!err)
		err = take_sections(o);
	if (!err && o->symtab)
		err = elf_take_symbols(o);
	if (!err)
		err = elf_take_relocs(o);
	o->backend->end(o);
	return err;
}

static struct elf_object *new_elf_object(const struct elf_opening *o)
{
	struct elf_object *object = env_alloc(o->env, 1, sizeof(*object));

	if (!object)
		return NULL;
	if (o->env)
		object->env = *o->env;
	object->view.big_endian = o->big_endian;
	return object;
}

int elf_open_with(const struct elf_backend *backend, struct pbpf_elf **elf, const void *data,
		  size_t size, const struct pbpf_env *env)
{
	struct elf_opening o = {.backend = backend, .data = data, .size = size, .env = env};
	int err = elf_check_file(&o);

	if (err)
		return err;
	o.object = new_elf_object(&o);
	if (!o.object)
		return env_no_memory(env, "elf", "the object");
	err = take_all(&o);
	if (err) {
		pbpf_elf_close(&o.object->view);
		return err;
	}
	env_step(env, AT("elf", NULL, 0),
		 "%s-endian object: %u sections, %u symbols, %zu relocations",
		 o.big_endian ? "big" : "little", o.section_count, o.object->view.symbol_count,
		 o.object->reloc_count);
	*elf = &o.object->view;
	return 0;
}

#ifdef PBPF_ELF_BUILTIN
#define ELF_BACKEND elf_backend_builtin
#else
#define ELF_BACKEND elf_backend_libelf
#endif

int pbpf_elf_open(struct pbpf_elf **elf, const void *image, size_t size, const struct pbpf_env *env)
{
	return elf_open_with(&ELF_BACKEND, elf, image, size, env);
}

int pbpf_elf_find_bytes(struct pbpf_elf_bytes *bytes, const void *image, size_t size,
			const char *section, const struct pbpf_env *env)
{
	struct elf_opening o = {
		.backend = &ELF_BACKEND, .data = image, .size = size, .env = env, .any_kind = true};
	const struct pbpf_section *found = NULL;
	int err = elf_check_file(&o);

	if (err)
		return err;
	o.object = new_elf_object(&o);
	if (!o.object)
		return env_no_memory(env, "elf", "the object");
	err = o.backend->begin(&o);
	if (!err)
		err = take_sections(&o);
	o.backend->end(&o);
	if (!err)
		found = pbpf_elf_section(&o.object->view, section);
	if (!err && (!found || !found->data || !found->size))
		err = -ENOENT;
	if (!err)
		*bytes = (struct pbpf_elf_bytes){found->data, (size_t)found->size, o.big_endian};
	pbpf_elf_close(&o.object->view);
	return err;
}

void pbpf_elf_close(struct pbpf_elf *elf)
{
	struct elf_object *object = (struct elf_object *)elf;
	struct pbpf_env env;

	if (!object)
		return;
	env = object->env;
	env_free(&env, object->image, object->image_size, 1);
	env_free(&env, object->names, object->names_size, 1);
	env_free(&env, object->by_name, object->view.section_count, sizeof(*object->by_name));
	env_free(&env, object->relocs, object->reloc_count, sizeof(*object->relocs));
	env_free(&env, object->symbols, object->view.symbol_count, sizeof(*object->symbols));
	env_free(&env, object->sections, object->view.section_count, sizeof(*object->sections));
	env_free(&env, object, 1, sizeof(*object));
}
