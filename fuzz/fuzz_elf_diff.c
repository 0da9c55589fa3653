/* SPDX-License-Identifier: MIT */
/*
 * The two backends on the same bytes, aligned and not: they must accept the same, in the same words
 * refuse the same, and hand out the same arrays.
 */
#include "elf/image.h"
#include "fuzz/host.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void compare_sections(const struct pbpf_section *a, const struct pbpf_section *b)
{
	struct pbpf_section same = *b;

	/* Unused bytes of a record are zero on both sides, so that records compare as bytes. */
	same.relocs = a->relocs;
	MUST(!memcmp(a, &same, sizeof(same)));
	MUST(!a->reloc_count || !memcmp(a->relocs, b->relocs, a->reloc_count * sizeof(*a->relocs)));
}

static void compare(const struct pbpf_elf *a, const struct pbpf_elf *b)
{
	MUST(a->big_endian == b->big_endian);
	MUST(a->section_count == b->section_count);
	MUST(a->symbol_count == b->symbol_count);
	for (uint32_t i = 1; i < a->section_count; i++)
		compare_sections(&a->sections[i], &b->sections[i]);
	MUST(a->symbol_count <= 1 ||
	     !memcmp(a->symbols + 1, b->symbols + 1, (a->symbol_count - 1) * sizeof(*a->symbols)));
}

static void run(const uint8_t *data, size_t size)
{
	struct fuzz_host hosts[2] = {{0}, {0}};
	struct pbpf_env envs[2] = {fuzz_env(&hosts[0]), fuzz_env(&hosts[1])};
	struct pbpf_elf *elves[2] = {NULL, NULL};
	int ours = elf_open_with(&elf_backend_builtin, &elves[0], data, size, &envs[0]);
	int theirs = elf_open_with(&elf_backend_libelf, &elves[1], data, size, &envs[1]);

	if (ours != theirs)
		fprintf(stderr, "builtin: %d %s\nlibelf: %d %s\n", ours, hosts[0].text, theirs,
			hosts[1].text);
	MUST(ours == theirs);
	MUST(!strcmp(hosts[0].text, hosts[1].text));
	if (elves[0])
		compare(elves[0], elves[1]);
	pbpf_elf_close(elves[0]);
	pbpf_elf_close(elves[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *moved = malloc(size + 1);

	MUST(moved != NULL);
	if (size)
		memcpy(moved + 1, data, size);
	run(data, size);
	run(moved + 1, size);
	free(moved);
	return 0;
}
