/* SPDX-License-Identifier: MIT */
/*
 * The object that the tests of elf begin with, and the variants in which they run: one for each
 * backend and byte order.
 */
#ifndef TESTS_ELF_SAMPLE_H
#define TESTS_ELF_SAMPLE_H

#include "elf/image.h"
#include "elf_builder.h"
#include "harness.h"

enum { VARIANTS = 4 };

static const struct elf_backend *const backends[] = {
	&elf_backend_builtin,
#ifndef PBPF_ELF_BUILTIN
	&elf_backend_libelf,
#else
	&elf_backend_builtin,
#endif
};

static inline bool big_endian(int variant)
{
	return variant & 2;
}

/* Opens; the caller closes. */
static inline int open_image(int variant, struct host *host, const void *image, size_t size,
			     struct pbpf_elf **elf)
{
	struct pbpf_env env = host_env(host);

	return elf_open_with(backends[variant & 1], elf, image, size, &env);
}

/* The sections of sample(), in its order. */
enum { XDP = 3, TEXT, MAPS, LICENSE, BSS, REL_XDP };
/* Its symbols. */
enum { MAIN = 1, HELPER, COUNTS, EXTERN, ZERO, NUMBER };

#define FUNC  (PBPF_STB_GLOBAL << 4 | PBPF_STT_FUNC)
#define DATUM (PBPF_STB_GLOBAL << 4 | PBPF_STT_OBJECT)

/* A program with a map, a subprogram and a zero variable, as clang would lay them out. */
static inline void sample(struct elf_builder *b, bool big)
{
	static const uint8_t insns[32] = {0x18, 0x01}, text[16] = {0xb7}, maps[32];

	build_start(b, big);
	build_section(b, "xdp", PBPF_SHT_PROGBITS, PBPF_SHF_ALLOC | PBPF_SHF_EXECINSTR, insns,
		      sizeof(insns));
	build_section(b, ".text", PBPF_SHT_PROGBITS, PBPF_SHF_ALLOC | PBPF_SHF_EXECINSTR, text,
		      sizeof(text));
	build_section(b, ".maps", PBPF_SHT_PROGBITS, PBPF_SHF_ALLOC | PBPF_SHF_WRITE, maps,
		      sizeof(maps));
	build_section(b, "license", PBPF_SHT_PROGBITS, PBPF_SHF_ALLOC, "GPL", 4);
	build_section(b, ".bss", PBPF_SHT_NOBITS, PBPF_SHF_ALLOC | PBPF_SHF_WRITE, NULL, 4096);
	build_symbol(b, "main", FUNC, XDP, 0, 32);
	build_symbol(b, "helper", PBPF_STT_FUNC, TEXT, 8, 8);
	build_symbol(b, "counts", DATUM, MAPS, 0, 32);
	build_symbol(b, "bpf_ksym", PBPF_STB_WEAK << 4, PBPF_SHN_UNDEF, 0, 0);
	build_symbol(b, "zero", DATUM, BSS, 4088, 8);
	build_symbol(b, "number", DATUM, PBPF_SHN_ABS, UINT64_MAX, 0);
	build_reloc(b, XDP, 0, COUNTS, PBPF_R_64_64);
	build_reloc(b, XDP, 16, HELPER, PBPF_R_64_32);
}

#endif
