/* SPDX-License-Identifier: MIT */
/*
 * The backend over libelf: elfutils' reader finds the records, and turns them into the host's byte order.
 *
 * It sees an image only after header.c has found a good file header and section header table, and
 * its own answers are checked afterwards; so a crafted file meets as little of it as possible.
 * Records are copied before they are read: pointers that libelf hands out can lie anywhere.
 */
#include "base/reader.h"
#include "elf/image.h"

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
	const Elf64_Shdr *lies = elf64_getshdr(elf_getscn(o->handle, index));
	Elf64_Shdr h;

	if (!lies)
		return libelf_failed(o);
	memcpy(&h, lies, sizeof(h));
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

static int libelf_table(const struct elf_opening *o, uint32_t index, struct elf_table *table)
{
	const Elf_Data *data = elf_getdata(elf_getscn(o->handle, index), NULL);

	if (!data || data->d_size != o->object->sections[index].size)
		return libelf_failed(o);
	*table = (struct elf_table){data->d_buf, host_big_endian()};
	return 0;
}

const struct elf_backend elf_backend_libelf = {
	.name = "libelf",
	.begin = libelf_begin,
	.end = libelf_end,
	.header = libelf_header,
	.table = libelf_table,
};
