/* SPDX-License-Identifier: MIT */
/*
 * pbpf_elf_open() on any bytes: a result or an error with one message, memory in proportion, every
 * promise of pbpf_elf.h kept; the same with each of the first allocations refused; and with an image that
 * pbpf_elf_adopt() took over.
 */
#include "elf/pbpf_elf.h"
#include "fuzz/host.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct image {
	const uint8_t *data;
	size_t size;
	const uint8_t *last_nul; /* a name that begins up to here ends within the image */
};

/* A name is "" of the library's own where the format prescribes none, or lies in the image. */
static void check_name(const struct image *image, const char *name)
{
	const uint8_t *bytes = (const uint8_t *)name;

	if (*name)
		MUST(bytes >= image->data && bytes <= image->last_nul);
}

static void check_section(const struct image *image, const struct pbpf_elf *elf,
			  const struct pbpf_section *s)
{
	check_name(image, s->name);
	MUST(!s->data ||
	     (s->data >= image->data && s->size <= (size_t)(image->data + image->size - s->data)));
	MUST(s->data || !s->size || s->type == PBPF_SHT_NOBITS);
	MUST(!s->reloc_count || s->data);
	MUST(s->align && !(s->align & (s->align - 1)));
	for (uint32_t n = 0; n < s->reloc_count; n++) {
		MUST(s->relocs[n].symbol < elf->symbol_count);
		MUST(s->relocs[n].offset < s->size);
		MUST(!n || s->relocs[n].offset >= s->relocs[n - 1].offset);
	}
}

static void check_symbol(const struct image *image, const struct pbpf_elf *elf,
			 const struct pbpf_symbol *s)
{
	const struct pbpf_section *section;

	check_name(image, s->name);
	if (s->section == PBPF_SHN_UNDEF || s->section == PBPF_SHN_ABS ||
	    s->section == PBPF_SHN_COMMON)
		return;
	MUST(s->section < elf->section_count);
	section = &elf->sections[s->section];
	MUST(s->value <= section->size && s->size <= section->size - s->value);
}

static void check(const struct image *image, const struct pbpf_elf *elf)
{
	MUST(elf->section_count >= 1);
	for (uint32_t i = 0; i < elf->section_count; i++)
		check_section(image, elf, &elf->sections[i]);
	for (uint32_t i = 0; i < elf->symbol_count; i++)
		check_symbol(image, elf, &elf->symbols[i]);
	pbpf_elf_section(elf, ".BTF");
}

/* What elf keeps of an image that it has taken over can be read; the sum is only there so that it is. */
static void check_adopted(const struct pbpf_elf *elf)
{
	volatile uint64_t sum = 0;

	for (uint32_t i = 0; i < elf->section_count; i++) {
		const struct pbpf_section *s = &elf->sections[i];

		MUST(strlen(s->name) == s->name_length);
		MUST(!s->reloc_count || s->data);
		if (s->data && s->size)
			sum += s->data[0] + s->data[s->size - 1];
	}
	for (uint32_t i = 0; i < elf->symbol_count; i++)
		sum += strlen(elf->symbols[i].name);
}

/* What is taken can be written over. */
static void take_btf(struct pbpf_elf *elf)
{
	for (uint32_t i = 0; i < elf->section_count; i++) {
		uint8_t *taken = pbpf_elf_take_btf(elf, &elf->sections[i]);

		if (!taken)
			continue;
		MUST(!elf->sections[i].data);
		memset(taken, 0xff, (size_t)elf->sections[i].size);
	}
}

/* The same with an image that is elf's own in the end. */
static void run_adopted(const struct image *image)
{
	struct fuzz_host host = {0};
	struct pbpf_env env = fuzz_env(&host);
	void *own = env.resize(env.ctx, NULL, 0, image->size ? image->size : 1);
	struct pbpf_elf *elf = NULL;

	memcpy(own, image->data, image->size);
	if (pbpf_elf_open(&elf, own, image->size, &env)) {
		env.resize(env.ctx, own, image->size ? image->size : 1, 0);
	} else {
		MUST(!pbpf_elf_adopt(elf, own, image->size));
		MUST(host.bytes <= 8 * image->size + 4096);
		check_adopted(elf);
		take_btf(elf);
		check_adopted(elf);
		pbpf_elf_close(elf);
	}
	MUST(host.blocks == 0 && host.bytes == 0);
}

/* Returns how many allocations it took. */
static unsigned int run(const struct image *image, unsigned int fail_at)
{
	struct fuzz_host host = {.fail_at = fail_at};
	struct pbpf_env env = fuzz_env(&host);
	struct pbpf_elf *elf = NULL;
	int err = pbpf_elf_open(&elf, image->data, image->size, &env);

	MUST(err <= 0);
	MUST((err == 0) == (elf != NULL));
	MUST(host.errors == (err ? 1 : 0));
	MUST(host.peak <= 4 * image->size + 4096);
	if (elf)
		check(image, elf);
	pbpf_elf_close(elf);
	MUST(host.blocks == 0 && host.bytes == 0);
	return host.allocations;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct image image = {data, size, data};
	unsigned int allocations;

	for (size_t i = 0; i < size; i++) {
		if (!data[i])
			image.last_nul = data + i;
	}
	allocations = run(&image, 0);
	for (unsigned int n = 1; n <= allocations; n++)
		run(&image, n);
	run_adopted(&image);
	return 0;
}
