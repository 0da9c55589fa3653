/* SPDX-License-Identifier: MIT */
/*
 * Whole programs from any bytes: what the elf stage would give, put together by pbpf_code_link().
 *
 *	options(1) | slots of "xdp"(1), of ".text"(1), entries of ".jumptables"(1), symbols(1), relocations(1),
 *	size of .BTF(2), of .BTF.ext(2) | these, one after the other
 *
 *	a slot, and an entry: 8 bytes    a symbol: name bind|type section 0 value(2) size(2)
 *	                                 a relocation: section insn symbol type
 *
 * What elf/pbpf_elf.h promises of symbols and relocations is made true; the rest is as it comes. Each function
 * becomes a program; and the same once more with one of the first allocations refused.
 */
#include "fuzz/host.h"
#include "relo/pbpf_core.h"
#include "relo/pbpf_relo.h"

#include <errno.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	OPTION_CORE = 1,     /* CO-RE against the object's own types */
	OPTION_BIG = 2,	     /* of the other byte order */
	OPTION_LEFT_OUT = 4, /* the map */
	OPTION_EXTERNS = 8,  /* there is something for each extern */
	OPTION_FAIL_SHIFT = 4,
};
enum { NOWHERE, XDP, TEXT, MAPS, DATA, TABLES, SECTIONS };

#define HEADER_SIZE	 10
#define SYMBOL_SIZE	 8
#define RELOC_SIZE	 4
#define MAP_FD		 70
#define DATA_FD		 71
#define VALUE_FD	 72
#define MODULE_FD	 73
#define DATA_SIZE	 32
#define MAP_AT		 32
#define EXTERN_ID	 1234
#define COUNT_MAX	 255
#define OTHER_BYTE_ORDER (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)

struct input {
	unsigned int options;
	const uint8_t *rest;
	size_t left, size;
};

struct world {
	struct fuzz_host host;
	struct pbpf_env env;
	struct pbpf_section sections[SECTIONS];
	struct pbpf_symbol symbols[COUNT_MAX + 1];
	struct pbpf_reloc relocs[2][COUNT_MAX];
	struct pbpf_extern externs[COUNT_MAX + 1];
	struct pbpf_map_place maps[2];
	struct pbpf_elf elf;
	struct pbpf_functions functions;
	struct pbpf_btf *btf;
	struct pbpf_btf_ext *ext;
	struct pbpf_code_source source;
};

static const uint8_t *take(struct input *in, size_t *size)
{
	const uint8_t *bytes = in->rest;

	if (*size > in->left)
		*size = in->left;
	in->rest += *size;
	in->left -= *size;
	return bytes;
}

static void take_section(struct world *w, uint32_t index, const char *name, uint64_t flags,
			 struct input *in, size_t size)
{
	w->sections[index] = (struct pbpf_section){
		.name = name, .flags = flags, .type = PBPF_SHT_PROGBITS, .align = 8};
	w->sections[index].data = take(in, &size);
	w->sections[index].size = size;
}

static uint32_t word16(const uint8_t *bytes)
{
	return bytes[0] | (uint32_t)bytes[1] << 8;
}

static void take_symbols(struct world *w, struct input *in, size_t count)
{
	static const char *const names[] = {"prog", "f", "g", "", "BPF.JT.0.0", "extern"};
	size_t size = count * SYMBOL_SIZE;
	const uint8_t *bytes = take(in, &size);

	w->symbols[0] = (struct pbpf_symbol){.name = ""};
	w->elf.symbol_count = 1;
	for (size_t i = 0; i + SYMBOL_SIZE <= size; i += SYMBOL_SIZE) {
		static const uint32_t places[] = {NOWHERE, XDP,	   TEXT,	 MAPS,
						  DATA,	   TABLES, PBPF_SHN_ABS, PBPF_SHN_COMMON};
		struct pbpf_symbol symbol = {
			.name = names[bytes[i] % 6],
			.type = bytes[i + 1] & 15,
			.bind = bytes[i + 1] >> 4,
			.section = places[bytes[i + 2] & 7],
			.value = word16(bytes + i + 4),
			.size = word16(bytes + i + 6),
		};

		if (symbol.section && symbol.section < SECTIONS &&
		    symbol.value + symbol.size > w->sections[symbol.section].size)
			continue;
		if (bytes[i + 3] == 255 && symbol.section == PBPF_SHN_ABS)
			symbol.value = UINT64_MAX - symbol.value;
		w->symbols[w->elf.symbol_count++] = symbol;
	}
}

static void take_reloc(struct world *w, const uint8_t *bytes)
{
	struct pbpf_section *section = &w->sections[bytes[0] & 1 ? TEXT : XDP];
	struct pbpf_reloc *relocs = w->relocs[bytes[0] & 1];
	struct pbpf_reloc reloc = {bytes[1] * (uint64_t)8 + (bytes[0] >> 5),
				   bytes[2] % w->elf.symbol_count, bytes[3]};
	uint32_t at = section->reloc_count;

	if (reloc.offset >= section->size)
		return;
	for (; at && relocs[at - 1].offset > reloc.offset; at--)
		relocs[at] = relocs[at - 1];
	relocs[at] = reloc;
	section->relocs = relocs;
	section->reloc_count++;
}

static void take_externs(struct world *w)
{
	for (uint32_t i = 1; i < w->elf.symbol_count; i++) {
		if (w->symbols[i].section != PBPF_SHN_UNDEF)
			continue;
		w->externs[w->source.extern_count++] = (struct pbpf_extern){
			.symbol = i,
			.kind = w->symbols[i].value % 5,
			.fd = w->symbols[i].value % 5 == PBPF_EXTERN_VALUE ? VALUE_FD : MODULE_FD,
			.id = EXTERN_ID,
			.size = 8,
			.address = w->symbols[i].size,
		};
	}
	w->source.externs = w->externs;
}

static void compose(struct world *w, struct input *in, const uint8_t *head)
{
	size_t relocs = head[5] * (size_t)RELOC_SIZE;
	const uint8_t *bytes;

	take_section(w, XDP, "xdp", PBPF_SHF_EXECINSTR, in, head[1] * (size_t)8);
	take_section(w, TEXT, ".text", PBPF_SHF_EXECINSTR, in, head[2] * (size_t)8);
	take_section(w, TABLES, ".jumptables", 0, in, head[3] * (size_t)8);
	w->sections[NOWHERE] = (struct pbpf_section){.name = ""};
	w->sections[MAPS] =
		(struct pbpf_section){.name = ".maps", .type = PBPF_SHT_NOBITS, .size = 2 * MAP_AT};
	w->sections[DATA] =
		(struct pbpf_section){.name = ".data", .type = PBPF_SHT_NOBITS, .size = DATA_SIZE};
	take_symbols(w, in, head[4]);
	bytes = take(in, &relocs);
	for (size_t i = 0; i + RELOC_SIZE <= relocs; i += RELOC_SIZE)
		take_reloc(w, bytes + i);
	w->elf.sections = w->sections;
	w->elf.section_count = SECTIONS;
	w->elf.symbols = w->symbols;
	w->elf.big_endian = (in->options & OPTION_BIG) ? OTHER_BYTE_ORDER : !OTHER_BYTE_ORDER;
	w->maps[0] =
		(struct pbpf_map_place){.section = MAPS,
					.offset = MAP_AT,
					.number = 5,
					.fd = in->options & OPTION_LEFT_OUT ? -ENOENT : MAP_FD};
	w->maps[1] = (struct pbpf_map_place){
		.section = DATA, .data = true, .fd = DATA_FD, .value_offset = 4096};
	w->source.elf = &w->elf;
	w->source.functions = &w->functions;
	w->source.maps = w->maps;
	w->source.map_count = 2;
	if (in->options & OPTION_EXTERNS)
		take_externs(w);
}

/* .BTF and .BTF.ext; an object without, where they are none. */
static void take_types(struct world *w, struct input *in, const uint8_t *head)
{
	size_t btf_size = word16(head + 6), ext_size = word16(head + 8);
	const uint8_t *btf = take(in, &btf_size), *ext = take(in, &ext_size);

	if (!pbpf_btf_parse(&w->btf, btf, btf_size, NULL, &w->env))
		pbpf_btf_ext_parse(&w->ext, ext, ext_size, w->btf, &w->env);
	w->host.errors = 0;
	w->source.btf = w->btf;
}

/* Its own types are the kernel's: every record finds something. */
static int open_core(struct world *w)
{
	struct pbpf_core_target target = {w->btf, "vmlinux", 0};
	int err = w->ext ? pbpf_core_open(&w->source.core, w->btf, &w->env) : 0;

	for (uint32_t i = XDP; w->source.core && !err && i <= TEXT; i++) {
		size_t count = 0;
		const struct pbpf_core_relo *relos =
			pbpf_btf_ext_core(w->ext, w->sections[i].name, &count);

		err = pbpf_core_add(w->source.core, relos, count);
	}
	return err || !w->source.core ? err : pbpf_core_search(w->source.core, &target);
}

/* Does an ld_imm64 name something that it was given? */
static void check_load(const struct world *w, const struct pbpf_code *code, uint32_t insn)
{
	const struct pbpf_insn *slots = &code->insns[insn];
	int32_t imm = slots->imm, high = slots[1].imm;

	switch (pbpf_insn_src(slots)) {
	case 0: break;
	case PBPF_PSEUDO_MAP_FD: MUST(imm == MAP_FD && !high); break;
	case PBPF_PSEUDO_MAP_VALUE:
		MUST(imm == DATA_FD || imm == VALUE_FD || (imm == -1 && code->table_count));
		MUST(imm != DATA_FD || (high >= 4096 && high <= 4096 + DATA_SIZE));
		MUST(imm != VALUE_FD || (high >= 0 && high <= 8));
		break;
	case PBPF_PSEUDO_BTF_ID:
		MUST(imm == EXTERN_ID && high == MODULE_FD && w->source.extern_count);
		break;
	case PBPF_PSEUDO_FUNC:
		MUST((int64_t)insn + 1 + imm >= 0 && (int64_t)insn + 1 + imm < code->insn_count);
		break;
	default: MUST(pbpf_insn_src(slots) == 0); /* an fd or id of the file's own choice */
	}
}

static void check_call(const struct world *w, const struct pbpf_code *code, uint32_t insn)
{
	const struct pbpf_insn *call = &code->insns[insn];
	int64_t target = (int64_t)insn + 1 + call->imm;

	switch (pbpf_insn_src(call)) {
	case PBPF_CALL_HELPER: break;
	case PBPF_CALL_LOCAL: MUST(target >= 0 && target < code->insn_count); break;
	case PBPF_CALL_KFUNC: MUST(call->imm == EXTERN_ID && w->source.extern_count); break;
	default: MUST(pbpf_insn_src(call) == PBPF_CALL_HELPER); /* likewise */
	}
}

static void check_records(const struct pbpf_code *code)
{
	for (uint32_t i = 0; i < code->func_count; i++)
		MUST(code->funcs[i].insn_off < code->insn_count &&
		     (!i || code->funcs[i - 1].insn_off < code->funcs[i].insn_off));
	for (uint32_t i = 0; i < code->line_count; i++)
		MUST(code->lines[i].insn_off < code->insn_count &&
		     (!i || code->lines[i - 1].insn_off <= code->lines[i].insn_off));
	for (uint32_t i = 0; i < code->poisoned_count; i++)
		MUST(code->poisoned[i].insn < code->insn_count);
	for (uint32_t i = 0; i < code->table_count; i++) {
		const struct pbpf_jump_table *table = &code->tables[i];

		MUST(table->insn < code->insn_count && table->like <= i && table->count);
		MUST(table->first + table->count <= code->target_count);
	}
	for (uint32_t i = 0; i < code->target_count; i++)
		MUST(code->targets[i] < code->insn_count);
}

static void check_code(const struct world *w, const struct pbpf_code *code)
{
	uint32_t all = 0;

	for (uint32_t i = 0; i < w->functions.count; i++)
		all += w->functions.array[i].count;
	MUST(code->insn_count && code->insn_count <= all);
	MUST(code->target_count <= w->sections[TABLES].size / 8);
	for (uint32_t i = 0; i < code->insn_count; i++) {
		if (code->insns[i].code == PBPF_OP_CALL)
			check_call(w, code, i);
		if (code->insns[i].code != PBPF_OP_LD_IMM64)
			continue;
		MUST(i + 1 < code->insn_count);
		check_load(w, code, i);
		i++;
	}
	check_records(code);
}

static void link_all(struct world *w)
{
	for (uint32_t i = 0; i < w->functions.count; i++) {
		struct pbpf_code code = {0};
		int err = pbpf_code_link(&code, &w->source, &w->functions.array[i], &w->env);

		MUST(err <= 0 && w->host.errors == (err ? 1 : 0));
		w->host.errors = 0;
		if (!err)
			check_code(w, &code);
		else
			MUST(!code.insns && !code.insn_count);
		pbpf_code_free(&code, &w->env);
	}
}

static void run(const uint8_t *data, size_t size, bool fail)
{
	static struct world world; /* too large for some stacks */
	struct world *w = &world;
	struct input in = {data[0], data + HEADER_SIZE, size - HEADER_SIZE, size};
	int err;

	*w = (struct world){.host = {.fail_at = 0}};
	w->env = fuzz_env(&w->host);
	compose(w, &in, data);
	take_types(w, &in, data);
	if (fail)
		w->host.fail_at = w->host.allocations + (in.options >> OPTION_FAIL_SHIFT) + 1;
	err = pbpf_functions_find(&w->functions, &w->elf, &w->env);
	if (!err)
		err = pbpf_functions_describe(&w->functions, &w->elf, w->btf, w->ext, &w->env);
	if (!err && in.options & OPTION_CORE)
		err = open_core(w);
	MUST(err <= 0 && w->host.errors == (err ? 1 : 0));
	w->host.errors = 0;
	if (!err)
		link_all(w);
	MUST(w->host.peak <= 128 * size + 65536);
	pbpf_core_free(w->source.core);
	pbpf_functions_free(&w->functions, &w->env);
	pbpf_btf_ext_free(w->ext);
	pbpf_btf_free(w->btf);
	MUST(w->host.blocks == 0 && w->host.bytes == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < HEADER_SIZE)
		return 0;
	run(data, size, false);
	run(data, size, true);
	return 0;
}
