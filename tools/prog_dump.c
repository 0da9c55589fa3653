/* SPDX-License-Identifier: MIT */
/*
 * plainbpf prog dump: a program's instructions as the kernel runs them, after the verifier (xlated), and
 * what the compiler in the kernel made of them (jited).
 */
#include "tools/prog.h"

#include "relo/pbpf_relo.h"
#include "tools/json.h"
#include "tools/prog_code.h"
#include "tools/text.h"

#include <string.h>

struct dump {
	struct cli *cli;
	struct prog_code code;
	bool opcodes; /* the bytes too */
	bool places;  /* file, line and column too */
};

/* --- Instructions as text --------------------------------------------------------------------- */

static void put_bytes(FILE *to, const void *data, size_t size, const char *between)
{
	const uint8_t *bytes = data;

	for (size_t i = 0; i < size; i++)
		fprintf(to, "%s%02x", i ? between : "", bytes[i]);
}

/* A source line without the space before it. */
static const char *source_of(const struct prog_code *code, const struct pbpf_line_info *line)
{
	const char *text = pbpf_btf_string(code->types.btf, line->line);

	return text + strspn(text, " \t");
}

static void put_source(const struct dump *dump, const struct pbpf_line_info *line)
{
	const char *source = source_of(&dump->code, line);

	if (!*source && !dump->places)
		return;
	printf("; ");
	put_name(stdout, source);
	if (dump->places) {
		printf(" [file:");
		put_name(stdout, pbpf_btf_string(dump->code.types.btf, line->file));
		printf(" line_num:%u line_col:%u]", pbpf_line_number(line), pbpf_line_column(line));
	}
	printf("\n");
}

/* An instruction takes one slot, or two. */
static size_t slots(const struct prog_code *code, size_t insn)
{
	return code->insns[insn].code == PBPF_OP_LD_IMM64 && insn + 1 < code->insn_count ? 2 : 1;
}

static bool same_line(const struct pbpf_line_info *a, const struct pbpf_line_info *b)
{
	return b && a->file == b->file && a->line == b->line && a->line_col == b->line_col;
}

static void put_xlated(const struct dump *dump)
{
	const struct prog_code *code = &dump->code;
	const struct pbpf_line_info *shown = NULL;

	for (size_t i = 0; i < code->insn_count; i += slots(code, i)) {
		const struct pbpf_line_info *line = prog_line_at(code, i);
		const char *function = prog_function_at(code, i);
		char text[160];

		if (function) {
			printf("%s", i ? "\n" : "");
			put_name(stdout, function);
			printf(":\n");
		}
		if (line && !same_line(line, shown))
			put_source(dump, line);
		if (line)
			shown = line;
		prog_insn_text(text, sizeof(text), code, i);
		printf("%4zu: (%02x) ", i, code->insns[i].code);
		put_name(stdout, text);
		printf("\n");
		if (dump->opcodes) {
			printf("       ");
			put_bytes(stdout, &code->insns[i], slots(code, i) * PBPF_INSN_SIZE, " ");
			printf("\n");
		}
	}
}

/* --- And as JSON ------------------------------------------------------------------------------ */

static void put_json_insn(const struct dump *dump, struct json *json, size_t i)
{
	const struct prog_code *code = &dump->code;
	const struct pbpf_line_info *line = prog_line_at(code, i);
	char text[160];

	json_open(json, NULL, '{');
	json_number(json, "insn", i);
	if (line) {
		json_string(json, "src", source_of(code, line));
		json_string(json, "file", pbpf_btf_string(code->types.btf, line->file));
		json_number(json, "line_num", pbpf_line_number(line));
		json_number(json, "line_col", pbpf_line_column(line));
	}
	snprintf(text, sizeof(text), "(%02x) ", code->insns[i].code);
	prog_insn_text(text + strlen(text), sizeof(text) - strlen(text), code, i);
	json_string(json, "disasm", text);
	if (dump->opcodes)
		json_hex(json, "opcodes", &code->insns[i], slots(code, i) * PBPF_INSN_SIZE);
	json_close(json, '}');
}

/* A list of functions, each with its instructions. */
static void put_json_xlated(const struct dump *dump)
{
	const struct prog_code *code = &dump->code;
	struct json json = json_to(stdout);

	json_open(&json, NULL, '[');
	for (size_t i = 0; i < code->insn_count; i += slots(code, i)) {
		const char *function = prog_function_at(code, i);

		if (i && function) {
			json_close(&json, ']');
			json_close(&json, '}');
		}
		if (!i || function) {
			json_open(&json, NULL, '{');
			if (function)
				json_string(&json, "name", function);
			json_open(&json, "insns", '[');
		}
		put_json_insn(dump, &json, i);
	}
	if (code->insn_count) {
		json_close(&json, ']');
		json_close(&json, '}');
	}
	json_close(&json, ']');
	printf("\n");
}

/* --- Machine code ----------------------------------------------------------------------------- */

#define BYTES_IN_LINE 16

/* One function of the machine code. */
struct jited {
	const char *name; /* or NULL */
	uint64_t address; /* 0: the kernel does not tell */
	size_t offset, size;
};

/* The next one behind *at (0 at first): false when there is none. Without a list of sizes it is all one. */
static bool next_jited(const struct prog_code *code, size_t i, struct jited *at)
{
	const struct pbpf_prog_info *info = &code->info;
	size_t offset = at->offset + at->size, left = info->jited_prog_len - offset;

	if (!left || (i && i >= info->nr_jited_func_lens))
		return false;
	at->offset = offset;
	at->size = left;
	if (i < info->nr_jited_func_lens && code->jited_sizes[i] < left)
		at->size = code->jited_sizes[i];
	at->address = i < info->nr_jited_ksyms ? code->ksyms[i] : 0;
	at->name = symbols_name(&code->symbols, at->address);
	return true;
}

static void put_jited(const struct dump *dump)
{
	const struct prog_code *code = &dump->code;
	struct jited at = {0};

	for (size_t i = 0; next_jited(code, i, &at); i++) {
		printf("%s%#llx ", i ? "\n" : "", (unsigned long long)at.address);
		put_name(stdout, at.name ? at.name : "-");
		printf(" (%zu bytes):\n", at.size);
		for (size_t line = 0; line < at.size; line += BYTES_IN_LINE) {
			size_t rest = at.size - line;

			printf("%6zx: ", line);
			put_bytes(stdout, code->jited + at.offset + line,
				  rest < BYTES_IN_LINE ? rest : BYTES_IN_LINE, " ");
			printf("\n");
		}
	}
}

static void put_json_jited(const struct dump *dump)
{
	const struct prog_code *code = &dump->code;
	struct json json = json_to(stdout);
	struct jited at = {0};

	json_open(&json, NULL, '[');
	for (size_t i = 0; next_jited(code, i, &at); i++) {
		char address[24];

		snprintf(address, sizeof(address), "%#llx", (unsigned long long)at.address);
		json_open(&json, NULL, '{');
		if (at.name)
			json_string(&json, "name", at.name);
		json_string(&json, "address", address);
		json_hex(&json, "code", code->jited + at.offset, at.size);
		json_close(&json, '}');
	}
	json_close(&json, ']');
	printf("\n");
}

/* --- The command ------------------------------------------------------------------------------ */

static int write_file(struct cli *cli, const char *path, const void *data, size_t size)
{
	FILE *file = fopen(path, "wb");
	bool written = file && fwrite(data, 1, size, file) == size;
	int err = errno;

	if (file && fclose(file) != 0 && written) {
		written = false;
		err = errno;
	}
	if (written)
		return 0;
	return env_fail(&cli->env, -err, AT("prog dump", NULL, 0),
			"give a file that can be written", "cannot write '%s': %s", path,
			strerror(err));
}

/* The kernel hides code from who may not see it, and has none of the other kind without its compiler. */
static int no_code(struct cli *cli, const struct prog_code *code, bool jited)
{
	bool off = jited && !code->info.jited_prog_insns && code->insn_count;

	return env_fail(&cli->env, off ? -ENOENT : -EPERM, AT("prog dump", NULL, 0),
			off ? "see /proc/sys/net/core/bpf_jit_enable"
			    : "it needs CAP_BPF and CAP_PERFMON, and kernel.kptr_restrict below 2",
			"the kernel shows no %s code of program %u", jited ? "machine" : "BPF",
			code->info.id);
}

static int dump_code(struct dump *dump, bool jited, const char *path)
{
	const struct prog_code *code = &dump->code;
	size_t size = jited ? code->info.jited_prog_len : code->info.xlated_prog_len;

	if (!size)
		return no_code(dump->cli, code, jited);
	if (path)
		return write_file(dump->cli, path, jited ? (const void *)code->jited : code->insns,
				  size);
	if (jited)
		(dump->cli->json ? put_json_jited : put_jited)(dump);
	else
		(dump->cli->json ? put_json_xlated : put_xlated)(dump);
	return 0;
}

static int read_dump_words(struct words *words, struct dump *dump, const char **path)
{
	static const char *const names[] = {"file", "opcodes", "linum", NULL};
	int code = CLI_OK;

	while (!code && words_peek(words)) {
		if (words_skip(words, "opcodes"))
			dump->opcodes = true;
		else if (words_skip(words, "linum"))
			dump->places = true;
		else if (!strcmp(words_peek(words), "file"))
			code = words_value(words, "file", path);
		else
			code = words_end(words, names);
	}
	return code;
}

static int run_prog_dump(struct cli *cli)
{
	static const char *const kinds[] = {"xlated", "jited", NULL};
	struct words words = words_of(cli);
	struct dump dump = {.cli = cli};
	bool jited = words_skip(&words, "jited");
	const char *path = NULL;
	struct found found;
	int code;

	if (!jited && !words_skip(&words, "xlated"))
		return usage_error("prog dump", "word", words_peek(&words), kinds);
	code = select_open(&words, PBPF_OBJECT_PROG, 0, &found);
	if (code)
		return code;
	code = read_dump_words(&words, &dump, &path);
	if (!code) {
		code = prog_code_read(cli, &found, &dump.code);
		if (code >= 0)
			code = dump_code(&dump, jited, path);
		prog_code_close(&dump.code);
	}
	select_close(cli, &found);
	return code;
}

const struct command prog_dump_command = {
	.name = "prog dump",
	.run = run_prog_dump,
	.summary = "its code: xlated (BPF, after the verifier) or jited (the machine's)",
	.operands = "xlated|jited PROG [opcodes] [linum] [file FILE]",
	.operands_min = 2,
	.operands_max = 7,
	.options = "jv",
	.details =
		"xlated prints the instructions as the verifier left them, with the functions that they\n"
		"call, the maps that they use and the source lines that they come from; opcodes adds\n"
		"their bytes, linum file, line and column. jited prints the bytes of the machine code,\n"
		"function by function; there is no disassembler for it here:\n\n"
		"  plainbpf prog dump jited id 7 file code\n"
		"  objdump -D -b binary -m i386:x86-64 code\n\n"
		"file FILE writes the bytes alone. PROG is id N, name NAME, tag TAG, pinned PATH, or\n"
		"for short N, NAME or PATH.\n\n"
		"exit codes: 0 printed; 1 there is no such program, or the kernel does not show its\n"
		"code; 2 the command line was not understood.",
};
