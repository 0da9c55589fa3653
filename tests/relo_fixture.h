/* SPDX-License-Identifier: MIT */
/*
 * What the tests of relo share: an object from sections, symbols and relocations written by hand, which is
 * what the elf stage would give, without a file.
 */
#ifndef TESTS_RELO_FIXTURE_H
#define TESTS_RELO_FIXTURE_H

#include "harness.h"
#include "op.h"
#include "relo/pbpf_relo.h"

#define MOV	  0xb7
#define CALL	  PBPF_OP_CALL
#define LD_IMM64  PBPF_OP_LD_IMM64
#define INSNS_MAX 64

/* An object in the making: section 1 is "xdp", 2 ".text", 3 ".maps" and so on. */
enum { NOWHERE, XDP, TEXT, MAPS, DATA, TABLES, EMPTY, SECTIONS };

struct object {
	struct host host;
	struct pbpf_env env;
	struct pbpf_section sections[SECTIONS];
	struct pbpf_symbol symbols[32];
	struct pbpf_reloc relocs[SECTIONS][32];
	struct pbpf_insn insns[SECTIONS][INSNS_MAX];
	struct pbpf_elf elf;
	struct pbpf_functions functions;
	struct pbpf_map_place maps[2];
	struct pbpf_code_source source;
	struct pbpf_code code;
};

static inline struct object *object_new(void)
{
	struct object *obj = calloc(1, sizeof(*obj));

	ck_assert_ptr_nonnull(obj);
	obj->env = host_env(&obj->host);
	for (uint32_t i = 0; i < SECTIONS; i++) {
		static const char *const names[] = {"",	     "xdp",	    ".text",	    ".maps",
						    ".data", ".jumptables", ".rodata.empty"};

		obj->sections[i].name = names[i];
		obj->sections[i].type = PBPF_SHT_PROGBITS;
		obj->sections[i].flags =
			i == XDP || i == TEXT ? PBPF_SHF_EXECINSTR : PBPF_SHF_ALLOC;
		obj->sections[i].data = (const uint8_t *)obj->insns[i];
		obj->sections[i].relocs = obj->relocs[i];
	}
	obj->sections[MAPS].size = 64;
	obj->sections[DATA].size = 32;
	obj->symbols[0].name = "";
	obj->elf = (struct pbpf_elf){
		.sections = obj->sections,
		.symbols = obj->symbols,
		.section_count = SECTIONS,
		.symbol_count = 1,
		.big_endian = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__,
	};
	obj->maps[0] = (struct pbpf_map_place){.section = MAPS, .offset = 32, .fd = 70};
	obj->maps[1] = (struct pbpf_map_place){.section = DATA, .data = true, .fd = 71};
	obj->source = (struct pbpf_code_source){
		.elf = &obj->elf,
		.functions = &obj->functions,
		.maps = obj->maps,
		.map_count = 2,
	};
	return obj;
}

static inline void object_free(struct object *obj)
{
	pbpf_code_free(&obj->code, &obj->env);
	pbpf_functions_free(&obj->functions, &obj->env);
	ck_assert_uint_eq(obj->host.blocks, 0);
	free(obj);
}

static inline uint32_t add_symbol(struct object *obj, const char *name, uint8_t type,
				  uint32_t section, uint64_t value, uint64_t size)
{
	obj->symbols[obj->elf.symbol_count] = (struct pbpf_symbol){
		.name = name,
		.type = type,
		.section = section,
		.value = value,
		.size = size,
		.bind = PBPF_STB_GLOBAL,
	};
	return obj->elf.symbol_count++;
}

static inline uint32_t add_insn(struct object *obj, uint32_t section, struct pbpf_insn insn)
{
	uint32_t at = (uint32_t)(obj->sections[section].size / sizeof(insn));

	ck_assert_uint_lt(at, INSNS_MAX);
	obj->insns[section][at] = insn;
	obj->sections[section].size += sizeof(insn);
	return at;
}

static inline void add_reloc(struct object *obj, uint32_t section, uint32_t insn, uint32_t symbol,
			     uint32_t type)
{
	uint32_t at = obj->sections[section].reloc_count++;

	obj->relocs[section][at] =
		(struct pbpf_reloc){insn * sizeof(struct pbpf_insn), symbol, type};
}

/* A function of `count` moves, whose immediates tell it from others. */
static inline uint32_t add_function(struct object *obj, const char *name, uint32_t section,
				    int32_t tell, uint32_t count)
{
	uint64_t start = obj->sections[section].size;

	for (uint32_t i = 0; i < count; i++)
		add_insn(obj, section, op(MOV, 0, tell));
	return add_symbol(obj, name, PBPF_STT_FUNC, section, start, count * PBPF_INSN_SIZE);
}

static inline uint32_t add_load(struct object *obj, uint32_t section, int32_t addend)
{
	uint32_t at = add_insn(obj, section, op(LD_IMM64, 0, addend));

	add_insn(obj, section, op(0, 0, 0));
	return at;
}

static inline int link_first(struct object *obj, const char *name)
{
	int err = pbpf_functions_find(&obj->functions, &obj->elf, &obj->env);

	if (err)
		return err;
	for (uint32_t i = 0; i < obj->functions.count; i++)
		if (!strcmp(obj->functions.array[i].name, name))
			return pbpf_code_link(&obj->code, &obj->source, &obj->functions.array[i],
					      &obj->env);
	ck_abort_msg("no function %s", name);
}

static inline void expect_refusal(struct object *obj, int err, const char *text)
{
	ck_assert_int_eq(link_first(obj, "prog"), err);
	ck_assert_uint_eq(obj->host.messages[PBPF_ERROR], 1);
	ck_assert_msg(strstr(obj->host.text, text), "'%s' lacks '%s'", obj->host.text, text);
	ck_assert_ptr_null(obj->code.insns);
	object_free(obj);
}

#endif
