/* SPDX-License-Identifier: MIT */
/*
 * plainbpf relo: what relocation does to the instructions of an object, without loading it.
 *
 *	symbols     section->relocs      ─┐
 *	                                  ├ by ascending offset ──> rows: before, after
 *	CO-RE       .BTF.ext, core_relo  ─┘
 *
 * What has a number in the kernel only, such as a map, is shown by its name.
 */
#include "relo/pbpf_relo.h"

#include "relo/pbpf_core.h"
#include "tools/cli.h"
#include "tools/insn.h"
#include "tools/json.h"
#include "tools/text.h"

#include <string.h>

struct relo {
	struct cli *cli;
	const struct pbpf_elf *elf;
	const struct pbpf_btf *btf;
	const struct pbpf_btf_ext *ext;
	struct pbpf_core *core; /* NULL: the object has no CO-RE records */
	struct pbpf_functions functions;
	const struct pbpf_function *shown; /* whose table is open */
	struct table table;
	struct json json;
	size_t count, missing;
	bool failed; /* and a message said why */
};

/* One relocation, ready to be shown. */
struct row {
	const struct pbpf_function *function;
	const struct pbpf_line_info *line; /* NULL: not known */
	uint32_t insn;			   /* from the function's start */
	const char *kind;
	bool core; /* has the next two */
	uint64_t local, target;
	char what[128]; /* symbol or path */
	char before[64];
	char after[160];
	char why[512]; /* it was poisoned; "" otherwise */
};

/* --- Symbols -------------------------------------------------------------------------------- */

static const char *section_name(const struct pbpf_elf *elf, uint32_t section)
{
	return section < elf->section_count ? elf->sections[section].name : "";
}

static bool is_code(const struct pbpf_elf *elf, uint32_t section)
{
	return section < elf->section_count && elf->sections[section].flags & PBPF_SHF_EXECINSTR;
}

/* The function `insn` instructions into a section, or a word for none. */
static const char *function_name(const struct relo *relo, uint32_t section, int64_t insn)
{
	const struct pbpf_function *function = NULL;

	if (insn >= 0 && insn <= UINT32_MAX)
		function = pbpf_functions_at(&relo->functions, section, (uint32_t)insn);
	return function && function->first == insn ? function->name : "(no function)";
}

static void describe_call(const struct relo *relo, const struct pbpf_symbol *symbol,
			  const struct pbpf_insn *insn, struct row *row)
{
	const char *name = symbol->name;
	int64_t target = (int64_t)(symbol->value / PBPF_INSN_SIZE) + insn->imm + 1;

	row->kind = "kfunc";
	if (symbol->section != PBPF_SHN_UNDEF) {
		row->kind = "subprog";
		name = function_name(relo, symbol->section, target);
	}
	snprintf(row->what, sizeof(row->what), "%s", name);
	snprintf(row->after, sizeof(row->after), "call %.100s", name);
}

/* The bytes that are added to what the symbol stands for; 32 bits, as the instruction has them. */
static void describe_address(const struct relo *relo, const struct pbpf_symbol *symbol,
			     const struct pbpf_insn *insn, struct row *row)
{
	const char *section = section_name(relo->elf, symbol->section);
	const char *name = *symbol->name ? symbol->name : section;
	unsigned int dst = pbpf_insn_dst(insn);
	int64_t offset = (int64_t)symbol->value + insn->imm;
	char more[16] = "";

	if (insn->imm)
		snprintf(more, sizeof(more), "%+d", insn->imm);
	snprintf(row->what, sizeof(row->what), "%.100s%s", name, more);
	if (symbol->section == PBPF_SHN_UNDEF) {
		row->kind = "extern";
		snprintf(row->after, sizeof(row->after), "r%u = extern[%.100s]%s", dst, name, more);
	} else if (is_code(relo->elf, symbol->section)) {
		row->kind = "subprog";
		name = function_name(relo, symbol->section, offset / PBPF_INSN_SIZE);
		snprintf(row->what, sizeof(row->what), "%s", name);
		snprintf(row->after, sizeof(row->after), "r%u = subprog[%.100s]", dst, name);
	} else if (!strcmp(section, ".maps") || !strcmp(section, "maps")) {
		row->kind = "map";
		snprintf(row->after, sizeof(row->after), "r%u = map[%.100s]%s", dst, name, more);
	} else {
		row->kind = "data";
		snprintf(row->after, sizeof(row->after), "r%u = map[%.100s][0]%+lld", dst, section,
			 (long long)offset);
	}
}

static void fill_from_symbol(const struct relo *relo, const struct pbpf_reloc *reloc,
			     const struct pbpf_insn *insns, struct row *row)
{
	const struct pbpf_symbol *symbol = &relo->elf->symbols[reloc->symbol];

	if (reloc->type == PBPF_R_64_32 && insns->code == PBPF_OP_CALL) {
		describe_call(relo, symbol, insns, row);
	} else if (reloc->type == PBPF_R_64_64 && insns->code == PBPF_OP_LD_IMM64) {
		describe_address(relo, symbol, insns, row);
	} else {
		row->kind = "unknown";
		snprintf(row->what, sizeof(row->what), "%s", symbol->name);
		snprintf(row->after, sizeof(row->after), "(load refuses it)");
	}
}

/* --- CO-RE ---------------------------------------------------------------------------------- */

/* Fails with a message. */
static int fill_from_record(const struct relo *relo, const struct pbpf_core_relo *record,
			    struct pbpf_insn *insns, size_t count, struct row *row)
{
	struct pbpf_core_fix fix;
	int err = pbpf_core_resolve(&fix, relo->core, record);

	if (err >= 0)
		err = pbpf_core_patch(insns, count, &fix, &relo->cli->env);
	if (err < 0)
		return err;
	row->kind = pbpf_core_kind_name(record->kind);
	row->core = true;
	row->local = fix.before;
	row->target = fix.after;
	pbpf_core_path(relo->core, record, row->what, sizeof(row->what));
	insn_text(row->after, sizeof(row->after), insns);
	if (err > 0)
		pbpf_core_why(relo->core, record, row->why, sizeof(row->why));
	return 0;
}

/* --- Rows ----------------------------------------------------------------------------------- */

static void put_cells(FILE *to, const struct relo *relo, const struct row *row)
{
	const char *file = row->line ? pbpf_btf_string(relo->btf, row->line->file) : "-";
	const char *slash = strrchr(file, '/');

	fprintf(to, "%u\t", row->insn);
	put_name(to, slash ? slash + 1 : file);
	if (row->line)
		fprintf(to, ":%u", pbpf_line_number(row->line));
	fprintf(to, "\t%s\t", row->kind);
	put_name(to, row->what);
	if (row->core)
		fprintf(to, "\t%lld", (long long)row->local);
	else
		fprintf(to, "\t-");
	if (row->core && !*row->why)
		fprintf(to, "\t%lld\t", (long long)row->target);
	else
		fprintf(to, "\t-\t");
	put_name(to, row->before);
	fputc('\t', to);
	put_name(to, row->after);
	if (*row->why) {
		fprintf(to, " ; ");
		put_name(to, row->why);
	}
	fputc('\n', to);
}

static void close_table(struct relo *relo)
{
	if (relo->shown)
		table_end(&relo->table, stdout);
	relo->shown = NULL;
}

/* Each function has a table of its own. */
static void put_row(struct relo *relo, const struct row *row)
{
	if (relo->shown != row->function) {
		bool first = !relo->count;

		close_table(relo);
		relo->shown = row->function;
		printf("%s", first ? "" : "\n");
		put_name(stdout, row->function->name);
		printf(" (");
		put_name(stdout, section_name(relo->elf, row->function->section));
		printf(")\n");
		table_begin(&relo->table);
		fprintf(relo->table.rows,
			"INSN\tSOURCE\tKIND\tREFERS TO\tLOCAL\tTARGET\tBEFORE\tAFTER\n");
	}
	put_cells(relo->table.rows, relo, row);
}

static void put_json(struct relo *relo, const struct row *row)
{
	struct json *json = &relo->json;

	json_open(json, NULL, '{');
	json_string(json, "function", row->function->name);
	json_string(json, "section", section_name(relo->elf, row->function->section));
	json_number(json, "insn", row->insn);
	if (row->line) {
		json_string(json, "file", pbpf_btf_string(relo->btf, row->line->file));
		json_number(json, "line", pbpf_line_number(row->line));
	}
	json_string(json, "kind", row->kind);
	json_string(json, row->core ? "path" : "symbol", row->what);
	if (row->core)
		json_number(json, "local", row->local);
	if (row->core && !*row->why)
		json_number(json, "target", row->target);
	json_string(json, "before", row->before);
	json_string(json, "after", row->after);
	if (*row->why)
		json_string(json, "missing", row->why);
	json_close(json, '}');
}

/* --- All of them ---------------------------------------------------------------------------- */

/* The three lists of a code section, each by ascending offset; the first of each is the next. */
struct lists {
	uint32_t section;
	const struct pbpf_reloc *relocs;
	size_t reloc_count;
	const struct pbpf_core_relo *records;
	size_t record_count;
	const struct pbpf_line_info *lines;
	size_t line_count;
	const struct pbpf_line_info *line; /* the last one passed */
};

/* The line record of an instruction, in a function: those before it belong to others. */
static const struct pbpf_line_info *line_at(struct lists *lists, uint64_t offset,
					    const struct pbpf_function *function)
{
	while (lists->line_count && lists->lines->insn_off <= offset) {
		lists->line = lists->lines++;
		lists->line_count--;
	}
	if (!lists->line || lists->line->insn_off / PBPF_INSN_SIZE < function->first)
		return NULL;
	return lists->line;
}

/* Shows the relocation of one instruction: `reloc`, or else `record`. What is in no function, or
 * between two instructions, is in no program. */
static void show(struct relo *relo, struct lists *lists, uint64_t offset,
		 const struct pbpf_reloc *reloc, const struct pbpf_core_relo *record)
{
	const struct pbpf_section *section = &relo->elf->sections[lists->section];
	uint32_t place = (uint32_t)(offset / PBPF_INSN_SIZE);
	struct pbpf_insn insns[2] = {{0, 0, 0, 0}, {0, 0, 0, 0}};
	struct row row = {.function = NULL};
	uint32_t rest;

	row.function = pbpf_functions_at(&relo->functions, lists->section, place);
	if (!row.function || offset % PBPF_INSN_SIZE)
		return;
	row.insn = place - row.function->first;
	row.line = line_at(lists, offset, row.function);
	rest = row.function->count - row.insn;
	pbpf_insns_copy(insns, section->data + offset, rest < 2 ? rest : 2, relo->elf->big_endian);
	insn_text(row.before, sizeof(row.before), insns);
	if (reloc) {
		fill_from_symbol(relo, reloc, insns, &row);
	} else if (fill_from_record(relo, record, insns, rest < 2 ? rest : 2, &row) < 0) {
		relo->failed = true;
		return;
	}
	if (relo->cli->json)
		put_json(relo, &row);
	else
		put_row(relo, &row);
	relo->count++;
	relo->missing += *row.why != '\0';
}

static void show_section(struct relo *relo, uint32_t index)
{
	const struct pbpf_section *section = &relo->elf->sections[index];
	struct lists lists = {
		.section = index,
		.relocs = section->relocs,
		.reloc_count = section->reloc_count,
	};

	lists.lines = pbpf_btf_ext_lines(relo->ext, section->name, &lists.line_count);
	if (relo->core)
		lists.records = pbpf_btf_ext_core(relo->ext, section->name, &lists.record_count);
	while (lists.reloc_count || lists.record_count) {
		if (!lists.record_count ||
		    (lists.reloc_count && lists.relocs->offset <= lists.records->insn_off)) {
			show(relo, &lists, lists.relocs->offset, lists.relocs, NULL);
			lists.relocs++;
			lists.reloc_count--;
		} else {
			show(relo, &lists, lists.records->insn_off, NULL, lists.records);
			lists.records++;
			lists.record_count--;
		}
	}
}

static void show_all(struct relo *relo)
{
	if (relo->cli->json)
		json_open(&relo->json, NULL, '[');
	for (uint32_t i = 1; i < relo->elf->section_count; i++)
		if (is_code(relo->elf, i) && relo->elf->sections[i].data)
			show_section(relo, i);
	close_table(relo);
	if (relo->cli->json) {
		json_close(&relo->json, ']');
		printf("\n");
		return;
	}
	printf("%s%zu relocation%s", relo->count ? "\n" : "", relo->count,
	       relo->count == 1 ? "" : "s");
	if (relo->missing)
		printf(", %zu of what these types do not have", relo->missing);
	printf("\n");
}

static int run_relo(struct cli *cli)
{
	struct relo relo = {.cli = cli, .json = json_to(stdout)};
	struct pbpf_object *obj;
	int err;

	if (cli_open_object(cli, cli->operands[0], &obj) < 0)
		return CLI_FAILED;
	relo.elf = pbpf_object_elf(obj);
	relo.btf = pbpf_object_btf(obj);
	relo.ext = pbpf_object_btf_ext(obj);
	err = pbpf_functions_find(&relo.functions, relo.elf, &cli->env);
	if (err >= 0)
		err = pbpf_object_core(obj, &relo.core);
	if (err >= 0)
		show_all(&relo);
	pbpf_functions_free(&relo.functions, &cli->env);
	pbpf_object_close(obj);
	return err < 0 || relo.failed ? CLI_FAILED : CLI_OK;
}

const struct command relo_command = {
	.name = "relo",
	.run = run_relo,
	.summary = "what relocation does to each instruction",
	.operands = "OBJ",
	.operands_min = 1,
	.operands_max = 1,
	.options = "bjv",
	.details =
		"Prints every relocation of every function: the instruction's number in it, the source\n"
		"line, the symbol or the CO-RE path, the value by the object's types (LOCAL) and by the\n"
		"kernel's (TARGET), and the instruction before and after. Maps, data and functions, which\n"
		"get their numbers when they are loaded, are shown by name: r1 = map[events]. What the\n"
		"kernel's types do not have becomes a call that does not exist, and the reason is told.\n\n"
		"Loads nothing and needs no privilege; but only root sees the types of modules.\n\n"
		"exit codes: 0 printed; 1 the object or the types cannot be read, or a relocation cannot\n"
		"be done; 2 the command line was not understood.",
};
