/* SPDX-License-Identifier: MIT */
/*
 * The file header: is this an object for BPF, and where is its section header table?
 *
 * Nothing else looks at the bytes before this has been answered, so both backends may rely on a
 * table that lies within the file. Most mistakes of a user end here; each gets its own words.
 */
#include "base/reader.h"
#include "elf/image.h"

#include <string.h>

/* Fields of the file header, in the order of the file after e_ident. */
struct file_header {
	uint16_t type;
	uint16_t machine;
	uint32_t version;
	uint64_t table;
	uint16_t entry_size;
	uint16_t count;
	uint16_t names;
};

/* What is taken for an object by mistake, by its first bytes. */
static const struct stranger {
	const char *magic;
	size_t size;
	const char *what;
	const char *hint;
} strangers[] = {
	{"BC\xc0\xde", 4, "LLVM bitcode", "compile without -emit-llvm and without -flto"},
	{"!<arch>\n", 8, "an archive of objects", "take the object out of it with `ar x`"},
	{"\x9f\xeb", 2, "plain BTF without an object around it", "give the object file itself"},
	{"\xeb\x9f", 2, "plain BTF without an object around it", "give the object file itself"},
	{"\x1f\x8b", 2, "compressed by gzip", "unpack it first"},
	{"\x28\xb5\x2f\xfd", 4, "compressed by zstd", "unpack it first"},
	{"\xfd\x37zXZ", 5, "compressed by xz", "unpack it first"},
};

/* Machines whose compiler output is taken for BPF by mistake (System V gABI, e_machine). */
static const struct elf_machine {
	uint16_t number;
	const char *name;
} machines[] = {
	{3, "x86"},	 {8, "MIPS"},	     {20, "PowerPC"},	 {21, "64-bit PowerPC"},
	{22, "S/390"},	 {40, "ARM"},	     {62, "x86-64"},	 {183, "arm64"},
	{243, "RISC-V"}, {251, "LLVM's VE"}, {258, "LoongArch"},
};

enum { ELF_MACHINE_NONE = 0, ELF_MACHINE_BPF = 247, ELF_TYPE_REL = 1 };

static bool is_text(const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < size && i < 256; i++) {
		if (data[i] < '\t' || data[i] == 0x7f || (data[i] > '\r' && data[i] < ' '))
			return false;
	}
	return true;
}

/* The file does not begin as ELF does: say what it is instead. */
static int refuse_stranger(const struct elf_opening *o)
{
	const struct env_place *at = AT("elf", NULL, 0);

	if (!o->size)
		return env_fail(o->env, -EINVAL, at, "did the compiler fail before it wrote?",
				"the file is empty");
	for (size_t i = 0; i < sizeof(strangers) / sizeof(*strangers); i++) {
		const struct stranger *s = &strangers[i];

		if (o->size >= s->size && !memcmp(o->data, s->magic, s->size))
			return env_fail(o->env, -EINVAL, at, s->hint,
					"the file is no ELF object, it is %s", s->what);
	}
	if (is_text(o->data, o->size))
		return env_fail(o->env, -EINVAL, at, "if it is the source, " ELF_COMPILE,
				"the file is no ELF object, it is text");
	return env_fail(o->env, -EINVAL, at, ELF_COMPILE,
			"the file is no ELF object, it begins with byte 0x%02x", o->data[0]);
}

/* e_ident: the first 16 bytes, which say how to read the rest. */
static int check_ident(struct elf_opening *o)
{
	const uint8_t *ident = o->data;

	if (o->size < 4 || memcmp(ident, "\177ELF", 4))
		return refuse_stranger(o);
	if (o->size < ELF_HEADER_SIZE)
		return env_fail(o->env, -EINVAL, AT("elf", NULL, o->size), ELF_CUT,
				"the file ends within the ELF header, after %zu of %d bytes",
				o->size, ELF_HEADER_SIZE);
	if (ident[4] != 1 && ident[4] != 2)
		return elf_damaged(o, NULL, 4, "ELF class %u is neither 1 (32-bit) nor 2 (64-bit)",
				   ident[4]);
	if (ident[5] != 1 && ident[5] != 2)
		return elf_damaged(o, NULL, 5,
				   "ELF byte order %u is neither 1 (little) nor 2 (big)", ident[5]);
	if (ident[6] != 1)
		return elf_damaged(o, NULL, 6, "ELF version %u, only version 1 is defined",
				   ident[6]);
	o->big_endian = ident[5] == 2;
	return 0;
}

static const char *machine_name(uint16_t number)
{
	for (size_t i = 0; i < sizeof(machines) / sizeof(*machines); i++) {
		if (machines[i].number == number)
			return machines[i].name;
	}
	return "another machine";
}

static int check_class(const struct elf_opening *o)
{
	if (o->data[4] == 2)
		return 0;
	return env_fail(o->env, -ENOTSUP, AT("elf", NULL, 4), ELF_COMPILE,
			"this is a 32-bit ELF file; BPF objects are 64-bit");
}

/* Is it an object for BPF? Machine first: it tells most to someone who took the wrong file. */
static int check_kind(const struct elf_opening *o, const struct file_header *h)
{
	int err;

	if (h->machine != ELF_MACHINE_BPF && h->machine != ELF_MACHINE_NONE)
		return env_fail(o->env, -ENOTSUP, AT("elf", NULL, 18), ELF_COMPILE,
				"this is an object for %s (ELF machine %u), not for BPF",
				machine_name(h->machine), h->machine);
	err = check_class(o);
	if (err)
		return err;
	if (h->type != ELF_TYPE_REL)
		return env_fail(
			o->env, -ENOTSUP, AT("elf", NULL, 16), "give the .o that `clang -c` wrote",
			"ELF type %u is not 1 (relocatable object): the file was linked", h->type);
	if (h->version != 1)
		return elf_damaged(o, NULL, 20, "ELF version %u, only version 1 is defined",
				   h->version);
	return 0;
}

/* Does the section header table begin where one can? */
static int check_table_start(const struct elf_opening *o, const struct file_header *h)
{
	if (!h->table)
		return env_fail(o->env, -EINVAL, AT("elf", NULL, 40), ELF_COMPILE,
				"the file has no section header table");
	if (h->entry_size != ELF_SECTION_SIZE)
		return elf_damaged(o, NULL, 58, "section headers of %u bytes, not %d",
				   h->entry_size, ELF_SECTION_SIZE);
	if (h->table % 8)
		return elf_damaged(o, NULL, 40,
				   "the section header table begins at byte %llu, no multiple of 8",
				   (unsigned long long)h->table);
	if (!range_ok(h->table, ELF_SECTION_SIZE, o->size))
		return env_fail(o->env, -EINVAL, AT("elf", NULL, 40), ELF_CUT,
				"the section header table (at byte %llu) begins after the file "
				"ends (%zu bytes)",
				(unsigned long long)h->table, o->size);
	return 0;
}

/* How long the table is. What does not fit in the file header is in the table's first entry, which
 * is empty otherwise: the count in sh_size, the index of the names in sh_link (System V gABI,
 * e_shnum and e_shstrndx). */
static int check_table_size(struct elf_opening *o, const struct file_header *h)
{
	struct reader first = reader_of(o->data + h->table, ELF_SECTION_SIZE, o->big_endian);
	uint64_t count, left = o->size - h->table;
	uint32_t names;

	reader_skip(&first, 32);
	count = read_u64(&first);
	names = read_u32(&first);
	if (h->count)
		count = h->count;
	if (h->names != ELF_INDEX_EXTENDED)
		names = h->names;
	if (!count)
		return env_fail(o->env, -EINVAL, AT("elf", NULL, h->table), ELF_COMPILE,
				"the file has no sections");
	if (count > left / ELF_SECTION_SIZE)
		return env_fail(o->env, -EINVAL, AT("elf", NULL, h->table), ELF_CUT,
				"the section header table (%llu entries at byte %llu) ends after "
				"the file (%zu bytes)",
				(unsigned long long)count, (unsigned long long)h->table, o->size);
	o->table = h->table;
	o->section_count = (uint32_t)count;
	o->names = names;
	return 0;
}

int elf_check_file(struct elf_opening *o)
{
	struct file_header h;
	struct reader r;
	int err;

	/* So that every count and index of a record in the file fits in 32 bits. */
	if (o->size >= UINT32_MAX)
		return env_fail(o->env, -ENOTSUP, AT("elf", NULL, 0), NULL,
				"the file has 4 GiB or more");
	err = check_ident(o);
	if (err)
		return err;
	r = reader_of(o->data, o->size, o->big_endian);
	reader_skip(&r, 16);
	h.type = read_u16(&r);
	h.machine = read_u16(&r);
	h.version = read_u32(&r);
	reader_skip(&r, 8 + 8); /* e_entry, e_phoff */
	h.table = read_u64(&r);
	reader_skip(&r, 4 + 3 * 2); /* e_flags, e_ehsize, e_phentsize, e_phnum */
	h.entry_size = read_u16(&r);
	h.count = read_u16(&r);
	h.names = read_u16(&r);
	err = o->any_kind ? check_class(o) : check_kind(o, &h);
	if (!err)
		err = check_table_start(o, &h);
	return err ? err : check_table_size(o, &h);
}
