/* SPDX-License-Identifier: MIT */
/*
 * The backend over libelf: elfutils' reader turns records into numbers.
 *
 * It sees an image only after header.c has found a good file header and section header table, and
 * its own answers are checked afterwards; so a crafted file meets as little of it as possible.
 * Records are copied out with gelf_*(): pointers that libelf hands out can lie anywhere.
 */
#include "elf/image.h"

#include <gelf.h>
#include <libelf.h>

/* What libelf reads wants the alignment of a file mapped at the start of a page. */
#define LIBELF_ALIGN 8

/* libelf failed on what has been checked: nothing is left for it to refuse but a lack of memory. */
static int libelf_failed(const struct elf_opening *o)
{
	return env_fail(o->env, -ENOMEM, AT("elf", NULL, 0), NULL, "libelf: %s", elf_errmsg(-1));
}

static int libelf_begin(struct elf_opening *o)
{
	uintptr_t bytes = (uintptr_t)o->data;

	if (elf_version(EV_CURRENT) == EV_NONE)
		return libelf_failed(o);
	if (bytes % LIBELF_ALIGN) {
		o->copy = env_copy(o->env, o->data, o->size);
		if (!o->copy)
			return env_no_memory(o->env, "elf", "an aligned copy of the file");
		bytes = (uintptr_t)o->copy;
	}
	o->handle = elf_memory((char *)bytes, o->size); /* reads only, despite its type */
	return o->handle ? 0 : libelf_failed(o);
}

static void libelf_end(struct elf_opening *o)
{
	elf_end(o->handle);
	env_free(o->env, o->copy, o->size, 1);
}

static int libelf_header(const struct elf_opening *o, uint32_t index, struct elf_header *header)
{
	GElf_Shdr h;

	if (!gelf_getshdr(elf_getscn(o->handle, index), &h))
		return libelf_failed(o);
	*header = (struct elf_header){
		.flags = h.sh_flags,
		.offset = h.sh_offset,
		.size = h.sh_size,
		.align = h.sh_addralign,
		.entry_size = h.sh_entsize,
		.name = h.sh_name,
		.type = h.sh_type,
		.link = h.sh_link,
		.info = h.sh_info,
	};
	return 0;
}

/* The records of a section, in the host's byte order. */
static Elf_Data *libelf_data(const struct elf_opening *o, uint32_t index)
{
	return elf_getdata(elf_getscn(o->handle, index), NULL);
}

static int libelf_symbol(const struct elf_opening *o, uint32_t n, struct elf_record *record)
{
	Elf_Data *indices = o->extended ? libelf_data(o, o->extended) : NULL;
	Elf32_Word index = 0;
	GElf_Sym s;

	if ((o->extended && !indices) ||
	    !gelf_getsymshndx(libelf_data(o, o->symtab), indices, (int)n, &s, &index))
		return libelf_failed(o);
	*record = (struct elf_record){
		.value = s.st_value,
		.size = s.st_size,
		.name = s.st_name,
		.extended = index,
		.section = s.st_shndx,
		.info = s.st_info,
		.other = s.st_other,
	};
	return 0;
}

static int libelf_relocs(const struct elf_opening *o, uint32_t table, uint32_t count,
			 struct pbpf_reloc *relocs)
{
	Elf_Data *data = libelf_data(o, table);
	GElf_Rel r;

	for (uint32_t n = 0; n < count; n++) {
		if (!gelf_getrel(data, (int)n, &r))
			return libelf_failed(o);
		relocs[n].offset = r.r_offset;
		relocs[n].symbol = (uint32_t)GELF_R_SYM(r.r_info);
		relocs[n].type = (uint32_t)GELF_R_TYPE(r.r_info);
	}
	return 0;
}

const struct elf_backend elf_backend_libelf = {
	.name = "libelf",
	.begin = libelf_begin,
	.end = libelf_end,
	.header = libelf_header,
	.symbol = libelf_symbol,
	.relocs = libelf_relocs,
};
