/* SPDX-License-Identifier: MIT */
/*
 * plainbpf elf: an object file as stage 1 sees it.
 */
#include "elf/pbpf_elf.h"

#include "tools/cli.h"
#include "tools/json.h"
#include "tools/text.h"

struct name_of {
	uint64_t value;
	const char *name;
};
#define NAME_OR_HEX_SIZE 24

/* The name of a value, or the value itself; `table` ends with a NULL name. */
static const char *name_or_hex(const struct name_of *table, uint64_t value,
			       char text[NAME_OR_HEX_SIZE])
{
	for (; table->name; table++)
		if (table->value == value)
			return table->name;
	snprintf(text, NAME_OR_HEX_SIZE, "0x%llx", (unsigned long long)value);
	return text;
}

static const struct name_of section_types[] = {
	{0, "NULL"},
	{PBPF_SHT_PROGBITS, "PROGBITS"},
	{PBPF_SHT_SYMTAB, "SYMTAB"},
	{PBPF_SHT_STRTAB, "STRTAB"},
	{PBPF_SHT_RELA, "RELA"},
	{7, "NOTE"},
	{PBPF_SHT_NOBITS, "NOBITS"},
	{PBPF_SHT_REL, "REL"},
	{0x6fff4c03, "LLVM_ADDRSIG"},
	{0, NULL},
};
static const struct name_of symbol_types[] = {
	{PBPF_STT_NOTYPE, "NOTYPE"},   {PBPF_STT_OBJECT, "OBJECT"}, {PBPF_STT_FUNC, "FUNC"},
	{PBPF_STT_SECTION, "SECTION"}, {PBPF_STT_FILE, "FILE"},	    {0, NULL},
};
static const struct name_of symbol_binds[] = {
	{PBPF_STB_LOCAL, "LOCAL"},
	{PBPF_STB_GLOBAL, "GLOBAL"},
	{PBPF_STB_WEAK, "WEAK"},
	{0, NULL},
};
static const struct name_of visibilities[] = {
	{PBPF_STV_DEFAULT, "DEFAULT"},
	{PBPF_STV_INTERNAL, "INTERNAL"},
	{PBPF_STV_HIDDEN, "HIDDEN"},
	{PBPF_STV_PROTECTED, "PROTECTED"},
	{0, NULL},
};
static const struct name_of reloc_types[] = {
	{PBPF_R_64_64, "R_BPF_64_64"},	     {PBPF_R_64_ABS64, "R_BPF_64_ABS64"},
	{PBPF_R_64_ABS32, "R_BPF_64_ABS32"}, {PBPF_R_64_NODYLD32, "R_BPF_64_NODYLD32"},
	{PBPF_R_64_32, "R_BPF_64_32"},	     {0, NULL},
};

static void print_sections(const struct pbpf_elf *elf)
{
	char text[NAME_OR_HEX_SIZE];
	struct table t;

	table_begin(&t);
	fprintf(t.rows, "NR\tSECTION\tTYPE\tFLAGS\tALIGN\tSIZE\tRELOCATIONS\n");
	for (uint32_t i = 1; i < elf->section_count; i++) {
		const struct pbpf_section *section = &elf->sections[i];

		fprintf(t.rows, "%u\t", i);
		put_name(t.rows, section->name);
		fprintf(t.rows, "\t%s\t%s%s%s\t%llu\t%llu\t%u\n",
			name_or_hex(section_types, section->type, text),
			section->flags & PBPF_SHF_ALLOC ? "A" : "-",
			section->flags & PBPF_SHF_WRITE ? "W" : "-",
			section->flags & PBPF_SHF_EXECINSTR ? "X" : "-",
			(unsigned long long)section->align, (unsigned long long)section->size,
			section->reloc_count);
	}
	table_end(&t, stdout);
}

static void put_place(FILE *to, const struct pbpf_elf *elf, uint32_t section)
{
	if (section == PBPF_SHN_UNDEF)
		fprintf(to, "(elsewhere)");
	else if (section == PBPF_SHN_ABS)
		fprintf(to, "(absolute)");
	else if (section < elf->section_count)
		put_name(to, elf->sections[section].name);
	else
		fprintf(to, "(common)");
}

/* A section's symbol carries no name: it goes by the section's. */
static void put_symbol(FILE *to, const struct pbpf_elf *elf, const struct pbpf_symbol *symbol)
{
	if (*symbol->name || symbol->type != PBPF_STT_SECTION)
		put_name(to, symbol->name);
	else
		put_place(to, elf, symbol->section);
}

static void print_symbols(const struct pbpf_elf *elf)
{
	char type[NAME_OR_HEX_SIZE], bind[NAME_OR_HEX_SIZE], visibility[NAME_OR_HEX_SIZE];
	struct table t;

	table_begin(&t);
	fprintf(t.rows, "NR\tSYMBOL\tTYPE\tBIND\tVISIBILITY\tSECTION\tVALUE\tSIZE\n");
	for (uint32_t i = 1; i < elf->symbol_count; i++) {
		const struct pbpf_symbol *symbol = &elf->symbols[i];

		fprintf(t.rows, "%u\t", i);
		put_symbol(t.rows, elf, symbol);
		fprintf(t.rows, "\t%s\t%s\t%s\t", name_or_hex(symbol_types, symbol->type, type),
			name_or_hex(symbol_binds, symbol->bind, bind),
			name_or_hex(visibilities, symbol->visibility, visibility));
		put_place(t.rows, elf, symbol->section);
		fprintf(t.rows, "\t%llu\t%llu\n", (unsigned long long)symbol->value,
			(unsigned long long)symbol->size);
	}
	table_end(&t, stdout);
}

static void print_relocs(const struct pbpf_elf *elf)
{
	char type[NAME_OR_HEX_SIZE];
	struct table t;

	table_begin(&t);
	fprintf(t.rows, "IN SECTION\tOFFSET\tTYPE\tSYMBOL\n");
	for (uint32_t i = 1; i < elf->section_count; i++) {
		const struct pbpf_section *section = &elf->sections[i];

		for (uint32_t k = 0; k < section->reloc_count; k++) {
			const struct pbpf_reloc *reloc = &section->relocs[k];

			put_name(t.rows, section->name);
			fprintf(t.rows, "\t%llu\t%s\t", (unsigned long long)reloc->offset,
				name_or_hex(reloc_types, reloc->type, type));
			put_symbol(t.rows, elf, &elf->symbols[reloc->symbol]);
			fputc('\n', t.rows);
		}
	}
	table_end(&t, stdout);
}

static void print_elf(const char *path, const struct pbpf_elf *elf, size_t size)
{
	put_name(stdout, path);
	printf(": ELF64 relocatable, BPF, %s-endian, %zu bytes\n\n",
	       elf->big_endian ? "big" : "little", size);
	print_sections(elf);
	printf("\n");
	print_symbols(elf);
	printf("\n");
	print_relocs(elf);
}

/* The name that a place has as a value of JSON: a section's, or one in brackets. */
static const char *place_name(const struct pbpf_elf *elf, uint32_t section)
{
	switch (section) {
	case PBPF_SHN_UNDEF: return "(elsewhere)";
	case PBPF_SHN_ABS: return "(absolute)";
	case PBPF_SHN_COMMON: return "(common)";
	default: return elf->sections[section].name;
	}
}

static void json_relocs(struct json *json, const struct pbpf_section *section)
{
	char type[NAME_OR_HEX_SIZE];

	json_open(json, "relocations", '[');
	for (uint32_t i = 0; i < section->reloc_count; i++) {
		const struct pbpf_reloc *reloc = &section->relocs[i];

		json_open(json, NULL, '{');
		json_number(json, "offset", reloc->offset);
		json_string(json, "type", name_or_hex(reloc_types, reloc->type, type));
		json_number(json, "symbol", reloc->symbol);
		json_close(json, '}');
	}
	json_close(json, ']');
}

static void json_sections(struct json *json, const struct pbpf_elf *elf)
{
	char type[NAME_OR_HEX_SIZE];

	json_open(json, "sections", '[');
	for (uint32_t i = 1; i < elf->section_count; i++) {
		const struct pbpf_section *section = &elf->sections[i];

		json_open(json, NULL, '{');
		json_number(json, "index", i);
		json_string(json, "name", section->name);
		json_string(json, "type", name_or_hex(section_types, section->type, type));
		json_number(json, "flags", section->flags);
		json_number(json, "align", section->align);
		json_number(json, "size", section->size);
		json_relocs(json, section);
		json_close(json, '}');
	}
	json_close(json, ']');
}

static void json_symbols(struct json *json, const struct pbpf_elf *elf)
{
	char text[NAME_OR_HEX_SIZE];

	json_open(json, "symbols", '[');
	for (uint32_t i = 1; i < elf->symbol_count; i++) {
		const struct pbpf_symbol *symbol = &elf->symbols[i];

		json_open(json, NULL, '{');
		json_number(json, "index", i);
		json_string(json, "name", symbol->name);
		json_string(json, "type", name_or_hex(symbol_types, symbol->type, text));
		json_string(json, "bind", name_or_hex(symbol_binds, symbol->bind, text));
		json_string(json, "visibility",
			    name_or_hex(visibilities, symbol->visibility, text));
		json_string(json, "section", place_name(elf, symbol->section));
		json_number(json, "value", symbol->value);
		json_number(json, "size", symbol->size);
		json_close(json, '}');
	}
	json_close(json, ']');
}

static void print_elf_json(const char *path, const struct pbpf_elf *elf, size_t size)
{
	struct json json = json_to(stdout);

	json_open(&json, NULL, '{');
	json_string(&json, "file", path);
	json_string(&json, "byte_order", elf->big_endian ? "big" : "little");
	json_number(&json, "size", size);
	json_sections(&json, elf);
	json_symbols(&json, elf);
	json_close(&json, '}');
	printf("\n");
}

static int run_elf(struct cli *cli)
{
	const char *path = cli->operands[0];
	struct pbpf_elf *elf;
	void *image;
	size_t size;
	int code = CLI_FAILED;

	if (cli_read_file(cli, path, &image, &size) < 0)
		return CLI_FAILED;
	if (pbpf_elf_open(&elf, image, size, &cli->env) >= 0) {
		(cli->json ? print_elf_json : print_elf)(path, elf, size);
		pbpf_elf_close(elf);
		code = CLI_OK;
	}
	cli_free_file(cli, image, size);
	return code;
}

const struct command elf_command = {
	.name = "elf",
	.run = run_elf,
	.summary = "sections, symbols and relocations of an object",
	.operands = "OBJ",
	.operands_min = 1,
	.operands_max = 1,
	.options = "jv",
	.details =
		"Prints the sections, symbols and relocations of a BPF object file. Touches no\n"
		"kernel, needs no privilege. In JSON, a relocation's symbol is the index of one.\n\n"
		"exit codes: 0 printed; 1 the file cannot be read or is no BPF object;\n"
		"2 the command line was not understood.",
};
